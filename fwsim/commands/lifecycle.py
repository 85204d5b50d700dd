"""One device under one Update command: state × event × guard → state, action, status.

The table is data. The SimPy device walks it, the docs draw it, the tests cover every row.
Rows of a pair are tried from top to bottom; the first whose guard holds is taken.
Source: facts, section 15, with the pages named there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from fwsim.commands.details import Detail
from fwsim.commands.marks import Mark
from fwsim.commands.status_text import StatusText


class State(IntEnum):
    """Where a device stands under one command."""

    SCHEDULED = 0
    PROBING = 1
    SKIPPED = 2
    WAKING = 3
    UNREACHED = 4
    REJECTED = 5
    CHECKING = 6
    NOTIFYING = 7
    DEFERRED = 8
    VERIFY_IDF = 9
    QUEUEING = 10
    TRANSFER = 11
    VERIFY_PACKAGES = 12
    INSTALL = 13
    REBOOT = 14
    OUT_OF_CONTACT = 15
    SUCCESS = 16
    FAILED = 17
    NOT_NEEDED = 18
    CANCELLED = 19
    SUPERSEDED = 20
    HALTING = 21
    HALTED = 22
    PROVIDING = 23
    ASSIGNED = 24
    RESTART_PENDING = 25


class Event(IntEnum):
    """What can happen to it."""

    DUE = 0
    PROBED = 1
    CONTACT = 2
    WAKE_TIMEOUT = 3
    IDF_FETCHED = 4
    IDF_MISSING = 5
    CLICK_NOW = 6
    CLICK_DEFER = 7
    CLICK_CANCEL = 8
    SECONDS_ELAPSED = 9
    DEFERMENT_OVER = 10
    IDF_VERIFIED = 11
    CONNECTED = 12
    PACKAGES_IN = 13
    TRANSFER_ERROR = 14
    PACKAGES_VERIFIED = 15
    WRITTEN = 16
    WRITE_ERROR = 17
    SHUTDOWN = 18
    POWER_LOST = 19
    NEWER_COMMAND = 20
    OVER = 21
    SWITCHED_OFF = 22
    DEVICE_STARTS = 23
    CONSUMERS_SERVED = 24
    START_ANYWAY = 25
    ASSIGNED = 26
    GRACE_OVER = 27


class Fact(IntEnum):
    """What a guard can ask about, as bits; sums of them are plain numbers.

    An IntFlag would read the same and cost ten times more where the table is walked.
    """

    NONE = 0
    ONLY_SWITCHED_ON = 1 << 0
    CHECK_REACHABILITY = 1 << 1
    SHOWN_ON = 1 << 2
    ANSWERS = 1 << 3
    OCCUPIED = 1 << 4
    WAS_OFF = 1 << 5
    CHECK_FIRST = 1 << 6
    CHECK_AGAIN = 1 << 7
    MODIFIED = 1 << 8
    INFORM = 1 << 9
    TIMED = 1 << 10
    CAN_CANCEL = 1 << 11
    DEFERMENT_LEFT = 1 << 12
    CONSENTED = 1 << 13
    DEFERMENT_SURVIVES = 1 << 14
    IDF_SIGNATURE_BAD = 1 << 15
    PACKAGE_SIGNATURE_BAD = 1 << 16
    UPDATE_PARTITION = 1 << 17
    CONNECTION_FREE = 1 << 18
    MORE_PACKAGES = 1 << 19
    SHUTTING_DOWN = 1 << 20
    DELIVERY = 1 << 21
    PROVIDES = 1 << 22
    GRACE = 1 << 23


class Action(IntEnum):
    """What the server or the device does on the way into the next state."""

    NOTHING = 0
    SEND_WAKE_UP = 1
    FETCH_IDF = 2
    OPEN_NOTICE = 3
    START_DEFERMENT = 4
    VERIFY_IDF = 5
    QUEUE_FOR_CONNECTION = 6
    FETCH_PACKAGES = 7
    VERIFY_PACKAGES = 8
    WRITE_PACKAGES = 9
    RESTART = 10
    WAIT_FOR_POWER = 11
    END = 12
    SWITCH_OFF = 13
    SERVE_CONSUMERS = 14
    GIVE_GRACE = 15


def fact_names(facts: int) -> tuple[str, ...]:
    """Return the names of the facts in a sum of bits."""
    return tuple(fact.name for fact in Fact if fact & facts)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the lifecycle table.

    Parameters
    ----------
    state, event
        The pair the row belongs to.
    needs, bars
        The guard, as sums of `Fact` bits: every fact in `needs` holds and none in `bars`.
    to
        The next state; the same state means the row changes nothing a console can see.
    action
        What is done on the way.
    sets
        Facts that hold from now on.
    mark, source
        Evidence and where it stands.
    detail
        The reason shown beside the status, where the row alone decides it.
    """

    state: State
    event: Event
    to: State
    action: Action
    mark: Mark
    source: str
    needs: int = 0
    bars: int = 0
    sets: int = 0
    detail: Detail = Detail.NONE


