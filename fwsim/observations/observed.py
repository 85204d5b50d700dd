"""The neutral form: what was seen of which device, when, and where that is written.

Readers make it, learning and re-forecasts take it. Times are whole milliseconds since the epoch, in
UTC; what was only found out later, such as between two snapshots, has two ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say, translated
from fwsim.problems import Problem

Times = NDArray[np.int64]
Renaming = Callable[[str], str]
NEVER = np.iinfo(np.int64).max
LONG_AGO = 0
"""The earliest time of what had happened before anybody looked."""
CUT = (0, 206, 499)
"""HTTP status of downloads that were not sent whole, or in parts."""


class What(IntEnum):
    """What was seen of a device."""

    OFFERED = 0
    """The command reached it."""
    ASKED = 1
    DEFERRED = 2
    CANCELLED = 3
    STARTED = 4
    """The user clicked *now*."""
    RAN_OUT = 5
    """Nobody clicked; the update began when the notice ran out."""
    CHECKING = 6
    FETCHING = 7
    FETCHED = 8
    WRITING = 9
    WRITTEN = 10
    RESTARTING = 11
    DONE = 12
    NOT_NEEDED = 13
    FAILED = 14
    UNREACHED = 15
    """The server could not reach it; the detail says why."""
    ON = 16
    OFF = 17
    SUPERSEDED = 18
    """A newer command took its place."""
    QUEUED = 19
    """It waits for a connection to the repository."""


CONSOLE_FORM = "Update States of the console"
"""What an account calls an export of the console."""
EVENTS_FORM = "device, time and status"
"""What it calls a table of events."""
OWN_FORM = "fwsim's status log"
"""What it calls a log that fwsim wrote."""


@dataclass(frozen=True)
class Account:
    """What became of one file that was read.

    Parameters
    ----------
    source
        The file, as the user named it.
    form
        What it was taken for.
    lines
        Lines that hold something; headers and remarks are not counted.
    bad
        How many of them could not be read, and were left out.
    aside
        How many were understood and set aside, by the reason.
    sha256
        Of its content, the first half in hexadecimal.
    """

    source: str
    form: str
    lines: int
    bad: int = 0
    aside: Mapping[str, int] = field(default_factory=dict)
    sha256: str = field(default="", compare=False, repr=False)

    @property
    def is_of_console(self) -> bool:
        """Whether it shows states as somebody looked at the console."""
        return self.form.startswith(CONSOLE_FORM)

    @property
    def is_of_events(self) -> bool:
        """Whether it shows states as devices came to them."""
        return self.form.startswith(EVENTS_FORM)

    @property
    def is_own(self) -> bool:
        """Whether fwsim wrote it."""
        return self.form.startswith(OWN_FORM)

    def __str__(self) -> str:
        form, _, kind = self.form.partition(" (")
        form = translated("log form", form) + (f" ({kind}" if kind else "")
        parts = [say("account.read", source=self.source, form=form, count=self.lines)]
        if self.bad:
            parts.append(say("account.bad", count=self.bad))
        parts += [
            say("account.aside", count=count, reason=translated("set aside", reason))
            for reason, count in self.aside.items()
            if count
        ]
        return "; ".join(parts)


@dataclass(frozen=True)
class Gap:
    """A stretch of which a log lacks lines.

    Parameters
    ----------
    begin, end
        The last line before it and the first one after it, milliseconds since the epoch.
    devices
        Of how many devices lines are missing, at least.
    line, source
        Where the first line after it stands, as in `Observed`.
    """

    begin: int
    end: int
    devices: int
    line: int
    source: int


@dataclass(frozen=True)
class Looks:
    """Whom exports of the console show, whatever they show of it; arrays have shape (rows,).

    Parameters
    ----------
    device
        Who.
    at
        When, milliseconds since the epoch.
    strangers
        Who among them is known to be of another fleet, by name.
    beside_events
        Whether the log tells of events, too: then no look is the last that is heard of a device.
    """

    device: Column
    at: Times
    strangers: frozenset[str] = frozenset()
    beside_events: bool = False

    def last_of_each(self, until: int) -> dict[str, int]:
        """Return when each device was last looked at up to a moment, by its name.

        Parameters
        ----------
        until
            Milliseconds since the epoch.
        """
        last = np.full(len(self.device.values), -1, np.int64)
        shown = self.at <= until
        np.maximum.at(last, self.device.codes[shown], self.at[shown])
        found = dict[str, int]()
        for name, at in zip(self.device.values, last.tolist(), strict=True):
            if at >= 0:
                found[name] = max(at, found.get(name, at))
        return found

    def under(self, names: Mapping[str, str]) -> Looks:
        """Return the same with other names for some devices, perhaps one for several.

        Parameters
        ----------
        names
            By those they have.
        """
        values = tuple(names.get(name, name) for name in self.device.values)
        return replace(self, device=Column(values, self.device.codes))


@dataclass(frozen=True)
class Observed:
    """Lines of a log; arrays have shape (lines,), in order of time within each device.

    Parameters
    ----------
    device
        Which device, by name.
    earliest, latest
        Between which times it happened; equal where it is known to the line's own resolution.
    what
        `What`, as a number.
    amount
        What goes with it: the delay picked (DEFERRED, ms), how long the notice had been shown
        (STARTED, RAN_OUT, ms), deferments left (ASKED), bytes to fetch (FETCHING), bytes fetched so
        far (FETCHED and later); -1 if the log does not say.
    detail
        Why it failed or was not reached, in the words of fwsim's details; else empty.
    command
        Which command run it belongs to, from 0; -1 if the log does not say.
    line
        Line of its source, from 1; 0 if it has none.
    source
        Which file, as index into `sources`.
    sources
        Names of files.
    until
        When the log ends: what is not seen by then has not happened, or not been heard of.
    resolution
        Step of the times, milliseconds: 60,000 where the log tells minutes.
    only_finished
        Whether only devices that have finished are in it, so that times are cut on the right.
    problems
        Lines that could not be read, reported and left out; warnings are of lines that were taken.
    accounts
        What became of each file.
    commands
        The labels that `command` points into.
    deliveries
        Which of the commands are deliveries.
    uefi
        Which are UEFI updates, as far as the log tells them from others; all others are updates.
    renamed
        What names of devices have become pseudonyms by: a device whose name is known is found by
        it. Who hands this on without it (``replace(observed, renamed=None)``) hands on no way back.
    fields
        Which `StatusField` each line is of, where a scenario was asked; None if none was.
    placed
        Fully qualified names of devices that the log shows in one OU alone, by the names they have.
    macs
        MACs of devices, by the names they have, where the log tells one beside the name.
    gaps
        Where lines are missing in its midst, in order of time.
    looks
        Whom exports of the console show, and when; None without any.
    """

    device: Column
    earliest: Times
    latest: Times
    what: NDArray[np.int8]
    amount: NDArray[np.int64]
    detail: Column
    command: NDArray[np.int32]
    line: NDArray[np.int64]
    source: NDArray[np.int16]
    sources: tuple[str, ...]
    until: int
    resolution: int = 1
    only_finished: bool = False
    problems: tuple[Problem, ...] = field(default=(), compare=False)
    accounts: tuple[Account, ...] = field(default=(), compare=False)
    commands: tuple[str, ...] = ()
    deliveries: frozenset[int] = frozenset()
    uefi: frozenset[int] = frozenset()
    renamed: Renaming | None = field(default=None, compare=False, repr=False)
    fields: NDArray[np.int8] | None = None
    placed: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    macs: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    gaps: tuple[Gap, ...] = ()
    looks: Looks | None = field(default=None, compare=False, repr=False)

    @property
    def are_looks(self) -> NDArray[np.bool_]:
        """Which lines are of the console, as somebody looked at it."""
        looks = [number for number, one in enumerate(self.accounts) if one.is_of_console]
        return np.isin(self.source, looks)

    @cached_property
    def last_looks(self) -> dict[str, int]:
        """When devices were last looked at, of all that looks show; none where it has events.

        By their names, milliseconds since the epoch.
        """
        if self.looks is None or self.looks.beside_events:
            return {}
        return self.looks.last_of_each(self.until)

    def where(self, kept: NDArray[np.bool_]) -> Observed:
        """Return some of the lines.

        Parameters
        ----------
        kept
            Which; shape (lines,).
        """
        return self.rows(np.flatnonzero(kept))

    def rows(self, rows: NDArray[np.integer]) -> Observed:
        """Return the lines of some numbers, as they come; each device's must be in order."""
        return replace(
            self,
            device=self.device.rows(rows),
            earliest=self.earliest[rows],
            latest=self.latest[rows],
            what=self.what[rows],
            amount=self.amount[rows],
            detail=self.detail.rows(rows),
            command=self.command[rows],
            line=self.line[rows],
            source=self.source[rows],
            fields=None if self.fields is None else self.fields[rows],
        )

    def __len__(self) -> int:
        return len(self.what)


