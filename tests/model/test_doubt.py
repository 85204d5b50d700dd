"""What nobody knows is drawn once a run, and what is drawn hangs on its name alone."""

from __future__ import annotations

import gc
import pickle
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import fwsim
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted, drawn_values
from fwsim.quantities.laws import Law, Lognormal, Uniform
from fwsim.run import play_once, prepare
from fwsim.scenario.doubt import Source
from fwsim.scenario.numbers import limits_of, numbers_in
from fwsim.scenario.sections import AnswerSection, FaultsSection
from tests.conftest import merged
from tests.model.worlds_drawn import BASE, world, worlds
from tests.scenario.random_beliefs import rollouts_in_doubt
from tests.simulation.random_scenarios import DATA


def places(source=None, **changes):
    doubts = prepare(fwsim.Scenario.model_validate(merged(BASE, changes))).doubts
    return [doubt.place for doubt in doubts if source in {None, doubt.source}]


def links(of):
    return dict(zip(of.fleet.site.values, (site.link for site in of.sites()), strict=True))


def by_unit(of, values):
    """Return a value for each OU, of one for each device."""
    return {unit: {values[i] for i, u in enumerate(of.fleet.unit) if u == unit} for unit in UNITS}


UNITS = ("DE/A", "DE/B", "DE/C", "DE/D")


def now_of_units(of):
    people = of.people()
    return by_unit(of, [people[code].now for code in of.fleet.people.codes.tolist()])


def faults_of_units(of):
    return by_unit(of, of.fault_shares("idf").tolist())


# Who draws


def test_without_each_all_places_share_one_draw():
    link = {"between": ["5 Mbit/s", "20 Mbit/s"]}
    found = links(world(network={"sites": {"default": {"link": link}}}))
    assert found["DE/A"] == found["DE/D"]
    assert found["DE/A"] != found["far"] == 1_250_000


def test_each_site_draws_a_line_of_its_own():
    link = {"between": ["5 Mbit/s", "20 Mbit/s"], "each": "site"}
    found = links(world(network={"sites": {"default": {"link": link}}}))
    assert len(set(found.values())) == 3


def test_what_lines_of_their_own_are_believed_to_carry_is_drawn_at_once_and_comes_to_the_same():
    """A thousand lines took a thousand calls, in each run."""
    sites = {f"S{n}": {"link": f"{1 + n % 7} Mbit/s"} for n in range(60)}
    for n in range(5):
        sites[f"S{n}"]["line_factor"] = {"about": "90 %", "worth": 10 + n % 2, "each": "site"}
    units = {f"DE/{name}": {"devices": 1, "site": name} for name in sites}
    sites["default"] = {"link": {"between": ["5 Mbit/s", "20 Mbit/s"], "each": "site"}}
    data = {"doubt": "all", "assumptions": {"between_rollouts": 0.5}}
    data |= {"network": {"sites": sites}, "fleet": {"units": units}}
    ready = doubted(prepare(fwsim.Scenario.model_validate(merged(BASE, data))))
    assert len(ready.doubts) > 60 > 2 * len(ready._alike)
    runs = [Chances(1, run) for run in range(3)]
    for several in (runs[:1], runs):
        alone = [drawn_values(placed, several, 0.5) for placed in ready.doubts]
        at_once = ready._drawn_in(several, 0.5)
        assert all(map(np.array_equal, at_once, alone))
        assert [one.shape for one in at_once] == [one.shape for one in alone]


@pytest.mark.parametrize(
    ("each", "alike"),
    [
        (None, [UNITS]),
        ("site", [("DE/A",), ("DE/B", "DE/C"), ("DE/D",)]),
        ("unit", [(u,) for u in UNITS]),
    ],
)
@pytest.mark.parametrize("what", ["people", "together", "faults"])
def test_people_and_faults_are_drawn_for_all_for_each_site_or_for_each_ou(what, each, alike):
    beside = {} if each is None else {"each": each}
    if what == "faults":
        found = faults_of_units(world(faults={"idf": {"about": "30 %", "worth": 4, **beside}}))
    elif what == "people":
        answer = {"now": {"about": "40 %", "worth": 4, **beside}}
        found = now_of_units(world(people={"default": {"answer": answer}}))
    else:
        answer = {"seen": {"now": 4, "defer": 2, "ignored": 1}, **beside}
        found = now_of_units(world(people={"default": {"answer": answer}}))
    assert all(len(values) == 1 for values in found.values())
    groups = [{next(iter(found[unit])) for unit in group} for group in alike]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == len(alike)


