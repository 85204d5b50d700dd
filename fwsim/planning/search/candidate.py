"""Plans tried out: what their runs came to, and which of them no other beats in everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fwsim.measures.measure import Measure
from fwsim.planning.bounds.in_doubt import DoubtedBound
from fwsim.planning.search.axes import Choice

Losses = Callable[[Sequence[Mapping[Measure, float]]], Sequence[float]]


@dataclass(repr=False)
class Candidate:
    """A plan and the runs it got so far.

    Parameters
    ----------
    choice
        Which plan.
    words
        The value of each search parameter, in words.
    ruled_out
        Bounds that rule it out; then it gets no run.
    faults
        What makes it no plan at all, such as a wave after the horizon; then it gets none either.
    values
        What each measure came to, by run number; the luck of a number is the same for all plans.
    losses
        Mean of each goal, less is better.
    violation
        By how much the limits are broken; 0 if they are kept. Of a plan that bounds rule out, by
        how much the bounds miss them.
    is_dropped
        Whether runs that did not find it speak against it: fresh ones, or held-out ones.
    """

    choice: Choice
    words: Mapping[str, str]
    ruled_out: tuple[DoubtedBound, ...] = ()
    faults: tuple[str, ...] = ()
    values: dict[int, Mapping[Measure, float]] = field(default_factory=dict)
    losses: tuple[float, ...] = ()
    violation: float = 0.0
    is_dropped: bool = False

    def __repr__(self) -> str:
        is_kept = "keeps the limits" if self.keeps_limits else "does not keep the limits"
        said = f"{self.runs} runs, {is_kept}" if self.runs else "no runs"
        return f"<Candidate {self.title or 'as written'}: {said}>"

    @property
    def runs(self) -> int:
        """How many runs it got."""
        return len(self.values)

    @property
    def is_out(self) -> bool:
        """Whether it gets no run."""
        return bool(self.ruled_out or self.faults)

    @property
    def keeps_limits(self) -> bool:
        """Whether its runs so far keep the limits, and no others speak against it."""
        is_refused = self.is_out or self.is_dropped
        return not is_refused and self.runs > 0 and self.violation == 0

    def of(self, measure: Measure) -> list[float]:
        """Return what a measure came to in each run, by ascending number."""
        return [self.values[number][measure] for number in sorted(self.values)]

    def by_measure(self, measures: Iterable[Measure]) -> dict[Measure, Sequence[float]]:
        """Return what several measures came to in each run."""
        return {measure: self.of(measure) for measure in measures}

    @property
    def rank(self) -> tuple[bool, float, bool, tuple[float, ...]]:
        """What sorts plans: those that keep the limits first, then by the goals."""
        return self.is_out, self.violation, self.is_dropped, self.losses

    @property
    def title(self) -> str:
        """The value of each search parameter, in one line."""
        return ", ".join(f"{name} {value}" for name, value in self.words.items())


def beats(one: Sequence[float], other: Sequence[float]) -> bool:
    """Tell whether one plan is no worse in any goal and better in one."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)


def pareto_front(trials: Iterable[Candidate], losses: Losses) -> list[Candidate]:
    """Return the plans that keep the limits and that no other beats, the best first goal first.

    Two are compared by the runs that both have, which meet the same luck: a plan that got few runs
    is none of the best for having met the luckier ones.

    Parameters
    ----------
    trials
        Plans looked at.
    losses
        What each goal comes to in some of a plan's runs; less is better.
    """
    kept = sorted((t for t in trials if t.keeps_limits), key=lambda trial: trial.losses)
    front: list[Candidate] = []
    for trial in kept:
        if not any(_beats(other, trial, losses) for other in front):
            front = [other for other in front if not _beats(trial, other, losses)]
            front.append(trial)
    # Pairs have other runs in common each, so what is beaten may beat what its better does not.
    return [t for t in front if not any(_beats(other, t, losses) for other in kept)] or front


def _beats(one: Candidate, other: Candidate, losses: Losses) -> bool:
    both = sorted(one.values.keys() & other.values.keys())
    if not both:
        return False
    return beats(*(losses([trial.values[number] for number in both]) for trial in (one, other)))
