"""Where every site has a line of its own, no `default` is needed; else those without are named."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.experiments.first_looks.thinning import thinned
from fwsim.planning.search.changes import changes
from fwsim.problems import InputError
from fwsim.run import prepare

TEXT = """zone: UTC
start: 2018-08-20 11:00
image: {name: a.idf, packages: [{name: base, size: 1 MB}]}
fleet: FLEET
commands: [{update: DE, subordinate_units: true}]
network: {sites: {SITES}}
"""
UNITS = "{units: {DE: {}, DE/A: {devices: 20}, DE/B: {site: hq}, DE/B/C/*: {devices: 9, sites: 2}}}"
NAMED = "DE/A: {link: 10 Mbit/s}, hq: {link: 20 Mbit/s}"


def read(fleet=UNITS, sites=NAMED, **where):
    return fwsim.loads(TEXT.replace("FLEET", fleet).replace("SITES", sites), **where)


def test_no_default_is_needed_where_every_site_is_named():
    scenario = read()
    assert [line.link for line in prepare(scenario).sites()] == [1_250_000, 2_500_000]
    assert fwsim.loads(fwsim.dumps(scenario)) == scenario
    assert "default" not in scenario.as_data()["network"]["sites"]


def test_a_line_that_nobody_uses_changes_no_run():
    ends = [
        fwsim.simulate(read(sites=sites), seed=3).log.to_csv()
        for sites in (NAMED, f"{NAMED}, default: {{link: 1 Mbit/s}}")
    ]
    assert ends[0] == ends[1]


def test_a_first_look_and_what_to_fix_need_none_either():
    rollout = prepare(read())
    assert len(thinned(rollout, 20)[0].sites()) == 2
    for change in changes(rollout):
        if change.in_world is not None:
            assert change.in_world(rollout)


@pytest.mark.parametrize(
    ("units", "sites", "named"),
    [
        ("DE/A: {devices: 1}, DE/B: {devices: 1}", "DE/A: {link: 1 Mbit/s}", "'DE/B'"),
        ("DE/*: {devices: 1, sites: 3}", "", "'DE/1', 'DE/2', 'DE/3'"),
        ("DE/*: {devices: 1, sites: 7}", "", "'DE/1', 'DE/2', 'DE/3', 'DE/4', 'DE/5' and 2 more"),
        ("DE: {devices: 1, site: default}", "hq: {link: 1 Mbit/s}", "'default'"),
    ],
)
def test_sites_without_a_line_are_named(units, sites, named):
    with pytest.raises(InputError) as caught:
        read(f"{{units: {{{units}}}}}", sites)
    assert f"network.sites: no line for {named}; without 'default', which" in str(caught.value)


def test_a_site_that_an_ou_names_is_told_once():
    with pytest.raises(InputError) as caught:
        read("{units: {DE: {devices: 1, site: hk}}}", "hq: {link: 1 Mbit/s}")
    assert (
        "unknown site 'hk'; a site that an OU names needs an entry in network.sites; "
        "network.sites has hq" in str(caught.value)
    )
    assert len(caught.value.problems) == 1


def test_a_site_that_an_ou_of_a_device_list_names_is_told_once(tmp_path):
    (tmp_path / "list.csv").write_text("Name,OU,Site\na,DE/A,\nb,DE/B,lab\n", encoding="utf-8")
    fleet = "{inventory: list.csv, units: {DE/A: {site: hk}}}"
    with pytest.raises(InputError) as caught:
        prepare(read(fleet, "hq: {link: 1 Mbit/s}", folder=tmp_path))
    told = [problem.message.partition(";")[0] for problem in caught.value.problems]
    assert told == ["unknown site 'hk'", "no line for 'lab'"]


def test_sites_of_a_device_list_show_when_it_is_read(tmp_path):
    (tmp_path / "list.csv").write_text("Name,OU,Site\na,DE/A,\nb,DE/A,hq\n", encoding="utf-8")
    scenario = read("{inventory: list.csv}", folder=tmp_path)
    assert len(prepare(scenario).sites()) == 2
    (tmp_path / "list.csv").write_text("Name,OU,Site\na,DE/A,\nb,DE/A,lab\n", encoding="utf-8")
    scenario = read("{inventory: list.csv}", folder=tmp_path)
    with pytest.raises(InputError, match="no line for 'lab'; without 'default'"):
        prepare(scenario)
