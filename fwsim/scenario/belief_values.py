"""Beliefs as a scenario writes them: ``{between: [10 s, 25 s]}``, ``{seen: 3 of 120}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.beliefs import (
    NOTHING,
    About,
    Belief,
    Between,
    Drawn,
    PerPlace,
    Resampled,
    Scale,
    Seen,
    SharesAbout,
    SharesSeen,
    Support,
    Weighed,
    about_moments,
)
from fwsim.quantities.counts import LARGEST_DURATION, LARGEST_RATE, LARGEST_SIZE, whole
from fwsim.quantities.doubted import DOUBTED, DoubtedFloat, belief_of
from fwsim.quantities.units import (
    TOLERANCE,
    plain_share,
    read_duration,
    read_rate,
    read_share,
    read_size,
    sum_of_shares,
    write_duration,
    write_rate,
    write_share,
    write_size,
)

_KINDS = ("between", "about", "seen")
_BESIDE = ("each", "rollouts")
_ALLOWED = {
    "between": ("between", *_BESIDE),
    "about": ("about", "worth", *_BESIDE),
    "seen": ("seen", *_BESIDE),
    "sample": ("sample", "resampled", *_BESIDE),
}
_COUNTS = re.compile(r"(\d{1,9})\s+(?:of|von)\s+(\d{1,9})")
TOGETHER = frozenset({"about", "seen", "worth", *_BESIDE})
"""Keys of a belief about shares that stand beside others of their section."""
MOST_WORTH = 1_000_000_000
MOST_ROLLOUTS = 1_000_000
_CHANCES = (np.arange(999)[:, None] + 0.5) / 999
REST = "ignored"
"""What users do who click nothing."""


@dataclass(frozen=True)
class Quantity:
    """A kind of number that can be in doubt.

    Parameters
    ----------
    noun
        What it is, for people.
    read, write
        From what a file holds to the number, and back.
    scale
        Where doubt is added to it.
    most
        What can be read at most, so that nothing larger is drawn.
    """

    noun: str
    read: Callable[[Any], float]
    write: Callable[[Any], Any]
    scale: Scale
    most: float = inf


def _with_unit(read: Callable[[str], int], kind: str) -> Callable[[Any], float]:
    def number(value: Any) -> float:
        if value is None:
            expected = say(f"unit.a.{kind}")
            raise ValueError(say("value.nothing_does_not_fit", expected=expected))
        if not isinstance(value, str):
            raise ValueError(say("unit.missing", value=value, expected=say(f"unit.a.{kind}")))
        return float(read(value))

    return number


def _share(value: Any) -> float:
    """Return a share; a number without a unit is one, too."""
    if value is None:
        raise ValueError(say("value.nothing_does_not_fit", expected=say("unit.a.share")))
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(say("unit.not_share", text=value))
    if isinstance(value, str):
        return read_share(value)
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(say("unit.not_share", text=value))
    return plain_share(value, str(value))


DURATION = Quantity(
    "a duration",
    _with_unit(read_duration, "duration"),
    lambda value: write_duration(round(value)),
    Scale.LOG,
    LARGEST_DURATION,
)
SIZE = Quantity(
    "a size",
    _with_unit(read_size, "size"),
    lambda value: write_size(round(value)),
    Scale.LOG,
    LARGEST_SIZE,
)
RATE = Quantity(
    "a rate",
    _with_unit(read_rate, "rate"),
    lambda value: write_rate(round(value)),
    Scale.LOG,
    LARGEST_RATE,
)
SHARE = Quantity("a share", _share, write_share, Scale.LOGIT, 1.0)


def is_belief(value: Any) -> bool:
    """Tell whether a value of a file says what is believed of a number."""
    return isinstance(value, Mapping) and any(key in value for key in _KINDS)


def is_resampled(value: Any) -> bool:
    """Tell whether a value is a measured sample that is itself uncertain."""
    return isinstance(value, Mapping) and "sample" in value and len(value) > 1


def _check_keys(value: Mapping[str, Any], kind: str) -> None:
    allowed = _ALLOWED[kind]
    for key in value:
        if key not in allowed:
            near = nearest(str(key), allowed)
            words = {"name": key, "kind": kind, "near": near, "known": ", ".join(allowed[1:])}
            raise ValueError(say("key.beside", **words))


def _kind(value: Mapping[str, Any]) -> str:
    kinds = [key for key in _KINDS if key in value]
    if len(kinds) > 1:
        raise ValueError(say("belief.one", kinds=", ".join(kinds)))
    _check_keys(value, kinds[0])
    return kinds[0]


def _support(value: Mapping[str, Any]) -> Support:
    each, rollouts = value.get("each"), value.get("rollouts", 0)
    known = [place.value for place in PerPlace]
    if each is not None and each not in known:
        near = nearest(str(each), known)
        raise ValueError(say("unknown.each", name=each, near=near))
    if whole(rollouts) is None:
        raise ValueError(say("belief.rollouts_whole", value=rollouts))
    if not 0 <= rollouts <= MOST_ROLLOUTS:
        raise ValueError(say("belief.rollouts_range", value=rollouts, last=MOST_ROLLOUTS))
    if each is None and not rollouts:
        return NOTHING
    return Support(each=None if each is None else PerPlace(each), rollouts=rollouts)


def _worth(value: Mapping[str, Any]) -> float:
    worth = value.get("worth")
    if worth is None:
        raise ValueError(say("belief.no_worth"))
    if isinstance(worth, bool) or not isinstance(worth, (int, float)):
        raise ValueError(say("belief.worth_number", value=worth))
    if not 0 < worth <= MOST_WORTH:
        raise ValueError(say("belief.worth_range", value=worth, last=MOST_WORTH))
    return +worth  # without how it was written


def _count(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_WORTH:
        raise ValueError(say("belief.count", name=name, value=value))
    return value


def _between(value: Mapping[str, Any], quantity: Quantity) -> Between:
    pair = value["between"]
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise ValueError(say("belief.two_ends", value=pair))
    low, high = (quantity.read(end) for end in pair)
    if not low < high:
        raise ValueError(say("belief.order", low=pair[0], high=pair[1]))
    if low <= 0 or (quantity.scale is Scale.LOGIT and high >= 1):
        ends = "ends_of_share" if quantity.scale is Scale.LOGIT else "end_at_zero"
        raise ValueError(say(f"belief.{ends}", value=pair))
    return Between(low, high, quantity.scale, support=_support(value))


def _about(value: Mapping[str, Any], quantity: Quantity) -> About:
    if quantity.scale is not Scale.LOGIT:
        raise ValueError(say("belief.for_shares", kind="about"))
    share, worth = quantity.read(value["about"]), _worth(value)
    if not 0 < share < 1:
        raise ValueError(say("belief.certain", value=value["about"]))
    return About(share, worth, _support(value))


def _seen(value: Mapping[str, Any], quantity: Quantity) -> Seen:
    if quantity.scale is not Scale.LOGIT:
        raise ValueError(say("belief.for_shares", kind="seen"))
    match = _COUNTS.fullmatch(str(value["seen"]).strip())
    if match is None:
        raise ValueError(say("belief.seen", value=value["seen"]))
    hits, of = int(match[1]), int(match[2])
    if not hits <= of or not of:
        raise ValueError(say("belief.impossible", hits=hits, of=of))
    return Seen(hits, of, _support(value))


def read_belief(value: Mapping[str, Any], quantity: Quantity) -> Belief:
    """Return what a file says is believed of a number.

    Raises
    ------
    ValueError
        If it does not fit the quantity.
    """
    match _kind(value):
        case "between":
            return _between(value, quantity)
        case "about":
            return _about(value, quantity)
        case _:
            return _seen(value, quantity)


def read_plain(value: Any, quantity: Quantity) -> Any:
    """Return what a quantity reads; a belief whose word has a slip is told with the right one.

    Raises
    ------
    ValueError
        If it is no such quantity.
    """
    try:
        return quantity.read(value)
    except ValueError as error:
        keys = value if isinstance(value, Mapping) else ()
        hints = (nearest(str(key), _KINDS) for key in keys)
        if near := next(filter(None, hints), ""):
            raise ValueError(f"{error}{near}") from None
        raise


def read_number(value: Any, quantity: Quantity) -> float:
    """Return a number of a file, in doubt or not."""
    if isinstance(value, DOUBTED):
        return value
    if not is_belief(value):
        number: float = read_plain(value, quantity)
        return number
    belief = read_belief(value, quantity)
    return DoubtedFloat.of(belief.middle[0], belief)


def write_number(value: float, quantity: Quantity) -> Any:
    """Return what a file says for a number, in doubt or not."""
    belief = belief_of(value)
    if isinstance(belief, (Between, Drawn)) and quantity is SHARE:
        belief = _as_share(belief)
    return quantity.write(value) if belief is None else written(belief, quantity)


def _as_share(belief: Between | Drawn) -> Belief:
    """Return what a file can say of a share: nearly that, if it is no normal law of a logit."""
    if isinstance(belief, Between) and belief.scale is Scale.LOGIT:
        return belief
    values = belief.quantile(_CHANCES)[:, 0]
    return about_moments(float(values.mean()), float(values.var()), belief.support)


def _beside(support: Support) -> dict[str, Any]:
    data: dict[str, Any] = {} if support.each is None else {"each": support.each.value}
    return data | ({"rollouts": support.rollouts} if support.rollouts else {})


def written(belief: Belief, quantity: Quantity, names: Iterable[str] = ()) -> dict[str, Any]:
    """Return a belief as a file says it.

    Parameters
    ----------
    belief
        Of one number, or of several.
    quantity
        What they are.
    names
        Of several: their names in order; what has no name is left out.
    """
    match belief:
        case Between():
            data: dict[str, Any] = {
                "between": [quantity.write(end) for end in (belief.low, belief.high)]
            }
        case About():
            data = {"about": quantity.write(belief.share), "worth": belief.worth}
        case Seen():
            data = {"seen": f"{belief.hits} of {belief.of}"}
        case SharesAbout():
            shares = zip(names, belief.shares, strict=False)
            data = {
                "about": {name: quantity.write(share) for name, share in shares if name},
                "worth": belief.worth,
            }
        case SharesSeen():
            counts = zip(names, belief.counts, strict=False)
            data = {"seen": {name: count for name, count in counts if name}}
        case Resampled():
            data = {"resampled": True}
        case Weighed():
            return shares_written(dict(zip(belief.names, belief.shares, strict=True)))
        case Drawn():
            raise TypeError("what was drawn stands in a file of its own")
    return data | _beside(belief.support)


def read_resampled(value: Mapping[str, Any]) -> Resampled | None:
    """Return what is believed of how often each value of a sample comes; None if it is certain."""
    _check_keys(value, "sample")
    if not isinstance(value.get("resampled"), bool):
        raise ValueError(say("belief.resampled"))
    sample = value["sample"]
    if not value["resampled"] or not isinstance(sample, list):
        return None
    return Resampled(len(sample), _support(value))


def read_shares(value: Mapping[str, Any], *, rest: str = "") -> dict[str, float]:
    """Return shares of one whole that are in doubt together, by name.

    Parameters
    ----------
    value
        The belief: ``about`` or ``seen`` with a map of names.
    rest
        Name of what is left to 100 %; empty if there must be nothing left.
    """
    kind = _kind(value)
    named = value[kind]
    if kind == "between" or not isinstance(named, Mapping) or not named:
        raise ValueError(say("belief.several", kind=kind))
    names = [str(name) for name in named]
    if kind == "seen":
        counts = tuple(_count(count, str(name)) for name, count in named.items())
        if not sum(counts):
            raise ValueError(say("belief.nothing_seen"))
        belief: Belief = SharesSeen(counts, _support(value))
    else:
        shares = [_share(share) for share in named.values()]
        names, shares = _filled(names, shares, rest)
        belief = SharesAbout(tuple(shares), _worth(value), _support(value))
    return {
        name: DoubtedFloat.of(share, belief, part)
        for part, (name, share) in enumerate(zip(names, belief.middle, strict=True))
    }


def _filled(names: list[str], shares: list[float], rest: str) -> tuple[list[str], list[float]]:
    """Return names and shares with what is left to the whole."""
    total, shown = sum_of_shares(shares)
    if total > 1 + TOLERANCE:
        raise ValueError(say("belief.sum_above", sum=shown))
    left = float(1 - total)
    if rest and rest not in names:
        return [*names, rest], [*shares, max(0.0, left)]
    if abs(left) > TOLERANCE:
        raise ValueError(say("belief.sum", sum=shown))
    return names, shares


def shares_written(shares: Mapping[str, float]) -> dict[str, Any]:
    """Return shares of one whole as a file says them, in doubt together or each for itself."""
    beliefs = {id(belief_of(share)): belief_of(share) for share in shares.values()}
    belief = next(iter(beliefs.values()), None)
    if len(beliefs) == 1 and isinstance(belief, (SharesAbout, SharesSeen)):
        return written(belief, SHARE, list(shares))
    return {name: write_number(share, SHARE) for name, share in shares.items()}
