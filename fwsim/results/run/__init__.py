"""One run: its log as tables, its measures, its time line."""
