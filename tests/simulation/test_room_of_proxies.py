"""What a proxy keeps gives way to what it needs the room for."""

from __future__ import annotations

import pytest

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from tests.simulation.subnets import DYNAMIC, devices


def test_a_provider_without_room_fails_those_who_wait_and_counts_no_bytes_below_zero(share):
    result = share(
        {"A": devices(3, flash="4 GB")},
        image={"packages": [{"name": n, "size": "60 MB"} for n in "abc"]},
        assumptions={"other_partitions": "1.55 GB"},
        commands=[
            {"update": "DE/A"},
            {"update": "DE/A", "once": "2018-08-20 12:00"},
        ],
    )
    assert (result.columns.amount >= 0).all()
    assert (result.devices.bytes >= 0).all()


@pytest.mark.parametrize("proxy", [{"type": "dynamic"}, {"type": "static", "device": "DE/A/A-1"}])
@pytest.mark.parametrize("on", ["always", "mon-tue 10:00-20:00"])
def test_what_a_provider_keeps_gives_way_to_the_next_image(share, proxy, on):
    """Its update partition of 100 MB has room for one image: 60 MB of the first are kept there."""
    images = {n: {"name": f"{n}.idf", "packages": [{"name": n, "size": "60 MB"}]} for n in "ab"}
    result = share(
        {"A": devices(3, flash="4 GB")},
        image=None,
        images=images,
        power={"default": {"on": on}},
        firmware={"image_file": "a.idf", "proxy": proxy},
        changes=[{"at": "2018-08-21 09:00", "firmware": {"image_file": "b.idf"}}],
        assumptions={"other_partitions": "1.55 GB"},
        commands=[
            {"update": "DE/A/A-1"},
            {"update": "DE/A", "once": "2018-08-20 12:00"},
            {"update": "DE/A", "once": "2018-08-21 12:00"},
        ],
        horizon="2 d",
    )
    columns = result.columns
    assert (columns.state == State.SUCCESS).sum() == 6
    assert not (columns.state == State.FAILED).any()
    assert result.load.size.sum() == 120_000_000  # each image crosses the line once


@pytest.mark.parametrize("more", [{}, {"format_system_partition": True}])
def test_what_the_next_image_has_in_common_gives_way_to_what_is_new_in_it(share, more):
    """Both packages have no room at once; who formats needs them, who does not has one."""
    a, b = ({"name": n, "size": "60 MB"} for n in "ab")
    result = share(
        {"A": devices(3, flash="4 GB")},
        image=None,
        images={
            "a": {"name": "a.idf", "packages": [a]},
            "b": {"name": "b.idf", "packages": [a, b]},
        },
        firmware={**DYNAMIC, "image_file": "a.idf"},
        changes=[{"at": "2018-08-20 12:00", "firmware": {"image_file": "b.idf"}}],
        assumptions={"other_partitions": "1.55 GB"},
        commands=[{"update": "DE/A"}, {"update": "DE/A", "once": "2018-08-20 12:30", **more}],
    )
    states = result.columns.state
    assert (states == State.SUCCESS).sum() == (3 if more else 6)
    assert (states == State.FAILED).sum() == (3 if more else 0)


def test_a_delivery_takes_the_room_of_what_a_provider_keeps(share):
    images = {n: {"name": f"{n}.idf", "packages": [{"name": n, "size": "60 MB"}]} for n in "ab"}
    result = share(
        {"A": devices(2, flash="4 GB")},
        image=None,
        images=images,
        firmware={**DYNAMIC, "image_file": "a.idf"},
        changes=[{"at": "2018-08-20 12:00", "firmware": {"image_file": "b.idf"}}],
        assumptions={"other_partitions": "1.55 GB"},
        commands=[
            {"update": "DE/A"},
            {"delivery": "DE/A", "once": "2018-08-20 12:30"},
            {"update": "DE/A", "once": "2018-08-20 13:30"},
        ],
    )
    assert (result.columns.state == State.SUCCESS).sum() == 6
    assert result.load.size.sum() == 180_000_000  # deliveries turn to no proxy


@pytest.mark.parametrize("on", ["always", "mon-tue 10:00-20:00"])
def test_what_a_provider_never_installed_gives_way_to_its_own_update(share, on):
    """It serves the first image, its own installation of which fails."""
    images = {n: {"name": f"{n}.idf", "packages": [{"name": n, "size": "60 MB"}]} for n in "ab"}
    result = share(
        {"A": devices(2, flash="4 GB"), "B": devices(1, installed="a.idf")},
        image=None,
        images=images,
        power={"default": {"on": on}},
        firmware={"image_file": "a.idf", **DYNAMIC},
        changes=[{"at": "2018-08-21 09:00", "firmware": {"image_file": "b.idf"}}],
        assumptions={"other_partitions": "1.55 GB"},
        failing=[{"phase": "installation", "share": "100 %", "where": "IDF name = old.idf"}],
        commands=[{"update": "DE/A"}, {"update": "DE/A", "once": "2018-08-21 12:00"}],
        horizon="2 d",
    )
    details = set(result.columns.detail[result.columns.state == State.FAILED].tolist())
    assert details == {Detail.INSTALLATION_FAILED}


def test_only_who_waits_for_what_has_no_room_fails(share):
    """The provider needs 60 MB of its 100 MB: another image of 60 MB has no room, a third has."""
    sizes = {"a": "60 MB", "b": "60 MB", "c": "5 MB"}
    result = share(
        {
            name.upper(): devices(1, site="s", firmware={"image_file": f"{name}.idf"})
            for name in sizes
        },
        image=None,
        images={
            n: {"name": f"{n}.idf", "packages": [{"name": n, "size": s}]} for n, s in sizes.items()
        },
        firmware={**DYNAMIC, "image_file": "a.idf"},
        assumptions={"other_partitions": "5.55 GB"},
    )
    assert result.devices.state.tolist() == ["SUCCESS", "FAILED", "SUCCESS"]
