"""The power switch: what habits do to a device, looked up only when it matters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fwsim.model.draws import Draws
from fwsim.model.purposes import Purpose


class Switching(NamedTuple):
    """One turn of the switch.

    Parameters
    ----------
    at
        Milliseconds.
    on
        On or off.
    reported
        Whether the server hears of a switch-off.
    suspends
        Whether it only suspends.
    """

    at: int
    on: bool
    reported: bool = True
    suspends: bool = False


def switchings(
    device: int,
    windows: list[tuple[int, int]],
    draws: Draws,
    horizon: int,
    *,
    reports: bool = True,
) -> Iterator[Switching]:
    """Yield the turns of one device's switch in order of time.

    Parameters
    ----------
    device
        Its index.
    windows
        When its habit is to be on, sorted and disjoint, in milliseconds.
    draws
        Jitter, evenings left on, reports that fail; one draw per window.
    reports
        Whether it can report its shutdown; over VPN it cannot [S].
    horizon
        An end of a window at the horizon is the end of the story, not of the day.
    """
    last = -1
    for k, (start, end) in enumerate(windows):
        on = 0 if start == 0 else max(start + draws[Purpose.SWITCH_ON][k][device], last + 1)
        yield Switching(on, on=True)
        last = on
        if end < horizon and not draws[Purpose.LEFT_ON][k][device]:
            off = max(end + draws[Purpose.SWITCH_OFF][k][device], on + 1)
            yield Switching(
                off,
                on=False,
                reported=reports and not draws[Purpose.UNREPORTED][k][device],
                suspends=draws[Purpose.SUSPENDED][k][device],
            )
            last = off
