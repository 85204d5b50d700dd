"""Beliefs that few rollouts support are widened, once, and not beyond what a key holds."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.run import prepare
from tests.conftest import merged
from tests.model.worlds_drawn import BASE, world, worlds

SPREAD = 0.5


def logits_of_now(runs, **changes):
    people = {"default": {"answer": {"now": "30 %", "defer": "30 %", "cancel": "0 %"}}}
    changes = merged({"doubt": "all", "people": people}, changes)
    shares = [of.people()[0] for of in worlds(runs, **changes)]
    return np.array([np.log(people.now / (1 - people.now - people.defer)) for people in shares])


@pytest.mark.slow
def test_rollouts_differ_by_the_standard_deviation_that_is_assumed():
    """The logit of one share against another's; 600 runs: 5 sigma are 15 %."""
    moved = logits_of_now(600, assumptions={"between_rollouts": SPREAD})
    assert moved.std() == pytest.approx(SPREAD, rel=0.15)
    assert logits_of_now(20).std() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("rollouts", "widened"), [(0, 1.0), (1, 2.0), (2, 1.5), (3, 0.0), (8, 0.0)]
)
def test_what_few_rollouts_support_is_widened_as_they_are_off_themselves(rollouts, widened):
    """By 1 + 1/J times the variance between rollouts (notes A2.2), until that is in it."""
    left_on = {"between": ["40 %", "60 %"], "rollouts": rollouts}
    changes = {"power": {"default": {"left_on": left_on}}}
    wide, plain = (
        [
            of.power()[0].left_on
            for of in worlds(400, **changes, assumptions={"between_rollouts": spread})
        ]
        for spread in (SPREAD, 0)
    )
    assert (wide != plain) is bool(widened)
    own = (np.log(0.6 / 0.4) / 1.6449) ** 2
    expected = np.sqrt(own + SPREAD**2 * widened)
    assert np.log(np.array(wide) / (1 - np.array(wide))).std() == pytest.approx(expected, rel=0.2)


def test_none_and_all_stay_and_nothing_is_widened_twice():
    changes = {
        "doubt": "all",
        "assumptions": {"between_rollouts": SPREAD, "wake_up_sites": "95 %", "bricked": "5 %"},
        "faults": {"idf": "0 %", "transfer": "100 %", "package": "5 %"},
        "power": {"default": {"left_on": "0 %", "suspends": "100 %"}},
    }
    scenario = fwsim.Scenario.model_validate(merged(BASE, changes))
    doubts = prepare(scenario).doubts
    paths = [target.path for doubt in doubts for target in doubt.targets]
    assert len(paths) == len(set(paths))
    drawn = world(3, **changes)
    faults, power = drawn.scenario.faults, drawn.power()[0]
    assert (faults.idf, faults.transfer, power.left_on, power.suspends) == (0, 1, 0, 1)
    assert faults.package != 0.05
    assert drawn.assumptions.bricked != 0.05


@pytest.mark.slow
def test_a_law_with_doubt_inside_is_widened_once_as_a_whole():
    law = {"lognormal": {"median": {"between": ["8 s", "20 s"]}, "p95": "2 min"}}
    changes = {"doubt": "all", "people": {"default": {"answer": {"now": "1 %", "after": law}}}}
    changes["assumptions"] = {"between_rollouts": SPREAD}
    after = [of.people()[0].after for of in worlds(500, **changes)]
    spread = np.std([np.log(law.p95) for law in after])
    assert spread == pytest.approx(SPREAD, rel=0.15)
    own = np.log(20 / 8) / (2 * 1.6449)
    medians = np.std([np.log(law.median) for law in after])
    assert medians == pytest.approx(np.hypot(SPREAD, own), rel=0.15)


def test_a_law_that_many_rollouts_support_stays():
    law = {"lognormal": {"median": {"between": ["8 s", "20 s"], "rollouts": 3}, "p95": "2 min"}}
    changes = {"doubt": "all", "people": {"default": {"answer": {"now": "1 %", "after": law}}}}
    changes["assumptions"] = {"between_rollouts": SPREAD}
    assert {of.people()[0].after.p95 for of in worlds(5, **changes)} == {120_000}


@pytest.mark.parametrize(("rollouts", "times"), [(1, np.sqrt(2)), (2, np.sqrt(1.5))])
def test_a_law_that_few_rollouts_support_is_widened_as_they_are_off_themselves(rollouts, times):
    def logs(support):
        median = {"between": ["8 s", "20 s"], **support}
        law = {"lognormal": {"median": median, "p95": "2 min"}}
        changes = {"doubt": "all", "people": {"default": {"answer": {"now": "1 %", "after": law}}}}
        changes["assumptions"] = {"between_rollouts": SPREAD}
        of_rollouts = [of.people()[0].after.p95 for of in worlds(20, **changes)]
        return np.log(np.array(of_rollouts) / 120_000)

    assert logs({"rollouts": rollouts}) == pytest.approx(times * logs({}), rel=1e-3)
