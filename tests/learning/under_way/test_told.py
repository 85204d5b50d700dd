"""Why a rollout is behind, what its silent devices are, and the picture of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

import fwsim
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.experiments.run_spec import RunSpec
from fwsim.learning.under_way import put_back, told, under_way
from fwsim.learning.under_way.because import Cause
from fwsim.learning.under_way.silence import Fate, fates
from fwsim.model.past import Past
from fwsim.model.silence import SILENT_AFTER, Silence, heard_next, is_stale
from fwsim.model.status_log import CommandRun, LogColumns
from fwsim.observations.mapping import LogMapping
from fwsim.run import play_once, prepare
from tests.learning.under_way import office

MINUTE = 60_000
PLACE = ("people", "default", "answer")


def log_of(*lines):
    """Return a log of lines (minute, device, state) or (minute, device, state, detail)."""
    rows = [(m * MINUTE, d, int(s), int(more[0]) if more else 0) for m, d, s, *more in lines]
    time, device, state, detail = (np.array(column) for column in zip(*rows, strict=True))
    none = np.zeros(len(rows), np.int64)
    run = CommandRun(office.rollout().runs[0].command, 0, "1")
    return LogColumns(
        time.astype(np.int64),
        device.astype(np.int32),
        none.astype(np.int32),
        state.astype(np.int8),
        detail.astype(np.int8),
        none,
        (run,),
    )


UEFI = """\
zone: UTC
start: 2021-11-05 08:00
doubt: none
image: {name: b.idf, packages: [{name: base, size: 300 MB}]}
uefi: {A: {version: "1.12", size: 16 MB}}
fleet: {units: {DE: {devices: 8, attributes: {Device type: A, BIOS: "1.0"}}}}
commands: [{%s: DE, once: 2021-11-05 09:00}]
"""


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("uefi_update", "All of this is about UEFI updates: no other is commanded."),
        ("delivery", "All of this is about deliveries: no update is commanded."),
        ("update", None),
    ],
)
def test_what_is_no_update_is_told_as_what_it_is(tmp_path, command, said):
    scenario = fwsim.loads(UEFI % command)
    fwsim.simulate(scenario, until=90 * MINUTE).save(tmp_path / "run")
    sentences = list(
        fwsim.forecast(scenario, tmp_path / "run", runs=3, seed=1, workers=1).sentences()
    )
    assert [one for one in sentences if "this is about" in one] == ([said] if said else [])


PLACES = [("network", "sites", f"S{n}", "line_factor") for n in range(5)]


def reasons(gap, *causes):
    return told._named(SimpleNamespace(gap=gap, causes=causes))


@pytest.mark.parametrize("is_cause", [True, False])
def test_commands_that_began_late_stand_once_among_the_reasons(monkeypatch, is_cause):
    """Where they explain something, but too little to be named, they stood there twice."""
    late = SimpleNamespace(text="command 1 began late")
    later = Cause(("commands",), 0.0, 0.0, -0.02, late=late)
    found = SimpleNamespace(gap=-0.5, causes=[later] * is_cause)
    for name, value in (("has_gap", True), ("_later", "Later because"), ("_late", "command 1")):
        monkeypatch.setattr(told, name, lambda _, value=value: value)
    assert len(told.named_beside_causes(found)) == (not is_cause)


def test_lines_are_one_reason_however_many_there_are():
    """Five slow sites do not keep the users' answers out of the sentence."""
    lines = [Cause(place, 0.9, 0.4, -0.05, label=1e6) for place in PLACES]
    answers = Cause(PLACE, 0.4, 0.7, -0.1, "defer")
    fewer = Cause(("power", "default", "left_on"), 0.6, 0.9, 0.2)
    texts = reasons(-0.4, fewer, answers, *lines)
    assert [text.split()[0] for text in texts] == ["S0's", "S1's", "S2's", "2", "70.0"]
    assert texts[3] == "2 more lines carry less than was believed"
    assert "2 more lines carry more" not in "".join(reasons(0.2, fewer, *lines))


def test_sites_at_which_wake_up_fails_are_one_reason():
    """Three of thirty alone explain a tenth of the gap, and all of them explain it."""
    failing = [Cause(("network", "sites", f"S{n}", "wake_up"), 1.0, 0.0, -0.01) for n in range(30)]
    texts = reasons(-0.3, *failing)
    assert len(texts) == 4
    assert texts[3] == "wake-up fails at 27 more sites"


