"""The luck of installations under way where a log contradicts it; see `conditioned`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fwsim.model.chances import Chances
from fwsim.model.outlasting import MOST_TRIES, durations_beyond
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import Rollout
from fwsim.model.writing import OpenWrites, WrittenSizes
from fwsim.quantities.counts import LARGEST_FACTOR
from fwsim.quantities.elementary import Floats
from fwsim.quantities.tails import beyond

Row = NDArray[Any]
Changes = dict[tuple[Purpose, int], dict[int, Any]]
"""What is drawn anew, by purpose and draw: of some devices."""
TRIES_TOGETHER = 4
_LEAST = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class _Left:
    """Installations under way; arrays of shape (devices,).

    Parameters
    ----------
    devices
        Whose.
    whole
        How long a device like any other writes, milliseconds.
    lasted
        How long they have, so far.
    may_fail
        Whether they are the last of their image, and so the one that fails.
    """

    devices: Row
    whole: Floats
    lasted: Row
    may_fail: Row

    def where(self, chosen: Row) -> Self:
        """Return some of them."""
        rows = (self.devices, self.whole, self.lasted, self.may_fail)
        return type(self)(*(row[chosen] for row in rows))

    def agree(self, factor: Floats, fails: Row, point: Floats) -> Row:
        """Tell which are at it still with such luck; arrays of shape (..., devices)."""
        found: Row = self.whole * factor * np.where(fails & self.may_fail, point, 1.0) > self.lasted
        return found


class Writes:
    """Installations under way in one run.

    Parameters
    ----------
    rollout, chances, raw, images
        As for `Conditioned`.
    """

    def __init__(
        self,
        rollout: Rollout,
        chances: Chances,
        raw: Callable[[Purpose], Callable[[int], Row]],
        images: Callable[[], NDArray[np.int64]],
    ) -> None:
        self._rollout, self._chances, self._raw = rollout, chances, raw
        self._sizes = WrittenSizes(rollout, images)
        self._law = rollout.assumptions.install_spread

    def again(self, writes: Iterable[OpenWrites]) -> Changes:
        """Return factors and faults of those that would have ended before."""
        changed: Changes = {(Purpose.INSTALL_FACTOR, 0): {}}
        for one in writes:
            self._again(one.draw, self._left(one), changed)
        return changed

    def _left(self, writes: OpenWrites) -> _Left:
        size, is_last = self._sizes.of(writes)
        assumptions = self._rollout.assumptions
        formats = np.array([w.formats and w.place <= 0 for _, w in writes.kinds])[writes.kind]
        left = _Left(
            writes.devices,
            size * 1000 / assumptions.install_rate,
            writes.lasted - assumptions.format_time * formats,
            is_last,
        )
        return left.where(size > 0)

    @cached_property
    def _fault_shares(self) -> Floats:
        return self._rollout.fault_shares("installation")

    def _again(self, draw: int, left: _Left, changed: Changes) -> None:
        factor, fails, point = (
            np.broadcast_to(self._raw(purpose)(number), len(self._rollout.fleet))[left.devices]
            for purpose, number in _asked(draw)
        )
        left = left.where(~left.agree(factor, fails, point))
        for first in range(0, MOST_TRIES, TRIES_TOGETHER):
            if not len(left.devices):
                return
            again = partial(
                self._chances.often_again,
                draw=draw,
                attempts=range(first, first + TRIES_TOGETHER),
                devices=left.devices,
            )
            factor = self._factors(again(Purpose.INSTALL_FACTOR))
            fails = again(Purpose.WRITE_FAULT) < self._fault_shares[left.devices]
            point = again(Purpose.WRITE_FAULT_POINT)
            agrees = left.agree(factor, fails, point)
            comes, one = np.asarray(agrees.any(axis=0)), agrees.argmax(axis=0)
            found = np.flatnonzero(comes)
            rows = [row[one[found], found] for row in (factor, fails, point)]
            _note(draw, left.where(found), rows, changed)
            left = left.where(~comes)
        if len(left.devices):
            self._late(draw, left, changed)

    def _factors(self, chances: Floats) -> Floats:
        return np.asarray(np.clip(self._law.quantile(chances), 0, LARGEST_FACTOR))

    def _late(self, draw: int, left: _Left, changed: Changes) -> None:
        """Let installations take longer than hardly any does."""
        times, late = durations_beyond(
            self._chances,
            Purpose.INSTALL_FACTOR,
            draw,
            left.devices,
            left.lasted,
            lambda at: left.whole * self._factors(at),
        )
        factor = np.minimum(times / left.whole, LARGEST_FACTOR)
        fails, point = np.zeros(len(factor), bool), np.ones(len(factor))
        may = left.may_fail & (self._fault_shares[left.devices] > 0) & (late > 0)
        if may.any():
            factor[may], fails[may], point[may] = self._late_with_faults(draw, left.where(may))
        _note(draw, left, [factor, fails, point], changed)

    def _late_with_faults(self, draw: int, left: _Left) -> tuple[Floats, Row, Floats]:
        """Return factors, whether those fail, and where, of what lasts longer than hardly any does.

        One that fails is at it still where that comes late enough: the likelier, the longer the
        whole takes. So of several factors that last, each is taken with the chance that it does.
        """
        attempts = range(MOST_TRIES, 2 * MOST_TRIES)
        often = partial(self._chances.often_again, draw=draw, devices=left.devices)
        once = range(attempts.stop, attempts.stop + 1)
        luck = often(Purpose.INSTALL_FACTOR, attempts=attempts)
        _, beyond_it = beyond(lambda at: left.whole * self._factors(at), left.lasted, luck)
        factors, shares = self._factors(beyond_it), self._fault_shares[left.devices]
        is_late = np.maximum(1 - left.lasted / (left.whole * factors), 0)  # chance of its point
        lasts = np.maximum(1 - shares + shares * is_late, _LEAST)
        # Whose time comes first in a race at these rates is drawn with these chances.
        race = -np.log(often(Purpose.WRITE_FAULT, attempts=attempts)) / lasts
        one = race.argmin(axis=0), np.arange(len(left.devices))
        fails = often(Purpose.WRITE_FAULT, attempts=once)[0] * lasts[one] < (shares * is_late[one])
        point = 1 - is_late[one] * often(Purpose.WRITE_FAULT_POINT, attempts=once)[0]
        return factors[one], fails, point


def _asked(draw: int) -> list[tuple[Purpose, int]]:
    faults = (Purpose.WRITE_FAULT, Purpose.WRITE_FAULT_POINT)
    return [(Purpose.INSTALL_FACTOR, 0), *((purpose, draw) for purpose in faults)]


def _note(draw: int, left: _Left, rows: list[Row], changed: Changes) -> None:
    """Note factors, and of who may fail now whether, and how far they get."""
    for (purpose, number), row in zip(_asked(draw), rows, strict=True):
        mine = left.may_fail | (purpose is Purpose.INSTALL_FACTOR)
        drawn = zip(left.devices[mine].tolist(), row[mine].tolist(), strict=True)
        changed.setdefault((purpose, number), {}).update(drawn)
