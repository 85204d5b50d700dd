"""Python looks for garbage less often while fleets are built and runs are made, and as before
afterwards."""

import gc

import pytest

from fwsim import run
from fwsim.experiments import run_spec
from fwsim.experiments.workers import each_in_order
from fwsim.garbage import SELDOM, looked_for_seldom


@pytest.fixture(autouse=True)
def usual():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_whoever_leaves_last_puts_it_back():
    with looked_for_seldom():
        with looked_for_seldom():
            assert gc.get_threshold() == (SELDOM, 10, 10)
        assert gc.get_threshold() == (SELDOM, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


def test_it_is_as_before_after_a_fault():
    with pytest.raises(KeyboardInterrupt), looked_for_seldom():
        raise KeyboardInterrupt
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("threshold", [(0, 10, 10), (2 * SELDOM, 5, 5)])
def test_who_has_switched_it_off_or_wants_it_seldom_keeps_that(threshold):
    gc.set_threshold(*threshold)
    with looked_for_seldom():
        assert gc.get_threshold() == threshold


@pytest.mark.parametrize("workers", [1, 2])
def test_runs_that_nobody_waits_for_put_it_back(workers):
    jobs = [("", number) for number in range(6)]
    runs = each_in_order(lambda _, number: number, jobs, workers=workers, executor=None)
    assert next(iter(runs)) == 0
    assert gc.get_threshold()[0] == SELDOM
    runs.close()
    assert gc.get_threshold() == (700, 10, 10)


def test_it_is_seldom_while_a_fleet_is_built_and_a_run_is_made(monkeypatch, scenario):
    seen = {}

    def noting(where, act):
        def acted(*args, **more):
            seen[where] = gc.get_threshold()[0]
            return act(*args, **more)

        return acted

    monkeypatch.setattr(run, "Rollout", noting("fleet", run.Rollout))
    monkeypatch.setattr(run_spec, "measured", noting("run", run_spec.measured))
    rollout = run.prepare(scenario())
    run_spec.replicate(run_spec.RunSpec(rollout, 1), 0)
    assert seen == {"fleet": SELDOM, "run": SELDOM}
    assert gc.get_threshold() == (700, 10, 10)
