"""The rows of the lifecycle, by what goes on: each with its mark and its source."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, Fact, State, Transition
from fwsim.commands.marks import Mark

_SEEN, _INFERRED, _ASSUMED = Mark.SEEN, Mark.INFERRED, Mark.ASSUMED
_OPTIONS = "commands_options.htm"
_DEFERMENT = "update_deferment.htm"
_SECURITY = "firmware_security.htm"
_PARTITIONS = "elux_partitions.htm"
_PROCEDURE = "proxy_dynamic_procedure"
_SCHEDULER = "elux_command_scheduler.htm"
_SEED = "Performing updates via command"
_GAPS = "facts 1.6"
_FAULTS = "facts 6.4"
_OWN = "fwsim's own option force_at"
_PRODUCTS = "docs/products.md"

_LOST_IN = {
    State.CHECKING: Detail.POWER_LOST_WHILE_CHECKING,
    State.VERIFY_IDF: Detail.POWER_LOST_WHILE_CHECKING,
    State.QUEUEING: Detail.POWER_LOST_WHILE_CHECKING,
    State.TRANSFER: Detail.POWER_LOST_IN_TRANSFER,
    State.VERIFY_PACKAGES: Detail.POWER_LOST_IN_TRANSFER,
    State.PROVIDING: Detail.POWER_LOST_IN_TRANSFER,
    State.INSTALL: Detail.POWER_LOST_IN_INSTALLATION,
}


def _row(
    state: State,
    event: Event,
    to: State,
    action: Action,
    mark: Mark,
    source: str,
    *,
    needs: int = 0,
    bars: int = 0,
    sets: int = 0,
    detail: Detail = Detail.NONE,
) -> Transition:
    return Transition(
        state,
        event,
        to,
        action,
        mark,
        source,
        needs=int(needs),
        bars=int(bars),
        sets=int(sets),
        detail=detail,
    )


# The table is read row by row, as the manual tells it.
# fmt: off
DISPATCH = (
    _row(State.SCHEDULED, Event.DUE, State.PROBING, Action.NOTHING, _SEEN, _SEED),
    _row(State.SCHEDULED, Event.ASSIGNED, State.ASSIGNED, Action.NOTHING, _ASSUMED, _PRODUCTS),
    _row(
        State.SCHEDULED, Event.DEVICE_STARTS, State.REJECTED, Action.END, _ASSUMED, _GAPS,
        needs=Fact.OCCUPIED, detail=Detail.BUSY,
    ),
    _row(
        State.SCHEDULED, Event.DEVICE_STARTS, State.CHECKING, Action.FETCH_IDF, _SEEN, _SCHEDULER,
        needs=Fact.CHECK_FIRST,
    ),
    _row(
        State.SCHEDULED, Event.DEVICE_STARTS, State.NOTIFYING, Action.OPEN_NOTICE,
        _ASSUMED, _GAPS, needs=Fact.INFORM, bars=Fact.CONSENTED,
    ),
    _row(
        State.SCHEDULED, Event.DEVICE_STARTS, State.CHECKING, Action.FETCH_IDF, _SEEN, _SCHEDULER,
    ),
    _row(
        State.ASSIGNED, Event.DEVICE_STARTS, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _PRODUCTS,
        needs=Fact.CHECK_FIRST,
    ),
    _row(
        State.ASSIGNED, Event.DEVICE_STARTS, State.NOTIFYING, Action.OPEN_NOTICE,
        _ASSUMED, _PRODUCTS, needs=Fact.INFORM, bars=Fact.CONSENTED,
    ),
    _row(
        State.ASSIGNED, Event.DEVICE_STARTS, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _PRODUCTS,
    ),
    _row(
        State.PROBING, Event.PROBED, State.SKIPPED, Action.END, _SEEN, _OPTIONS,
        needs=Fact.ONLY_SWITCHED_ON, bars=Fact.SHOWN_ON, detail=Detail.SHOWN_AS_OFF,
    ),
    _row(
        State.PROBING, Event.PROBED, State.SKIPPED, Action.END, _SEEN, _OPTIONS,
        needs=Fact.ONLY_SWITCHED_ON | Fact.CHECK_REACHABILITY, bars=Fact.ANSWERS,
        detail=Detail.NO_REPLY_TO_PING,
    ),
    _row(
        State.PROBING, Event.PROBED, State.UNREACHED, Action.END, _SEEN, _OPTIONS,
        needs=Fact.ONLY_SWITCHED_ON, bars=Fact.ANSWERS, detail=Detail.CONNECTION_TIMED_OUT,
    ),
    _row(
        State.PROBING, Event.PROBED, State.REJECTED, Action.END, _ASSUMED, _GAPS,
        needs=Fact.ANSWERS | Fact.OCCUPIED, detail=Detail.BUSY,
    ),
    _row(
        State.PROBING, Event.PROBED, State.CHECKING, Action.FETCH_IDF, _SEEN, _OPTIONS,
        needs=Fact.ANSWERS | Fact.CHECK_FIRST,
    ),
    _row(
        State.PROBING, Event.PROBED, State.NOTIFYING, Action.OPEN_NOTICE, _ASSUMED, _GAPS,
        needs=Fact.ANSWERS | Fact.INFORM, bars=Fact.CONSENTED,
    ),
    _row(
        State.PROBING, Event.PROBED, State.CHECKING, Action.FETCH_IDF, _SEEN, _OPTIONS,
        needs=Fact.ANSWERS,
    ),
    _row(
        State.PROBING, Event.PROBED, State.UNREACHED, Action.END, _ASSUMED, _GAPS,
        needs=Fact.OCCUPIED, detail=Detail.BUSY_AND_SILENT,
    ),
    _row(
        State.PROBING, Event.PROBED, State.WAKING, Action.SEND_WAKE_UP, _SEEN, _OPTIONS,
        sets=Fact.WAS_OFF,
    ),
    _row(
        State.WAKING, Event.CONTACT, State.REJECTED, Action.END, _ASSUMED, _GAPS,
        needs=Fact.OCCUPIED, detail=Detail.BUSY,
    ),
    _row(
        State.WAKING, Event.CONTACT, State.CHECKING, Action.FETCH_IDF, _SEEN, _OPTIONS,
        needs=Fact.CHECK_FIRST,
    ),
    _row(
        State.WAKING, Event.CONTACT, State.NOTIFYING, Action.OPEN_NOTICE, _ASSUMED, _GAPS,
        needs=Fact.INFORM, bars=Fact.CONSENTED,
    ),
    _row(State.WAKING, Event.CONTACT, State.CHECKING, Action.FETCH_IDF, _SEEN, _OPTIONS),
    _row(
        State.WAKING, Event.WAKE_TIMEOUT, State.UNREACHED, Action.END, _ASSUMED, "facts 2",
        detail=Detail.NOT_SWITCHED_ON,
    ),
    _row(
        State.WAKING, Event.NEWER_COMMAND, State.SUPERSEDED, Action.END, _ASSUMED, _GAPS,
        detail=Detail.SUPERSEDED,
    ),
)

CHECK = (
    _row(State.CHECKING, Event.IDF_MISSING, State.FAILED, Action.END, _ASSUMED, _FAULTS),
    _row(
        State.CHECKING, Event.IDF_FETCHED, State.NOT_NEEDED, Action.END, _SEEN, _SEED,
        bars=Fact.MODIFIED,
    ),
    _row(
        State.CHECKING, Event.IDF_FETCHED, State.FAILED, Action.END, _SEEN, _PARTITIONS,
        needs=Fact.DELIVERY, bars=Fact.UPDATE_PARTITION, detail=Detail.NO_UPDATE_PARTITION,
    ),
    _row(
        State.CHECKING, Event.IDF_FETCHED, State.NOTIFYING, Action.OPEN_NOTICE, _SEEN, _DEFERMENT,
        needs=Fact.INFORM, bars=Fact.CONSENTED,
    ),
    _row(
        State.CHECKING, Event.IDF_FETCHED, State.VERIFY_IDF, Action.VERIFY_IDF, _SEEN, _SEED,
    ),
)

NOTICE = (
    _row(
        State.NOTIFYING, Event.CLICK_NOW, State.VERIFY_IDF, Action.VERIFY_IDF, _SEEN, _DEFERMENT,
        needs=Fact.CHECK_FIRST, sets=Fact.CONSENTED,
    ),
    _row(
        State.NOTIFYING, Event.CLICK_NOW, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _GAPS,
        sets=Fact.CONSENTED,
    ),
    _row(
        State.NOTIFYING, Event.CLICK_DEFER, State.DEFERRED, Action.START_DEFERMENT,
        _SEEN, _DEFERMENT, needs=Fact.DEFERMENT_LEFT,
    ),
    _row(
        State.NOTIFYING, Event.CLICK_CANCEL, State.CANCELLED, Action.END, _SEEN, _DEFERMENT,
        needs=Fact.CAN_CANCEL, detail=Detail.CANCELLED_BY_USER,
    ),
    _row(
        State.NOTIFYING, Event.SECONDS_ELAPSED, State.VERIFY_IDF, Action.VERIFY_IDF,
        _SEEN, _OPTIONS, needs=Fact.TIMED | Fact.CHECK_FIRST, sets=Fact.CONSENTED,
    ),
    _row(
        State.NOTIFYING, Event.SECONDS_ELAPSED, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _GAPS,
        needs=Fact.TIMED, sets=Fact.CONSENTED,
    ),
    _row(
        State.NOTIFYING, Event.START_ANYWAY, State.VERIFY_IDF, Action.VERIFY_IDF, _ASSUMED, _OWN,
        needs=Fact.CHECK_FIRST, sets=Fact.CONSENTED,
    ),
    _row(
        State.NOTIFYING, Event.START_ANYWAY, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _OWN,
        sets=Fact.CONSENTED,
    ),
    _row(
        State.NOTIFYING, Event.SHUTDOWN, State.VERIFY_IDF, Action.VERIFY_IDF, _ASSUMED, _GAPS,
        needs=Fact.CHECK_FIRST, sets=Fact.CONSENTED | Fact.SHUTTING_DOWN,
    ),
    _row(
        State.NOTIFYING, Event.SHUTDOWN, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _GAPS,
        sets=Fact.CONSENTED | Fact.SHUTTING_DOWN,
    ),
    _row(
        State.NOTIFYING, Event.POWER_LOST, State.DEFERRED, Action.WAIT_FOR_POWER, _ASSUMED, _GAPS,
        needs=Fact.DEFERMENT_SURVIVES,
    ),
    _row(
        State.NOTIFYING, Event.POWER_LOST, State.OUT_OF_CONTACT, Action.WAIT_FOR_POWER,
        _ASSUMED, _GAPS, detail=Detail.DEFERMENT_LOST,
    ),
    _row(
        State.NOTIFYING, Event.NEWER_COMMAND, State.SUPERSEDED, Action.END, _ASSUMED, _GAPS,
        detail=Detail.SUPERSEDED,
    ),
    _row(
        State.DEFERRED, Event.DEFERMENT_OVER, State.CHECKING, Action.FETCH_IDF,
        _INFERRED, _DEFERMENT, needs=Fact.CHECK_AGAIN,
    ),
    _row(
        State.DEFERRED, Event.DEFERMENT_OVER, State.NOTIFYING, Action.OPEN_NOTICE,
        _INFERRED, _DEFERMENT, bars=Fact.CONSENTED,
    ),
    _row(
        State.DEFERRED, Event.DEFERMENT_OVER, State.VERIFY_IDF, Action.VERIFY_IDF,
        _ASSUMED, _GAPS, needs=Fact.CHECK_FIRST,
    ),
    _row(
        State.DEFERRED, Event.DEFERMENT_OVER, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _GAPS,
    ),
    _row(
        State.DEFERRED, Event.START_ANYWAY, State.VERIFY_IDF, Action.VERIFY_IDF, _ASSUMED, _OWN,
        needs=Fact.CHECK_FIRST, bars=Fact.CHECK_AGAIN, sets=Fact.CONSENTED,
    ),
    _row(
        State.DEFERRED, Event.START_ANYWAY, State.CHECKING, Action.FETCH_IDF, _ASSUMED, _OWN,
        sets=Fact.CONSENTED,
    ),
    _row(
        State.DEFERRED, Event.SHUTDOWN, State.VERIFY_IDF, Action.VERIFY_IDF, _SEEN, _DEFERMENT,
        needs=Fact.CHECK_FIRST, bars=Fact.CHECK_AGAIN, sets=Fact.CONSENTED | Fact.SHUTTING_DOWN,
    ),
    _row(
        State.DEFERRED, Event.SHUTDOWN, State.CHECKING, Action.FETCH_IDF, _SEEN, _DEFERMENT,
        sets=Fact.CONSENTED | Fact.SHUTTING_DOWN,
    ),
    _row(
        State.DEFERRED, Event.POWER_LOST, State.DEFERRED, Action.WAIT_FOR_POWER, _ASSUMED, _GAPS,
        needs=Fact.DEFERMENT_SURVIVES,
    ),
    _row(
        State.DEFERRED, Event.POWER_LOST, State.OUT_OF_CONTACT, Action.WAIT_FOR_POWER,
        _ASSUMED, _GAPS, detail=Detail.DEFERMENT_LOST,
    ),
    _row(
        State.DEFERRED, Event.NEWER_COMMAND, State.SUPERSEDED, Action.END, _ASSUMED, _GAPS,
        detail=Detail.SUPERSEDED,
    ),
)

UPDATE = (
    _row(
        State.VERIFY_IDF, Event.IDF_VERIFIED, State.FAILED, Action.END, _SEEN, _SECURITY,
        needs=Fact.IDF_SIGNATURE_BAD, detail=Detail.IDF_SIGNATURE_INVALID,
    ),
    _row(
        State.VERIFY_IDF, Event.IDF_VERIFIED, State.TRANSFER, Action.FETCH_PACKAGES,
        _SEEN, _PROCEDURE, needs=Fact.CONNECTION_FREE,
    ),
    _row(
        State.VERIFY_IDF, Event.IDF_VERIFIED, State.QUEUEING, Action.QUEUE_FOR_CONNECTION,
        _ASSUMED, "facts 12",
    ),
    _row(
        State.QUEUEING, Event.CONNECTED, State.TRANSFER, Action.FETCH_PACKAGES,
        _ASSUMED, "facts 12",
    ),
    _row(
        State.TRANSFER, Event.PACKAGES_IN, State.SUCCESS, Action.END, _SEEN, _PARTITIONS,
        needs=Fact.DELIVERY,
    ),
    _row(
        State.TRANSFER, Event.PACKAGES_IN, State.VERIFY_PACKAGES, Action.VERIFY_PACKAGES,
        _SEEN, _PROCEDURE, needs=Fact.UPDATE_PARTITION,
    ),
    _row(
        State.TRANSFER, Event.PACKAGES_IN, State.INSTALL, Action.WRITE_PACKAGES,
        _SEEN, _PROCEDURE,
    ),
    _row(State.TRANSFER, Event.TRANSFER_ERROR, State.FAILED, Action.END, _ASSUMED, _FAULTS),
    _row(
        State.VERIFY_PACKAGES, Event.PACKAGES_VERIFIED, State.FAILED, Action.END,
        _SEEN, _SECURITY, needs=Fact.PACKAGE_SIGNATURE_BAD,
        detail=Detail.PACKAGE_SIGNATURE_INVALID,
    ),
    _row(
        State.VERIFY_PACKAGES, Event.PACKAGES_VERIFIED, State.PROVIDING, Action.SERVE_CONSUMERS,
        _SEEN, _PROCEDURE, needs=Fact.PROVIDES,
    ),
    _row(
        State.PROVIDING, Event.CONSUMERS_SERVED, State.INSTALL, Action.WRITE_PACKAGES,
        _SEEN, _PROCEDURE,
    ),
    _row(
        State.VERIFY_PACKAGES, Event.PACKAGES_VERIFIED, State.INSTALL, Action.WRITE_PACKAGES,
        _SEEN, _SECURITY,
    ),
    _row(
        State.INSTALL, Event.WRITTEN, State.TRANSFER, Action.FETCH_PACKAGES, _SEEN, _PROCEDURE,
        needs=Fact.MORE_PACKAGES | Fact.CONNECTION_FREE,
    ),
    _row(
        State.INSTALL, Event.WRITTEN, State.QUEUEING, Action.QUEUE_FOR_CONNECTION,
        _ASSUMED, "facts 12", needs=Fact.MORE_PACKAGES,
    ),
    _row(
        State.INSTALL, Event.WRITTEN, State.RESTART_PENDING, Action.GIVE_GRACE,
        _ASSUMED, _PRODUCTS, needs=Fact.GRACE, bars=Fact.SHUTTING_DOWN,
    ),
    _row(State.INSTALL, Event.WRITTEN, State.REBOOT, Action.RESTART, _SEEN, _SEED),
    _row(State.INSTALL, Event.WRITE_ERROR, State.FAILED, Action.END, _ASSUMED, _FAULTS),
    _row(
        State.RESTART_PENDING, Event.GRACE_OVER, State.REBOOT, Action.RESTART, _ASSUMED, _PRODUCTS,
    ),
    _row(
        State.RESTART_PENDING, Event.CONTACT, State.SUCCESS, Action.END, _ASSUMED, _PRODUCTS,
    ),
    _row(
        State.RESTART_PENDING, Event.POWER_LOST, State.RESTART_PENDING, Action.WAIT_FOR_POWER,
        _ASSUMED, _PRODUCTS,
    ),
    _row(State.REBOOT, Event.CONTACT, State.SUCCESS, Action.END, _INFERRED, _SECURITY),
    _row(
        State.REBOOT, Event.SHUTDOWN, State.REBOOT, Action.NOTHING, _ASSUMED, "shutdown_waits",
        sets=Fact.SHUTTING_DOWN,
    ),
    _row(State.REBOOT, Event.POWER_LOST, State.REBOOT, Action.WAIT_FOR_POWER, _ASSUMED, "facts 15"),
    _row(State.OUT_OF_CONTACT, Event.CONTACT, State.FAILED, Action.END, _INFERRED, _SEED),
)

INTERRUPTIONS = tuple(
    row
    for state, detail in _LOST_IN.items()
    for row in (
        _row(
            state, Event.SHUTDOWN, state, Action.NOTHING, _ASSUMED, "shutdown_waits",
            sets=Fact.CONSENTED | Fact.SHUTTING_DOWN,
        ),
        _row(
            state, Event.POWER_LOST, State.OUT_OF_CONTACT, Action.WAIT_FOR_POWER,
            _INFERRED, _SEED, detail=detail,
        ),
    )
)

EPILOGUE = (
    *(
        row
        for state in (State.SUCCESS, State.FAILED, State.NOT_NEEDED, State.CANCELLED)
        for row in (
            _row(
                state, Event.OVER, State.HALTING, Action.SWITCH_OFF, _SEEN, _DEFERMENT,
                needs=Fact.SHUTTING_DOWN,
            ),
            _row(
                state, Event.OVER, State.HALTING, Action.SWITCH_OFF, _SEEN, _OPTIONS,
                needs=Fact.WAS_OFF,
            ),
            _row(state, Event.OVER, state, Action.NOTHING, _SEEN, _OPTIONS),
        )
    ),
    _row(State.HALTING, Event.SWITCHED_OFF, State.HALTED, Action.NOTHING, _SEEN, _OPTIONS),
    _row(State.HALTING, Event.SHUTDOWN, State.HALTING, Action.NOTHING, _ASSUMED, "facts 15"),
    _row(State.HALTING, Event.POWER_LOST, State.HALTED, Action.NOTHING, _ASSUMED, "facts 15"),
)
# fmt: on
