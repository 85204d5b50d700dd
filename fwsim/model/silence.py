"""Devices of which nothing was heard for a while, and what is heard of them next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.model.past import Past
from fwsim.model.status_log import LogColumns

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
NOT_AGAIN = -1
"""Stands for the state of a device that is not heard of again."""


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


def is_stale(past: Past, *, are_held: bool) -> bool:
    """Tell whether a log has nothing of late although there was something to do.

    It may be cut off: devices are at work, or wait for a server that lets nobody wait for so
    long without a word of the one before.

    Parameters
    ----------
    past
        What the log told.
    are_held
        Whether windows hold commands back.
    """
    if not len(past.log) or past.until - int(past.log.time[-1]) < SILENT_AFTER:
        return False
    if len(Silence.of(past)):
        return True
    pauses = any(run.command.devices_wait >= SILENT_AFTER for run in past.log.runs)
    waiting = past.log.state[past.last_lines] == State.PROBING
    return not are_held and not pauses and bool(waiting.any())


@dataclass(frozen=True)
class Heard:
    """What is heard next of who was silent, in one run; arrays have shape (devices,).

    Parameters
    ----------
    state, detail
        Of the first line, as codes of `State` and `Detail`; the state is `NOT_AGAIN` if there is
        none.
    """

    state: NDArray[np.int8]
    detail: NDArray[np.int8]


def heard_next(silence: Silence, log: LogColumns) -> Heard:
    """Return what is heard next of silent devices.

    Parameters
    ----------
    silence
        Who, and since when.
    log
        Lines of a run, in order of time; those of the past may be left out.
    """
    number = {run.label: place for place, run in enumerate(log.runs)}
    asked = np.array([number.get(label, -1) for label in silence.labels], np.int64)
    everybody = 1 + int(silence.device.max(initial=0))
    lines = np.flatnonzero((log.time > silence.until) & np.isin(log.device, silence.device))
    jobs = log.run[lines].astype(np.int64) * everybody + log.device[lines]
    jobs, first = np.unique(jobs, return_index=True)
    wanted = asked * everybody + silence.device
    place = np.minimum(np.searchsorted(jobs, wanted), max(len(jobs) - 1, 0))
    state = np.full(len(silence), NOT_AGAIN, np.int8)
    detail = np.zeros(len(silence), np.int8)
    if len(jobs):
        again = jobs[place] == wanted
        found = lines[first[place[again]]]
        state[again], detail[again] = log.state[found], log.detail[found]
    return Heard(state, detail)
