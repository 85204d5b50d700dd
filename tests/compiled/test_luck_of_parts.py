"""Luck of a fleet that is played site by site: each part draws for its own devices."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.compiled import site_by_site
from fwsim.compiled.machine_run import MachineRun
from fwsim.run import prepare
from tests.compiled.test_site_by_site import fleet
from tests.compiled.test_tally import assert_counted_alike


def listed(folder, sites):
    """Return a rollout of devices that a list has, each at its site."""
    rows = [f"PC{n:02};DE;Site {site};old.idf" for n, site in enumerate(sites)]
    (folder / "list.csv").write_text("\n".join(["Name;OU;Site;IDF name", *rows]) + "\n")
    data = fleet(fleet={"inventory": "list.csv"})
    return prepare(fwsim.Scenario.model_validate(data).seen_from(folder))


@pytest.fixture
def drawn(monkeypatch):
    """Return for which devices luck is drawn alone: a set that fills itself."""
    noted, draw_some = set(), MachineRun._draw_some

    def drawing(run, quantity, draw, some):
        noted.add((some.start, some.stop))
        return draw_some(run, quantity, draw, some)

    monkeypatch.setattr(MachineRun, "_draw_some", drawing)
    return noted


@pytest.mark.usefixtures("apart")
def test_a_small_part_beside_a_large_one_draws_no_luck_for_the_devices_in_between(tmp_path, drawn):
    rollout = listed(tmp_path, [0 if n % 2 else 1 + n // 2 % 5 for n in range(60)])
    assert_counted_alike(rollout, 7)
    assert drawn == {(0, 60)}  # that of Site 0, which has every other device


@pytest.mark.usefixtures("apart")
def test_parts_that_one_clock_plays_in_a_turn_have_their_luck_drawn_together(
    tmp_path, drawn, monkeypatch
):
    monkeypatch.setattr(site_by_site, "TURNS_OF_A_CLOCK", 1)
    monkeypatch.setattr(site_by_site, "cpu_count", lambda: 2)
    assert_counted_alike(listed(tmp_path, [n // 7 for n in range(70)]), 7)
    assert drawn == {(0, 28), (28, 56), (56, 70)}
