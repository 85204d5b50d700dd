"""What is to be expected of a rollout that is under way, beside what was before it began."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, taken
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.experiments.run_spec import RunSpec
from fwsim.fleet.week import intervals
from fwsim.learning.learnt import Input
from fwsim.learning.under_way.because import Cause, causes, woken_in_vain
from fwsim.learning.under_way.done_by import done_by, successes_in
from fwsim.learning.under_way.missing_sites import MissingSites
from fwsim.learning.under_way.put_back import Pairs, pairs_of
from fwsim.learning.under_way.sent_later import late_commands
from fwsim.learning.under_way.silence import Fate, fates
from fwsim.learning.under_way.so_far import SoFar
from fwsim.learning.under_way.told import changes, has_gap, named_beside_causes, sentences
from fwsim.learning.under_way.unheard import unheard
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.model.silence import Silence
from fwsim.observations.observed import What
from fwsim.quantities.elementary import Floats
from fwsim.results.export.page import page
from fwsim.results.export.tables import Tables
from fwsim.results.figures import Seen
from fwsim.results.figures import under_way as draw
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.answer_tables import measures_html, run_rows
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.forecast import Forecast, forecast
from fwsim.results.statistics.prompts_by_people import prompt_tables

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class UnderWay(Tables):
    """A rollout under way, forecast again from its log so far.

    Every range is of this very rollout: what has happened is set, and what is left is open.

    Parameters
    ----------
    planned
        The rollout as it was planned and believed.
    believed
        The same with what its log so far told of what was in doubt.
    so_far
        Its log so far.
    inputs
        What was learnt from it.
    now
        What is to be expected, from its past on.
    before
        What was to be expected before the start, of the same luck.
    workers
        Runs at a time in which reasons are looked for, as in `Experiment.run`.
    unlike
        Sites whose devices ended as in no run of the plan, by a log that tells only ends.
    missing
        Sites that its log has nothing of, where runs of the plan have lines by then.
    """

    planned: Rollout
    believed: Rollout
    so_far: SoFar
    inputs: tuple[Input, ...]
    now: Answer
    before: Answer
    workers: int | None = None
    unlike: tuple[str, ...] = ()
    missing: MissingSites = field(default_factory=MissingSites)

    @property
    def told(self) -> Answer:
        """The forecast as one of the scenario that was planned, for whoever keeps forecasts."""
        answer = self.now.without_custom()
        planned = self.before.provenance["scenario_sha256"]
        answer.provenance = {**answer.provenance, "scenario_sha256": planned}
        return answer

    @property
    def until(self) -> int:
        """Up to when the log counts, milliseconds after the start."""
        return self.so_far.until

    @property
    def targeted(self) -> int:
        """Devices that an update was or will be for; the middle of the runs."""
        return targeted_in(self.now)

    @property
    def planned_for(self) -> int:
        """The same before the start."""
        return targeted_in(self.before)

    @property
    def _commanded(self) -> NDArray[np.bool_] | None:
        """Which devices the log shows as commanded; None if it does not tell who was not."""
        past = self.so_far.past
        if State.PROBING not in past.tells:
            return None
        commanded = np.zeros(past.devices, np.bool_)
        commanded[past.log.device] = True
        return commanded

    @cached_property
    def successes(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """When each device that is done was successful, ascending; milliseconds.

        A command that has not ended takes back nothing.
        """
        log = self.so_far.past.log.of_field(what_is_due(self.planned).judged)
        return np.sort(successes_in(log).time)

    def at_the_latest(self, by: float) -> float:
        """Return by when as many devices were successful for certain as a run's past has by a time.

        Between two looks, a run has them in the middle.
        """
        if self.so_far.is_own:
            return by
        seen = self.so_far.observed
        latest = np.sort(seen.latest[seen.what == What.DONE]) - self.planned.epoch
        count = int(np.searchsorted(self.successes, by, side="right"))
        return max(by, float(latest[count - 1])) if 0 < count <= len(latest) else by

    @property
    def done(self) -> float:
        """Share of the targeted devices that were successful by then."""
        return len(self.successes) / max(self.targeted, 1)

    @cached_property
    def _unheard(self) -> NDArray[np.int64]:
        return unheard(self.so_far, self.planned, what_is_due(self.planned).judged)

    @property
    def unheard(self) -> int:
        """Devices that count as under way and may have ended unseen."""
        return len(self._unheard)

    @property
    def silent_or_ended(self) -> int:
        """Those of them that count as at work, and were not heard of for a while."""
        if not self.unheard:
            return 0
        return int(np.isin(self._unheard, Silence.of(self.so_far.past).device).sum())

    @property
    def most_done(self) -> float:
        """Share that were successful by then if all that may have ended unseen were."""
        return self.done + self.unheard / max(self.targeted, 1)

    @cached_property
    def _done_each(self) -> Floats:
        """The least and the largest share done by then in each run before the start; (runs, 2)."""
        times, curves = self.before.times, self.before.completion_curves()
        runs = zip(self.before.replications, curves, strict=True)
        return np.array([done_by(self.until, run, times, curve) for run, curve in runs])

    @property
    def expected_each(self) -> Floats:
        """The share done by then in each run before the start; of one read again, the least."""
        return self._done_each[:, 0]

    @property
    def expected(self) -> Forecast:
        """The share that was to be expected by then, before the start."""
        return forecast(self.expected_each.tolist())

    @cached_property
    def _most_expected(self) -> Forecast:
        return forecast(self._done_each[:, 1].tolist())

    @property
    def expected_range(self) -> tuple[float, float]:
        """Between which shares nine in ten rollouts were expected to be by then."""
        return self.expected.low.value, self._most_expected.high.value

    @property
    def gap(self) -> float:
        """How much larger the share done is than was to be expected; negative is behind.

        The least gap, where the runs before the start do not tell exactly what was to be expected,
        or the log what is done.
        """
        least, most = self.expected.middle.value, self._most_expected.middle.value
        if self.most_done < least:
            return self.most_done - least
        return max(self.done - most, 0.0)

    @property
    def is_as_expected(self) -> bool:
        """Whether nine in ten rollouts would have lain no farther off."""
        low, high = self.expected_range
        return math.isnan(low) or (low <= self.most_done and self.done <= high)

    @property
    def is_surely_as_expected(self) -> bool:
        """Whether that holds whatever became of those that may have ended unseen."""
        low, high = self.expected_range
        return math.isnan(low) or (low <= self.done and self.most_done <= high)

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """What was learnt and moves the rollout, the strongest first.

        Looked for once, by runs with each input put back to what was believed.
        """
        seed, engine = int(self.before.provenance["seed"]), self.now.provenance["engine"]
        plain = RunSpec(self.believed, seed, until=self.until, engine=Engine(engine))
        count, devices = pairs_of(len(self.before.replications)), max(self.targeted, 1)
        pairs = Pairs(plain, count, devices, self.workers, self._commanded)
        in_vain = woken_in_vain(self.so_far, self.planned)
        late = late_commands(self.so_far.later, self.planned, self.believed)
        return tuple(causes(self.planned, self.believed, self.inputs, in_vain, pairs, late))

    @cached_property
    def silent(self) -> dict[Fate, float]:
        """Devices not heard of for a while: how many turn out to be what, on average."""
        heard = [run.heard for run in self.now.replications if run.heard is not None]
        if not any(len(one.state) for one in heard):
            return {}
        runs = [fates(one) for one in heard]
        return {fate: sum(run.count(fate) for run in runs) / len(runs) for fate in Fate}

    @property
    def brought_about(self) -> float:
        """Lines of the log that a run would not have had by itself; the middle of the runs."""
        return median(run.corrected for run in self.now.replications)

    def sentences(self) -> Iterator[str]:
        """Yield what there is to say, the first sentence first."""
        return sentences(self)

    def since(self, last: UnderWay) -> str:
        """Return what has changed since an earlier forecast, and why.

        Parameters
        ----------
        last
            The earlier one.
        """
        return changes(self, taken("last", last, a("under_way", UnderWay)))

    @property
    def headline(self) -> str:
        """Where it stands, and when it will be over."""
        return next(self.sentences())

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def as_data(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        low, high = self.expected_range
        return {
            "at": self.planned.local_time(self.until).isoformat(),
            "sentences": list(self.sentences()),
            "done": self.done,
            "may_have_ended": self.unheard,
            "targeted": self.targeted,
            "expected": {
                "median": self.expected.middle.value,
                "low": _plain(low),
                "high": _plain(high),
            },
            "because": [
                *(cause.as_data() for cause in (self.causes if has_gap(self) else ())),
                *named_beside_causes(self),
            ],
            "silent": {str(fate): count for fate, count in self.silent.items()},
            "lines": len(self.so_far.past.log),
            "lines_brought_about": self.brought_about,
            "contradictions": [str(problem) for problem in self.so_far.in_files],
            "learnt": [
                {"place": one.name, "value": one.value, "from": one.seen} for one in self.inputs
            ],
            "unlike_the_plan": list(self.unlike),
            "sites_without_a_line": list(self.missing.named),
            "sites_without_a_line_unless_older": list(self.missing.unless_older),
            "now": self.now.as_data(),
            "before": self.before.as_data(),
        }

    def figure(self, ax: Axes | None = None) -> Axes:
        """Draw the past as it was, the fan of the rest, and what was forecast before the start.

        Parameters
        ----------
        ax
            Where to draw; a new figure by default.
        """
        seen = Seen(self.successes, self.targeted, self.until, self.expected_each)
        return draw(self.now, self.before, seen, ax, windows=windows_of(self.planned))

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return the measures as forecast now and before the start, the runs, prompts by hour."""
        return {
            "now": self.now.table(),
            "before": self.before.table(),
            "replications": run_rows(self.now),
            **prompt_tables(self.now),
        }

    def _repr_html_(self) -> str:
        return page(self.now.setting.name, self.sentences(), {}) + measures_html(self.now)

    def __repr__(self) -> str:
        return f"<UnderWay {self.now.setting.name!r}: {self.headline}>"


def targeted_in(answer: Answer) -> int:
    """Return how many devices an update was or will be for, in the middle of the runs."""
    return round(median(run.targeted for run in answer.replications))


def windows_of(rollout: Rollout) -> list[tuple[int, int]]:
    """Return the maintenance windows of a rollout, milliseconds after the start."""
    week = rollout.scenario.window
    if week is None:
        return []
    end = rollout.start + timedelta(milliseconds=rollout.horizon)
    return intervals(week, rollout.zone, rollout.start, end)


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None
