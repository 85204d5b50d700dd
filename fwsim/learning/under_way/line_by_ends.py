"""What a log that tells only ends says of lines: of runs of the plan, the likest tell it.

Such a log does not tell who fetched when, so nothing can be reckoned from downloads. But a run of
the plan has its users, its faults and its lines, and comes to ends of its own: those lines are the
likelier, with which a site's devices ended as the log has it (approximate Bayesian computation).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES
from fwsim.engine import Engine, choose_engine
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.learning.behind_hubs import known_factors
from fwsim.learning.journeys import Journeys
from fwsim.learning.learnt import Input
from fwsim.learning.under_way.done_by import successes_in
from fwsim.learning.under_way.so_far import SoFar
from fwsim.learning.writing import ranged_line
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.observed import What
from fwsim.quantities.beliefs import Drawn, rounded
from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import LEAST_FACTOR, line_place

_SEED = 1
_MOST_RUNS, _FEWEST_RUNS = 500, 60
_DEVICES = 1_000_000
"""Devices of all runs together, from which on there are fewer runs."""
_LIKEST = 0.1
_FEWEST_LIKEST = 20
"""Runs that are kept of a site: such a share, and no fewer."""
_SOON = 1000.0
"""Milliseconds: what ends sooner after the first command ends as soon."""
_BY_CHANCE = 1.63
"""Kolmogorov's distance times the root of the count, which luck exceeds once in a hundred."""


def lines_by_ends(
    journeys: Journeys, rollout: Rollout, so_far: SoFar, engine: Engine | str | None = None
) -> list[Input]:
    """Return what each site's line carries, by when its devices were successful.

    Parameters
    ----------
    journeys
        What was seen of the devices: between which times they came to what.
    rollout
        Of the scenario as it was planned, its commands as they were sent.
    so_far
        What was seen.
    engine
        Which clock plays; by default the faster one, for both come to the same.
    """
    known, names = known_factors(rollout), rollout.fleet.site.values
    sites = [code for code, name in enumerate(names) if line_place("sites", name) not in known]
    if not so_far.past.tells <= OUTCOMES or not sites:
        return []
    ends = _Ends(rollout, so_far.until)
    log = so_far.past.log.of_field(what_is_due(rollout).judged)
    soonest, latest = ends.between(log, journeys)
    runs, factors = ends.played(choose_engine(engine).engine)
    found = []
    for code in sites:
        mine = rollout.fleet.site.codes == code
        each = np.sort(runs[:, mine], axis=1)
        apart = each - np.clip(each, np.sort(soonest[mine]), np.sort(latest[mine]))
        values = _of_likest(apart, factors[:, code])
        if values is not None:
            found.append(_input(names[code], values, int(mine.sum())))
    return found


def _input(name: str, values: Floats, devices: int) -> Input:
    kept = rounded(values)
    return Input(
        place=line_place("sites", name),
        value=ranged_line(kept),
        noun="device",
        observations=devices,
        belief=Drawn(tuple(kept.tolist())),
    )


class _Ends:
    """When devices were successful, on the logarithm of the time since the first command.

    Whoever was not has what comes after the end of the log instead. Late times are less alike by
    their nature, and a device that is off must not weigh more than all that are there.
    """

    def __init__(self, rollout: Rollout, until: int) -> None:
        self._rollout, self._until = rollout, until
        self._since = min((run.at for run in rollout.runs), default=0)

    def _scaled(self, times: NDArray[np.int64]) -> Floats:
        logs: Floats = np.log(np.maximum(times - self._since, _SOON))
        return logs

    def of(self, log: LogColumns) -> Floats:
        """Return those of a log; shape (devices,)."""
        return self._scaled(self._times(log))

    def between(self, log: LogColumns, journeys: Journeys) -> tuple[Floats, Floats]:
        """Return between which two those of a log lie that somebody may only have looked at.

        What is told of a device that implies only that it is done may have been at any time.
        """
        about = self._times(log)
        is_done = about <= self._until
        soonest, latest = np.where(is_done, 0, about), np.where(is_done, self._until, about)
        rows = np.flatnonzero(journeys.of(What.DONE) & (journeys.device >= 0))
        device, epoch = journeys.device[rows], self._rollout.epoch
        early, late = journeys.early[rows] - epoch, journeys.late[rows] - epoch
        is_it = (early <= about[device]) & (about[device] <= late)
        soonest[device[is_it]], latest[device[is_it]] = early[is_it], late[is_it]
        return self._scaled(soonest), self._scaled(latest)

    def _times(self, log: LogColumns) -> NDArray[np.int64]:
        ended = successes_in(log)
        times = np.full(len(self._rollout.fleet), self._until + 1, np.int64)
        times[ended.device] = ended.time
        return times

    def played(self, engine: Engine) -> tuple[Floats, Floats]:
        """Return those of runs of the plan, and what lines carried: (runs, devices), (…, sites)."""
        each = [(self.of(log), factors) for log, factors in self._runs(engine)]
        return np.array([ends for ends, _ in each]), np.array([factors for _, factors in each])

    def _runs(self, engine: Engine) -> Iterator[tuple[LogColumns, list[float]]]:
        spec = RunSpec(self._rollout, _SEED, until=self._until, engine=engine)
        count = _DEVICES // max(len(self._rollout.fleet), 1)
        for number in range(min(max(count, _FEWEST_RUNS), _MOST_RUNS)):
            record = played(spec, number)
            yield record.judged.log, [float(line.line_factor) for line in record.rollout.sites()]


def _of_likest(apart: Floats, factors: Floats) -> Floats | None:
    """Return what a line carried in the runs that are likest to the log; None if that is no news.

    Parameters
    ----------
    apart
        By how much each run's ends of the site are later, the soonest first; (runs, devices).
    factors
        What the line carried in each; shape (runs,).
    """
    distance = np.abs(apart).mean(axis=1)
    count = min(max(_FEWEST_LIKEST, round(_LIKEST * len(factors))), len(factors))
    is_like = distance <= np.sort(distance)[count - 1]  # those that are as like, too
    kept = np.sort(factors[is_like])
    if _is_by_chance(kept, np.sort(factors)):
        return None
    least: Floats = np.maximum(kept, LEAST_FACTOR)
    return least


def _is_by_chance(kept: Floats, every: Floats) -> bool:
    """Tell whether some of many may as well have been taken blindly."""
    below = np.searchsorted(kept, every, side="right") / len(kept)
    far = np.abs(below - np.searchsorted(every, every, side="right") / len(every)).max()
    left = max(1 - len(kept) / len(every), 0.0)
    return bool(far <= _BY_CHANCE * np.sqrt(left / len(kept)))
