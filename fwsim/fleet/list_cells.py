"""What the cells of a device list say, in whatever way a spreadsheet has left them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

from fwsim.commands.targets import normal_mac
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.slips import with_plain_point
from fwsim.quantities.units import may_be_thousands, read_rate, read_size
from fwsim.spelling import INVISIBLE, meant
from fwsim.spreadsheet import unmarked

LONGEST_CELL = 1000
CONNECTIONS = ("wired", "wlan", "vpn")
_WORDS = {
    "wired": "lan kabel cable cabled ethernet wire kabelgebunden verkabelt netzwerkkabel eth",
    "wlan": "wifi wireless wirelesslan funk funknetz drahtlos kabellos",
    "vpn": "tunnel remote homeoffice extern",
}
_OTHERS_SAY = {word: name for name, words in _WORDS.items() for word in words.split()}
_ERRORS = "N/A NV REF! BEZUG! VALUE! WERT! NAME? DIV/0! NUM! ZAHL! NULL! SPILL! ÜBERLAUF! CALC!"
ERROR_CELLS = frozenset(f"#{name}" for name in _ERRORS.split())
"""What spreadsheets show, in English and German, where a formula has failed."""
_NO_WORDS = (
    "n/a n.a. k.a. n.v. null nil none empty blank leer unknown unbekannt undefined undefiniert "
    "unassigned keine kein fehlt fehlend missing tbd"
)
_NO_NAMES = frozenset(_NO_WORDS.split())
_BREAKS = re.compile(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+")
_TEXT_CELL = re.compile(r'=\s*"((?:[^"]|"")*)"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | dict.fromkeys(map(ord, "\u00a0\u202f"), " ")
NO_MAC = 12 * "0"
"""What stands in the place of a MAC that nobody knows."""
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)
_CUT = re.compile(r"[0-9]{6,11}(?:[.,]0+)?")
_QUANTITY = re.compile(r"(?P<number>[0-9][0-9.,'’\s]*?)\s*(?P<unit>[A-Za-zµ][A-Za-z/]*)")
_UNCLEAR = re.compile(r"(?P<whole>[1-9][0-9]{0,2})(?P<mark>[.,])(?P<rest>[0-9]{3})")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<group>[.,'’\s])[0-9]{3})(?:(?P=group)[0-9]{3})*)"
    r"(?:(?!(?P=group))[.,](?P<rest>[0-9]+))?"
)
_DECIMAL = re.compile(r"(?P<whole>[0-9]+),(?P<rest>[0-9]+)")


class Mark(Enum):
    """What the marks in one number tell of those in others."""

    DECIMAL_COMMA = "7,5 GB"
    UNCLEAR_DOT = "1.024 MB"


Reader = Callable[[str], Any]
"""From a cell's text to a field's value; a ValueError says what is wrong with it."""


def bare_text(cell: str) -> str:
    """Return a text without blanks around it, and what has no width."""
    return cell.strip().strip(INVISIBLE).strip()


def cell_text(cell: str) -> str:
    """Return a cell's text: without blanks around it, and as it was before a spreadsheet kept it.

    ``="00012"`` is a spreadsheet's way to keep a text a text, a ' in front is fwsim's.
    """
    text = bare_text(cell)
    own = unmarked(text)
    if own != text:
        return own
    match = _TEXT_CELL.fullmatch(text) if text.startswith("=") else None
    return match[1].replace('""', '"').strip() if match else text


def says_nothing(text: str) -> bool:
    """Tell whether a cell only says that nothing is known: it is empty, ``-`` or ``n/a``."""
    word = text.strip("()[]<> ").casefold()
    return word in _NO_NAMES or not word.strip("-–—_.?")


def tells_nothing(text: str) -> bool:
    """Tell whether a cell of a MAC or an amount says nothing, as where a look-up found none."""
    return says_nothing(text) or text in {"#N/A", "#NV"}


def on_one_line(text: str) -> str:
    """Return a text with its line breaks and tabs as blanks."""
    if text.isprintable():  # no break is
        return text.strip()
    return " ".join(part.strip() for part in _BREAKS.split(text)).strip()


def is_plain(text: str) -> bool:
    """Tell whether a cell is a text of one short line."""
    if len(text) > LONGEST_CELL:
        return False
    return text.isprintable() or not any(
        unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text
    )


def is_number_of_a_mac(text: str) -> bool:
    """Tell whether a cell is what a spreadsheet makes of a MAC that it takes for a number."""
    return bool(_SCIENTIFIC.fullmatch(text) or _CUT.fullmatch(text))


def bare_mac(text: str) -> str:
    """Return the cell of a MAC without what a spreadsheet puts round it, its marks plain."""
    return text.lstrip("'=").strip('"').translate(_DASHES)


def read_mac(text: str) -> str:
    """Return a MAC in Scout's spelling; empty if the cell is, or only says that there is none.

    Raises
    ------
    ValueError
        If it is none; says so where a spreadsheet has made a number of it.
    """
    bare = bare_mac(text)
    mac = normal_mac(bare)
    if not bare.strip("0") or tells_nothing(bare):  # where it looks a MAC up, a spreadsheet says 0
        return ""
    if mac is not None:
        return "" if mac == NO_MAC else mac
    if is_number_of_a_mac(bare):
        raise ValueError(say("list.number_of_mac", text=repr(text)))
    raise ValueError(say("list.mac", text=text))


def meant_connection(text: str) -> str:
    """Return ``"; did you mean 'wired'?"`` for what else people call a connection, or nothing."""
    word = _OTHERS_SAY.get(re.sub("[^a-z]", "", text.casefold()))
    return meant(text, word) if word else nearest(text, CONNECTIONS)


def read_connection(text: str) -> str:
    """Return how a device is connected, in either case.

    Raises
    ------
    ValueError
        If it is none of the three.
    """
    connection = "" if tells_nothing(text) else text.casefold()
    if connection and connection not in CONNECTIONS:
        near = meant_connection(text)
        known = ", ".join(CONNECTIONS)
        raise ValueError(say("list.connection", name=text, near=near, known=known))
    return connection


@lru_cache(maxsize=1024)
def read_path(text: str) -> str:
    """Return the path of an OU, without blanks and strokes around its parts.

    Backslashes between them are strokes.

    Raises
    ------
    ValueError
        If a part is empty.
    """
    path = text.replace("\\", "/").strip("/")
    parts = [part.strip() for part in path.split("/")]
    if path and not all(parts):
        raise ValueError(say("list.unit_path", path=path))
    return "/".join(parts)


def plain_quantity(text: str, *, commas_are_decimal: bool) -> str:
    """Return a number with its unit as fwsim writes it: ``7,5 GB`` is ``7.5 GB``.

    Parameters
    ----------
    text
        As it stands in the cell.
    commas_are_decimal
        Whether the list comes from where numbers are written so.

    Raises
    ------
    ValueError
        If it may mean two numbers: ``1,024 MB``.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return text
    number, unit = match["number"], match["unit"]
    unclear = _UNCLEAR.fullmatch(number)
    if unclear and (unclear["mark"] == "," or commas_are_decimal):
        whole, rest = unclear["whole"], unclear["rest"]
        one, other = f"{whole}{rest}", f"{whole}.{rest} {unit}"
        raise ValueError(say("list.unclear", text=text, one=one, other=other))
    if unclear:  # in a list without decimal commas
        return with_plain_point(text)
    parts = _GROUPED.fullmatch(number) or _DECIMAL.fullmatch(number)
    if parts is None:
        return text
    whole = re.sub("[^0-9]", "", parts["whole"])
    return f"{whole}.{parts['rest']} {unit}" if parts["rest"] else f"{whole} {unit}"


