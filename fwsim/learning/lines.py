"""What a line carries, from downloads: bytes over the time in which it was busy.

Where a line binds, N downloads together get all it carries, whatever N: so bytes over busy time,
and not the mean rate of a download. Where fewer devices than it takes are fetching, they get their
own rate, and that stretch says only that the line carries more. So the factor f on the line's label
is what makes the bytes: Σ bytes = Σ stretches duration · min(f · label · (1 - busy), k · device
rate), k downloads being under way (notes, finding 4 and B).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.steadiness import Shared, error_of_mean
from fwsim.quantities.elementary import Floats

STATUS_LOG_ERROR = 0.25
"""Standard error, on the logarithm, that no number of transfers takes away where only their times
are known: queues, several packages, proxies [A]."""
TOLD_ERROR = 0.05
"""The same of what a log of all states and bytes tells, or a web server's of a hub [A]."""
SMALLEST = 64_000
"""Bytes below which a download says nothing of a rate: answers without content, signatures."""
UNTOLD = -1
"""Bytes of a download of which only the times are known."""
FEWEST_BOUND = 0.2
"""Share of its bytes that a line must have bound for its rate to be told."""
_HIGHEST = 1e6
_HALVINGS = 100
Cuts = Sequence[tuple[int, int]]
"""From when to when nothing came over a line, milliseconds; sorted and apart."""


@dataclass(frozen=True)
class LineDownloads:
    """Downloads over one line; arrays have shape (downloads,).

    Parameters
    ----------
    begin, end
        Milliseconds.
    size
        Bytes; `UNTOLD` of those which only took their part of the line.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    size: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.size)

    @classmethod
    def join(cls, parts: Iterable[LineDownloads]) -> LineDownloads:
        """Return the downloads of several lines, one at least, as of one."""
        columns = zip(*((one.begin, one.end, one.size) for one in parts), strict=True)
        return cls(*map(np.concatenate, columns))

    def where(self, chosen: NDArray[np.bool_]) -> LineDownloads:
        """Return some of them."""
        return LineDownloads(self.begin[chosen], self.end[chosen], self.size[chosen])

    def timed_in(self, step: int) -> LineDownloads:
        """Return them as a clock of some step tells them: what is no longer has no length.

        Parameters
        ----------
        step
            Milliseconds. Where most with a size are no longer, the others are those that took
            longest, and have no length, either.
        """
        short = self.is_told if self.is_mostly_short(step) else self._short(step)
        return LineDownloads(self.begin, np.where(short, self.begin, self.end), self.size)

    def is_mostly_short(self, step: int) -> bool:
        """Tell whether most with a size are no longer than a step, milliseconds."""
        return bool(2 * self._short(step).sum() > self.is_told.sum())

    def _short(self, step: int) -> NDArray[np.bool_]:
        return np.asarray(self.is_told & (self.end - self.begin <= step))

    def apart_from(self, cuts: Cuts) -> LineDownloads:
        """Return them, those without a size that were under way in some stretch.

        Parameters
        ----------
        cuts
            From when to when each stretch is.
        """
        is_in = np.zeros(len(self), bool)
        for begin, end in cuts:
            is_in |= (self.begin < end) & (self.end > begin)
        return LineDownloads(self.begin, self.end, np.where(is_in, UNTOLD, self.size))

    @property
    def that_count(self) -> LineDownloads:
        """Those with a length, and with a size that says something or is not told."""
        some = (self.size >= SMALLEST) | (self.size == UNTOLD)
        return self.where(some & (self.end > self.begin))

    @property
    def is_told(self) -> NDArray[np.bool_]:
        """Which of them have a size."""
        return np.asarray(self.size != UNTOLD)


@dataclass(frozen=True)
class Stretches:
    """Time between one change and the next; arrays have shape (stretches,).

    Parameters
    ----------
    begin
        When, milliseconds.
    seconds
        How long.
    busy, told
        How many downloads are under way, at least one; and how many of them have a size.
    period
        Which busy period it belongs to, from 0.
    """

    begin: NDArray[np.int64]
    seconds: Floats
    busy: NDArray[np.int64]
    told: NDArray[np.int64]
    period: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Stretches:
        """Return some of them."""
        return Stretches(
            self.begin[chosen],
            self.seconds[chosen],
            self.busy[chosen],
            self.told[chosen],
            self.period[chosen],
        )


def stretches_of(downloads: LineDownloads, changes: NDArray[np.int64]) -> Stretches:
    """Return when how many downloads were under way; idle gaps are left out.

    Parameters
    ----------
    downloads
        Over one line.
    changes
        Further times at which something changes, milliseconds.
    """
    edges = np.unique(np.concatenate([downloads.begin, downloads.end, changes]))
    edges = edges[(edges >= downloads.begin.min()) & (edges <= downloads.end.max())]
    busy, told = _at_work(downloads, edges), _at_work(downloads.where(downloads.is_told), edges)
    period = np.cumsum(np.diff((busy > 0).astype(np.int64), prepend=0) == 1) - 1
    some = busy > 0
    seconds = np.diff(edges) / 1000.0
    return Stretches(edges[:-1][some], seconds[some], busy[some], told[some], period[some])


def _at_work(downloads: LineDownloads, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many downloads were under way between edges."""
    step = np.zeros(len(edges), np.int64)
    np.add.at(step, np.searchsorted(edges, downloads.begin), 1)
    np.add.at(step, np.searchsorted(edges, downloads.end), -1)
    return np.cumsum(step)[:-1]


