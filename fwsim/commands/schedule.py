"""When a command runs: now, once, or every so often, on the server's clock.

Sources: Scout manual, "Command options"; scmd manual page "clients" (union of terms).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import IntEnum


class Weekday(IntEnum):
    """Days of the week, numbered as `datetime.date.weekday` does."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


@dataclass(frozen=True, slots=True)
class Now:
    """Run as soon as the server sees the command: at the start of the scenario."""


@dataclass(frozen=True, slots=True)
class Once:
    """Run at one wall-clock time of the server's zone.

    Parameters
    ----------
    at
        Naive date and time, whole seconds.
    """

    at: datetime


@dataclass(frozen=True, slots=True)
class Every:
    """Run on each of `weekdays` and on each of `days` of the month: a union [S].

    Parameters
    ----------
    at
        Naive time of day, whole seconds.
    weekdays, days
        Sorted, without repeats; at least one of the two is not empty. Days are 1 to 31.
    """

    at: time
    weekdays: tuple[Weekday, ...] = ()
    days: tuple[int, ...] = ()


Schedule = Now | Once | Every
