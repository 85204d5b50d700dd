"""Mistakes that stand alone are told alike when they stand together, however many there are."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fwsim
from fwsim.beside_files import told_with_files
from fwsim.run import prepare, prepared
from fwsim.scenario.as_far_as_readable import TakenOut
from fwsim.scenario.document import document_of
from fwsim.scenario.load import loads, validated
from tests.scenario.test_all_mistakes_at_once import GOOD

Told = set[tuple[str | None, str]]
MISTAKES: dict[str, tuple[Any, ...]] = {
    "unknown key of the file": ("colour", "red"),
    "unknown key of an OU": ("fleet", "units", "DE/Shops/*", "colour", "red"),
    "unknown key of a site": ("network", "sites", "hall", "colour", "red"),
    "unknown key of people": ("people", "office", "colour", "red"),
    "unknown key of the reminder": ("firmware", "reminder", "colour", "red"),
    "unknown key of a command": ("commands", 0, "colour", "red"),
    "unknown key of an outage": ("outages", 0, "colour", "red"),
    "no number": ("seed", "one"),
    "no duration": ("commands", 0, "devices_wait", "slow"),
    "no rate": ("network", "sites", "default", "link", "fast"),
    "no times": ("power", "day", "on", "mon"),
    "no map": ("image", "packages", 0, "size", {"MB": 1}),
    "people of no entry": ("fleet", "units", "DE/Hall", "people", "ofice"),
    "an image of no entry": ("fleet", "units", "DE/Hall", "installed", "a.id"),
    "an OU that is none": ("commands", 0, "update", "DE/Hal"),
    "a filter that is none": ("commands", 1, "update", {"group": "(("}),
    "an assignment for nobody": ("assignments", 0, "update", "DE/Hal"),
    "a notice that is not shown": ("assignments", 0, "user_can_cancel", True),
    "a deadline before it is set": ("assignments", 0, "deadline", "2018-08-20 12:30"),
    "two schedules": ("commands", 1, "now", True),
    "before the start": ("commands", 0, "once", "2018-08-19 12:00"),
    "no file": ("draws", "none.csv"),
    "unknown key of the fleet": ("fleet", "colour", "red"),
    "a static proxy that is no device": (
        "firmware",
        "proxy",
        {"type": "static", "device": "Hall-9"},
    ),
    "an expectation of no OU": ("expect", [{"successful in DE/Hal": ">= 1 %"}]),
    "a notification for nobody": ("notifications", [{"update": "DE/Hal"}]),
    "both image and images": (
        "images",
        {"d": {"name": "d.idf", "packages": [{"name": "base", "size": "1 MB"}]}},
    ),
}
"""Each is wrong by itself, and none is a reason for another."""


def _with(data: dict[str, Any], *path: Any) -> dict[str, Any]:
    """Put the last of the path at the place that the others lead to, into the data themselves."""
    here: Any = data
    for part in path[:-2]:
        here = here[part]
    here[path[-2]] = path[-1]
    return data


def _told(data: dict[str, Any], folder: Path = Path()) -> Told:
    try:
        with told_with_files():
            scenario = validated(document_of(data, "scenario"), folder)
        prepare(scenario)
    except fwsim.InputError as error:
        return {(problem.path, problem.message) for problem in error.problems}
    return set()


ALONE = {name: _told(_with(copy.deepcopy(GOOD), *path)) for name, path in MISTAKES.items()}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_is_told_by_itself(name: str) -> None:
    assert len(ALONE[name]) == 1


@given(st.sets(st.sampled_from(sorted(MISTAKES)), min_size=2, max_size=5))
def test_together_all_are_told_that_each_tells_and_no_more(names: set[str]) -> None:
    data = copy.deepcopy(GOOD)
    for name in names:
        _with(data, *MISTAKES[name])
    assert _told(data) == set().union(*(ALONE[name] for name in names))


def test_all_of_them_are_told_at_once() -> None:
    data = copy.deepcopy(GOOD)
    for path in MISTAKES.values():
        _with(data, *path)
    assert _told(data) == set().union(*ALONE.values())


FOLLOWS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "sedd": (("sedd", 1),),
    "people": (("people", {"office": "red"}),),
    "commands.0.delievry": (("commands", 0, {"delievry": "DE/Hall"}),),
    "fleet.units.DE/Hall.devices": (
        ("fleet", "units", "DE/Hall", "devices", "two"),
        ("commands", 0, "update", "Hall-1"),
    ),
    "fleet.units.DE/Shops/*.sites": (
        ("fleet", "units", "DE/Shops/*", "sites", "three"),
        ("commands", 0, "update", "DE/Shops/3"),
        ("outages", 0, "site", "DE/Shops/3"),
    ),
    "firmwaer": (
        ("commands", []),
        ("assignments", []),
        ("firmwaer", {"new_version": {"at_start": True}}),
    ),
    "start": (("start", "today"), ("commands", 0, "once", "2018-08-19 12:00")),
    "fleet.units.DE/Shops/*.siets": (
        ("fleet", "units", "DE/Shops/*", {"devices": 2, "siets": 3}),
        ("network", "hubs", {}),
    ),
    "stages.groups.1": (("stages", "groups", [0.5, "half"]),),
}
"""By the one place at which something is told: what else is as it is only because of that."""


@pytest.mark.parametrize("place", FOLLOWS)
def test_what_only_follows_is_not_told(place: str) -> None:
    data = copy.deepcopy(GOOD)
    if place == "firmwaer":
        data.pop("firmware")
    for path in FOLLOWS[place]:
        _with(data, *path)
    assert [path or "" for path, _ in _told(data)] in ([place], [f"{place}.office"])


def test_everything_that_is_wrong_with_a_command_is_told_at_once() -> None:
    command = {"now": True, "once": "2018-08-20 12:00", "user_can_cancel": True}
    others = {"check_reachability": True, "devices_wait": "slow", "colour": "red"}
    data = _with(copy.deepcopy(GOOD), "commands", 0, {"update": "DE/Hal", **command, **others})
    told = sorted(text for _, text in _told(data))
    assert len(told) == 6
    for begin in (
        "'slow'",
        "a command has one schedule",
        "check reachability",
        "no OU and no device 'DE/Hal'",
        "unknown key 'colour'",
        "user can cancel",
    ):
        assert [text for text in told if text.startswith(begin)], begin


def test_rows_of_a_device_list_are_told_beside_a_mistake_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Name,OU,MAC,People\na,DE,xx,office\nb,DE,,ofice\n")
    data = copy.deepcopy(GOOD)
    data["fleet"] = {"inventory": "list.csv"}
    del data["network"], data["outages"], data["assignments"], data["stages"]
    data["commands"] = [{"update": {"group": "(("}}]
    alone = _told(data, tmp_path)
    assert len(alone) == 3
    assert alone < _told({**data, "seed": "one"}, tmp_path)
    assert not {text for _, text in _told({**data, "people": 5}, tmp_path) if "ofice" in text}


LISTED = """
zone: Europe/Berlin
start: 2018-08-20 11:00
image: {name: a.idf, packages: [{name: base, size: 1 MB}]}
fleet: {inventory: list.csv}
people: {office: {present: always}}
firmware: {proxy: {type: static, device: PC-9}}
network: {sites: {default: {link: 10 Mbit/s}}, hubs: {South: {link: 1 Gbit/s, sites: [Ulm]}}}
failing: [{phase: transfer, share: 1 %, where: Rum = 1}]
commands: [{update: {devices: [PC-1, PC-8]}}, {update: DE/Hal}, {update: {list: macs.txt}}]
notifications: [{update: DE/Hal}]
assignments: [{update: DE/Hal}]
expect: [{successful in DE/Hal: ">= 1 %"}, {prompts for people ofice: "<= 1"}]
"""
ROWS = "Name,OU,Site,MAC,People\nPC-1,DE/Hall,Bonn,000000000001,office\n"


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        ("PC-2,DE/Hall,Bonn,000000000002,ofice", ()),
        ("PC-2,DE/Hall,Bonn,xx,office", ("commands.2",)),
        (
            ",DE/Hall,Bonn,000000000002,office",
            ("commands.0", "commands.2", "firmware.proxy.device"),
        ),
        ("PC-2,DE/Hal,Ulm", ("network.hubs.South.sites.0", "DE/Hal", "commands.2")),
    ],
)
def test_what_a_device_list_shows_is_told_beside_its_bad_rows(
    tmp_path: Path, row: str, hidden: tuple[str, ...]
) -> None:
    (tmp_path / "macs.txt").write_text("000000000009\n")

    def told(rows: str, text: str = LISTED) -> set[tuple[str | None, str]]:
        (tmp_path / "list.csv").write_text(rows)
        with pytest.raises(fwsim.InputError) as caught:
            prepare(fwsim.loads(text, folder=tmp_path))
        found = caught.value.problems
        # What is meant by a name may be in a row that cannot be read.
        return {(problem.path, problem.message.partition("; ")[0]) for problem in found}

    alone = told(ROWS)
    assert len(alone) == 10
    rest = {one for one in alone if one[0] not in hidden and not any(h in one[1] for h in hidden)}
    both = told(f"{ROWS}{row}\n")
    assert rest == {one for one in both if one[0] is not None}
    assert len(both) == len(rest) + 1
    with_another = told(f"{ROWS}{row}\n", f"{LISTED}seed: one\n")
    assert with_another > both


def test_a_calendar_that_is_not_there_does_not_hide_mistakes_in_others(tmp_path: Path) -> None:
    for name in ("people", "power", "windows"):
        (tmp_path / f"{name}.ics").write_text("nonsense")
    data = copy.deepcopy(GOOD)
    data["people"]["office"]["holidays"] = {"file": "people.ics"}
    data["power"]["day"]["holidays"] = {"file": "power.ics"}
    data["windows"] = {"times": "mon-fri 08:00-18:00", "holidays": {"file": "windows.ics"}}
    data["network"]["sites"]["hall"]["holidays"] = {"file": "lines.ics"}
    text = json.dumps(data)
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(text, folder=tmp_path)
    assert sorted(problem.path or "" for problem in caught.value.problems) == [
        "network.sites.hall.holidays.file",
        "people.office.holidays.file",
        "power.day.holidays.file",
        "windows.holidays.file",
    ]


def test_a_file_outside_is_not_opened_to_tell_what_else_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "outside.ics").write_text("nonsense")
    (tmp_path / "in").mkdir()
    data = copy.deepcopy(GOOD)
    data["people"]["office"]["holidays"] = {"file": "../outside.ics"}
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(json.dumps(data), folder=tmp_path / "in")
    (told,) = caught.value.problems
    assert "lies outside" in told.message or "leads" in told.message


def test_what_is_written_wrongly_is_told_beside_what_is_wrong() -> None:
    text = """
