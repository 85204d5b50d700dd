"""What the console showed: each device's Update State, once or every now and then.

A text with a stamp tells when it began. One without began between two looks: after the last in
which the device read otherwise, and before the first in which it read so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.context import Rows
from fwsim.observations.event_rows import meanings
from fwsim.observations.gaps import SHORTEST
from fwsim.observations.observed import CONSOLE_FORM, LONG_AGO, Account, What
from fwsim.observations.pieces import Piece, expanded
from fwsim.observations.stamps import ReadTimes, read_times
from fwsim.observations.time_in_name import EXAMPLE, time_in_name
from fwsim.observations.words import Words

_MINUTE = 60_000
_FEW_TIMES = 10
_FEW_DEVICES = 2
_ALMOST_NEVER = 0.05
_MOST_TURNS = 1.25


@dataclass
class Look:
    """One export, or several in one file; arrays have shape (rows,).

    Parameters
    ----------
    device, text
        Who, and what the field reads.
    of_delivery
        Whether that is of a delivery: a look all the same, which tells nothing of an update.
    at
        When it was exported.
    stamp, stamp_late
        Between which times the text says it began; -1 for no stamp.
    line, source
        Where it stands.
    resolution
        Step of the stamps.
    means
        What each text tells of.
    """

    device: Column
    text: Column
    of_delivery: NDArray[np.bool_]
    at: NDArray[np.int64]
    stamp: NDArray[np.int64]
    stamp_late: NDArray[np.int64]
    line: NDArray[np.int64]
    source: NDArray[np.int16]
    resolution: int
    means: dict[str, tuple[What, ...]]


def looks_like_snapshots(
    column: Column, words: Words, *, is_state: bool = False, if_empty: bool = False
) -> bool:
    """Tell whether most texts of a column are those of the console's field.

    Parameters
    ----------
    column
        The texts.
    words
        What they mean.
    is_state
        Whether the column is called as the field is: then a mapping's words are its texts, too.
    if_empty
        What to say of a column without any: before the first command the field is empty.
    """
    filled = [text for text in column.values[:1000] if text.strip()]
    if not filled:
        return if_empty
    known = (words.console_meaning(t) or (is_state and words.is_own(t)) for t in filled)
    return 2 * sum(map(bool, known)) > len(filled)


def are_of_own_times(device: Column, time: Column, text: Column, words: Words) -> bool:
    """Tell whether rows of the console's texts are events, each at a time of its own.

    A look shows devices together, and again at the next one. Here hardly any device is seen twice
    with the same text, but for one that people may defer again, and a time shows less than half of
    the devices, on average; there are ten times or more, or less than two rows to each [A].

    Parameters
    ----------
    device, time, text
        Of each row, as they are written.
    words
        What the texts mean; a text with a stamp of its own is a look's.
    """
    devices, times = (len(np.unique(column.codes)) for column in (device, time))
    rows = len(device)
    if not rows or 2 * rows >= devices * times or (times < _FEW_TIMES and rows >= 2 * times):
        return False
    if any((meaning := words.console_meaning(t)) and meaning.at for t in text.values[:1000]):
        return False
    order = np.argsort(device.codes, kind="stable")
    again = _as_before(device.codes[order]) & _as_before(text.codes[order])
    meant = (words.meaning(t) for t in text.values)
    is_final = np.array([m is None or What.DEFERRED not in m.whats for m in meant], bool)
    once = is_final[text.codes[order]]
    if not once.any():
        once = ~once
    return bool(np.count_nonzero(again & once) < _ALMOST_NEVER * np.count_nonzero(once))


def are_shown_unit_by_unit(device: Column, unit: Column, time: Column) -> bool:
    """Tell whether a time shows most of an OU, as where OUs are exported one by one.

    Parameters
    ----------
    device, unit, time
        Of each row, as they are written.
    """
    looked_at = np.unique(np.stack([unit.codes, time.codes]), axis=1)[0]
    members = np.unique(np.stack([unit.codes, device.codes]), axis=1)[0]
    to_be_shown = int(np.bincount(members)[looked_at].sum())
    return bool(len(unit) >= 2 * len(looked_at) and 2 * len(unit) >= to_be_shown)


def are_shown_in_turn(device: Column, time: Column) -> bool:
    """Tell whether those that a time shows are shown together again, as where parts take turns.

    Hardly any time [A] shows devices that were shown at different times before, or are later; and
    two or more of them, on average.

    Parameters
    ----------
    device, time
        Of each row, as they are written.
    """
    order = np.argsort(device.codes, kind="stable")
    again = np.flatnonzero(_as_before(device.codes[order]))
    before, at = time.codes[order][again - 1], time.codes[order][again]
    turns = np.unique(np.stack([before, at]), axis=1)
    fewest = min(len(np.unique(one)) for one in turns)
    return bool(len(again) >= 2 * turns.shape[1] and turns.shape[1] <= _MOST_TURNS * fewest)


def are_too_few_to_tell(device: Column, time: Column, text: Column, words: Words) -> bool:
    """Tell whether rows of one or two devices may be events: looks would read the same.

    Parameters
    ----------
    device, time, text
        Of each row, as they are written.
    words
        What the texts mean; a text with a stamp of its own is a look's.
    """
    devices, times = (len(np.unique(column.codes)) for column in (device, time))
    if devices > _FEW_DEVICES or not devices < len(device) == times:
        return False
    order = np.argsort(device.codes, kind="stable")
    if (_as_before(device.codes[order]) & _as_before(text.codes[order])).any():
        return False
    return not any((meaning := words.console_meaning(t)) and meaning.at for t in text.values)


def joined_looks(parts: Sequence[Look]) -> Piece:
    """Return what was seen at all looks together."""
    of_text: dict[str, tuple[What, ...]] = {"": ()}
    for part in parts:
        of_text |= part.means
    device, text = (
        Column.join([getattr(part, name) for part in parts]) for name in ("device", "text")
    )
    at, stamp, late, line, source, of_delivery = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("at", "stamp", "stamp_late", "line", "source", "of_delivery")
    )
    until = int(at.max())
    order = np.lexsort((at, device.codes))
    codes, at = device.codes[order], at[order]
    is_last = np.append(codes[1:] != codes[:-1], True) & (at < until)
    before = np.where(_as_before(codes), np.roll(at, 1), LONG_AGO)
    last_looks = {
        device.values[c]: int(a) for c, a in zip(codes[is_last], at[is_last], strict=True)
    }
    shown = np.flatnonzero(~of_delivery[order])
    order, codes, at, before = order[shown], codes[shown], at[shown], before[shown]
    texts, stamp, late = text.codes[order], stamp[order], late[order]
    is_new = ~(_as_before(codes) & _as_before(texts))
    says_nothing = np.array([not of_text[value] for value in text.values], bool)[texts]
    is_blank = ~np.roll(_as_before(codes), -1) & (at > until - SHORTEST) & says_nothing
    has_stamp = stamp >= 0
    earliest = np.where(has_stamp, stamp, before)
    latest = np.where(has_stamp, np.maximum(stamp, np.minimum(late, at)), at)
    kept = np.flatnonzero(is_new)
    inner, what = expanded(texts[kept], [of_text[value] for value in text.values])
    row = kept[inner]
    return Piece(
        device=Column(device.values, codes[row]),
        earliest=earliest[row],
        latest=latest[row],
        what=what,
        amount=np.full(len(row), -1, np.int64),
        detail=Column(("",), np.zeros(len(row), np.int32)),
        command=Column(("",), np.zeros(len(row), np.int32)),
        line=line[order][row],
        source=source[order][row],
        until=until,
        resolution=max(part.resolution for part in parts),
        last_looks=last_looks,
        blank=frozenset(device.values[code] for code in codes[is_blank].tolist()),
    )


def _as_before(codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which values are those right before them."""
    same = np.zeros(len(codes), bool)
    same[1:] = codes[1:] == codes[:-1]
    return same


