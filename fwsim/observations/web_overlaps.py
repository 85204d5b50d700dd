"""Downloads that stand in more than one log of the web server, or in one log twice as a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.alike import first_alike
from fwsim.observations.complaints import Complaints
from fwsim.observations.context import told_again
from fwsim.observations.overlaps import account_of_overlap, told_before
from fwsim.observations.web_lines import Downloads

Ints = NDArray[np.int64]
_SHORTEST_BLOCK = 5
"""Downloads that stand one after another a second time: a file was put together twice [A].

Fewer may be devices behind one address, which fetch the same in the same second.
"""
_MOST_ROUNDS = 50
"""Shifts are tried, the most frequent first, until so many times all downloads were looked at."""
_BESIDE = 1000
"""Downloads that are looked at before and behind those that tell a shift."""
_MANY = 0.5
"""Share of the downloads that stand in a log several times from which on that is told."""
_MANY_TO_THE_MILLISECOND = 0.05
"""The same where hardly any two devices take as long."""


def each_once(parts: Sequence[Downloads], complaints: Sequence[Complaints]) -> list[Downloads]:
    """Return the downloads of several logs without those that are told again.

    Parameters
    ----------
    parts
        Logs.
    complaints
        Of each of them.
    """
    source = np.repeat(np.arange(len(parts)), [len(part.size) for part in parts])
    key = _keys(parts)
    blocks = (_blocks(key[source == n]) for n in range(len(parts)))
    twice = np.concatenate([np.zeros(0, bool), *blocks])
    left = np.flatnonzero(~twice)
    for n, complaint in enumerate(complaints):
        own = key[left[source[left] == n]]
        is_fine = bool(((parts[n].end - parts[n].begin) % 1000).any())
        if count := _told_twice(own, to_the_millisecond=is_fine):
            complaint.warn(say("web_log.twice", count=count, downloads=len(own)))
    again = np.zeros(len(key), bool)
    # Two alike in one log are two: of another log only as many are left out.
    again[left] = told_before((key[left], _turn(key[left], source[left])), source[left])
    return [
        _without(part, twice[source == n], again[source == n], complaints[n])
        for n, part in enumerate(parts)
    ]


def _keys(parts: Sequence[Downloads]) -> Ints:
    """Return a number for each download, the same for those that are the same in everything."""
    texts = [Column.join([getattr(part, name) for part in parts]) for name in ("device", "file")]
    names = ("begin", "end", "size", "status")
    numbers = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    return first_alike([*(text.codes for text in texts), *numbers])


def _turn(key: Ints, source: Ints) -> Ints:
    """Return how many of a log's downloads before each one are the same."""
    order = np.lexsort((key, source))
    is_first = np.ones(len(order), bool)
    is_first[1:] = (np.diff(key[order]) != 0) | (np.diff(source[order]) != 0)
    place = np.arange(len(order))
    turn = np.empty(len(order), np.int64)
    turn[order] = place - np.maximum.accumulate(np.where(is_first, place, 0))
    return turn


def _blocks(key: Ints) -> NDArray[np.bool_]:
    """Tell which downloads of a log stand in it before, in the same order."""
    twice = np.zeros(len(key), bool)
    room = _MOST_ROUNDS * len(key)
    for lag, first, last in _lags(key):
        begin, end = max(lag, first - _BESIDE), min(len(key), last + _BESIDE)
        room -= end - begin
        if room < 0:
            break
        # Equal downloads within a block leave several places to look at; its shift is one.
        found = _in_blocks(key[begin:end], key[begin - lag : end - lag])
        twice[begin + found] = True
    return twice


def _in_blocks(key: Ints, before: Ints) -> Ints:
    """Return where two rows of downloads are the same, with enough different ones on end."""
    same = np.flatnonzero(key == before)
    is_next = np.diff(same) == 1
    run = np.concatenate([np.zeros(min(1, len(same)), np.int64), np.cumsum(~is_next)])
    changes = np.bincount(run[1:][is_next & (np.diff(key[same]) != 0)], minlength=len(same))
    is_long = changes[run] >= _SHORTEST_BLOCK - 1
    same, run = same[is_long], run[is_long]
    if not len(same):
        return np.zeros(0, np.int64)
    kinds = np.unique(run * (int(key.max()) + 1) + key[same]) // (int(key.max()) + 1)
    different = np.bincount(kinds, minlength=int(run.max()) + 1)
    found: Ints = same[different[run] >= _SHORTEST_BLOCK]
    return found


def _lags(key: Ints) -> list[tuple[int, int, int]]:
    """Return how many places after others downloads stand again, and from where to where.

    Those of most downloads come first, those of too few are left out.
    """
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0) + 1
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    place = order[again]
    since_first = place - first[back.reshape(-1)][place]
    lag = np.concatenate([since_first, place - order[again - 1]])
    place = np.concatenate([place, place])
    by_lag = np.lexsort((place, lag))
    lag, place = lag[by_lag], place[by_lag]
    is_first = np.ones(len(lag), bool)
    is_first[1:] = (np.diff(lag) != 0) | (np.diff(place) > _BESIDE)
    first_of = np.flatnonzero(is_first)
    count = np.diff(first_of, append=len(lag))
    some = np.flatnonzero(count >= _SHORTEST_BLOCK)
    some = some[np.argsort(-count[some], kind="stable")]
    begin, last = first_of[some], first_of[some] + count[some] - 1
    ends = lag[begin], place[begin], place[last] + 1
    return list(zip(*(each.tolist() for each in ends), strict=True))


def _told_twice(key: Ints, *, to_the_millisecond: bool) -> int:
    """Return how many downloads of a log stand in it several times, if those are many.

    Parameters
    ----------
    key
        The same for those that are the same.
    to_the_millisecond
        Whether the log tells how long they took so well that two devices are hardly ever alike.
    """
    counts = np.unique(key, return_counts=True)[1]
    several = counts[counts > 1]
    share = _MANY_TO_THE_MILLISECOND if to_the_millisecond else _MANY
    is_much = len(several) >= max(_SHORTEST_BLOCK, share * len(counts))
    return int(several.sum()) if is_much else 0


def _without(
    part: Downloads, twice: NDArray[np.bool_], again: NDArray[np.bool_], complaints: Complaints
) -> Downloads:
    """Return a log without some downloads, and say how many they are."""
    count, account = int(twice.sum()), part.account
    if count:
        complaints.warn(say("web_log.again", count=count))
        account = replace(account, aside=dict(account.aside) | told_again(count))
    account = account_of_overlap(complaints, account, np.zeros(0, np.int64), int(again.sum()))
    kept = np.flatnonzero(~(twice | again))
    if len(kept) == len(part.size):
        return part
    return replace(
        part,
        device=part.device.rows(kept),
        file=part.file.rows(kept),
        begin=part.begin[kept],
        end=part.end[kept],
        size=part.size[kept],
        status=part.status[kept],
        account=account,
    )
