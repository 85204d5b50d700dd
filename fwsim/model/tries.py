"""What a log's labels stand for: a run of a command, or a try of a standing assignment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fwsim.commands.command import UpdateCommand, asks_its_user
from fwsim.commands.notice import NEVER
from fwsim.model.order import NO_ASSIGNMENT, force_at_of
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.scenario.assignment_section import MOST_TRIES

ASSIGNMENT_DRAWS = 20_000_000_000


_NOTIFICATION = "notification "


def number_in(label: str) -> tuple[str, int]:
    """Return the word of a label and its number, from 0; -1 if it has none."""
    if label.startswith(_NOTIFICATION):
        label = label.replace(" ", "/", 1)
    word, _, count = label.rpartition("/")
    if not count.isdecimal() or len(count) > 9:
        return word, -1
    return word, int(count) - 1


def assigned_in(word: str) -> int:
    """Return which assignment the word of a label is of, from 0; -1 if of none."""
    name, _, number = word.partition(" ")
    return int(number) - 1 if name == "assignment" and number.isdecimal() else -1


def draw_of_try(assignment: int, attempt: int) -> int:
    """Return which draw of a device's luck belongs to a try of an assignment; both from 0."""
    return ASSIGNMENT_DRAWS + MOST_TRIES * assignment + attempt


def force_at_of_run(run: CommandRun, rollout: Rollout) -> int:
    """Return from when on nobody is asked whom a run would ask, milliseconds; else `NEVER`."""
    command = run.command
    if not asks_its_user(command):
        return NEVER
    assignment = assignment_of_run(run, rollout)
    if assignment != NO_ASSIGNMENT:
        return _deadline_of(rollout, assignment)
    return force_at_of(command, rollout)


def assignment_of_run(run: CommandRun, rollout: Rollout) -> int:
    """Return which assignment a run is a try of, from 0; `NO_ASSIGNMENT` if of none."""
    assignment = assigned_in(number_in(run.label)[0])
    return assignment if 0 <= assignment < len(rollout.scenario.assignments) else NO_ASSIGNMENT


def _deadline_of(rollout: Rollout, assignment: int) -> int:
    deadline = rollout.scenario.assignments[assignment].deadline
    return NEVER if deadline is None else max(rollout.milliseconds_of(deadline), 0)


@dataclass(frozen=True, slots=True)
class Told:
    """What a label stands for.

    Parameters
    ----------
    run
        The run of a command.
    draw
        Which draw of a device's luck belongs to it.
    force_at
        From when on nobody is asked, milliseconds; `NEVER` if users are always asked.
    """

    run: CommandRun
    draw: int
    force_at: int


def told_by(rollout: Rollout, runs: Iterable[CommandRun]) -> dict[str, Told]:
    """Return what the labels of a log's runs stand for.

    Parameters
    ----------
    rollout
        Whose scenario.
    runs
        As the log has them. What devices start by themselves otherwise is left out.
    """
    numbers = {run.label: number for number, run in reversed([*enumerate(rollout.runs)])}
    found: dict[str, Told] = {}
    for run in runs:
        number = numbers.get(run.label)
        told = _told_by_try(rollout, run) if number is None else _told_by_run(rollout, number)
        if told is not None:
            found[run.label] = told
    return found


def _told_by_run(rollout: Rollout, number: int) -> Told:
    run = rollout.runs[number]
    command, force_at = run.command, NEVER
    if isinstance(command, UpdateCommand):
        force_at = force_at_of(command, rollout)
    return Told(run, rollout.draws[number], force_at)


def _told_by_try(rollout: Rollout, run: CommandRun) -> Told | None:
    _, attempt = number_in(run.label)
    assignment = assignment_of_run(run, rollout)
    if attempt < 0 or assignment == NO_ASSIGNMENT:
        return None
    return Told(run, draw_of_try(assignment, attempt), _deadline_of(rollout, assignment))
