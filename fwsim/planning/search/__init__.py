"""The search for a plan: question, space, runs, selection, and what it came to."""
