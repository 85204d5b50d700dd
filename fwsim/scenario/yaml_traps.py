"""Where YAML does not mean what it looks like: words for the traps people step into."""

from __future__ import annotations

from fwsim.fleet.week import DASHES
from fwsim.messages import say

_IN_QUOTES = {
    ">": "'>= 95 %'",
    "|": "'| …'",
    "%": "'% …'",
    "@": "'@ …'",
    "`": "'` …'",
    "*": "'*'",
    "&": "'& …'",
    "!": "'! …'",
    "?": "'? …'",
}
_OPENING = "“”„‟‘’‚‛«»‹›"
_CLOSING = _OPENING + "\"'"


def in_quotes(mark: str) -> str:
    """Return the advice for a text that begins with a mark of YAML's own, or an empty string."""
    if mark not in _IN_QUOTES:
        return ""
    return f"; a text that begins with {mark} must be in quotes, as in {_IN_QUOTES[mark]}"


_COLON = "; a text with a colon and a blank in it must be in quotes; otherwise check the indent"
_ADVICE = (
    ("block scalar", in_quotes(">")),
    ("an alias", in_quotes("*")),
    ("an anchor", in_quotes("&")),
    ("mapping values are not allowed", _COLON),
    ("but got ':'", _COLON),
    ("expected <block end>", "; what belongs together begins in the same column"),
    ("could not find expected ':'", "; expected a key, a colon and a blank"),
    ("<document start>", "; no line of a scenario begins with %"),
)
"""What the parser says, and what to do about it."""


def advice(said: str, mark: str) -> str:
    """Return what to do about a fault of syntax, or an empty string.

    Parameters
    ----------
    said
        What the parser says.
    mark
        The character it stumbled over.
    """
    if "cannot start any token" in said:
        return "; indent with blanks, not with tabs" if mark == "\t" else in_quotes(mark)
    return next((words for sign, words in _ADVICE if sign in said), "")


def is_in_typographic_quotes(text: str) -> bool:
    """Tell whether a text was put into quotes that YAML takes for letters."""
    return len(text) > 1 and text[0] in _OPENING and text[-1] in _CLOSING


def dash_in(text: str) -> str:
    """Return the advice for a text with a dash where a hyphen belongs, or an empty string."""
    dash = next((c for c in text if c in DASHES), None)
    return say("value.dash", dash=dash) if dash else ""
