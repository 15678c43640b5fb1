"""Days: load, flags, strength, and who may see what. Pure: dataclasses in, dataclasses out."""
