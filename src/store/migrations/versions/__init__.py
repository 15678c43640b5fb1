"""One module for each step of the logbook's schema; never changed once released."""
