"""How far a transfer and an installation get, and how long writing takes.

Plain numbers in, plain numbers out, so that a compiled clock can use them as they stand.
Source: facts, section 6.4; the faults are assumptions [A], the partitions' limits are seen [S].
"""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE


def point_of(size: int, chance: float) -> int:
    """Return the byte at which something of `size` bytes breaks; `chance` in (0, 1)."""
    return int(size * chance)


def transfer_stop(total: int, missing_at: int, space: int, broken_at: int) -> tuple[int, Detail]:
    """Return where a transfer stops, and why.

    Parameters
    ----------
    total
        Bytes to fetch.
    missing_at
        Bytes before a package the container lacks, or `NOWHERE`.
    space
        Bytes the update partition takes, or `NOWHERE` where packages are written one by one.
    broken_at
        Bytes before the line breaks, or `NOWHERE`.

    Returns
    -------
    tuple of int and Detail
        `total` and `Detail.NONE` for a whole transfer. Of several faults the first counts.
    """
    stop, detail = total, Detail.NONE
    if space != NOWHERE and space < stop:
        stop, detail = space, Detail.UPDATE_PARTITION_FULL
    if broken_at != NOWHERE and broken_at < stop:
        stop, detail = broken_at, Detail.TRANSFER_FAILED
    if missing_at != NOWHERE and missing_at < stop:
        stop, detail = missing_at, Detail.PACKAGE_NOT_FOUND
    return stop, detail


def writing_time(size: int, rate: int, factor: float) -> int:
    """Return how long a device writes, in whole milliseconds.

    Parameters
    ----------
    size
        Bytes of package data.
    rate
        Bytes per second of a device like any other.
    factor
        How many times longer this device takes.
    """
    return int(size * 1000 / rate * factor + 0.5)


MOST_PROVIDERS = 2
"""A consumer turns to another provider once [A]."""


def serving_time(size: int, slots: int, rate: int) -> int:
    """Return how long a provider serves a package to one consumer, in whole milliseconds.

    Parameters
    ----------
    size
        Bytes.
    slots
        Consumers that share the provider's line [A].
    rate
        Bytes per second of that line.
    """
    return -(size * 1000 * slots // -rate)


def bytes_served(size: int, passed: int, slots: int, rate: int) -> int:
    """Return how many bytes of a package a consumer has been sent.

    Parameters
    ----------
    size
        Bytes that it is to be sent.
    passed
        Milliseconds since the provider began to, up to `serving_time`.
    slots, rate
        As for `serving_time`.
    """
    return min(passed * rate // (1000 * slots), size)


def writing_stop(unwritten: int, room: int, fails: bool, chance: float) -> tuple[int, Detail]:
    """Return how many bytes a device writes, and why it stops.

    Parameters
    ----------
    unwritten
        Bytes that are there.
    room
        Bytes the system partition still takes.
    fails
        Whether the installation is fated to fail with this stretch.
    chance
        How far it then gets, in (0, 1).

    Returns
    -------
    tuple of int and Detail
        All bytes and `Detail.NONE` where nothing stops it.
    """
    if unwritten > room:
        return max(room, 0), Detail.SYSTEM_PARTITION_FULL
    if fails:
        return int(unwritten * chance), Detail.INSTALLATION_FAILED
    return unwritten, Detail.NONE
