"""Names of devices and OUs as files write them, made alike.

MACs, paths with backslashes, umlauts in one character or in two, hyphens at which no line breaks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from fwsim.commands.targets import normal_mac
from fwsim.fleet.list_cells import bare_mac

# An address such as 192.168.100.200 has twelve digits, too.
_MAC = re.compile(
    r"[0-9A-F]{2}(?P<mark>[:\-. ])(?:[0-9A-F]{2}(?P=mark)){4}[0-9A-F]{2}"
    r"|[0-9A-F]{4}(?P<dot>[:\-. ])[0-9A-F]{4}(?P=dot)[0-9A-F]{4}"
    r"|[0-9A-F]{6}[:\-.][0-9A-F]{6}",
    re.IGNORECASE,
)
_LENGTHS = frozenset((13, 14, 17))
"""Characters of a MAC with marks."""
_HYPHENS = str.maketrans("‐‑", "--")


def _composed(text: str) -> str:
    """Return a text as most programs write what a reader sees of it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_HYPHENS))


def plain_name(text: str) -> str:
    """Return a device's name: a MAC as Scout writes it, and strokes between OUs in front of it."""
    text = _composed(text)
    if len(text) in _LENGTHS and _MAC.fullmatch(text):
        return normal_mac(text) or text
    return text.replace("\\", "/")


def also_plain(devices: Mapping[str, int]) -> dict[str, int]:
    """Return devices by their names, and by these in plain spelling where that is another."""
    found = {
        plain: device
        for name, device in devices.items()
        if (plain := plain_name(name)) is not name and plain != name
    }
    return {**found, **devices}


def plain_mac(text: str) -> str:
    """Return a MAC as Scout writes it; nothing if it is none, or zeros in the place of one."""
    mac = normal_mac(bare_mac(text)) or ""
    return mac if len(set(mac)) > 1 else ""


def mac_or_name(text: str) -> str:
    """Return a cell of a column of MACs as Scout writes them; what is none stays as it is.

    Zeros in the place of a MAC are nothing.
    """
    return text if normal_mac(bare_mac(text)) is None else plain_mac(text)


def plain_path(text: str) -> str:
    """Return the path of an OU as device lists have it."""
    parts = _composed(text).replace("\\", "/").split("/")
    return "/".join(part for part in map(str.strip, parts) if part)
