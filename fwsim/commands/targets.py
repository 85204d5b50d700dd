"""Who a command is for: a device, an OU, a dynamic client group or a hand-picked list.

Sources: seed page "Performing updates via command", step 1; scmd manual page "clients".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAC_DIGITS = "[0-9A-F]{12}"
MAC_SEPARATORS = ":-. "
_DIGITS = re.compile(MAC_DIGITS)
_SEPARATORS = re.compile(f"[{re.escape(MAC_SEPARATORS)}]")


def normal_mac(text: str) -> str | None:
    """Return a MAC as Scout writes it (``00E0C5422A2E``), or None if `text` is no MAC.

    Colons, dashes, dots and blanks between the digits are taken, in either case.
    """
    digits = _SEPARATORS.sub("", text.strip()).upper()
    return digits if _DIGITS.fullmatch(digits) else None


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """A fully qualified name: an OU (``DE/Karlsruhe``) or a device (``DE/Karlsruhe/KA1``).

    Parameters
    ----------
    name
        Path from the root, parts separated by ``/``.
    subordinate_units
        Include the devices of all OUs below. Only an OU has any.
    """

    name: str
    subordinate_units: bool = False


@dataclass(frozen=True, slots=True)
class MacTarget:
    """One device, by its MAC in Scout's spelling."""

    mac: str


@dataclass(frozen=True, slots=True)
class ListFileTarget:
    """The devices of a text file with one MAC a line (scmd's ``-list``)."""

    file: str


@dataclass(frozen=True, slots=True)
class DeviceListTarget:
    """Devices picked by hand: names, fully qualified names or MACs."""

    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientGroupTarget:
    """A dynamic client group: every device whose attributes match when the command runs."""

    filter: str


Target = NamedTarget | MacTarget | ListFileTarget | DeviceListTarget | ClientGroupTarget
