"""Notices out of logs: who was asked what, how it ended, how long somebody was there meanwhile.

Nothing in a real log says that a notice ran out, or that a shutdown began the update: the next that
is seen is the update. So one that lasted as long as it is shown has run out; one followed by an
update at whose end the device is switched off at once may have ended with *now* or with a shutdown;
one that lasted longer was not in front of anybody, and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import Fact
from fwsim.commands.notice import NEVER, allowed_deferments, buttons
from fwsim.learning.begun import begun_apart, by_line, whole_days
from fwsim.learning.counted import first_lines
from fwsim.learning.habits_then import people_then
from fwsim.learning.journeys import NOWHERE, Ints, Journeys
from fwsim.learning.notices import Ended, Notices
from fwsim.learning.presence_clock import PresenceClock, zone_of_units
from fwsim.model.order import Order
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, What
from fwsim.scenario.fleet_build import DEFAULT

_SLACK = 1_000
"""A notice that lasts nearly as long as it is shown has run out, milliseconds."""
AT_ONCE = 60_000
"""A device that is off so soon after its update was being switched off."""
_MONTH = 31 * 24 * 3600 * 1000
_LONG = 10 * 365 * 24 * 3600 * 1000
_CONSENT = (
    What.STARTED,
    What.RAN_OUT,
    What.CHECKING,
    What.FETCHING,
    What.FETCHED,
    What.WRITING,
    What.FAILED,
    What.NOT_NEEDED,
    What.QUEUED,
)


@dataclass(frozen=True)
class _Seen:
    """Notices before presence is counted; arrays have shape (notices,)."""

    line: Ints
    ended: NDArray[np.int8]
    low: Ints
    high: Ints
    seconds: Ints
    span: Ints
    is_known: NDArray[np.bool_]


def notices_in(journeys: Journeys, rollout: Rollout) -> dict[tuple[str, int], Notices]:
    """Return the notices in logs, by kind of people (as the scenario names it) and rollout."""
    orders = {
        number: order for number, order in enumerate(journeys.orders) if order.facts & Fact.INFORM
    }
    asked = np.flatnonzero(journeys.of(What.ASKED) & (journeys.device >= 0) & (journeys.run >= 0))
    asked = asked[np.isin(journeys.run[asked], list(orders))]
    # Of what a first export shows nobody knows how long it had been there: it says nothing.
    asked = asked[journeys.early[asked] > LONG_AGO]
    # Of what somebody saw by looking, most that was answered at once is missing.
    asked = asked[~journeys.is_look[asked]]
    # Behind a gap nobody knows which buttons are left, unless the log says so.
    begun = first_lines(journeys)[journeys.job[asked]]
    told = (journeys.amount[asked] >= 0) | (journeys.stretch[asked] == journeys.stretch[begun])
    asked = asked[told]
    if not len(asked):
        return {}
    seen = _seen(journeys, asked, orders, _forced(journeys, asked, rollout, orders))
    offered = _offered(journeys, asked, rollout, orders)
    low, high, cut, is_there = _in_presence(journeys, seen, rollout)
    # Where nobody is, nobody clicks: it was the device's being switched off.
    begins = np.isin(seen.ended, [Ended.NOW, Ended.EITHER]) & ~is_there
    ended = np.where(begins, np.int8(Ended.SILENT), seen.ended)
    high = np.where(begins, low, high)
    # Who clicks while nobody is there by the scenario: that tells what was clicked, not how soon.
    against = np.isin(seen.ended, [Ended.DEFER, Ended.CANCEL]) & ~is_there
    low, high, cut = (np.where(against, *ends) for ends in ((0, low), (_LONG, high), (_LONG, cut)))
    device = journeys.device[asked]
    kinds = [
        name if name in rollout.scenario.people else DEFAULT for name in rollout.fleet.people.values
    ]
    distinct = list(dict.fromkeys(kinds))
    kind = np.array([distinct.index(name) for name in kinds])[rollout.fleet.people.codes[device]]
    found: dict[tuple[str, int], Notices] = {}
    for code, name in enumerate(distinct):
        for log in range(journeys.rollouts):
            mine = seen.is_known & (kind == code) & (journeys.rollout[asked] == log)
            if mine.any():
                found[name, log] = Notices(
                    journeys.owner[asked],
                    ended,
                    low / 1000,
                    high / 1000,
                    offered,
                    cut / 1000,
                    seen.span / 1000,
                ).where(mine)
    return found


def _forced(
    journeys: Journeys, asked: Ints, rollout: Rollout, orders: dict[int, Order]
) -> NDArray[np.bool_]:
    """Tell which notices the command itself ended, at its `force_at`.

    In the log of another date that is as much later as the command, or at its time on that day.
    """
    begun = rollout.epoch
    forced = {number: order.force_at for number, order in orders.items()}
    at = np.array([forced[int(run)] for run in journeys.run[asked]], np.int64)
    after = journeys.following(asked)
    apart = begun_apart(journeys, rollout)
    days, later = whole_days(apart)[journeys.rollout[asked]], by_line(journeys, apart)[asked]
    ended = journeys.early[np.maximum(after, 0)] - begun - np.where(at == NEVER, 0, at)
    away = np.minimum(np.abs(ended - days), np.abs(ended - later))
    blur = np.maximum(journeys.resolution[asked], _SLACK)
    return np.asarray((after >= 0) & (at != NEVER) & (away <= blur))


def _seen(
    journeys: Journeys, asked: Ints, orders: dict[int, Order], forced: NDArray[np.bool_]
) -> _Seen:
    """Return how each notice ended, on the wall clock.

    Parameters
    ----------
    journeys
        All lines.
    asked
        Those of notices.
    orders
        Of the commands that ask.
    forced
        Which ended whatever the user did.
    """
    after = journeys.following(asked)
    is_last = after == NOWHERE
    what = np.where(is_last, NOWHERE, journeys.what[after])
    low, high = _waits(journeys, asked, after)
    shown = _shown(journeys.run[asked], orders)
    blur = np.maximum(journeys.resolution[asked], _SLACK)
    consents = np.isin(what, [int(one) for one in _CONSENT])
    ran_out = forced | (consents & (high >= shown - blur) & (low <= shown + blur))
    # With an amount it is the guess of a reader that was not told how long notices were shown.
    ran_out |= (what == What.RAN_OUT) & (journeys.amount[after] < 0)
    clicks_now = consents & ~ran_out & (high < shown)
    span = _update_until_off(journeys, after)
    ended = _endings(what, clicks_now, span)
    is_quiet = ended == Ended.SILENT
    middle = np.where(what == What.RAN_OUT, np.minimum(shown, (low + high) // 2), low)
    runs_out_by_itself = consents & ran_out & ~forced & (what != What.RAN_OUT)
    until = np.where(runs_out_by_itself, shown, middle)
    low, high = np.where(is_quiet, np.minimum(until, shown), low), np.where(is_quiet, until, high)
    high = np.where(is_quiet, low, high)
    ends_known = is_last | ran_out | ~is_quiet
    ends_known |= (what == What.OFF) | (what == What.SUPERSEDED)
    return _Seen(asked, ended, low, high, shown, span, ends_known & (low <= shown))


def _endings(what: Ints, clicks_now: NDArray[np.bool_], span: Ints) -> NDArray[np.int8]:
    """Return how notices ended, by what came next."""
    ended = np.full(len(what), int(Ended.SILENT), np.int8)
    ended[what == What.DEFERRED] = Ended.DEFER
    ended[what == What.CANCELLED] = Ended.CANCEL
    ended[clicks_now] = Ended.NOW
    ended[clicks_now & (span > 0)] = Ended.EITHER
    return ended


def _shown(runs: Ints, orders: dict[int, Order]) -> Ints:
    """Return how long each notice is shown; very long where it never runs out."""
    distinct, place = np.unique(runs, return_inverse=True)
    shown = np.array([orders[run].seconds * 1000 for run in distinct.tolist()], np.int64)
    return np.where(shown > 0, shown, _LONG)[place.reshape(-1)]


def _waits(journeys: Journeys, asked: Ints, after: Ints) -> tuple[Ints, Ints]:
    """Return how long each notice lasted, at least and at most."""
    is_last = after == NOWHERE
    blur = journeys.blur(asked)
    low = np.where(is_last, journeys.until[asked], journeys.early[after]) - journeys.late[asked]
    high = np.where(is_last, journeys.until[asked], journeys.late[after]) - journeys.early[asked]
    return np.maximum(low - blur, 0), np.maximum(high + blur, 0)


def _update_until_off(journeys: Journeys, begins: Ints) -> Ints:
    """Return how long the update took after whose end the device was switched off; else 0."""
    known = np.maximum(begins, 0)
    ends = journeys.next_of(
        known, journeys.of(What.DONE, What.FAILED, What.NOT_NEEDED, What.CANCELLED)
    )
    off = journeys.following(np.maximum(ends, 0))
    is_off = (begins >= 0) & (ends >= 0) & (off >= 0)
    is_off &= journeys.what[off] == What.OFF
    is_off &= journeys.early[off] - journeys.late[ends] <= AT_ONCE
    took = np.maximum(journeys.early[ends] - journeys.early[known], 1)
    return np.where(is_off, took, 0)


def _offered(
    journeys: Journeys, asked: Ints, rollout: Rollout, orders: dict[int, Order]
) -> NDArray[np.int8]:
    """Return which buttons each notice had."""
    run, device = journeys.run[asked], journeys.device[asked]
    unit = rollout.fleet.unit.codes[device].astype(np.int64)
    keys, first, place = np.unique(
        np.stack([run, unit]), axis=1, return_index=True, return_inverse=True
    )
    allowed = np.array(
        [_allowed(rollout, orders[int(keys[0, k])], int(device[at])) for k, at in enumerate(first)]
    )
    deferred = journeys.of(What.DEFERRED)
    job = journeys.job
    before = np.cumsum(deferred)
    begins = np.full(int(job.max()) + 1, len(job))
    np.minimum.at(begins, job, np.arange(len(job)))
    used: Ints = before[asked] - (before - deferred)[begins[job[asked]]]
    left = np.where(
        journeys.amount[asked] >= 0,
        journeys.amount[asked],
        np.maximum(allowed[place.reshape(-1)] - used, 0),
    )
    cases, case = np.unique(np.stack([run, left]), axis=1, return_inverse=True)
    of_cases = [
        buttons(
            inform=True,
            can_cancel=bool(orders[number].facts & Fact.CAN_CANCEL),
            deferments_left=some,
        )
        for number, some in cases.T.tolist()
    ]
    return np.array(of_cases, np.int8)[case.reshape(-1)]


def _allowed(rollout: Rollout, order: Order, device: int) -> int:
    """Return how often a device's user may defer under a command."""
    settings = rollout.configuration.settings(device, order.run.at)  # no log tells of its start
    deferments, delays = order.reminder or settings.reminder
    return allowed_deferments(inform=True, deferments=deferments, delays=len(delays))


