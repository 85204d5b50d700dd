"""What a line of a status log says of the device it is about, and of what came before it.

Whoever plays a rollout that is under way keeps to such lines.
"""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import HAS_EPILOGUE, UPDATING, Action, Event, State

ARRIVED = frozenset(
    {
        State.VERIFY_PACKAGES,
        State.PROVIDING,
        State.INSTALL,
        State.REBOOT,
        State.RESTART_PENDING,
        State.SUCCESS,
    }
)
"""States that say that the bytes of a transfer were in."""

NEXT_PACKAGE = frozenset({State.TRANSFER, State.QUEUEING})
"""States that say of a transfer before them that it was of another package, which is written."""

INSTALLED = frozenset({State.REBOOT, State.RESTART_PENDING, State.SUCCESS})
"""States that say that all of an update was written."""

BEFORE_PLAN = frozenset(
    {
        State.SCHEDULED,
        State.ASSIGNED,
        State.PROBING,
        State.WAKING,
        State.CHECKING,
        State.NOTIFYING,
        State.DEFERRED,
    }
)
"""States in which a device has not worked out yet what it fetches."""

BEFORE_TRANSFER = BEFORE_PLAN | {State.VERIFY_IDF, State.QUEUEING}
"""States in which a package is still to be fetched."""

FETCHES_OR_WRITES = frozenset(
    {State.TRANSFER, State.VERIFY_PACKAGES, State.PROVIDING, State.INSTALL}
)
"""States of an update that fetches packages or writes them."""

SPEAKS = UPDATING | HAS_EPILOGUE | {State.NOTIFYING, State.DEFERRED, State.HALTING}
"""States that only a device which is on and heard can tell."""

IS_OFF = frozenset({State.SKIPPED, State.WAKING, State.UNREACHED})
"""States that say of a device which was probed that it did not answer."""

AT_ONCE = frozenset(
    {
        (State.VERIFY_IDF, Event.IDF_VERIFIED),
        (State.PROVIDING, Event.CONSUMERS_SERVED),
        (State.REBOOT, Event.CONTACT),
        (State.RESTART_PENDING, Event.CONTACT),
    }
)
"""What may come in the instant in which a state is entered: there is no wait to last longer."""

LOST = frozenset(
    {
        Detail.POWER_LOST_WHILE_CHECKING,
        Detail.POWER_LOST_IN_TRANSFER,
        Detail.POWER_LOST_IN_INSTALLATION,
        Detail.DEFERMENT_LOST,
    }
)
"""Details that say that a device was out of contact before."""

WRITTEN_IN_PART = frozenset(
    {
        Detail.SYSTEM_PARTITION_FULL,
        Detail.INSTALLATION_FAILED,
        Detail.POWER_LOST_IN_INSTALLATION,
    }
)
"""Details that say of an update which failed that it had begun to write."""

BROKEN = frozenset({Detail.TRANSFER_FAILED, Detail.POWER_LOST_IN_TRANSFER})
"""Details that say of a transfer which failed that it broke, and what is there of it stays."""

AFTER_CHECK = ARRIVED | NEXT_PACKAGE | {State.VERIFY_IDF}
"""States that say that a device has found what there is to fetch."""

NOT_AGREED = frozenset({State.NOTIFYING, State.DEFERRED, State.CANCELLED, State.SUPERSEDED})
"""States that say that no user had agreed to the update before."""

AGREED = (UPDATING - {State.CHECKING}) | {State.SUCCESS, State.FAILED}
"""States that say that a notice before them ended with the update, if no deferment was lost."""

AGREES = frozenset({State.VERIFY_IDF, State.QUEUEING, State.TRANSFER})
"""States that come as soon as a user agrees: a log that has one of them tells that it was so."""

ACTION_ON_ENTERING = {
    State.WAKING: Action.SEND_WAKE_UP,
    State.CHECKING: Action.FETCH_IDF,
    State.NOTIFYING: Action.OPEN_NOTICE,
    State.DEFERRED: Action.START_DEFERMENT,
    State.VERIFY_IDF: Action.VERIFY_IDF,
    State.QUEUEING: Action.QUEUE_FOR_CONNECTION,
    State.TRANSFER: Action.FETCH_PACKAGES,
    State.VERIFY_PACKAGES: Action.VERIFY_PACKAGES,
    State.PROVIDING: Action.SERVE_CONSUMERS,
    State.INSTALL: Action.WRITE_PACKAGES,
    State.REBOOT: Action.RESTART,
    State.HALTING: Action.SWITCH_OFF,
    State.PROBING: Action.NOTHING,
    State.ASSIGNED: Action.NOTHING,
    State.RESTART_PENDING: Action.GIVE_GRACE,
    State.HALTED: Action.NOTHING,
}
"""What is done where a state is entered; the outcomes that are not named end the job."""
