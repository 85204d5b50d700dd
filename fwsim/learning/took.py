"""How long things took in logs: restart, checks, installation, transfer; with what was cut off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.notice import NEVER
from fwsim.learning.asked import AT_ONCE
from fwsim.learning.begun import begun_apart, by_line
from fwsim.learning.counted import first_lines
from fwsim.learning.durations import Spans
from fwsim.learning.failed_in import has_detail
from fwsim.learning.journeys import NOWHERE, Ints, Journeys
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, What

_MANY_LOOKS = 5
"""Between so many exports of the console hardly anything comes and goes unseen [A]."""
_MOST_LAST = 0.9
"""Share of what was seen that has to last so long [A]."""


@dataclass(frozen=True)
class Took:
    """Times of one kind, milliseconds; arrays have shape (times,).

    Parameters
    ----------
    spans
        How long, with what was cut off.
    line
        The line each begins with.
    """

    spans: Spans
    line: Ints

    def __len__(self) -> int:
        return len(self.line)

    def where(self, chosen: NDArray[np.bool_]) -> Took:
        """Return some of them."""
        return Took(self.spans.where(chosen), self.line[chosen])


def took(journeys: Journeys, begins: NDArray[np.bool_], ends: NDArray[np.bool_]) -> Took:
    """Return how long it took from lines that begin something to the next line, if that ends it.

    What another line follows is left out: it was broken off, and when is not told. What no line
    follows was under way when the log ended, unless the log holds only what has finished. What
    somebody saw by looking at the console is left out, unless it lasted for many looks: the longer
    it took, the more often it was seen.

    Parameters
    ----------
    journeys
        All lines.
    begins, ends
        Which lines begin and end it.
    """
    lines = np.flatnonzero(begins & ~(journeys.is_look & (journeys.early <= LONG_AGO)))
    after = journeys.following(lines)
    is_over = (after != NOWHERE) & ends[np.maximum(after, 0)]
    is_open = (after == NOWHERE) & ~journeys.only_finished[lines]
    kept = is_over | is_open
    lines, after, is_over = lines[kept], after[kept], is_over[kept]
    room = (journeys.until[lines] - journeys.early[lines]).astype(np.float64)
    blur = journeys.blur(lines)
    least = journeys.early[np.maximum(after, 0)] - journeys.late[lines] - blur
    most = journeys.late[np.maximum(after, 0)] - journeys.early[lines] + blur
    so_far = journeys.until[lines] - journeys.late[lines]
    low = np.where(is_over, np.maximum(least, 0), np.maximum(so_far, 0)).astype(np.float64)
    high = np.where(is_over, np.maximum(most, 0), np.inf).astype(np.float64)
    before = np.where(journeys.only_finished[lines], np.maximum(room, high), np.inf)
    found = Took(Spans(low, high, np.zeros(len(lines)), before), lines)
    if not journeys.is_look.any():
        return found
    is_told = ~journeys.is_look[lines] | seldom_missed(journeys, found)[journeys.rollout[lines]]
    return found.where(is_told)


def seldom_missed(journeys: Journeys, found: Took) -> NDArray[np.bool_]:
    """Tell in which logs looks came so often that hardly any of these was over between two.

    Where the console shows a time of its own, nothing tells how often somebody looked.
    """
    is_look = journeys.is_look[found.line] & found.spans.whole
    lines, middles = found.line[is_look], found.spans.middles[is_look]
    step = journeys.late[lines] - journeys.early[lines]
    lasts = (step > journeys.blur(lines)) & (middles >= _MANY_LOOKS * step)
    every, lasting = (
        np.bincount(journeys.rollout[some], minlength=journeys.rollouts)
        for some in (lines, lines[lasts])
    )
    return np.asarray((lasting > 0) & (lasting >= _MOST_LAST * every))


def restarts(journeys: Journeys, rollout: Rollout) -> Took:
    """Return restarts after the installation; one of a device being switched off is none.

    Where a restart is waited for, only its own line tells when it begins.

    Parameters
    ----------
    journeys
        All lines.
    rollout
        Whose commands: from when on a restart is waited for is as much later as they are.
    """
    written = journeys.of(What.WRITTEN) & ~_may_be_given_grace(journeys, rollout)
    restarting = journeys.of(What.RESTARTING)
    after = journeys.following(np.arange(len(journeys)))
    is_told_twice = written & (after != NOWHERE) & restarting[np.maximum(after, 0)]
    found = took(journeys, restarting | (written & ~is_told_twice), journeys.of(What.DONE))
    return found.where(~_ends_off(journeys, found))


def _may_be_given_grace(journeys: Journeys, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell at which lines what is installed may wait for its restart."""
    orders = journeys.orders
    since = [order.force_at if order.grace > 0 else NEVER for order in orders] + [NEVER]
    of_line = np.array(since, np.int64)[journeys.run]  # the last is of NOBODY
    later = by_line(journeys, begun_apart(journeys, rollout))
    begun = rollout.epoch + of_line + later
    latest = journeys.late + journeys.blur(np.arange(len(journeys)))
    return np.asarray((of_line != NEVER) & (latest >= begun))


