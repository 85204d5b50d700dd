"""One line of an input as it may be shown: without anything that is or may be a secret."""

from __future__ import annotations

import difflib
import re

from fwsim.commands.firmware import MASK
from fwsim.commands.scmd_words import mask_scmd

LONGEST_EXCERPT = 160
_KEY = re.compile(r"(?P<key>[\w-]+)[\"']?\s*:\s")
_PASSWORD_OPTION = re.compile(r"(?<![^\s\"'])[-–—/]+\w*(?:p|assw)", re.IGNORECASE)
_ACCOUNT = re.compile(r"[^\s/@:,{\"']+:[^\s/@]+@")
_SECRET_STEMS = ("pass", "pwd", "secret", "kennwort", "token")


def names_secret(key: str) -> bool:
    """Tell whether a key names a password, or was meant to."""
    folded = key.casefold()
    alike = difflib.SequenceMatcher(None, folded, "password").ratio() >= 0.7
    return alike or any(stem in folded for stem in _SECRET_STEMS)


def excerpt_of(line: str) -> str:
    """Return a line with passwords hidden and its length cut."""
    shown = line.rstrip("\r\n").replace("\t", " ")
    for match in _KEY.finditer(f"{shown} "):
        if names_secret(match["key"]):
            shown = f"{shown[: match.end()].rstrip()} {MASK}"
            break
    option = _PASSWORD_OPTION.search(shown)
    if option is not None:
        shown = shown[: option.start()] + mask_scmd(shown[option.start() :])
    shown = _ACCOUNT.sub(f"{MASK}@", shown)
    shown = "".join(c if c.isprintable() else "�" for c in shown)
    return shown if len(shown) <= LONGEST_EXCERPT else f"{shown[:LONGEST_EXCERPT]}…"