@pytest.mark.parametrize("each", ["site", "unit"])
def test_power_is_drawn_for_each_place(each):
    left_on = {"about": "30 %", "worth": 4, "each": each}
    of = world(power={"default": {"left_on": left_on}})
    power = of.power()
    found = by_unit(of, [power[code].left_on for code in of.fleet.power.codes.tolist()])
    assert len(set.union(*found.values())) == (3 if each == "site" else 4)


def test_who_draws_their_own_do_so_beside_what_devices_are_made_of():
    """A fleet that is laid anew keeps the habits of every site."""
    answer = {"now": {"about": "40 %", "worth": 4, "each": "unit"}}
    flash = {"between": ["4 GB", "16 GB"]}
    changes = {"people": {"default": {"answer": answer}}}
    alone = now_of_units(world(**changes))
    assert now_of_units(world(**changes, fleet={"units": {"DE/A": {"flash": flash}}})) == alone
    assert len(set.union(*alone.values())) == 4


# What a draw hangs on


LINE = {"between": ["5 Mbit/s", "20 Mbit/s"], "each": "site"}
LINES = {"sites": {"default": {"link": LINE}}}


def test_a_site_added_anywhere_changes_nobody_elses_line():
    before = links(world(network=LINES))
    units = {"DE/0": {"devices": 1, "installed": "old.idf"}}
    first = {"fleet": {"units": units | BASE["fleet"]["units"]}}
    last = {"fleet": {"units": BASE["fleet"]["units"] | units}}
    for fleet in (first, last):
        data = merged(BASE, {"network": LINES}) | fleet
        ready = doubted(prepare(fwsim.Scenario.model_validate(data)))
        after = links(ready.drawn(Chances(1)))
        assert {site: after[site] for site in before} == before
        assert after["DE/0"] not in before.values()


def test_a_site_that_gets_a_name_keeps_its_draw_and_so_do_the_others():
    before = links(world(network=LINES))
    named = links(world(network={"sites": {**LINES["sites"], "DE/D": {"link": LINE}}}))
    assert named == before


def test_an_ou_added_changes_nobody_elses_answers():
    answer = {"now": {"about": "40 %", "worth": 4, "each": "unit"}}
    people = {"people": {"default": {"answer": answer}, "others": {"present": "never"}}}
    before = now_of_units(world(**people))
    more = {"DE/0": {"devices": 1, "installed": "old.idf", "people": "others"}}
    data = BASE | people | {"fleet": {"units": more | BASE["fleet"]["units"]}}
    after = doubted(prepare(fwsim.Scenario.model_validate(data))).drawn(Chances(1))
    assert now_of_units(after) == before


def test_a_new_belief_changes_no_other_draw_and_nobodys_luck():
    one = {"assumptions": {"bricked": {"seen": "3 of 60"}}}
    two = {"assumptions": {**one["assumptions"], "send_time": {"between": ["20 ms", "125 ms"]}}}
    assert world(**one).assumptions.bricked == world(**two).assumptions.bricked
    scenario = fwsim.Scenario.model_validate(merged(BASE, {"doubt": "none"}))
    known = play_once(prepare(scenario), 1, 3)
    harmless = {"uefi": {"Box": {"version": "1", "size": {"between": ["1 MB", "2 MB"]}}}}
    scenario = fwsim.Scenario.model_validate(merged(BASE, harmless))
    assert play_once(prepare(scenario), 1, 3, world=3).log.time.tolist() == known.log.time.tolist()


