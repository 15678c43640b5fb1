"""One file a format: a file's bytes to SI."""
