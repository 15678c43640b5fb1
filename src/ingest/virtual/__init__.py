"""Virtual pods over a real Bluetooth protocol stack, for the demo and the tests."""
