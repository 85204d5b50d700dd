"""What others take of a line by the hour of the week, where downloads tell it.

Under fair sharing a download carries what one of k gets in each hour it lasts: Σ_h r_h ∫ label / k.
With many downloads of different times the rates r_h of the hours follow by least squares. One log
cannot tell what a line carries from what others always take of it; so the quietest hours stand for
the line itself, and what the others lack of it is what others take then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.lines import Cuts, LineDownloads, Stretches, shared_of, stretches_of, told
from fwsim.learning.steadiness import Shared, error_of_mean
from fwsim.quantities.elementary import Floats
from fwsim.quantities.weekdays import KEYS

LONG_ENOUGH = 600.0
"""Seconds for which an hour of the week must have been seen with a full line."""
CLEARLY = 4.0
"""Standard errors by which hours must differ before anything is made of it."""
_MATTERS = 0.1
"""Difference, on the logarithm, that is worth a line in a scenario."""
_LEAST_TAKEN = 0.03
_HOUR = 3_600_000
_ROUNDS = 3
_FEWEST = 10
_OFF = "day off"
"""Stands for all hours of the days on which others take nothing."""


@dataclass(frozen=True)
class Hours:
    """What others take of a line.

    Parameters
    ----------
    seen
        How many hours of the week were seen with a full line, long enough.
    taken
        Share by hour of the week, as a scenario writes it; empty where hours do not differ.
    """

    seen: int
    taken: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Rates:
    """What a line carried by the hour of the week; arrays have shape (hours,).

    Parameters
    ----------
    names
        The hours.
    rate
        Share of the label.
    error
        Standard error on the logarithm.
    seconds
        For how long they were seen with a full line.
    """

    names: list[str]
    rate: Floats
    error: Floats
    seconds: Floats


def hours_of(
    downloads: LineDownloads,
    device_rate: float,
    label: float,
    factor: float,
    zone: ZoneInfo,
    cuts: Cuts = (),
    free: Cuts = (),
) -> Hours:
    """Return what others take of a line by the hour of the week.

    Parameters
    ----------
    downloads
        Over this line alone.
    device_rate, label
        Bytes per second that a device takes at most, and that the line is said to carry.
    factor
        What the line carried of its label, whatever the hour.
    zone
        Whose hours.
    cuts
        When nothing came over the line, which says nothing of others.
    free
        When others take nothing of it, as on days off: this tells of the line itself.
    """
    rates = _rates(downloads, (device_rate, label), factor, (zone, cuts, free))
    long = rates.seconds >= LONG_ENOUGH
    seen = sum(name != _OFF for name, is_long in zip(rates.names, long, strict=True) if is_long)
    if int(long.sum()) < 2:
        return Hours(seen)
    names = [name for name, is_long in zip(rates.names, long, strict=True) if is_long]
    logs, errors = np.log(rates.rate[long]), rates.error[long]
    top, low = int(logs.argmax()), int(logs.argmin())
    apart = float(logs[top] - logs[low])
    if apart < max(_MATTERS, CLEARLY * float(np.hypot(errors[top], errors[low]))):
        return Hours(seen)
    quiet = logs[top] - logs <= 2.0 * np.hypot(errors, errors[top])
    weights = rates.seconds[long] * quiet
    line = float(weights @ np.exp(logs) / weights.sum())
    taken = 1.0 - np.exp(logs) / line
    found = {
        name: round(float(share), 2)
        for name, share, is_quiet in zip(names, taken, quiet, strict=True)
        if share >= _LEAST_TAKEN and not is_quiet and name != _OFF
    }
    return Hours(seen, found)


def _rates(
    downloads: LineDownloads,
    most: tuple[float, float],
    factor: float,
    when: tuple[ZoneInfo, Cuts, Cuts],
) -> _Rates:
    """Return what a line carried by the hour: where it bound is found out on the way."""
    device_rate, label = most
    zone, cuts, off = when
    counted, sized = downloads.that_count, told(downloads)
    edges, names = _hours(counted, zone)
    cut = np.array(cuts, np.int64).reshape(-1)
    free = np.array(off, np.int64).reshape(-1)
    parts = stretches_of(counted, np.concatenate([edges, cut, free]))
    parts = parts.where(~_is_in(cut, parts.begin))
    distinct = [*dict.fromkeys(names), *([_OFF] if len(free) else [])]
    of_edge = np.array([distinct.index(name) for name in names])
    hour = of_edge[np.searchsorted(edges, parts.begin, side="right") - 1]
    hour[_is_in(free, parts.begin)] = len(distinct) - 1
    own = parts.busy.astype(np.float64) * device_rate
    rate, error = np.full(len(distinct), factor), np.full(len(distinct), np.inf)
    for _ in range(_ROUNDS):
        bound = own > rate[hour] * label
        found = _by_hour(sized, parts, np.where(bound, hour, -1), (label, device_rate), rate)
        if found is None:
            break
        rate, error = found
    carried = np.minimum(rate[hour] * label, own)
    shared = shared_of(sized, parts, carried, own)
    seconds = np.zeros(len(distinct))
    np.add.at(seconds, hour[bound], parts.seconds[bound])
    if not bound.any():
        return _Rates(distinct, rate, error, seconds)
    wanders = error_of_mean(shared)
    of_time = wanders * np.sqrt(seconds.sum() / np.maximum(seconds, 1e-9))
    return _Rates(distinct, rate, np.hypot(error, of_time), seconds)


def _is_in(spans: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which times lie in stretches, given as one begin and end after the other."""
    inside: NDArray[np.bool_] = np.searchsorted(spans, at, side="right") % 2 == 1
    return inside


