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
    return say("yaml.in_quotes", mark=mark, example=_IN_QUOTES[mark])


_BEGINNINGS = (("block scalar", ">"), ("an alias", "*"), ("an anchor", "&"))
"""What the parser says of a text, and the mark that it begins with."""
_ADVICE = (
    ("mapping values are not allowed", "yaml.colon"),
    ("but got ':'", "yaml.colon"),
    ("expected <block end>", "yaml.columns"),
    ("could not find expected ':'", "yaml.key"),
    ("<document start>", "yaml.percent"),
)
"""What the parser says, and the message that says what to do about it."""


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
        return say("yaml.tabs") if mark == "\t" else in_quotes(mark)
    if begins := next((begins for sign, begins in _BEGINNINGS if sign in said), ""):
        return in_quotes(begins)
    return next((say(name) for sign, name in _ADVICE if sign in said), "")


def is_in_typographic_quotes(text: str) -> bool:
    """Tell whether a text was put into quotes that YAML takes for letters."""
    return len(text) > 1 and text[0] in _OPENING and text[-1] in _CLOSING


def dash_in(text: str) -> str:
    """Return the advice for a text with a dash where a hyphen belongs, or an empty string."""
    dash = next((c for c in text if c in DASHES), None)
    return say("value.dash", dash=dash) if dash else ""
