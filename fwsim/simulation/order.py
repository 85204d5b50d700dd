"""One run of a command as every job under it sees it."""

from __future__ import annotations

from dataclasses import dataclass

from fwsim.commands.command import UpdateCommand
from fwsim.commands.lifecycle import Fact
from fwsim.commands.policies import IdfCheckOrder
from fwsim.scenario.assumptions import Assumptions
from fwsim.status_log import CommandRun


@dataclass(frozen=True, slots=True)
class Order:
    """A run of a command, ready to be handed to devices.

    Parameters
    ----------
    number
        Index into the log's runs.
    run
        The run itself.
    facts
        Sum of the `Fact` bits that follow from the command and the policies.
    seconds
        How long the notice is shown; 0 until a click.
    formats_system
        Format the system partition before writing.
    empties_update_partition
        Format the update partition before a delivery.
    """

    number: int
    run: CommandRun
    facts: int
    seconds: int = 0
    formats_system: bool = False
    empties_update_partition: bool = False

    @property
    def is_delivery(self) -> bool:
        """Whether packages are only brought to the update partition."""
        return bool(self.facts & Fact.DELIVERY)


def _sum(facts: dict[Fact, bool]) -> int:
    return sum(int(fact) for fact, holds in facts.items() if holds)


def order_of(number: int, run: CommandRun, assumptions: Assumptions) -> Order:
    """Return the order for a run, its options turned into facts."""
    command = run.command
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
        return Order(number, run, _sum(facts), empties_update_partition=empties)
    facts |= {
        Fact.INFORM: command.inform_user is not None,
        Fact.TIMED: bool(command.inform_user),
        Fact.CAN_CANCEL: command.user_can_cancel,
    }
    seconds = command.inform_user or 0
    return Order(number, run, _sum(facts), seconds, command.format_system_partition)
