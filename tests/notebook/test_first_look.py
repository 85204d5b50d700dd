"""The look while a hand moves: one run, chosen near the middle, tells of the plan as it moves."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from fwsim.experiments.experiment import Experiment
from fwsim.experiments.first_looks.thinning import choose
from fwsim.ledger.kept import forecast_of
from fwsim.notebook.first_look import (
    devices_of_a_look,
    look_at,
    nearest_the_middle,
    runs_of_a_look,
)
from fwsim.planning.levers import Levers, turned
from fwsim.problems import InputError
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.report import report
from fwsim.run import prepare
from tests.planning.bounds.random_fleets import random_fleet

RUNS = 20


def test_all_devices_are_looked_at_up_to_twenty_thousand_in_fewer_runs_the_more_they_are():
    assert devices_of_a_look() == 20_000
    assert [runs_of_a_look(devices) for devices in (30, 1_600, 5_000, 20_000)] == [3, 3, 1, 1]
    assert runs_of_a_look(30, quick=True) == 1


def off_by(seed):
    """Return by how much a quick look at a fleet is off after its plan has been moved."""
    scenario = random_fleet(seed).model_copy(update={"seed": seed})
    before = Experiment(prepare(scenario)).run(RUNS, workers=1)
    moved = prepare(turned(scenario, Levers(start_later=2 * 3_600_000, deferments=1)))
    look = look_at(moved, choose(moved, 20_000), numbers=nearest_the_middle(before)[:1])
    answer = Experiment(moved).run(RUNS, workers=1)
    middle = np.median(answer.completion_curves(), axis=0)
    return look.completion().mean - middle


def test_the_nearest_run_is_nearer_than_any_other():
    answer = Experiment(prepare(random_fleet(3))).run(7, workers=1)
    curves = answer.completion_curves()
    far = np.abs(curves - np.median(curves, axis=0)).sum(axis=1)
    assert nearest_the_middle(answer)[0] == int(far.argmin())


@pytest.mark.parametrize("seed", [5, *(pytest.param(n, marks=pytest.mark.slow) for n in (6, 7))])
def test_a_quick_look_follows_a_random_fleet_within_five_points(seed):
    assert np.abs(off_by(seed)).mean() < 0.05


@pytest.mark.slow
def test_quick_looks_are_off_to_both_sides():
    # Each is off by a few points at most, and luck takes turns: their mean is less than one.
    off = [float(off_by(seed).mean()) for seed in range(300, 320)]
    assert abs(np.mean(off)) < 0.01
    assert min(off) < 0 < max(off)


def test_a_first_look_is_refused_where_an_answer_is_kept(tmp_path):
    """Nobody gave its runs a seed that tells of them: KeyError is no word for that."""
    whole = prepare(random_fleet(1))
    look = look_at(whole, choose(whole, 20_000))
    now = datetime(2021, 9, 24, tzinfo=UTC)
    for keep in (
        lambda: save_answer(look, tmp_path / "out"),
        lambda: report(look),
        lambda: forecast_of(look, made_at=now),
    ):
        with pytest.raises(InputError, match="first look at a plan") as caught:
            keep()
        assert [problem.source for problem in caught.value.problems] == ["answer"]
    assert not list(tmp_path.iterdir())
