"""Devices of which nothing was heard for a while: in each run they turn out off, lost or slow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.told_states import LOST
from fwsim.model.past import Past
from fwsim.results.run.record import RunRecord

SILENT_AFTER = 30 * 60_000
"""Milliseconds without a line after which a device at work is called silent [A]."""
AT_WORK = frozenset(
    {
        State.WAKING,
        State.CHECKING,
        State.VERIFY_IDF,
        State.TRANSFER,
        State.VERIFY_PACKAGES,
        State.INSTALL,
        State.REBOOT,
    }
)
"""States that the device leaves by itself; who waits for a user or a connection is not silent."""


class Fate(StrEnum):
    """What a silent device turns out to be."""

    OFF = "off"
    """It was switched off, or could not be switched on."""
    LOST = "lost"
    """It is not heard of again."""
    SLOW = "slow"
    """It was at work all the time."""


@dataclass(frozen=True)
class Silence:
    """Who is silent at a moment; arrays have shape (devices,).

    Parameters
    ----------
    until
        The moment, milliseconds after the start.
    labels, device
        Under which label of a command, and which device.
    """

    until: int
    labels: tuple[str, ...]
    device: NDArray[np.int64]

    @classmethod
    def of(cls, past: Past) -> Silence:
        """Return who is silent at the end of a past.

        Parameters
        ----------
        past
            What the log told.
        """
        log = past.log
        last = past.last_lines
        quiet = past.until - log.time[last] >= SILENT_AFTER
        at_work = np.isin(log.state[last], [int(state) for state in AT_WORK])
        lines = last[quiet & at_work]
        labels = tuple(log.runs[run].label for run in log.run[lines].tolist())
        return cls(past.until, labels, log.device[lines].astype(np.int64))

    def __len__(self) -> int:
        return len(self.labels)

    def measures(self) -> dict[str, Callable[[RunRecord], float]]:
        """Return what a run is asked: how many of them turn out to be what."""
        if not len(self):
            return {}
        return {str(fate): partial(_how_many, self, fate) for fate in Fate}


def _how_many(silence: Silence, fate: Fate, record: RunRecord) -> float:
    fates = record.known.get("silence")
    if fates is None:
        fates = record.known["silence"] = fates_in(silence, record)
    return float(sum(one is fate for one in fates))


def fates_in(silence: Silence, record: RunRecord) -> list[Fate]:
    """Return what each silent device turns out to be in a run.

    Parameters
    ----------
    silence
        Who.
    record
        The run.
    """
    log = record.log
    number = {run.label: place for place, run in enumerate(log.runs)}
    later = np.flatnonzero(log.time > silence.until)
    key = log.run[later].astype(np.int64) * len(record.rollout.fleet) + log.device[later]
    jobs, first = np.unique(key, return_index=True)
    where = dict(zip(jobs.tolist(), later[first].tolist(), strict=True))
    fates = []
    for label, device in zip(silence.labels, silence.device.tolist(), strict=True):
        line = where.get(number.get(label, -1) * len(record.rollout.fleet) + device)
        fates.append(
            Fate.LOST if line is None else _fate(int(log.state[line]), int(log.detail[line]))
        )
    return fates


def _fate(state: int, detail: int) -> Fate:
    """Return what the first line that is heard again says of the silence before it."""
    is_off = State(state) is State.UNREACHED or detail in LOST
    return Fate.OFF if is_off else Fate.SLOW
