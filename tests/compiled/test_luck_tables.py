"""Rows of luck where compiled code finds them: by quantity, by draw, by device."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from fwsim.compiled import tables
from fwsim.compiled.luck_tables import FIRST_DRAWS, LuckTables
from fwsim.model.purposes import Purpose

TIME, COIN = Purpose.BOOT_TIME, Purpose.IDF_FAULT


def drawn(luck, quantity, draw, device):
    """Return what compiled code finds, or None where it asks for the row."""
    of = luck.quantities[quantity]
    if draw >= of["room"]:
        return None
    address = int(of["rows"]) + draw * tables.ROW.itemsize
    row = np.frombuffer(ctypes.string_at(address, tables.ROW.itemsize), tables.ROW)[0]
    if row["address"] == 0:
        return None
    kind = {TIME: ctypes.c_int64, COIN: ctypes.c_uint8}[quantity]
    place = int(row["address"]) + device * int(row["step"]) * ctypes.sizeof(kind)
    return kind.from_address(place).value


def test_each_device_has_its_own():
    luck = LuckTables()
    luck.put(TIME, 1, np.arange(10, 20))
    assert drawn(luck, TIME, 1, 3) == 13
    assert drawn(luck, TIME, 0, 3) is None
    assert luck.is_drawn(TIME, 1)
    assert not luck.is_drawn(TIME, 0)


def test_one_value_is_that_of_all():
    luck = LuckTables()
    luck.put(TIME, 0, np.array([7]))
    assert [drawn(luck, TIME, 0, device) for device in (0, 999)] == [7, 7]


@pytest.mark.parametrize(("quantity", "kind"), [(TIME, np.int64), (COIN, np.uint8)])
def test_a_row_of_some_devices_is_found_by_their_numbers(quantity, kind):
    luck = LuckTables()
    luck.put(quantity, 2, np.array([5, 0, 1], kind), first=400)
    assert [drawn(luck, quantity, 2, device) for device in (400, 401, 402)] == [5, 0, 1]


def test_a_draw_beyond_the_room_makes_more():
    luck = LuckTables()
    luck.put(TIME, 0, np.array([1, 2]))
    luck.put(TIME, 5 * FIRST_DRAWS, np.array([3, 4]))
    assert drawn(luck, TIME, 0, 1) == 2
    assert drawn(luck, TIME, 5 * FIRST_DRAWS, 0) == 3


def test_it_begins_with_what_another_has_and_nothing_else():
    whole, part = LuckTables(), LuckTables()
    whole.put(TIME, 5 * FIRST_DRAWS, np.array([3, 4]))
    part.put(TIME, 0, np.array([1, 2]))
    part.begin_as(whole)
    assert drawn(part, TIME, 5 * FIRST_DRAWS, 1) == 4
    assert drawn(part, TIME, 0, 1) is None
    part.put(TIME, 8 * FIRST_DRAWS, np.array([8, 9]))
    part.begin_as(LuckTables())
    assert drawn(part, TIME, 5 * FIRST_DRAWS, 1) is None
    assert drawn(part, TIME, 8 * FIRST_DRAWS, 1) is None
    assert drawn(whole, TIME, 5 * FIRST_DRAWS, 1) == 4
