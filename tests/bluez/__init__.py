"""catfoot against a real kernel, bluetoothd and D-Bus, in a virtual machine: make bluez."""