zone: Europe/Berlin
start: 2018-08-20 11:00
seed: one
seed: 2
image: {name: a.idf, packages: [{name: base, size: 1 MB}]}
fleet:
  units:
    DE/Hall: {devices: “2”, people: ofice}
    DE/Shop: {devices: 1, people: office}
    DE/Shop: {devices: .nan}
people: {office: {present: !x mon}}
commands: [{update: DE/Hal}]
"""
    with pytest.raises(fwsim.InputError) as caught:
        loads(text)
    told = [(problem.line, problem.path) for problem in caught.value.problems]
    assert told == [
        (5, None),
        (9, None),
        (9, "fleet.units.DE/Hall.people"),
        (11, None),
        (11, None),
        (12, None),
        (13, "commands.0"),
    ]


@pytest.mark.parametrize(
    "times",
    [
        {"start": "x", "end": "2018-08-20 13:00"},
        {"start": "2018-08-20 13:00", "end": "x"},
        {"start": "2018-08-20 13:00", "end": "2018-08-20 12:00"},
        {"start": "2018-08-20 13:00"},
    ],
)
def test_a_site_of_no_entry_is_told_beside_times_that_are_none(times: dict[str, str]) -> None:
    data = _with(copy.deepcopy(GOOD), "outages", [{"site": "hal", **times}])
    data["changes"] = [{"at": "x", "offer": "zz"}]
    told = sorted(_told(data), key=str)
    assert len(told) == 4
    assert sum("'hal'" in text for _, text in told) == 1
    assert sum("'zz'" in text for _, text in told) == 1


@pytest.mark.parametrize(
    ("sites", "names_are_told"),
    [
        ({"default": {"rate": "10 Mbit/s"}}, True),
        ({"default": {"link": "x"}}, True),
        ({"link": "10 Mbit/s", "latency": "5 ms"}, False),  # of what site is this?
        ({"busy": {"always": "5 %"}}, False),
    ],
)
def test_a_site_of_no_entry_is_told_beside_entries_that_cannot_be_read(
    sites: dict[str, object], names_are_told: bool
) -> None:
    data = copy.deepcopy(GOOD)
    data["network"]["sites"] = sites
    data["fleet"]["units"]["DE/Hall"]["site"] = "Ulm"
    texts = [text for _, text in _told(data)]
    assert any("'Ulm'" in text for text in texts) is names_are_told


def test_what_is_wrong_is_taken_out_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    build = TakenOut.__init__

    def counted(self: TakenOut, *given: Any) -> None:
        made.append(1)
        build(self, *given)

    monkeypatch.setattr(TakenOut, "__init__", counted)
    data = copy.deepcopy(GOOD)
    data["fleet"]["units"] |= {f"OU{number}": {"devices": "x"} for number in range(100)}
    assert len(_told(data)) == 100
    assert len(made) < 10


def test_an_ou_called_star_is_told_beside_a_mistake() -> None:
    data = _with(copy.deepcopy(GOOD), "seed", "one")
    data["fleet"]["units"]["*"] = {"devices": 1}
    assert [path for path, _ in sorted(_told(data))] == ["fleet.units.*", "seed"]


def test_hints_end_once_they_have_cost_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fwsim.problems.MOST_COMPARED", 10)
    data = copy.deepcopy(GOOD)
    data["commands"] = [{"update": f"DE/Hal{number}"} for number in "abaca"]
    data["assignments"] = []
    texts = dict(_told({**data, "seed": "one"}))
    hinted = [place for place in range(5) if "did you mean" in texts[f"commands.{place}"]]
    assert hinted == [0, 2, 4]  # what is meant by one word is looked for once
    with pytest.raises(fwsim.InputError) as alone:
        prepare(validated(document_of(data, "scenario"), Path()))
    assert {texts[problem.path or ""] for problem in alone.value.problems} <= set(texts.values())


FILES = """
zone: Europe/Berlin
start: 2025-12-31 10:00
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE: {devices: 1, scheduler: jobs.ini}}}
people: {a: {holidays: {file: o.ics, country: ZZ}}, b: {present: always}}
draws: draws.csv
windows: {holidays: XX}
commands: [{update: DE}]
"""


@pytest.mark.parametrize(
    ("written", "instead", "lost"),
    [
        ("draws:", "seed: one\ndraws:", ()),
        ("present:", "colour: red, present:", ()),
        ("start: 2025", "start: in 2025", ()),
        ("jobs.ini", "none.ini", ("jobs.ini",)),
    ],
)
def test_what_is_wrong_in_files_is_told_beside_a_mistake_of_the_scenario(
    tmp_path: Path, written: str, instead: str, lost: tuple[str | None, ...]
) -> None:
    (tmp_path / "o.ics").write_text("nonsense")
    (tmp_path / "jobs.ini").write_text("[Job1]\nType=1\nSchedule=nonsense\n")
    (tmp_path / "draws.csv").write_text("a.b.c\n3\n")
    (tmp_path / "s.yaml").write_text(FILES.replace(written, instead))
    with pytest.raises(fwsim.InputError) as alone:
        prepare(loads(FILES, folder=tmp_path))
    with pytest.raises(fwsim.InputError) as caught:
        prepared(tmp_path / "s.yaml")
    expected = {
        problem.message
        for problem in alone.value.problems
        if (None if problem.source == "scenario" else problem.source) not in lost
    }
    assert len(alone.value.problems) == 5
    told = {problem.message for problem in caught.value.problems}
    assert expected <= told
    assert len(told) == len(expected) + 1


@pytest.mark.parametrize(
    "read",
    [
        fwsim.load,
        lambda path: fwsim.loads(path.read_text(), folder=path.parent),
        lambda path: fwsim.compare([path, path]),
        fwsim.Search,
        fwsim.plan,
    ],
    ids=["load", "loads", "compare", "Search", "plan"],
)
def test_what_is_wrong_in_files_is_told_however_a_scenario_is_read(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    text = FILES.replace("draws:", "seed: one\ndraws:")
    (tmp_path / "o.ics").write_text("nonsense")
    (tmp_path / "jobs.ini").write_text("[Job1]\nType=1\nSchedule=nonsense\n")
    (tmp_path / "draws.csv").write_text("a.b.c\n3\n")
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(fwsim.InputError) as caught:
        read(tmp_path / "s.yaml")
    assert len(caught.value.problems) == 6


def test_no_target_is_told_to_lead_nowhere_for_a_device_list_is_empty(tmp_path: Path) -> None:
    (tmp_path / "macs.txt").write_text("000000000009\n")
    (tmp_path / "list.csv").write_text(ROWS.splitlines()[0])
    with pytest.raises(fwsim.InputError) as caught:
        prepare(fwsim.loads(LISTED, folder=tmp_path))
    told = [problem.message for problem in caught.value.problems]
    assert told == ["holds no device"]


def test_a_decimal_comma_between_braces_is_explained() -> None:
    text = json.dumps(GOOD).replace('"1 %"', "0,5 %")
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(text)
    assert "write a decimal point, as in 0.5" in str(caught.value)


@pytest.mark.parametrize("section", ["commands", "assignments"])
def test_an_unknown_key_beside_a_target_is_not_taken_for_it(section: str) -> None:
    data = _with(copy.deepcopy(GOOD), section, 0, "colour", "red")
    told = _told(_with(data, section, 0, "update", "DE/Hal"))
    assert {path for path, _ in told} == {f"{section}.0", f"{section}.0.colour"}
