"""Whom a command is for, in the English of the files that are handed over."""

from __future__ import annotations

from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
    Target,
)
from fwsim.measures.amounts import counted

MOST_NAMED = 5


def whom(target: Target) -> str:
    """Return whom a command is for: ``DE and the OUs below``."""
    match target:
        case NamedTarget(name, subordinate_units):
            return f"{name} and the OUs below" if subordinate_units else name
        case ListFileTarget(file):
            return f"the list {file}"
        case ClientGroupTarget(filter=text):
            return f"the group {text}"
        case MacTarget(mac):
            return f"the device {mac}"
        case DeviceListTarget(devices):
            named = ", ".join(devices[:MOST_NAMED])
            more = len(devices) - MOST_NAMED
            return f"{named} and {counted(more, 'other device')}" if more > 0 else named
