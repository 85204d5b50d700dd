"""What in a log does not fit the scenario: told item by item, and left out where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.commands.schedule import stamp
from fwsim.commands.targets import ClientGroupTarget
from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.device_orders import assignment_label
from fwsim.model.past import EVERY_STATE
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, LogColumns
from fwsim.model.tries import assigned_in, number_in
from fwsim.observations.line_order import behind_later, follows, order_of_lines
from fwsim.problems import Problem, Severity

_MOST_NAMED = 3
_BEGINS = (State.SCHEDULED, State.PROBING)
_SOON = 60_000
"""Before that nothing need have been seen of a command, milliseconds [A]."""


def _warning(text: str, source: str | None) -> Problem:
    return Problem(text, source, severity=Severity.WARNING)


def in_order(
    log: LogColumns,
    rollout: Rollout,
    source: str | None,
    tells: frozenset[State] = EVERY_STATE,
) -> tuple[LogColumns, list[Problem]]:
    """Return the lines in order of time, without those from before the start.

    Parameters
    ----------
    log
        Lines as they stand.
    rollout
        Whose.
    source
        The file's name.
    tells
        The states that such a log can tell.
    """
    told: list[Problem] = []
    early = int((log.time < 0).sum())
    if early:
        told.append(_warning(say("under_way.early_lines", count=early), source))
        log = log.where(log.time >= 0)
    late = int((log.time > rollout.horizon).sum())
    if late:
        told.append(_warning(say("under_way.late_lines", count=late), source))
        log = log.where(log.time <= rollout.horizon)
    backwards = int(behind_later(log.time).sum())
    if backwards:
        told.append(_warning(say("under_way.out_of_order", count=backwards), source))
    order = order_of_lines(log.time, _job(log), log.state, tells)
    is_moved = bool((np.diff(order) != 1).any())
    if is_moved and not backwards:
        told.append(_warning(say("under_way.at_one_instant"), source))
    return (log.where(order) if is_moved else log), told


def _job(log: LogColumns) -> NDArray[np.int64]:
    """Return whose lines they are: a device under a run."""
    return log.run.astype(np.int64) * (int(log.device.max(initial=0)) + 1) + log.device


def without_what_cannot_be(
    log: LogColumns,
    rollout: Rollout,
    until: int,
    source: str | None,
    *,
    tells: frozenset[State] = EVERY_STATE,
    are_looks: bool = False,
) -> tuple[LogColumns, list[Problem]]:
    """Return the lines that a run can keep to, and tell of everything that does not fit.

    Parameters
    ----------
    log
        Lines in order of time.
    rollout
        Whose.
    until
        Up to when, milliseconds after the start.
    source
        The file's name.
    tells
        The states that such a log can tell.
    are_looks
        Whether it shows states as somebody looked: between two looks any may have come and gone.
    """
    told: list[Problem] = []
    early = _before_their_command(log)
    if early.any():
        text = say(
            "under_way.before_command", count=int(early.sum()), who=_who(log, early, rollout)
        )
        told.append(_warning(text, source))
    strange = _not_targeted(log, rollout) & ~early
    if strange.any():
        devices = len(np.unique(log.device[strange]))
        text = say("under_way.not_targeted", count=devices, who=_who(log, strange, rollout))
        told.append(_warning(text, source))
    log = log.where(~(early | strange))
    after = _after_their_end(log)
    if after.any():
        text = say("under_way.after_end", count=int(after.sum()), who=_who(log, after, rollout))
        told.append(_warning(text, source))
    log = log.where(~after)
    again = _begun_again(log)
    if again.any():
        text = say("under_way.begun_again", count=int(again.sum()), who=_who(log, again, rollout))
        told.append(_warning(text, source))
    log = log.where(~again)
    odd = _against_the_rules(log, frozenset() if are_looks else tells)
    for (before, state), rows in odd.items():
        text = say(
            "under_way.no_rule",
            count=len(rows),
            before=_name(before),
            state=_name(state),
            who=_who(log, rows, rollout),
        )
        told.append(_warning(text, source))
    told += [_warning(text, source) for text in _unheard_commands(log, rollout, until, tells)]
    told += [_warning(text, source) for text in _unheard_devices(log, rollout, until, tells)]
    return log, told


def _name(state: State | None) -> str:
    return say("under_way.nothing") if state is None else state.name


def _who(log: LogColumns, rows: NDArray[np.bool_] | NDArray[np.int64], rollout: Rollout) -> str:
    """Return the first devices of some lines by name."""
    names = rollout.fleet.shown_names
    return _named([names[device] for device in dict.fromkeys(log.device[rows].tolist())])


def _named(names: Sequence[str]) -> str:
    named = ", ".join(names[:_MOST_NAMED])
    return f"{named} …" if len(names) > _MOST_NAMED else named


def _before_their_command(log: LogColumns) -> NDArray[np.bool_]:
    at = np.array([run.at for run in log.runs] or [0], np.int64)
    return log.time < at[log.run]


def _not_targeted(log: LogColumns, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines are of devices that their command was never for."""
    strange = np.zeros(len(log), bool)
    numbers = {run.label: number for number, run in enumerate(log.runs)}
    for run in rollout.runs:
        number = numbers.get(run.label)
        if number is None or isinstance(run.command.target, ClientGroupTarget):
            continue
        mine = log.run == number
        if mine.any():
            strange |= mine & ~np.isin(log.device, rollout.find(run.command.target))
    assignments = assigned_of(rollout).assignments
    for label, number in numbers.items():
        assigned = assigned_in(number_in(label)[0])
        if 0 <= assigned < len(assignments):
            devices = np.array(assignments[assigned].devices, np.int64)
            strange |= (log.run == number) & ~np.isin(log.device, devices)
    return strange


