"""Notices as they were seen: who, how each ended, when, and which buttons it had."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.elementary import Floats

_KINDS = 3


class Ended(IntEnum):
    """How a notice ended."""

    NOW = 0
    DEFER = 1
    CANCEL = 2
    SILENT = 3
    """Nothing was clicked until it was over, whatever ended it."""
    EITHER = 4
    """With *now* or with a shutdown: the log does not tell."""


@dataclass(frozen=True)
class Notices:
    """Notices that were seen; arrays have shape (notices,), times are seconds of presence.

    Parameters
    ----------
    person
        Who saw it; a number each.
    ended
        `Ended`, as a number.
    low, high
        Between which times it ended; equal where that is known.
    offered
        Sum of `Button` bits.
    cut
        When it would have run out; infinite if never.
    span
        How long the update that followed took; counts where it ended `EITHER` way.
    """

    person: NDArray[np.int64]
    ended: NDArray[np.int8]
    low: Floats
    high: Floats
    offered: NDArray[np.int8]
    cut: Floats
    span: Floats

    def __len__(self) -> int:
        return len(self.ended)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Notices:
        """Return some of them, chosen by truth or by number."""
        return self._with(*(column[chosen] for column in self._columns))

    def followed_by(self, others: Notices) -> Notices:
        """Return these and others."""
        pairs = zip(self._columns, others._columns, strict=True)
        return self._with(*(np.concatenate(pair) for pair in pairs))

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return (
            self.person,
            self.ended,
            self.low,
            self.high,
            self.offered,
            self.cut,
            self.span,
        )

    @classmethod
    def _with(cls, *columns: NDArray[Any]) -> Notices:
        return cls(*columns)

    @property
    def clicks(self) -> NDArray[np.bool_]:
        """Which were surely answered."""
        return np.asarray(self.ended <= Ended.CANCEL)

    def counts(self) -> tuple[int, int, int]:
        """Return how many ended with each click."""
        now, defer, cancel = (int((self.ended == kind).sum()) for kind in range(_KINDS))
        return now, defer, cancel
