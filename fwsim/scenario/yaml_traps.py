"""Where YAML does not mean what it looks like: words for the traps people step into."""

from __future__ import annotations

from fwsim.fleet.week import DASHES

_IN_QUOTES = {
    ">": "'>= 95 %'", "|": "'| …'", "%": "'% …'", "@": "'@ …'", "`": "'` …'", "*": "'*'",
    "&": "'& …'", "!": "'! …'", "?": "'? …'",
}  # fmt: skip
_OPENING = "“”„‟‘’‚‛«»‹›"
_CLOSING = _OPENING + "\"'"


def in_quotes(mark: str) -> str:
    """Return the advice for a text that begins with a mark of YAML's own."""
    return f"; a text that begins with {mark} stands in quotes, as in {_IN_QUOTES[mark]}"


def advice(problem: str, context: str, mark: str) -> str:
    """Return what to do about a fault of syntax, or an empty string.

    Parameters
    ----------
    problem, context
        What the parser says.
    mark
        The character it stumbled over.
    """
    if "cannot start any token" in problem:
        if mark == "\t":
            return "; indent with blanks, not with tabs"
        return in_quotes(mark) if mark in _IN_QUOTES else ""
    for what, start in (("block scalar", ">"), ("an alias", "*"), ("an anchor", "&")):
        if what in context:
            return in_quotes(start)
    if "mapping values are not allowed" in problem or problem.endswith("but got ':'"):
        return "; a text with a colon and a blank in it stands in quotes; else look at the indent"
    if "expected <block end>" in problem:
        return "; what belongs together begins in the same column"
    if "could not find expected ':'" in problem:
        return "; expected a key, a colon and a blank"
    if "<document start>" in problem:
        return "; a line that begins with % is none of a scenario"
    return ""


def is_in_typographic_quotes(text: str) -> bool:
    """Tell whether a text was put into quotes that YAML takes for letters."""
    return len(text) > 1 and text[0] in _OPENING and text[-1] in _CLOSING


def dash_in(text: str) -> str:
    """Return the advice for a text with a dash where a hyphen belongs, or an empty string."""
    found = next((c for c in text if c in DASHES), None)
    return f"; {found!r} is a dash: write the hyphen '-'" if found else ""