def read_look(rows: Rows, source: int) -> tuple[Look, Account]:
    """Read one export of a console."""
    complaints = rows.complaints
    form = f"{CONSOLE_FORM} ({rows.table.kind})"
    texts, means = meanings(rows, rows.status_role)
    of_delivery = np.array([meaning.is_delivery for meaning in means], bool)[texts.codes]
    set_aside = int((of_delivery & rows.good).sum())
    stamps = _stamps(rows, texts, [meaning.at for meaning in means])
    complaints.check_most_are_good(rows.table.rows_read, form)  # a time would not help
    at = _looked_at(rows, stamps)
    devices = rows.devices(at)
    _leave_out_doubles(rows, devices, at)
    complaints.check_most_are_good(rows.table.rows_read, form)
    kept = np.flatnonzero(rows.good)
    early = np.flatnonzero(rows.good & (stamps.earliest > at + _MINUTE))
    if len(early):
        text = say("log_line.after_export")
        complaints.warn(text, int(rows.line[early[0]]))
    look = Look(
        device=devices.rows(kept),
        text=texts.rows(kept),
        of_delivery=of_delivery[kept],
        at=np.maximum(at, stamps.earliest)[kept],
        stamp=stamps.earliest[kept],
        stamp_late=stamps.latest[kept],
        line=rows.line[kept],
        source=np.full(len(kept), source, np.int16),
        resolution=stamps.resolution,
        means={t: m.whats for t, m in zip(texts.values, means, strict=True)},
    )
    of_update = texts.codes[kept[~of_delivery[kept]]]
    nothing = sum(not means[code].whats for code in of_update.tolist())
    aside = {"of deliveries": set_aside, "nothing shown yet": nothing}
    account = Account(complaints.source, form, rows.table.rows_read, complaints.bad, aside)
    return look, account