def _by_hour(
    downloads: LineDownloads,
    parts: Stretches,
    hour: NDArray[np.int64],
    rates: tuple[float, float],
    before: Floats,
) -> tuple[Floats, Floats] | None:
    """Return rates by hour and their errors by least squares; None if there are too few downloads.

    Parameters
    ----------
    downloads
        Those with a size.
    parts
        When how many were under way.
    hour
        Of each stretch; -1 where the devices held themselves back.
    rates
        Of the line's label, and of a device.
    before
        What stands for hours of which the downloads say nothing.
    """
    label, own = rates

    def carried(rate: Floats) -> Floats:
        shared: Shared = shared_of(downloads, parts, rate, np.full(len(rate), np.inf))
        ends = (shared.carried(shared.rate, end) for end in (downloads.end, downloads.begin))
        return np.subtract(*ends)

    by_hour = np.stack([carried(np.where(hour == h, label, 0.0)) for h in range(len(before))], 1)
    itself = carried(np.where(hour < 0, parts.busy * own, 0.0))
    scale = 1.0 / downloads.size
    table, wanted = by_hour * scale[:, None], (downloads.size - itself) * scale
    told_of = table.sum(axis=0) > 1.0
    if len(downloads) < _FEWEST + int(told_of.sum()) or not told_of.any():
        return None
    some = table[:, told_of]
    found, *_ = np.linalg.lstsq(some, wanted, rcond=None)
    if (found <= 0).any():
        return None
    left = wanted - some @ found
    spread = float(left @ left) / (len(left) - len(found))
    errors = np.sqrt(np.maximum(spread * np.diag(np.linalg.pinv(some.T @ some)), 0.0))
    rate, error = before.copy(), np.full(len(before), np.inf)
    rate[told_of], error[told_of] = found, errors / found
    return rate, error


def _hours(downloads: LineDownloads, zone: ZoneInfo) -> tuple[NDArray[np.int64], list[str]]:
    """Return when hours of the wall clock begin, milliseconds since the epoch, and their names."""
    first = datetime.fromtimestamp(int(downloads.begin.min()) / 1000, UTC).astimezone(zone)
    begin = first.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    epoch = round(begin.timestamp() * 1000)
    starts: list[int] = []
    names: list[str] = []
    # Clocks are set by half hours, too, after which the hours begin at another half.
    for number in range(2 * ((int(downloads.end.max()) - epoch) // _HOUR + 1)):
        at = (begin + number * timedelta(minutes=30)).astimezone(zone)
        name = f"{KEYS[at.weekday()]} {at.hour:02d}:00-{at.hour + 1:02d}:00"
        if not names or not at.minute or name != names[-1]:
            starts.append(epoch + number * _HOUR // 2)
            names.append(name)
    return np.array(starts, np.int64), names
