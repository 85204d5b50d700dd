"""Who fetched how much over which line: from the web server's log, else from status logs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.targets import ClientGroupTarget
from fwsim.fleet.busy_times import largest_shares
from fwsim.fleet.spans import merged, without
from fwsim.fleet.week import intervals, read_week
from fwsim.learning.begun import handed_out
from fwsim.learning.failed_in import has_detail
from fwsim.learning.journeys import NOWHERE, Ints, Journeys
from fwsim.learning.known_names import NOBODY, indices_of
from fwsim.learning.lines import UNTOLD, Cuts, LineDownloads
from fwsim.learning.rollouts_apart import RolloutsApart
from fwsim.learning.sizes import UNKNOWN, Sizes, fetched_at
from fwsim.learning.took import seldom_missed, transfers
from fwsim.model.rollout import REPOSITORY, Rollout
from fwsim.model.set_up import SetUp
from fwsim.observations.observed import LONG_AGO, Transfers, What
from fwsim.scenario.network_section import SiteSection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 3600 * 1000
_SHORT_STEPS = 10
"""Steps of a web log's clock up to which a download is told too roughly by itself [A]."""


def from_web_log(web: Transfers, journeys: Journeys, rollout: Rollout) -> dict[str, LineDownloads]:
    """Return downloads by site, of devices that the scenario knows.

    A web server writes a line when a download is over. Those that a status log shows under way
    when it ended took part of the line, too; how much they had carried nobody knows. Whoever has a
    proxy may have fetched from a neighbour, and is not counted among those.
    """
    device = _devices_of(web, rollout)[web.device.codes]
    counted = device >= 0
    if not counted.any():
        return {}
    last = np.zeros(len(rollout.fleet), np.int64)
    np.maximum.at(last, device[counted], web.end[counted])
    line = np.flatnonzero(journeys.of(What.FETCHING) & (journeys.device >= 0))
    line = line[journeys.following(line) == NOWHERE]
    line = line[~rollout.configuration.may_be_served[journeys.device[line]]]
    line = line[last[journeys.device[line]] <= journeys.early[line]]
    device = device[counted]
    joins = _joins(web.where(counted), rollout.fleet.site.codes[device])
    device, seen = _back_to_back(device, web.where(counted), joins)
    return _by_site(
        np.concatenate([device, journeys.device[line]]),
        np.concatenate([seen.begin, journeys.late[line]]),
        np.concatenate([seen.end, journeys.until[line]]),
        np.concatenate([seen.size, np.full(len(line), UNTOLD)]),
        rollout,
    )


