"""What if one did something else from now on: stop, skip, command the rest otherwise.

What is decided at a moment of a rollout under way is told like the rest of its past. Whoever has
not been sent the command yet, or waits for a user, can be taken out of it at that moment: the newer
decision has taken the place of the command. Nobody who is at work is interrupted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from fwsim.arguments import (
    a,
    a_function,
    a_number_of_workers,
    a_path,
    a_path_or,
    an_executor,
    one_or_several,
    taking,
)
from fwsim.commands.command import Command
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.commands.schedule import Now, Once, stamp
from fwsim.commands.status_text import STAMP_FORM
from fwsim.commands.targets import ClientGroupTarget, DeviceListTarget, NamedTarget
from fwsim.engine import Engine
from fwsim.experiments.comparison import Comparison
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.experiments.inputs import inputs_of
from fwsim.experiments.pairing import differing_starts
from fwsim.learning.under_way.under_way import UnderWay
from fwsim.messages import say
from fwsim.model.doubt import doubted
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, LogColumns
from fwsim.problems import InputError, Problem
from fwsim.results.statistics.answer import Answer
from fwsim.scenario.command_section import CommandSection, TargetSection
from fwsim.scenario.document import Document
from fwsim.scenario.document_reading import read_document_file
from fwsim.scenario.named_files import Place, files_named_in
from fwsim.scenario.outside import findings_of_named
from fwsim.scenario.section import Section
from fwsim.scenario.sections import ChangeSection
from fwsim.scenario.server_clock import command_instant

NOT_SENT = (State.PROBING,)
WAITS = (State.PROBING, State.WAKING, State.NOTIFYING, State.DEFERRED)
"""States in which a device can still be left alone."""


class WhatIfSection(Section):
    """What is done from now on, instead of what the scenario has still to come."""

    name: str = Field("", max_length=200, description="what to call it; default: the file's name")
    stop: bool = Field(
        False,
        description="whoever has not been sent the command yet is not, and no command that the "
        "scenario has still to come is sent; what devices start by themselves (scheduler files, "
        "notifications) lies on them and goes on",
    )
    skip: tuple[str | TargetSection, ...] = Field(
        (),
        max_length=1000,
        description="OUs, with those below, or devices that what was commanded leaves alone",
    )
    commands: tuple[CommandSection, ...] = Field(
        (), max_length=1000, description="what is commanded instead of what was still to come"
    )
    changes: tuple[ChangeSection, ...] = Field(
        (), max_length=1000, description="what the administrator changes, such as the reminder"
    )


@dataclass(frozen=True)
class Alternative:
    """What is done from now on.

    Parameters
    ----------
    section
        As the file says it.
    document
        The file, with its places; None if it was none.
    files
        Which others it names, and where.
    """

    section: WhatIfSection
    document: Document | None = None
    files: tuple[tuple[Place, str], ...] = ()

    def problem(self, path: tuple[str | int, ...], text: str) -> Problem:
        """Return a problem with its place in the file."""
        if self.document is None:
            return Problem(text, path=".".join(map(str, path)))
        return self.document.problem(path, text)


@taking(path=a_path)
def read_alternative(path: str | Path) -> Alternative:
    """Read what is done from now on.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = Path(path)
    document = read_document_file(file, str(path))
    section = WhatIfSection.described_in(document)
    alternative = Alternative(section, document.sealed(), tuple(files_named_in(document.data)))
    if not (section.stop or section.skip or section.commands or section.changes):
        raise InputError([alternative.problem((), say("what_if.nothing"))])
    name = section.name or file.stem
    return replace(alternative, section=section.model_copy(update={"name": name}))


@dataclass(frozen=True)
class Plan:
    """A rollout under way with an alternative in force.

    Parameters
    ----------
    rollout
        With what is commanded from now on.
    past
        With those taken out of it at its end.
    """

    rollout: Rollout
    past: Past


