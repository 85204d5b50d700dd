"""What all pages that are made from the code begin with, and their tables."""

from __future__ import annotations

NOTE = "<!-- Made by `make docs` from the code; changes here are lost. -->"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
