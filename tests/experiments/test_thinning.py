"""A first look: every kind of device and line has its share, and it comes close to the answer.

How close is stated in `within_its_looseness`, for one device that stands for up to eight; beyond
that the repository's few connections are too coarse. Fleets are drawn with fixed seeds.
"""

from __future__ import annotations

import gc
import math
import weakref
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.engine import Engine
from fwsim.experiments.first_looks.kinds import device_kinds
from fwsim.experiments.first_looks.scaling import scaled
from fwsim.experiments.first_looks.thinning import ENOUGH, choose, thinned
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.planning.levers import Levers, turned
from fwsim.results.run.replication import measured
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.setting import Setting
from fwsim.run import play_once, prepare
from tests.planning.bounds.random_fleets import base, of_habit, random_fleet

FEW, RUNS = 200, 8
FALSE_ALARMS = 1e-7
"""Of each comparison; a test makes fewer than ten of them, the slow one sixty."""


def alternating(branches=48, devices=10, **more):
    units = {
        f"DE/B{number:02d}": of_habit(("office", "shift")[number % 2], devices)
        for number in range(branches)
    }
    return base({**units, **more})


def look_and_answer(rollout, few=FEW):
    part = choose(rollout, few)
    thin, _ = thinned(rollout, part=part)
    setting = Setting.of(rollout)
    looked = [scaled(measured(play_once(thin, 1, run), run), part) for run in range(RUNS)]
    full = [measured(play_once(rollout, 1, run), run) for run in range(RUNS)]
    return Answer(setting, looked, provenance={}), Answer(setting, full, provenance={})


def luck(devices):
    """Return by how much a share of so many device-runs is off by luck (Dvoretzky, Massart)."""
    return math.sqrt(math.log(2 / FALSE_ALARMS) / (2 * devices * RUNS))


def within_its_looseness(rollout, few=FEW):
    """Compare a look with the answer: five points, 30 % of the time and a quarter of an hour.

    Luck comes on top, as if devices were independent of each other.
    """
    few = max(few, len(rollout.fleet) // 8)
    look, answer = look_and_answer(rollout, few)
    times = look.times - look.replications[0].first_command
    looked, full = look.completion().mean, answer.completion().mean
    earliest = np.interp(times / 1.3 - 900_000, times, full)
    latest = np.interp(times * 1.3 + 900_000, times, full)
    points = 0.05 + luck(few) + luck(len(rollout.fleet))
    assert (looked >= earliest - points).all()
    assert (looked <= latest + points).all()
    for measure in ("prompts", "WAN bytes", "devices prompted"):
        assert look.estimate(measure).value == pytest.approx(
            answer.estimate(measure).value, rel=2 * points
        )


@pytest.mark.parametrize("few", [40, 100, 200, 333])
def test_branches_of_alternating_kind_keep_their_shares(few):
    thin, stands_for = thinned(prepare(alternating()), few)
    of_people = np.bincount(thin.fleet.people.codes, minlength=2)
    assert abs(int(of_people[0]) - int(of_people[1])) <= 1
    assert len(thin.fleet) == few
    assert stands_for == pytest.approx(480 / few)


def test_a_look_at_alternating_branches_comes_close_to_the_answer():
    within_its_looseness(prepare(alternating()))


@pytest.mark.parametrize("seed", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (10, 22))])
def test_a_look_at_a_random_fleet_comes_close_to_the_answer(seed):
    within_its_looseness(prepare(random_fleet(seed)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 160))
def test_looks_at_many_random_fleets_come_close_to_the_answers(seed):
    within_its_looseness(prepare(random_fleet(seed)))


