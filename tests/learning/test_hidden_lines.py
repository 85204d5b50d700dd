"""Lines that were not seen, because something else held downloads back or served devices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.fleet.fleet import Column
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.learning.lines import LineDownloads
from fwsim.learning.lines_above import LineAbove, waits_for
from fwsim.observations.observed import Transfers
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in, transfers_in

MB = 1_000_000

PROXY = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}, {name: two, size: 100 MB}]}
fleet:
  units:
    A: {devices: 10, installed: a.idf, firmware: {proxy: {type: dynamic}}}
    B: {devices: 10, installed: a.idf}
network: {sites: {default: {link: 20 Mbit/s}}}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: A, once: 2024-01-01 22:00}, {update: B, once: 2024-01-01 22:00}]
"""


def line(site):
    return f"network.sites.{site}.line_factor"


def played(text, truth=("", "")):
    """Return what comes of a scenario in which something else is true, and the scenario itself."""
    return fwsim.simulate(loads(text.replace(*truth) + "doubt: none\n")), loads(text)


HALF = "link: 20 Mbit/s", "link: 20 Mbit/s, line_factor: 50 %"


def test_what_a_proxy_serves_is_not_taken_for_what_the_line_carries():
    result, before = played(PROXY, HALF)
    learnt = learn(before, observed_in(result), rows=20)
    assert learnt[line("A")].kept is Kept.PROXY_SERVES
    assert learnt[line("B")].by["factor"] == pytest.approx(0.5, rel=1e-3)


def test_who_waits_for_a_proxy_when_the_log_ends_takes_nothing_of_the_line():
    """The proxy had its first 100 MB after 80 s, and was at its second ones."""
    result, before = played(PROXY, HALF)
    began = round(result.rollout.start.timestamp() * 1000) + 3_602_050
    web = Transfers(
        device=Column.of(["A-01"]),
        file=Column.of(["one.fpm"]),
        begin=np.array([began]),
        end=np.array([began + 80_000]),
        size=np.array([100 * MB]),
        status=np.array([200], np.int16),
    )
    learnt = learn(before, observed_in(result, until=3_602_050 + 120_000), web, rows=20)
    assert learnt[line("A")].by["factor"] == pytest.approx(0.5, rel=1e-3)


