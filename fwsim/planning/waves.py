"""The waves of a plan: which commands start together, and when each is over."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, DeliveryCommand, UefiUpdateCommand, why_no_scmd
from fwsim.commands.lifecycle import State
from fwsim.commands.schedule import Every, Once, offset_if_twice
from fwsim.commands.scmd import ScmdLine
from fwsim.measures.precision import USUAL_LEVEL
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.problems import InputError, Problem
from fwsim.results.run.record import RunRecord
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.estimate import median_interval, quantile
from fwsim.results.statistics.forecast import forecast

USUAL_END = 0.95
"""Share of a wave's successful devices after which it counts as over."""
WORST = 0.95
"""Share of the runs in which it is over by the later of the two times told."""


def in_words(at: datetime) -> str:
    """Return a time of a clock as people read it; of two equal ones it says which."""
    text = f"{at:%a %Y-%m-%d %H:%M}"
    return f"{text} {at:%Z}" if offset_if_twice(at) else text


@dataclass(frozen=True)
class Wave:
    """Commands of one kind that start together.

    Parameters
    ----------
    kind
        ``update``, ``delivery`` or ``UEFI update``.
    number
        Of its kind, from 1.
    at
        Milliseconds after the scenario's start.
    start
        The same on the server's wall clock; aware.
    lines
        As scmd lines, dated.
    labels
        Of its runs in the log.
    devices
        Targeted; shape (devices,), ascending.
    """

    kind: str
    number: int
    at: int
    start: datetime
    lines: tuple[ScmdLine, ...]
    labels: frozenset[str]
    devices: NDArray[np.int32]

    @property
    def starts(self) -> str:
        """When it starts, for people."""
        return in_words(self.start)

    @property
    def name(self) -> str:
        """What to call it: ``wave 2``, ``delivery 1``, ``UEFI wave 1``."""
        word = {"update": "wave", "UEFI update": "UEFI wave"}.get(self.kind, self.kind)
        return f"{word} {self.number}"


@dataclass(frozen=True)
class WaveEnd:
    """When a wave is over, milliseconds after the scenario's start; infinite if it never is.

    Parameters
    ----------
    expected, low, high
        Median over the runs of the time at which 95 % of its successful devices are, and its 95 %
        interval.
    worst
        The time by which its last successful device is, in 95 % of the runs.
    runs
        How many runs tell when the waves are over.
    successful
        Fewest and most of its devices that are successful, 9 rollouts in 10, or in these runs if
        they are too few to say so; None if nobody counted them.
    """

    expected: float
    low: float
    high: float
    worst: float
    runs: int
    successful: tuple[int, int] | None = None

    @property
    def is_reached(self) -> bool:
        """Whether it is over in most runs."""
        return math.isfinite(self.expected)


def kind_of(command: Command) -> str:
    """Return what kind of command one is, in words."""
    if isinstance(command, DeliveryCommand):
        return "delivery"
    return "UEFI update" if isinstance(command, UefiUpdateCommand) else "update"


def waves_of(rollout: Rollout) -> list[Wave]:
    """Return the commands of a plan by the time they start, in the order in which they are sent.

    Parameters
    ----------
    rollout
        The plan made ready.

    Raises
    ------
    InputError
        If a command has no date that scmd's ``-once`` can say, or an option that scmd has no word
        for; with every such command.
    """
    if problems := [*_without_date(rollout), *_without_line(rollout)]:
        raise InputError(rollout.scenario.placed(problem) for problem in problems)
    waves: list[Wave] = []
    numbers: dict[str, int] = {}
    for run in rollout.runs:
        kind, start = kind_of(run.command), rollout.local_time(run.at)
        line = ScmdLine(replace(run.command, schedule=Once(start.replace(tzinfo=None))))
        targets = rollout.find(run.command.target)
        if waves and (waves[-1].at, waves[-1].kind) == (run.at, kind):
            last = waves.pop()
            waves.append(
                replace(
                    last,
                    lines=(*last.lines, line),
                    labels=last.labels | {run.label},
                    devices=np.union1d(last.devices, targets),
                )
            )
            continue
        numbers[kind] = numbers.get(kind, 0) + 1
        labels = frozenset({run.label})
        waves.append(Wave(kind, numbers[kind], run.at, start, (line,), labels, targets))
    return waves


