"""From a device list and a few answers to a scenario file that runs at once."""
