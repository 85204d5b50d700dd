"""Waves of a search: how they are cut, in which order they come, and what stays."""

from __future__ import annotations

import pytest

from fwsim.planning.search.space import Space
from fwsim.problems import InputError
from fwsim.run import prepare, simulate
from tests.planning.search.searched_units import BRANCHES, UNITS


def test_one_wave_has_no_order_and_comes_once(searched):
    waves = {
        "of": ["DE/Hub", "DE/Branches/*"],
        "number": [1, 2],
        "apart": ["1 h", "2 h"],
        "order": ["as listed", "fewest devices first"],
    }
    space = searched(waves=waves)
    assert space.size == 8
    assert len(list(space.choices())) == 5
    assert space.words((0, 0, 0)) == {"waves": "1"}
    assert space.canonical((0, 1, 1)) == (0, 0, 0)


def test_waves_hold_about_as_many_devices_each(searched):
    space = searched(waves={"of": ["DE/Hub", "DE/Branches/*"], "number": 2, "apart": "1 h"})
    hub, branches = space.levers((0, 0, 0)).waves
    assert hub == ("DE/Hub",)
    assert len(branches) == 3


def test_there_are_as_many_waves_as_it_says_however_unequal_the_ous_are(scenario):
    model = scenario(
        {"subordinate_units": True},
        fleet={
            "units": {
                "DE": {"devices": 0},
                "DE/Big": {"devices": 80},
                "DE/S1": {"devices": 1},
                "DE/S2": {"devices": 1},
                "DE/S3": {"devices": 0},
            }
        },
        search={
            "turn": {
                "waves": {
                    "of": ["DE/Big", "DE/S1", "DE/S2"],
                    "number": [1, 2, 3],
                    "order": ["as listed", "fewest devices first"],
                }
            }
        },
    )
    space = Space(prepare(model))
    assert [len(space.levers((2, order, 0)).waves) for order in (0, 1)] == [3, 3]
    assert space.levers((1, 1, 0)).waves == (("DE/S1", "DE/S2"), ("DE/Big",))


def test_the_thinnest_line_may_come_first(searched):
    order = "thinnest line first"
    waves = {"of": ["DE/Hub", "DE/Branches/*"], "number": 2, "apart": "1 h", "order": [order]}
    first, _ = searched(waves=waves).levers((0, 0, 0)).waves
    assert "DE/Hub" not in first


BEHIND_HUBS = {"DE/A": "10 Mbit/s", "DE/B": "50 Mbit/s", "DE/C": "30 Mbit/s", "DE/D": "20 Mbit/s"}


@pytest.mark.parametrize(
    ("hubs", "expected"),
    [
        ({}, "ADCB"),
        # A hub thinner than the lines behind it counts in their place; equal ones stay as listed.
        ({"South": {"link": "5 Mbit/s", "sites": ["DE/B", "DE/C"]}}, "BCAD"),
        # It counts whole however many share it: 40 Mbit/s for two is not 20 for each.
        ({"South": {"link": "40 Mbit/s", "sites": ["DE/B", "DE/C"]}}, "ADCB"),
        # Between the lines behind it, it counts for the thicker of them alone.
        ({"South": {"link": "15 Mbit/s", "sites": ["DE/A", "DE/B"]}}, "ABDC"),
        ({"South": {"link": "1 Gbit/s", "sites": ["DE/*"]}}, "ADCB"),
    ],
)
def test_the_line_of_a_hub_counts_for_the_sites_behind_it(scenario, hubs, expected):
    model = scenario(
        {"subordinate_units": True},
        fleet={"units": {"DE": {"devices": 0}, **{unit: {"devices": 2} for unit in BEHIND_HUBS}}},
        network={"sites": {u: {"link": link} for u, link in BEHIND_HUBS.items()}, "hubs": hubs},
        search={
            "turn": {
                "waves": {"of": [*BEHIND_HUBS], "number": [4], "order": ["thinnest line first"]}
            }
        },
    )
    waves = Space(prepare(model)).levers((0, 0, 0)).waves
    assert "".join(unit[-1] for wave in waves for unit in wave) == expected


def test_what_one_connection_gets_makes_no_line_thinner(scenario):
    fast = {"link": "1 Gbit/s", "per_connection": "2 Mbit/s"}
    waves = {"of": ["DE/Big", "DE/Thin"], "number": [2], "order": ["thinnest line first"]}
    model = scenario(
        {"subordinate_units": True},
        fleet={
            "units": {u: {"devices": 2} for u in ("DE/Big", "DE/Thin")} | {"DE": {"devices": 0}}
        },
        network={"sites": {"DE/Big": fast, "DE/Thin": {"link": "3 Mbit/s"}}},
        search={"turn": {"waves": waves}},
    )
    assert Space(prepare(model)).levers((0, 0, 0)).waves == (("DE/Thin",), ("DE/Big",))


