"""All randomness: every uncertain quantity of a run, drawn by purpose and device.

A chance is a number in (0, 1) from a counter-based generator. Its stream is named by seed,
replication, purpose and the number of the draw; its place in the stream is the device. So the same
device meets the same luck whatever else is in the fleet, in the scenario or on the machine, and
two plans under one seed meet the same users and the same faults.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fwsim.model.purposes import Purpose
from fwsim.quantities.series import Floats, faster

T = TypeVar("T")

BLOCK = 4
"""Chances that the generator gives at a time."""


class Chances:
    """The luck of one replication.

    Parameters
    ----------
    seed
        Names the experiment; any whole number.
    replication
        Which of its runs.
    given
        Chances handed over instead of drawn, by purpose: one number for every device, so that
        a story or a test knows every second of its outcome.
    """

    def __init__(
        self, seed: int, replication: int = 0, given: Mapping[Purpose, float] | None = None
    ) -> None:
        self.seed = seed
        self.replication = replication
        self.given = dict(given or {})

    def draw(self, purpose: Purpose, draw: int, count: int, first: int = 0) -> Floats:
        """Return the chances of some devices (or sites) for one purpose.

        Parameters
        ----------
        purpose
            What they decide.
        draw
            The n-th time the question comes up for a device, from 0.
        count
            How many devices, or sites.
        first
            The first of them; a multiple of `BLOCK`.

        Returns
        -------
        ndarray of float64, shape (count,)
            Each in the open interval (0, 1).
        """
        if purpose in self.given:
            return np.full(count, self.given[purpose])
        return self._stream(f"{purpose.stream}/{draw}", count, first // BLOCK)

    def again(
        self, purpose: Purpose, draw: int, attempt: int, devices: NDArray[np.int64]
    ) -> Floats:
        """Return further chances, for those whose own contradicts what a log tells; (devices,)."""
        (chances,) = self.often_again(purpose, draw, range(attempt, attempt + 1), devices)
        return np.asarray(chances)

    def often_again(
        self, purpose: Purpose, draw: int, attempts: range, devices: NDArray[np.int64]
    ) -> Floats:
        """Return further chances, several for each device.

        They are few in a large fleet, so each is found by itself: SplitMix64, whose n-th number
        needs none before it.

        Parameters
        ----------
        purpose, draw
            As for `draw`.
        attempts
            Which times they are drawn anew, from 0.
        devices
            Whose; shape (devices,).

        Returns
        -------
        ndarray of float64, shape (attempts, devices)
        """
        what = f"{purpose.stream}/{draw}/AGAIN"
        starts = np.array([self._key(f"{what}/{attempt}")[0] for attempt in attempts], np.uint64)
        places = devices.astype(np.uint64) + np.uint64(1)
        steps = places * np.uint64(0x9E3779B97F4A7C15)
        return _inside(_mixed(starts[:, None] + steps))

    def _stream(self, what: str, count: int, blocks_before: int) -> Floats:
        key, series = self._key(what), faster()
        if series is not None:
            return series.chances(key, count, blocks_before)
        return _inside(np.random.Philox(key=key, counter=blocks_before).random_raw(count))

    def _key(self, what: str) -> NDArray[np.uint64]:
        name = f"fwsim/{self.seed}/{self.replication}/{what}"
        digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
        return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def doubt_chances(runs: Sequence[Chances], place: str, count: int) -> Floats:
    """Return the chances of what is drawn once a run, of several runs.

    They are few, so they are taken from the digests of their names themselves, eight at a time.

    Parameters
    ----------
    runs
        Whose.
    place
        Names the doubt: where the number stands in the scenario.
    count
        How many chances of each run.

    Returns
    -------
    ndarray of float64, shape (runs, count)
    """
    return _inside(_doubt_bits(runs, place, count))


def doubt_chances_of_each(
    runs: Sequence[Chances], place: str, count: int, names: NDArray[np.uint64]
) -> Floats:
    """Return the chances of what every site or unit draws for itself, once a run.

    Parameters
    ----------
    runs, place, count
        As for `doubt_chances`.
    names
        Whose, as `name_bits`: what somebody draws does not hang on who else does.

    Returns
    -------
    ndarray of float64, shape (runs, names, count)
    """
    return _inside(_mixed(names[:, None] ^ _doubt_bits(runs, place, count)[:, None, :]))


def _doubt_bits(runs: Sequence[Chances], place: str, count: int) -> NDArray[np.uint64]:
    blocks = range(-(-count // 8))
    digests = b"".join(
        hashlib.blake2b(
            f"fwsim/{one.seed}/{one.replication}/DOUBT/{place}/{block}".encode(), digest_size=64
        ).digest()
        for one in runs
        for block in blocks
    )
    bits = np.frombuffer(digests, dtype="<u8").reshape(len(runs), 8 * len(blocks))
    return bits[:, :count].astype(np.uint64)


def name_bits(names: Iterable[str]) -> NDArray[np.uint64]:
    """Return 64 bits for each name, for `doubt_chances_of_each`."""
    digests = b"".join(hashlib.blake2b(n.encode(), digest_size=8).digest() for n in names)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return bits each of which hangs on all bits (the last steps of SplitMix64)."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))


def _inside(raw: NDArray[np.uint64]) -> Floats:
    """Return random bits as chances: 52 bits and a half step, symmetric, and never 0 or 1."""
    return ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class Drawn(dict[int, list[T]]):
    """One quantity of every device, a list per draw, drawn when first asked for.

    Parameters
    ----------
    make
        Returns the quantity of all devices for the given draw; a single value where all devices
        have the same.
    devices
        How many there are.
    """

    def __init__(self, make: Callable[[int], NDArray[Any]], devices: int) -> None:
        super().__init__()
        self._make = make
        self._devices = devices
        self._rows: dict[int, NDArray[Any]] = {}
        self._alike: dict[T, list[T]] = {}

    def row(self, draw: int) -> NDArray[Any]:
        """Return the quantity of all devices; shape (devices,), or (1,) if all are alike."""
        row = self._rows.get(draw)
        if row is None:
            row = self._rows[draw] = self._make(draw)
        return row

    def __missing__(self, draw: int) -> list[T]:
        values = self[draw] = self._list(self._make(draw))
        return values

    def _list(self, row: NDArray[Any]) -> list[T]:
        values: list[T] = row.tolist()
        if len(values) == self._devices:
            return values
        return self._alike.setdefault(values[0], values * self._devices)
