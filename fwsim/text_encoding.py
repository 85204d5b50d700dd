"""Bytes as text: UTF-8 and UTF-16 by their rules, an old code page only where it is plain which.

A code page is plain if every word that needs it reads as a word of Western Europe in that one and
in no other. Nothing is guessed between two that both make sense.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

from fwsim.messages import say

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's: asked first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CODE_PAGES = {"cp1252": "Windows-1252", "cp850": "DOS code page 850", "mac_roman": "Mac OS Roman"}
_GLANCE = 1 << 16
_TOKEN = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_GERMAN = "äöüÄÖÜß"
_LETTERS = frozenset(_GERMAN + "éèêëàâáçîïíôóòûùúñœæøåÉÈÇÑÆØÅ")
_RARE = {"cp1252": frozenset("ãõÃÕ"), "mac_roman": frozenset("ãõÃÕ")}
"""Letters that are left out where they would take the place of more usual ones of another page."""
_SIGNS = frozenset("€–—‘’‚“”„‹›«»…•°§²³µ®©™·\xa0\xad")
_BETWEEN = frozenset("’–·\xa0\xad")
"""Signs that stand between two letters of one word."""
_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(rf"[^\x00-\x7f{_GERMAN}]{{3,}}")
_ALONE = frozenset("àÀ")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what had to be found out about its bytes.

    Parameters
    ----------
    text
        The text.
    encoding
        Which encoding it was found to be in; empty if the file follows the rules.
    example
        A word that shows it.
    """

    text: str
    encoding: str = ""
    example: str = ""


class UnknownEncodingError(ValueError):
    """The bytes are no text, or it is not plain in which encoding.

    Parameters
    ----------
    reason
        Why, in words.
    line
        Where, counted from 1.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def _line_of(raw: bytes, end: int) -> int:
    before = raw[:end]
    return (before.count(b"\n") or before.count(b"\r")) + 1


def _by_rule(raw: bytes) -> str:
    """Return the text of UTF-8, or of UTF-16 or UTF-32 with its mark."""
    name = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(name).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        text = say("text.no_utf8")
        if name != "utf-8":
            text = say("text.begins_like", encoding=name.upper())
        raise UnknownEncodingError(text, _line_of(raw, error.start)) from None


def decode(raw: bytes) -> str:
    """Return the text of bytes that follow the rules: UTF-8, or UTF-16 with its mark.

    Raises
    ------
    UnknownEncodingError
        If they do not, or are no text.
    """
    text = _by_rule(raw)
    if (at := text.find("\0")) >= 0:
        _refuse_nul(raw, text.count("\n", 0, at) + 1)
    return text


def _refuse_nul(raw: bytes, line: int) -> None:
    if _unmarked_utf16(raw):
        text = say("text.unmarked")
        raise UnknownEncodingError(text, 1)
    raise UnknownEncodingError(say("text.zero"), line)


def _unmarked_utf16(raw: bytes) -> str:
    """Return which UTF-16 bytes plainly are, by where the zeros stand; empty for none."""
    glance = raw[: min(_GLANCE, len(raw) // 2 * 2)]
    low, high = glance[::2].count(0), glance[1::2].count(0)
    half = len(glance) // 2
    if len(raw) % 2 == 0 and half >= 4:
        if not low and high > 0.6 * half:
            return "utf-16-le"
        if not high and low > 0.6 * half:
            return "utf-16-be"
    return ""


def _is_word(word: str, letters: frozenset[str]) -> bool:
    """Tell whether a word with letters beyond ASCII may be one of Western Europe."""
    if word.isascii():
        return True
    if len(word) == 1:
        return word in _ALONE
    known = all(letter.isascii() or letter in letters for letter in word)
    return known and word in {word.lower(), word.upper(), word.capitalize(), _upper(word)}


def _upper(word: str) -> str:
    """Return a word in capitals, in which a ß may stay."""
    return "ß".join(part.upper() for part in word.split("ß"))


def _makes_sense(token: str, letters: frozenset[str]) -> bool:
    if _RUN.search(token):
        return False
    for i, sign in enumerate(token):
        if sign.isascii() or sign.isalpha():
            continue
        inside = 0 < i < len(token) - 1 and token[i - 1].isalpha() and token[i + 1].isalpha()
        if sign not in _SIGNS or (inside and sign not in _BETWEEN):
            return False
    return all(_is_word(word, letters) for word in _WORD.findall(token))


def _reads_as(tokens: Iterable[bytes], page: str) -> bool:
    letters = _LETTERS | _RARE.get(page, frozenset())
    try:
        return all(_makes_sense(token.decode(page), letters) for token in tokens)
    except UnicodeDecodeError:
        return False


def _has_utf8_letters(raw: bytes) -> bool:
    """Tell whether some letters are UTF-8 after all: then a broken byte makes no code page."""
    return bool(re.search(rb"[\xc3-\xc5][\x80-\xbf]|\xe2\x80[\x90-\xbf]", raw))


def decode_plain(raw: bytes) -> Decoded:
    """Return a text also if it is in an old encoding and it is plain in which.

    Raises
    ------
    UnknownEncodingError
        If it is not plain, or the bytes are no text; says which encodings it may be.
    """
    if not any(raw.startswith(mark) for mark, _ in _MARKS) and b"\0" in raw[:_GLANCE]:
        name = _unmarked_utf16(raw)
        try:
            text = raw.decode(name or "utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if name and "\0" not in text:
            return Decoded(text, "UTF-16 without its mark")
    try:
        return Decoded(decode(raw))
    except UnknownEncodingError as error:
        is_marked = any(raw.startswith(mark) for mark, _ in _MARKS)
        if is_marked or b"\0" in raw or _has_utf8_letters(raw):
            raise
        return _by_code_page(raw, error)


def _by_code_page(raw: bytes, error: UnknownEncodingError) -> Decoded:
    tokens = dict.fromkeys(map(itemgetter(0), _TOKEN.finditer(raw)))
    plain = [page for page in CODE_PAGES if _reads_as(tokens, page)]
    first = max(tokens, key=len)
    if len(plain) == 1:
        return Decoded(raw.decode(plain[0]), CODE_PAGES[plain[0]], first.decode(plain[0])[:40])
    if plain:
        pages = (f"{CODE_PAGES[page]} ({first.decode(page)[:40]})" for page in plain)
        text = say("text.either", pages=say("text.or").join(pages))
        raise UnknownEncodingError(text, error.line) from None
    raise error
