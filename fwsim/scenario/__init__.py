"""The file a user writes: its sections, reading it with every error's place, writing it back."""