class NoTransitionError(LookupError):
    """The table has no row for what happened: a fault in the model, never in an input."""


OUTCOMES = frozenset(
    {
        State.SKIPPED,
        State.UNREACHED,
        State.REJECTED,
        State.SUCCESS,
        State.FAILED,
        State.NOT_NEEDED,
        State.CANCELLED,
        State.SUPERSEDED,
    }
)
"""States in which the command is over for the device."""

UPDATING = frozenset(
    {
        State.CHECKING,
        State.VERIFY_IDF,
        State.QUEUEING,
        State.TRANSFER,
        State.VERIFY_PACKAGES,
        State.PROVIDING,
        State.INSTALL,
        State.REBOOT,
        State.RESTART_PENDING,
    }
)
"""States in which a second command is rejected as busy [A]."""

HAS_EPILOGUE = frozenset({State.SUCCESS, State.FAILED, State.NOT_NEEDED, State.CANCELLED})
"""Outcomes after which the device may be switched off again [S]."""

FINISHES_ASSIGNMENT = HAS_EPILOGUE - {State.FAILED}
"""Outcomes with which a device has finished a standing assignment."""

WAITING = frozenset({State.WAKING, State.NOTIFYING, State.DEFERRED})
"""States that a newer command supersedes [A]."""

WAITS_FOR_CONTACT = frozenset(
    {State.WAKING, State.REBOOT, State.RESTART_PENDING, State.OUT_OF_CONTACT}
)
"""States that go on when the device reports to the server."""

TAKES_SHUTDOWN = UPDATING | {State.NOTIFYING, State.DEFERRED, State.HALTING}
"""States in which an update answers its user's shutdown."""

TELLS_BYTES = frozenset(
    {
        State.VERIFY_PACKAGES,
        State.INSTALL,
        State.REBOOT,
        State.RESTART_PENDING,
        State.FAILED,
        State.SUCCESS,
    }
)
"""States whose line in the status log tells the bytes fetched so far."""

LEAVES_SERVICE = frozenset({State.INSTALL, State.REBOOT, State.RESTART_PENDING})
"""States in which a proxy's provider serves nobody: it updates itself last [S]."""

SILENT = frozenset({State.SCHEDULED, State.OUT_OF_CONTACT})
"""States the console learns nothing of: no line in the status log."""

TEXT_OF_STATE: dict[State, StatusText] = {
    State.SCHEDULED: StatusText.UNCHANGED,
    State.PROBING: StatusText.UNCHANGED,
    State.SKIPPED: StatusText.UNCHANGED,
    State.WAKING: StatusText.UNCHANGED,
    State.UNREACHED: StatusText.UNCHANGED,
    State.REJECTED: StatusText.UNCHANGED,
    State.CHECKING: StatusText.IN_PROGRESS,
    State.NOTIFYING: StatusText.UNCHANGED,
    State.DEFERRED: StatusText.DEFERRED,
    State.VERIFY_IDF: StatusText.IN_PROGRESS,
    State.QUEUEING: StatusText.IN_PROGRESS,
    State.TRANSFER: StatusText.TRANSFER_STARTED,
    State.VERIFY_PACKAGES: StatusText.TRANSFER_COMPLETED,
    State.INSTALL: StatusText.INSTALLATION_STARTED,
    State.REBOOT: StatusText.INSTALLATION_COMPLETED,
    State.OUT_OF_CONTACT: StatusText.UNCHANGED,
    State.SUCCESS: StatusText.SUCCESSFUL,
    State.FAILED: StatusText.NOT_SUCCESSFUL,
    State.NOT_NEEDED: StatusText.NOT_NECESSARY,
    State.CANCELLED: StatusText.NOT_SUCCESSFUL,
    State.SUPERSEDED: StatusText.UNCHANGED,
    State.HALTING: StatusText.UNCHANGED,
    State.HALTED: StatusText.UNCHANGED,
    State.PROVIDING: StatusText.UNCHANGED,
    State.ASSIGNED: StatusText.UNCHANGED,
    State.RESTART_PENDING: StatusText.INSTALLATION_COMPLETED,
}
"""Which Update State the console shows from entering a state on.

A restart that was waited for leaves the text, and its stamp, as it was.
"""
