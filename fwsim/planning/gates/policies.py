"""How products pace a rollout and when they stop it: pure rules, as documented.

Sources: the house's notes on other products, section 1; the page of each rule stands beside it.
Marks: [H] read in the primary source, [M] secondary, [A] assumed here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import pairwise

MINUTE = 60_000
HAWKBIT_TICK = 2000
"""Milliseconds between two looks of hawkBit's scheduler [H]."""


def _exact(share: float) -> Fraction:
    """Return a share as it was written: 0.95 is 19/20, not the nearest binary number."""
    return Fraction(str(share))


@dataclass(frozen=True, slots=True)
class Gate:
    """Groups one after the other; the next one starts when this one went well enough.

    Shares are of the whole group, so devices that keep silent or were cancelled count as neither
    finished nor failed. Until the next group starts, errors of every group under way count.

    Parameters
    ----------
    success
        Share finished from which a group has gone well: finished/total ≥ x.
    error
        Share failed above which the rollout pauses: failed/total > y; None looks at no errors.
    wait
        Milliseconds from a group that went well to the next one.
    longest
        Milliseconds after a group's start from which a person is asked instead of waiting for
        silent devices; None waits for ever.
    pauses
        Whether a person is asked after each group that went well.
    ends_groups
        Whether a group whose devices have all ended counts as one that went well, however few
        of them finished.
    tick
        Milliseconds between two looks.
    """

    success: float
    error: float | None = None
    wait: int = 0
    longest: int | None = None
    pauses: bool = False
    ends_groups: bool = False
    tick: int = 1

    def finished_to_go_on(self, total: int) -> int:
        """Return how many devices of a group must have finished."""
        return math.ceil(_exact(self.success) * total)

    def failed_to_pause(self, total: int) -> int | None:
        """Return how many devices of a group must have failed; None if errors do not count."""
        return None if self.error is None else math.floor(_exact(self.error) * total) + 1

    def next_start(self, started: int, gone_well: int | None, person_takes: int) -> int | None:
        """Return when the next group starts if nothing fails; None if it never does.

        Parameters
        ----------
        started
            When this one was, milliseconds.
        gone_well
            When enough of it had finished, or all of it had ended where that will do; None if
            neither ever was.
        person_takes
            Milliseconds until a person who is asked lets it go on.
        """
        if self.longest is not None and (gone_well is None or gone_well > started + self.longest):
            return started + self.longest + person_takes
        if gone_well is None:
            return None
        return gone_well + self.wait + (person_takes if self.pauses else 0)


@dataclass(frozen=True, slots=True)
class HawkBit(Gate):
    """Eclipse hawkBit: two thresholds, success action NEXTGROUP or PAUSE, error action PAUSE [H].

    Its scheduler looks at every group under way, errors first. A group is finished when each of
    its actions is FINISHED, ERROR or CANCELED; if no error threshold was passed, that triggers
    the success action as the success threshold does (JpaRolloutExecutor.isRolloutGroupComplete;
    pull request 3110). An action that is rejected or denied stays open (DdiRootController, issue
    1667), so it holds a group like a silent device.
    """

    success: float = 0.5
    error: float | None = 0.3
    ends_groups: bool = True
    tick: int = HAWKBIT_TICK


@dataclass(frozen=True, slots=True)
class Stages(Gate):
    """A rule of one's own; with its defaults Configuration Manager's phased deployment [H].

    That begins the next phase only when the success criteria of the one before are met; whoever
    failed or was cancelled does not end it.
    """

    success: float = 0.95
    wait: int = 24 * 60 * MINUTE


