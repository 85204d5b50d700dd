"""What was forecast, kept as it was said, and how good it was."""
