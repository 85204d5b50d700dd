"""Which column of a log is which, by its header: English, German, and as a mapping names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fwsim.fleet.list_headers import HEADERS, folded
from fwsim.spelling import spelled_out

ROLES = (
    "device",
    "mac",
    "unit",
    "time",
    "status",
    "state",
    "update state",
    "detail",
    "command",
    "amount",
    "start state",
    "result",
    "created",
    "modified",
)
"""What a column can be for; a mapping file names columns by these."""

_NAMES: dict[str, tuple[str, ...]] = {
    "time": (
        "time",
        "timestamp",
        "date",
        "date time",
        "datetime",
        "exported",
        "exported at",
        "zeit",
        "zeitpunkt",
        "zeitstempel",
        "datum",
        "datum uhrzeit",
        "datum/uhrzeit",
        "stand",
    ),
    "update state": (
        "update state",
        "update status",
        "updatestate",
        "updatestatus",
        "aktualisierungsstatus",
        "aktualisierungs status",
        "status der aktualisierung",
    ),
    "state": ("state", "zustand"),
    "status": ("status",),
    "detail": ("detail", "details", "reason", "grund", "einzelheit", "einzelheiten"),
    "command": ("command", "update job id", "updatejobid", "job", "befehl", "kommando", "auftrag"),
    "amount": ("amount", "menge"),
    "start state": ("start state", "start status", "startstate", "startstatus"),
    "result": ("result", "ergebnis"),
    "created": ("created", "time created", "timecreated", "began", "erstellt", "angelegt"),
    "modified": ("modified", "time modified", "timemodified", "ended", "geändert"),
    "device": ("device id", "client", "id", "ip", "ip address", "ip adresse"),
}
_TOLD_ONCE = ("time", "status", "update state", "state", "detail", "created", "modified", "result")
"""Roles of which another column may tell something else."""
_WEAK = ("mac", "id", "ip", "ip address", "ip adresse", "device id")
"""Headers that name a device only where nothing better does."""


def _spelled(header: str) -> str:
    return spelled_out(folded(header))


_UEFI = "uefi"
_CLOCKS = frozenset(map(_spelled, ("uhrzeit", "time of day", "clock")))
"""Headers of times without a date."""
_ROLE_OF = {_spelled(name): role for role, names in _NAMES.items() for name in names}
_ROLE_OF |= {
    _spelled(name): {"name": "device"}.get(field, field)
    for name, field in HEADERS.items()
    if field in {"name", "mac", "unit"}
}


def roles_of(headers: Sequence[str], own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return which header has which role; each role goes to one header.

    Parameters
    ----------
    headers
        Of a file.
    own
        A mapping's: role → header. These come first.
    """
    roles: dict[str, str] = {}
    by_folded = {folded(header): header for header in headers}
    for role, header in (own or {}).items():
        if folded(header) in by_folded:
            roles[role] = by_folded[folded(header)]
    taken = set(roles.values())
    # A device's name says more than its address.
    for header in sorted(headers, key=lambda h: _spelled(h) in _WEAK):
        known = _ROLE_OF.get(_spelled(header))
        if known is not None and header not in taken:
            roles.setdefault(known, header)
    named = roles.get("device")
    if "mac" in roles and (named is None or (named not in taken and _spelled(named) in _WEAK)):
        roles["device"] = roles["mac"]
    return roles


def left_aside(headers: Sequence[str], roles: Mapping[str, str]) -> dict[str, str]:
    """Return headers that mean the same as another one, which is read in their place.

    Parameters
    ----------
    headers
        Of a file.
    roles
        Which header has which role.
    """
    found = {}
    for header in headers:
        role = _ROLE_OF.get(_spelled(header))
        if role in _TOLD_ONCE and role in roles and header not in roles.values():
            found[header] = roles[role]
    return found


def status_roles(roles: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    """Return the roles that may hold what became of a device, the one to be read first.

    The console's own field says more than a *Status*, which may be on or off.

    Parameters
    ----------
    roles
        Role → header, of a file.
    own
        A mapping's; what it names comes first.
    """
    there = [role for role in ("update state", "status", "state") if role in roles]
    return sorted(there, key=lambda role: folded(own.get(role, "")) != folded(roles[role]))


def may_be_time(header: str) -> bool:
    """Tell whether a column may hold times, or only dates, or only times of day."""
    return _ROLE_OF.get(_spelled(header)) == "time" or _spelled(header) in _CLOCKS


def uefi_state_in(headers: Sequence[str]) -> str | None:
    """Return the header of the field that the console has for UEFI updates; None without one."""
    states = {_spelled(name) for name in _NAMES["update state"]}
    for header in headers:
        word, _, rest = _spelled(header).partition(_UEFI)
        if not word and rest.lstrip(" -_") in states:
            return header
    return None


def known_headers(cells: Sequence[str], own: Mapping[str, str] | None = None) -> int:
    """Tell how many of some cells are headers that are known."""
    mine = {folded(header) for header in (own or {}).values()}
    return sum(
        folded(cell) in mine or _spelled(cell) in _ROLE_OF or uefi_state_in([cell]) is not None
        for cell in cells
        if cell.strip()
    )
