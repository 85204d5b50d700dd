"""The stretches of a device's way through an update, and how it ends, as figures show them."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, State


class Stage(Enum):
    """Where a device stands; the value is its name in figures and tables."""

    DISPATCH = "waiting for its turn"
    WAKING = "being switched on"
    ASKED = "asked"
    DEFERRED = "deferred"
    CHECKING = "checking"
    QUEUEING = "queueing"
    TRANSFER = "transferring"
    INSTALLATION = "installing"
    RESTART = "restarting"
    SUCCESSFUL = "successful"
    NOT_NECESSARY = "not necessary"
    CANCELLED = "cancelled"
    NOT_SUCCESSFUL = "not successful"
    NOT_REACHED = "not reached"


STAGES = tuple(Stage)
WAYS = STAGES[: STAGES.index(Stage.SUCCESSFUL)]
"""The stages on the way; the rest are ends."""

_STAGE_OF: dict[State, Stage] = {
    State.SCHEDULED: Stage.DISPATCH,
    State.PROBING: Stage.DISPATCH,
    State.WAKING: Stage.WAKING,
    State.NOTIFYING: Stage.ASKED,
    State.DEFERRED: Stage.DEFERRED,
    State.CHECKING: Stage.CHECKING,
    State.VERIFY_IDF: Stage.CHECKING,
    State.QUEUEING: Stage.QUEUEING,
    State.TRANSFER: Stage.TRANSFER,
    State.VERIFY_PACKAGES: Stage.TRANSFER,
    State.PROVIDING: Stage.TRANSFER,
    State.INSTALL: Stage.INSTALLATION,
    State.REBOOT: Stage.RESTART,
    State.OUT_OF_CONTACT: Stage.RESTART,
    State.SUCCESS: Stage.SUCCESSFUL,
    State.NOT_NEEDED: Stage.NOT_NECESSARY,
    State.CANCELLED: Stage.CANCELLED,
    State.FAILED: Stage.NOT_SUCCESSFUL,
    State.SKIPPED: Stage.NOT_REACHED,
    State.UNREACHED: Stage.NOT_REACHED,
    State.REJECTED: Stage.NOT_REACHED,
    State.SUPERSEDED: Stage.NOT_REACHED,
    State.HALTING: Stage.SUCCESSFUL,
    State.HALTED: Stage.SUCCESSFUL,
}
STAGE_OF_STATE: NDArray[np.int8] = np.array(
    [STAGES.index(_STAGE_OF[state]) for state in State], np.int8
)
"""Index into `STAGES` of every state; what follows an outcome is never looked up."""
ENDS: NDArray[np.bool_] = np.array([state in OUTCOMES for state in State])
