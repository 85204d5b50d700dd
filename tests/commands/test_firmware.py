"""Firmware settings: what is inherited, what the URL reads back as, which macros there are."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.firmware import (
    MASK,
    PORTS,
    FirmwareSettings,
    ProxyType,
    effective_settings,
    resolve_macros,
    units_above,
    update_url,
)

NAMES = [item.name for item in fields(FirmwareSettings)]
FULL = FirmwareSettings(**{name: f"{name} above" for name in NAMES})


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_not_made_comes_from_above(name):
    assert getattr(FirmwareSettings().over(FULL), name) == f"{name} above"
    assert getattr(FirmwareSettings(**{name: "own"}).over(FULL), name) == "own"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("has_password", False),
        ("check_at_start", False),
        ("check_idf_signature", False),
        ("deferments", 0),
        ("delays", ()),
        ("certificates", ()),
        ("release_models", ()),
        ("new_release", ""),
        ("user", ""),
        ("proxy_type", ProxyType.NONE),
    ],
)
def test_no_zero_and_nothing_are_settings_too(name, value):
    found = FirmwareSettings(**{name: value}).over(FULL)
    assert getattr(found, name) == value
    others = [other for other in NAMES if other != name]
    assert all(getattr(found, other) == getattr(FULL, other) for other in others)


parts = st.sampled_from(["DE", "KA", "1"])
units = st.lists(parts, max_size=4).map("/".join)
some = st.builds(
    FirmwareSettings,
    server=st.none() | st.sampled_from(["a", "b", "c"]),
    deferments=st.none() | st.integers(0, 3),
    certificates=st.none() | st.just(()) | st.just(("c",)),
)


@given(units, st.dictionaries(units, some, max_size=8))
def test_each_setting_is_that_of_the_nearest_ou_that_makes_it(unit, own):
    found = effective_settings(unit, own)
    for name in ("server", "deferments", "certificates"):
        made = [getattr(own[path], name) for path in units_above(unit) if path in own]
        assert getattr(found, name) == next((x for x in reversed(made) if x is not None), None)


@given(some, some, some)
def test_it_does_not_matter_where_the_tree_is_cut(child, parent, root):
    assert child.over(parent).over(root) == child.over(parent.over(root))


def test_an_ou_is_not_above_one_whose_name_only_begins_like_it():
    assert effective_settings("DE/KA1", {"DE/KA": FULL}) == FirmwareSettings()


@given(
    st.sampled_from(sorted(PORTS)),
    st.none() | st.integers(1, 65535),
    st.text(st.characters(exclude_categories=("C",)), max_size=8),
    st.booleans(),
    st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=8),
)
def test_the_url_reads_back_as_what_it_was_made_of(protocol, port, user, has_password, file):
    settings = FirmwareSettings(
        protocol=protocol,
        server="host",
        port=port,
        path="e x/U#?C",
        user=user,
        has_password=has_password,
    )
    url = urlsplit(update_url(settings, file))
    assert (url.scheme, url.hostname, url.query, url.fragment) == (protocol, "host", "", "")
    assert (url.port or PORTS[protocol]) == (port or PORTS[protocol])
    assert unquote(url.path) == f"/e x/U#?C/{file}"
    assert unquote(url.username or "") == user
    assert url.password == (MASK if user and has_password else None)


@pytest.mark.parametrize(("protocol", "port"), sorted(PORTS.items()))
def test_the_protocols_own_port_is_left_out(protocol, port):
    own, other = (
        FirmwareSettings(protocol=protocol, server="host", path="e", port=number)
        for number in (port, port + 1)
    )
    assert update_url(own, "a.idf") == f"{protocol}://host/e/a.idf"
    assert update_url(other, "a.idf") == f"{protocol}://host:{port + 1}/e/a.idf"


def test_a_servers_ipv6_address_stands_in_brackets():
    settings = FirmwareSettings(protocol="https", server="2001:db8::1", port=8443, path="e")
    assert update_url(settings, "a.idf") == "https://[2001:db8::1]:8443/e/a.idf"


RELEASES = FirmwareSettings(release_models=("LES", "LES v6"), new_release="6.2", old_release="6.1")


@pytest.mark.parametrize(
    ("file", "model", "uefi", "settings", "expected"),
    [
        ("__RM__/__RM____BM__.idf", "LES v6", True, RELEASES, "6.2/6.2EFI.idf"),
        ("__RM__.idf", "LES v", False, RELEASES, "6.1.idf"),
        ("__RM__.idf", "les", False, RELEASES, "6.1.idf"),
        ("__rm____bm__.idf", "LES", True, RELEASES, "__rm____bm__.idf"),
        ("_RM_.idf", "LES", True, RELEASES, "_RM_.idf"),
        ("a__RM____BM__.idf", "LES", False, FirmwareSettings(), "a.idf"),
        ("__RM__.idf", "LES", False, FirmwareSettings(old_release="6.1"), "6.1.idf"),
        ("__RM__.idf", "LES", False, FirmwareSettings(release_models=("LES",)), ".idf"),
    ],
)
def test_macros_stand_for_release_and_boot_mode(file, model, uefi, settings, expected):
    assert resolve_macros(file, model=model, uefi=uefi, settings=settings) == expected
