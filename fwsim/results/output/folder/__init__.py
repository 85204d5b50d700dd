"""A folder of results: whole or not at all, and nothing of anybody else's is touched."""
