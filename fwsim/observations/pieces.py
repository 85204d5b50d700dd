"""What the readers make of one file each, and how that becomes one whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.complaints import Complaints
from fwsim.observations.observed import Account, Looks, Observed, Times, What
from fwsim.observations.overlaps import ASIDE, LESS_EXACT, account_of_overlap, told_before
from fwsim.observations.pseudonyms import Pseudonyms, without_names
from fwsim.observations.roundings import told_more_exactly
from fwsim.observations.text_table import compact
from fwsim.observations.whereabouts import Whereabouts
from fwsim.observations.words import ENDS

_TEXTS = ("device", "command", "detail")
_NOWHERE: Mapping[str, str] = {}
_NUMBERS = ("earliest", "latest", "what", "amount", "line", "source")
_HOUR = 3_600_000
_SMALLEST_STEP = 10 * 60_000
"""Of a clock that is set back by an hour so much is seen at least, milliseconds [A]."""


@dataclass
class Piece:
    """What was seen in one file, or in several of one kind; arrays have shape (events,).

    As in `Observed`; `command` holds labels, empty where the log tells none.
    """

    device: Column
    earliest: Times
    latest: Times
    what: NDArray[np.int8]
    amount: NDArray[np.int64]
    detail: Column
    command: Column
    line: NDArray[np.int64]
    source: NDArray[np.int16]
    until: int
    resolution: int = 1
    deliveries: frozenset[str] = frozenset()
    uefi: frozenset[str] = frozenset()
    looks: Looks | None = None
    in_order: bool = True
    """Whether the lines of a device stand in order of time."""

    def where(self, kept: NDArray[np.bool_]) -> Piece:
        """Return some of what was seen."""
        texts: dict[str, Any] = {name: getattr(self, name).rows(kept) for name in _TEXTS}
        rest: dict[str, Any] = {name: getattr(self, name)[kept] for name in _NUMBERS}
        return replace(self, **texts, **rest)

    def only_ends(self) -> bool:
        """Tell whether nothing but ends is told: a list of those that have finished."""
        power = np.isin(self.what, (What.ON, What.OFF))
        return bool(len(self.what)) and bool((power | np.isin(self.what, list(ENDS))).all())


def expanded(
    codes: NDArray[np.integer], whats: Sequence[tuple[What, ...]]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return row and `What` of each event, where a row of code c tells of ``whats[c]``."""
    counts = np.array([len(each) for each in whats], np.int64)
    row = np.repeat(np.arange(len(codes)), counts[codes] if len(codes) else [])
    flat = np.array([what for each in whats for what in each], np.int8)
    begins = np.cumsum(counts) - counts
    if not len(row):
        return row.astype(np.int64), np.zeros(0, np.int8)
    first = np.concatenate([[True], row[1:] != row[:-1]])
    starts = np.flatnonzero(first)
    within = np.arange(len(row)) - np.repeat(starts, np.diff(np.append(starts, len(row))))
    return row.astype(np.int64), flat[begins[codes[row]] + within]


def joined(
    pieces: Sequence[Piece],
    accounts: Sequence[Account],
    complaints: Sequence[Complaints],
    pseudonyms: Pseudonyms | None,
    whereabouts: Whereabouts | None = None,
) -> Observed:
    """Return what was seen in all pieces, in order of time within each device."""
    placed, macs = (_NOWHERE, _NOWHERE) if whereabouts is None else whereabouts.told
    looks = next((piece.looks for piece in pieces if piece.looks is not None), None)
    looks = looks and replace(looks, beside_events=len(pieces) > 1)
    pieces, accounts = _each_once(pieces, accounts, complaints)
    device = compact(Column.join([piece.device for piece in pieces]))
    detail = compact(Column.join([piece.detail for piece in pieces]))
    command = compact(Column.join([piece.command for piece in pieces]))
    if pseudonyms is not None:
        device, detail = pseudonyms.names(device), without_names(detail)
        placed, macs = (
            {pseudonyms.name(n): pseudonyms.name(told[n]) for n in told} for told in (placed, macs)
        )
        looks = looks and replace(looks, device=pseudonyms.names(looks.device))
    labels = [label for label in command.values if label]
    numbers = {label: number for number, label in enumerate(labels)}
    number_of = np.array([numbers.get(label, -1) for label in command.values], np.int32)
    numeric = _numeric_columns(pieces)
    order = np.lexsort((np.arange(len(device.codes)), numeric["earliest"], device.codes))
    in_order: dict[str, Any] = {name: column[order] for name, column in numeric.items()}
    told = tuple(problem for each in complaints for problem in each.told())
    return Observed(
        device=device.rows(order),
        detail=detail.rows(order),
        command=number_of[command.codes][order],
        sources=tuple(account.source for account in accounts),
        until=max(piece.until for piece in pieces),
        resolution=max(piece.resolution for piece in _some_of(pieces)),
        only_finished=all(piece.only_ends() for piece in pieces),
        problems=told,
        accounts=tuple(accounts),
        commands=tuple(labels),
        deliveries=_numbers(numbers, [piece.deliveries for piece in pieces]),
        uefi=_numbers(numbers, [piece.uefi for piece in pieces]),
        renamed=None if pseudonyms is None else pseudonyms.name,
        placed=placed,
        macs=macs,
        looks=looks,
        **in_order,
    )


