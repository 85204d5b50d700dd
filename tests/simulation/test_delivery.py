"""Delivery ahead of the update: own texts, no notice, and less to fetch afterwards."""

from __future__ import annotations

import pytest

A, B = ({"name": name, "size": "50 MB"} for name in "ab")
LATER = "2018-08-20 12:00"


def images(**changes) -> dict:
    """Return an old image of nothing and a new one of two packages."""
    return {
        "image": None,
        "images": {
            "old": {"name": "old.idf", "packages": [{"name": "x", "size": "1 MB"}]},
            "new": {"name": "new.idf", "packages": [A, B], **changes},
        },
        "firmware": {"image_file": "new.idf"},
    }


def deliver_then_update(play, **changes):
    commands = [{"delivery": "DE"}, {"update": "DE", "once": LATER}]
    return play(commands=commands, **{**images(), **changes})


def lines_of(result, told, label: str) -> list[str]:
    run = [run.label for run in result.columns.runs].index(label)
    mine = result.columns.run == run
    return [line for line, keep in zip(told(result), mine.tolist(), strict=True) if keep]


def test_a_delivery_fetches_the_packages_and_asks_nobody(play, told):
    result = play(commands=[{"delivery": "DE"}], **images())
    assert told(result) == [
        "0 PROBING",
        "0 CHECKING",
        "2 VERIFY_IDF",
        "2 TRANSFER",
        "10 SUCCESS",
    ]
    assert [text for text in result.log.status if text] == [
        "Delivery in progress",
        "Delivery in progress",
        "Delivery in progress (Transfer started – 2018-08-20 11:00:02)",
        "Delivery successful – 2018-08-20 11:00:10",
    ]


def test_the_update_afterwards_fetches_nothing_and_writes_everything(play, told):
    result = deliver_then_update(play)
    assert lines_of(result, told, "2")[2:] == [
        "3602 VERIFY_IDF",
        "3602 TRANSFER",
        "3602 VERIFY_PACKAGES",
        "3605 INSTALL",
        "3615 REBOOT",
        "3675 SUCCESS",
    ]
    assert result.load.size.sum() == 100_000_000
    assert result.devices.bytes.tolist() == [100_000_000 + 2 * 20_000]


def test_a_package_changed_since_the_delivery_is_noticed_by_its_hash(play, told):
    new = images()["images"]["new"]
    edited = {**new, "packages": [A, {**B, "sha256": "ab" * 32}], "offered": False}
    result = deliver_then_update(
        play,
        images={**images()["images"], "edited": edited},
        changes=[{"at": "2018-08-20 11:30", "offer": "edited"}],
    )
    assert "3606 VERIFY_PACKAGES" in lines_of(result, told, "2")
    assert result.load.size.sum() == 150_000_000


def test_delivering_twice_is_not_necessary(play, told):
    again = [{"delivery": "DE"}, {"delivery": "DE", "once": LATER}]
    result = play(commands=again, **images())
    assert lines_of(result, told, "2")[-1] == "3602 NOT_NEEDED"
    assert result.devices.delivery_state.tolist() == [
        "Delivery not necessary – 2018-08-20 12:00:02"
    ]


def test_formatting_the_update_partition_brings_everything_anew(play, told):
    again = [
        {"delivery": "DE"},
        {"delivery": "DE", "once": LATER, "format_update_partition": True},
    ]
    result = play(commands=again, **images())
    assert lines_of(result, told, "2")[-1] == "3610 SUCCESS"


@pytest.mark.parametrize("of_no_use", ["installed", "unsigned"])
def test_a_delivery_that_brings_nothing_formats_nothing(play, told, of_no_use):
    bad = {"name": "bad.idf", "signed": False, "packages": [{"name": "c", "size": "60 MB"}]}
    its_image = "old.idf" if of_no_use == "installed" else "bad.idf"
    result = play(
        commands=[
            {"delivery": "DE"},
            {"delivery": "DE", "once": LATER, "format_update_partition": True},
            {"update": "DE", "once": "2018-08-20 13:00"},
        ],
        **{
            **images(),
            "images": {**images()["images"], "bad": bad},
            "firmware": {"image_file": "new.idf", "security": {"idf": True}},
        },
        changes=[
            {"at": "2018-08-20 11:30", "firmware": {"image_file": its_image}},
            {"at": "2018-08-20 12:30", "firmware": {"image_file": "new.idf"}},
        ],
    )
    assert lines_of(result, told, "2")[-1].split()[1] in {"NOT_NEEDED", "FAILED"}
    assert lines_of(result, told, "3")[-1].endswith("SUCCESS")
    assert result.load.size.sum() == 100_000_000


