"""One fleet and one image under each product: the same luck, another trigger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.notice import NEVER
from fwsim.commands.schedule import Now
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.assigned import Assigned, Assignment
from fwsim.model.assignments import HoursKnown, assigned_of, commands_held, made_ready
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.units import read_duration
from fwsim.results.statistics.answer import Answer
from fwsim.run import prepare
from fwsim.scenario.assignment_section import AssignmentSection
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.option_fields import write_time
from fwsim.scenario.products import ORDER, Product, products
from fwsim.scenario.schema import Scenario

USUAL_RUNS = 20
MINUTE = 60_000
NOTICE = ("inform_user", "user_can_cancel")
COMPLETION = (Measure(Kind.TIME_TO, share=0.5), Measure(Kind.TIME_TO, share=0.95))
MEASURES = (
    *COMPLETION,
    Measure(Kind.SUCCESSFUL),
    Measure(Kind.PEAK_REPOSITORY),
    Measure(Kind.PEAK_SITES),
    Measure(Kind.DEVICES_PROMPTED),
    Measure(Kind.PROMPTS),
    Measure(Kind.USER_TIME_LOST),
)
"""Completion, load, interruptions."""
RunsProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Replayed:
    """What one product comes to.

    Parameters
    ----------
    label
        The name of its file.
    product
        What it is.
    scenario
        What was played.
    answer
        What its runs came to.
    """

    label: str
    product: Product
    scenario: Scenario
    answer: Answer


def chosen(names: str | Sequence[str]) -> list[str]:
    """Return the products meant; all of them if none is named.

    Raises
    ------
    InputError
        With every name that is no product.
    """
    meant = [names] if isinstance(names, str) else names
    known = ", ".join(ORDER)
    problems = [
        Problem(
            say("products.unknown", name=name, near=nearest(name, ORDER), known=known),
            source="names",
        )
        for name in meant
        if name not in ORDER
    ]
    if problems:
        raise InputError(problems)
    return [name for name in ORDER if not meant or name in meant]


def update_of(rollout: Rollout) -> tuple[UpdateCommand, datetime]:
    """Return the first update of a scenario, and when it runs on the server's clock; aware.

    Raises
    ------
    InputError
        If none is commanded.
    """
    for run in rollout.runs:
        if type(run.command) is UpdateCommand:
            return run.command, rollout.local_time(run.at)
    raise InputError([Problem(say("products.no_update"), path="commands")])


def left_out(scenario: Scenario) -> int:
    """Return how many commands, notifications and assignments of a scenario are not replayed."""
    others = (*scenario.notifications, *scenario.assignments)
    return max(len(scenario.commands) - 1, 0) + len(others)


def under(rollout: Rollout, product: Product) -> Scenario:
    """Return a scenario with its first update under a product, and nothing else sent.

    Parameters
    ----------
    rollout
        The scenario made ready.
    product
        Whose trigger and numbers.

    Raises
    ------
    InputError
        If no update is commanded.
    """
    scenario = rollout.scenario
    command, runs_at = update_of(rollout)
    at = runs_at.replace(tzinfo=None, fold=0)
    data = scenario.as_data()
    for key in ("commands", "notifications", "assignments", "expect", "stages", "search"):
        data.pop(key, None)
    entry = command_data(command)
    sent = {"now": True} if isinstance(command.schedule, Now) else {"once": write_time(at)}
    for key in ("now", "once", "every"):
        entry.pop(key, None)
    reminder = product.part("reminder")
    if reminder:
        _set_reminder(data, reminder)
    if product.trigger == "command":
        data["commands"] = [entry | sent]
    else:
        made = assignment_data(product, entry, at)
        if (windows := data.pop("windows", None)) is not None:
            made["windows"] = made.get("windows", {}) | windows  # the administrator's own count
        data["assignments"] = [made]
    return Scenario.model_validate(data).beside(scenario)


def _set_reminder(data: dict[str, Any], reminder: dict[str, Any]) -> None:
    data["firmware"] = data.get("firmware", {}) | {"reminder": reminder}
    for unit in data["fleet"].get("units", {}).values():
        if "reminder" in unit.get("firmware", {}):
            unit["firmware"] = unit["firmware"] | {"reminder": reminder}


def assignment_data(product: Product, entry: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return the standing assignment that a product makes of a command, as a scenario writes it.

    Parameters
    ----------
    product
        Whose trigger and numbers.
    entry
        The update, as `command_data` writes it.
    at
        When it is set, on the server's clock.
    """
    kept = {"update", "subordinate_units", *NOTICE}
    made: dict[str, Any] = {key: value for key, value in entry.items() if key in kept}
    if entry.get("format_system_partition"):
        made["format"] = True
    made["set"] = write_time(at)
    made["check_in"] = product.part("check_in")
    if told := product.part("told"):
        made["check_in"] = made["check_in"] | {"told": told}
    for head in ("retry", "resume", "windows"):
        if part := product.part(head):
            made[head] = part
    for key in ("active_hours", "inform_user", "grace"):
        if (value := product.number(key)) is not None:
            made[key] = value
    after = product.number("deadline_after")
    if after is not None:
        made["deadline"] = write_time(at + timedelta(milliseconds=read_duration(after)))
    valid = product.number("expires_after")
    if valid is not None:
        made["expires"] = write_time(at + timedelta(milliseconds=read_duration(valid)))
    return made


