"""The status log as columns of numbers: what a clock writes and everything above reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import DeliveryCommand, UpdateCommand
from fwsim.commands.lifecycle import OUTCOMES, TEXT_OF_STATE, State
from fwsim.commands.status_text import StatusField, StatusText
from fwsim.model.line_units import STRETCH
from fwsim.model.played import Played

Integers = NDArray[np.int64]
Keep = Literal["all", "stages", "outcomes"]
"""How much of a status log is written."""

_LINE = np.dtype(
    [
        ("time", "i8"),
        ("device", "i4"),
        ("run", "i4"),
        ("state", "i1"),
        ("detail", "i1"),
        ("amount", "i8"),
    ]
)
_PACK_LINE = Struct("=qiibbq").pack


@dataclass(frozen=True, slots=True)
class CommandRun:
    """One firing of one command.

    Parameters
    ----------
    command
        What is sent.
    at
        When, milliseconds since the scenario's start.
    label
        The command's number, with the firing's number behind a stroke where it repeats.
    planned
        When it was due, if it was sent at another time; times are counted from there.
    """

    command: UpdateCommand | DeliveryCommand
    at: int
    label: str
    planned: int | None = None

    @property
    def due(self) -> int:
        """When it was due, milliseconds since the scenario's start."""
        return self.at if self.planned is None else self.planned


class StatusLog:
    """One line per status a device reached under one run of a command, in order of time.

    A line says what the server knows: nothing is written while a device is out of contact.

    Parameters
    ----------
    runs
        What the column `run` points into.
    """

    def __init__(self, runs: Sequence[CommandRun]) -> None:
        self.runs = [*runs]
        self._lines = bytearray()

    def write(
        self, time: int, device: int, run: int, state: int, detail: int = 0, amount: int = 0
    ) -> None:
        """Append one line."""
        self._lines += _PACK_LINE(time, device, run, state, detail, amount)

    def add_run(self, run: CommandRun) -> int:
        """Add a run that was not known beforehand; return its index."""
        self.runs.append(run)
        return len(self.runs) - 1

    def __len__(self) -> int:
        return len(self._lines) // _LINE.itemsize

    def columns(self) -> LogColumns:
        """Return a copy of the lines written so far; the log may be written to meanwhile."""
        lines = np.frombuffer(bytes(self._lines), _LINE)
        fields = {name: lines[name].copy() for name in _LINE.fields or ()}
        return LogColumns(**fields, runs=tuple(self.runs))


@dataclass(frozen=True)
class LogColumns:
    """A finished status log; every array has shape (lines,).

    Parameters
    ----------
    time
        Milliseconds since the scenario's start.
    device, run
        Index into the fleet, and into the runs.
    state, detail
        Codes of `State` and `Detail`.
    amount
        Bytes to fetch next (TRANSFER), bytes fetched so far under this run (VERIFY_PACKAGES,
        INSTALL, REBOOT, SUCCESS, FAILED), milliseconds until the next reminder (DEFERRED), index
        into the rollout's URLs (CHECKING), deferments left (NOTIFYING); else 0.
    runs
        What `run` points into.
    """

    time: Integers
    device: NDArray[np.int32]
    run: NDArray[np.int32]
    state: NDArray[np.int8]
    detail: NDArray[np.int8]
    amount: Integers
    runs: tuple[CommandRun, ...]

    def __len__(self) -> int:
        return len(self.time)

    def kept(self, keep: Keep) -> NDArray[np.bool_]:
        """Return which lines a thinned log keeps.

        Parameters
        ----------
        keep
            ``all``; ``stages``: lines that change what the console shows, and outcomes;
            ``outcomes``: only how each job ended.
        """
        if keep == "all":
            return np.ones(len(self), bool)
        texts = (s for s, text in TEXT_OF_STATE.items() if text is not StatusText.UNCHANGED)
        return self.in_state(*OUTCOMES, *(texts if keep == "stages" else ()))

    def where(self, lines: NDArray[np.bool_] | NDArray[np.int64]) -> LogColumns:
        """Return the log with only some of its lines, chosen by truth or by number."""
        return LogColumns(
            self.time[lines],
            self.device[lines],
            self.run[lines],
            self.state[lines],
            self.detail[lines],
            self.amount[lines],
            self.runs,
        )

    def of_field(self, field: StatusField) -> LogColumns:
        """Return the log of the commands that one field of the console tells of."""
        if all(run.command.status_field is field for run in self.runs):
            return self
        return self.where(self.fields() == field)

    def fields(self) -> NDArray[np.int8]:
        """Return the field of the console that each line belongs to; shape (lines,)."""
        return np.array([run.command.status_field for run in self.runs], np.int8)[self.run]

    def in_state(self, *states: State) -> NDArray[np.bool_]:
        """Return which lines enter one of `states`."""
        chosen = np.zeros(len(self), bool)
        for state in states:
            chosen |= self.state == state
        return chosen


