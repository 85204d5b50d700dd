"""Numbers that carry what is believed of them: they count as stated until one is drawn."""

from __future__ import annotations

from typing import Any, Self

from fwsim.quantities.beliefs import Belief, scaled_belief


class _Doubted:
    """A stated number of which only a belief is known; counts as the stated one.

    Two are equal only with the same belief, and none equals a plain number: a number that is known
    is another statement.
    """

    belief: Belief
    part: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Doubted):
            return False if isinstance(other, (int, float)) else NotImplemented
        return self.belief == other.belief and self.part == other.part

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __hash__(self) -> int:
        return hash(self.plain)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).of, (self.plain, self.belief, self.part)

    @property
    def plain(self) -> float:
        """What a story takes, as a number like any other."""
        raise NotImplementedError

    def __deepcopy__(self, _: Any) -> Self:
        return self

    @classmethod
    def of(cls, stated: float, belief: Belief, part: int = 0) -> Self:
        """Return a stated number with what is believed of it.

        Parameters
        ----------
        stated
            What a story takes.
        belief
            What is known.
        part
            Which number of the belief it is.
        """
        made: Self = cls(stated)  # type: ignore[call-arg]
        made.belief, made.part = belief, part
        return made


class DoubtedInt(_Doubted, int):
    """A whole number in doubt: a duration, a size, a rate."""

    __hash__ = _Doubted.__hash__

    @property
    def plain(self) -> int:
        """What a story takes."""
        return int(self)


class DoubtedFloat(_Doubted, float):
    """A number in doubt: a share, a factor, a parameter of a law."""

    __hash__ = _Doubted.__hash__

    @property
    def plain(self) -> float:
        """What a story takes."""
        return float(self)


DOUBTED = (DoubtedInt, DoubtedFloat)


def belief_of(value: object) -> Belief | None:
    """Return what is believed of a number; None if it is known, or no number."""
    return value.belief if isinstance(value, (DoubtedInt, DoubtedFloat)) else None


def times(number: int, factor: float) -> int:
    """Return so many times a size or rate, at least 1, with as much doubt."""
    belief, scaled = belief_of(number), max(1, round(number * factor))
    return scaled if belief is None else DoubtedInt.of(scaled, scaled_belief(belief, factor))
