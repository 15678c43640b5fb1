"""The world: bytes of pods and files to blocks of samples. Knows no store."""
