"""The compiled clock."""