def plan_of(under_way: UnderWay, alternative: Alternative) -> Plan:
    """Return the rollout from now on under an alternative.

    Parameters
    ----------
    under_way
        As it is.
    alternative
        What is done.

    Raises
    ------
    InputError
        With every command and change that is before now or leads nowhere.
    """
    rollout, past = under_way.believed, under_way.so_far.past
    section = alternative.section
    if unread := list(findings_of_named(alternative.files, rollout.scenario.files)):
        raise InputError([alternative.problem(place, text) for place, text in unread])
    problems = [*_too_early(rollout, past.until, alternative), *_assigned(rollout, alternative)]
    skipped, more = _skipped(rollout, alternative)
    new, others = _new_runs(rollout, past.until, alternative)
    problems += [*more, *others]
    drops = section.stop or bool(section.commands)
    kept = [run for run in rollout.runs if run.at <= past.until or not drops]
    problems += _not_left_out(rollout, past, kept, skipped, alternative)
    if problems:
        raise InputError(problems)
    kept = [run if run.at <= past.until else _without(run, skipped, rollout) for run in kept]
    changed = rollout.scenario.model_copy(
        update={"changes": (*rollout.scenario.changes, *section.changes)}
    ).beside(rollout.scenario)
    made = Rollout(changed, rollout.fleet, tuple(sorted([*kept, *new], key=lambda run: run.at)))
    made.configuration.take_numbers_of(rollout.configuration)
    out = _taken_out(past, skipped, stop=section.stop)
    return Plan(made, _with_lines(past, out))


def _too_early(rollout: Rollout, until: int, alternative: Alternative) -> Iterator[Problem]:
    for number, change in enumerate(alternative.section.changes):
        if (at := rollout.milliseconds_of(change.at)) <= until:
            text = _before_now(rollout, until, at)
            yield alternative.problem(("changes", number, "at"), text)


def _before_now(rollout: Rollout, until: int, at: int) -> str:
    given, now = (stamp(rollout.local_time(one), STAMP_FORM) for one in (at, until))
    return say("what_if.before_now", at=given, until=now)


def _never(rollout: Rollout, until: int, command: Command) -> str:
    """Return why a command does not run from now on."""
    if isinstance(command.schedule, Once):
        at = rollout.milliseconds(command_instant(rollout.scenario, command.schedule))
        if at <= until:
            return _before_now(rollout, until, at)
    now, end = (stamp(rollout.local_time(one)) for one in (until, rollout.horizon))
    return say("what_if.never", until=now, end=end)


def _assigned(rollout: Rollout, alternative: Alternative) -> Iterator[Problem]:
    """Yield that nobody can be taken out of a standing assignment from now on."""
    for key in ("stop", "skip"):
        if rollout.scenario.assignments and getattr(alternative.section, key):
            yield alternative.problem((key,), say("what_if.assigned"))


def _skipped(rollout: Rollout, alternative: Alternative) -> tuple[NDArray[np.int64], list[Problem]]:
    """Return the devices that are left alone, ascending."""
    found: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    problems: list[Problem] = []
    for number, entry in enumerate(alternative.section.skip):
        target = NamedTarget(entry, True) if isinstance(entry, str) else entry.target()
        try:
            found.append(rollout.find(target).astype(np.int64))
        except InputError as error:
            problems += [alternative.problem(("skip", number), p.message) for p in error.problems]
    return np.unique(np.concatenate(found)), problems


def _not_left_out(
    rollout: Rollout,
    past: Past,
    kept: Sequence[CommandRun],
    skipped: NDArray[np.int64],
    alternative: Alternative,
) -> Iterator[Problem]:
    """Yield why devices cannot be left out that are to be."""
    section = alternative.section
    for key, asked, states in (("stop", section.stop, NOT_SENT), ("skip", len(skipped), WAITS)):
        devices = None if key == "stop" else skipped
        if asked and not past.tells.issuperset(states) and _may_wait(rollout, past, devices):
            yield alternative.problem((key,), say("what_if.not_told"))
    for run in kept:
        if run.at > past.until and len(skipped) and _is_dynamic(run):
            yield alternative.problem(("skip",), say("what_if.dynamic", command=run.label))


def _is_dynamic(run: CommandRun) -> bool:
    return isinstance(run.command.target, ClientGroupTarget)


