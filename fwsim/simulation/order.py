"""One run of a command as every job under it sees it."""

from __future__ import annotations

from dataclasses import dataclass

from fwsim.commands.lifecycle import Fact
from fwsim.commands.policies import IdfCheckOrder
from fwsim.rollout import CommandRun
from fwsim.scenario.assumptions import Assumptions


@dataclass(frozen=True, slots=True)
class Order:
    """A run of a command, ready to be handed to devices.

    Parameters
    ----------
    number
        Index into the rollout's runs.
    run
        The run itself.
    facts
        Sum of the `Fact` bits that follow from the command and the policies.
    """

    number: int
    run: CommandRun
    facts: int


def order_of(number: int, run: CommandRun, assumptions: Assumptions) -> Order:
    """Return the order for a run, its options turned into facts."""
    command = run.command
    holds = {
        Fact.ONLY_SWITCHED_ON: command.only_switched_on,
        Fact.CHECK_REACHABILITY: command.check_reachability,
        Fact.INFORM: command.inform_user is not None,
        Fact.TIMED: bool(command.inform_user),
        Fact.CAN_CANCEL: command.user_can_cancel,
        Fact.CHECK_FIRST: assumptions.idf_check_order is not IdfCheckOrder.AFTER,
        Fact.CHECK_AGAIN: assumptions.idf_check_order is IdfCheckOrder.BOTH,
        Fact.DEFERMENT_SURVIVES: assumptions.defer_survives_power_loss,
    }
    return Order(number, run, sum(int(fact) for fact, true in holds.items() if true))
