"""What is asked of a newcomer, by name and in words; light, for every command line loads it."""

from __future__ import annotations

from enum import StrEnum

from fwsim.messages import say


class SitesFrom(StrEnum):
    """By what devices are taken to stand at one site, behind one line."""

    COLUMN = "column"
    OU = "ou"
    SUBNET = "subnet"


OTHER_LINES = "other_lines"
ASKED = (
    "name",
    "image",
    "size",
    "line",
    OTHER_LINES,
    "uplink",
    "busy",
    "present",
    "on",
    "left_on",
    "zone",
    "start",
    "window",
    "notice",
    "cancel",
    "deferments",
)
"""In the order in which they are asked."""


def label(name: str) -> str:
    """Return what a field is called."""
    return say(f"new.{name}")


def hint(name: str) -> str:
    """Return what a field is for."""
    return say(f"new.{name}_hint")