def assigned_groups(
    rollout: Rollout,
    product: Product,
    command: Command,
    groups: Sequence[tuple[int, list[int]]],
    names: Sequence[str],
) -> Assigned:
    """Return an assignment for each group of devices, as a product makes it of a command.

    Parameters
    ----------
    rollout
        The scenario made ready.
    product
        Whose devices they are.
    command
        What is sent.
    groups
        When each is sent, milliseconds since the start, and to which devices.
    names
        Qualified names of all devices of the fleet.
    """
    entry, windows = command_data(command), rollout.scenario.as_data().get("windows")
    hours: HoursKnown = {}
    assignments = []
    for number, (at, devices) in enumerate(groups):
        local = rollout.local_time(at).replace(microsecond=0, tzinfo=None, fold=0)
        data = assignment_data(product, entry, local)
        data["update"] = {"devices": [names[device] for device in devices]}
        data.pop("subordinate_units", None)
        if windows is not None:
            data["windows"] = data.get("windows", {}) | windows
        made = made_ready(rollout, number, AssignmentSection.model_validate(data), hours)
        # Whichever group a device is in, it meets the same luck.
        assignments.append(replace(_set_at(made, at), luck=0))
    commanded = commands_held(rollout, hours)
    return Assigned(tuple(assignments), tuple(list(spans) for spans in hours), commanded)


def prepared_under(rollout: Rollout, scenario: Scenario) -> Rollout:
    """Return a scenario under a product made ready, its assignment set when the update runs.

    Parameters
    ----------
    rollout
        The scenario made ready as it is.
    scenario
        What `under` made of it.
    """
    made = prepare(scenario)
    if not scenario.assignments:
        return made
    assigned = assigned_of(made)
    at = rollout.milliseconds(update_of(rollout)[1])
    (one,) = assigned.assignments
    if one.at == at:
        return made
    assigned = replace(assigned, assignments=(_set_at(one, at),))
    return Rollout(scenario, made.fleet, assigned=assigned)


def _set_at(made: Assignment, at: int) -> Assignment:
    """Return an assignment set at an instant; a scenario only writes the first of two equal."""
    deadline = made.deadline if made.deadline == NEVER else max(made.deadline, at)
    return replace(made, at=at, deadline=deadline)


def replay(
    rollout: Rollout,
    names: str | Sequence[str] = (),
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> list[Replayed]:
    """Replay the first update of a scenario under products; run n of all meets the same luck.

    Parameters
    ----------
    rollout
        The scenario made ready.
    names
        Which products; all if none is named.
    replications
        Runs of each; 20 by default.
    seed
        Seed of the random numbers; the scenario's own by default.
    workers, executor
        As in `Experiment.run`.
    progress
        Told how many of how many runs are done.

    Raises
    ------
    InputError
        If a product is unknown, or no update is commanded.
    """
    labels, count = chosen(names), replications or USUAL_RUNS
    plans = [(label, under(rollout, products()[label])) for label in labels]
    replayed: list[Replayed] = []
    for number, (label, scenario) in enumerate(plans):

        def tell(done: int, _: int | None, before: int = number * count) -> None:
            if progress is not None:
                progress(before + done, count * len(plans))

        experiment = Experiment(prepared_under(rollout, scenario), seed=seed, measures=MEASURES)
        answer = experiment.run(count, workers=workers, executor=executor, progress=tell)
        replayed.append(Replayed(label, products()[label], scenario, answer))
    return replayed