@dataclass(frozen=True)
class LinkLoad:
    """What every site's link carried, minute by minute; hubs and repository carry sums of it.

    Parameters
    ----------
    minute
        Start of each stretch, milliseconds since the scenario's start; shape (rows,).
    site
        Index of the site whose link carried it; shape (rows,).
    size
        Bytes carried in that stretch; shape (rows,). Rows without traffic are left out.
    stretch
        Length of a stretch in milliseconds.
    """

    minute: Integers
    site: NDArray[np.int32]
    size: Integers
    stretch: int = STRETCH

    @classmethod
    def of(cls, rows: list[tuple[int, int, int]], stretch: int) -> LinkLoad:
        """Build from rows of (start of stretch, site, bytes)."""
        table = np.array(rows, np.int64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1].astype(np.int32), table[:, 2], stretch)


@dataclass(frozen=True)
class ProxyLoad:
    """What every provider sent to its neighbours, minute by minute.

    Parameters
    ----------
    minute
        Start of each stretch, milliseconds since the scenario's start; shape (rows,).
    provider
        Index of the device that sent it; shape (rows,).
    size
        Bytes sent in that stretch; shape (rows,). Rows without any are left out.
    stretch
        Length of a stretch in milliseconds.
    """

    minute: Integers
    provider: NDArray[np.int32]
    size: Integers
    stretch: int = STRETCH

    @classmethod
    def of(cls, minute: Integers, provider: NDArray[np.integer[Any]], size: Integers) -> ProxyLoad:
        """Add up what the same provider sent in the same minute; bring all into order of time."""
        if not len(minute):
            return cls.nothing()
        order = np.lexsort((provider, minute))
        minute, provider, size = (
            row[order].astype(np.int64, copy=False) for row in (minute, provider, size)
        )
        begins = np.append(True, (np.diff(minute) != 0) | (np.diff(provider) != 0))
        first = np.flatnonzero(begins)
        sizes = np.add.reduceat(size, first)
        return cls(minute[first], provider[first].astype(np.int32), sizes)

    @classmethod
    def nothing(cls) -> ProxyLoad:
        """Return what was sent where there are no proxies."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int64))


DevicesProgress = Callable[[int, int, int], None]
"""Called with devices done, devices targeted so far, and milliseconds on the clock."""


@dataclass(frozen=True)
class RunOutput:
    """What one run leaves behind.

    Parameters
    ----------
    log
        The status log.
    load
        What every line carried.
    sent
        What proxies sent to neighbours.
    ended
        Milliseconds on the clock when nothing was left to do, or the horizon.
    corrected
        Of a rollout under way: how many lines of its log had to be brought about.
    played
        How a large fleet was played, where the clock has a choice.
    """

    log: LogColumns
    load: LinkLoad
    sent: ProxyLoad
    ended: int
    corrected: int = 0
    played: Played | None = None