def _joins(web: Transfers, site: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell which downloads are of a site most of whose are too short to be laid side by side.

    A stamp tells when one began or ended to a step of the clock only, so that all that came within
    a step would seem to come at once.
    """
    short = web.end - web.begin <= _SHORT_STEPS * web.resolution
    of = np.maximum(np.bincount(site), 1)
    return np.asarray((2 * np.bincount(site, weights=short) > of)[site])


def _back_to_back(
    device: Ints, web: Transfers, joins: NDArray[np.bool_]
) -> tuple[Ints, LineDownloads]:
    """Return downloads, those of one device that follow each other within a step as one."""
    order = np.lexsort((web.end, web.begin, device))
    whose, begin, end = device[order], web.begin[order], web.end[order]
    starts = np.ones(len(order), bool)
    # In order of device and time, the latest end so far of the same device.
    span = int(end.max(initial=0) - begin.min(initial=0)) + 1
    latest = np.maximum.accumulate(end + whose * span) - whose * span
    is_next = (whose[1:] == whose[:-1]) & (begin[1:] <= latest[:-1] + web.resolution)
    starts[1:] = ~(is_next & joins[order][1:])
    first = np.flatnonzero(starts)
    sizes = np.add.reduceat(web.size[order], first)
    return whose[first], LineDownloads(begin[first], np.maximum.reduceat(end, first), sizes)


def strangers_to(rollout: Rollout, web: Transfers | None) -> int:
    """Return how many addresses of a web server's log are no devices of the scenario."""
    if web is None:
        return 0
    is_stranger = _devices_of(web, rollout)[: len(web.device.values)] == NOBODY
    return int(is_stranger.sum())


def _devices_of(web: Transfers, rollout: Rollout) -> Ints:
    return indices_of(web.device.values or ("",), rollout, web.renamed)


def sites_served(journeys: Journeys, rollout: Rollout) -> set[str]:
    """Return the sites where whoever fetched may have had it from a proxy, not over the line."""
    device = _fetching(journeys)
    return _sites_of(device[rollout.configuration.may_be_served[device]], rollout)


def sites_fetching(journeys: Journeys, rollout: Rollout) -> set[str]:
    """Return the sites where somebody was seen fetching."""
    return _sites_of(_fetching(journeys), rollout)


def _fetching(journeys: Journeys) -> Ints:
    return journeys.device[journeys.of(What.FETCHING) & (journeys.device >= 0)]


def _sites_of(device: Ints, rollout: Rollout) -> set[str]:
    site = rollout.fleet.site
    return {site.values[code] for code in np.unique(site.codes[device]).tolist()}


def from_status_log(
    journeys: Journeys, rollout: Rollout, apart: RolloutsApart
) -> dict[str, LineDownloads]:
    """Return transfers by site, with the bytes that the log or the images tell.

    Each log is moved by as much as keeps it from being of the time of another.

    Who was still at it when the log ended, or failed, took part of the line, too. When a device
    that lost its power broke off is not told. Exports of the console tell nothing unless they come
    often: between two of them others come and go, and take their part. Who has all of a delivery is
    done. One whose ends are known less well than its middle length has none.
    """
    fetching = journeys.of(What.FETCHING)
    line = np.flatnonzero(fetching & (journeys.device >= 0) & _is_told(journeys))
    after = journeys.following(line)
    is_open, place = after == NOWHERE, np.maximum(after, 0)
    is_over = journeys.of(What.FETCHED, What.WRITING)
    is_over |= journeys.of(What.DONE) & journeys.of_deliveries()
    is_whole = ~is_open & is_over[place]
    has_failed = ~is_open & has_detail(journeys, Detail.TRANSFER_FAILED)[place]
    job = journeys.job
    pieces = np.bincount(job[fetching], minlength=int(job.max(initial=0)) + 1)[job[line]]
    sizes = fetched_at(journeys, line, Sizes.of_journeys(rollout, journeys))
    amount = journeys.amount[line]
    size = np.where(amount > 0, amount, np.where(sizes == UNKNOWN, 0, sizes / pieces))
    fetched = np.where(pieces == 1, journeys.amount[place], UNTOLD)
    part = np.where(has_failed & (fetched >= 0), fetched, UNTOLD)
    middle = (journeys.early[place] + journeys.late[place]) // 2
    kept = is_whole | has_failed | is_open
    begin = journeys.late[line]
    end = np.where(is_open, journeys.until[line], middle)
    doubt = journeys.late[line] - journeys.early[line]
    doubt += np.where(is_open, 0, journeys.late[place] - journeys.early[place])
    is_vague = doubt > (end - begin) + (journeys.late[line] - journeys.early[line]) / 2
    # Somebody looks long after it began: half the time, on average.
    half = (journeys.late[line] - journeys.early[line]) // 2
    begin = np.where(journeys.is_look[line], begin - half, begin)
    end = np.where(is_vague, begin, end)
    size = np.where(is_whole, size, part).astype(np.int64)
    met, since = _under_way_after_gaps(journeys)
    whose = np.concatenate([line[kept], met])
    later = apart.later[journeys.rollout[whose]]
    return _by_site(
        journeys.device[whose],
        np.concatenate([begin[kept], since]) + later,
        np.concatenate([end[kept], journeys.early[met]]) + later,
        np.concatenate([size[kept], np.full(len(met), UNTOLD)]),
        rollout,
    )


def _is_told(journeys: Journeys) -> NDArray[np.bool_]:
    """Tell which lines are of events, or of looks so often that few transfers were missed."""
    if not journeys.is_look.any():
        return np.ones(len(journeys), bool)
    often = seldom_missed(journeys, transfers(journeys))[journeys.rollout]
    return np.asarray(~journeys.is_look | (often & (journeys.early > LONG_AGO)))


def commanded_and_seen(
    journeys: Journeys, rollout: Rollout, sites: Collection[str]
) -> tuple[int, int]:
    """Return how many devices at some sites commands mean, and of how many of them a log has lines.

    Others may have fetched over the same lines. Nobody is meant by a command whose group shows only
    when it runs.
    """
    is_meant = np.zeros(len(rollout.fleet), bool)
    for number, run in enumerate(rollout.runs):
        if not isinstance(run.command.target, ClientGroupTarget):
            is_meant[handed_out(rollout, number)[0]] = True
    site = rollout.fleet.site
    is_there = np.array([name in sites for name in site.values], bool)[site.codes]
    is_seen = np.zeros(len(is_meant), bool)
    is_seen[journeys.device[journeys.device >= 0]] = True
    is_meant &= is_there
    return int(is_meant.sum()), int((is_meant & is_seen).sum())


def _under_way_after_gaps(journeys: Journeys) -> tuple[Ints, Ints]:
    """Return the ends of transfers that were under way when a gap was over, and when that was.

    They took part of the line, and how much nobody knows.
    """
    parts = np.stack([journeys.rollout, journeys.stretch])
    place = np.unique(parts, axis=1, return_inverse=True)[1].reshape(-1)
    opens = np.full(int(place.max(initial=0)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(opens, place, journeys.late)
    is_first = np.ones(len(journeys), bool)
    is_first[1:] = journeys.owner[1:] != journeys.owner[:-1]
    is_first[1:] |= journeys.stretch[1:] != journeys.stretch[:-1]
    ends = journeys.of(What.FETCHED, What.WRITING) & is_first & (journeys.stretch > 0)
    found = np.flatnonzero(ends & (journeys.device >= 0))
    return found, opens[place[found]]


def _by_site(
    device: Ints, begin: Ints, end: Ints, size: Ints, rollout: Rollout
) -> dict[str, LineDownloads]:
    """Return downloads by the site of their devices."""
    site = rollout.fleet.site.codes[device]
    # No byte comes while a connection is set up.
    set_up = SetUp(rollout).least_of(site, rollout.fleet.device_rate[device], np.maximum(size, 1))
    begin = np.minimum(begin + set_up, end)
    order = np.argsort(site, kind="stable")
    codes, first = np.unique(site[order], return_index=True)
    parts: list[NDArray[np.int64]] = np.split(order, first[1:]) if len(codes) else []
    return {
        rollout.fleet.site.values[code]: LineDownloads(begin[mine], end[mine], size[mine])
        for code, mine in zip(codes.tolist(), parts, strict=True)
    }


def cuts_of(rollout: Rollout) -> dict[str, list[tuple[int, int]]]:
    """Return when nothing came over each site's line, by the outages that the scenario states.

    Returns
    -------
    dict of str to list of (int, int)
        From and to, milliseconds since the epoch, sorted and apart; of every site.
    """
    begun = rollout.epoch
    own: dict[int, list[tuple[int, int]]] = {}
    for site, start, end in rollout.outages(since=LONG_AGO - begun):  # logs are older
        own.setdefault(site, []).append((begun + start, begun + end))
    of_all = own.get(REPOSITORY, [])
    names = enumerate(rollout.fleet.site.values)
    return {name: merged([*of_all, *own.get(code, [])]) for code, name in names}


def own_rate(rollout: Rollout, code: int, site: SiteSection) -> float:
    """Return what one device of a site takes by itself at most, bytes per second.

    Parameters
    ----------
    rollout
        Of the scenario.
    code
        The site's place among those of the fleet.
    site
        Its line, whose loss and latency are a ceiling for each connection.
    """
    fleet = rollout.fleet
    usual = float(np.median(fleet.device_rate[fleet.site.codes == code]))
    return min(usual, float(site.ceiling(rollout.assumptions)))


def busy_times(
    busy: Mapping[str, float],
    downloads: LineDownloads,
    zone: ZoneInfo,
    cuts: Cuts = (),
    free: Cuts = (),
) -> list[tuple[int, float]]:
    """Return which share others take from each time on, milliseconds since the epoch.

    Parameters
    ----------
    busy
        Shares by times of the week, as a scenario has them.
    downloads
        Over the line.
    zone
        Whose week.
    cuts
        When nothing came over the line at all.
    free
        When others took nothing of it, whatever the time of the week; sorted and disjoint.
    """
    if not busy and not cuts:
        return []
    first = int(downloads.begin.min()) - _DAY
    start = _EPOCH + timedelta(milliseconds=first)
    end = _EPOCH + timedelta(milliseconds=int(downloads.end.max()) + _DAY)
    off = [(begin - first, until - first) for begin, until in free]
    spans = [
        (without(intervals(read_week(text), zone, start, end), off), float(share))
        for text, share in busy.items()
    ]
    spans.append(([(max(0, begin - first), until - first) for begin, until in cuts], 1.0))
    return [(first + at, share) for at, share in largest_shares(spans)]
