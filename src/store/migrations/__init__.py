"""The logbook's schema through time."""
