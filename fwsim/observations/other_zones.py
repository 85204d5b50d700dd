"""Files of one log that say the same in the times of two zones, some hours apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.complaints import Complaints
from fwsim.observations.observed import What
from fwsim.observations.pieces import Piece

_HOUR = 3_600_000
_MOST = 14
"""Hours between two zones."""
_FEWEST_LINES, _FEWEST_DEVICES = 10, 3
"""Of so many lines of so many devices times have to differ alike [A]."""
_FEWEST_FILES = 2
_Ints = NDArray[np.int64]


def tell_of_other_zones(pieces: Sequence[Piece], complaints: Sequence[Complaints]) -> None:
    """Say of which files most that stands in both is as many hours later in the one.

    Parameters
    ----------
    pieces
        What was seen in all of them.
    complaints
        Of each file.
    """
    device = Column.join([piece.device for piece in pieces]).codes.astype(np.int64)
    what, source, at, early = (
        np.concatenate([getattr(piece, name) for piece in pieces]).astype(np.int64)
        for name in ("what", "source", "latest", "earliest")
    )
    if len(np.unique(source)) < _FEWEST_FILES:
        return
    once = _once_in_each(device, what, source)
    once = once[early[once] == at[once]]
    order = once[np.lexsort((source[once], what[once], device[once]))]
    one, other = order[:-1], order[1:]
    same = (device[one] == device[other]) & (what[one] == what[other])
    one, other = one[same], other[same]
    pair = source[one] * len(complaints) + source[other]
    by_pair = np.argsort(pair, kind="stable")
    pairs, begins, counts = np.unique(pair[by_pair], return_index=True, return_counts=True)
    for number in np.flatnonzero(counts >= _FEWEST_LINES).tolist():
        first, second = divmod(int(pairs[number]), len(complaints))
        mine = by_pair[begins[number] :][: counts[number]]
        found = _hours_between(at[other[mine]] - at[one[mine]], device[one[mine]])
        if found is not None:
            hours, count = found
            log = complaints[first].source
            text = say("log_file.other_zone", count=count, log=log, hours=hours)
            complaints[second].warn(text)


def _once_in_each(device: _Ints, what: _Ints, source: _Ints) -> _Ints:
    """Return the lines that are the only ones of their kind of a device in a file."""
    kind = (device * len(What) + what) * (int(source.max(initial=0)) + 1) + source
    _, first, count = np.unique(kind, return_index=True, return_counts=True)
    return np.asarray(first[count == 1], np.int64)


def _hours_between(apart: _Ints, device: _Ints) -> tuple[int, int] | None:
    """Return by how many whole hours most times are apart, and how many; None if that is none."""
    values, counts = np.unique(apart, return_counts=True)
    if not len(values):
        return None
    most = int(np.argmax(counts))
    value, count = int(values[most]), int(counts[most])
    devices = len(np.unique(device[apart == value]))
    is_zone = value != 0 and value % _HOUR == 0 and abs(value) <= _MOST * _HOUR
    is_most = 2 * count > len(apart) and count >= _FEWEST_LINES and devices >= _FEWEST_DEVICES
    return (abs(value) // _HOUR, count) if is_zone and is_most else None
