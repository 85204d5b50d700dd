"""What devices start by themselves."""

from __future__ import annotations

NIGHTS_OFF = {"default": {"on": "mon-fri 08:00-17:00"}}
PLAIN = [
    "0 CHECKING",
    "2 VERIFY_IDF",
    "2 TRANSFER",
    "10 VERIFY_PACKAGES",
    "13 INSTALL",
    "23 REBOOT",
    "83 SUCCESS",
]


def later(lines: list[str], seconds: int) -> list[str]:
    """Return the lines, so much later."""
    return [f"{float(s) + seconds:g} {rest}" for s, _, rest in (x.partition(" ") for x in lines)]


JOB = "[Job1]\nType=1\nSchedule=12:00\n"
