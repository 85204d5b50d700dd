"""Long rows of numbers, worked out one after the other: chances, and what turns them into values.

The same bits as `fwsim.quantities.elementary` and NumPy's Philox give.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, number_at, put_number, square_root
from fwsim.compiled.machine.wrapping import (
    overflow_of_product,
    product_of_bits,
    sum_of_bits,
)
from fwsim.quantities import elementary

F = TypeVar("F", bound=Callable[..., Any])
Series: TypeAlias = Record
"""Where numbers come from and go to, how many there are; a stream's blocks before them, its key."""


def _calling(function: F, **called: Callable[..., Any]) -> F:
    """Return a function that calls compiled ones by the names of those it calls."""
    made = FunctionType(function.__code__, {**function.__globals__, **called}, function.__name__)
    return cast("F", made)


exponential_of = compiled(
    _calling(elementary.exponential_of, power_of_two=compiled(elementary.power_of_two))
)
logarithm_of = compiled(elementary.logarithm_of)
normal_quantile_of = compiled(
    _calling(
        elementary.normal_quantile_of,
        logarithm_of=logarithm_of,
        ratio_of=compiled(elementary.ratio_of),
        sqrt=square_root,
    )
)


@unit
def exponential(s: Series) -> None:
    """Put down e to the power of each number."""
    source, to = s.source, s.to
    for place in range(s.count):
        put_number(to, place, exponential_of(number_at(source, place)))


@unit
def logarithm(s: Series) -> None:
    """Put down the natural logarithm of each number."""
    source, to = s.source, s.to
    for place in range(s.count):
        put_number(to, place, logarithm_of(number_at(source, place)))


@unit
def normal_quantile(s: Series) -> None:
    """Put down the standard normal quantile of each chance."""
    source, to = s.source, s.to
    for place in range(s.count):
        put_number(to, place, normal_quantile_of(number_at(source, place)))


# Philox 4x64-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
# SC 2011. NumPy counts blocks from 1.

ROUNDS = 10
WORDS = 4
FACTOR, SECOND_FACTOR = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
STEP, SECOND_STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
NOT_KEPT = np.uint64(12)
"""A chance has 52 bits."""
SMALLEST = 2.0**-52


@compiled
def _put_chance(s: Series, place: int, bits: np.uint64) -> None:
    if place < s.count:
        put_number(s.to, place, (float(bits >> NOT_KEPT) + 0.5) * SMALLEST)


@unit
def chances(s: Series) -> None:
    """Put down the chances of a stream behind some blocks of it."""
    for block in range((s.count + WORDS - 1) // WORDS):
        key, second_key = np.uint64(s.key), np.uint64(s.second_key)
        first, second, third, fourth = (
            np.uint64(s.blocks_before + block + 1),
            np.uint64(0),
            np.uint64(0),
            np.uint64(0),
        )
        for _ in range(ROUNDS):
            high, low = overflow_of_product(FACTOR, first), product_of_bits(FACTOR, first)
            first = overflow_of_product(SECOND_FACTOR, third) ^ second ^ key
            second = product_of_bits(SECOND_FACTOR, third)
            third, fourth = high ^ fourth ^ second_key, low
            key, second_key = sum_of_bits(key, STEP), sum_of_bits(second_key, SECOND_STEP)
        place = block * WORDS
        _put_chance(s, place, first)
        _put_chance(s, place + 1, second)
        _put_chance(s, place + 2, third)
        _put_chance(s, place + 3, fourth)
