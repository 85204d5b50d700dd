"""The stretches of a device's way through an update, and how it ends, as figures show them."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import OUTCOMES, State


class Stage(Enum):
    """Where a device stands; the value is its name in figures and tables."""

    DISPATCH = "waiting for its turn"
    CHECK_IN = "waiting for its check-in"
    WAKING = "being switched on"
    ASKED = "asked"
    DEFERRED = "deferred"
    CHECKING = "checking"
    QUEUEING = "queueing"
    TRANSFER = "transferring"
    SERVING = "serving neighbours"
    INSTALLATION = "installing"
    TO_RESTART = "waiting to restart"
    RESTART = "restarting"
    SUCCESSFUL = "successful"
    NOT_NECESSARY = "not necessary"
    CANCELLED = "cancelled"
    NOT_SUCCESSFUL = "not successful"
    NOT_REACHED = "not reached"


TURN_OR_WINDOW = "waiting for its turn or for a window"
"""What `Stage.DISPATCH` is called where windows hold commands back: the log tells not which."""
STAGES = tuple(Stage)
SELDOM = frozenset({Stage.CHECK_IN, Stage.SERVING, Stage.TO_RESTART})
"""Stages of few rollouts, told where they occur; results that an fwsim before saved lack them."""


def way_name(way: Stage | Wait, *, has_windows: bool) -> str:
    """Return what a stretch of the way is called, in English, where windows hold back or not."""
    return TURN_OR_WINDOW if way is Stage.DISPATCH and has_windows else way.value


class Wait(Enum):
    """Why a device is under no command while it waits; the value is its name in tables."""

    LATER = "waiting for its command"
    OWN_START = "waiting until it starts by itself"
    CANCELLED = "waiting for the next command after a cancel"
    SKIPPED = "waiting for the next command after being skipped as off"
    NOT_SWITCHED_ON = "waiting for the next command after a wake-up in vain"
    TIMED_OUT = "waiting for the next command after a connection timed out"
    BUSY = "waiting for the next command after being busy"
    SUPERSEDED = "waiting for the next command after giving way to another"
    TRANSFER_FAILED = "waiting for the next command after a failed transfer"
    INSTALLATION_FAILED = "waiting for the next command after a failed installation"
    POWER_LOST = "waiting for the next command after a power loss"
    FAILED = "waiting for the next command after another failure"
    NOT_NECESSARY = "waiting for the next command, as nothing was to be done"
    CUT_OFF = "in a step cut off by a power loss"


STAGES_UNDER_WAY: tuple[Stage | Wait, ...] = (*STAGES[: STAGES.index(Stage.SUCCESSFUL)], *Wait)
"""How a device spends its time until success: the stages on the way, and waits."""

_WAIT_AFTER: dict[State, Wait] = {
    State.CANCELLED: Wait.CANCELLED,
    State.SKIPPED: Wait.SKIPPED,
    State.UNREACHED: Wait.NOT_SWITCHED_ON,
    State.REJECTED: Wait.BUSY,
    State.SUPERSEDED: Wait.SUPERSEDED,
    State.FAILED: Wait.FAILED,
    State.NOT_NEEDED: Wait.NOT_NECESSARY,
}
_WAIT_BECAUSE: dict[Detail, Wait] = {
    Detail.CONNECTION_TIMED_OUT: Wait.TIMED_OUT,
    Detail.BUSY_AND_SILENT: Wait.BUSY,
    Detail.TRANSFER_FAILED: Wait.TRANSFER_FAILED,
    Detail.INSTALLATION_FAILED: Wait.INSTALLATION_FAILED,
    Detail.POWER_LOST_WHILE_CHECKING: Wait.POWER_LOST,
    Detail.POWER_LOST_IN_TRANSFER: Wait.POWER_LOST,
    Detail.POWER_LOST_IN_INSTALLATION: Wait.POWER_LOST,
    Detail.DEFERMENT_LOST: Wait.POWER_LOST,
}
"""Where the reason tells more than the state."""

_STAGE_OF: dict[State, Stage] = {
    State.SCHEDULED: Stage.DISPATCH,
    State.PROBING: Stage.DISPATCH,
    State.ASSIGNED: Stage.CHECK_IN,
    State.WAKING: Stage.WAKING,
    State.NOTIFYING: Stage.ASKED,
    State.DEFERRED: Stage.DEFERRED,
    State.CHECKING: Stage.CHECKING,
    State.VERIFY_IDF: Stage.CHECKING,
    State.QUEUEING: Stage.QUEUEING,
    State.TRANSFER: Stage.TRANSFER,
    State.VERIFY_PACKAGES: Stage.TRANSFER,
    State.PROVIDING: Stage.SERVING,
    State.INSTALL: Stage.INSTALLATION,
    State.REBOOT: Stage.RESTART,
    State.RESTART_PENDING: Stage.TO_RESTART,
    State.OUT_OF_CONTACT: Stage.RESTART,
    State.SUCCESS: Stage.SUCCESSFUL,
    State.NOT_NEEDED: Stage.NOT_NECESSARY,
    State.CANCELLED: Stage.CANCELLED,
    State.FAILED: Stage.NOT_SUCCESSFUL,
    State.SKIPPED: Stage.NOT_REACHED,
    State.UNREACHED: Stage.NOT_REACHED,
    State.REJECTED: Stage.NOT_REACHED,
    State.SUPERSEDED: Stage.NOT_REACHED,
}
STAGE_OF_STATE: NDArray[np.int8] = np.array(
    [STAGES.index(_STAGE_OF[state]) if state in _STAGE_OF else -1 for state in State], np.int8
)
"""Index into `STAGES` of every state; -1 of those that follow an outcome and change nothing of it.

Where devices stand after each line: `fwsim.results.run.standing`.
"""
WAIT_AFTER: NDArray[np.int8] = np.array(
    [
        [
            STAGES_UNDER_WAY.index(_WAIT_BECAUSE.get(detail, _WAIT_AFTER.get(state, Wait.LATER)))
            for detail in Detail
        ]
        for state in State
    ],
    np.int8,
)
"""Index into `STAGES_UNDER_WAY` of why a device waits after it ended so; shape (states, details).

After a success it waits for nothing, and without an end it is still under that command.
"""
ENDS: NDArray[np.bool_] = np.array([state in OUTCOMES for state in State])
