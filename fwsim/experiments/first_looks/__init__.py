"""A part of a large fleet for a first look: every kind of device has its share."""
