"""The power switch: what habits do to a device, looked up only when it matters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from fwsim.model.draws import Draws
from fwsim.model.purposes import BEFORE, NO_EVENING, Purpose


class Switching(NamedTuple):
    """One turn of the switch.

    Parameters
    ----------
    at
        Milliseconds; zero or less is before the story.
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
    ended: int,
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
    ended
        When it was so last before the start, zero or less, or `NO_EVENING`.
    draws
        Jitter, evenings left on, reports that fail; one draw per window.
    reports
        Whether it can report its shutdown; over VPN it cannot [S].
    horizon
        An end of a window at the horizon is the end of the story, not of the day.
    """

    def switched_off(k: int, at: int) -> Switching:
        is_heard = reports and not draws[Purpose.UNREPORTED][k][device]
        suspends = draws[Purpose.SUSPENDED][k][device]
        return Switching(at, on=False, reported=is_heard, suspends=suspends)

    last = -1
    if ended != NO_EVENING:
        is_left_on = draws[Purpose.LEFT_ON][BEFORE][device]
        off = 1 if is_left_on else ended + draws[Purpose.SWITCH_OFF][BEFORE][device]
        if off > 0:
            yield Switching(0, on=True)
            last = 0
        if not is_left_on:
            yield switched_off(BEFORE, off)
            last = max(off, last)
    for k, (start, end) in enumerate(windows):
        on = 0 if start == 0 else max(start + draws[Purpose.SWITCH_ON][k][device], last + 1)
        yield Switching(on, on=True)
        last = on
        if end < horizon and not draws[Purpose.LEFT_ON][k][device]:
            off = max(end + draws[Purpose.SWITCH_OFF][k][device], on + 1)
            yield switched_off(k, off)
            last = off
