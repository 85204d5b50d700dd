"""The grid of devices; no browser and no kernel needed."""

from __future__ import annotations

import pytest

from tests.results.small_rollout import small_result

pytest.importorskip("anywidget")

from fwsim.notebook.devices.grid import DeviceGrid
from fwsim.notebook.devices.rows import DeviceRows


def test_to_open_a_device_or_turn_a_page_nothing_is_sorted_anew(monkeypatch):
    listed = []
    real = DeviceRows.rows
    monkeypatch.setattr(
        DeviceRows, "rows", lambda self, *args: listed.append(args) or real(self, *args)
    )
    grid = DeviceGrid()
    grid.show(small_result())
    grid.hear({"do": "sort", "column": "ends"})
    before = len(listed)
    first = grid.widget.shown["rows"][0][0]
    grid.hear({"do": "open", "device": first})
    assert grid.widget.shown["opened"]["device"] == first
    grid.hear({"do": "page", "number": 2})
    assert grid.widget.shown["page"] == 2
    assert len(listed) == before
    grid.hear({"do": "filter", "column": "site", "text": "west"})
    assert {row[2] for row in grid.widget.shown["rows"]} == {"West"}
    grid.hear({"do": "all"})
    assert len(listed) == before + 2
