"""What is told beside a mistake still holds once that one is mended."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import fwsim
from fwsim.beside_files import told_with_files
from fwsim.run import prepare
from fwsim.scenario.document import document_of
from fwsim.scenario.load import validated

RIGHT: dict[str, Any] = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 11:00",
    "horizon": "7 d",
    "images": {"june": {"name": "a.idf", "packages": [{"name": "base", "size": "50 MB"}]}},
    "fleet": {
        "units": {
            "DE/Hall": {
                "devices": 2,
                "people": "office",
                "site": "hall",
                "attributes": {"Room": "1", "Device type": "LES"},
            },
            "DE/Store": {"devices": 1, "firmware": {"proxy": {"type": "dynamic"}}},
        }
    },
    "network": {
        "sites": {"default": {"link": "10 Mbit/s"}, "hall": {"link": "1 Gbit/s"}},
        "hubs": {"North": {"link": "1 Gbit/s", "sites": ["hall"]}},
    },
    "people": {"office": {}},
    "failing": [{"where": "Room = 1", "phase": "transfer", "share": "2 %"}],
    "commands": [{"update": "DE/Hall", "now": True}],
    "expect": [
        {"prompts for people office": ">= 0"},
        {"successful for model LES": ">= 0 %"},
        {"successful for site hall": ">= 0 %"},
        {"peak link utilisation of hall": "<= 100 %"},
        {"peak hub rate in DE/Hall": "<= 10 Gbit/s"},
    ],
}
HALL = ("fleet", "units", "DE/Hall")
ONE_MISTAKE: list[tuple[Any, ...]] = [
    (*HALL, "devices", "@@"),
    (*HALL, "people", "ofice"),
    (*HALL, "site", "hal"),
    (*HALL, "site", 7),
    (*HALL, "attributes", "Room", 7),
    (*HALL, "attributes", "Device type", []),
    (*HALL, 7),
    ("images", "june", "@@"),
    ("network", "hubs", "North", "sites", ["hal"]),
    ("network", "hubs", "North", "sites", 0, 7),
    ("network", "hubs", "North", "link", "fast"),
]
HEADER = "Name,OU,MAC,People,Site,Device type"
ROWS = (
    "Hall-1,DE/Hall,020000000001,office,hall,LES",
    "Hall-2,DE/Hall/West,020000000002,night,south,LXS",
    "Store-1,DE/Store,020000000003,,,",
)
LISTED: dict[str, Any] = {
    **RIGHT,
    "fleet": {"inventory": "devices.csv"},
    "people": {"office": {}, "night": {}},
    "network": {
        "sites": {"default": {"link": "10 Mbit/s"}},
        "hubs": {"North": {"link": "1 Gbit/s", "sites": ["south"]}},
    },
    "failing": [],
    "commands": [
        {"update": "DE/Hall/West", "now": True},
        {"update": {"devices": ["Hall-2", "020000000002"]}, "now": True},
    ],
    "expect": [
        {"prompts for people night": ">= 0"},
        {"successful for model LXS": ">= 0 %"},
        {"successful for site south": ">= 0 %"},
        {"peak link utilisation of south": "<= 100 %"},
        {"peak hub rate in DE/Hall/West": "<= 10 Gbit/s"},
        {"successful in DE/Hall/West": ">= 0 %"},
    ],
}
BAD_ROWS = (
    ",DE/Hall/West,020000000002,night,south,LXS",
    "a/b,DE/Hall/West,020000000002,night,south,LXS",
    "Hall-2,DE/Hall/West,020000000002,nihgt,south,LXS",
    "Hall-2,DE/Hall/West,xx,night,south,LXS",
    "Hall-2,DE/Hall/West,020000000001,night,south,LXS",
    "Hall-2,DE/Hall/West,020000000002,night,south,LXS,more",
)


def _put(data: dict[str, Any], *path_value: Any) -> dict[str, Any]:
    here: Any = (data := copy.deepcopy(data))
    *path, last, value = path_value
    for key in path:
        here = here[key]
    here[last] = value
    return data


def _told(data: dict[str, Any], folder: Path = Path()) -> list[str]:
    try:
        with told_with_files():
            scenario = validated(document_of(data, "scenario"), folder)
        prepare(scenario)
    except fwsim.InputError as error:
        return [f"{problem.path}: {problem.message}" for problem in error.problems]
    return []


def test_nothing_is_wrong_with_what_is_mended(tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text("\n".join((HEADER, *ROWS)), "utf-8")
    assert _told(RIGHT) == _told(LISTED, tmp_path) == []


@pytest.mark.parametrize("mistake", ONE_MISTAKE, ids=lambda path: ".".join(map(str, path)))
def test_names_of_what_cannot_be_read_are_not_told_to_be_wrong(mistake: tuple[Any, ...]) -> None:
    assert len(_told(_put(RIGHT, *mistake))) == 1


@pytest.mark.parametrize("row", BAD_ROWS)
def test_what_a_bad_row_may_name_is_not_told_to_be_unknown(row: str, tmp_path: Path) -> None:
    rows = (HEADER, ROWS[0], row, ROWS[2])
    (tmp_path / "devices.csv").write_text("\n".join(rows), "utf-8")
    assert len(_told(LISTED, tmp_path)) == 1


def test_a_proxy_is_not_told_to_be_elsewhere_for_the_proxy_of_an_ou_cannot_be_read() -> None:
    static = _put(RIGHT, "firmware", {"proxy": {"type": "static", "device": "Hall-1"}})
    assert _told(static) == []
    wrong = _put(static, "fleet", "units", "DE/Store", "firmware", "proxy", "type", "dynamc")
    assert len(_told(wrong)) == 1


def test_an_attribute_that_no_device_reports_is_told_beside_other_mistakes() -> None:
    told = _told(_put(_put(RIGHT, "failing", 0, "where", "Rum = 1"), "seed", "one"))
    assert len(told) == 2


def test_of_very_many_bad_rows_any_may_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "devices.csv").write_text("\n".join((HEADER, *ROWS, "Hall-3,DE/Hall")), "utf-8")
    wrong = _put(LISTED, "commands", 1, "update", "devices", ["Q-9"])
    assert len(_told(wrong, tmp_path)) == 2
    monkeypatch.setattr("fwsim.fleet.listed.MOST_UNCLEAR", 0)
    assert len(_told(wrong, tmp_path)) == 1
