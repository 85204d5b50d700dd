"""What a log tells of users line by line: who was asked or clicked, and when."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.spans import Spans
from fwsim.measures.catalogue import Kind
from fwsim.observations.observed import What

Ints = NDArray[np.int64]


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class UserLines:
    """Notices and clicks; arrays have shape (lines,), times are milliseconds since the epoch.

    Parameters
    ----------
    device, what
        On which device, and what it was.
    earliest, latest
        Between which times it was.
    """

    device: Ints = field(default_factory=_none)
    what: Ints = field(default_factory=_none)
    earliest: Ints = field(default_factory=_none)
    latest: Ints = field(default_factory=_none)

    def value(self, kind: Kind, spans: Spans) -> float | None:
        """Return what a measure of people comes to within stretches of time.

        None where the log does not tell it, or of a line not whether it is within them.
        """
        what = What.DEFERRED if kind is Kind.DEFERMENTS else What.ASKED
        chosen = self.what == (What.CANCELLED if kind is Kind.CANCELS else what)
        edges = np.array(spans, np.int64).reshape(-1)
        early, late = (
            np.searchsorted(edges, at[chosen], side="right") for at in (self.earliest, self.latest)
        )
        if (early != late).any():
            return None
        devices = np.bincount(self.device[chosen][early % 2 == 1])
        told = {
            Kind.PROMPTS: devices.sum(),
            Kind.DEFERMENTS: devices.sum(),
            Kind.CANCELS: devices.sum(),
            Kind.DEVICES_PROMPTED: (devices > 0).sum(),
            Kind.MOST_PROMPTS: devices.max(initial=0),
        }
        return float(told[kind]) if kind in told else None
