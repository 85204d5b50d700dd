"""The compiled clock as plain Python, and tables that are as short as they can be."""

from __future__ import annotations

import pytest

from fwsim.compiled import coupling, growing_tables, luck_tables, part_tables, world_tables
from fwsim.compiled.addressed import table
from fwsim.compiled.interpreted import SWITCH
from fwsim.compiled.shelf import Shelf


@pytest.fixture
def interpreted(monkeypatch):
    """Play the compiled clock as plain Python, every touch of memory checked."""
    monkeypatch.setenv(SWITCH, "1")


@pytest.fixture
def tight(monkeypatch):
    """Let every table begin with a row and grow row by row: whoever keeps a record is caught."""
    rooms = dict.fromkeys(growing_tables.GROWING, 1)
    for module in (world_tables, part_tables):
        monkeypatch.setattr(module, "first_rooms", lambda *_: {**rooms})
    monkeypatch.setattr(Shelf, "take", lambda _self, _name, dtype, rows: table(dtype, rows))
    monkeypatch.setattr(growing_tables, "next_room", lambda _, needed: needed)
    monkeypatch.setattr(luck_tables, "FIRST_DRAWS", 1)


@pytest.fixture
def apart(monkeypatch):
    """Play the smallest fleet site by site where it can be."""
    monkeypatch.setattr(coupling, "FEWEST_DEVICES", 1)
    monkeypatch.setattr(coupling, "DEVICES_OF_A_PART", 1)
