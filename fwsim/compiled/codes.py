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
    OUTCOMES,
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
    LOG = 1
    JOBS = 2
    NODES = 3
    FLOWS = 4
    WEBS = 5
    LOAD = 6


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
IS_OUTCOME = _over_states(OUTCOMES)
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
