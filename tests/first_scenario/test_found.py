"""What a device list tells: OUs, sites and counts."""

from __future__ import annotations

import pytest

from fwsim.first_scenario.asked import SitesFrom
from fwsim.first_scenario.list_file import csv_of
from fwsim.first_scenario.shown import found_in_words
from fwsim.fleet.device_list import read_device_list
from fwsim.problems import InputError
from tests.first_scenario.lists import branches, draft_of, written


def found(path, sites_from=None):
    return draft_of(path, sites_from=sites_from)[0].found


def test_sites_are_those_of_the_column_where_there_is_one(tmp_path):
    seen = found(branches(tmp_path / "d.csv", sites=3, each=2, head_office=5))
    assert seen.sites_from is SitesFrom.COLUMN
    assert [(s.name, s.devices) for s in seen.sites][:2] == [("Head office", 5), ("Branch 00", 2)]
    assert (seen.count, len(seen.units), seen.tops, seen.is_changed) == (11, 4, ("DE",), False)


@pytest.mark.parametrize(
    ("rows", "by", "sites"),
    [
        # OUs are departments: devices of one subnet are in several.
        ([f"{ou};10.1.{n}.7" for n in range(4) for ou in ("IT", "HR")], SitesFrom.SUBNET, 4),
        # OUs are places, one of them with two subnets.
        ([f"Place {n // 2};10.1.{n}.7" for n in range(4)], SitesFrom.OU, 2),
        # One OU, and subnets.
        ([f"All;10.1.{n}.7" for n in range(4)], SitesFrom.SUBNET, 4),
        # No subnets; what is no address is none.
        ([f"Place {n};DHCP" for n in range(4)], SitesFrom.OU, 4),
        (["All;"] * 4, SitesFrom.OU, 1),
    ],
)
def test_sites_are_told_apart_by_what_is_most_likely(tmp_path, rows, by, sites):
    seen = found(written(tmp_path / "d.csv", "OU;IP address", rows))
    assert (seen.sites_from, len(seen.sites)) == (by, sites)
    assert seen.why.startswith(("A site is", "All devices are at one site"))


def test_a_column_of_sites_that_says_nothing_tells_no_sites(tmp_path):
    rows = [f"Place {n};{site}" for n in range(2) for site in ("-", "n/a", "(null)")]
    seen = found(written(tmp_path / "d.csv", "OU;Site", rows))
    assert (seen.sites_from, len(seen.sites)) == (SitesFrom.OU, 2)


def test_an_ou_that_says_nothing_is_none(tmp_path):
    seen = found(written(tmp_path / "d.csv", "OU;Site", ["DE;A", "n/a;A", "-;A", ";A"]))
    assert [unit.name for unit in seen.units] == ["Devices", "DE"]
    assert seen.remarks[0].startswith("3 devices are in no OU")


def test_more_ous_than_a_scenario_has_commands_are_refused_at_once(tmp_path):
    """The draft of so many took half a minute, and was refused then, as no input of a person."""
    path = written(tmp_path / "d.csv", "OU", (f"U{n}" for n in range(10_001)))
    with pytest.raises(InputError, match=r"d\.csv: error: 10,001 OUs with .* at most 10,000"):
        found(path)


@pytest.mark.parametrize("cell", ["0.0.0.0", "127.0.0.1", "169.254.7.7", "-", "n/a"])  # noqa: S104
@pytest.mark.parametrize("header", ["IP address", "Network"])
def test_an_address_that_a_device_has_anywhere_is_in_no_subnet(tmp_path, header, cell):
    rows = [f"IT;{cell}", f"HR;{cell}", "IT;10.1.2.3"]
    seen = found(written(tmp_path / "d.csv", f"OU;{header}", rows), SitesFrom.SUBNET)
    assert len(seen.sites) == 3
    assert "of 2 devices the subnet is not known" in seen.remarks[0]


@pytest.mark.parametrize("mask", ["0.0.0.0", "-", "n/a", ""])  # noqa: S104
def test_a_netmask_that_says_nothing_is_the_usual_one(tmp_path, mask):
    rows = [f"A;10.1.{n}.7;{mask}" for n in range(2)]
    seen = found(written(tmp_path / "d.csv", "OU;IP address;Netmask", rows), SitesFrom.SUBNET)
    assert [site.name for site in seen.sites] == ["10.1.0.0/24", "10.1.1.0/24"]


def test_a_person_can_say_otherwise(tmp_path):
    path = branches(tmp_path / "d.csv", sites=3)
    seen = found(path, SitesFrom.OU)
    assert {site.name for site in seen.sites} == {f"DE/Branches/0{n}" for n in range(3)}
    assert seen.is_changed


def test_a_netmask_says_how_large_a_subnet_is(tmp_path):
    rows = [f"A;10.1.{n}.7;255.255.0.0" for n in range(4)] + ["A;192.168.1.1;"]
    seen = found(written(tmp_path / "d.csv", "OU;IP-Adresse;Netzmaske", rows))
    assert [(s.name, s.devices) for s in seen.sites] == [("10.1.0.0/16", 4), ("192.168.1.0/24", 1)]


def test_a_network_that_the_list_names_will_do(tmp_path):
    seen = found(
        written(tmp_path / "d.csv", "OU;Network", [f"A;10.{n // 2}.0.0" for n in range(4)])
    )
    assert [(s.name, s.devices) for s in seen.sites] == [("10.0.0.0", 2), ("10.1.0.0", 2)]


def test_devices_without_an_ou_get_one_that_a_command_can_name(tmp_path):
    seen = found(written(tmp_path / "d.csv", "Model", ["LES"] * 3))
    assert (seen.tops, seen.is_changed) == (("Devices",), True)
    assert "3 devices are in no OU" in " ".join(found_in_words(seen))


def test_a_device_whose_subnet_is_not_known_is_at_its_ou(tmp_path):
    rows = ["HR;10.1.1.7", "IT;10.1.1.8", "HR;10.1.2.7", "IT;10.1.2.8", "IT;"]
    seen = found(written(tmp_path / "d.csv", "OU;IP address", rows))
    assert {site.name for site in seen.sites} == {"10.1.1.0/24", "10.1.2.0/24", "IT"}
    assert any("1 device" in remark for remark in seen.remarks)


def test_a_list_that_was_written_reads_back_as_the_same_list(tmp_path):
    text = (
        "Name;OU;IDF name;Flash size;Rate;MAC;Remark;SEP-01\n"
        '00012;DE/1E5;a.idf;7,5 GB;100 Mbit/s;00E0C5422A2E;=1+1;"x;\'y"\n'
        "'quoted;DE/Köln;;;;;-;\n"
    )
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    first = read_device_list(tmp_path / "d.csv", source="d.csv")
    (tmp_path / "e.csv").write_bytes(csv_of(first))
    assert read_device_list(tmp_path / "e.csv", source="e.csv") == first
