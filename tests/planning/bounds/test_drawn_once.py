"""Plans that differ in their commands alone meet worlds that are drawn once."""

import pytest

from fwsim.measures.expectation import read_expectation
from fwsim.model import doubt
from fwsim.planning.bounds import drawn_once
from fwsim.planning.bounds.drawn_once import DrawnOnce
from fwsim.planning.bounds.in_doubt import DRAWS, FeasibilityInDoubt
from fwsim.planning.levers import Levers, turned
from fwsim.run import prepare
from tests.experiments.test_spread import story

LIMITS = [read_expectation("time to 95 %", "<= 3 h"), read_expectation("time to 50 %", "<= 5 min")]


@pytest.fixture
def draws(monkeypatch):
    """What was drawn: a scenario each time."""
    drawn = []
    whole = doubt.DoubtedRollout._drawn

    def note(self, chances):
        drawn.append(chances.replication)
        return whole(self, chances)

    monkeypatch.setattr(doubt.DoubtedRollout, "_drawn", note)
    return drawn


def plans(*levers):
    rollout = prepare(story())
    scenario = rollout.scenario
    return [type(rollout)(turned(scenario, one, rollout.fleet), rollout.fleet) for one in levers]


def test_relatives_share_draws_and_their_bounds_stay_the_same(draws):
    several = plans(Levers(), Levers(devices_wait=60_000), Levers(start_later=3_600_000))
    once = DrawnOnce()
    together = [FeasibilityInDoubt(plan, once).bounds(LIMITS) for plan in several]
    assert len(draws) == DRAWS
    assert together == [FeasibilityInDoubt(plan).bounds(LIMITS) for plan in several]
    assert len(draws) == 4 * DRAWS


def test_who_differs_in_more_than_commands_draws_its_own(draws):
    plan, narrowed = plans(Levers(), Levers(link_share=0.5))
    once = DrawnOnce()
    for one in (plan, narrowed):
        FeasibilityInDoubt(one, once).bounds(LIMITS)
    assert len(draws) == 2 * DRAWS


def test_worlds_that_take_too_much_memory_are_drawn_again(draws, monkeypatch):
    several = plans(Levers(), Levers(link_share=0.5), Levers(devices_wait=60_000))
    alone = [FeasibilityInDoubt(plan).bounds(LIMITS) for plan in several]
    draws.clear()
    each = DrawnOnce().worlds_of(several[0])(0).bytes
    draws.clear()
    monkeypatch.setattr(drawn_once, "MOST_BYTES", (DRAWS + 5) * each)
    once = DrawnOnce()
    together = [FeasibilityInDoubt(plan, once).bounds(LIMITS) for plan in several]
    assert together == alone
    assert len(draws) == 3 * DRAWS  # the second plan's worlds took the place of the first's
    assert once._bytes <= drawn_once.MOST_BYTES
    monkeypatch.setattr(drawn_once, "MOST_BYTES", 5 * each)
    few = DrawnOnce()
    assert [FeasibilityInDoubt(several[0], few).bounds(LIMITS) for _ in range(2)] == [alone[0]] * 2
    assert len(draws) == 3 * DRAWS + DRAWS + (DRAWS - 5)
