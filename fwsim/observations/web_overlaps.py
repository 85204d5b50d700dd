"""Downloads that stand in more than one log of the web server, or in one log twice as a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.observations.complaints import Complaints
from fwsim.observations.context import alike_rows, told_again
from fwsim.observations.overlaps import told_before, told_of
from fwsim.observations.web_lines import Downloads

Ints = NDArray[np.int64]
_SHORTEST_BLOCK = 5
"""Downloads that stand one after another a second time: a file was put together twice [A].

Fewer may be devices behind one address, which fetch the same in the same second.
"""
_MOST_LAGS = 50
"""Shifts that are tried, the most frequent first."""


_ALL_TWICE = (
    "each of its downloads stands in this file twice or more, and all are counted; "
    "if two copies of one log were put together, give one of them"
)


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
        if _is_doubled(key[left[source[left] == n]]):
            complaint.warn(_ALL_TWICE)
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
    columns = [np.asarray(c, np.int64) for c in (*(text.codes for text in texts), *numbers)]
    some = alike_rows(columns)
    key = np.arange(len(columns[0]), dtype=np.int64)
    if len(some):
        table = np.stack([column[some] for column in columns], axis=1)
        _, first, back = np.unique(table, axis=0, return_index=True, return_inverse=True)
        key[some] = some[first[back.reshape(-1)]]
    return key


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
    for lag in _lags(key):
        # Equal downloads within a block leave several places to look at; its shift is one.
        same = key[lag:] == key[:-lag]
        goes_on = np.zeros(len(same), bool)
        goes_on[1:] = same[1:] & same[:-1]
        run = np.cumsum(~goes_on) - 1
        kinds = np.unique(np.stack([run[same], key[lag:][same]]), axis=1)
        different = np.bincount(kinds[0], minlength=len(same))
        twice[lag:] |= same & (different[run] >= _SHORTEST_BLOCK)
    return twice


def _lags(key: Ints) -> list[int]:
    """Return how many places after another enough downloads stand again, most of them first."""
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0) + 1
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    since_first = (np.arange(len(key)) - first[back.reshape(-1)])[order[again]]
    since_last = order[again] - order[again - 1]
    found: dict[int, int] = {}
    for since in (since_first, since_last):
        lags, counts = np.unique(since, return_counts=True)
        for lag, count in zip(lags.tolist(), counts.tolist(), strict=True):
            found[lag] = max(count, found.get(lag, 0))
    some = [lag for lag, count in found.items() if count >= _SHORTEST_BLOCK]
    return sorted(some, key=lambda lag: (-found[lag], lag))[:_MOST_LAGS]


def _is_doubled(key: Ints) -> bool:
    """Tell whether every download of a log stands in it the same number of times, or a multiple."""
    counts = np.unique(key, return_counts=True)[1]
    return len(counts) >= _SHORTEST_BLOCK and int(np.gcd.reduce(counts)) > 1


def _without(
    part: Downloads, twice: NDArray[np.bool_], again: NDArray[np.bool_], complaints: Complaints
) -> Downloads:
    """Return a log without some downloads, and say how many they are."""
    count, account = int(twice.sum()), part.account
    if count:
        complaints.warn(f"{count} downloads stand in this file again, in the same order; left out")
        account = replace(account, aside=dict(account.aside) | told_again(count))
    account = told_of(complaints, account, np.zeros(0, np.int64), int(again.sum()))
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