@dataclass(frozen=True)
class Transfers:
    """Downloads as the repository's web server saw them; arrays have shape (downloads,).

    Parameters
    ----------
    device
        Device name or address, as far as it is known.
    file
        What was fetched, by its name without its folder.
    begin, end
        Milliseconds since the epoch, UTC.
    size
        Bytes sent.
    status
        HTTP status; 499 also where the log says otherwise that the device went away.
    problems
        Lines that could not be read, reported and left out; warnings are of lines that were taken.
    accounts
        What became of each file.
    resolution
        Step of the times, milliseconds.
    timed
        Whether the logs tell how long a download took; if not, `end` is `begin`.
    renamed
        As in `Observed`.
    """

    device: Column
    file: Column
    begin: Times
    end: Times
    size: NDArray[np.int64]
    status: NDArray[np.int16]
    problems: tuple[Problem, ...] = field(default=(), compare=False)
    accounts: tuple[Account, ...] = field(default=(), compare=False)
    resolution: int = 1000
    timed: bool = True
    renamed: Renaming | None = field(default=None, compare=False, repr=False)

    def known_at(self, moment: int) -> Transfers:
        """Return those of which the log told at a moment, milliseconds since the epoch."""
        return self.where(self.end <= moment)

    def where(self, kept: NDArray[np.bool_]) -> Transfers:
        """Return some of the downloads.

        Parameters
        ----------
        kept
            Which; shape (downloads,).
        """
        some = np.flatnonzero(kept)
        return replace(
            self,
            device=self.device.rows(some),
            file=self.file.rows(some),
            begin=self.begin[some],
            end=self.end[some],
            size=self.size[some],
            status=self.status[some],
        )

    @property
    def cut(self) -> NDArray[np.bool_]:
        """Which downloads were not sent whole, or in parts: `CUT`."""
        return np.isin(self.status, CUT)

    def __len__(self) -> int:
        return len(self.size)
