"""Something in a scenario that is hardly meant, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from fwsim.messages import say

MOST_OF_A_KIND = 20
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is odd, and where in the scenario it stands.

    Parameters
    ----------
    place
        The keys that lead there.
    text
        What will happen, and the nearest thing that may have been meant.
    at_key
        Whether the key itself is odd, not its value.
    """

    place: Place
    text: str
    at_key: bool = False


def sentence(text: str) -> str:
    """Return what is odd as a sentence of its own."""
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"


def first_few(oddities: Iterable[Oddity]) -> Iterator[Oddity]:
    """Yield the first oddities of a kind, and how many there are beside them."""
    waiting = iter(oddities)
    yield from islice(waiting, MOST_OF_A_KIND)
    left = list(waiting)
    if len(left) == 1:
        yield left[0]
    elif left:
        text = say("warning.more_of_a_kind", text=left[0].text, count=len(left) - 1)
        yield Oddity(left[0].place, text, left[0].at_key)
