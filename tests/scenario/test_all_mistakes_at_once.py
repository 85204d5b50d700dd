"""A mistake is told beside others that hide it, and none is told that only they make."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fwsim
from fwsim.scenario.document import Path_, document_of
from fwsim.scenario.load import validated

GOOD: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 11:00",
    "image": {"name": "a.idf", "packages": [{"name": "base", "size": "1 MB"}]},
    "fleet": {
        "units": {
            "DE/Hall": {"devices": 2, "people": "office", "power": "day", "site": "hall"},
            "DE/Shops/*": {"devices": 2, "sites": 3, "installed": {"a.idf": "40 %", "b.idf": 0.6}},
        }
    },
    "network": {
        "sites": {
            "default": {"link": "10 Mbit/s", "latency": "20 ms", "loss": "1 %"},
            "hall": {"link": "1 Gbit/s"},
        },
        "hubs": {"South": {"link": "1 Gbit/s", "sites": ["DE/Shops/*"]}},
    },
    "people": {
        "office": {
            "answer": {"now": "60 %", "defer": "40 %", "after": "1 min", "picks": {"30 min": 1}}
        }
    },
    "power": {"day": {"on": "mon-fri 08:00-18:00", "jitter": "5 min"}},
    "firmware": {
        "reminder": {"deferments": 2, "delays": ["30 min"]},
        "proxy": {"type": "dynamic"},
    },
    "outages": [{"site": "hall", "start": "2018-08-20 12:00", "end": "2018-08-20 13:00"}],
    "commands": [
        {"update": "DE/Hall", "once": "2018-08-20 12:00", "devices_wait": "1 s"},
        {
            "update": {"group": "Device type = LES"},
            "inform_user": "5 min",
            "user_can_cancel": True,
            "once": "2018-08-20 13:00",
            "force_at": "2018-08-20 14:00",
        },
    ],
    "assignments": [
        {
            "update": "DE/Hall",
            "set": "2018-08-20 13:00",
            "deadline": "2018-08-20 15:00",
            "grace": "5 min",
            "check_in": {"every": "10 min", "jitter": "5 min"},
            "retry": {"times": 2},
        }
    ],
    "stages": {"groups": [0.5, 0.5], "policies": [{"mender": [{"share": 0.5}, {}]}]},
}
HIDDEN = {
    "deadline before set": (
        ("assignments", 0, "deadline", "2018-08-20 12:00"),
        ("assignments", 0, "retry", "times", -1),
    ),
    "jitter too wide": (
        ("assignments", 0, "check_in", "jitter", "30 min"),
        ("assignments", 0, "check_in", "at_start", "perhaps"),
    ),
    "jitter wider than the interval that is not said": (
        ("assignments", 0, "check_in", {"jitter": "1 h"}),
        ("seed", "one"),
    ),
    "force_at before the command": (
        ("commands", 1, "force_at", "2018-08-20 12:30"),
        ("commands", 1, "user_can_cancel", "perhaps"),
    ),
    "two schedules": (("commands", 0, "now", True), ("commands", 0, "devices_wait", "slow")),
    "shares above all": (
        ("people", "office", "answer", "now", "80 %"),
        ("people", "office", "answer", "after", "soon"),
    ),
    "images of more than all": (
        ("fleet", "units", "DE/Shops/*", "installed", "a.idf", "60 %"),
        ("fleet", "units", "DE/Shops/*", "flash", "big"),
    ),
    "outage ends first": (("outages", 0, "end", "2018-08-20 11:30"), ("seed", "one")),
    "outage of two lines": (("outages", 0, "hub", "South"), ("outages", 0, "site", ["hall"])),
    "people of no entry": (("fleet", "units", "DE/Hall", "people", "ofice"), ("seed", "one")),
    "people of no entry, beside the horizon": (
        ("fleet", "units", "DE/Hall", "people", "ofice"),
        ("horizon", "three days"),
    ),
    "an image of no entry": (
        ("fleet", "units", "DE/Shops/*", "installed", {"c": 1}),
        ("commands", 0, "devices_wait", "slow"),
    ),
    "a command before the start": (("commands", 1, "once", "2018-08-19 12:00"), ("seed", "one")),
    "that of another command": (
        ("commands", 1, "once", "2018-08-19 12:00"),
        ("commands", 0, {"once": "2018-08-20 12:00"}),  # goes as a whole: it has no target
    ),
    "a delay that nobody may tick": (
        ("firmware", "reminder", "delays", ["31 min"]),
        ("commands", 0, "devices_wait", "slow"),
    ),
    "groups of more than all": (
        ("stages", "groups", [0.9, 0.5]),
        ("stages", "person_takes", "long"),
    ),
}
"""A mistake that another hides; in one row the other is one of what is compared."""


def _with(data: dict[str, Any], *path: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    here: Any = changed
    for part in path[:-2]:
        here = here[part]
    here[path[-2]] = path[-1]
    return changed


def _told(data: dict[str, Any]) -> set[tuple[str | None, str]]:
    try:
        validated(document_of(data, "scenario"), Path())
    except fwsim.InputError as error:
        return {(problem.path, problem.message) for problem in error.problems}
    return set()


def _places(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from _places(value, (*path, key))


@pytest.mark.parametrize("name", HIDDEN)
def test_a_mistake_is_told_beside_one_that_hides_it(name: str) -> None:
    hidden, other = HIDDEN[name]
    alone = _told(_with(GOOD, *hidden))
    assert alone
    both = _told(_with(_with(GOOD, *hidden), *other))
    if name == "outage of two lines":
        assert not alone & both  # what site is meant cannot be read
    else:
        assert alone < both


def test_the_scenario_has_no_mistake() -> None:
    assert not _told(GOOD)


@pytest.mark.parametrize("section", GOOD)
def test_no_mistake_is_told_that_only_another_makes(section: str) -> None:
    """Whatever cannot be read, and whatever key is unknown, nothing else is wrong."""
    for number, path in enumerate(_places({section: GOOD[section]})):
        broken = _with(GOOD, *path, {"?": 1} if number % 2 else [[[]]])
        told = {place or "" for place, _ in _told(broken)}
        name = ".".join(map(str, path))
        assert all(name.startswith(p) or p.startswith(name) for p in told), (path, told)


MISSPELT: dict[str, tuple[tuple[Any, ...], ...]] = {
    "assignments.0.check_in.evry": (
        ("assignments", 0, "check_in", {"evry": "2 h", "jitter": "1 h"}),
    ),
    "fleet.units.DE/Hall.ste": (
        ("fleet", "units", "DE/Hall", {"devices": 2, "ste": "hall"}),
        ("network", "sites", {"default": {"link": "10 Mbit/s"}}),
    ),
    "assumptions.delay": (
        ("assumptions", {"delay": ["31 min"]}),
        ("firmware", "reminder", "delays", ["31 min"]),
    ),
    "assumptions.most_deferment": (
        ("assumptions", {"most_deferment": 100}),
        ("firmware", "reminder", "deferments", 100),
    ),
}
"""A key that is misspelt, where its default would be wrong beside what is said."""


@pytest.mark.parametrize("key", MISSPELT)
def test_a_default_is_not_told_to_be_wrong_where_its_key_may_be_misspelt(key: str) -> None:
    data = GOOD
    for change in MISSPELT[key]:
        data = _with(data, *change)
    assert [place for place, _ in _told(data)] == [key]


def test_other_mistakes_are_told_beside_a_misspelt_key_of_an_ou() -> None:
    data = _with(GOOD, "fleet", "units", "DE/Shops/*", {"devices": 2, "sites": 3, "flahs": "4 GB"})
    told = _told(_with(data, "fleet", "units", "DE/Hall", "people", "ofice"))
    assert {place for place, _ in told} == {
        "fleet.units.DE/Shops/*.flahs",
        "fleet.units.DE/Hall.people",
    }