@dataclass(frozen=True, slots=True)
class HpDeviceManager:
    """HP Device Manager: fixed batches, whether or not the one before is over [M].

    Parameters
    ----------
    amount
        Devices of a batch.
    interval
        Milliseconds from a batch to the next.
    """

    amount: int
    interval: int

    def starts(self, devices: int) -> list[tuple[int, int]]:
        """Return (devices so far, milliseconds after the start) of each batch."""
        batches = -(-devices // self.amount)
        return [
            (min(devices, (batch + 1) * self.amount), batch * self.interval)
            for batch in range(batches)
        ]


@dataclass(frozen=True, slots=True)
class Mender:
    """Mender: phases with a share and a start each; no gate between them [H].

    Parameters
    ----------
    shares
        Of all devices, phase by phase; the last phase takes what is left.
    starts_after
        Milliseconds after the start, one a phase.
    """

    shares: tuple[float, ...]
    starts_after: tuple[int, ...]

    def starts(self, devices: int) -> list[tuple[int, int]]:
        """Return (devices so far, milliseconds after the start) of each phase."""
        starts, so_far = [], Fraction(0)
        for number, (share, after) in enumerate(zip(self.shares, self.starts_after, strict=True)):
            so_far += _exact(share)
            is_last = number == len(self.shares) - 1
            starts.append((devices if is_last else min(devices, int(so_far * devices)), after))
        return starts


class Failure(Enum):
    """What AWS IoT Jobs may abort on."""

    FAILED = "FAILED"
    REJECTED = "REJECTED"
    TIMED_OUT = "TIMED_OUT"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Abort:
    """One abort rule of AWS IoT Jobs; its only action is CANCEL [H].

    Parameters
    ----------
    failure
        Which failures count.
    threshold
        Share of the devices notified from which the job is cancelled.
    minimum
        Devices that must have been notified before.
    """

    failure: Failure
    threshold: float
    minimum: int

    def trips(self, notified: int, failures: int) -> bool:
        """Tell whether the job is cancelled now."""
        if notified < max(1, self.minimum):
            return False
        return Fraction(failures, notified) >= _exact(self.threshold)


AWS_FASTEST = 1000
"""Devices a minute that the service notifies at most [M]."""


@dataclass(frozen=True, slots=True)
class AwsIotJobs:
    """AWS IoT Jobs: a rate of notifications, constant or rising, and rules to abort [H].

    Parameters
    ----------
    maximum_per_minute
        Never more.
    base_per_minute
        Where an exponential rate begins, 1 to 1000; None is a constant rate, the maximum.
    increment_factor
        By what the rate rises, 1.1 to 5.
    step
        It rises each time the count passes another so many devices.
    counts_succeeded
        Whether the count is of successes instead of notifications.
    aborts
        Rules to abort; the first that trips does.
    timeout_minutes
        Minutes, 1 to 10,080, in progress after which a device has TIMED_OUT; None is never.
    """

    maximum_per_minute: int = AWS_FASTEST
    base_per_minute: int | None = None
    increment_factor: float = 2.0
    step: int = 100
    counts_succeeded: bool = False
    aborts: tuple[Abort, ...] = ()
    timeout_minutes: int | None = None

    def __post_init__(self) -> None:
        faults = [
            text
            for is_wrong, text in (
                (not 1 <= self.maximum_per_minute <= AWS_FASTEST, "maximum_per_minute: 1 to 1000"),
                (
                    self.base_per_minute is not None
                    and not 1 <= self.base_per_minute <= AWS_FASTEST,
                    "base_per_minute: 1 to 1000",
                ),
                (not 1.1 <= self.increment_factor <= 5, "increment_factor: 1.1 to 5"),
                (self.step < 1, "step: 1 or more"),
                (
                    self.timeout_minutes is not None and not 1 <= self.timeout_minutes <= 10_080,
                    "timeout_minutes: 1 to 10,080",
                ),
            )
            if is_wrong
        ]
        if faults:
            raise ValueError("; ".join(f"expected {fault}" for fault in faults))

    def rate(self, count: int) -> float:
        """Return how many devices a minute are notified after a count of devices."""
        if self.base_per_minute is None:
            return float(self.maximum_per_minute)
        risen = self.base_per_minute * self.increment_factor ** (count // self.step)
        return min(float(self.maximum_per_minute), risen)

    def next_step(self, count: int) -> int | None:
        """Return the count at which the rate rises next; None if it never does again."""
        if self.base_per_minute is None or self.rate(count) >= self.maximum_per_minute:
            return None
        return (count // self.step + 1) * self.step


@dataclass(frozen=True, slots=True)
class AllAtOnce:
    """No waves: what Scout does with one command [S]."""

    def starts(self, devices: int) -> list[tuple[int, int]]:
        """Return (devices so far, milliseconds after the start): one batch."""
        return [(devices, 0)]


FixedPolicy = AllAtOnce | HpDeviceManager | Mender
Policy = FixedPolicy | Gate | AwsIotJobs


def groups(devices: int, shares: Sequence[float] | int) -> list[tuple[int, int]]:
    """Divide a row of devices into groups.

    As hawkBit does it [H]: each takes its share of those who are left, and half a device is a whole
    one (JpaRolloutExecutor.fillRolloutGroupWithTargets).

    Parameters
    ----------
    devices
        How many devices are to be divided.
    shares
        So many groups of about equal size, or the share of all devices in each group; what the
        shares leave over falls to the last one.

    Returns
    -------
    list of tuple of int
        First device and first device of the next group, one pair a group; none is empty.
    """
    each = [Fraction(1, shares)] * shares if isinstance(shares, int) else list(map(_exact, shares))
    edges, left = [0], Fraction(1)
    for share in each[:-1]:
        rest = devices - edges[-1]
        size = math.floor(share / left * rest + Fraction(1, 2)) if left > 0 else 0
        edges.append(edges[-1] + min(rest, size))
        left -= share
    return [(a, b) for a, b in pairwise([*edges, devices]) if b > a]