def _ends_off(journeys: Journeys, found: Took) -> NDArray[np.bool_]:
    """Tell which devices were switched off as soon as it was over."""
    over = journeys.following(found.line)
    off = journeys.following(np.maximum(over, 0))
    is_off = (over != NOWHERE) & (off != NOWHERE)
    is_off &= journeys.what[np.maximum(off, 0)] == What.OFF
    away = journeys.early[np.maximum(off, 0)] - journeys.late[np.maximum(over, 0)]
    return np.asarray(is_off & (away <= AT_ONCE))


def starts(journeys: Journeys, rollout: Rollout) -> Took:
    """Return the times from a wake-up to the device's contact.

    Who has not come within the time that the server waits is not told from who cannot be woken, so
    a start is only seen if it takes no longer.

    Parameters
    ----------
    journeys
        All lines.
    rollout
        Says who woke devices, and how long the server waits.
    """
    waits = rollout.assumptions.wake_timeout
    reached = journeys.of(What.OFFERED, What.CHECKING, What.ASKED)
    found = took(journeys, _wake_ups(journeys, rollout), reached)
    found = found.where(found.spans.whole)
    room = (journeys.until[found.line] - journeys.early[found.line]).astype(np.float64)
    spans = found.spans
    before = np.maximum(np.minimum(room, waits), spans.high)
    return Took(replace(spans, before=before), found.line)


def wake_ups_in_vain(journeys: Journeys, rollout: Rollout) -> Took:
    """Return how long the server waited for devices that it could not switch on."""
    in_vain = has_detail(journeys, Detail.NOT_SWITCHED_ON)
    found = took(journeys, _wake_ups(journeys, rollout), in_vain)
    return found.where(found.spans.whole)


def _wake_ups(journeys: Journeys, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines say that a command found its device switched off, and woke it.

    A device that was off before the command came is none of them.
    """
    begun = rollout.epoch
    runs = [order.run for order in journeys.orders]
    wakes = np.array([not run.command.only_switched_on for run in runs] or [False], bool)
    at = np.array([begun + run.at for run in runs] or [0], np.int64)
    later = by_line(journeys, begun_apart(journeys, rollout))
    first = first_lines(journeys)
    run = np.maximum(journeys.run[first], 0)
    found = np.zeros(len(journeys), bool)
    found[first] = (journeys.what[first] == What.OFF) & (journeys.run[first] >= 0) & wakes[run]
    found[first] &= journeys.late[first] >= at[run] + later[first]
    found[first] &= (journeys.stretch[first] == 0) & ~journeys.is_look[first]
    return found


def package_checks(journeys: Journeys) -> Took:
    """Return the times from Transfer completed to Installation started."""
    return took(journeys, journeys.of(What.FETCHED), journeys.of(What.WRITING))


def image_checks(journeys: Journeys) -> Took:
    """Return the times from asking for the image definition to the notice."""
    return took(journeys, journeys.of(What.CHECKING), journeys.of(What.ASKED))


def installations(journeys: Journeys) -> Took:
    """Return installations in one piece; package by package nobody tells what was written."""
    writing = journeys.of(What.WRITING)
    job = journeys.job
    often = np.bincount(job[writing], minlength=int(job.max(initial=0)) + 1)
    alone = writing & (often[job] == 1)
    return took(journeys, alone, journeys.of(What.WRITTEN, What.RESTARTING))


def transfers(journeys: Journeys) -> Took:
    """Return transfers from their start to Transfer completed, or to the installation."""
    return took(journeys, journeys.of(What.FETCHING), journeys.of(What.FETCHED, What.WRITING))
