"""What the days of the week are called in English and in German, Monday first."""

from __future__ import annotations

NAMES = (
    ("monday", "montag"),
    ("tuesday", "dienstag"),
    ("wednesday", "mittwoch"),
    ("thursday", "donnerstag"),
    ("friday", "freitag"),
    ("saturday", "samstag", "sonnabend"),
    ("sunday", "sonntag"),
)
SHORT = (
    ("mon", "mo"),
    ("tue", "tues", "di"),
    ("wed", "mi"),
    ("thu", "thur", "thurs", "do"),
    ("fri", "fr"),
    ("sat", "sa"),
    ("sun", "so"),
)
KEYS = tuple(words[0] for words in SHORT)
"""As scenarios and files have them, whatever is spoken."""
STAMPED = tuple(key.capitalize() for key in KEYS)
"""As `strftime` writes them in English, whatever the locale is."""
WORDS = tuple(
    (*short, *names, *(f"{name}s" for name in names))
    for short, names in zip(SHORT, NAMES, strict=True)
)
"""Of each day; *mondays* and *montags* are that day of every week."""
