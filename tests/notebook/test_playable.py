"""Plans alike but for commands share what they are made of, and still come to the same."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

import fwsim
from fwsim.commands.command import DeliveryCommand
from fwsim.commands.targets import NamedTarget
from fwsim.experiments.experiment import Experiment
from fwsim.experiments.first_looks.thinning import choose, thinned
from fwsim.notebook import playable as playable_module
from fwsim.notebook.playable import Playable
from fwsim.notebook.shelf import PlanState
from fwsim.planning.levers import Levers
from fwsim.results.run.replication import measured
from fwsim.run import play_once, prepare
from fwsim.scenario.fleet_build import build_fleet


@pytest.fixture(scope="module")
def base(branch_offices):
    return fwsim.load(branch_offices)


@pytest.fixture
def playable(base):
    return Playable(base, prepare(base).fleet)


@pytest.fixture(scope="module")
def state(base):
    return PlanState(tuple(section.command() for section in base.commands))


def later(state, minutes):
    (command,) = state.commands
    schedule = replace(command.schedule, at=command.schedule.at + timedelta(minutes=minutes))
    return replace(state, commands=(replace(command, schedule=schedule),))


def same(one, other):
    assert one.provenance == other.provenance
    for a, b in zip(one.replications, other.replications, strict=True):
        assert a.values == b.values
        assert np.array_equal(a.timeline.stages, b.timeline.stages)
        assert np.array_equal(a.timeline.site_hours, b.timeline.site_hours)


@pytest.mark.parametrize(
    "levers", [Levers(), Levers(delivery_first=True, link_share=0.5), Levers(proxies=True)]
)
def test_a_command_that_changed_is_played_as_if_all_were_made_anew(playable, state, levers):
    state = replace(state, levers=levers)
    first = playable.rollout(state)
    for changed in (later(state, 30), later(state, 400)):
        whole = playable.rollout(changed)
        assert whole.elder is first.elder
        afresh = prepare(playable.scenario(changed))
        same(Experiment(whole).run(2, workers=1), Experiment(afresh).run(2, workers=1))


LAID_ANEW = [
    "assumptions.device_rate={between: [20 Mbit/s, 80 Mbit/s]}",
    "assumptions.idf_check_order={before: 50 %, after: 50 %}",
]


@pytest.mark.parametrize("few", [None, 60])
def test_a_fleet_that_doubt_lays_anew_is_laid_once_a_run_whatever_is_commanded(
    branch_offices, state, monkeypatch, few
):
    """It is what would be laid for each by itself; of a part, too."""
    doubted = fwsim.load(branch_offices, settings=LAID_ANEW)
    playable = Playable(doubted, prepare(doubted).fleet)
    part = choose(playable.rollout(state), few) if few else None
    laid = []
    for module in ("fwsim.model.rollout", "fwsim.experiments.first_looks.thinning"):
        monkeypatch.setattr(
            f"{module}.build_fleet", lambda of: (laid.append(of), build_fleet(of))[1]
        )
    for changed in (later(state, 30), later(state, 400)):
        whole = playable.rollout(changed)
        afresh = prepare(playable.scenario(changed))
        if part is not None:
            whole, afresh = (thinned(one, part=part)[0] for one in (whole, afresh))
        for world in (0, 1):
            before = len(laid)
            shared, alone = (play_once(one, 1, world, world=world) for one in (whole, afresh))
            assert len(laid) - before == 1 + (changed == later(state, 30))
            assert measured(shared, world).values == measured(alone, world).values


def test_in_another_process_it_comes_to_the_same(playable, state):
    playable.rollout(state)
    whole = playable.rollout(later(state, 60))
    sent = pickle.loads(pickle.dumps(whole))  # noqa: S301 - our own
    assert sent.elder is None
    same(Experiment(whole).run(2, workers=1), Experiment(sent).run(2, workers=1))


def test_another_kind_of_command_is_played_as_if_all_were_made_anew(playable, state):
    playable.rollout(state)
    delivery = DeliveryCommand(target=NamedTarget("DE", subordinate_units=True))
    more = replace(state, commands=(delivery, *state.commands))
    whole = playable.rollout(more)
    same(
        Experiment(whole).run(2, workers=1),
        Experiment(prepare(playable.scenario(more))).run(2, workers=1),
    )


def test_a_target_that_leads_nowhere_is_found_whatever_is_known_already(playable, state):
    playable.rollout(state)
    wrong = (replace(state.commands[0], target=NamedTarget("Nowhere")),)
    with pytest.raises(ValueError, match="Nowhere"):
        playable.rollout(replace(state, commands=wrong))
    with pytest.raises(ValueError, match="nothing to do"):
        playable.rollout(replace(state, commands=()))


def test_other_settings_are_other_surroundings(playable, state):
    first = playable.rollout(state)
    other = playable.rollout(replace(state, reminder=(1, (900_000,))))
    assert other.elder is not first.elder


def test_what_is_not_kept_is_drawn_anew_and_comes_to_the_same(playable, state, monkeypatch):
    playable.rollout(state)
    whole = playable.rollout(later(state, 90))
    kept = Experiment(whole).run(2, workers=1)
    other = Playable(playable.base, playable.fleet)
    other.rollout(state)
    monkeypatch.setattr("fwsim.model.shared_luck.MOST_BYTES", 0)
    same(kept, Experiment(other.rollout(later(state, 90))).run(2, workers=1))


def test_of_many_commands_only_the_one_that_moved_is_checked(playable, state, monkeypatch):
    real, checked = playable_module._checked, []
    monkeypatch.setattr(
        playable_module, "_checked", lambda entry: checked.append(entry) or real(entry)
    )
    others = tuple(
        replace(state.commands[0], target=NamedTarget(f"DE/Branches/Branch {number:02d}"))
        for number in range(1, 6)
    )
    several = replace(state, commands=(*state.commands, *others))
    playable.rollout(several)
    playable.rollout(replace(several, commands=(*later(state, 30).commands, *others)))
    checked.clear()
    moved = replace(several, commands=(*later(state, 45).commands, *others))
    whole = playable.rollout(moved)
    assert len(checked) == 1
    assert tuple(section.command() for section in whole.scenario.commands) == moved.commands
