"""What others take of a line by the hour, from downloads whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import fwsim
from fwsim.learning.learn import learn
from fwsim.learning.line_hours import _hours, hours_of
from fwsim.learning.lines import LineDownloads, fit_line
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in, transfers_in

MB = 1_000_000
MINUTE = 60_000
FRIDAY_EIGHT = 1_632_463_200_000  # 2021-09-24 08:00 in Berlin, milliseconds
BERLIN = ZoneInfo("Europe/Berlin")


def by_the_hour(rates, *, each=8, size=60 * MB, unsteady=0.0, seed=1, at_once=4):
    """Return downloads of a line by the hour, a minute's bytes at a time; fairly shared.

    Somebody begins as soon as somebody else is done, so that the line is always full.
    """
    luck = np.random.default_rng(seed)
    now, left, begun = 0.0, [], []
    begin, end = [], []
    while now < 3600 * len(rates):
        while len(left) < at_once:
            left.append(size * float(luck.uniform(0.5, 1.5)))
            begun.append((now, left[-1]))
        rate = rates[int(now // 3600)] * np.exp(unsteady * luck.standard_normal())
        until = min(now + 60, 3600 * (int(now // 3600) + 1))
        while now < until:
            step = min(until - now, min(left) * len(left) / rate)
            left = [one - rate * step / len(left) for one in left]
            now += step
            for i in [i for i, one in enumerate(left) if one <= 1][::-1]:
                left.pop(i)
                begin.append(begun.pop(i))
                end.append(now)
            if len(left) < at_once:
                break
    begins = FRIDAY_EIGHT + np.rint(1000 * np.array([at for at, _ in begin])).astype(np.int64)
    ends = FRIDAY_EIGHT + np.rint(1000 * np.array(end)).astype(np.int64)
    return LineDownloads(begins, ends, np.array([whole for _, whole in begin], np.int64))


def found(downloads, label=2.5 * MB, off=()):
    fit = fit_line(downloads, 12.5 * MB, label, [])
    return hours_of(downloads, 12.5 * MB, label, fit.factor, BERLIN, (), off)


def test_hours_in_which_others_take_something_come_out():
    """The line carries 2 MB/s of a label of 2.5; from nine to eleven others take a half of it."""
    hours = found(by_the_hour([2 * MB, 1 * MB, 1 * MB, 2 * MB]))
    assert hours.seen == 4
    assert hours.taken.keys() == {"fri 09:00-10:00", "fri 10:00-11:00"}
    assert list(hours.taken.values()) == pytest.approx([0.5, 0.5], abs=0.03)


def test_hours_of_a_day_off_tell_of_the_line_and_of_no_hour_of_the_week():
    """Friday until noon is off: others begin at noon, and what nine to ten lacks is no habit."""
    off = [(FRIDAY_EIGHT - 8 * 60 * MINUTE, FRIDAY_EIGHT + 4 * 60 * MINUTE)]
    rates = [2 * MB, 2 * MB, 2 * MB, 2 * MB, 1 * MB, 1 * MB]
    hours = found(by_the_hour(rates), off=off)
    assert hours.taken.keys() == {"fri 12:00-13:00", "fri 13:00-14:00"}
    assert list(hours.taken.values()) == pytest.approx([0.5, 0.5], abs=0.04)
    assert hours.seen == 2
    assert not found(by_the_hour([1 * MB, 1 * MB, 1 * MB, 1 * MB, 2 * MB, 2 * MB]), off=off).taken


def test_one_hour_and_days_off_tell_what_others_take_in_it():
    off = [(FRIDAY_EIGHT - 8 * 60 * MINUTE, FRIDAY_EIGHT + 60 * MINUTE)]
    assert found(by_the_hour([2 * MB, 1 * MB]), off=off).taken.keys() == {"fri 09:00-10:00"}


def test_an_unsteady_line_is_not_taken_for_hours():
    """Every minute is off by 20 %: an hour's mean by 2.6 %."""
    hours = found(by_the_hour([2 * MB] * 4, unsteady=0.2))
    assert hours.seen == 4
    assert not hours.taken


def test_one_hour_tells_nothing_of_others():
    assert found(by_the_hour([2 * MB])).seen == 1


