"""What can stand on the compiled clock, and the lifecycle table as arrays of numbers."""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import (
    FINISHES_ASSIGNMENT,
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
    Action,
    Event,
    State,
)
from fwsim.commands.lifecycle_table import rows_of
from fwsim.commands.told_states import (
    ACTION_ON_ENTERING,
    AFTER_CHECK,
    AGREED,
    AGREES,
    ARRIVED,
    AT_ONCE,
    BEFORE_PLAN,
    BEFORE_TRANSFER,
    BROKEN,
    FETCHES_OR_WRITES,
    INSTALLED,
    IS_OFF,
    LOST,
    NEXT_PACKAGE,
    NOT_AGREED,
    SPEAKS,
    WRITTEN_IN_PART,
)

NOTHING_MORE = -1
"""Stands for no event."""

EVENTS_BETWEEN_REPORTS = 1 << 17
"""How often a run tells how far it is."""

ORDERS_KEPT = 64
"""Orders of an assignment that are found again without asking Python: one a try."""

ATTEMPTS_APART = 1 << 20
"""What an assignment's number is multiplied with where it travels with the number of a try."""

KINDS_OF_CHECK = 3
"""At a start, at a start where the user is asked, and at a shutdown."""


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
    WAIT_OVER = 10
    SWITCHED = 11
    REPORTS = 12
    LOSES_POWER = 13
    GETS_POWER_BACK = 14
    RUN = 15
    HAND_OUT = 16
    DISPATCHED = 17
    COMPLETIONS = 18
    STANDSTILL = 19
    METER = 20
    BUSY_HOURS = 21
    CUT = 22
    CUT_ENDS = 23
    SET_UP = 24
    SERVED = 25
    LOOK_FOR_CONSUMERS = 26
    COMES_ROUND = 27
    JOB_IS_DUE = 28
    HORIZON = 29
    TOLD = 30
    LET_GO = 31
    STARTS_AS_TOLD = 32
    CONNECTS = 33
    STEPS_AGAIN = 34
    ASSIGNS = 35
    CHECKS_IN = 36
    MAY_TAKE = 37
    WINDOW_OPENS = 38
    STANDS_IN_LINE = 39
    HANDED_OVER = 40


class Ask(IntEnum):
    """What compiled code asks of Python."""

    GROW = 0
    DRAW = 1
    TARGETS = 2
    ORDER = 3
    REPORT = 4
    REFUSED = 5
    ORDER_AS_TOLD = 6


class Grows(IntEnum):
    """Tables that grow while the clock runs."""

    QUEUE = 0
    LOG = 1
    JOBS = 2
    NODES = 3
    FLOWS = 4
    WEBS = 5
    LOAD = 6
    PROXY_LOAD = 7


class Starts(IntEnum):
    """What makes a device start by itself, and whether it asks its user."""

    NOTIFICATION = 0
    AT_START = 1
    AT_START_ASKING = 2
    AT_SHUTDOWN = 3
    FIRING = 4
    ASSIGNMENT = 5


def _over_states(chosen: Container[State]) -> NDArray[np.bool_]:
    return np.array([state in chosen for state in State])


IS_SILENT = _over_states(SILENT)
IS_UPDATING = _over_states(UPDATING)
IS_WAITING = _over_states(WAITING)
IS_WAITING_FOR_CONTACT = _over_states(WAITS_FOR_CONTACT)
ENDS_WITH_EPILOGUE = _over_states(HAS_EPILOGUE)
ENDS_ASSIGNMENT = _over_states(FINISHES_ASSIGNMENT)
ANSWERS_SHUTDOWN = _over_states(TAKES_SHUTDOWN)
LINE_TELLS_BYTES = _over_states(TELLS_BYTES)
SERVES_NOBODY = _over_states(LEAVES_SERVICE)
IS_OUTCOME = _over_states(OUTCOMES)
SPEAKS_OF_DEVICE = _over_states(SPEAKS)
SAYS_OFF = _over_states(IS_OFF)
LEADS_TO_LOSS = _over_states({State.OUT_OF_CONTACT, State.HALTED})
HAS_ARRIVED = _over_states(ARRIVED)
IS_NEXT_PACKAGE = _over_states(NEXT_PACKAGE)
IS_INSTALLED = _over_states(INSTALLED)
HAS_NO_PLAN = _over_states(BEFORE_PLAN)
IS_TO_FETCH = _over_states(BEFORE_TRANSFER)
SAYS_NOT_AGREED = _over_states(NOT_AGREED)
TELLS_CONSENT = sum(1 << state for state in AGREES)
SAYS_AGREED = _over_states(AGREED)
IS_FETCHING_OR_WRITING = _over_states(FETCHES_OR_WRITES)
KNOWS_WHAT_TO_FETCH = _over_states(AFTER_CHECK)
COMES_AT_ONCE = np.array([(state, event) in AT_ONCE for state in State for event in Event])
TELLS_OF_LOSS = np.array([detail in LOST for detail in Detail])
TELLS_OF_BREAK = np.array([detail in BROKEN for detail in Detail])
TELLS_OF_WRITING = np.array([detail in WRITTEN_IN_PART for detail in Detail])
ON_ENTERING = np.array([ACTION_ON_ENTERING.get(state, Action.END) for state in State], np.int64)
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


def _rows_between() -> NDArray[np.int64]:
    """Return the first row that leads from each state to each and is no loss; -1 if none does."""
    found: dict[tuple[State, State], int] = {}
    pairs = ((state, event) for state in State for event in Event)
    row = 0
    for (state, event), rows in zip(pairs, _PAIRS, strict=True):
        for number, one in enumerate(rows, start=row):
            if event not in {Event.POWER_LOST, Event.SHUTDOWN}:
                found.setdefault((state, one.to), number)
        row += len(rows)
    return np.array([found.get((state, to), -1) for state in State for to in State], np.int64)


STATES = len(State)
ROW_BETWEEN = _rows_between()