def test_a_delivery_that_formats_has_all_of_the_update_partition(play, told):
    """150 MB of room, 100 MB of it taken by what the delivery removes first."""
    other = {
        "name": "new.idf",
        "revision": 2,
        "offered": False,
        "packages": [{"name": "c", "size": "60 MB"}],
    }
    again = {"delivery": "DE", "once": LATER, "format_update_partition": True}
    result = play(
        commands=[{"delivery": "DE"}, again],
        **{**images(), "images": {**images()["images"], "other": other}},
        fleet={"units": {"DE": {"flash": "4 GB"}}},
        assumptions={"system_partition": "3.55 GB"},
        changes=[{"at": "2018-08-20 11:30", "offer": "other"}],
    )
    assert lines_of(result, told, "2")[-1].endswith("SUCCESS")


def test_a_device_without_an_update_partition_takes_no_delivery(play, told):
    small = {"units": {"DE": {"devices": 1, "installed": "old.idf", "flash": "2 GB"}}}
    result = play(commands=[{"delivery": "DE"}], fleet=small, **images())
    assert told(result)[-1] == "2 FAILED no update partition to deliver to"
    assert result.log.status.iloc[-1] == "Delivery not successful – 2018-08-20 11:00:02"


def test_what_lies_on_the_update_partition_takes_room_from_the_next_delivery(play, told):
    """150 MB of room; a stale delivery of 100 MB leaves too little for the next."""
    other = {
        "name": "new.idf",
        "revision": 2,
        "offered": False,
        "packages": [{"name": "c", "size": "60 MB"}],
    }
    result = play(
        commands=[{"delivery": "DE"}, {"delivery": "DE", "once": LATER}],
        **{**images(), "images": {**images()["images"], "other": other}},
        fleet={"units": {"DE": {"flash": "4 GB"}}},
        assumptions={"system_partition": "3.55 GB"},
        changes=[{"at": "2018-08-20 11:30", "offer": "other"}],
    )
    assert lines_of(result, told, "2")[-1].endswith("FAILED not enough space on update partition")


def test_an_update_empties_the_update_partition(play, told):
    back = [
        {"delivery": "DE"},
        {"update": "DE", "once": LATER},
        {"update": "DE", "once": "2018-08-20 13:00", "format_system_partition": True},
    ]
    result = play(
        commands=back,
        **{
            **images(),
            "images": {
                **images()["images"],
                "again": {**images()["images"]["new"], "revision": 2, "offered": False},
            },
        },
        changes=[{"at": "2018-08-20 12:30", "offer": "again"}],
    )
    assert result.load.size.sum() == 200_000_000


def test_a_delivery_waits_for_nobody_and_pushes_nobody_aside(play):
    result = play(
        commands=[
            {"update": "DE", "inform_user": "until answered"},
            {"delivery": "DE", "once": LATER},
        ],
        people={"default": {"present": "never"}},
        **images(),
    )
    log = result.log
    assert log[log.command == "2"].state.tolist() == ["PROBING", "REJECTED"]
    assert log[log.command == "1"].state.iloc[-1] == "NOTIFYING"


def test_update_and_delivery_are_summed_up_apart(play):
    result = deliver_then_update(play)
    found = {
        field.field: {count.outcome: count.devices for count in field.outcomes}
        for field in result.measures.fields
    }
    assert found == {"update": {"successful": 1}, "delivery": {"successful": 1}}
    assert result.devices.update_state.iloc[0].startswith("Successful")
    assert result.devices.delivery_state.iloc[0].startswith("Delivery successful")


@pytest.mark.parametrize("fault", ["idf", "transfer"])
def test_a_delivery_can_fail_and_is_not_retried(play, told, fault):
    result = play(commands=[{"delivery": "DE"}], faults={fault: "100 %"}, **images())
    assert "FAILED" in told(result)[-1]


def test_a_delivery_turns_to_no_proxy(play):
    """Each of three neighbours fetches the packages itself [A]; then there is nothing to serve."""
    result = deliver_then_update(
        play,
        fleet={"units": {"DE": {"devices": 3}}},
        firmware={"image_file": "new.idf", "proxy": {"type": "dynamic"}},
    )
    assert result.load.size.sum() == 300_000_000
