"""Luck of a fleet that is played site by site: each part draws for its own devices."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.compiled import site_by_site
from fwsim.compiled.machine_run import MachineRun
from fwsim.run import prepare
from tests.compiled.test_site_by_site import fleet
from tests.compiled.test_tally import assert_counted_alike


@pytest.mark.usefixtures("apart")
def test_a_small_part_beside_a_large_one_draws_no_luck_for_the_devices_in_between(
    tmp_path, monkeypatch
):
    sites = [0 if n % 2 else 1 + n // 2 % 5 for n in range(60)]
    rows = [f"PC{n:02};DE;Site {site};old.idf" for n, site in enumerate(sites)]
    (tmp_path / "list.csv").write_text("\n".join(["Name;OU;Site;IDF name", *rows]) + "\n")
    data = fleet(fleet={"inventory": "list.csv"})
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(tmp_path))
    drawn, draw_some = set(), MachineRun._draw_some

    def noted(run, quantity, draw, some):
        drawn.add((some.start, some.stop))
        return draw_some(run, quantity, draw, some)

    monkeypatch.setattr(MachineRun, "_draw_some", noted)
    assert_counted_alike(rollout, 7)
    assert drawn == {(0, 60)}  # that of Site 0, which has every other device


@pytest.mark.usefixtures("apart")
def test_parts_that_one_clock_plays_in_a_turn_have_their_luck_drawn_together(tmp_path, monkeypatch):
    rows = [f"PC{n:02};DE;Site {n // 7};old.idf" for n in range(70)]
    (tmp_path / "list.csv").write_text("\n".join(["Name;OU;Site;IDF name", *rows]) + "\n")
    data = fleet(fleet={"inventory": "list.csv"})
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(tmp_path))
    drawn, draw_some = set(), MachineRun._draw_some

    def noted(run, quantity, draw, some):
        drawn.add((some.start, some.stop))
        return draw_some(run, quantity, draw, some)

    monkeypatch.setattr(MachineRun, "_draw_some", noted)
    monkeypatch.setattr(site_by_site, "TURNS_OF_A_CLOCK", 1)
    monkeypatch.setattr(site_by_site, "cpu_count", lambda: 2)
    assert_counted_alike(rollout, 7)
    assert drawn == {(0, 28), (28, 56), (56, 70)}
