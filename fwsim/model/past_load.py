"""Bytes that crossed a line by the log of a rollout under way, whatever its line in a run carries.

A transfer that the log tells to have ended has brought its bytes over its line by then, however
slow or fast that is in the world of a run; no minute of it holds more than the line's label says,
or a router lets through.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.model.minutes import Cells, Integers, by_minute
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LinkLoad, ProxyLoad
from fwsim.model.told_transfers import carried_as_told, told_transfers


def with_bytes_of_the_past(
    load: LinkLoad,
    past: Past | None,
    rollout: Rollout,
    line: Integers,
    site: Integers,
    size: Integers,
) -> LinkLoad:
    """Return a load that agrees with what the log tells of transfers, if there is one.

    Where the log tells when transfers began, a line shared as they shared it takes the place of
    the run's own. Elsewhere, and where proxies fetch, too, what is missing is spread over the time
    before the line of the log.

    Parameters
    ----------
    load
        What the lines carried in the run, minute by minute.
    past
        What the log tells; None if the rollout is not under way.
    rollout
        Knows the lines.
    line
        The line of `Past.lines` that ended each transfer that the run would have ended otherwise;
        shape (transfers,).
    site
        Whose line was to carry it.
    size
        Bytes that were missing; below zero where the run has fetched more than the log tells.

    Returns
    -------
    LinkLoad
        Its rows in the order of time and then of sites.
    """
    if past is None or not len(line):
        return load
    stretch = load.stretch
    until = (past.until // stretch + 1) * stretch
    departs = np.zeros(len(rollout.fleet.site.values), bool)
    departs[site] = True
    is_past = departs[load.site] & (load.minute < until)
    played = Cells(load.minute[is_past], load.site[is_past], load.size[is_past].astype(np.float64))
    totals = played.totals(len(departs)) + np.bincount(site, size, len(departs))
    is_told = departs & _tells_transfers(past, rollout)
    told = told_transfers(past, rollout, is_told, until, line[size > 0], size[size > 0])
    is_told &= np.bincount(told.site, minlength=len(departs)) > 0
    # What begins in the minute in which the log ends is not told.
    goes_on = np.unique(played.site[is_told[played.site] & (played.minute == until - stretch)])
    told = told.with_unseen(goes_on, past.until, until)
    is_even = ~is_told[site]
    cells = [
        played.where(~is_told[played.site]),
        _evenly(past, line[is_even], site[is_even], size[is_even], stretch),
        carried_as_told(told, rollout, totals, stretch),
    ]
    mended = Cells.added_up(cells, stretch).within(_labels(rollout) * (stretch / 1000))
    minute, of_site, whole = mended.rounded(totals)
    rows = (
        np.concatenate([load.minute[~is_past], minute]),
        np.concatenate([load.site[~is_past].astype(np.int64), of_site]),
        np.concatenate([load.size[~is_past], whole]),
    )
    order = np.lexsort((rows[1], rows[0]))
    minutes, sites, sizes = (row[order] for row in rows)
    return LinkLoad(minutes, sites.astype(np.int32), sizes, stretch)


def sent_with_the_past(
    load: ProxyLoad,
    past: Past | None,
    rollout: Rollout,
    line: Integers,
    provider: Integers,
    size: Integers,
) -> ProxyLoad:
    """Return what proxies sent such that it agrees with what the log tells, if there is one.

    Who provided, no log tells; so it is the provider of the run. What it has not sent in the run
    is spread over the time before the line of the log, as far as `lan_rate` lets it.

    Parameters
    ----------
    load
        What they sent in the run.
    past
        What the log tells; None if the rollout is not under way.
    rollout
        Knows the devices.
    line
        The line of `Past.lines` that ended each transfer that the run would have ended otherwise;
        shape (transfers,).
    provider
        Who was to send it.
    size
        Bytes that were missing; below zero where the run has sent more than the log tells.
    """
    if past is None or not len(line):
        return load
    stretch, devices = load.stretch, len(rollout.fleet)
    until = (past.until // stretch + 1) * stretch
    is_told = np.zeros(devices, bool)
    is_told[provider] = True
    is_past = is_told[load.provider] & (load.minute < until)
    sent = load.size[is_past].astype(np.float64)
    played = Cells(load.minute[is_past], load.provider[is_past], sent)
    totals = played.totals(devices) + np.bincount(provider, size, devices)
    most = np.full(devices, rollout.assumptions.lan_rate * (stretch / 1000))
    evenly = _evenly(past, line, provider, size, stretch)
    minute, sender, whole = Cells.added_up([played, evenly], stretch).within(most).rounded(totals)
    return ProxyLoad.of(
        np.concatenate([load.minute[~is_past], minute]),
        np.concatenate([load.provider[~is_past].astype(np.int64), sender]),
        np.concatenate([load.size[~is_past], whole]),
    )


def _tells_transfers(past: Past, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell of which sites the log tells all that crosses their lines; shape (sites,)."""
    site = rollout.fleet.site
    if State.TRANSFER not in past.tells:
        return np.zeros(len(site.values), bool)
    tells = np.ones(len(site.values), bool)
    tells[site.codes[rollout.configuration.may_be_served]] = False
    return tells


def _evenly(past: Past, line: Integers, site: Integers, size: Integers, stretch: int) -> Cells:
    """Spread bytes over the time since the line of the log before the one that tells of them."""
    end = np.maximum(past.lines.time[line], 1)
    begin = np.where(past.is_first(line), end, past.lines.time[np.maximum(line - 1, 0)])
    begin = np.minimum(begin, end - 1)
    transfer, minute, carried = by_minute(begin, end, size.astype(np.float64), stretch)
    return Cells(minute, site[transfer], carried)


def _labels(rollout: Rollout) -> NDArray[np.float64]:
    """Return what each site's line may carry at most, bytes per second of payload."""
    most = [
        max(min(one.payload, one.lets_through), one.most_for_updates) for one in rollout.sites()
    ]
    return np.array(most, np.float64)
