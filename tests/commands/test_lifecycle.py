"""Every row of the lifecycle table is a case here; a row without one fails the suite."""

from __future__ import annotations

import pytest

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import (
    OUTCOMES,
    SILENT,
    TEXT_OF_STATE,
    UPDATING,
    Action,
    Event,
    Fact,
    NoTransitionError,
    State,
)
from fwsim.commands.lifecycle_table import TRANSITIONS, rows_of, transition
from fwsim.commands.status_text import StatusText

S, E, F = State, Event, Fact
BOTH = F.CHECK_FIRST | F.CHECK_AGAIN  # idf_check_order: both, the default
BEFORE = F.CHECK_FIRST
AFTER = F.NONE

# state, event, facts that hold, expected next state: one line per row, in the order of the table.
CASES = [
    # The server looks for the device.
    (S.SCHEDULED, E.DUE, F.NONE, S.PROBING),
    (S.SCHEDULED, E.ASSIGNED, F.NONE, S.ASSIGNED),
    (S.SCHEDULED, E.DEVICE_STARTS, F.OCCUPIED | BOTH, S.REJECTED),
    (S.SCHEDULED, E.DEVICE_STARTS, BOTH | F.INFORM, S.CHECKING),
    (S.SCHEDULED, E.DEVICE_STARTS, AFTER | F.INFORM, S.NOTIFYING),
    (S.SCHEDULED, E.DEVICE_STARTS, AFTER, S.CHECKING),
    (S.ASSIGNED, E.DEVICE_STARTS, BOTH | F.INFORM, S.CHECKING),
    (S.ASSIGNED, E.DEVICE_STARTS, AFTER | F.INFORM, S.NOTIFYING),
    (S.ASSIGNED, E.DEVICE_STARTS, AFTER, S.CHECKING),
    (S.PROBING, E.PROBED, F.ONLY_SWITCHED_ON | F.ANSWERS, S.SKIPPED),
    (S.PROBING, E.PROBED, F.ONLY_SWITCHED_ON | F.CHECK_REACHABILITY | F.SHOWN_ON, S.SKIPPED),
    (S.PROBING, E.PROBED, F.ONLY_SWITCHED_ON | F.SHOWN_ON, S.UNREACHED),
    (S.PROBING, E.PROBED, F.ANSWERS | F.OCCUPIED, S.REJECTED),
    (S.PROBING, E.PROBED, F.ANSWERS | BOTH | F.INFORM, S.CHECKING),
    (S.PROBING, E.PROBED, F.ANSWERS | AFTER | F.INFORM, S.NOTIFYING),
    (S.PROBING, E.PROBED, F.ANSWERS | AFTER, S.CHECKING),
    (S.PROBING, E.PROBED, F.OCCUPIED, S.UNREACHED),
    (S.PROBING, E.PROBED, F.NONE, S.WAKING),
    (S.WAKING, E.CONTACT, F.OCCUPIED | BOTH, S.REJECTED),
    (S.WAKING, E.CONTACT, BOTH | F.INFORM, S.CHECKING),
    (S.WAKING, E.CONTACT, AFTER | F.INFORM, S.NOTIFYING),
    (S.WAKING, E.CONTACT, AFTER, S.CHECKING),
    (S.WAKING, E.WAKE_TIMEOUT, F.NONE, S.UNREACHED),
    (S.WAKING, E.NEWER_COMMAND, F.NONE, S.SUPERSEDED),
    # The device compares the image.
    (S.CHECKING, E.IDF_MISSING, BOTH, S.FAILED),
    (S.CHECKING, E.IDF_FETCHED, BOTH | F.INFORM, S.NOT_NEEDED),
    (S.CHECKING, E.IDF_FETCHED, BOTH | F.DELIVERY | F.MODIFIED, S.FAILED),
    (S.CHECKING, E.IDF_FETCHED, BOTH | F.INFORM | F.MODIFIED, S.NOTIFYING),
    (S.CHECKING, E.IDF_FETCHED, BOTH | F.INFORM | F.MODIFIED | F.CONSENTED, S.VERIFY_IDF),
    # The user is asked.
    (S.NOTIFYING, E.CLICK_NOW, BOTH, S.VERIFY_IDF),
    (S.NOTIFYING, E.CLICK_NOW, AFTER, S.CHECKING),
    (S.NOTIFYING, E.CLICK_DEFER, F.DEFERMENT_LEFT, S.DEFERRED),
    (S.NOTIFYING, E.CLICK_CANCEL, F.CAN_CANCEL, S.CANCELLED),
    (S.NOTIFYING, E.SECONDS_ELAPSED, BOTH | F.TIMED, S.VERIFY_IDF),
    (S.NOTIFYING, E.SECONDS_ELAPSED, AFTER | F.TIMED, S.CHECKING),
    (S.NOTIFYING, E.START_ANYWAY, BOTH, S.VERIFY_IDF),
    (S.NOTIFYING, E.START_ANYWAY, AFTER, S.CHECKING),
    (S.NOTIFYING, E.SHUTDOWN, BOTH, S.VERIFY_IDF),
    (S.NOTIFYING, E.SHUTDOWN, AFTER, S.CHECKING),
    (S.NOTIFYING, E.POWER_LOST, F.DEFERMENT_SURVIVES, S.DEFERRED),
    (S.NOTIFYING, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.NOTIFYING, E.NEWER_COMMAND, F.NONE, S.SUPERSEDED),
    (S.DEFERRED, E.DEFERMENT_OVER, BOTH, S.CHECKING),
    (S.DEFERRED, E.DEFERMENT_OVER, BEFORE, S.NOTIFYING),
    (S.DEFERRED, E.DEFERMENT_OVER, BEFORE | F.CONSENTED, S.VERIFY_IDF),
    (S.DEFERRED, E.DEFERMENT_OVER, AFTER | F.CONSENTED, S.CHECKING),
    (S.DEFERRED, E.START_ANYWAY, BEFORE, S.VERIFY_IDF),
    (S.DEFERRED, E.START_ANYWAY, BOTH, S.CHECKING),
    (S.DEFERRED, E.SHUTDOWN, BEFORE, S.VERIFY_IDF),
    (S.DEFERRED, E.SHUTDOWN, BOTH, S.CHECKING),
    (S.DEFERRED, E.POWER_LOST, F.DEFERMENT_SURVIVES, S.DEFERRED),
    (S.DEFERRED, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.DEFERRED, E.NEWER_COMMAND, F.NONE, S.SUPERSEDED),
    # The update runs.
    (S.VERIFY_IDF, E.IDF_VERIFIED, F.IDF_SIGNATURE_BAD | F.CONNECTION_FREE, S.FAILED),
    (S.VERIFY_IDF, E.IDF_VERIFIED, F.CONNECTION_FREE, S.TRANSFER),
    (S.VERIFY_IDF, E.IDF_VERIFIED, F.NONE, S.QUEUEING),
    (S.QUEUEING, E.CONNECTED, F.NONE, S.TRANSFER),
    (S.TRANSFER, E.PACKAGES_IN, F.UPDATE_PARTITION | F.DELIVERY, S.SUCCESS),
    (S.TRANSFER, E.PACKAGES_IN, F.UPDATE_PARTITION, S.VERIFY_PACKAGES),
    (S.TRANSFER, E.PACKAGES_IN, F.NONE, S.INSTALL),
    (S.TRANSFER, E.TRANSFER_ERROR, F.NONE, S.FAILED),
    (S.VERIFY_PACKAGES, E.PACKAGES_VERIFIED, F.PACKAGE_SIGNATURE_BAD, S.FAILED),
    (S.VERIFY_PACKAGES, E.PACKAGES_VERIFIED, F.PROVIDES, S.PROVIDING),
    (S.PROVIDING, E.CONSUMERS_SERVED, F.PROVIDES, S.INSTALL),
    (S.VERIFY_PACKAGES, E.PACKAGES_VERIFIED, F.NONE, S.INSTALL),
    (S.INSTALL, E.WRITTEN, F.MORE_PACKAGES | F.CONNECTION_FREE, S.TRANSFER),
    (S.INSTALL, E.WRITTEN, F.MORE_PACKAGES, S.QUEUEING),
    (S.INSTALL, E.WRITTEN, F.GRACE, S.RESTART_PENDING),
    (S.INSTALL, E.WRITTEN, F.NONE, S.REBOOT),
    (S.INSTALL, E.WRITE_ERROR, F.NONE, S.FAILED),
    (S.RESTART_PENDING, E.GRACE_OVER, F.NONE, S.REBOOT),
    (S.RESTART_PENDING, E.CONTACT, F.NONE, S.SUCCESS),
    (S.RESTART_PENDING, E.POWER_LOST, F.NONE, S.RESTART_PENDING),
    (S.REBOOT, E.CONTACT, F.NONE, S.SUCCESS),
    (S.REBOOT, E.SHUTDOWN, F.NONE, S.REBOOT),
    (S.REBOOT, E.POWER_LOST, F.NONE, S.REBOOT),
    (S.OUT_OF_CONTACT, E.CONTACT, F.NONE, S.FAILED),
    # A shutdown waits for a running update; lost power ends it.
    (S.CHECKING, E.SHUTDOWN, F.NONE, S.CHECKING),
    (S.CHECKING, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.VERIFY_IDF, E.SHUTDOWN, F.NONE, S.VERIFY_IDF),
    (S.VERIFY_IDF, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.QUEUEING, E.SHUTDOWN, F.NONE, S.QUEUEING),
    (S.QUEUEING, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.TRANSFER, E.SHUTDOWN, F.NONE, S.TRANSFER),
    (S.TRANSFER, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.VERIFY_PACKAGES, E.SHUTDOWN, F.NONE, S.VERIFY_PACKAGES),
    (S.VERIFY_PACKAGES, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.PROVIDING, E.SHUTDOWN, F.NONE, S.PROVIDING),
    (S.PROVIDING, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    (S.INSTALL, E.SHUTDOWN, F.NONE, S.INSTALL),
    (S.INSTALL, E.POWER_LOST, F.NONE, S.OUT_OF_CONTACT),
    # What was woken is switched off again; a user's shutdown is completed.
    (S.SUCCESS, E.OVER, F.SHUTTING_DOWN, S.HALTING),
    (S.SUCCESS, E.OVER, F.WAS_OFF, S.HALTING),
    (S.SUCCESS, E.OVER, F.NONE, S.SUCCESS),
    (S.FAILED, E.OVER, F.SHUTTING_DOWN, S.HALTING),
    (S.FAILED, E.OVER, F.WAS_OFF, S.HALTING),
    (S.FAILED, E.OVER, F.NONE, S.FAILED),
    (S.NOT_NEEDED, E.OVER, F.SHUTTING_DOWN, S.HALTING),
    (S.NOT_NEEDED, E.OVER, F.WAS_OFF, S.HALTING),
    (S.NOT_NEEDED, E.OVER, F.NONE, S.NOT_NEEDED),
    (S.CANCELLED, E.OVER, F.SHUTTING_DOWN, S.HALTING),
    (S.CANCELLED, E.OVER, F.WAS_OFF, S.HALTING),
    (S.CANCELLED, E.OVER, F.NONE, S.CANCELLED),
    (S.HALTING, E.SWITCHED_OFF, F.NONE, S.HALTED),
    (S.HALTING, E.SHUTDOWN, F.NONE, S.HALTING),
    (S.HALTING, E.POWER_LOST, F.NONE, S.HALTED),
]


@pytest.mark.parametrize(("state", "event", "facts", "expected"), CASES)
def test_a_row_leads_where_the_manual_says(
    state: State, event: Event, facts: int, expected: State
) -> None:
    assert transition(state, event, facts).to is expected


def test_every_row_of_the_table_has_a_case() -> None:
    covered = [transition(state, event, facts) for state, event, facts, _ in CASES]
    assert covered == list(TRANSITIONS)


def test_the_table_refuses_every_other_pair() -> None:
    known = {(state, event) for state, event, _, _ in CASES}
    for state in State:
        for event in Event:
            if (state, event) not in known:
                assert rows_of(state, event) == ()
                with pytest.raises(NoTransitionError):
                    transition(state, event, 0)


@pytest.mark.parametrize(
    ("state", "event", "facts"),
    [
        (S.NOTIFYING, E.CLICK_DEFER, F.NONE),
        (S.NOTIFYING, E.CLICK_CANCEL, F.NONE),
        (S.NOTIFYING, E.SECONDS_ELAPSED, F.NONE),
    ],
)
def test_a_button_that_is_not_there_cannot_be_clicked(
    state: State, event: Event, facts: int
) -> None:
    with pytest.raises(NoTransitionError):
        transition(state, event, facts)


def test_nothing_leads_out_of_a_failure_or_a_cancel_but_being_switched_off() -> None:
    for row in TRANSITIONS:
        if row.state in {S.FAILED, S.CANCELLED}:
            assert row.event is E.OVER
            assert row.to in {row.state, S.HALTING}


def test_every_way_to_end_unsuccessfully_by_the_table_alone_has_a_reason() -> None:
    reasons = {
        S.SKIPPED,
        S.UNREACHED,
        S.REJECTED,
        S.CANCELLED,
        S.SUPERSEDED,
        S.OUT_OF_CONTACT,
    }
    for row in TRANSITIONS:
        if row.to in reasons and row.to is not row.state:
            assert row.detail is not Detail.NONE, row


def test_the_four_actions_of_the_manual_come_in_its_order() -> None:
    path = [S.TRANSFER, S.VERIFY_PACKAGES, S.INSTALL, S.REBOOT, S.SUCCESS]
    assert [TEXT_OF_STATE[state] for state in path] == [
        StatusText.TRANSFER_STARTED,
        StatusText.TRANSFER_COMPLETED,
        StatusText.INSTALLATION_STARTED,
        StatusText.INSTALLATION_COMPLETED,
        StatusText.SUCCESSFUL,
    ]


def test_every_state_can_be_reached_from_the_first() -> None:
    reached = {S.SCHEDULED}
    while more := {row.to for row in TRANSITIONS if row.state in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_states_fall_into_kinds_without_overlap() -> None:
    assert not OUTCOMES & UPDATING
    assert not OUTCOMES & SILENT


def test_every_action_is_used() -> None:
    assert {row.action for row in TRANSITIONS} == set(Action)