def _may_wait(rollout: Rollout, past: Past, devices: NDArray[np.int64] | None) -> bool:
    """Tell whether any of some devices, or of all, has a command whose end the log does not tell.

    To whom a command for a dynamic group went, a log without its dispatch does not tell either.
    """
    ended = np.isin(past.log.state[past.last_lines], [int(state) for state in OUTCOMES])
    for run in rollout.runs:
        if run.at > past.until:
            continue
        if _is_dynamic(run):
            return True
        targets = rollout.find(run.command.target)
        asked = targets if devices is None else np.intersect1d(targets, devices)
        number = past.numbers.get(run.label, -1)
        over = past.jobs[(past.jobs // past.devices == number) & ended] % past.devices
        if len(np.setdiff1d(asked, over)):
            return True
    return False


def _new_runs(
    rollout: Rollout, until: int, alternative: Alternative
) -> tuple[list[CommandRun], list[Problem]]:
    """Return what is commanded from now on, with what is wrong with it."""
    runs: list[CommandRun] = []
    problems: list[Problem] = []
    first = len(rollout.scenario.commands) + 1
    for number, section in enumerate(alternative.section.commands):
        command = section.command()
        place = ("commands", number)
        try:
            rollout.find(command.target)
        except InputError as error:
            problems += [alternative.problem(place, p.message) for p in error.problems]
        is_now = isinstance(command.schedule, Now)
        times = [until + 1] if is_now else rollout.firings_of(command.schedule)
        times = [at for at in times if at > until]
        if not times:
            problems.append(alternative.problem(place, _never(rollout, until, command)))
        for firing, at in enumerate(times, 1):
            label = str(first + number) if len(times) == 1 else f"{first + number}/{firing}"
            runs.append(CommandRun(command, at, label))
    return runs, problems


def _without(run: CommandRun, skipped: NDArray[np.int64], rollout: Rollout) -> CommandRun:
    """Return a command for all of its targets but those that are left alone."""
    if not len(skipped):
        return run
    devices = np.setdiff1d(rollout.find(run.command.target), skipped)
    names = tuple(rollout.fleet.qualified_name(device) for device in devices.tolist())
    return replace(run, command=replace(run.command, target=DeviceListTarget(names)))


def _taken_out(past: Past, skipped: NDArray[np.int64], *, stop: bool) -> NDArray[np.int64]:
    """Return the last lines of the jobs that are taken out."""
    log = past.log
    last = past.last_lines
    out = np.zeros(len(last), bool)
    if stop:
        out |= np.isin(log.state[last], [int(state) for state in NOT_SENT])
    waits = np.isin(log.state[last], [int(state) for state in WAITS])
    out |= waits & np.isin(log.device[last], skipped)
    found: NDArray[np.int64] = last[out]
    return found


def _with_lines(past: Past, out: NDArray[np.int64]) -> Past:
    """Return a past at whose end some jobs gave way to what was decided."""
    if not len(out):
        return past
    log, count = past.log, len(out)
    told = LogColumns(
        np.append(log.time, np.full(count, past.until)),
        np.append(log.device, log.device[out]),
        np.append(log.run, log.run[out]),
        np.append(log.state, np.full(count, State.SUPERSEDED, np.int8)),
        np.append(log.detail, np.full(count, Detail.SUPERSEDED, np.int8)),
        np.append(log.amount, np.zeros(count, np.int64)),
        log.runs,
    )
    return replace(past, log=told, tells=past.tells | {State.SUPERSEDED})


@taking(
    under_way=a("under_way", UnderWay),
    alternatives=one_or_several("paths", a_path_or("alternative", Alternative), fewest=1),
    workers=a_number_of_workers,
    executor=an_executor,
    progress=a_function,
)
def what_if(
    under_way: UnderWay,
    alternatives: Sequence[Alternative | str | Path] | Alternative | str | Path,
    *,
    engine: Engine | str | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> Comparison:
    """Compare alternatives with going on as planned, in pairs of runs that meet the same luck.

    Parameters
    ----------
    under_way
        The forecast of going on.
    alternatives
        What else could be done: files, or what `read_alternative` returned.
    engine, workers, executor, progress
        As in `Experiment.run`.

    Raises
    ------
    InputError
        If an alternative cannot be read, or leads nowhere.
    """
    given = [alternatives] if isinstance(alternatives, (Alternative, str, Path)) else alternatives
    read = [one if isinstance(one, Alternative) else read_alternative(one) for one in given]
    plans = [plan_of(under_way, alternative) for alternative in read]
    seed, runs = int(under_way.now.provenance["seed"]), under_way.now.runs
    answers = [under_way.now]
    for number, plan in enumerate(plans):

        def tell(done: int, _total: int | None, before: int = number) -> None:
            if progress is not None:
                progress(before * runs + done, len(plans) * runs)

        answer = Experiment(plan.rollout, seed=seed).run(
            runs,
            past=plan.past,
            engine=engine,
            workers=workers,
            executor=executor,
            progress=tell,
        )
        if answer.interrupted:
            raise KeyboardInterrupt
        answer.provenance |= {"scenario_sha256": _digest(answer, read[number])}
        answers.append(answer)
    names = (say("what_if.going_on"), *(alternative.section.name for alternative in read))
    inputs = inputs_of(doubted(under_way.believed), seed, range(runs))
    return Comparison(
        names, tuple(answers), (), "", tuple(inputs), differing_starts(answers), under_way=True
    )


def _digest(answer: Answer, alternative: Alternative) -> str:
    """Return the SHA-256 of what was played: the scenario, and what is done instead."""
    told = [answer.provenance["scenario_sha256"], alternative.section.model_dump_json()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