HUB = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}]}
fleet:
  units:
    South/*: {devices: 8, sites: 4, installed: a.idf}
    North: {devices: 8, installed: a.idf}
network:
  sites: {default: {link: 20 Mbit/s}}
  hubs: {H: {link: 40 Mbit/s, sites: [South/*]}}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: South, subordinate_units: true, once: 2024-01-01 22:00}]
"""


@pytest.mark.parametrize(
    ("hub", "truth", "carries"),
    [
        ("link: 40 Mbit/s", "", 1.0),
        ("link: 40 Mbit/s", ", line_factor: 50 %", 0.5),
        ("link: 40 Mbit/s", ", line_factor: 10 %", 0.1),
        ("link: 1 Gbit/s, updates_at_most: 40 Mbit/s", "", None),
        ("link: 400 Mbit/s, busy: {mon 22:00-24:00: 90 %}", "", 1.0),
    ],
)
@pytest.mark.parametrize("with_web", [False, True])
def test_a_full_hub_is_seen_and_hides_the_lines_behind_it(hub, truth, carries, with_web):
    """Lines are known to carry what came over them at least; nothing is told of others."""
    text = HUB.replace("link: 40 Mbit/s", hub)
    result, before = played(text, (hub, hub + truth))
    learnt = learn(
        before, observed_in(result), transfers_in(result) if with_web else None, rows=200
    )
    if carries is None:
        assert learnt["network.hubs.H.line_factor"].kept is Kept.HUB_NOT_TOLD
    else:
        drawn = learnt["network.hubs.H.line_factor"].belief.values
        assert np.quantile(drawn, 0.05) - 0.01 < carries < np.quantile(drawn, 0.95) + 0.01
    of_line = learnt[line("South/1")]
    if of_line.is_learnt:
        share = 0.5 * (carries or 1.0)
        assert np.quantile(of_line.belief.values, 0.05) > 0.7 * share
        assert np.quantile(of_line.belief.values, 0.95) > 0.95
    else:
        assert of_line.kept is Kept.HUB_FULL
    assert "default" not in {one.place[2] for one in learnt.learnt if one.place[0] == "network"}
    assert not learnt[line("North")].is_learnt


@pytest.mark.parametrize(
    ("said", "now", "kept"),
    [
        ("network:", "network:\n  repository: {uplink: 30 Mbit/s}", Kept.REPOSITORY_SMALL),
        ("fleet:", "firmware: {proxy: {type: dynamic}}\nfleet:", Kept.PROXY_SERVES),
        ("link: 20", "goodput: {between: [70 %, 95 %]}, link: 20", Kept.LABEL_IN_DOUBT),
        ("{update: South,", "{update: North,", Kept.NO_DOWNLOAD),
    ],
)
def test_why_a_hub_is_not_learnt_is_told(said, now, kept):
    result, before = played(HUB.replace(said, now))
    found = learn(before, observed_in(result), rows=20)["network.hubs.H.line_factor"]
    assert found.kept is kept


def test_lines_that_are_slow_are_not_taken_for_a_slow_hub():
    """Two of four lines carry a fifth, so that the others have the hub nearly to themselves."""
    slow = "  sites: {default: {link: 20 Mbit/s}"
    text = HUB.replace(slow, slow + ", South/1: {link: 20 Mbit/s}, South/2: {link: 20 Mbit/s}")
    truth = text.replace("South/1: {link: 20", "South/1: {link: 4").replace(
        "South/2: {link: 20", "South/2: {link: 4"
    )
    learnt = learn(loads(text), observed_in(played(truth)[0]), rows=200)
    drawn = {name: learnt[line(name)].belief.values for name in ("South/1", "South/2")}
    for values in drawn.values():
        assert np.quantile(values, 0.05) < 0.2 < np.quantile(values, 0.95) < 0.4
    assert np.quantile(learnt["network.hubs.H.line_factor"].belief.values, 0.05) > 0.5


def test_what_a_hub_and_its_lines_may_be_is_drawn_together():
    """Either may have held them back, and never is neither taken to have done so."""
    text = HUB.replace("sites: 4", "sites: 1").replace("link: 40 Mbit/s", "link: 20 Mbit/s")
    text = text.replace("South/*", "South").replace(", sites: 1", "")
    result, before = played(text, HALF)
    learnt = learn(before, observed_in(result), transfers_in(result), rows=200)
    names = line("South"), "network.hubs.H.line_factor"
    rows = np.array([learnt[name].belief.values for name in names])
    both = rows.min(axis=0)
    assert (np.quantile(rows, 0.9, axis=1) > 0.7).all()
    assert np.quantile(both, 0.99) < 0.65


def test_a_hub_with_room_hides_no_line():
    text = HUB.replace("link: 40 Mbit/s", "link: 1 Gbit/s")
    result, before = played(text, HALF)
    learnt = learn(before, observed_in(result), transfers_in(result), rows=20)
    assert learnt[line("South/1")].by["factor"] == pytest.approx(0.5, rel=1e-3)
    assert learnt[line("default")].observations == 4


OUTAGE = """
zone: Europe/Berlin
start: 2024-01-01 21:00
horizon: 12 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}]}
fleet: {units: {A: {devices: 8, installed: a.idf}}}
network: {sites: {default: {link: 20 Mbit/s}}, hubs: {H: {link: 1 Gbit/s, sites: [A]}}}
people: {default: {present: never}}
power: {default: {on: always}}
outages: [{where start: 2024-01-01 22:01, end: 2024-01-01 22:05:30}]
commands: [{update: A, once: 2024-01-01 22:00}]
"""


@pytest.mark.parametrize("where", ["", "site: A, ", "hub: H, "])
@pytest.mark.parametrize("with_web", [False, True])
def test_a_stated_outage_is_not_the_line_s_fault(where, with_web):
    result, before = played(OUTAGE.replace("where ", where), HALF)
    learnt = learn(before, observed_in(result), transfers_in(result) if with_web else None, rows=20)
    assert learnt[line("A")].by["factor"] == pytest.approx(0.5, rel=1e-3)


def test_an_outage_is_not_taken_for_what_others_take():
    """160 downloads take three hours, of which the second is cut by 20 min."""
    text = OUTAGE.replace("where start: 2024-01-01 22:01", "start: 2024-01-01 23:20")
    text = text.replace("22:05:30", "23:40").replace("devices: 8", "devices: 160")
    text = text.replace("network: {", "network: {repository: {connections: 6}, ")
    result, before = played(text)
    found = {
        one.name: one
        for one in learn(before, observed_in(result), transfers_in(result), rows=20).inputs
    }
    assert found[line("A")].by["factor"] == pytest.approx(1.0, rel=1e-2)
    assert found["network.sites.busy"].kept is Kept.HOURS_ALIKE


def test_a_full_line_above_is_found_though_it_was_cut_for_a_while():
    """30 GB at 100 MB/s take five minutes; they took ten, for five of which the line was cut."""
    one = LineDownloads(np.array([0]), np.array([600_000]), np.array([600 * 50 * MB]))
    above = LineAbove(100 * MB)
    assert waits_for({"a": one}, above) == {"a": 0.0}
    cuts = {"a": [(60_000, 120_000), (240_000, 480_000)]}
    assert waits_for({"a": one}, above, cuts) == {"a": pytest.approx(1.0)}


def test_downloads_faster_than_the_devices_say_nothing_of_a_line_that_was_never_full():
    """A log in milliseconds that is read as microseconds."""
    result, before = played(OUTAGE.replace("where ", ""), HALF)
    web = transfers_in(result)
    fast = replace(web, end=web.begin + (web.end - web.begin) // 1000)
    learnt = learn(before, observed_in(result), fast, rows=20)
    assert learnt[line("A")].kept is Kept.FASTER_THAN_DEVICES


def in_pieces(web, pieces):
    """Return a log in which each download is some small files, one after the other."""
    part = np.tile(np.arange(pieces), len(web))
    begin, took = np.repeat(web.begin, pieces), np.repeat(web.end - web.begin, pieces)
    first, length = begin + took * part // pieces, took // pieces
    stamp = first - first % 1000
    return replace(
        web,
        device=Column(web.device.values, np.repeat(web.device.codes, pieces)),
        file=Column(web.file.values, np.repeat(web.file.codes, pieces)),
        begin=stamp,
        end=stamp + length,
        size=np.repeat(web.size, pieces) // pieces,
        status=np.repeat(web.status, pieces),
        resolution=1000,
    )


@pytest.mark.parametrize("pieces", [1, 20, 400])
def test_a_line_is_told_from_images_of_many_small_files_as_from_one_large(pieces):
    """Stamps of whole seconds put all files of a second side by side."""
    result, before = played(OUTAGE.replace("where ", ""), HALF)
    web = in_pieces(transfers_in(result), pieces)
    learnt = learn(before, observed_in(result), web, rows=20)
    assert learnt[line("A")].by["factor"] == pytest.approx(0.5, rel=0.03)


def test_a_line_whose_devices_fetch_within_a_step_is_kept():
    result, before = played(OUTAGE.replace("where ", ""), HALF)
    web = transfers_in(result)
    short = replace(web, end=web.begin + 900, size=web.size * 0 + 1_000_000, resolution=1000)
    learnt = learn(before, observed_in(result), short, rows=20)
    assert learnt[line("A")].kept is Kept.LINE_NOT_TIMED


@pytest.mark.parametrize(
    ("where", "begins", "phase"),
    [("", "21:59", "idf"), ("", "22:01", "transfer"), ("site: A, ", "22:01", "transfer")],
)
def test_what_fails_in_a_stated_outage_is_no_fault_by_chance(where, begins, phase):
    text = OUTAGE.replace("where ", where).replace("01-01 22:01", f"01-01 {begins}")
    result, before = played(text.replace("22:05:30", "23:30"))
    assert (result.columns.state == State.FAILED).sum() == 8
    assert learn(before, observed_in(result), rows=20)[f"faults.{phase}"].kept is not None


@pytest.mark.parametrize("with_web", [True, False])
def test_downloads_within_an_outage_that_was_stated_but_did_not_come_end_nothing(
    with_web,
):
    as_planned = next(row for row in OUTAGE.splitlines() if "outages" in row)
    result, _ = played(OUTAGE.replace(as_planned, ""))
    longer = OUTAGE.replace("where ", "").replace("22:01", "21:50").replace("22:05:30", "23:30")
    _, before = played(longer)
    web = transfers_in(result) if with_web else None
    assert learn(before, observed_in(result), web, rows=20).inputs
