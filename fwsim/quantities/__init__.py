"""Units, laws of uncertain quantities, and the elementary functions they rest on."""
