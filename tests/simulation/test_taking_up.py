"""Broken transfers that are taken up again: worked numbers and rules in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fwsim.commands.details import Detail
from fwsim.commands.image import Package
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.problems import InputError
from fwsim.results.run.measuring import value_of
from fwsim.simulation.package_fetch import PackageFetch
from tests.simulation.check_ins import HOUR, MINUTE, at, first_times, played

MEGABYTE = 1_000_000
OFTEN = {"times": 20, "wait": "60 s"}
POLLS = {"every": "1 h"}


def tries(record: Any) -> int:
    return int(record.log.in_state(State.CHECKING).sum())


def carried(record: Any) -> int:
    """Return the bytes of all lines together, as their meters count them."""
    return int(record.load.size[record.load.site == 0].sum())


def test_every_byte_comes_once_and_it_takes_e_to_the_share_tries():
    """Breaks are spread evenly: n tries do not do with a chance of sⁿ/n!, which adds up to eˢ."""
    count, share = 300, 0.5
    record = played({"check_in": POLLS, "resume": OFTEN}, count, faults={"transfer": share})
    assert (record.updates.outcome_state == State.SUCCESS).all()
    assert carried(record) == count * MEGABYTE
    spread = math.sqrt(math.exp(share) * (1 + 2 * share) - math.exp(2 * share))
    assert abs(tries(record) / count - math.exp(share)) < 5 * spread / math.sqrt(count)


def test_without_it_a_try_starts_anew():
    """1/(1 - s) tries, of which each that breaks carries half on average."""
    count, share = 300, 0.5
    retry = {"times": 40, "wait": "60 s"}
    record = played({"check_in": POLLS, "retry": retry}, count, faults={"transfer": share})
    assert abs(tries(record) / count - 2) < 5 * math.sqrt(2 / count)
    assert abs(carried(record) / count / MEGABYTE - 1.5) < 5 * 0.8 / math.sqrt(count)


def test_a_device_waits_before_it_takes_a_transfer_up():
    record = played({"check_in": POLLS, "resume": OFTEN}, 50, faults={"transfer": "100 %"})
    mine = record.log.device == record.log.device[record.log.in_state(State.FAILED)][0]
    failed = record.log.time[mine & record.log.in_state(State.FAILED)]
    begun = record.log.time[mine & record.log.in_state(State.CHECKING)]
    assert (begun[1:] - failed[: len(begun) - 1] == MINUTE).all()


def test_each_try_tells_what_it_fetched_itself():
    record = played({"check_in": POLLS, "resume": OFTEN}, 50, faults={"transfer": "100 %"})
    ends = record.log.in_state(State.FAILED) | record.log.in_state(State.SUCCESS)
    sums = np.zeros(50, np.int64)
    np.add.at(sums, record.log.device[ends], record.log.amount[ends])
    assert set(sums.tolist()) == {MEGABYTE}


def test_when_the_tries_are_used_up_the_transfer_has_failed():
    """Of three tries that would all break none comes through with a chance of 1/3!."""
    resume = {"times": 2, "wait": "60 s"}
    record = played({"check_in": POLLS, "resume": resume}, 300, faults={"transfer": "100 %"})
    failed = (record.updates.outcome_state == State.FAILED).mean()
    assert abs(failed - 1 / 6) < 5 * math.sqrt(5 / 36 / 300)


def test_after_that_retry_starts_anew_and_is_taken_up_as_often():
    resume, retry = {"times": 1, "wait": "60 s"}, {"times": 1, "wait": "2 h"}
    faults = {"transfer": "100 %"}
    record = played({"check_in": POLLS, "resume": resume, "retry": retry}, 100, faults=faults)
    log = record.log
    four = np.bincount(log.device[log.in_state(State.FAILED)], minlength=100) == 4
    assert four.any()
    device = int(np.flatnonzero(four)[0])
    mine = log.device == device
    sizes = log.amount[mine & log.in_state(State.TRANSFER)]
    assert len(sizes) == 4
    begun = log.time[mine & log.in_state(State.CHECKING)]
    waits = begun[1:] - log.time[mine & log.in_state(State.FAILED)][:3]
    assert waits.tolist() == [MINUTE, 2 * HOUR, MINUTE]


def test_only_a_broken_transfer_is_taken_up():
    record = played({"resume": OFTEN}, 20, faults={"installation": "100 %"})
    assert tries(record) == 20
    assert (record.updates.outcome_state == State.FAILED).all()


def test_whoever_has_agreed_is_not_asked_again():
    asks = {"inform_user": "1 min", "check_in": POLLS}
    faults = {"transfer": "100 %"}
    resumed = played({**asks, "resume": OFTEN}, 30, faults=faults)
    assert tries(resumed) > 45
    assert value_of(resumed, Measure(Kind.PROMPTS)) == 30
    anew = played({**asks, "retry": OFTEN}, 30, faults=faults)
    assert value_of(anew, Measure(Kind.PROMPTS)) == tries(anew)


def test_another_command_in_between_leaves_nothing_to_go_on_from():
    given = {"check_in": POLLS, "resume": {"times": 5, "wait": "3 h"}}
    update = {"update": "DE", "once": "2018-08-20 02:00"}
    to_fetch = []
    for commands in ([], [update]):
        record = played(given, seed=2, faults={"transfer": "100 %"}, commands=commands)
        run = np.array([run.label.startswith("assignment") for run in record.log.runs])
        tries = record.log.amount[record.log.in_state(State.TRANSFER) & run[record.log.run]]
        to_fetch.append(tries[:2].tolist())
    (there, rest), (same, anew) = to_fetch
    assert there == same
    assert anew == there + rest


@pytest.mark.parametrize("flash", ["2 GB", "8 GB"])
def test_packages_that_are_written_one_by_one_stay_written(flash):
    image = {"name": "new.idf", "packages": [{"name": n, "size": "1 MB"} for n in "abcd"]}
    record = played(
        {"check_in": POLLS, "resume": OFTEN},
        100,
        faults={"transfer": "100 %"},
        image=image,
        unit={"flash": flash},
    )
    assert (record.updates.outcome_state == State.SUCCESS).all()
    assert carried(record) == 100 * 4 * MEGABYTE


def test_a_device_that_is_switched_off_goes_on_when_it_is_back():
    """300 MB over 1 Mbit/s take 40 minutes, which is more than it is on in a day."""
    record = played(
        {"check_in": {"every": "5 min"}, "resume": {"times": 9, "wait": "0 s"}},
        power={"default": {"on": "daily 08:00-08:20"}},
        image={"name": "new.idf", "packages": [{"name": "a", "size": "300 MB"}]},
        network={"sites": {"default": {"link": "2 Mbit/s"}}},
        assumptions={"shutdown_waits": False},
    )
    lost = record.log.detail == Detail.POWER_LOST_IN_TRANSFER
    assert 1 <= lost.sum() <= 2
    assert carried(record) == 300 * MEGABYTE
    assert at("21 08:00") < first_times(record, State.SUCCESS)[0]


def test_a_proxy_serves_whole_packages():
    packages = tuple(Package(name, "1", 10) for name in "abc")
    before, after, by_proxy = (
        PackageFetch((30,), 30, Detail.NONE, packages=packages) for _ in range(3)
    )
    before.fetched = 17
    after.take_up(before, by_package=False)
    assert (after.next_size, after.next_files, after.next_packages) == (13, (3, 10), packages[1:])
    by_proxy.take_up(before, by_package=True)
    assert (by_proxy.next_size, by_proxy.next_files) == (20, (10, 10))
    assert by_proxy.next_packages == packages[1:]


def test_a_proxy_goes_on_within_a_package_that_lies_on_its_own_partition():
    packages = tuple(Package(name, "1", 10) for name in "abc")
    before, after = (PackageFetch((30,), 30, Detail.NONE, packages=packages) for _ in range(2))
    before.fetched = 17
    after.take_up(before, by_package=True, lies_here=frozenset(packages[:2]))
    assert (after.next_size, after.there_of_next) == (13, 7)
    assert after.next_packages == packages[1:]


def test_a_delivery_that_empties_its_partition_first_cannot_be_taken_up():
    with pytest.raises((InputError, ValueError), match="nothing is there to go on from"):
        played({"update": None, "delivery": "DE", "format": True, "resume": OFTEN})


def proxied(assignment: dict[str, Any], **others: Any) -> Any:
    """Three packages of 450 MB on a partition for 1.8 GB; its power is lost after the first."""
    packages = [{"name": n, "size": "450 MB"} for n in "abc"]
    return played(
        {"check_in": {"every": "10 min"}} | assignment,
        image={"name": "new.idf", "packages": packages},
        unit={"flash": "4 GB", "firmware": {"proxy": {"type": "dynamic"}}},
        network={"sites": {"default": {"link": "10 Mbit/s"}}},
        power={"default": {"on": "daily 08:00-08:12, daily 09:00-23:00"}},
        assumptions={"shutdown_waits": False},
        **others,
    )


def test_a_provider_has_room_for_what_it_has_kept_already():
    record = proxied({"resume": OFTEN})
    assert (record.log.detail == Detail.POWER_LOST_IN_TRANSFER).any()
    assert set(record.updates.outcome_state.tolist()) == {State.SUCCESS}
    assert not (record.log.detail == Detail.UPDATE_PARTITION_FULL).any()


def test_a_missing_package_is_no_broken_transfer():
    record = played({"check_in": POLLS, "resume": OFTEN}, 20, faults={"package": "100 %"})
    assert tries(record) == 20
    assert set(record.log.detail[record.log.in_state(State.FAILED)].tolist()) == {
        int(Detail.PACKAGE_NOT_FOUND)
    }


def test_a_command_does_not_take_up_what_an_assignment_has_begun():
    """It comes while the assignment's job is lost: the old job ends after it has begun."""
    record = played(
        {"check_in": {"every": "5 min"}, "resume": OFTEN},
        power={"default": {"on": "daily 08:00-08:20"}},
        image={"name": "new.idf", "packages": [{"name": "a", "size": "300 MB"}]},
        network={"sites": {"default": {"link": "2 Mbit/s"}}},
        assumptions={"shutdown_waits": False, "wake_up_devices": "100 %"},
        commands=[{"update": "DE", "once": "2018-08-20 10:00"}],
    )
    log = record.log
    is_command = np.array([not run.label.startswith("assignment") for run in log.runs])
    sizes = log.amount[log.in_state(State.TRANSFER) & is_command[log.run]]
    assert sizes.tolist() == [300 * MEGABYTE]


