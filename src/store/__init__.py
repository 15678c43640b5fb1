"""Memory: what sensors said (raw), what was measured (series), what people did (logbook)."""
