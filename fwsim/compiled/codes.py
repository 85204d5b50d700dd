"""What can stand on the compiled clock, and the lifecycle table as arrays of numbers."""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import (
    HAS_EPILOGUE,
    LEAVES_SERVICE,
    SILENT,
    TAKES_SHUTDOWN,
    TELLS_BYTES,
    TEXT_OF_STATE,
    UPDATING,
    WAITING,
    WAITS_FOR_CONTACT,
    Event,
    State,
)
from fwsim.commands.lifecycle_table import rows_of

NOTHING_MORE = -1
"""Stands for no event."""

EVENTS_BETWEEN_REPORTS = 1 << 17
"""How often a run tells how far it is."""


class Due(IntEnum):
    """What stands on the clock; a job's own timers come first."""

    NOT_WOKEN = 0
    REMINDED = 1
    NOTICE_ENDS = 2
    IDF_FETCHED = 3
    IDF_VERIFIED = 4
    PACKAGES_VERIFIED = 5
    WRITTEN = 6
    WRITE_FAILS = 7
    RESTARTED = 8
    SWITCHED_OFF = 9
    SWITCHED = 10
    REPORTS = 11
    LOSES_POWER = 12
    GETS_POWER_BACK = 13
    RUN = 14
    HAND_OUT = 15
    DISPATCHED = 16
    COMPLETIONS = 17
    STANDSTILL = 18
    METER = 19
    BUSY_HOURS = 20
    CUT = 21
    CUT_ENDS = 22
    SERVED = 23
    LOOK_FOR_CONSUMERS = 24
    COMES_ROUND = 25
    JOB_IS_DUE = 26
    HORIZON = 27


class Todo(IntEnum):
    """What an event has set off and is still to be worked through, last in first out."""

    WORK = 0
    CONTACTED = 1
    TAKES_SHUTDOWN = 2
    SHUTDOWN_TAKEN = 3
    SHUT_DOWN = 4
    START_ANEW = 5
    FINISH = 6
    LOSE_POWER = 7
    POWER_IS_LOST = 8
    TRANSFERRED = 9
    COMPLETION = 10
    REQUEST = 11
    OFFER = 12
    ADMIT = 13
    ADVANCE = 14
    SERVED_ALL = 15
    IS_IN = 16
    GO_ON_IF_WAITING = 17
    FETCH_NEXT = 18
    BREAK_IF_WAITING = 19
    TRANSFER_BREAKS = 20
    PROVIDER_GONE = 21
    CONNECTED = 22
    CHECK_START = 23
    MAKE_UP = 24
    MISSED = 25
    LOST_IN_TRANSFER = 26


class Ask(IntEnum):
    """What compiled code asks of Python."""

    GROW = 0
    DRAW = 1
    TARGETS = 2
    ORDER = 3
    REPORT = 4
    REFUSED = 5


class Grows(IntEnum):
    """Tables that grow while the clock runs."""

    QUEUE = 0
    AGENDA = 1
    LOG = 2
    JOBS = 3
    NODES = 4
    FLOWS = 5
    WEBS = 6
    LOAD = 7


class Starts(IntEnum):
    """What makes a device start by itself, and whether it asks its user."""

    NOTIFICATION = 0
    AT_START = 1
    AT_START_ASKING = 2
    AT_SHUTDOWN = 3
    FIRING = 4


def _over_states(chosen: Container[State]) -> NDArray[np.bool_]:
    return np.array([state in chosen for state in State])


IS_SILENT = _over_states(SILENT)
IS_UPDATING = _over_states(UPDATING)
IS_WAITING = _over_states(WAITING)
IS_WAITING_FOR_CONTACT = _over_states(WAITS_FOR_CONTACT)
ENDS_WITH_EPILOGUE = _over_states(HAS_EPILOGUE)
ANSWERS_SHUTDOWN = _over_states(TAKES_SHUTDOWN)
LINE_TELLS_BYTES = _over_states(TELLS_BYTES)
SERVES_NOBODY = _over_states(LEAVES_SERVICE)
TEXT = np.array([int(TEXT_OF_STATE[state]) for state in State])

EVENTS = len(Event)
_PAIRS = [rows_of(state, event) for state in State for event in Event]
_ROWS = [row for rows in _PAIRS for row in rows]


def _column(name: str) -> NDArray[np.int64]:
    values: list[Any] = [int(getattr(row, name)) for row in _ROWS]
    return np.array(values, np.int64)


ROWS_UP_TO = np.cumsum([len(rows) for rows in _PAIRS])
NEEDS, BARS, SETS = _column("needs"), _column("bars"), _column("sets")
TO, ACTION, DETAIL = _column("to"), _column("action"), _column("detail")
