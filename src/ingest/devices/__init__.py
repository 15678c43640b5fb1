"""One file a device family: bytes to SI, sans-IO."""