def _numeric_columns(pieces: Sequence[Piece]) -> dict[str, NDArray[Any]]:
    """Return the columns of numbers of all pieces, one piece behind the other; shape (rows,)."""
    return {name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in _NUMBERS}


def _each_once(
    pieces: Sequence[Piece], accounts: Sequence[Account], complaints: Sequence[Complaints]
) -> tuple[list[Piece], list[Account]]:
    """Return pieces without what stands in another file, and the files' accounts."""
    told = list(accounts)
    if len(pieces) < 2:
        return list(pieces), told
    texts = {name: Column.join([getattr(piece, name) for piece in pieces]) for name in _TEXTS}
    whole = _numeric_columns(pieces)
    said = [*(text.codes for text in texts.values()), *list(whole.values())[:4]]
    source, line = whole["source"], whole["line"]
    less = _less_exact(pieces, texts, whole)
    again = told_before(said, source, ~less)
    for which, reason in ((again, ASIDE), (less, LESS_EXACT)):
        for number in np.unique(source[which]).tolist():
            of_file = source == number
            lines = np.setdiff1d(line[of_file & which], line[of_file & ~which])
            account = told[number]
            told[number] = account_of_overlap(
                complaints[number], account, lines, len(lines), reason
            )
    ends = np.cumsum([len(piece.what) for piece in pieces])[:-1]
    parts = zip(pieces, np.split(~again & ~less, ends), strict=True)
    return [piece if kept.all() else piece.where(kept) for piece, kept in parts], told


def _less_exact(
    pieces: Sequence[Piece], texts: Mapping[str, Column], whole: Mapping[str, NDArray[Any]]
) -> NDArray[np.bool_]:
    """Tell which lines say what a piece with finer times says, and nothing beside it."""
    counts = [len(piece.what) for piece in pieces]
    step = np.repeat([piece.resolution for piece in pieces], counts)
    if len(np.unique(step)) < 2:
        return np.zeros(len(step), bool)
    # A piece that names no command may tell of any.
    is_named = [any(piece.command.values) for piece in pieces]
    command = texts["command"].codes if all(is_named) else np.zeros(len(step), np.int64)
    columns = [texts["device"].codes, command, whole["what"]]
    times = [whole["earliest"], whole["latest"]]
    detail = texts["detail"]
    has_reason = np.array([bool(text) for text in detail.values])[detail.codes]
    is_silent = (whole["amount"] < 0) & ~has_reason
    beside = [detail.codes, whole["amount"]]
    found = told_more_exactly(columns, times, step, whole["source"]) & is_silent
    return np.asarray(found | told_more_exactly(columns, times, step, whole["source"], beside))


def _some_of(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return the pieces that have lines; all if none has."""
    return [piece for piece in pieces if len(piece.what)] or pieces


def _numbers(numbers: Mapping[str, int], labels: Iterable[frozenset[str]]) -> frozenset[int]:
    return frozenset(numbers[label] for each in labels for label in each if label in numbers)


def tell_of_backwards(piece: Piece, complaints: Complaints) -> None:
    """Say where the times of a device run backwards from line to line."""
    order = np.lexsort((piece.line, piece.device.codes))
    codes, late = piece.device.codes[order], piece.latest[order]
    back = np.flatnonzero((codes[1:] == codes[:-1]) & (late[1:] < piece.earliest[order][:-1])) + 1
    if not len(back):
        return
    lines = piece.line[order][back]
    first = int(np.argmin(lines))
    name = complaints.shown(piece.device.values[int(codes[back[first]])])
    others = len(np.unique(codes[back])) - 1
    more = say("log_line.of_more_devices", count=others) if others else ""
    is_clock = _is_set_back(piece, int(lines[first]))
    name_of = "log_line.set_back" if is_clock else "log_line.backwards"
    complaints.warn(say(name_of, device=name, more=more), int(lines[first]))


def _is_set_back(piece: Piece, line: int) -> bool:
    """Tell whether the file runs forwards but for one step back at a line, of an hour at most."""
    lines, first = np.unique(piece.line, return_index=True)
    early, late = piece.earliest[first], piece.latest[first]
    back = early[:-1] - late[1:]
    steps = np.flatnonzero(back >= _SMALLEST_STEP)
    is_forwards = (early[1:] > late[:-1]).any()  # the newest first is no clock set back
    is_one = is_forwards and len(steps) == 1 and int(lines[steps[0] + 1]) <= line
    return bool(is_one and int(back[steps[0]]) <= _HOUR)