def test_the_order_of_a_list_does_not_matter():
    packages = [{"name": name, "size": {"between": ["9 MB", "90 MB"]}} for name in "abc"]
    failing = [
        {"phase": phase, "where": "Device type = x", "share": {"seen": "3 of 9"}}
        for phase in ("idf", "transfer")
    ]

    def found(order):
        image = {"name": "new.idf", "packages": packages[::order]}
        of = world(image=image, failing=failing[::order])
        sizes = {package.name: package.size for package in of.scenario.image.packages}
        return sizes, {section.phase: section.share for section in of.scenario.failing}

    assert found(1) == found(-1)
    assert len(set(found(1)[0].values())) == 3


def test_another_seed_or_run_is_another_world_and_the_same_is_the_same():
    bricked = {"bricked": {"seen": "3 of 60"}}
    drawn = [of.assumptions.bricked for of in worlds(300, assumptions=bricked)]
    assert len(set(drawn)) == 300
    assert stats.kstest(drawn, stats.beta(3.5, 57.5).cdf).pvalue > 1e-3
    assert world(7, assumptions=bricked).assumptions.bricked == drawn[7]


# What counts: none, stated, all


def test_doubt_none_draws_nothing_and_plays_as_stated():
    changes = {"assumptions": {"bricked": {"seen": "3 of 60"}}, "doubt": "none"}
    assert places(**changes) == []
    of = world(5, **changes)
    assert (
        of.assumptions.bricked
        == fwsim.Scenario.model_validate(merged(BASE, changes)).assumptions.bricked
    )


def test_doubt_stated_draws_what_is_stated_and_nothing_else():
    changes = {"assumptions": {"bricked": {"seen": "3 of 60"}, "between_rollouts": 0.25}}
    assert places(**changes) == ["assumptions.bricked"]


def test_beliefs_are_assumed_only_where_the_scenario_says_nothing():
    everything = places(Source.ASSUMED, doubt="all")
    assert "network.sites.default.line_factor" in everything
    assert "people.default.answer" in everything
    assert "assumptions.wake_up_sites" in everything
    known = {
        "doubt": "all",
        "assumptions": {"wake_up_sites": "95 %", "boot_time": {"between": ["8 s", "20 s"]}},
        "people": {"default": {"answer": {"now": "55 %", "after": "25 s"}}},
        "network": {"sites": {"default": {"line_factor": "100 %"}}},
    }
    gone = set(everything) - set(places(Source.ASSUMED, **known))
    assert gone >= {
        "assumptions.wake_up_sites",
        "assumptions.boot_time",
        "people.default.answer",
        "people.default.answer.after",
        "network.sites.default.line_factor",
    }


def test_who_doubts_a_link_is_not_told_that_labels_are_rarely_kept():
    assert "network.sites.default.line_factor" not in places(doubt="all", network=LINES)
    link = {"between": ["1 Mbit/s", "9 Mbit/s"]}
    south, north = {"sites": ["far"], "link": link}, {"sites": ["DE/A"], "link": "1 MB/s"}
    found = places(doubt="all", network={"hubs": {"South": south, "North": north}})
    assert "network.hubs.North.line_factor" in found
    assert "network.hubs.South.line_factor" not in found


def test_a_scenario_that_says_nothing_stays_a_scenario_that_says_nothing():
    """What is known by word of the file is known after it was written back, and only that."""
    known = {"doubt": "all", "assumptions": {"wake_up_sites": "95 %", "between_rollouts": 0.25}}
    known["network"] = {"sites": {"default": {"link": "20 Mbit/s", "line_factor": "100 %"}}}
    for changes in ({"doubt": "all"}, known):
        scenario = fwsim.Scenario.model_validate(merged(BASE, changes))
        back = fwsim.loads(fwsim.dumps(scenario))
        assert [d.place for d in prepare(back).doubts] == [
            d.place for d in prepare(scenario).doubts
        ]


# Whatever is drawn could stand in a file


def fits(scenario):
    """Check that every drawn number lies within its limits, and shares within a whole."""
    for spot in numbers_in(scenario):
        if isinstance(spot.value, Law):
            law_fits(spot.value)
            continue
        low, high = limits_of(type(spot.parent), spot.field)
        is_off = spot.field == "keep_alive" and not spot.value
        assert is_off or low <= spot.value <= high, spot.names
        if isinstance(spot.parent, AnswerSection):
            assert sum(spot.parent.shares()) <= 1 + 1e-9
            assert not spot.parent.picks or sum(spot.parent.picks.values()) == pytest.approx(1)
    fwsim.Scenario.model_validate(scenario.as_data())