@lru_cache(maxsize=1024)
def mark_of(text: str) -> Mark | None:
    """Return what a quantity tells of the marks in a list's numbers, None if nothing."""
    match = _QUANTITY.fullmatch(text)
    number = match["number"] if match else ""
    if unclear := _UNCLEAR.fullmatch(number):
        return Mark.UNCLEAR_DOT if unclear["mark"] == "." else None
    grouped = _GROUPED.fullmatch(number)
    behind = number[grouped.end("whole") :] if grouped else ""
    if (
        _DECIMAL.fullmatch(number)
        or behind.startswith(",")
        or (grouped and grouped["group"] == ".")
    ):
        return Mark.DECIMAL_COMMA
    return None


@lru_cache(maxsize=4096)
def taken(cell: str, *, breaks: bool) -> str | None:
    """Return what a cell says, None if it is no short line; most devices of a list say the same.

    Parameters
    ----------
    cell
        As it stands in the file.
    breaks
        Whether line breaks are taken for blanks.
    """
    text = cell_text(cell)
    if breaks:
        text = on_one_line(text)
    return text if is_plain(text) else None


@lru_cache(maxsize=1024)
def _amount(text: str, name: str, *, commas_are_decimal: bool) -> int:
    """Return a size or a rate, 0 if nothing is said; most devices of a list have the same."""
    if tells_nothing(text):
        return 0
    try:
        plain = plain_quantity(text, commas_are_decimal=commas_are_decimal)
        return read_size(plain) if name == "flash" else read_rate(plain)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _one_of_known(text: str, name: str, known: Collection[str] | None) -> str:
    if text and known is not None and text not in known:
        choices = ", ".join(list(known)[:5]) or "none"
        words = {"what": name, "near": nearest(text, known), "known": choices}
        raise ValueError(say("list.unknown", name=text, **words))
    return text


def field_readers(
    known: Mapping[str, Collection[str]],
    *,
    commas_are_decimal: bool,
    marks: set[Mark | None] | None = None,
    doubtful: set[tuple[str, str]] | None = None,
) -> dict[str, Reader]:
    """Return how the fields are read that are more than a text.

    Parameters
    ----------
    known
        Names that may stand in a field, by field.
    commas_are_decimal
        As in `plain_quantity`.
    marks
        Is told which are met in quantities.
    doubtful
        Is told the quantities that may have been meant otherwise, by field and text.
    """
    met = set() if marks is None else marks
    in_doubt = set() if doubtful is None else doubtful

    def one_of(name: str) -> Reader:
        return lambda text: _one_of_known(text, name, known.get(name))

    def amount(name: str) -> Reader:
        def read(text: str) -> int:
            met.add(mark_of(text))
            if "." in text and may_be_thousands(text):
                in_doubt.add((name, text))
            return _amount(text, name, commas_are_decimal=commas_are_decimal)

        return read

    return {
        "unit": read_path,
        "mac": read_mac,
        "people": one_of("people"),
        "power": one_of("power"),
        "connection": read_connection,
        "flash": amount("flash"),
        "device_rate": amount("device_rate"),
    }
