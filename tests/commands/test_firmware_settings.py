"""Firmware settings come down the OU tree; the URL is made of them; no password in it."""

from __future__ import annotations

import pytest

from fwsim.commands.firmware import (
    FirmwareSettings,
    effective_settings,
    resolve_macros,
    units_above,
    update_url,
)

BASE = FirmwareSettings(protocol="https", server="host", path="elias/UC", image_file="a.idf")


@pytest.mark.parametrize(
    ("unit", "above"),
    [("", [""]), ("DE", ["", "DE"]), ("DE/KA/1", ["", "DE", "DE/KA", "DE/KA/1"])],
)
def test_settings_come_from_the_root_down(unit, above):
    assert list(units_above(unit)) == above


def test_the_nearest_ou_that_says_something_wins_setting_by_setting():
    own = {
        "": BASE,
        "DE": FirmwareSettings(server="de", deferments=3),
        "DE/KA": FirmwareSettings(server="ka"),
        "DEX": FirmwareSettings(server="other"),
    }
    settings = effective_settings("DE/KA/1", own)
    assert (settings.server, settings.deferments, settings.path) == ("ka", 3, "elias/UC")
    assert effective_settings("AT", own) == BASE


def test_a_setting_made_zero_is_made():
    own = {"": FirmwareSettings(deferments=3), "DE": FirmwareSettings(deferments=0)}
    assert effective_settings("DE", own).deferments == 0


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://host/elias/UC/a.idf"),
        ({"port": 443}, "https://host/elias/UC/a.idf"),
        ({"port": 8443}, "https://host:8443/elias/UC/a.idf"),
        ({"protocol": "http", "port": 443}, "http://host:443/elias/UC/a.idf"),
        ({"protocol": "ftp", "port": 21}, "ftp://host/elias/UC/a.idf"),
        ({"path": "/elias/UC/"}, "https://host/elias/UC/a.idf"),
        ({"path": "Ü"}, "https://host/%C3%9C/a.idf"),
        ({"user": "me"}, "https://me@host/elias/UC/a.idf"),
        ({"user": "me@corp:x"}, "https://me%40corp%3Ax@host/elias/UC/a.idf"),
        ({"user": "me", "has_password": True}, "https://me:***@host/elias/UC/a.idf"),
        ({"has_password": True}, "https://host/elias/UC/a.idf"),
    ],
)
def test_the_url(changes, url):
    assert update_url(FirmwareSettings(**changes).over(BASE), "a.idf") == url


@pytest.mark.parametrize(
    ("file", "model", "uefi", "expected"),
    [
        ("a.idf", "LES", True, "a.idf"),
        ("UC__RM__.idf", "LES", False, "UC-new.idf"),
        ("UC__RM__.idf", "Futro", False, "UC-old.idf"),
        ("UC__BM__.idf", "LES", True, "UCEFI.idf"),
        ("UC__BM__.idf", "LES", False, "UC.idf"),
        ("UC__RM____BM__.idf", "LES", True, "UC-newEFI.idf"),
    ],
)
def test_macros_are_resolved_by_the_device(file, model, uefi, expected):
    settings = FirmwareSettings(release_models=("LES",), new_release="-new", old_release="-old")
    assert resolve_macros(file, model=model, uefi=uefi, settings=settings) == expected


def test_a_device_off_the_whitelist_whose_image_is_unchanged_is_not_touched(play, told):
    units = {
        "DE/A": {"devices": 1, "installed": "old.idf", "attributes": {"Device type": "LES"}},
        "DE/B": {"devices": 1, "installed": "old.idf", "attributes": {"Device type": "Futro"}},
    }
    package = {"name": "a", "size": "1 MB"}
    result = play(
        {"subordinate_units": True},
        image=None,
        images={name: {"name": f"{name}.idf", "packages": [package]} for name in ("old", "new")},
        firmware={
            "image_file": "__RM__.idf",
            "release": {"models": ["LES"], "new": "new", "old": "old"},
        },
        fleet={"units": {"DE": {"devices": 0}, **units}},
    )
    assert result.devices.state.tolist() == ["SUCCESS", "NOT_NEEDED"]