@pytest.mark.slow
def test_looks_are_off_to_both_sides():
    # The mean of twenty differences; each is at most about 0.2, and luck takes turns.
    off = []
    for seed in range(200, 220):
        rollout = prepare(random_fleet(seed))
        look, answer = look_and_answer(rollout, max(FEW, len(rollout.fleet) // 8))
        difference = look.completion().mean - answer.completion().mean
        off.append(float(difference[: len(difference) // 3].mean()))
    assert abs(np.mean(off)) < 0.03


def strata_of(rollout):
    """Return what a person would tell apart: habit, image, connection, and rate of the line."""
    fleet, sites = rollout.fleet, rollout.sites()
    return [
        (
            fleet.people[d],
            fleet.installed[d],
            fleet.connection[d],
            round(math.log(sites[int(fleet.site.codes[d])].link, 1.25)),
        )
        for d in range(len(fleet))
    ]


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(30, 400))
def test_a_kind_is_in_the_look_or_counted_as_left_out(seed, few):
    rollout = prepare(random_fleet(seed))
    part, strata = choose(rollout, few), strata_of(rollout)
    kept = {strata[device] for device in part.devices.tolist()}
    missed = [stratum for stratum in strata if stratum not in kept]
    assert part.left_out == len(missed)
    assert part.kinds_left_out == len(set(missed))
    assert len(part.devices) == min(few, len(rollout.fleet))
    assert len(set(part.devices.tolist())) == len(part.devices)
    assert part.left_out <= 0.25 * len(rollout.fleet)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.integers(100, 400))
def test_no_kind_has_much_more_or_less_than_its_share(seed, few):
    rollout = prepare(random_fleet(seed))
    part = choose(rollout, few)
    people = rollout.fleet.people
    whole = np.bincount(people.codes, minlength=len(people.values)) / len(rollout.fleet)
    kept = np.bincount(people.codes[part.devices], minlength=len(people.values))
    off = kept / len(part.devices) - whole
    assert np.abs(off).max() <= 0.1 + 2 * ENOUGH / few


def test_a_choice_is_the_same_every_time():
    first, again = (choose(prepare(random_fleet(5)), 100).devices for _ in range(2))
    assert first.tolist() == again.tolist()


def test_one_large_odd_site_is_thinned_with_its_line():
    rollout = prepare(alternating(devices=10, **{"DE/Depot": of_habit("kiosk", 480)}))
    part = choose(rollout, 240)
    thin, _ = thinned(rollout, part=part)
    depot = rollout.fleet.site.values.index("DE/Depot")
    assert part.kept[depot] == pytest.approx(0.25)
    assert thin.sites()[depot].link == round(2_500_000 * 0.25)
    assert thin.scenario.network.repository.uplink == round(125_000_000 / 4)


def test_more_kinds_than_devices_in_the_look_are_counted():
    people = {f"p{n}": {"present": f"daily 08:00-{10 + n % 12}:{n % 60:02d}"} for n in range(300)}
    units = {f"DE/B{n:03d}": {"devices": 2, "people": f"p{n}"} for n in range(300)}
    rollout = prepare(base(units, people=people))
    part = choose(rollout, 60)
    assert len(part.devices) == 60
    assert part.left_out == 600 - 2 * (300 - part.kinds_left_out)
    assert part.kinds_left_out >= 240


def test_a_small_rollout_is_looked_at_as_it_is():
    rollout = prepare(alternating(4))
    assert thinned(rollout) == (rollout, 1.0)
    assert choose(rollout).left_out == 0


def test_targets_that_fall_out_of_the_look_do_not_stop_it():
    commands = [
        {"update": "DE", "subordinate_units": True},
        {"update": "DE/One"},
        {"update": "DE/B01/B01-03"},
        {"update": {"devices": ["B02-01", "B03-01"]}},
        {"update": {"group": "Host name = B04*"}},
    ]
    units = {"DE/One": of_habit("kiosk", 1)}
    model = alternating(**units).as_data() | {"commands": commands}
    rollout = prepare(fwsim.Scenario.model_validate(model))
    part = choose(rollout, 60)
    thin, _ = thinned(rollout, part=part)
    assert len(thin.runs) == 5
    assert measured(play_once(thin, 1, 0), 0).targeted == 60


def test_commands_take_as_long_from_the_first_device_to_the_last():
    command = {"update": "DE", "subordinate_units": True, "devices_wait": "30 s"}
    model = fwsim.Scenario.model_validate(alternating().as_data() | {"commands": [command]})
    thin, _ = thinned(prepare(model), 60)
    assert thin.runs[0].command.devices_wait * 59 == pytest.approx(30_000 * 479, rel=0.001)


def test_the_server_is_as_busy_as_it_is():
    a = thinned(prepare(alternating()), 20)[0].assumptions
    whole = prepare(alternating()).assumptions
    reach = 16 / whole.send_time
    assert a.dispatch_workers / a.send_time == pytest.approx(reach / 24, rel=0.02)


def test_a_static_proxy_comes_along():
    units = {
        f"DE/B{n:02d}": of_habit(
            "office",
            10,
            firmware={"proxy": {"type": "static", "device": f"DE/B{n:02d}/B{n:02d}-07"}},
        )
        for n in range(40)
    }
    rollout = prepare(base(units))
    part = choose(rollout, 40)
    thin, _ = thinned(rollout, part=part)
    names = set(thin.fleet.names)
    assert all(
        f"{path.split('/')[1]}-07" in names
        for path in {rollout.fleet.unit[d] for d in part.devices.tolist()}
    )
    assert measured(play_once(thin, 1, 0), 0).targeted == len(part.devices)


def test_a_part_holds_for_a_plan_that_is_turned():
    model = alternating()
    part = choose(prepare(model), 60)
    narrow = prepare(turned(model, Levers(link_share=0.5)))
    thin, _ = thinned(narrow, part=part)
    assert len(thin.fleet) == 60
    shares = [share for share in [1.0, *part.kept.tolist()] if share]
    as_thin = {(round(2_500_000 * share), round(1_250_000 * share)) for share in shares}
    assert {(s.link, s.updates_at_most) for s in thin.sites()} <= as_thin


@pytest.mark.parametrize("engine", Engine)
def test_a_look_at_other_commands_comes_to_the_same_as_one_at_a_rollout_made_anew(engine):
    """A hand that drags a command had the part, its doubts and its worlds made anew each time."""
    model = alternating(12)
    elder = Rollout(model)
    part = choose(elder, 30)
    thins = []
    for hour, wait, target in ((20, 0, "DE"), (22, 5, "DE"), (21, 2, "DE/B03")):
        entry = {"update": target, "subordinate_units": True, "devices_wait": f"{wait} s"}
        entry |= {"inform_user": "5 min", "once": model.start + timedelta(hours=hour - 18)}
        own = type(model).model_validate({**model.as_data(), "commands": [entry]})
        anew, _ = thinned(Rollout(own, elder.fleet), part=part)
        other, _ = thinned(elder.commanded(own.commands), part=part)
        assert other.runs == anew.runs
        for run in range(2):
            one, two = (
                play_once(thin, 1, run, engine=engine, world=run).log for thin in (anew, other)
            )
            assert len(one.time)
            for name in ("time", "device", "run", "state", "detail"):  # addresses are numbered anew
                assert np.array_equal(getattr(one, name), getattr(two, name))
        thins.append(other)
    assert len({id(thin.elder) for thin in thins}) == 1


def test_a_rollout_of_which_a_part_was_looked_at_is_not_kept_for_good():
    """Each stroke of another lever left a whole fleet behind, with the luck of its runs."""
    elder = Rollout(alternating(12))
    part = choose(elder, 30)
    thin, _ = thinned(elder.commanded(elder.scenario.commands), part=part)
    play_once(thin, 1, 0, world=0)
    known = weakref.ref(elder), weakref.ref(thin.elder)
    del elder, thin
    gc.collect()
    assert [one() for one in known] == [None, None]


def test_a_part_of_a_world_that_was_drawn_is_of_that_world():
    relative = Rollout(alternating(12)).commanded(alternating(12).commands)
    part = choose(relative, 30)
    thinned(relative, part=part)
    drawn = doubted(relative).drawn(Chances(1, 3))
    thin, _ = thinned(drawn, part=part)
    assert thin.assumptions.install_rate == drawn.assumptions.install_rate


@pytest.mark.parametrize(
    "doubted_number",
    [
        {"idf_check_order": {"before": "50 %", "after": "50 %"}},
        {"flash": {"between": ["8 GB", "16 GB"]}},
    ],
)
def test_a_part_whose_devices_are_made_of_what_is_drawn_stays_a_part(doubted_number):
    """No first look came: the whole fleet was laid anew with the habits of the part."""
    model = alternating(12)
    model = type(model).model_validate({**model.as_data(), "assumptions": doubted_number})
    elder = Rollout(model)
    part = choose(elder, 30)
    for whole in (elder, elder.commanded(model.commands)):
        thin, _ = thinned(whole, part=part)
        drawn = doubted(thin).drawn(Chances(1, 0))
        assert drawn.fleet.names == thin.fleet.names
        assert drawn.find(thin.runs[0].command.target).tolist() == list(range(30))
        assert measured(play_once(thin, 1, 0, world=0), 0).targeted == 30
    flash = {doubted(thin).drawn(Chances(1, world)).fleet.flash[0] for world in range(4)}
    assert (len(flash) > 1) == ("flash" in doubted_number)


def behind_a_hub(link, sites=24):
    """Return alternating branches, of which the first so many share a line."""
    named = [f"DE/B{number:02d}" for number in range(sites)]
    hubs = {"South": {"link": link, "sites": named}}
    model = alternating()
    return prepare(type(model).model_validate({**model.as_data(), "network": {"hubs": hubs}}))


def test_a_hub_is_as_much_thinner_as_the_devices_behind_it():
    rollout = behind_a_hub("60 Mbit/s")
    part = choose(rollout, 120)
    thin, _ = thinned(rollout, part=part)
    behind = rollout.hub_of[rollout.fleet.site.codes] == 0
    kept = behind[part.devices].sum() / behind.sum()
    assert 0 < kept < 1
    assert thin.scenario.network.hubs["South"].link == round(7_500_000 * kept)


def test_a_look_at_branches_behind_a_hub_comes_close_to_the_answer():
    within_its_looseness(behind_a_hub("25 Mbit/s"))


@pytest.mark.parametrize("where", ["commands", "notifications", "assignments"])
def test_devices_with_another_uefi_version_are_a_kind_of_their_own(where):
    units = {f"DE/{bios}": of_habit("kiosk", 9, attributes={"BIOS": bios}) for bios in ("1", "2")}
    update = {"uefi_update": "DE", "subordinate_units": True}
    kinds = device_kinds(prepare(base(units, **{"commands": [], where: [update]})))
    assert len({*kinds.tolist()}) == 2
