"""A doubt: numbers of a scenario that nobody knows and that are drawn together, once a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from fwsim.quantities.beliefs import Belief, PerPlace, Scale, widening_of
from fwsim.scenario.document import Path_


class Source(Enum):
    """Why a number is in doubt."""

    STATED = "the scenario says so"
    ASSUMED = "assumed, for the scenario says nothing"
    ROLLOUTS = "rollouts differ"


class Effect(Enum):
    """What a draw of a doubt does."""

    NUMBERS = "sets numbers"
    LAW = "scales a law"
    WEIGHTS = "weighs a sample"
    CHOICE = "takes one of the choices"


class Target(NamedTuple):
    """What a draw sets.

    Parameters
    ----------
    path
        A number, or a law.
    part
        Which number of the draw it gets.
    low, high
        Where the number is cut.
    whole
        Whether it is a whole number.
    """

    path: Path_
    part: int = 0
    low: float = 0.0
    high: float = float("inf")
    whole: bool = False


@dataclass(frozen=True)
class Doubt:
    """Numbers of a scenario that are drawn together, once a run.

    Parameters
    ----------
    place
        Names it and its chances.
    targets
        What it sets: numbers, or one law.
    belief
        What is believed; None if only the difference between rollouts moves what is stated.
    source
        Why.
    effect
        What a draw does.
    scale
        Where the difference between rollouts is added.
    stated
        The numbers a story takes; 1 for a law.
    varies
        Whether the difference between rollouts widens it.
    of_whole
        Whether the numbers are shares of one whole, the rest of which goes to nobody.
    stream
        Names the chances it shares with others that are drawn together with it.
    rollouts
        In how many rollouts was seen what differs as a whole; 0 if nobody says.
    """

    place: str
    targets: tuple[Target, ...]
    belief: Belief | None
    source: Source
    effect: Effect = Effect.NUMBERS
    scale: Scale = Scale.LOGIT
    stated: tuple[float, ...] = (1.0,)
    varies: bool = False
    of_whole: bool = False
    stream: str = ""
    rollouts: int = 0

    @property
    def chances(self) -> str:
        """Names its chances: its place, unless it is drawn together with others."""
        return self.stream or self.place

    @property
    def each(self) -> PerPlace | None:
        """Who draws a value of its own."""
        return self.belief.support.each if self.belief is not None else None

    @property
    def is_widened(self) -> bool:
        """Whether the difference between rollouts is not in the belief yet."""
        return self.varies and not (self.belief and self.belief.support.knows_rollouts)

    @property
    def widening(self) -> float:
        """By how many times the difference between rollouts widens it."""
        seen_in = self.rollouts if self.belief is None else self.belief.support.rollouts
        return widening_of(seen_in)