def test_hours_that_were_hardly_seen_say_nothing():
    downloads = by_the_hour([2 * MB, 1 * MB])
    early = downloads.where(downloads.end < FRIDAY_EIGHT + 65 * MINUTE)
    assert found(early).seen == 1


def test_devices_that_hold_themselves_back_say_nothing_of_hours():
    downloads = by_the_hour([2 * MB, 1 * MB], at_once=1)
    assert hours_of(downloads, 0.9 * MB, 2.5 * MB, 0.6, BERLIN).seen == 0


BUSY = """
name: Busy
zone: Europe/Berlin
start: 2021-09-24 07:30
horizon: 8 h
image: {name: n.idf, packages: [{name: a, size: 200 MB}]}
fleet: {units: {Bonn: {devices: 150, site: Bonn}}}
network:
  repository: {connections: 6}
  sites: {default: {link: 20 Mbit/s}, Bonn: {link: 40 Mbit/s, line_factor: 80 %, busy: {}}}
commands: [{update: Bonn, once: 2021-09-24 08:00}]
"""


def test_a_scenario_learns_its_busy_hours():
    truth = BUSY.replace("busy: {}", "busy: {mon-fri 09:00-10:00: 50 %}").replace(
        "name: Busy", "doubt: none"
    )
    result = fwsim.simulate(loads(truth), seed=2)
    learnt = learn(loads(BUSY), observed_in(result), transfers_in(result), rows=50)
    taken = learnt["network.sites.Bonn.busy"].value
    assert taken == {"fri 09:00-10:00": "50 %"}
    assert learnt["network.sites.Bonn.line_factor"].by["factor"] == pytest.approx(0.8, rel=0.01)
    assert learnt.scenario().network.sites["Bonn"].busy == {"fri 09:00-10:00": 0.5}
    again = learn(learnt.scenario(), observed_in(result), transfers_in(result), rows=50)
    assert "network.sites.Bonn.busy" not in {one.name for one in again.inputs}
    assert again["network.sites.Bonn.line_factor"].by["factor"] == pytest.approx(0.8, rel=0.01)


def test_a_scenario_learns_busy_hours_that_leave_days_off_out():
    """On a Tuesday that is a holiday the line is free; a week later a half is taken until nine."""
    off = BUSY.replace("busy: {}", "busy: {}, holidays: DE").replace("2021-09-24", "2023-10-03")
    off = off.replace("8 h", "8 d").replace(
        "{units: {", "{units: {Beuel: {devices: 150, site: Bonn}, "
    )
    off = off.replace("[{update", "[{update: Beuel, once: 2023-10-10 08:00}, {update")
    truth = off.replace("busy: {}", "busy: {mon-fri 08:00-09:00: 50 %}").replace(
        "name: Busy", "doubt: none"
    )
    result = fwsim.simulate(loads(truth), seed=2)
    learnt = learn(loads(off), observed_in(result), transfers_in(result), rows=50)
    assert learnt["network.sites.Bonn.busy"].value == {"tue 08:00-09:00": "50 %"}
    assert learnt["network.sites.Bonn.line_factor"].by["factor"] == pytest.approx(0.8, rel=0.01)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-04-05", ["00:00", "01:00", "02:00", "03:00"]),  # 02:00 is 01:30 once more
        ("2026-10-04", ["00:00", "01:00", "02:30", "03:00"]),  # 02:00 is 02:30
    ],
)
def test_hours_begin_with_the_clocks_where_it_is_set_by_half_an_hour(day, shown):
    zone = ZoneInfo("Australia/Lord_Howe")
    begin = round(datetime.fromisoformat(f"{day} 00:10").replace(tzinfo=zone).timestamp() * 1000)
    whole = np.array([begin], np.int64)
    starts, names = _hours(LineDownloads(whole, whole + 6 * 60 * MINUTE, whole), zone)
    local = [datetime.fromtimestamp(at / 1000, UTC).astimezone(zone) for at in starts.tolist()]
    assert [f"{at:%H:%M}" for at in local[:4]] == shown
    assert [name[4:6] for name in names[:4]] == ["00", "01", "02", "03"]
