"""One line of an input as it may be shown: without anything that is or may be a secret."""

from __future__ import annotations

import re
from functools import lru_cache

from fwsim.commands.scmd_words import mask_scmd
from fwsim.secrecy import LONGEST_TEXT, MASK, names_secret, without_secrets

LONGEST_EXCERPT = 160
_KEY = re.compile(r"(?P<key>[\w-]+)[\"']?\s*[:=]")
_OPTION = re.compile(r"(?<![^\s\"'])[-–—/]+(?P<name>\w+)")
_USER = re.compile(r"(\b(?:user|login|account)\w*[\"']?\s*[:=]\s*[\"']?[^\s:,}\"']+):[^\s,}]+")


def without_password_option(line: str) -> str:
    """Hide what follows the first option that is, or was meant as, the password's."""
    for option in _OPTION.finditer(line):
        name = option["name"].casefold()
        if name.startswith("p") or "assw" in name or names_secret(name):
            return line[: option.start()] + mask_scmd(line[option.start() :])
    return line


@lru_cache(maxsize=1000)
def excerpt_of(line: str) -> str:
    """Return a line with passwords hidden and its length cut."""
    shown = line[:LONGEST_TEXT].rstrip("\r\n").replace("\t", " ")
    for match in _KEY.finditer(shown):
        if names_secret(match["key"]):
            shown = f"{shown[: match.end()]} {MASK}"
            break
    shown = without_secrets(_USER.sub(rf"\1:{MASK}", without_password_option(shown)))
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else "�" for c in shown)
    return shown if len(shown) <= LONGEST_EXCERPT else f"{shown[:LONGEST_EXCERPT]}…"
