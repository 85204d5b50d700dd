"""Names in figures: every letter is drawn, by another font where DejaVu has none, or by number."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from fwsim.messages import say
from fwsim.optional import needed

USUAL_FONT = "DejaVu Sans"
LONGEST_NAME = 32
"""Letters of a name beside what is drawn."""
LONGEST_IN_TITLE = 64
LEAST_OF_NAME = 5
_FIRST_PICTURE = 0x2190
"""From here on symbols are arrows, signs and emojis, not those of a script."""
_JOINERS = "\u200d\ufe0e\ufe0f"
"""What makes one emoji of several, or says that a sign is to be one."""
_OTHER_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans JP",
    "Noto Sans SC",
    "Noto Sans KR",
    "Source Han Sans",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "IPAGothic",
    "TakaoGothic",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "Microsoft YaHei",
    "SimHei",
    "Malgun Gothic",
    "Hiragino Sans",
    "PingFang SC",
    "Apple SD Gothic Neo",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Nirmala UI",
    "Leelawadee UI",
    "Noto Sans Symbols2",
    "Noto Emoji",
    "Segoe UI Symbol",
    "Arial Unicode MS",
    "Unifont",
)


def matplotlib(part: str = "") -> Any:
    """Return matplotlib, or a part of it such as ``.pyplot``.

    Raises
    ------
    InputError
        If it is not installed.
    """
    return needed(f"matplotlib{part}", "figures", say("optional.figures"))


def check_drawing(purpose: str) -> None:
    """Refuse what could not be drawn, before anything is done; `purpose` as in `needed`.

    Raises
    ------
    InputError
        If matplotlib is not installed.
    """
    needed("matplotlib", "figures", purpose)


@contextmanager
def drawing() -> Iterator[None]:
    """Set what figures are drawn with: the same bytes everywhere, as far as DejaVu has the letters.

    A dollar in a name is a dollar, and begins no formula.
    """
    with matplotlib().rc_context(
        {"font.family": list(_fonts()), "text.parse_math": False, "svg.hashsalt": "fwsim"}
    ):
        yield


def lettered(text: str) -> str:
    """Return a text as the fonts in use can draw it; a letter none of them has as its number."""
    chosen = matplotlib().rcParams
    known = _letters(tuple(chosen["font.family"]))
    drawn = "".join(c if ord(c) in known or c == "\n" else _number(c) for c in text)
    return drawn.replace("$", r"\$") if chosen["text.parse_math"] else drawn


def shortened(name: str, most: int = LONGEST_NAME) -> str:
    """Return a name without its middle if it is too long: its end often tells it from others."""
    if len(name) <= most:
        return name
    end = most // 2
    return f"{name[: most - 1 - end]}…{name[-end:]}"


def named(name: str, most: int = LONGEST_NAME) -> str:
    """Return a name as it is drawn: no longer than that, though it has letters drawn by number."""
    for letters in range(most, LEAST_OF_NAME, -1):
        if len(drawn := lettered(shortened(name, letters))) <= most:
            return drawn
    return lettered(shortened(name, LEAST_OF_NAME))


def rows_named(names: Iterable[str], most: int = LONGEST_NAME) -> list[str]:
    """Return the names of a figure's rows as they are drawn.

    Pictures (emojis) that no font has are left out where the rest still tells the rows apart.
    """
    whole = [*names]
    without = [_without_pictures(name) for name in whole]
    shown = Counter(without)
    return [
        named(rest if rest and shown[rest] == 1 else name, most)
        for name, rest in zip(whole, without, strict=True)
    ]


def _without_pictures(name: str) -> str:
    """Return a name without the pictures, and what joins or colours them, that no font has."""
    known = _letters(tuple(matplotlib().rcParams["font.family"]))
    kept, is_within = [], False
    for letter in name:
        is_within = (is_within and letter in _JOINERS) or (
            ord(letter) not in known and _is_picture(letter)
        )
        kept.append("" if is_within else letter)
    return " ".join("".join(kept).split())


def _is_picture(letter: str) -> bool:
    is_symbol = unicodedata.category(letter) in {"So", "Sk"} and ord(letter) >= _FIRST_PICTURE
    return is_symbol or letter in _JOINERS


def _number(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@cache
def _fonts() -> tuple[str, ...]:
    """Return the usual font, and those of the others that this machine has."""
    from matplotlib.font_manager import fontManager

    here = {font.name for font in fontManager.ttflist}
    return USUAL_FONT, *(name for name in _OTHER_FONTS if name in here)


@cache
def _letters(families: tuple[str, ...]) -> frozenset[int]:
    """Return the code points that fonts have between them."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    codes: set[int] = set()
    for family in families:
        codes.update(get_font(findfont(FontProperties(family=[family]))).get_charmap())
    return frozenset(code for code in codes if code >= 0x20)
