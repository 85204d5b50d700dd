"""What is still to come in plans of one horizon, where a run ends with devices under way.

Who is not done has not cost all that it will: by that no plan is cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fwsim.measures.amounts import shown_share
from fwsim.measures.catalogue import OF_PEOPLE, Kind
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.measures.outcomes import is_under_way
from fwsim.messages import say
from fwsim.quantities.elementary import summed
from fwsim.results.run.replication import Replication

_COSTS = frozenset({*OF_PEOPLE, Kind.WAN})
"""What grows until the last device is done."""


def share_under_way(runs: Sequence[Replication]) -> float:
    """Return how many of the targeted devices are under way when runs end, on average."""
    found = (
        share
        for run in runs
        for measure, share in run.values.items()
        if measure.kind is Kind.OUTCOME
        and measure.is_of_all
        and measure.detail is None  # one that was asked for counts a part of them again
        and is_under_way(measure.outcome)
    )
    return summed(found) / len(runs)


def may_come_to_more(measure: Measure, least: Sequence[float], most: Sequence[float]) -> bool:
    """Tell whether a plan may cost as much as another once those under way in it are done.

    That is so if each of them costs what the others did, on average [A], and where nobody is done
    in either plan.

    Parameters
    ----------
    measure
        The cost.
    least, most
        Of the plan with less cost, and of the other: the mean cost, and the share of devices under
        way.
    """
    if measure.kind not in _COSTS or measure.time is not None:
        return False
    (cost, left), (other_cost, other_left) = least, most
    return (
        left >= other_left
        and cost < other_cost
        and cost * (1 - other_left) >= other_cost * (1 - left)
    )


def still_to_come_in_words(
    plans: tuple[str, str], left: tuple[float, float], measures: Iterable[Measure]
) -> str:
    """Return that a plan is not cheaper by what it has not done yet; the plan comes first."""
    more, fewer = map(shown_share, left)
    what = ", ".join(map(measure_in_words, measures))
    words = {"plan": plans[0], "base": plans[1], "more": more, "fewer": fewer, "what": what}
    return say("comparison.still_to_come", **words)