def law_fits(law):
    match law:
        case Lognormal(median, p95):
            assert 0 < median <= p95
        case Uniform(low, high):
            assert low <= high


@settings(max_examples=12)
@given(rollouts_in_doubt(), st.integers(0, 9))
def test_a_drawn_scenario_is_a_scenario(data, run):
    stated = fwsim.Scenario.model_validate(data).seen_from(DATA)
    drawn = doubted(prepare(stated)).drawn(Chances(data["seed"], run))
    fits(drawn.scenario)


@pytest.mark.parametrize(
    "assumption",
    [
        {"ping_timeout": {"between": ["1 ms", "36000 d"]}},
        {"device_rate": {"between": ["1 kbit/s", "1 Tbit/s"]}},
        {"keep_alive": {"between": ["900 ms", "1200 ms"]}},
        {"boot_time": {"triang": {"c": {"between": [0.3, 0.9]}, "scale": "10 s"}}},
        {"flash": {"between": ["1 MB", "1000 TB"]}},
    ],
)
def test_what_a_key_cannot_hold_is_cut(assumption):
    for of in worlds(40, assumptions=assumption):
        fits(of.scenario)


def test_shares_believed_each_for_themselves_make_a_whole_all_the_same():
    answer = {
        "now": {"about": "50 %", "worth": 3},
        "defer": {"about": "50 %", "worth": 3},
        "picks": {"15 min": {"about": "50 %", "worth": 3}, "4 h": {"about": "50 %", "worth": 3}},
    }
    for of in worlds(100, people={"default": {"answer": answer}}):
        people = of.people()[0]
        assert people.now + people.defer <= 1 + 1e-9
        assert sum(share for _, share in people.picks) == pytest.approx(1)


def test_every_phase_can_fail_by_place():
    for phase in FaultsSection.model_fields:
        of = world(faults={phase: {"about": "30 %", "worth": 4, "each": "unit"}})
        assert len(set(of.fault_shares(phase).tolist())) == 4


# A rollout and its doubts


def test_a_rollout_with_its_doubts_is_forgotten_when_nobody_needs_it():
    rollout = prepare(fwsim.Scenario.model_validate(BASE | {"doubt": "all"}))
    play_once(rollout, 1, 0, world=0)
    gone = weakref.ref(rollout)
    del rollout
    gc.collect()
    assert gone() is None


def test_a_packed_rollout_draws_the_same():
    changes = {
        "people": {"default": {"answer": {"seen": {"now": 4, "defer": 2}, "each": "unit"}}},
        "network": LINES,
    }
    rollout = prepare(fwsim.Scenario.model_validate(merged(BASE, changes)))
    other = pickle.loads(pickle.dumps(rollout))  # noqa: S301 - packed a word ago
    first, second = (doubted(r).drawn(Chances(1, 4)) for r in (rollout, other))
    assert links(first) == links(second)
    assert now_of_units(first) == now_of_units(second)


def test_a_story_takes_the_stated_numbers_and_a_run_of_that_number_its_own():
    changes = {"doubt": "all", "assumptions": {"bricked": {"seen": "30 of 60"}}}
    scenario = fwsim.Scenario.model_validate(merged(BASE, changes))
    plain = fwsim.Scenario.model_validate(
        merged(BASE, {"doubt": "none", "assumptions": {"bricked": "50 %"}})
    )
    story, known = fwsim.simulate(scenario), fwsim.simulate(plain)
    assert story.columns.time.tobytes() == known.columns.time.tobytes()
    assert story.provenance["doubt"] == "taken as stated"
    assert "doubt" not in known.provenance
    drawn = fwsim.simulate(scenario, replication=0)
    assert drawn.columns.time.tobytes() != story.columns.time.tobytes()
    assert "doubt" not in drawn.provenance
