"""The waves of a plan: which commands start together, and when each is over."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fwsim.commands.command import UpdateCommand
from fwsim.commands.schedule import Every, Once
from fwsim.commands.scmd import ScmdLine, write_scmd
from fwsim.results.answer import Answer
from fwsim.results.estimate import quantile
from fwsim.results.record import NOT_YET, RunRecord
from fwsim.rollout import Rollout
from fwsim.scenario.schema import Scenario

USUAL_END = 0.95
"""Share of a wave's successful devices after which it counts as over."""
WORST = 0.95
"""Share of the runs in which it is over by the time told as the worst case."""


@dataclass(frozen=True)
class Wave:
    """Commands that start together.

    Parameters
    ----------
    number
        From 1.
    start
        On the server's wall clock.
    lines
        As scmd lines, dated.
    devices
        Targeted, all commands together.
    is_delivery
        Whether it only brings packages.
    """

    number: int
    start: datetime
    lines: tuple[ScmdLine, ...]
    devices: int
    is_delivery: bool


@dataclass(frozen=True)
class WaveEnd:
    """When a wave is over, milliseconds after the scenario's start; None if it never is.

    Parameters
    ----------
    expected
        Median over the runs of the time at which 95 % of its successful devices are.
    worst
        The time by which its last successful device is, in 95 % of the runs.
    """

    expected: int | None
    worst: int | None


def waves_of(rollout: Rollout) -> list[Wave]:
    """Return the commands of a plan by the time they start.

    Parameters
    ----------
    rollout
        The plan made ready.

    Raises
    ------
    ValueError
        If a command repeats: then it has no one date.
    """
    scenario = rollout.scenario
    by_start: dict[tuple[datetime, bool], list[ScmdLine]] = {}
    for section in scenario.commands:
        command = section.command()
        if isinstance(command.schedule, Every):
            raise ValueError("a command that repeats has no date; plan with -once")
        start = command.schedule.at if isinstance(command.schedule, Once) else scenario.start
        dated = ScmdLine(replace(command, schedule=Once(start)))
        by_start.setdefault((start, isinstance(command, UpdateCommand)), []).append(dated)
    found = []
    for number, ((start, is_update), lines) in enumerate(sorted(by_start.items(), key=_when), 1):
        devices = sum(len(rollout.find(line.command.target)) for line in lines)
        found.append(Wave(number, start, tuple(lines), devices, not is_update))
    return found


def _when(item: tuple[tuple[datetime, bool], list[ScmdLine]]) -> tuple[datetime, bool]:
    return item[0]


@dataclass(frozen=True)
class EndOfWave:
    """A measure of a run: when a share of a wave's successful devices is done; milliseconds.

    Parameters
    ----------
    devices
        The wave's, ascending.
    share
        Of those that will be successful, 0 to 1.
    """

    devices: tuple[int, ...]
    share: float

    def __call__(self, record: RunRecord) -> float:
        """Return the time; NaN if none is ever successful."""
        updates = record.updates
        mine = np.isin(updates.targeted, np.array(self.devices, np.int32))
        times = np.sort(updates.success_time[mine])
        times = times[times < NOT_YET]
        if not len(times):
            return math.nan
        rank = max(1, int(np.ceil(round(self.share * len(times), 9))))
        return float(times[rank - 1])


def measures_of_waves(rollout: Rollout) -> dict[str, Callable[[RunRecord], float]]:
    """Return what to measure in each run to know when the waves of a plan are over."""
    found: dict[str, Callable[[RunRecord], float]] = {}
    for wave in waves_of(rollout):
        if not wave.is_delivery:
            targets = [rollout.find(line.command.target) for line in wave.lines]
            devices = tuple(np.unique(np.concatenate(targets)).tolist())
            found[f"wave {wave.number} over"] = EndOfWave(devices, USUAL_END)
            found[f"wave {wave.number} last"] = EndOfWave(devices, 1.0)
    return found


def ends_of(answer: Answer, wave: Wave) -> WaveEnd:
    """Return when a wave is over, from an answer that measured `measures_of_waves`."""
    return WaveEnd(
        _over_runs(answer, f"wave {wave.number} over", 0.5),
        _over_runs(answer, f"wave {wave.number} last", WORST),
    )


def _over_runs(answer: Answer, name: str, share: float) -> int | None:
    own: list[Mapping[str, float]] = [run.own for run in answer.replications]
    values = [run[name] for run in own if name in run]
    finite = [math.inf if math.isnan(value) else value for value in values]
    if not finite:
        return None
    found = quantile(finite, share)
    return None if math.isinf(found) else round(found)


def with_commands(scenario: Scenario, lines: list[ScmdLine]) -> Scenario:
    """Return a scenario with other commands: those of scmd lines.

    Parameters
    ----------
    scenario
        Fleet, people, lines: everything but the commands.
    lines
        What is typed instead.
    """
    data = scenario.as_data()
    data["commands"] = [{"scmd": write_scmd(line)} for line in lines]
    return Scenario.model_validate(data).seen_from(scenario.folder)
