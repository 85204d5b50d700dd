"""The words for how a device ended, as tables and expectations use them."""

from __future__ import annotations

from fwsim.commands.lifecycle import State

OUTCOME_NAMES: dict[State, str] = {
    State.SUCCESS: "successful",
    State.FAILED: "not successful",
    State.CANCELLED: "cancelled",
    State.NOT_NEEDED: "not necessary",
    State.SKIPPED: "skipped",
    State.UNREACHED: "not reached",
    State.REJECTED: "rejected",
    State.SUPERSEDED: "superseded",
    State.DEFERRED: "still deferred",
    State.NOTIFYING: "still asked",
    State.PROBING: "still waiting for the server",
    State.WAKING: "still being switched on",
    State.ASSIGNED: "still waiting for its check-in",
    State.RESTART_PENDING: "still to restart",
}
STILL_IN_PROGRESS = "still in progress"
ALL_OUTCOMES = (*OUTCOME_NAMES.values(), STILL_IN_PROGRESS)
GOOD_OUTCOMES = (OUTCOME_NAMES[State.SUCCESS], OUTCOME_NAMES[State.NOT_NEEDED])


def is_under_way(outcome: str | None) -> bool:
    """Tell whether a device with this outcome had something left to do when its run ended."""
    return outcome is not None and outcome.startswith("still ")
