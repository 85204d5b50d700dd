"""Names that are one name to a reader and two to a computer.

Köln in NFC and in NFD, KÖLN, Koeln, Koln, ``Branch  17``, with a zero-width space; Branch 017; or
one letter away: Brnach 17. Looking a name up costs what its length costs, however many there are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from fwsim.messages import say

LONGEST = 200
_RANGES = (
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0D),
    (0xE0000, 0xE01FF),
)
INVISIBLE = "\u00ad\u034f\u061c\u180e\ufeff" + "".join(
    chr(code) for first, last in _RANGES for code in range(first, last + 1)
)
"""What nobody sees: of no width, of the writing direction, where a word may break, tags."""
_UNSEEN = dict.fromkeys(map(ord, INVISIBLE))
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_GAPS = re.compile(r"[\s_\-–—.]+")
_NO_DIGIT = re.compile(r"\D+")
_LEADING_ZEROS = re.compile(r"(?<!\d)(?<!\d[.,])0+(?=\d)")
_WORD = re.compile(r"[^\W\d_]+")
SHORTEST_WORD = 4
"""In shorter words another letter is another word: Site A, Site B."""


def seen(text: str) -> str:
    """Return a text without what nobody sees of it."""
    return text if text.isascii() else text.translate(_UNSEEN)


def folded(text: str) -> str:
    """Return a text without its case, its kind of blanks and how its accents are composed."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    return " ".join(text.replace("-", " ").replace("_", " ").split()).casefold()


def spelled_out(folded: str) -> str:
    """Return a folded text with ae for ä, as it is typed where there is no ä."""
    return folded.translate(_UMLAUTS)


def numbers_alike(name: str) -> str:
    """Return a name without the zeros in front of its numbers: Nord 01 is Nord 1."""
    return _LEADING_ZEROS.sub("", name) if "0" in name else name


def _folded(name: str) -> str:
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", seen(name)).casefold().strip())


def _without_marks(name: str) -> str:
    apart = unicodedata.normalize("NFD", name)
    return "".join(c for c in apart if not unicodedata.combining(c))


def _spellings(name: str) -> tuple[str, ...]:
    """Return a name with its umlauts spelt out, and without its marks."""
    if name.isascii():
        return (_GAPS.sub(" ", name[:LONGEST].casefold().strip()),)
    folded = _folded(name[:LONGEST])
    return _without_marks(folded.translate(_SPELT_OUT)), _without_marks(folded)


def _digits(name: str) -> str:
    return _NO_DIGIT.sub("", name)


def _one_letter_less(name: str) -> Iterator[str]:
    """Yield a name without one letter, for each letter of its longer words."""
    for word in _WORD.finditer(name):
        if len(word[0]) >= SHORTEST_WORD:
            for at in range(word.start(), word.end()):
                yield f"{name[:at]}{name[at + 1 :]}"


class Spellings:
    """Finds the name that another one was probably meant to be.

    Parameters
    ----------
    names
        The right ones; the first of several alike counts.
    typos
        Whether a name that is one letter away is found, too, or one whose numbers have other zeros
        in front.
    """

    def __init__(self, names: Iterable[str], *, typos: bool = True) -> None:
        self._typos = typos
        self._alike: dict[str, str] = {}
        self._near: dict[str, str] = {}
        self._by_number: dict[str, str] = {}
        self._digits: set[str] = set()
        self._lengths: set[int] = set()
        for name in names:
            for spelling in _spellings(name):
                self._alike.setdefault(spelling, name)
                if typos:
                    self._by_number.setdefault(numbers_alike(spelling), name)
                self._digits.add(_digits(spelling))
                self._lengths.update(range(len(spelling) - 1, len(spelling) + 2))
                for less in _one_letter_less(spelling) if typos else ():
                    self._near.setdefault(less, name)

    def nearest(self, name: str) -> str | None:
        """Return another name that is written almost alike; None if there is none."""
        for spelling in _spellings(name):
            near = self._alike.get(spelling) or self._near_by(spelling)
            if near is not None and near != name:
                return near
        return None

    def _near_by(self, spelling: str) -> str | None:
        """Return a name with one letter more, less, other, or two that changed places."""
        if same := self._by_number.get(numbers_alike(spelling)):
            return same
        may_be_near = len(spelling) in self._lengths and _digits(spelling) in self._digits
        if not self._typos or not may_be_near:
            return None
        if spelling in self._near:
            return self._near[spelling]
        shorter = _one_letter_less(spelling)
        hits = (self._alike.get(less) or self._near.get(less) for less in shorter)
        return next((hit for hit in hits if hit is not None), None)


def meant(name: str, other: str | None) -> str:
    """Return ``"; did you mean 'Köln'?"``, and why two names that look alike are not one."""
    if other is None:
        return ""
    return say("near.meant", name=other) + why_not_one(name, other)


def why_not_one(name: str, other: str) -> str:
    """Return a sentence on why two names that look alike are not one, or an empty string."""
    if name != other and seen(name) == seen(other):
        return say("near.unseen")
    alike = unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", other)
    if name != other and name.split() == other.split():
        return say("near.blanks")
    if name == other or not alike:
        return ""
    return say("near.unicode_form")
