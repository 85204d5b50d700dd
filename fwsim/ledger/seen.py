"""What a log tells of a rollout as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.ledger.ends import Ints, decisive_lines, done_lines, jobs_of
from fwsim.ledger.judged import tells_of
from fwsim.ledger.rules import Floats
from fwsim.ledger.users import UserLines
from fwsim.measures.measure import Measure
from fwsim.model.silence import SILENT_AFTER
from fwsim.observations.gaps import are_events, idle_in, may_have_ended
from fwsim.observations.observed import NEVER, Observed, What
from fwsim.observations.tries import STEPS
from fwsim.observations.words import ENDS

_NOTICES = (What.ASKED, What.STARTED, What.RAN_OUT)
_OF_USERS = (*_NOTICES, What.DEFERRED, What.CANCELLED)


@dataclass(frozen=True)
class Seen:
    """What a log tells of a rollout as a whole; times are milliseconds since the epoch.

    Parameters
    ----------
    first
        Its earliest line.
    until
        Its latest line.
    devices
        How many it tells of.
    done
        When devices were first successful, ascending; shape (successful devices,).
    not_needed
        When the others were found up to date, ascending.
    outcomes
        How many devices ended in each way and for each reason.
    under_way
        How many had begun and not ended.
    notices
        Notices on each device; None if the log tells of none.
    deferments, cancels
        Clicks; None if the log does not tell what users do.
    coarseness
        The longest stretch in which one of these things is only known to lie.
    sooner, later
        `done` and `not_needed` as early, and as late, as they can have been; None where every time
        is known.
    first_asked
        When devices were first shown a notice, ascending.
    too_soon
        On how many devices something ended before it was due: that is of something else.
    named
        How many devices it has lines of, whatever they tell.
    lost
        Since when devices that count as under way may have ended where lines of the log are
        missing, ascending.
    unheard
        How many others that count as under way were at work, and have not been heard of for long.
    idle
        How many more devices its last exports show, with nothing that had come to them.
    of_users
        Notices and clicks one by one; those it does not tell of are not among them.
    """

    first: int
    until: int
    devices: int
    done: Floats
    not_needed: Floats
    outcomes: Mapping[tuple[What, str], int]
    under_way: int
    notices: Ints | None
    deferments: int | None
    cancels: int | None
    coarseness: int
    sooner: tuple[Floats, Floats] | None = None
    later: tuple[Floats, Floats] | None = None
    first_asked: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    too_soon: int = 0
    named: int = 0
    lost: Floats = field(default_factory=lambda: np.zeros(0))
    unheard: int = 0
    idle: int = 0
    of_users: UserLines = field(default_factory=UserLines)

    @property
    def needed(self) -> int:
        """Devices but those found up to date."""
        return self.devices - len(self.not_needed)

    def silent_of(self, targeted: int) -> int:
        """Return of how many of the targeted devices it does not tell."""
        return max(0, targeted - self.devices)

    def absent_of(self, targeted: int) -> int:
        """Return how many of the targeted devices it tells nothing of."""
        named = max(self.devices, self.named)
        # Where exports show more than are targeted, nobody knows which of them are.
        return max(0, targeted - named - (self.idle if named + self.idle <= targeted else 0))

    def all_of(self, targeted: int) -> int:
        """Return how many devices count: those targeted, or those it tells of if these are more."""
        return max(targeted, self.devices, 1)

    def needing(self, measure: Measure, targeted: int) -> int:
        """Return of how many devices a measure of times takes its share."""
        return self.all_of(targeted) - (0 if measure.of_targeted else len(self.not_needed))


def seen_in(
    observed: Observed,
    since: int | None = None,
    before: int | None = None,
    *,
    field: StatusField = StatusField.UPDATE,
    due: int | None = None,
    tells_of_others: bool = False,
) -> Seen | None:
    """Return what a log tells; None if it tells nothing of that time.

    Parameters
    ----------
    observed
        The log.
    since, before
        What was over before, or began after, belongs to another rollout; milliseconds since the
        epoch.
    field
        What the rollout is judged by: lines of others tell of notices and clicks alone.
    due
        When the first of that is due: what was over before is of something else.
    tells_of_others
        Whether lines of others alone tell that nothing of it has come yet.
    """
    within = _within(observed, since, before)
    rows = np.flatnonzero(within & tells_of(observed, field))
    if not len(rows) and not (tells_of_others and within.any()):
        return None
    # A line may be of up to a step later than it says.
    is_due = observed.latest[rows] + observed.resolution > (due or 0)
    soon, rows = rows[~is_due], rows[is_due]
    ended_soon = np.isin(observed.what[soon], list(ENDS))
    users = _of_users(observed, within)
    users["named"] = len(np.unique(observed.device.codes))
    users["idle"] = len(idle_in(observed))
    users["too_soon"] = len(np.unique(observed.device.codes[soon[ended_soon]]))
    if not len(rows):
        first = int(observed.latest[within].min())
        return Seen(
            first, observed.until, 0, np.zeros(0), np.zeros(0), {}, 0, coarseness=0, **users
        )
    return _told_by(observed, rows, since or 0, due or 0, users)


def _told_by(observed: Observed, rows: Ints, since: int, due: int, users: dict[str, Any]) -> Seen:
    """Return what lines of what is judged tell."""
    device = observed.device.codes[rows].astype(np.int64)
    what = observed.what[rows].astype(np.int64)
    early, late = observed.earliest[rows], np.maximum(observed.latest[rows], due)
    early = np.where(early < since, early, np.maximum(early, due))
    since_known = np.where(early < max(since, 1), late, early)
    at = (since_known + late) / 2
    job = jobs_of(device, observed.command[rows].astype(np.int64), what, late)
    decisive = decisive_lines(device, job, what)
    done, ends = done_lines(device, job, what), what[decisive]
    up_to_date = decisive[ends == What.NOT_NEEDED]
    sooner, later = _between_which(np.maximum(early, since), late, (done, up_to_date))
    reasons = observed.detail.codes[rows][decisive]
    is_open = ~np.isin(ends, list(ENDS))
    last = rows[np.setdiff1d(decisive[is_open], done)]
    ended_unseen = _may_have_ended(observed, last)
    is_lost = ended_unseen < NEVER
    return Seen(
        first=int(since_known.min()),
        until=observed.until,
        devices=len(decisive),
        done=np.sort(at[done]),
        not_needed=np.sort(at[up_to_date]),
        outcomes=_outcomes(ends, reasons, observed.detail.values),
        under_way=int(is_open.sum()),
        lost=np.sort(ended_unseen[is_lost]).astype(np.float64),
        unheard=int(_are_silent(observed, last[~is_lost]).sum()),
        coarseness=int((late - since_known).max()),
        sooner=sooner,
        later=later,
        **users,
    )


def _may_have_ended(observed: Observed, last: Ints) -> Ints:
    """Return since when what is under way by its last line may have ended unseen."""
    is_put_off = observed.what[last] == What.DEFERRED
    put_off = np.where(is_put_off, np.maximum(observed.amount[last], 0), 0)
    device = observed.device.codes[last].astype(np.int64)
    return may_have_ended(observed, device, observed.latest[last] + put_off)


def _are_silent(observed: Observed, last: Ints) -> NDArray[np.bool_]:
    """Tell who was at work by its last line of any kind, long before the log ends."""
    heard = np.full(len(observed.device.values), -1, np.int64)
    np.maximum.at(heard, observed.device.codes, observed.latest)
    at = observed.latest[last]
    is_last = (at == heard[observed.device.codes[last]]) & are_events(observed)[last]
    is_long_ago = at <= observed.until - SILENT_AFTER
    return np.asarray(is_last & is_long_ago & np.isin(observed.what[last], STEPS))


def _within(observed: Observed, since: int | None, before: int | None) -> NDArray[np.bool_]:
    """Return which lines are of a rollout, but for those of devices that go on or off."""
    within: NDArray[np.bool_] = ~np.isin(observed.what, (What.ON, What.OFF))
    if since is not None:
        within &= observed.latest >= since
    if before is not None:
        within &= observed.earliest <= before
    return within


def _between_which(
    early: Ints, late: Ints, kinds: tuple[Ints, Ints]
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]] | tuple[None, None]:
    """Return lines of two kinds as early, and as late, as they can have been, each ascending.

    None where every time is known.
    """
    one, other = kinds
    sooner, later = (
        (np.sort(times[one]), np.sort(times[other]))
        for times in (early.astype(np.float64), late.astype(np.float64))
    )
    return (None, None) if all(map(np.array_equal, sooner, later)) else (sooner, later)


def _of_users(observed: Observed, within: NDArray[np.bool_]) -> dict[str, Any]:
    """Return what a log tells of notices and clicks, by the parameters of `Seen`."""
    lines = np.flatnonzero(within & np.isin(observed.what, _OF_USERS))
    what = observed.what[lines]
    prompts = lines[what == What.ASKED]
    device = observed.device.codes[prompts]
    deferments, cancels = (int((what == kind).sum()) for kind in (What.DEFERRED, What.CANCELLED))
    tells_notices, lacks = bool(np.isin(what, _NOTICES).any()), _has_gap(observed, within)
    return {
        "notices": np.bincount(device) if tells_notices and not lacks else None,
        "deferments": deferments if (tells_notices or deferments) and not lacks else None,
        "cancels": cancels if (tells_notices or cancels) and not lacks else None,
        "first_asked": _first_of_each(device, observed.latest[prompts]),
        "of_users": UserLines(
            observed.device.codes[lines].astype(np.int64),
            what.astype(np.int64),
            observed.earliest[lines],
            observed.latest[lines],
        ),
    }


def _has_gap(observed: Observed, within: NDArray[np.bool_]) -> bool:
    """Tell whether lines are missing among those of a rollout."""
    at = observed.latest[within]
    return any((at <= gap.begin).any() and (at >= gap.end).any() for gap in observed.gaps)


def _first_of_each(device: NDArray[np.int32], at: Ints) -> Ints:
    """Return the first time of each device, ascending."""
    order = np.lexsort((at, device))
    is_first = np.diff(device[order], prepend=-1) != 0
    return np.sort(at[order][is_first])


def _outcomes(
    ends: Ints, reasons: NDArray[np.int32], words: Sequence[str]
) -> dict[tuple[What, str], int]:
    """Return how many devices ended in which way, for which reason."""
    kinds = len(words)
    pairs, counts = np.unique(ends * kinds + reasons, return_counts=True)
    return {
        (What(pair // kinds), words[pair % kinds]): count
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    }
