"""Commands: which options are in range, which need another one, and what is told of faults."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fwsim.commands.command import (
    LONGEST_DEVICES_WAIT_MS,
    LONGEST_NOTICE_SECONDS,
    Command,
    DeliveryCommand,
    UefiUpdateCommand,
    UpdateCommand,
    values_of,
)
from fwsim.commands.option import options_in
from fwsim.commands.schedule import Now
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import NamedTarget

A = NamedTarget("A")
KINDS = [UpdateCommand, UefiUpdateCommand, DeliveryCommand]
NO_BUTTON = "user can cancel: needs inform user; without a notice there is no button"
NOT_ON = "check reachability: needs only switched on; it narrows down the devices shown on"
NO_PARTITION = "format system partition: a UEFI update writes no partition"
WAIT = "devices wait: {} ms is out of range; expected 0 to 86400000 ms"
NOTICE = "inform user: {} s is out of range; expected 0 (until a button is clicked) to 604800 s"


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_runs_now_and_for_all_of_its_target_unless_told_otherwise(kind):
    command = kind(target=A)
    assert command.schedule == Now()
    assert (command.only_switched_on, command.check_reachability) == (False, False)
    assert command.devices_wait == 0


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        *((kind, {"devices_wait": LONGEST_DEVICES_WAIT_MS}) for kind in KINDS),
        *((kind, {"only_switched_on": True, "check_reachability": True}) for kind in KINDS),
        (UpdateCommand, {"inform_user": 0, "user_can_cancel": True}),
        (UpdateCommand, {"inform_user": LONGEST_NOTICE_SECONDS}),
        (UpdateCommand, {"format_system_partition": True}),
        (UefiUpdateCommand, {"inform_user": 0, "user_can_cancel": True}),
        (DeliveryCommand, {"format_update_partition": True}),
    ],
)
def test_options_at_the_edge_of_their_range_are_taken(kind, options):
    command = kind(target=A, **options)
    assert {name: getattr(command, name) for name in options} == options


@pytest.mark.parametrize(
    ("kind", "options", "faults"),
    [
        *((kind, {"devices_wait": -1}, [WAIT.format(-1)]) for kind in KINDS),
        *((kind, {"devices_wait": 86_400_001}, [WAIT.format(86_400_001)]) for kind in KINDS),
        *((kind, {"check_reachability": True}, [NOT_ON]) for kind in KINDS),
        (UpdateCommand, {"inform_user": -1}, [NOTICE.format(-1)]),
        (UpdateCommand, {"inform_user": 604_801}, [NOTICE.format(604_801)]),
        (UpdateCommand, {"user_can_cancel": True}, [NO_BUTTON]),
        (UefiUpdateCommand, {"format_system_partition": True}, [NO_PARTITION]),
        (
            UefiUpdateCommand,
            {
                "devices_wait": -1,
                "check_reachability": True,
                "user_can_cancel": True,
                "format_system_partition": True,
            },
            [WAIT.format(-1), NOT_ON, NO_BUTTON, NO_PARTITION],
        ),
    ],
)
def test_every_fault_of_a_command_is_told_at_once(kind, options, faults):
    with pytest.raises(ValueError, match=r"^\w") as caught:
        kind(target=A, **options)
    assert str(caught.value) == "; ".join(faults)


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 3, 2, 18, tzinfo=UTC), datetime(2026, 3, 2, 18, 0, 0, 500_000)],
    ids=["with a zone", "with parts of a second"],
)
def test_a_forced_start_is_a_plain_time_of_the_wall_clock(at):
    with pytest.raises(ValueError, match="is not a plain wall-clock time in whole seconds"):
        UpdateCommand(target=A, inform_user=60, force_at=at)


def test_what_needs_an_option_at_its_default_is_not_wished_for():
    wished = {"inform_user": 30, "user_can_cancel": True}
    assert values_of(UpdateCommand, wished) == {
        name: wished.get(name, option.default) for name, option in options_in(UpdateCommand).items()
    }
    assert values_of(UpdateCommand, {"user_can_cancel": True})["user_can_cancel"] is False


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (UpdateCommand, StatusField.UPDATE),
        (UefiUpdateCommand, StatusField.UEFI),
        (DeliveryCommand, StatusField.DELIVERY),
    ],
)
def test_each_kind_of_command_has_a_status_of_its_own(kind, field):
    assert issubclass(kind, Command)
    assert kind.status_field is field


def test_commands_of_different_kinds_are_never_equal():
    assert UpdateCommand(target=A) != UefiUpdateCommand(target=A)
    assert UpdateCommand(target=A) != DeliveryCommand(target=A)