def _without_date(rollout: Rollout) -> Iterator[Problem]:
    """Yield the commands that repeat, never run, or run when the clock shows a time twice."""
    runs = {run.label: run for run in rollout.runs}
    for number, section in enumerate(rollout.scenario.commands):
        path = f"commands.{number}"
        run = runs.get(str(number + 1))
        if isinstance(section.command().schedule, Every):
            text = say("planning.repeats")
            yield Problem(text, path=f"{path}.every")
        elif run is None:
            yield Problem(say("planning.never_runs"), path=path)
        else:
            shown = rollout.local_time(run.at).replace(tzinfo=None)
            if rollout.firings_of(Once(shown)) != [run.at]:
                text = say("planning.comes_twice", at=f"{shown:%Y-%m-%d %H:%M:%S}")
                yield Problem(text, path=path)


def _without_line(rollout: Rollout) -> Iterator[Problem]:
    """Yield the commands that no scmd line says."""
    for number, section in enumerate(rollout.scenario.commands):
        if why := why_no_scmd(section.command()):
            yield Problem(say("planning.no_line", why=why), path=f"commands.{number}")


@dataclass(frozen=True)
class EndOfWave:
    """A measure of a run: when a share of a wave's successful devices is done; milliseconds.

    Parameters
    ----------
    labels
        Of the wave's runs.
    share
        Of those that will be successful, 0 to 1.
    """

    labels: frozenset[str]
    share: float

    def __call__(self, record: RunRecord) -> float:
        """Return the time; infinite if none is ever successful."""
        times = np.sort(record.log.time[_successes(record.log, self.labels)])
        if not len(times):
            return math.inf
        rank = max(1, int(np.ceil(round(self.share * len(times), 9))))
        return float(times[rank - 1])


@dataclass(frozen=True)
class SuccessfulOfWave:
    """A measure of a run: how many of a wave's devices are successful.

    Parameters
    ----------
    labels
        Of the wave's runs.
    """

    labels: frozenset[str]

    def __call__(self, record: RunRecord) -> float:
        """Return the number of devices."""
        return float(len(np.unique(record.log.device[_successes(record.log, self.labels)])))


def _successes(log: LogColumns, labels: frozenset[str]) -> NDArray[np.bool_]:
    """Return which lines of a log tell success under runs with some labels."""
    mine = [code for code, run in enumerate(log.runs) if run.label in labels]
    return log.in_state(State.SUCCESS) & np.isin(log.run, mine)


def measures_of_waves(waves: Sequence[Wave]) -> dict[str, Callable[[RunRecord], float]]:
    """Return what to measure in each run to know when the waves of a plan are over."""
    measures: dict[str, Callable[[RunRecord], float]] = {}
    for wave in waves:
        measures[f"{wave.name} over"] = EndOfWave(wave.labels, USUAL_END)
        measures[f"{wave.name} last"] = EndOfWave(wave.labels, 1.0)
        measures[f"{wave.name} successful"] = SuccessfulOfWave(wave.labels)
    return measures


def ends_of(answer: Answer, wave: Wave) -> WaveEnd:
    """Return when a wave is over, from an answer that measured `measures_of_waves`."""
    over, last = (
        [run.custom[f"{wave.name} {end}"] for run in answer.replications]
        for end in ("over", "last")
    )
    expected, low, high = median_interval(over, USUAL_LEVEL)
    counts = [run.custom[f"{wave.name} successful"] for run in answer.replications]
    next_one = forecast(counts)
    ends = (next_one.low.value, next_one.high.value) if len(counts) > 1 else (counts[0], counts[0])
    successful = int(ends[0]), int(ends[1])
    worst = quantile(last, WORST)
    return WaveEnd(expected, max(low, wave.at), high, worst, answer.runs, successful)
