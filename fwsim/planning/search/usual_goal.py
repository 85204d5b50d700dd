"""What a plan is best by where nobody says so, and from when the times of a search count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from fwsim.commands.command import UpdateCommand
from fwsim.commands.schedule import Once
from fwsim.measures.catalogue import Kind
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure, written_time
from fwsim.messages import say
from fwsim.planning.levers import first_start
from fwsim.results.statistics.headline import SHARE
from fwsim.scenario.schema import Scenario
from fwsim.scenario.search_section import TurnSection
from fwsim.scenario.server_clock import command_instant, shown, start_of


def usual_goal(scenario: Scenario) -> Measure:
    """Return what a plan is best by where nobody says so: it is over as early as can be.

    A time to a share counts from each plan's own start. Where plans start at different times, one
    that starts late and is quick would be the best by it, however late it is over; times then count
    from the earliest start.
    """
    since = earliest_start(scenario)
    if since is None:
        return Measure(Kind.TIME_TO, share=SHARE)
    return Measure(Kind.TIME_SINCE, share=SHARE, since=since)


def earliest_start(scenario: Scenario) -> datetime | None:
    """Return the earliest start of plans that start at different times, on the clock; else None.

    So they do where several starts are searched, and where waves are of several updates: the first
    of them may be in a later wave.
    """
    turn = scenario.search.turn if scenario.search is not None else TurnSection()
    instants = {command_instant(scenario, Once(at)) for at in turn.start}
    if len(instants) < 2 and (turn.waves is None or not _are_several_updates(scenario)):
        return None
    first = min(instants, default=first_start(scenario))
    return shown(scenario, max(first, start_of(scenario)))


def _are_several_updates(scenario: Scenario) -> bool:
    commands = [section.command() for section in scenario.commands]
    return sum(isinstance(command, UpdateCommand) for command in commands) > 1


def usual_goal_in_words(scenario: Scenario, *, are_limits: bool) -> str:
    """Return that nobody named a goal, and what therefore is the best plan.

    Parameters
    ----------
    scenario
        With its search parameters.
    are_limits
        Whether a plan must keep any.
    """
    since = usual_goal(scenario).since
    if since is None:
        text = say("plan.usual_goal")
    else:
        text = say("plan.usual_goal_since", since=written_time(since))
    return text if are_limits else f"{text} {say('plan.no_limit')}"


def own_starts_in_words(scenario: Scenario, goals: Sequence[Measure]) -> Iterator[str]:
    """Yield of goals that count from each plan's own start what asks for an early end instead."""
    since = earliest_start(scenario)
    if since is None:
        return
    for goal in goals:
        if goal.kind is Kind.TIME_TO:
            early = replace(goal, kind=Kind.TIME_SINCE, since=since)
            yield say("plan.own_start", goal=measure_in_words(goal), early=early.name)