@dataclass(frozen=True)
class LineFit:
    """What downloads tell of a line.

    Parameters
    ----------
    factor
        What it carries of its label, others' traffic apart; infinite if it never bound.
    error
        Standard error on the logarithm.
    downloads, periods
        How many, and in how many busy periods.
    bound
        Share of the bytes that came while the line bound.
    """

    factor: float
    error: float
    downloads: int
    periods: int
    bound: float

    @property
    def tells(self) -> bool:
        """Whether the line itself was seen, and not the devices' own rate."""
        return bool(np.isfinite(self.factor)) and self.bound >= FEWEST_BOUND


def fit_line(
    downloads: LineDownloads,
    device_rate: float,
    label: float,
    busy: list[tuple[int, float]],
    *,
    step: int = 1,
    error: float = 0.0,
) -> LineFit:
    """Return what downloads tell of a line.

    Parameters
    ----------
    downloads
        Over this line alone.
    device_rate
        Bytes per second a device takes at most.
    label
        The line's stated rate, bytes per second.
    busy
        Share that others take, from each time on, milliseconds; 1 where the line is cut.
    step
        Of the downloads' times, milliseconds.
    error
        Standard error that no number of downloads takes away.
    """
    counted = downloads.that_count
    sized = told(downloads)
    if not len(sized):
        return LineFit(np.inf, np.inf, 0, 0, 0.0)
    times = np.array([at for at, _ in busy], np.int64)
    shares = np.array([share for _, share in busy], np.float64)
    parts = stretches_of(counted, times)
    place = np.maximum(np.searchsorted(times, parts.begin, side="right") - 1, 0)
    taken = shares[place] if len(times) else np.zeros(len(parts.begin))
    parts, taken = parts.where(taken < 1), taken[taken < 1]
    if not len(taken):
        return LineFit(np.inf, np.inf, 0, 0, 0.0)
    left = np.asarray(label * (1.0 - taken), np.float64)
    own = parts.busy.astype(np.float64) * device_rate
    seconds = parts.seconds * parts.told / parts.busy
    factor = factor_for(float(sized.size.sum()), seconds, left, own)
    periods = int(parts.period.max()) + 1
    if not np.isfinite(factor):
        return LineFit(np.inf, np.inf, len(sized), periods, 0.0)
    carried = seconds * np.minimum(factor * left, own)
    bound = float(carried[factor * left < own].sum() / carried.sum())
    if not bound:
        return LineFit(factor, np.inf, len(sized), periods, 0.0)
    wanders = error_of_mean(shared_of(sized, parts, np.minimum(factor * left, own), own))
    # The ends of busy periods are known to a step of the clock.
    clock = step / 1000.0 * np.sqrt(periods / 6.0) / parts.seconds.sum()
    whole = float(np.sqrt(error**2 + wanders**2 + clock**2))
    return LineFit(factor, whole, len(sized), periods, bound)


def shared_of(downloads: LineDownloads, parts: Stretches, rate: Floats, own: Floats) -> Shared:
    """Return what a line would have given to each download.

    Parameters
    ----------
    downloads
        Those with a size.
    parts
        When how many were under way.
    rate, own
        Bytes per second that all of them got, and that they take at most; by stretch.
    """
    ends = parts.begin + np.rint(parts.seconds * 1000.0).astype(np.int64)
    changes = np.unique(np.concatenate([parts.begin, ends]))
    place = np.searchsorted(changes, parts.begin)
    each, bound = np.zeros(len(changes) - 1), np.zeros(len(changes) - 1, bool)
    each[place] = rate / parts.busy
    bound[place] = rate < own
    return Shared(downloads.begin, downloads.end, downloads.size, changes, each, bound)


def factor_for(size: float, seconds: Floats, left: Floats, own: Floats) -> float:
    """Return the factor that makes the bytes; infinite if devices alone hold them back.

    Parameters
    ----------
    size
        Bytes.
    seconds, left, own
        How long each stretch is; what the line's label leaves, and what the devices take at most.
    """
    if size >= float((seconds * own).sum()) * (1 - 1e-9):
        return float(np.inf)
    low, high = 0.0, _HIGHEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if float((seconds * np.minimum(middle * left, own)).sum()) < size:
            low = middle
        else:
            high = middle
    return high


def told(downloads: LineDownloads) -> LineDownloads:
    """Return those that say something of a rate."""
    counted = downloads.that_count
    return counted.where(counted.is_told)
