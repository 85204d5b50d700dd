"""Results for people and on disk: consoles, sentences, the report, folders."""
