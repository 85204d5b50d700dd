"""What is said of a log that does not tell everything: how lines are known, what it may lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.silent_sites import named_sites
from fwsim.learning.under_way.because import Cause
from fwsim.learning.under_way.line_by_ends import is_by_ends
from fwsim.learning.under_way.missing_sites import has_line
from fwsim.messages import say
from fwsim.model.first_due import each_begun_alone, what_is_due
from fwsim.model.silence import SILENT_AFTER
from fwsim.results.statistics.in_words import moment_in_words

if TYPE_CHECKING:
    from fwsim.learning.under_way.under_way import UnderWay


def told_of_ends(under_way: UnderWay, causes: Iterable[Cause]) -> Iterator[str]:
    """Yield how lines are known, what fits no run of the plan, and of whom there is no line.

    Parameters
    ----------
    under_way
        Of which rollout.
    causes
        What is named as a reason.
    """
    by_ends = {one.place for one in under_way.inputs if is_by_ends(one)}
    if any(cause.place in by_ends for cause in causes):
        yield say("under_way.by_ends")
    if under_way.unlike:
        yield say("under_way.unlike", sites=named_sites(under_way.unlike))
    yield from _told_of_missing(under_way)
    if State.PROBING in under_way.so_far.past.tells:
        return  # it tells who was commanded, and who was not is told with what does not fit
    is_of_ends = bool(by_ends or under_way.unlike)
    due_by = under_way.until if is_of_ends else under_way.until - SILENT_AFTER
    missing, sent = _without_a_line(under_way, due_by)
    if missing > 0:
        name = "under_way.without_a_line" if is_of_ends else "under_way.without_a_line_of_more"
        yield say(name, count=missing, of=sent)


def _told_of_missing(under_way: UnderWay) -> Iterator[str]:
    """Yield of which sites the log has nothing, though by then it should."""
    missing, planned = under_way.missing, under_way.planned
    last, at = (
        moment_in_words(planned.local_time(moment)) for moment in (missing.last, under_way.until)
    )
    for sites, ending in ((missing.named, ""), (missing.unless_older, "_or_older")):
        if sites:
            devices = _at(sites, under_way)
            name, count = _counts_as(devices, under_way) + ending, int(devices.sum())
            yield say(name, sites=named_sites(sites), count=count, last=last, at=at)


def _counts_as(silent: NDArray[np.bool_], under_way: UnderWay) -> str:
    """Return the message that says what devices count as that the log has no line of."""
    if State.PROBING not in under_way.so_far.past.tells:
        return "under_way.site_missing"
    planned = under_way.planned
    field = what_is_due(planned).judged
    alone = any(silent[devices].any() for _, devices in each_begun_alone(planned, field))
    return "under_way.site_not_begun" if alone else "under_way.site_not_commanded"


def _at(sites: Sequence[str], under_way: UnderWay) -> NDArray[np.bool_]:
    """Return which devices are at some sites."""
    site = under_way.planned.fleet.site
    codes = [code for code, name in enumerate(site.values) if name in sites]
    return np.isin(site.codes, codes)


def _without_a_line(under_way: UnderWay, due_by: int) -> tuple[int, int]:
    """Return of how many devices that a command was due for a log has no line, and of how many.

    None where all of them are at sites that are named as missing.
    Of what the rollout is judged by: who is only sent something else does not count as not done.
    """
    rollout = under_way.believed
    sent = np.zeros(len(rollout.fleet), np.bool_)
    judged = what_is_due(rollout).judged
    for run in rollout.runs:
        command = run.command
        if isinstance(command.target, ClientGroupTarget) or command.status_field is not judged:
            continue
        if run.at <= due_by:
            sent[rollout.find(command.target)] = True
    silent = sent & ~has_line(under_way.so_far, rollout)
    if not (silent & ~_at(under_way.missing.sites, under_way)).any():
        return 0, int(sent.sum())
    return int(silent.sum()), int(sent.sum())