def test_whoever_was_not_there_has_not_agreed():
    """Nobody is there at the first try, and somebody at those that take it up."""
    record = played(
        {"inform_user": "1 min", "check_in": POLLS, "resume": {"times": 20, "wait": "12 h"}},
        30,
        faults={"transfer": "100 %"},
        people={"default": {"present": "daily 10:00-14:00"}},
        assumptions={"unattended_policy": "skip_dialog"},
    )
    log = record.log
    asked = np.bincount(log.device[log.in_state(State.NOTIFYING)], minlength=30)
    agreed = np.bincount(log.device[log.in_state(State.CHECKING)], minlength=30)
    assert (asked[agreed > 1] == 1).all()
    assert (agreed > 1).any()


def test_more_tries_than_luck_is_kept_for_are_refused():
    with pytest.raises(ValueError, match="at most 100,000"):
        played({"retry": {"times": 1000}, "resume": {"times": 1000}})


@pytest.mark.parametrize("engine", list(Engine), ids=str)
def test_what_has_given_way_to_a_neighbours_packages_is_fetched_again(engine):
    """A provider, off in the midst of its second package, serves another image when it is back."""
    images = {
        "a": {"name": "a.idf", "packages": [{"name": n, "size": "30 MB"} for n in "xy"]},
        "b": {"name": "b.idf", "packages": [{"name": "z", "size": "80 MB"}]},
    }
    units = {
        "DE": {"devices": 0, "flash": "4 GB"},
        "DE/A": {"devices": 1, "site": "s", "power": "broken"},
        "DE/B": {"devices": 1, "site": "s", "firmware": {"image_file": "b.idf"}},
    }
    record = played(
        None,
        engine=engine,
        image=None,
        images=images,
        fleet={"units": units},
        firmware={"image_file": "a.idf", "proxy": {"type": "dynamic"}},
        power={"broken": {"on": "daily 08:00-08:08, daily 08:30-23:00"}},
        network={"sites": {"s": {"link": "1 Mbit/s"}}},
        assumptions={"shutdown_waits": False, "other_partitions": "1.55 GB"},
        assignments=[
            {
                "update": "DE/A",
                "check_in": {"every": "1 h", "at_start": True},
                "resume": {"times": 9, "wait": "1 h"},
            }
        ],
        commands=[{"update": "DE/B", "once": "2018-08-20 09:00"}],
        horizon="1 d",
    )
    assert set(record.log.device[record.log.in_state(State.SUCCESS)].tolist()) == {0, 1}
    begun = carried(record) - 60_000_000 - 80_000_000
    assert 30_000_000 < begun < 60_000_000
