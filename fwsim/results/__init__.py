"""What a run came to: tables, measures, files."""
