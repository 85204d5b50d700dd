"""One run of a command as every job under it sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fwsim.commands.command import UpdateCommand
from fwsim.commands.lifecycle import Fact
from fwsim.commands.notice import NEVER
from fwsim.commands.policies import IdfCheckOrder
from fwsim.commands.schedule import Once
from fwsim.commands.status_text import StatusField
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.scenario.server_clock import command_instant

NO_ASSIGNMENT = -1


@dataclass(frozen=True)
class Order:
    """A run of a command, ready to be handed to devices.

    Parameters
    ----------
    number
        Index into the log's runs.
    run
        The run itself.
    draw
        Which draw of a device's luck belongs to the run.
    facts
        Sum of the `Fact` bits that follow from the command and the policies.
    seconds
        How long the notice is shown; 0 until a click.
    formats_system
        Format the system partition before writing.
    empties_update_partition
        Format the update partition before a delivery.
    reminder
        Allowed deferments and delays in seconds, where the run has its own.
    force_at
        From when on nobody is asked, milliseconds; `NEVER` if users are always asked.
    grace
        How long what is installed from `force_at` on waits for its restart, milliseconds.
    assignment
        Which standing assignment it belongs to; `NO_ASSIGNMENT` if to none.
    """

    number: int
    run: CommandRun
    draw: int
    facts: int
    seconds: int = 0
    formats_system: bool = False
    empties_update_partition: bool = False
    reminder: tuple[int, tuple[int, ...]] | None = None
    force_at: int = NEVER
    grace: int = 0
    assignment: int = NO_ASSIGNMENT

    @cached_property
    def is_update(self) -> bool:
        """Whether it tells its state in the Update State field."""
        return self.run.command.status_field is StatusField.UPDATE

    @cached_property
    def is_uefi(self) -> bool:
        """Whether it updates the UEFI firmware."""
        return self.run.command.status_field is StatusField.UEFI

    @cached_property
    def is_delivery(self) -> bool:
        """Whether packages are only brought to the update partition."""
        return bool(self.facts & Fact.DELIVERY)

    def gives_grace(self, now: int) -> bool:
        """Tell whether what is installed now waits for its restart: nobody was asked for it."""
        return self.grace > 0 and NEVER < self.force_at <= now


def _sum(facts: dict[Fact, bool]) -> int:
    return sum(int(fact) for fact, holds in facts.items() if holds)


def force_at_of(command: UpdateCommand, rollout: Rollout) -> int:
    """Return from when on nobody is asked, milliseconds; `NEVER` if users are always asked."""
    if command.force_at is None:
        return NEVER
    at = rollout.milliseconds(command_instant(rollout.scenario, Once(command.force_at)))
    return max(at, 0)


def order_of(
    number: int,
    run: CommandRun,
    rollout: Rollout,
    *,
    draw: int | None = None,
    also: int = 0,
    reminder: tuple[int, tuple[int, ...]] | None = None,
) -> Order:
    """Return the order for a run, its options turned into facts.

    Parameters
    ----------
    number
        Index into the log's runs.
    run
        The run.
    rollout
        Whose assumptions say which policies hold.
    draw
        Which draw of a device's luck belongs to it; by default `number`.
    also
        Further `Fact` bits that hold.
    reminder
        Allowed deferments and delays, where the run has its own.
    """
    draw = number if draw is None else draw
    command, assumptions = run.command, rollout.assumptions
    facts = {
        Fact.ONLY_SWITCHED_ON: command.only_switched_on,
        Fact.CHECK_REACHABILITY: command.check_reachability,
        Fact.CHECK_FIRST: assumptions.idf_check_order is not IdfCheckOrder.AFTER,
        Fact.CHECK_AGAIN: assumptions.idf_check_order is IdfCheckOrder.BOTH,
        Fact.DEFERMENT_SURVIVES: assumptions.defer_survives_power_loss,
    }
    if not isinstance(command, UpdateCommand):
        facts |= {Fact.DELIVERY: True}
        empties = command.format_update_partition
        return Order(number, run, draw, _sum(facts) | also, empties_update_partition=empties)
    facts |= {
        Fact.INFORM: command.inform_user is not None,
        Fact.TIMED: bool(command.inform_user),
        Fact.CAN_CANCEL: command.user_can_cancel,
    }
    return Order(
        number,
        run,
        draw,
        _sum(facts) | also,
        command.inform_user or 0,
        command.format_system_partition,
        reminder=reminder,
        force_at=force_at_of(command, rollout),
    )
