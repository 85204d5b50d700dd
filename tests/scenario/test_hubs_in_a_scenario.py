"""Hubs in a scenario file: what is read, written back, refused; and which site hangs on which."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.model.rollout_lines import NO_HUB
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.load import schema

TEXT = """zone: UTC
start: 2018-08-20 11:00
image: {name: a.idf, packages: [{name: base, size: 1 MB}]}
fleet: {units: {DE/B/*: {devices: 2, sites: 12}, HQ: {devices: 3}}}
commands: [{update: DE, subordinate_units: true}]
network:
  sites: {default: {link: 2 Mbit/s}, Lab: {link: 1 Mbit/s}}
  hubs:
"""
GOOD = """    South: {link: 8 Mbit/s, busy: {mon 11:00-12:00: 20 %}, sites: [DE/B/0*, HQ]}
    North: {link: 4 Mbit/s, sites: [DE/B/11]}
"""


def test_each_site_hangs_on_the_hub_that_names_it_or_its_beginning():
    rollout = prepare(fwsim.loads(TEXT + GOOD))
    names = ["South", "North"]
    found = {
        site: None if hub == NO_HUB else names[hub]
        for site, hub in zip(rollout.fleet.site.values, rollout.hub_of.tolist(), strict=True)
    }
    south = {f"DE/B/0{number}": "South" for number in range(1, 10)}
    assert found == south | {"DE/B/10": None, "DE/B/11": "North", "DE/B/12": None, "HQ": "South"}


def test_hubs_are_written_back_as_they_were_read():
    scenario = fwsim.loads(TEXT + GOOD)
    assert fwsim.loads(fwsim.dumps(scenario)) == scenario
    hubs = scenario.as_data()["network"]["hubs"]
    assert hubs["South"]["busy"] == {"mon 11:00-12:00": "20 %"}
    assert hubs["North"] == {"link": "4 Mbit/s", "sites": ["DE/B/11"]}


def test_a_scenario_without_hubs_says_nothing_of_them():
    plain = fwsim.loads(TEXT.replace("  hubs:\n", ""))
    empty = fwsim.loads(TEXT.replace("  hubs:\n", "  hubs: {}\n"))
    assert "hubs" not in fwsim.dumps(empty)
    assert plain.digest() == empty.digest()


def test_the_schema_tells_editors_of_hubs():
    network = schema()["$defs"]["NetworkSection"]["properties"]
    assert network["hubs"]["additionalProperties"] == {"$ref": "#/$defs/HubSection"}
    assert schema()["$defs"]["HubSection"]["required"] == ["link", "sites"]


BAD = [
    # name, the hub, place, message
    (
        "unknown site",
        "South: {link: 1 Mbit/s, sites: [Labs]}",
        "9:37",
        "network.hubs.South.sites.0: unknown site 'Labs'; did you mean 'Lab'?",
    ),
    (
        "a site beyond those that are made",
        "South: {link: 1 Mbit/s, sites: [DE/B/13]}",
        "9:37",
        "unknown site 'DE/B/13'",
    ),
    (
        "a beginning that no site has",
        "South: {link: 1 Mbit/s, sites: [FR/*]}",
        "9:37",
        "no site's name begins like 'FR/*'; there are DE/B/01",
    ),
    (
        "default",
        "South: {link: 1 Mbit/s, sites: [default]}",
        "9:37",
        "'default' is not a site but the line of all that are not named",
    ),
    ("no sites", "South: {link: 1 Mbit/s, sites: []}", "9:36", "expected at least 1"),
    ("sites left out", "South: {link: 1 Mbit/s}", "9:12", "'sites' is missing"),
    ("one site without a list", "South: {link: 1 Mbit/s, sites: HQ}", "9:36", "expected a list"),
    ("an empty hub", "South:", "9:5", "there is nothing here; expected a map"),
    (
        "a hub named as a site",
        "Lab: {link: 1 Mbit/s, sites: [HQ]}",
        "9:10",
        "'Lab' is a site; a hub needs a name of its own",
    ),
    ("a hub named as an OU's site", "HQ: {link: 1 Mbit/s, sites: [Lab]}", "9:9", "'HQ' is a site"),
    (
        "a site twice",
        "South: {link: 1 Mbit/s, sites: [HQ, HQ]}",
        "9:41",
        "site 'HQ' is named twice",
    ),
    (
        "a site in two hubs",
        "{South: {link: 1 Mbit/s, sites: [HQ]}, North: {link: 1 Mbit/s, sites: [HQ]}}",
        "9:76",
        "site 'HQ' is of hub 'South' already",
    ),
    (
        "a site in two hubs, once by its beginning",
        "{South: {link: 1 Mbit/s, sites: [DE/*]}, North: {link: 1 Mbit/s, sites: [DE/B/01]}}",
        "9:78",
        "site 'DE/B/01' is of hub 'South' already",
    ),
    (
        "beginnings of the same sites",
        "{South: {link: 1 Mbit/s, sites: [DE/B/0*]}, North: {link: 1 Mbit/s, sites: [DE/*]}}",
        "9:81",
        "'DE/*' has sites that 'DE/B/0*' of hub 'South' has",
    ),
    (
        "a hub under a hub",
        "{S: {link: 1 Mbit/s, sites: [HQ]}, N: {link: 1 Mbit/s, sites: [S]}}",
        "9:68",
        "unknown site 'S'; that is a hub, and hubs are connected directly to the repository",
    ),
    ("a negative rate", "South: {link: -1 Mbit/s, sites: [HQ]}", "9:19", "is negative"),
    ("a rate beyond all", "South: {link: 9 Tbit/s, sites: [HQ]}", "9:19", "1 Tbit/s"),
    (
        "busy hours that are none",
        "South: {link: 1 Mbit/s, busy: {noon: 5 %}, sites: [HQ]}",
        "9:",
        "noon",
    ),
    ("an unknown key", "South: {link: 1 Mbit/s, site: [HQ]}", "9:29", "did you mean 'sites'?"),
]


@pytest.mark.parametrize(
    ("hub", "place", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_what_is_wrong_with_a_hub_is_told_with_its_place(hub, place, message):
    with pytest.raises(InputError) as refused:
        fwsim.loads(f"{TEXT}    {hub}\n", source="s.yaml")
    assert any(
        f"s.yaml:{place}" in str(problem) and message in str(problem)
        for problem in refused.value.problems
    ), refused.value


def test_everything_wrong_is_told_at_once():
    hubs = "".join(
        f"    {hub}\n"
        for hub in (
            "South: {link: 1 Mbit/s, sites: [Labs, HQ]}",
            "Lab: {link: 1 Mbit/s, sites: [HQ]}",
        )
    )
    outage = "outages: [{hub: Sout, start: 2018-08-20 12:00, end: 2018-08-20 13:00}]\n"
    with pytest.raises(InputError) as refused:
        fwsim.loads(TEXT + hubs + outage)
    assert [problem.path for problem in refused.value.problems] == [
        "network.hubs.South.sites.0",
        "network.hubs.Lab",
        "network.hubs.Lab.sites.0",
        "outages.0.hub",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("site: South", "'South' is a hub; write hub: South"),
        ("hub: Sotuh", "unknown hub 'Sotuh'; did you mean 'South'?"),
        ("site: HQ, hub: South", "expected site or hub, not both"),
    ],
)
def test_an_outage_names_one_line_that_is_there(line, message):
    times = "start: 2018-08-20 12:00, end: 2018-08-20 13:00"
    with pytest.raises(InputError, match=message):
        fwsim.loads(f"{TEXT}{GOOD}outages: [{{{line}, {times}}}]\n")


def test_sites_of_a_device_list_are_known_once_it_is_read(tmp_path):
    (tmp_path / "devices.csv").write_text("Name;OU;Site\nK1;DE;Ulm\nK2;DE;Bonn\n")
    text = TEXT.replace(
        "{units: {DE/B/*: {devices: 2, sites: 12}, HQ: {devices: 3}}}",
        "{inventory: {file: devices.csv, headers: {Site: site}}}",
    )
    south = "    South: {link: 1 Mbit/s, sites: [Ulm, Bon]}\n"
    bonn = "    Bonn: {link: 1 Mbit/s, sites: [Lab]}\n"
    scenario = fwsim.loads(text + south + bonn, folder=tmp_path)
    with pytest.raises(InputError) as refused:
        prepare(scenario)
    told = {(problem.line, problem.path) for problem in refused.value.problems}
    assert told == {(9, "network.hubs.South.sites.1"), (10, "network.hubs.Bonn")}
    assert "did you mean 'Bonn'?" in str(refused.value)


def test_what_is_wrong_below_a_name_with_dots_is_told_in_its_line(tmp_path):
    (tmp_path / "devices.csv").write_text("Name;OU;Site\nK1;DE;Ulm\n")
    text = TEXT.replace(
        "{units: {DE/B/*: {devices: 2, sites: 12}, HQ: {devices: 3}}}",
        "{inventory: {file: devices.csv, headers: {Site: site}}}",
    )
    hub = "    Region No. 1:\n      link: 1 Mbit/s\n      sites: [Ulm,\n        Bonn]\n"
    with pytest.raises(InputError) as refused:
        prepare(fwsim.loads(text + hub, folder=tmp_path))
    told = [(problem.line, problem.path) for problem in refused.value.problems]
    assert told == [(12, "network.hubs.Region No. 1.sites.1")]