def test_next_to_nothing_is_no_reason():
    assert reasons(-0.4, Cause(PLACE, 0.4, 0.7, -0.1, "defer")) == []
    assert reasons(0.3, Cause(PLACE, 0.4, 0.7, -0.3, "defer")) == []


@pytest.mark.parametrize(
    ("done", "most", "said"),
    [
        (0.4, 0.4, "and so it is."),
        (0.2, 0.4, "and so it may be."),
        (0.2, 0.4, "so it may be within what was to be expected."),
        (0.4, 0.4, "so it is within what was to be expected."),
        (0.2, 0.2, "so it is outside what was to be expected."),
    ],
)
def test_what_hangs_on_devices_that_may_have_ended_is_not_told_as_certain(
    monkeypatch, done, most, said
):
    monkeypatch.setattr(told, "has_gap", lambda _: True)
    monkeypatch.setattr(told, "_named", lambda _: ["a reason"] * ("what" in said))
    found = SimpleNamespace(expected_range=(0.3, 0.8), done=done, most_done=most, gap=-0.1)
    for name in ("is_as_expected", "is_surely_as_expected"):
        setattr(found, name, getattr(under_way.UnderWay, name).fget(found))
    past = SimpleNamespace(log=SimpleNamespace(device=np.zeros(0), state=np.zeros(0)))
    found.so_far = SimpleNamespace(past=past)
    assert told._why(found).endswith(said)


def test_whose_answers_they_are_is_told():
    """Two kinds of people that answer otherwise are two reasons, not one with two numbers."""
    texts = [
        Cause(("people", kind, "answer"), 0.1, now, -0.05, "cancel").text
        for kind, now in (("office", 0.3), ("counter", 0.4))
    ]
    assert texts == [
        "30.0 % of the users who are asked cancel (people.office.answer) instead of 10.0 %",
        "40.0 % of the users who are asked cancel (people.counter.answer) instead of 10.0 %",
    ]


def test_what_few_have_shown_is_not_told_as_a_fact():
    """Four sites at which wake-up fails leave a belief of twenty at 61 %, and not the rollout."""
    cause = Cause(("assumptions", "wake_up_sites"), 0.957, 0.614, -0.3)
    assert cause.text == "assumptions.wake_up_sites is thought to be 61.4 % instead of 95.7 %"


def test_without_a_gap_no_runs_look_for_reasons(monkeypatch):
    found = office.at("14:30")
    monkeypatch.setattr(under_way, "causes", lambda *_: pytest.fail("there is nothing to explain"))
    assert not told.has_gap(found)
    assert found.as_data()["because"] == []


@pytest.mark.parametrize(
    ("some", "counts"),
    [
        (1, "1 device that the log shows as commanded or that is"),
        (3, "3 devices that the log shows as commanded or that are"),
    ],
)
def test_how_many_are_counted_is_told_where_the_log_shows_fewer_than_were_to_be(some, counts):
    """One device that is not done is no rollout that is 80 points behind."""
    log = office.real_log()
    found = fwsim.forecast(
        office.rollout(),
        log.where(log.device < some),
        at="2021-09-24 17:00",
        runs=office.RUNS,
        engine=office.ENGINE,
        workers=1,
        before=office.plain(),
    )
    assert f"of the {counts} still to be (10 were to be)" in found.headline
    assert not told.has_gap(found)
    assert "9 rollouts in 10" not in str(found)


def test_only_devices_that_were_commanded_count_for_reasons():
    order = RunSpec(office.rollout(), 1, until=240 * MINUTE, engine=Engine.COMPILED)
    every = put_back.done_by_site(order, 0)
    half = put_back.done_by_site(order, 0, np.arange(10) % 2 == 0)
    rest = put_back.done_by_site(order, 0, np.arange(10) % 2 == 1)
    assert every.sum() > half.sum() > 0
    np.testing.assert_array_equal(half + rest, every)