def _stamps(rows: Rows, texts: Column, at: list[str]) -> ReadTimes:
    """Return the stamp within each text; -1 where there is none."""
    has_stamp = np.array([bool(text) for text in at], bool)[texts.codes]
    some = np.flatnonzero(has_stamp & rows.good)
    early = np.full(len(rows), -1, np.int64)
    late = early.copy()
    if not len(some):
        return ReadTimes(early, late, ~has_stamp, 1000)
    stamps = Column.of(at)
    role = rows.where(rows.status_role)
    read = read_times(
        stamps.rows(texts.codes[some]),
        rows.line[some],
        rows.complaints,
        zone=rows.context.zone,
        day_first=rows.context.mapping.day_first,
        where=lambda row: role(int(some[row])),
    )
    early[some], late[some] = read.earliest, read.latest
    rows.good[some] &= read.good
    return ReadTimes(early, late, rows.good, read.resolution)


def _looked_at(rows: Rows, stamps: ReadTimes) -> NDArray[np.int64]:
    """Return when each row was exported: by its column, the file's name, or the latest stamp."""
    if "time" in rows.roles:
        return rows.times("time").latest
    complaints = rows.complaints
    named = _named(rows)
    if named is not None:
        return np.full(len(rows), named, np.int64)
    latest = int(stamps.latest[rows.good].max(initial=-1))
    if latest < 0:
        complaints.refuse(say("log_file.no_time_of_export", example=EXAMPLE))
    complaints.warn(say("log_file.time_of_latest", example=EXAMPLE))
    return np.full(len(rows), latest, np.int64)


def _named(rows: Rows) -> int | None:
    """Return when a file was exported, by its name; None if that tells nothing."""
    complaints = rows.complaints
    fault = say("log_name.never_was")
    try:
        text = time_in_name(complaints.source.replace("\\", "/").rpartition("/")[2])
    except ValueError as error:
        text, fault = "", str(error)
    if text is None:
        return None
    named = Column((text,), np.zeros(1, np.int32))
    read = read_times(named, np.ones(1, np.int64), complaints, zone=rows.context.zone)
    if not read.good[0]:
        complaints.refuse(say("log_name.fault", fault=fault, example=EXAMPLE))
    return int(read.latest[0])


def _leave_out_doubles(rows: Rows, devices: Column, at: NDArray[np.int64]) -> None:
    """Leave out what one look shows of a name that it has shown before."""
    order = np.lexsort((np.arange(len(at)), at, devices.codes))
    order = order[rows.good[order]]
    same = (devices.codes[order][1:] == devices.codes[order][:-1]) & (
        at[order][1:] == at[order][:-1]
    )
    double = np.zeros(len(at), bool)
    double[order[1:][same]] = True
    first_of: dict[tuple[int, int], int] = {}
    for row in order.tolist() if double.any() else []:
        first_of.setdefault((int(devices.codes[row]), int(at[row])), int(rows.line[row]))

    def why(row: int) -> str:
        first = first_of[int(devices.codes[row]), int(at[row])]
        name = rows.complaints.shown(devices[row])
        if "unit" in rows.roles:
            return say("log_line.device_twice_in_ou", device=name, line=first)
        return say("log_line.device_twice", device=name, line=first)

    rows.leave_out(double, "device", why)
