"""The plans that a search found: a picture of two measures, and a table beside it."""