BY_UNIT = """\
zone: UTC
start: 2021-11-05 08:00
horizon: 12 h
image: {name: b.idf, packages: [{name: base, size: 30 MB}]}
fleet: {units: {DE/*: {sites: 2, devices: 6, installed: a.idf, people: office, power: always}}}
network: {sites: {default: {link: 20 Mbit/s}}}
people: {office: {answer: {about: {now: 85 %, defer: 5 %, cancel: 5 %}, worth: 20, each: unit}}}
power: {always: {on: always}}
commands:
  - {update: DE, subordinate_units: true, inform_user: 5 min, user_can_cancel: true,
     once: 2021-11-05 09:00}
"""


SITES, HUB = "network.sites.default.", "network.hubs.H.line_factor"
BEHIND_A_HUB = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}]}
fleet: {units: {South/*: {devices: 2, sites: 2, installed: a.idf}}}
network:
  sites: {default: {link: 20 Mbit/s}}
  hubs: {H: {link: 40 Mbit/s, sites: [South/*]}}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: South, subordinate_units: true, once: 2024-01-01 22:00}]
"""


def test_what_is_never_learnt_is_named_where_nothing_that_was_learnt_is_the_reason():
    """All cancel, and what every OU draws of its people is not learnt."""
    shares = "{about: {now: 85 %, defer: 5 %, cancel: 5 %}, worth: 20, each: unit}"
    real = BY_UNIT.replace(shares, "{now: 0 %, defer: 0 %, cancel: 99 %}") + "doubt: none\n"
    log = play_once(prepare(fwsim.loads(real)), 3, 0).log
    found = fwsim.forecast(fwsim.loads(BY_UNIT), log, at="2021-11-05 11:00", runs=20, workers=1)
    assert found.gap < -0.5
    assert (
        "no input that was learnt stands out as the reason; in doubt and not learnt while it is "
        "under way: people.office.answer; 12 devices have failed or were cancelled. 9 rollouts "
    ) in str(found)
    assert str(found).count("people.office.answer") == 1
    early = fwsim.forecast(fwsim.loads(BY_UNIT), log, at="2021-11-05 09:00", runs=20, workers=1)
    assert (
        "In doubt and never learnt from a rollout's own log, so it stays as it was believed: "
        "people.office.answer."
    ) in early.sentences()
    assert "people.office.answer" not in {one.name for one in found.inputs}


@pytest.mark.parametrize(
    ("said", "now", "places"),
    [
        ("network:", "network:\n  repository: {uplink: 30 Mbit/s}", HUB),
        ("fleet:", "firmware: {proxy: {type: dynamic}}\nfleet:", f"{SITES}line_factor, {HUB}"),
        ("link: 20", "goodput: {between: [70 %, 95 %]}, link: 20", f"{SITES}goodput, {HUB}"),
    ],
)
def test_lines_and_hubs_that_no_log_of_devices_tells_are_named(said, now, places):
    scenario = fwsim.loads(BEHIND_A_HUB.replace(said, now))
    log = play_once(prepare(scenario), 3, 0).log
    found = fwsim.forecast(scenario, log, at="2024-01-01 22:05", runs=2, workers=1)
    assert (
        "In doubt and never learnt from a rollout's own log, so it stays as it was believed: "
        f"{places}."
    ) in found.sentences()


def test_a_hub_that_can_be_learnt_is_none_of_what_never_is():
    scenario = fwsim.loads(BEHIND_A_HUB)
    log = play_once(prepare(scenario), 3, 0).log
    found = fwsim.forecast(scenario, log, at="2024-01-01 22:05", runs=2, workers=1)
    assert "never learnt" not in str(found)


def test_where_all_have_failed_that_is_said_and_ends_that_read_alike_are_one():
    plan = BEHIND_A_HUB + "seed: 1\n"
    real = prepare(fwsim.loads(plan + "faults: {transfer: 100 %}\ndoubt: none\n"))
    log = play_once(real, 1, 0).log
    found = fwsim.forecast(fwsim.loads(plan), log, at="2024-01-02 02:00", runs=20, workers=1)
    assert (
        "100 points off, and no input that was learnt stands out as the reason; 4 devices have "
        "failed or were cancelled. 9 rollouts in 10 were expected to be at 100.0 % by now, so"
    ) in str(found)


def test_a_hub_is_told_by_what_it_carries():
    cause = Cause(("network", "hubs", "South", "line_factor"), 0.7, 0.1, -0.3, label=40e6 / 8)
    assert cause.text == "hub South carries 4 instead of 28 Mbit/s"


def test_a_hub_and_the_lines_of_sites_are_reasons_of_their_own():
    places = [("hubs", "South"), ("sites", "A"), ("sites", "B")]
    found = [
        Cause(("network", *place, "line_factor"), 0.7, 0.1, -0.2, label=5e6) for place in places
    ]
    reasons = told._reasons(SimpleNamespace(gap=-0.6, causes=tuple(found)))
    assert [len(one) for one in reasons] == [2, 1]


def test_a_line_is_told_by_what_it_carries():
    place = ("network", "sites", "Branch 17", "line_factor")
    cause = Cause(place, 0.69, 0.45, -0.05, label=6e6 / 8)
    assert cause.text == "Branch 17's line carries 2.7 instead of 4.14 Mbit/s"


def test_silent_is_who_is_at_work_and_has_told_nothing_for_long():
    log = log_of(
        (0, 0, State.PROBING),
        (1, 0, State.TRANSFER),
        (1, 1, State.INSTALL),
        (1, 2, State.NOTIFYING),
        (1, 3, State.SUCCESS),
        (20, 4, State.TRANSFER),
    )
    until = MINUTE + SILENT_AFTER
    silence = Silence.of(Past(until, log, 10))
    assert silence.device.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("at", "state", "stale"),
    [
        (SILENT_AFTER, State.TRANSFER, True),
        (SILENT_AFTER - 1, State.TRANSFER, False),
        (SILENT_AFTER, State.DEFERRED, False),
        (SILENT_AFTER, State.PROBING, True),
    ],
)
def test_a_log_that_ends_while_devices_are_at_work_may_be_cut_off(at, state, stale):
    log = log_of((0, 0, State.PROBING), (1, 0, state), (1, 1, State.SUCCESS))
    past = Past(MINUTE + at, log, 10)
    assert is_stale(past, are_held=False) is stale
    is_held = state is State.PROBING
    assert is_stale(past, are_held=True) is (stale and not is_held)


def test_a_log_that_may_be_cut_off_is_told():
    rollout, log = office.rollout(), office.real_log()
    at_work = log.time[np.flatnonzero(log.state == State.TRANSFER)[0]]
    past = Past(int(at_work) + 60 * MINUTE, log.where(log.time <= at_work), len(rollout.fleet))
    found = fwsim.forecast(rollout, past, runs=2, workers=1)
    assert "The log's last line is from Fri 24 Sep 2021" in str(found)


def test_a_silent_device_is_slow_off_or_lost_by_what_is_heard_next():
    past = log_of(*((1, device, State.TRANSFER) for device in range(5)))
    silence = Silence.of(Past(40 * MINUTE, past, 10))
    run = log_of(
        *((1, device, State.TRANSFER) for device in range(5)),
        (50, 0, State.INSTALL),
        (60, 1, State.FAILED, Detail.POWER_LOST_IN_TRANSFER),
        (70, 2, State.UNREACHED),
        (80, 4, State.UNREACHED, Detail.BUSY_AND_SILENT),
    )
    slow, off, lost = Fate.SLOW, Fate.OFF, Fate.LOST
    assert fates(heard_next(silence, run)) == [slow, off, off, lost, slow]


def test_the_picture_has_the_past_the_fan_and_the_ghost():
    from matplotlib import pyplot as plt

    found = office.at("17:00")
    ax = found.figure()
    _, labels = ax.get_legend_handles_labels()
    assert {"as it went", "expected before the start", "9 in 10 ways to go on"} <= set(labels)
    past = next(line for line in ax.lines if line.get_label() == "as it went")
    assert past.get_ydata()[-1] == found.done
    plt.close(ax.figure)


@cache
def of_few(runs):
    log, begin = office.real_log(), "2021-09-24 16:00"
    return fwsim.forecast(office.rollout(), log, at=begin, runs=runs, engine="compiled", workers=1)


def test_few_runs_do_not_say_that_their_ranges_hold_in_nine_of_ten_ways():
    assert list(office.at("16:00").sentences())[-1].endswith(
        "it holds in 9 of 10 ways the rest may go."
    )
    last = list(of_few(2).sentences())[-1]
    assert "that of 2 runs holds in 33.3 % of the ways" in last
    assert last.endswith("19 or more runs give one that holds in 9 of 10.")


def test_the_bands_of_few_runs_are_told_as_what_they_hold():
    from matplotlib import pyplot as plt

    ax = of_few(2).figure()
    _, labels = ax.get_legend_handles_labels()
    assert "33.3 % of the ways to go on (2 runs)" in labels
    assert "33.3 % of the rollouts before the start (2 runs)" in labels
    assert "5 in 10" not in labels
    plt.close(ax.figure)


@pytest.mark.parametrize("clock", ["16:00", "16:00:20"])
def test_the_picture_has_the_ranges_that_the_sentences_tell(clock):
    from matplotlib import pyplot as plt
    from matplotlib.dates import date2num

    found = office.at(clock)
    ax = found.figure()
    bands = {band.get_label(): band.get_paths()[0].vertices for band in ax.collections}
    before = bands["9 rollouts in 10 before the start"]
    now = date2num(np.datetime64(f"2021-09-24T{clock}"))
    told = {found.expected.low.value, found.expected.high.value}
    assert told <= set(before[np.isclose(before[:, 0], now, atol=1e-9, rtol=0), 1])
    for answer, band in ((found.before, before), (found.now, bands["9 in 10 ways to go on"])):
        end = answer.forecast("successful")
        assert {end.low.value, end.high.value} <= set(band[band[:, 0] == band[:, 0].max(), 1])
    plt.close(ax.figure)


def test_what_changed_since_the_last_forecast_is_told():
    text = office.at("17:00").since(office.at("14:30"))
    assert text.startswith("Since Fri 24 Sep 2021 14:30: ")
    assert "done instead of 0.0 %" in text


def test_where_nothing_needs_a_reason_none_is_told_to_have_been_learnt():
    last, found = office.at("14:30"), replace(office.at("14:30"))
    found.__dict__["causes"] = (Cause(PLACE, 0.4, 0.7, -0.1, "defer"),)
    assert not told.has_gap(found)
    assert "Learnt meanwhile" not in found.since(last)


@pytest.mark.parametrize("runs", [1, 5, 9])
def test_by_when_devices_had_it_is_told_by_the_look_that_shows_them(tmp_path, runs):
    """At a quarter past ten somebody looked; that they had it by half past nine nobody saw."""
    scenario = fwsim.loads(UEFI % "update")
    export = tmp_path / "states-2021-11-05T10-15.csv"
    rows = [f"{name};Successful" for name in fwsim.simulate(scenario).devices["device"]]
    export.write_text("\n".join(["Device;Update State", *rows, ""]))
    found = fwsim.forecast(scenario, export, runs=runs, seed=1, workers=1)
    first = next(iter(found.sentences()))
    assert "had it by Fri 5 Nov 2021 10:15" in first
    assert ("before the start" in first) == (runs == 9)
    assert "; 95 % by Fri 5 Nov 2021 10:15 instead of " in found.since(found)


WAITING = """\
zone: UTC
start: 2024-01-01 08:00
horizon: 4 h
doubt: none
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE: {devices: 4}}}
power: {default: {on: "mon-fri 08:30-17:00", jitter: 5 min}}
notifications: [{update: DE}]
"""


@pytest.mark.parametrize("engine", list(Engine))
def test_no_more_lines_are_forced_than_a_log_has(engine, tmp_path):
    """A log of ends, of devices that begin by themselves: start and end are the same line."""
    scenario, log = fwsim.loads(WAITING), tmp_path / "ends.csv"
    lines = [f"2024-01-01 09:0{n},DE-{n},notification 1,SUCCESSFUL" for n in range(1, 5)]
    log.write_text("\n".join(["Time,Device,Command,State", *lines]))
    options = {"runs": 2, "seed": 1, "engine": engine, "workers": 1}
    with pytest.raises(fwsim.InputError, match="exports of the console do not say which"):
        fwsim.forecast(scenario, log, **options)
    found = fwsim.forecast(scenario, log, mapping=LogMapping(form="events"), **options)
    assert [run.corrected for run in found.now.replications] == [4, 4]
    assert "4 of 4 lines of the log had to be forced" in str(found)
