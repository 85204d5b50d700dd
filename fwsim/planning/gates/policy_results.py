"""What policies came to on the same fleet, for people: a table, a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure
from fwsim.planning.gates.staged_run import HeldBy
from fwsim.results.figures import PolicyPoint, policies
from fwsim.results.statistics.difference import Difference, difference
from fwsim.results.statistics.estimate import Estimate, estimate
from fwsim.results.statistics.forecast import forecast

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

OVER = Measure(Kind.TIME_TO, share=0.95, of_targeted=True)
"""What a policy costs: the measure whose words its table uses."""


@dataclass(frozen=True)
class Staged:
    """What one run under a policy came to.

    Parameters
    ----------
    reached
        Devices the command was sent to.
    failed
        Devices on which the update failed.
    over
        Milliseconds from the first command to 95 % of all devices; infinite if it never was.
    stopped_after
        Milliseconds from the first command to the stop for errors; infinite if there was none.
    held_by
        Why a gate stayed shut until the end; None if none did.
    """

    reached: int
    failed: int
    over: float
    stopped_after: float
    held_by: HeldBy | None = None


@dataclass(frozen=True)
class PolicyResult:
    """A policy tried out.

    Parameters
    ----------
    name
        Of the policy.
    good, bad
        Its runs with a good image and with the bad one; empty without a bad one.
    devices
        In all.
    """

    name: str
    good: tuple[Staged, ...]
    bad: tuple[Staged, ...]
    devices: int

    @property
    def times(self) -> list[float]:
        """Time to 95 % of all devices with a good image, one a run."""
        return [run.over for run in self.good]

    @property
    def over(self) -> Estimate:
        """Time to 95 % of all devices with a good image, on average."""
        return estimate(self.times, Unit.DURATION)

    def later_than(self, other: PolicyResult) -> Difference:
        """Return how much later a good image is over than under another policy, run by run."""
        return difference(OVER, self.times, other.times)

    @property
    def hit(self) -> Estimate:
        """Devices the bad image failed on, on average."""
        return self._devices([run.failed for run in self.bad])

    @property
    def reached(self) -> Estimate:
        """Devices the bad image was sent to, on average."""
        return self._devices([run.reached for run in self.bad])

    def _devices(self, counts: Sequence[int]) -> Estimate:
        """Return an estimate of a number of devices: no more than there are."""
        devices = estimate([float(count) for count in counts], Unit.COUNT)
        return replace(devices, high=min(devices.high, float(self.devices)))

    @property
    def stops(self) -> list[float]:
        """After what time the bad image was stopped, in the runs in which it was."""
        return [run.stopped_after for run in self.bad if math.isfinite(run.stopped_after)]

    @property
    def stopped(self) -> tuple[int, Estimate | None]:
        """In how many runs the bad image was stopped, and after what time."""
        times = self.stops
        return len(times), estimate(times, Unit.DURATION) if times else None

    @property
    def stopped_wrongly(self) -> int:
        """In how many runs the good image was stopped."""
        return sum(math.isfinite(run.stopped_after) for run in self.good)

    @property
    def held(self) -> int:
        """In how many runs of the good image a gate stayed shut until the end."""
        return sum(run.held_by is not None for run in self.good)

    def held_by(self, whom: HeldBy) -> int:
        """In how many of them it stayed shut for this reason."""
        return sum(run.held_by is whom for run in self.good)


def table(tried: Sequence[PolicyResult]) -> pd.DataFrame:
    """Return one row a policy."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for policy in tried:
        times = forecast(policy.times)
        row: dict[str, Any] = {
            "policy": policy.name,
            "devices": policy.devices,
            "runs": len(policy.good),
            "median time to 95 % of all (ms)": times.middle.value,
            "range low": times.low.value,
            "range high": times.high.value,
            "range holds": times.holds,
            "time to 95 % of all (ms)": policy.over.value,
            "low": policy.over.low,
            "high": policy.over.high,
            "later than the first (ms)": policy.later_than(tried[0]).value,
            "good image stopped in runs": policy.stopped_wrongly,
            **{f"held by {by.value} devices in runs": policy.held_by(by) for by in HeldBy},
        }
        if policy.bad:
            stopped, after = policy.stopped
            row |= {
                "bad image failed on": policy.hit.value,
                "failed on low": policy.hit.low,
                "failed on high": policy.hit.high,
                "bad image sent to": policy.reached.value,
                "bad image stopped in runs": stopped,
                "stopped after (ms)": after.value if after else math.nan,
            }
        rows.append(row)
    return pd.DataFrame(rows)


def picture(tried: Sequence[PolicyResult], ax: Axes | None = None) -> Axes:
    """Draw what each policy saves with a bad image against what it costs with a good one."""
    return policies(
        [PolicyPoint(policy.name, policy.later_than(tried[0]), policy.hit) for policy in tried],
        devices=tried[0].devices,
        ax=ax,
    )
