"""Both clocks write the same log whatever was drawn of what nobody knows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.model import inventory_of
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.run import play_once, prepare
from tests.compiled.side_by_side import assert_alike, both
from tests.scenario.random_beliefs import rollouts_in_doubt
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length

WORLDS = st.integers(0, 50)


def prepared(data) -> Rollout:
    return prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))


def play_both(data, world):
    assert_alike(*both(prepared(data), data["seed"], world=world))


@settings(max_examples=5)
@given(rollouts_in_doubt(), WORLDS)
def test_whatever_is_believed_plays_alike(data, world):
    play_both(data, world)


@at_length(rollouts_in_doubt(), WORLDS)
def test_thousands_of_beliefs_play_alike(data, world):
    play_both(data, world)


def tables_are_those_of_a_rollout_built_anew(data, world):
    """What is laid anew for a run is what would be laid for its drawn scenario from the start."""
    rollout = prepared(data)
    ready = doubted(rollout)
    drawn = ready.drawn(Chances(data["seed"], world))
    mine = inventory_of(drawn)
    anew = Rollout(drawn.scenario, drawn.fleet, drawn.runs)
    anew.drawn_fault_shares = drawn.drawn_fault_shares
    other = Inventory(anew)
    assert mine.numbers == other.numbers
    assert mine.arrays.keys() == other.arrays.keys()
    for name, array in mine.arrays.items():
        assert array.tobytes() == other.arrays[name].tobytes(), name
    assert mine.devices.kinds.tobytes() == other.devices.kinds.tobytes()
    assert mine.devices.kind_of.tobytes() == other.devices.kind_of.tobytes()
    for name in ("stored", "uefi"):
        assert getattr(mine, name).tobytes() == getattr(other, name).tobytes(), name
    for name in ("sites", "hubs", "groups"):
        assert getattr(mine.lines, name).tobytes() == getattr(other.lines, name).tobytes(), name
    seed = data["seed"]
    assert_alike(play_once(drawn, seed, world), play_once(anew, seed, world))


@settings(max_examples=5)
@given(rollouts_in_doubt(), WORLDS)
def test_what_is_laid_anew_is_what_would_be_laid_from_the_start(data, world):
    tables_are_those_of_a_rollout_built_anew(data, world)


@at_length(rollouts_in_doubt(), WORLDS, share=0.25)
def test_thousands_of_tables_are_laid_anew_as_from_the_start(data, world):
    tables_are_those_of_a_rollout_built_anew(data, world)
