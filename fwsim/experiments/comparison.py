"""Several plans compared: replications in pairs, on common random numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from fwsim.arguments import (
    taken,
    taking,
    whole_from,
)
from fwsim.experiments.comparison_in_words import (
    knowing_in_words,
    named_in_verdict,
    verdict_in_words,
)
from fwsim.experiments.comparison_rows import difference_rows
from fwsim.experiments.comparison_table import heads, rows
from fwsim.experiments.pairing import (
    NEEDED,
    SUCCESSFUL,
    TARGETED,
    Judged,
    Pairs,
    cut_in_words,
    cut_short,
    horizons_in_words,
    is_no_merit,
    is_whole,
    pairs_of_others,
    successes,
    unlike,
    whom_in_words,
)
from fwsim.experiments.rare_nevers import rare_in_words
from fwsim.experiments.still_to_come import (
    may_come_to_more,
    share_under_way,
    still_to_come_in_words,
)
from fwsim.fleet.week import read_week
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure, a_measure
from fwsim.measures.precision import USUAL_LEVEL
from fwsim.messages import say
from fwsim.results.export.page import page
from fwsim.results.export.tables import Tables
from fwsim.results.run.lines_in_words import others_of_plans
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference import Difference, difference
from fwsim.results.statistics.fullest import others_use_lines
from fwsim.results.statistics.spread import Floats, Input, decision_values, never_at, never_counts

if TYPE_CHECKING:
    import pandas as pd

_FIRST = (
    Kind.TARGETED,
    Kind.DEVICES_SUCCESSFUL,
    Kind.SUCCESSFUL,
    Kind.TIME_TO,
    Kind.DEVICES_PROMPTED,
    Kind.PROMPTS,
    Kind.MOST_PROMPTS,
    Kind.FORCED_STARTS,
    Kind.USER_TIME_LOST,
    Kind.WAN,
    Kind.PEAK_SITES,
    Kind.PEAK_REPOSITORY,
    Kind.UNFINISHED,
)
"""What a person asks about first."""


@dataclass(frozen=True)
class Comparison(Tables):
    """Plans side by side, each against the first.

    Parameters
    ----------
    names
        Of the plans.
    answers
        Of the plans; run n of all of them met the same luck.
    asked
        Measures requested besides the usual ones.
    paired_by
        What makes the pairs less than perfect; empty if nothing does.
    inputs
        What was drawn of the doubts of the first plan in each pair.
    starts
        Says when the first update of each plan is due, where they differ: times count from it.
    under_way
        Whether every run is a way in which one rollout under way goes on.
    """

    names: tuple[str, ...]
    answers: tuple[Answer, ...]
    asked: tuple[Measure, ...] = ()
    paired_by: str = ""
    inputs: tuple[Input, ...] = ()
    starts: str = ""
    under_way: bool = False

    @property
    def runs(self) -> int:
        """Pairs."""
        return min(answer.runs for answer in self.answers)

    @property
    def level(self) -> float:
        """Confidence of each interval: together, over the plans, they hold at 95 % (Bonferroni)."""
        return 1 - (1 - USUAL_LEVEL) / max(1, len(self.answers) - 1)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure that all plans have; first whom they are for, where that differs."""
        first, *others = self.answers
        shared = [m for m in first.measures if m.kind is not Kind.OUTCOME or m in self.asked]
        whom = [TARGETED, SUCCESSFUL] if any(map(self._is_for_others, self.plans)) else []
        all_have = (m for m in shared if all(m in other.measures for other in others))
        return tuple(dict.fromkeys([*whom, *all_have]))

    @property
    def plans(self) -> range:
        """Those that are compared with the first, by number."""
        return range(1, len(self.answers))

    def _pairs(self, plan: int) -> Pairs:
        one, other = (self.answers[p].replications[: self.runs] for p in (plan, 0))
        return list(zip(one, other, strict=True))

    def _is_for_others(self, plan: int) -> bool:
        """Tell whether a plan does not target the same devices as the first."""
        return pairs_of_others(self._pairs(plan)) > 0

    def _judged(self, plan: int) -> Judged:
        return self.answers[plan].setting.judged, self.answers[0].setting.judged

    def values(self, measure: Measure, plan: int) -> list[float]:
        """Return what a measure came to in each run of a plan, one a pair.

        Parameters
        ----------
        measure, plan
            One of `measures`; the plan counted from 0.
        """
        answer = self.answers[plan]
        if measure in answer.measures or measure not in {TARGETED, SUCCESSFUL}:
            return answer.values(measure)[: self.runs]
        runs = answer.replications[: self.runs]
        return [float(r.targeted) if measure == TARGETED else successes(r) for r in runs]

    @property
    def first_measures(self) -> tuple[Measure, ...]:
        """Those a person asks about first, and those asked for."""
        return tuple(
            measure
            for measure in self.measures
            if measure in self.asked
            or (measure.kind in _FIRST and not measure.of_targeted and not measure.time)
        )

    def _ranks(self, measure: Measure, plan: int) -> bool:
        """Tell whether a plan can be better or worse than the first by a measure."""
        if measure.is_neutral:
            return False
        if is_no_merit(measure, self.difference(NEEDED, plan)):
            return False
        if (cut := self._cut[plan]) is not None and not is_whole(measure, cut):
            return False
        if self._may_come_to_more(measure, plan) is not None:
            return False
        return not unlike(measure.kind, self._pairs(plan), self._judged(plan))

    @cached_property
    def _left(self) -> tuple[float, ...]:
        """Share of the devices under way when the runs end, of each plan."""
        return tuple(share_under_way(a.replications[: self.runs]) for a in self.answers)

    def _may_come_to_more(self, measure: Measure, plan: int) -> int | None:
        """Return which of two plans costs less only because more is left to do in it."""
        both = [(math.fsum(self.values(measure, p)) / self.runs, self._left[p]) for p in (plan, 0)]
        if may_come_to_more(measure, *both):
            return plan
        return 0 if may_come_to_more(measure, *both[::-1]) else None

    def _still_to_come(self, plan: int) -> list[str]:
        """Return that one of two plans is not cheaper by what is left to do in it."""
        told: list[str] = []
        for one, other in ((plan, 0), (0, plan)):
            open_ = [m for m in self.first_measures if self._may_come_to_more(m, plan) == one]
            if settled := [m for m in open_ if self.difference(m, plan).settled]:
                names = self.names[one], self.names[other]
                left = self._left[one], self._left[other]
                told.append(still_to_come_in_words(names, left, settled))
        return told

    @cached_property
    def _cut(self) -> tuple[Answer | None, ...]:
        return tuple(cut_short(answer, self.answers[0]) for answer in self.answers)

    @property
    def horizons(self) -> str:
        """Says which horizons the plans have, where they differ; else empty."""
        return horizons_in_words([answer.setting.horizon for answer in self.answers])

    def _decisive(self, plan: int) -> list[Measure]:
        """Return what a verdict speaks of: one measure of a kind, and those asked for."""
        time = self._last_time
        week = self.answers[0].setting.busy_hours
        wanted = {
            SUCCESSFUL,
            Measure(Kind.SUCCESSFUL),
            Measure(Kind.PROMPTS),
            Measure(Kind.USER_TIME_LOST),
            Measure(Kind.WAN, week=read_week(week)),
            Measure(Kind.TIME_TO, share=time),
        }
        found = (m for m in self.first_measures if m in wanted or m in self.asked)
        return [measure for measure in found if self._ranks(measure, plan)]

    @property
    def _last_time(self) -> float:
        """The largest share that most runs of a plan reach."""
        for share in (0.95, 0.9, 0.5):
            measure = Measure(Kind.TIME_TO, share=share)
            if any(math.isfinite(answer.forecast(measure).middle.value) for answer in self.answers):
                return share
        return 0.95

    @taking(measure=a_measure)
    def difference(self, measure: Measure, plan: int = 1) -> Difference:
        """Return how much more a measure comes to in a plan than in the first.

        Parameters
        ----------
        measure, plan
            One of `measures`; the plan counted from 0.
        """
        taken("plan", plan, whole_from(0, len(self.answers) - 1))
        one, other = (self.values(measure, p) for p in (plan, 0))
        return replace(difference(measure, one, other, self.level), under_way=self.under_way)

    def verdict(self, plan: int = 1) -> list[str]:
        """Return what is settled between a plan and the first, sentence by sentence.

        Where they do not target the same devices, or one updates and the other delivers, that comes
        first, and neither is better by what counts over them.
        """
        taken("plan", plan, whole_from(0, len(self.answers) - 1))
        name, base = self.names[plan], self.names[0]
        whom = whom_in_words(name, base, self._pairs(plan), self._judged(plan))
        decisive = [self.difference(measure, plan) for measure in self._decisive(plan)]
        settled, runs = self._settled(plan), self.runs
        sentences = verdict_in_words(name, base, settled, decisive, runs)
        sentences += rare_in_words(self.names, plan, named_in_verdict(settled), self.answers)
        one, other = self._judged(plan)
        if (cut := self._cut[plan]) is not None:
            whom.append(cut_in_words(name, base, is_base=cut is self.answers[0]))
        else:
            sentences += self._still_to_come(plan)
            if not sentences and one == other and not self._is_for_others(plan):
                sentences.append(say("comparison.alike", plan=name, base=base))
        return [*whom, *sentences]

    def worth_knowing(self, plan: int = 1) -> list[str]:
        """Return which doubts could change the choice between a plan and the first, and by what."""
        taken("plan", plan, whole_from(0, len(self.answers) - 1))
        if not self.inputs or self._is_the_same(plan):
            return []
        worth = [
            (measure, decision_values(self._outcomes(measure, plan), self.inputs))
            for measure in self._decisive(plan)
            if not self.difference(measure, plan).without_need
        ]
        return knowing_in_words(worth, self.runs, is_cut=self._cut[plan] is not None)

    def _is_the_same(self, plan: int) -> bool:
        """Tell whether a plan and the first come to the same in everything, pair by pair."""
        return all(
            np.array_equal(self.values(measure, plan), self.values(measure, 0))
            for measure in self.measures
        )

    def _outcomes(self, measure: Measure, plan: int) -> Floats:
        """Return how good both plans are in each pair, more is better; never is the horizon."""
        never = max(never_counts(measure, answer.setting) for answer in self.answers)
        values = np.array([self.values(measure, p) for p in (0, plan)]).T
        kept = never_at(never, values)
        return kept if measure.more_is_better else -kept

    def _settled(self, plan: int) -> list[Difference]:
        """Return what is settled, the largest in its own terms first; one measure of a kind."""
        ranked = (measure for measure in self.first_measures if self._ranks(measure, plan))
        found = [self.difference(measure, plan) for measure in ranked]
        settled = [f for f in found if f.tells_apart or (f.settled and f.is_two_edged)]
        first: dict[object, Difference] = {}
        for one in sorted(settled, key=lambda f: f.weight, reverse=True):
            what = one.measure.kind, one.is_better, one.is_two_edged
            first.setdefault(one.measure if one.measure in self.asked else what, one)
        return list(first.values())

    def saved(self, plan: int = 1) -> tuple[Measure, Difference] | None:
        """Return where pairs saved most; None if nowhere."""
        found = [(m, self.difference(m, plan)) for m in self.first_measures]
        counted = [item for item in found if item[1].shows and item[1].pairs_help]
        return max(counted, key=lambda item: item[1].narrower, default=None)

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return the differences, and the measures of every plan."""
        plans = zip(self.names, self.answers, strict=True)
        answers = {f"{number} {name}": a.table() for number, (name, a) in enumerate(plans, 1)}
        return {"comparison": self.table(), **answers}

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(map(repr, self.names))}: {self.runs} pairs>"

    @property
    def shared(self) -> tuple[str, ...]:
        """That others use lines, too, which no share of them tells; empty where none do."""
        return others_of_plans(self.names, [*map(others_use_lines, self.answers)])

    def _repr_html_(self) -> str:
        sentences = [s for plan in self.plans for s in self.verdict(plan)]
        sentences += filter(None, [self.starts, self.horizons, *self.shared])
        title = say("comparison.title", plans=" – ".join(self.names))
        return page(title, sentences, self._tables())

    def _tables(self) -> dict[str, pd.DataFrame]:
        """Return each plan against the first, as people read it."""
        import pandas as pd

        against, first = say("comparison.against"), self.names[0]
        return {
            f"{plan}. {self.names[plan]}{against}{first}": pd.DataFrame(
                rows(self, plan), columns=list(heads(self))
            )
            for plan in self.plans
        }

    def table(self) -> pd.DataFrame:
        """Return one row for each measure and plan but the first."""
        import pandas as pd

        return pd.DataFrame(difference_rows(self))