def jobs_of(log: LogColumns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lines job by job, and the job of each of them; a job is a device under a run."""
    key = _job(log)
    order = np.argsort(key, kind="stable")
    return order, key[order]


def _after_their_end(log: LogColumns) -> NDArray[np.bool_]:
    """Tell which lines come after their job had ended; switching off again is no such line."""
    order, job = jobs_of(log)
    state = log.state[order]
    after = np.zeros(len(log), bool)
    ended = np.isin(state, [int(s) for s in OUTCOMES])
    if not len(order):
        return after
    first = np.concatenate([[True], job[1:] != job[:-1]])
    count = np.cumsum(ended)
    before: NDArray[np.int64] = count - ended  # ends among the lines before this one
    of_job = np.maximum.accumulate(np.where(first, before, 0))
    epilogue = np.isin(state, [int(State.HALTING), int(State.HALTED)])
    after[order] = (before > of_job) & ~epilogue
    return after


def _begun_again(log: LogColumns) -> NDArray[np.bool_]:
    """Tell which lines have a job begin in which something had been done: a run has begun it."""
    order, job = jobs_of(log)
    again = np.zeros(len(log), bool)
    if not len(order):
        return again
    begins = log.in_state(*_BEGINS)[order]
    done: NDArray[np.int64] = np.cumsum(~begins)
    first = np.concatenate([[True], job[1:] != job[:-1]])
    before = np.maximum.accumulate(np.where(first, done - ~begins, 0))
    again[order] = begins & (done > before)
    return again


def _against_the_rules(
    log: LogColumns, tells: frozenset[State]
) -> dict[tuple[State | None, State], NDArray[np.int64]]:
    """Return the lines to which no rule leads, by what stood before and what they say."""
    order, job = jobs_of(log)
    if not len(order):
        return {}
    state = log.state[order].astype(np.int64)
    first = np.concatenate([[True], job[1:] != job[:-1]])
    before = np.where(first, -1, np.concatenate([[-1], state[:-1]]))
    pairs, back = np.unique(np.stack([before, state], axis=1), axis=0, return_inverse=True)
    found: dict[tuple[State | None, State], NDArray[np.int64]] = {}
    for place, (one, other) in enumerate(pairs.tolist()):
        pair = None if one < 0 else State(one), State(other)
        if not follows(*pair, tells):
            found[pair] = order[back.reshape(-1) == place]
    return found


def unheard_runs(log: LogColumns, rollout: Rollout, until: int) -> list[CommandRun]:
    """Return the commands that were due and of which a log knows nothing.

    Parameters
    ----------
    log
        Lines.
    rollout
        As it was planned.
    until
        Up to when, milliseconds after the start.
    """
    heard = _heard(log)
    return [run for run in rollout.runs if run.at <= until and run.label not in heard]


def _heard(log: LogColumns) -> set[str]:
    return {log.runs[number].label for number in np.unique(log.run).tolist()}


def _unheard_commands(
    log: LogColumns, rollout: Rollout, until: int, tells: frozenset[State]
) -> Iterator[str]:
    """Yield commands that were due and of which the log knows nothing."""
    if State.PROBING not in tells:
        return
    heard = _heard(log)
    due = [(run.label, run.at) for run in unheard_runs(log, rollout, until)]
    due += [
        (label, assignment.at)
        for assignment in assigned_of(rollout).assignments
        if assignment.devices and assignment.at <= until
        if (label := assignment_label(assignment.number, 0)) not in heard
    ]
    for label, begins in due:
        at = stamp(rollout.local_time(begins))
        yield say("under_way.unheard_command", label=label, at=at)


def unseen_commands(
    log: LogColumns, rollout: Rollout, until: int, source: str | None
) -> list[Problem]:
    """Tell of commands that were due long enough ago, and of which nothing was seen.

    Parameters
    ----------
    log
        Lines of a log that does not tell who was sent a command, but what followed. One in which
        nothing was seen at all is taken to tell that nobody is done.
    rollout
        As it was planned.
    until
        Up to when, milliseconds after the start.
    source
        The file's name.
    """
    told = []
    for run in unheard_runs(log, rollout, until - _SOON) if len(log) else ():
        at = stamp(rollout.local_time(run.at))
        told.append(_warning(say("under_way.unseen_command", label=run.label, at=at), source))
    return told


def _unheard_devices(
    log: LogColumns, rollout: Rollout, until: int, tells: frozenset[State]
) -> Iterator[str]:
    """Yield which devices of commands the log knows have no line of them, though all are probed."""
    if State.PROBING not in tells:
        return
    numbers = {run.label: number for number, run in enumerate(log.runs)}
    names = rollout.fleet.shown_names
    for run in rollout.runs:
        heard = np.unique(log.device[log.run == numbers.get(run.label, -1)])
        if run.at > until or not len(heard) or isinstance(run.command.target, ClientGroupTarget):
            continue
        targets = rollout.find(run.command.target)
        missing = targets[~np.isin(targets, heard)].tolist()
        if missing:
            who = _named([names[device] for device in missing])
            told = {"of": counted(len(targets), "device"), "label": run.label, "who": who}
            yield say("under_way.unheard_devices", count=len(missing), **told)
