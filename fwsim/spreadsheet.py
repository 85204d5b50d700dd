"""Texts that a spreadsheet would not leave alone: marked in CSV when written, unmarked when read.

A spreadsheet computes what begins like a formula, and turns ``1E5``, ``00012`` or ``SEP-01`` into
a number or a date. A ' in front keeps both a text. It is taken away exactly where it would have
been written, so every text comes back as it was; a name that begins with ' gets one more, as other
programs write one in front of every cell of a column.
"""

from __future__ import annotations

import re

FORMULA = r"'*[=+\-@\t\r\n＝＋－＠]"
"""What begins like a formula; the marks in front are counted in, so that one more can be told."""
_MONTHS = (
    "jan(?:uary|uar|ner)?|jän(?:ner)?|feb(?:ruary|ruar)?|mar(?:ch)?|mär(?:z)?|mrz|apr(?:il)?|may|mai|"
    "june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|"
    "de[cz](?:ember)?|fév|févr|avr|juin|juil|août|déc"
)
_NUMBER = r"[\d.,][\d\s.,:/+\-'E%€$]*(?:AM|PM)?"
_GAP = r"[\s./\-]*"
_DAY = rf"\d{{1,4}}{_GAP}(?:{_MONTHS})\.?(?:{_GAP}\d{{1,4}})?|(?:{_MONTHS})\.?{_GAP}\d{{1,4}}"
CONVERTED = rf"(?i)'*(?:{_NUMBER}|{_DAY}|true|false|wahr|falsch|vrai|faux)"
"""What a spreadsheet takes for a number, a date, a time or a truth. The whole text."""
SUSPECT = rf"(?i)(?:['=+\-@\t\r\n＝＋－＠.,]|\pN|{_MONTHS}|true|false|wahr|falsch|vrai|faux)"
"""How everything begins that `marked` changes, for a search through millions (RE2)."""
_FORMULA, _CONVERTED = re.compile(FORMULA), re.compile(CONVERTED)


def is_changed(text: str) -> bool:
    """Tell whether a spreadsheet would take a text for something else."""
    return bool(_FORMULA.match(text) or _CONVERTED.fullmatch(text))


def marked(text: str) -> str:
    """Return a name as it is written: with a ' in front if a spreadsheet would change it.

    Or if it begins with one, which would be taken for such a mark.
    """
    return f"'{text}" if _is_marked(text) else text


def _is_marked(text: str) -> bool:
    return text.startswith("'") or is_changed(text)


def unmarked(text: str) -> str:
    """Return the name that `marked` wrote."""
    return text[1:] if text.startswith("'") and _is_marked(text[1:]) else text


def marked_formula(text: str) -> str:
    """Return a text as it is written: with a ' in front if a spreadsheet would compute it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unmarked_formula(text: str) -> str:
    """Return the text that `marked_formula` wrote."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