def _in_presence(
    journeys: Journeys, seen: _Seen, rollout: Rollout
) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """Return how long somebody was there, and whether anybody was when it ended.

    Returns
    -------
    tuple of ndarray
        Milliseconds of presence: at least and at most until it ended, and until it runs out; and
        whether there was any around its end.
    """
    asked = seen.line
    opened = journeys.early[asked]
    device = journeys.device[asked]
    zones, zone_of = zone_of_units(rollout.zones())
    kind = rollout.fleet.people.codes[device].astype(np.int64)
    zone = zone_of[rollout.fleet.unit.codes[device]]
    found = np.zeros((3, len(asked)), np.int64)
    is_there = np.ones(len(asked), bool)
    spans = np.stack([seen.low, seen.high, np.minimum(seen.seconds, _LONG)])
    last = int((opened + np.minimum(np.maximum(spans[1], spans[2]), _MONTH)).max())
    people = people_then(rollout, int(opened.min()), last)
    for key in np.unique(np.stack([kind, zone]), axis=1).T:
        mine = (kind == key[0]) & (zone == key[1])
        present = people[int(key[0])].present
        if present.is_always:
            found[:, mine] = spans[:, mine]
            continue
        clock = PresenceClock(present, zones[int(key[1])], int(opened.min()), last)
        begun = clock.read(opened[mine])
        found[:, mine] = clock.read(opened[mine] + spans[:, mine]) - begun
        low, high = (clock.read(opened[mine] + end) for end in (spans[0, mine] - 1, spans[1, mine]))
        is_there[mine] = high > low
    return found[0], found[1], found[2], is_there
