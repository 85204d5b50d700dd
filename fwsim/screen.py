"""What a terminal or a page may be shown: no text of a file steers it, or hides in it.

Everything fwsim prints goes through here: what `click.echo` and Python write through a `Screen`,
what rich lays out through `fwsim.console`, which cleans each text before it is measured.
"""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any, TextIO

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # what turns the direction of writing
    "\u2028\u2029\ufff9-\ufffb\ud800-\udfff"  # separators, annotations, halves of a character
    "\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b\u2060-\u2065\u3164\ufeff\uffa0"  # of no width
    "\ufe00-\ufe0d\U000e0000-\U000e0fff]"  # variants, tags
    "|(?<![\u0600-\u0dff\u2000-\u32ff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d\ufe0e\ufe0f]"
)
"""But what joins letters where a script needs it, and the parts of an emoji, stays."""
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_READABLE = {
    "–": "-",
    "—": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "…": "...",
    "±": "+/-",
    "×": "x",
    "·": "*",
    "•": "*",
    "→": "->",
    "←": "<-",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "§": "par. ",
    "⚠": "!",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "‚": "'",
    "€": "EUR",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "ø": "oe",
    "Ø": "Oe",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "þ": "th",
    "Þ": "Th",
    "ð": "d",
    "œ": "oe",
    "Œ": "OE",
}
"""What stands for a character where it cannot be shown; others lose their accents."""


def visible(text: str) -> str:
    """Return a text in which what nobody sees, or would steer a terminal, stands as its number."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_escaped, text)


def escaped(text: str) -> str:
    """Return a text as a page shows it: none of it is markup, all of it is seen."""
    return escape(visible(text))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def fitting(text: str, encoding: str) -> str:
    """Return a text in which what an encoding lacks is replaced by what can be read for it."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return _BEYOND_ASCII.sub(lambda match: _in_encoding(match[0], encoding), text)
    except LookupError:
        return text.encode("ascii", "replace").decode()
    return text


@lru_cache(maxsize=4096)
def _in_encoding(character: str, encoding: str) -> str:
    for candidate in (character, _ascii(character)):
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


def _ascii(character: str) -> str:
    if character in _READABLE:
        return _READABLE[character]
    if "\u2500" <= character <= "\u257f":
        words = unicodedata.name(character).split()
        if "AND" in words:
            return "+"
        return "|" if {"VERTICAL", "UP", "DOWN"} & set(words) else "-"
    if "\u2580" <= character <= "\u259f":
        return "#"
    parts = unicodedata.normalize("NFKD", character)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.encode("ascii", "replace").decode()


class Screen:
    """A stream for text, before standard output or standard error.

    It never fails: what was last refused, such as by a closed pipe or a full disk, is kept in
    `fault`, and the rest is let go. So a reader that has seen enough stops no run.

    Parameters
    ----------
    raw
        The stream; None where there is none.

    Attributes
    ----------
    fault
        Why nothing more is written; None as long as all is well.
    """

    def __init__(self, raw: TextIO | None) -> None:
        self.raw = raw
        self.fault: OSError | None = None

    @property
    def encoding(self) -> str:
        """What the stream can show."""
        return getattr(self.raw, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:
        """Nothing is left to be refused."""
        return "strict"

    def isatty(self) -> bool:
        """Tell whether somebody watches."""
        return self.raw is not None and not self.raw.closed and self.raw.isatty()

    def fileno(self) -> int:
        """Return the descriptor below.

        Raises
        ------
        OSError
            If there is none.
        """
        if self.raw is None:
            raise OSError(errno.EBADF, "no stream")
        return self.raw.fileno()

    def writable(self) -> bool:
        """Tell that text is taken."""
        return True

    def write(self, text: str | bytes) -> int:
        """Write a text as it may be shown; click gives a shell its completions as bytes."""
        told = text if isinstance(text, str) else text.decode(errors="replace")
        self.write_laid_out(visible(told))
        return len(text)

    def write_laid_out(self, text: str) -> None:
        """Write what was laid out for a terminal, with its own colours."""
        if self.raw is None or self.fault is not None:
            return
        self._do(self.raw.write, fitting(text, self.encoding))

    def flush(self) -> None:
        """Hand over what was written."""
        if self.raw is None or self.fault is not None:
            return
        self._do(self.raw.flush)

    def _do(self, what: Callable[..., object], *arguments: str) -> None:
        try:
            what(*arguments)
        except OSError as error:
            self.fault = error
        except ValueError:  # the stream was closed
            self.fault = OSError(errno.EBADF, os.strerror(errno.EBADF))


class LaidOut:
    """A screen as rich writes to it: its texts are clean already, its colours are meant."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:
        """What the screen can show."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Tell whether somebody watches."""
        return bool(self._stream is not None and self._stream.isatty())

    def fileno(self) -> int:
        """Return the descriptor below."""
        return int(self._stream.fileno())

    def write(self, text: str) -> int:
        """Write a text with its colours."""
        if isinstance(self._stream, Screen):
            self._stream.write_laid_out(text)
        elif self._stream is not None:
            self._stream.write(fitting(text, self.encoding))
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        if self._stream is not None:
            self._stream.flush()


def laid_out(stream: Any) -> TextIO:
    """Return what rich may write to so that it ends up on a stream."""
    made: TextIO = LaidOut(stream)  # type: ignore[assignment] # as much of it as rich uses
    return made
