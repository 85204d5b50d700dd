"""Where the spread of a small rollout comes from, and that it is the same whoever computes it."""

import math

import numpy as np
import pytest

import fwsim
from fwsim.experiments.inputs import inputs_of
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.problems import InputError
from fwsim.results.statistics.spread_in_words import has_width
from fwsim.run import prepare
from tests.experiments.test_forecast_holds import DATA

LINE = {"link": {"between": ["2 Mbit/s", "20 Mbit/s"]}}


def story(**changes):
    people = {"users": {**DATA["people"]["users"], "answer": {"now": "100 %"}}}
    network = {"sites": {"default": {"link": "100 Mbit/s"}, "A": LINE, "B": LINE, "C": LINE}}
    data = {**DATA, "people": people, "network": network, "doubt": "stated"}
    return fwsim.Scenario.model_validate({**data, **changes})


@pytest.fixture(scope="module")
def found():
    return fwsim.spread(story(), draws=20, lucks=2, runs=20, workers=1)


@pytest.mark.slow
def test_where_lines_are_all_that_is_not_known_they_make_the_time(found):
    half = found.of("t50")
    assert half.split.share(half.split.doubt) > 0.9
    assert half.shares.inputs[0].place.startswith("network.sites.")
    assert half.shares.inputs[0].place.endswith(".link")


def test_what_does_not_vary_is_left_out(found):
    with pytest.raises(KeyError, match="does not vary"):
        found.of("most prompts on one device")


def test_bands_of_the_fan_lie_in_their_order(found):
    fan = found.fan
    for low, high in (fan.luck, fan.doubt, fan.both):
        assert np.all(low <= high)
        assert low.shape == fan.times.shape
    assert np.all((fan.middle >= 0) & (fan.middle <= 1))


@pytest.mark.slow
def test_two_workers_find_the_same(found):
    again = fwsim.spread(story(), draws=20, lucks=2, runs=20, workers=2)
    assert again.rows() == found.rows()
    assert np.array_equal(again.fan.both[0], found.fan.both[0])


def test_a_world_is_the_same_whatever_replication_it_is_played_with():
    crossed = fwsim.Experiment(story()).run(6, crossed=3, workers=1)
    alone = fwsim.Experiment(story()).run(2, workers=1)
    # World 0 with luck 0 is run 0; world 1 with luck 1 is run 1.
    for place, run in ((0, 0), (4, 1)):
        assert crossed.values("t50")[place] == alone.values("t50")[run]


def test_inputs_are_what_the_runs_drew():
    rollout = prepare(story())
    ready = doubted(rollout)
    columns = {one.place: one.columns for one in inputs_of(ready, 1, range(3))}
    for world in range(3):
        drawn = ready.drawn(Chances(1, world))
        link = drawn.scenario.network.sites["A"].link
        assert 1 / columns["network.sites.A.link"][world, 0] == pytest.approx(link, rel=1e-6)


def test_nothing_in_doubt_is_said():
    with pytest.raises(InputError, match="nothing is in doubt"):
        fwsim.spread(story(doubt="none"))


@pytest.mark.parametrize("shape", [{"draws": 3}, {"lucks": 1}, {"draws": 1000, "lucks": 101}])
def test_too_few_or_too_many_runs_are_refused(shape):
    with pytest.raises(InputError, match="expected a whole number from"):
        fwsim.spread(story(), **shape)


@pytest.mark.slow
def test_a_time_that_may_never_come_is_told_with_its_chance():
    people = {"users": {**DATA["people"]["users"], "answer": {"seen": {"now": 8, "cancel": 2}}}}
    found = fwsim.spread(story(people=people), draws=20, lucks=2, runs=20, workers=1)
    most = found.of("t90")
    assert 0 < most.reached < 1
    assert most.reach is not None
    assert math.isfinite(most.split.mean)
    assert not has_width(found, most)
    for one in found.measures:
        ends = found.forecast.forecast(one.measure)
        is_range = one.reach is None and ends.low.value < ends.high.value < math.inf
        assert has_width(found, one) is is_range
