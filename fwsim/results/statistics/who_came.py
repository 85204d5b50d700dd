"""What devices start by themselves, and how many of those it is for ever came to it.

And, where nothing is started so, in how many runs no device is targeted at all.

A device that is off when it is due, or does not start anew in time, leaves no line in a log: it is
not targeted, and in no share.
"""

from __future__ import annotations

from collections.abc import Sequence

from fwsim.measures.catalogue import TIMES, Kind
from fwsim.messages import say
from fwsim.results.run.replication import Replication
from fwsim.results.statistics.setting import Setting

OF_THOSE_WHO_CAME = frozenset(
    {Kind.SUCCESSFUL, Kind.UP_TO_DATE, Kind.OUTCOME, *TIMES, Kind.CHANCE_OF}
)
"""Shares of targeted devices, and times to them: whoever never came is in none of them."""


def who_came(setting: Setting, runs: Sequence[Replication]) -> str:
    """Return how many of the devices came that start by themselves; empty if all always did.

    Where none starts by itself, in how many of the runs no device is targeted, if not in all.

    Parameters
    ----------
    setting
        What was run.
    runs
        What its runs came to.
    """
    if setting.starters:
        return came_in_words(setting.starters, [run.absent for run in runs])
    some = sum(not run.targeted for run in runs)
    if not 0 < some < len(runs):
        return ""
    return say("headline.nobody_in_some", some=some, count=len(runs))


def as_sentence(came: str) -> str:
    """Return it as a sentence of its own; nothing stays nothing."""
    return f"{came[0].upper()}{came[1:]}." if came else ""


def came_in_words(starters: int, absent: Sequence[int]) -> str:
    """Return the same from numbers.

    Parameters
    ----------
    starters
        Devices that something is for that they start by themselves.
    absent
        How many of them never came to it, one a run.
    """
    if not starters or not any(absent):
        return ""
    low, high = (max(starters - many, 0) for many in (max(absent), min(absent)))
    told = {"count": starters, "least": low}
    if len(absent) == 1:
        return say("headline.came.one_run", **told)
    if low == high:
        return say("headline.came.always", **told)
    return say("headline.came.runs", **told, most=high)
