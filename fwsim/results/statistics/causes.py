"""What makes devices late: the stages and waits of their time, by what a reader calls them."""

from __future__ import annotations

from fwsim.results.run.stages import Stage, Wait

CAUSES: dict[str, tuple[Stage | Wait, ...]] = {
    "deferred": (Stage.ASKED, Stage.DEFERRED),
    "line": (Stage.QUEUEING, Stage.TRANSFER, Stage.SERVING, Stage.CHECKING),
    "off": (
        Stage.WAKING,
        Wait.OWN_START,
        Wait.SKIPPED,
        Wait.NOT_SWITCHED_ON,
        Wait.TIMED_OUT,
        Wait.BUSY,
    ),
    "command": (Stage.DISPATCH, Wait.LATER, Wait.SUPERSEDED, Wait.NOT_NECESSARY),
    "installing": (Stage.INSTALLATION, Stage.RESTART),
    "check_in": (Stage.CHECK_IN,),
    "to_restart": (Stage.TO_RESTART,),
    "failed": (
        Wait.CANCELLED,
        Wait.TRANSFER_FAILED,
        Wait.INSTALLATION_FAILED,
        Wait.POWER_LOST,
        Wait.FAILED,
        Wait.CUT_OFF,
    ),
}
"""Name of a message, and what counts as it."""
CAUSE_OF = {way: name for name, ways in CAUSES.items() for way in ways}