def test_an_ou_is_as_thin_as_the_thinnest_way_of_its_devices(scenario):
    links = {"DE/One": "20 Mbit/s", "DE/Two/a": "50 Mbit/s", "DE/Two/b": "50 Mbit/s"}
    model = scenario(
        {"subordinate_units": True},
        fleet={
            "units": {
                "DE": {"devices": 0},
                **{unit: {"devices": 2} for unit in links},
            }
        },
        network={
            "sites": {u: {"link": link} for u, link in links.items()},
            "hubs": {"Far": {"link": "10 Mbit/s", "sites": ["DE/Two/b"]}},
        },
        search={
            "turn": {
                "waves": {
                    "of": ["DE/One", "DE/Two"],
                    "number": [2],
                    "order": ["thinnest line first"],
                }
            }
        },
    )
    assert Space(prepare(model)).levers((0, 0, 0)).waves == (("DE/Two",), ("DE/One",))


def test_a_plan_in_waves_commands_each_ou_at_its_time(searched):
    plan = searched(
        waves={"of": ["DE/Hub", "DE/Branches/*"], "number": 2, "apart": "1 h"},
        start=["2018-08-20 13:00"],
    ).plan((0, 0, 0, 0))
    commands = [section.command() for section in plan.commands]
    assert [f"{c.schedule.at:%H:%M} {c.target.name}" for c in commands] == [
        "13:00 DE/Hub",
        *(f"14:00 {unit}" for unit in BRANCHES),
    ]
    assert simulate(plan).measures.targeted == 12


def test_a_wave_after_the_horizon_makes_no_plan(searched):
    space = searched(
        waves={"of": ["DE/Hub", "DE/Branches/*"], "number": 2, "apart": ["1 h", "20 h"]},
        start=["2018-08-20 12:00", "2018-08-21 20:00"],
        spread=["0 s"],
    )
    assert {choice: bool(space.faults(choice)) for choice in space.choices()} == {
        (start, 0, 0, 0, apart): (start, apart) == (1, 1) for start in (0, 1) for apart in (0, 1)
    }
    assert "lies after the horizon" in space.faults((1, 0, 0, 0, 1))[0]


def commanded(model):
    return [
        (f"{c.schedule.at:%H:%M}", c.target.name, c.target.subordinate_units)
        for c in (section.command() for section in model.commands)
    ]


@pytest.mark.parametrize(
    ("target", "below", "other", "expected"),
    [
        # An OU below one of the waves, a device, an OU of its own: into the wave of its OU.
        ("DE/Branches/2", True, "DE/Hub", [("13:00", "DE/Branches/2", True), ("12:00", "DE/Hub")]),
        (
            "DE/Hub/Hub-1",
            False,
            "DE/Branches/1",
            [("12:00", "DE/Hub/Hub-1"), ("13:00", "DE/Branches/1")],
        ),
        ("DE/Branches/2", False, "DE/Hub", [("13:00", "DE/Branches/2"), ("12:00", "DE/Hub")]),
    ],
)
def test_every_update_stays_in_a_plan_in_waves(scenario, target, below, other, expected):
    update = {"inform_user": "5 min", "once": "2018-08-20 12:00", "subordinate_units": below}
    model = scenario(
        fleet={"units": {**UNITS, "DE/Spare": {"devices": 1}}},
        network={"sites": {"hub": {"link": "1 Gbit/s"}}},
        # The last one is in no wave and stays as it is.
        commands=[
            {"update": target, **update},
            *({"update": unit, "once": "2018-08-20 12:00"} for unit in (other, "DE/Spare")),
        ],
        search={
            "goals": ["time to 95 %"],
            "turn": {"waves": {"of": ["DE/Hub", "DE/Branches/*"], "number": 2, "apart": "1 h"}},
        },
    )
    space = Space(prepare(model))
    as_expected = [*((*one, False)[:3] for one in expected), ("12:00", "DE/Spare", False)]
    assert commanded(space.plan((0, 0, 0))) == as_expected
    assert not space.faults((0, 0, 0))


def with_a_list(scenario, number, **waves):
    """Return a plan in waves whose branches are updated one by one, and not by their OUs."""
    at = {"once": "2018-08-20 12:00"}
    branches = [
        f"{unit}/Branches-{number}-{device}"
        for number, unit in enumerate(BRANCHES, 1)
        for device in "12"
    ]
    return scenario(
        fleet={"units": UNITS},
        network={"sites": {"hub": {"link": "1 Gbit/s"}}},
        commands=[{"update": "DE/Hub", **at}, {"update": {"devices": branches}, **at}],
        search={"turn": {"waves": {"number": number, **waves}}},
    )


def test_an_ou_of_the_waves_that_no_update_is_for_is_refused_at_its_place(scenario):
    model = with_a_list(scenario, [2], of=["DE/Hub", "DE/Branches/1"], apart="1 h")
    with pytest.raises(InputError, match=r"search\.turn\.waves\.of\.1: no update that runs once"):
        Space(prepare(model))


def test_waves_that_start_together_are_told_so(searched):
    waves = {"of": ["DE/Hub", "DE/Branches/*"], "number": [2], "apart": ["0 s", "1 h"]}
    space = searched(waves=waves)
    told = [space.words(choice)["time between waves"] for choice in space.choices()]
    assert told == ["none: all start together", "1 h"]


def test_one_wave_is_the_command_as_it_is_written(searched):
    waves = {"of": ["DE/Hub", "DE/Branches/*"], "number": [1, 2], "apart": "1 h"}
    plan = searched(waves=waves).plan((0, 0, 0))
    assert [command[1:] for command in commanded(plan)] == [("DE", True)]
