"""What the server keeps of each job and device: the table UpdateDevice, in its own codes [S].

Source: white paper on the database model, entity UpdateDevice. Which state of the lifecycle has
which code is inferred [I].
"""

from __future__ import annotations

from enum import IntEnum

from fwsim.commands.lifecycle import State


class RecordState(IntEnum):
    """Start state and current state."""

    NONE = 0
    OFF = 1
    STARTING = 2
    ON = 3
    UPDATING = 4
    DONE = 5
    WAITING_FOR_HALT = 6


class RecordResult(IntEnum):
    """How a job ended; OPEN stands for none yet."""

    OPEN = -1
    OK = 0
    ERROR = 1


RECORD_OF_STATE: dict[State, RecordState] = {
    State.SCHEDULED: RecordState.NONE,
    State.PROBING: RecordState.NONE,
    State.ASSIGNED: RecordState.NONE,
    State.RESTART_PENDING: RecordState.UPDATING,
    State.SKIPPED: RecordState.NONE,
    State.WAKING: RecordState.STARTING,
    State.UNREACHED: RecordState.OFF,
    State.REJECTED: RecordState.ON,
    State.CHECKING: RecordState.UPDATING,
    State.NOTIFYING: RecordState.ON,
    State.DEFERRED: RecordState.ON,
    State.VERIFY_IDF: RecordState.UPDATING,
    State.QUEUEING: RecordState.UPDATING,
    State.TRANSFER: RecordState.UPDATING,
    State.VERIFY_PACKAGES: RecordState.UPDATING,
    State.PROVIDING: RecordState.UPDATING,
    State.INSTALL: RecordState.UPDATING,
    State.REBOOT: RecordState.UPDATING,
    State.OUT_OF_CONTACT: RecordState.UPDATING,
    State.SUCCESS: RecordState.DONE,
    State.FAILED: RecordState.DONE,
    State.NOT_NEEDED: RecordState.DONE,
    State.CANCELLED: RecordState.DONE,
    State.SUPERSEDED: RecordState.DONE,
    State.HALTING: RecordState.WAITING_FOR_HALT,
    State.HALTED: RecordState.OFF,
}

RESULT_OF_STATE: dict[State, RecordResult] = {
    State.SUCCESS: RecordResult.OK,
    State.NOT_NEEDED: RecordResult.OK,
    State.FAILED: RecordResult.ERROR,
    State.CANCELLED: RecordResult.ERROR,
    State.UNREACHED: RecordResult.ERROR,
    State.REJECTED: RecordResult.ERROR,
}
"""Outcomes that are not named leave the result open: skipped, superseded."""
