"""Habits: when people are there and what they answer; when devices are on and who wakes.

Measured answers to an update dialog were found nowhere; every number here is an assumption that
a scenario can and should replace (facts; other products, section 6).
"""

from __future__ import annotations

from dataclasses import dataclass

from fwsim.fleet.week import Week
from fwsim.quantities.laws import Law


@dataclass(frozen=True, slots=True)
class People:
    """The people at a kind of device.

    Parameters
    ----------
    present
        When somebody sits there. Only then is a notice answered.
    now, defer, cancel
        Shares of those who click each button when all are offered; the rest lets it run out.
    after
        Time until the click, milliseconds of presence.
    picks
        Pairs of a delay in seconds and its share among those who defer; empty means all
        delays offered alike.
    persistence
        Share of notices at which a user answers as ever: by the device's own chance, the same at
        each of them. At the others by a new one.
    """

    present: Week
    now: float
    defer: float
    cancel: float
    after: Law
    picks: tuple[tuple[int, float], ...] = ()
    persistence: float = 0.0


@dataclass(frozen=True, slots=True)
class Power:
    """The power switch of a kind of device.

    Parameters
    ----------
    on
        When the device is on, in its users' zone.
    jitter
        Milliseconds by which each switching comes earlier or later, all values alike.
    left_on
        Share of evenings on which the device is left on.
    unreported
        Share of switch-offs the server does not hear of (power strip, VPN).
    suspends
        Share of switch-offs that only suspend.
    mean_time_between_losses
        Mean running time until the power is lost, milliseconds; None is never.
    """

    on: Week
    jitter: int
    left_on: float
    unreported: float
    suspends: float = 0.0
    mean_time_between_losses: int | None = None
