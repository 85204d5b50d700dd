"""What a log that tells only ends says of lines, and how its overdue devices go on."""

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.fleet.fleet import Column
from fwsim.learning.journeys import journeys_of
from fwsim.learning.under_way import runs_of_plan
from fwsim.learning.under_way.forecast import forecast
from fwsim.learning.under_way.learnt_so_far import learn_so_far
from fwsim.learning.under_way.like_the_plan import LikeThePlan
from fwsim.learning.under_way.line_by_ends import lines_by_ends
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.messages import speaking
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.observations.observed import Transfers
from fwsim.run import play_once, prepare
from tests.learning.under_way.plan_runs import played_once
from tests.learning.under_way.plan_runs import until as cut_at

MINUTE = 60_000
TEXT = """
name: Two offices
zone: UTC
start: 2026-11-23 16:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE/A: {devices: 12}, DE/B: {devices: 8}}}
network: {sites: {default: {link: 5 Mbit/s%s}%s}}
commands: [{update: DE, subordinate_units: true, once: 2026-11-23 16:10}]
"""
CUT = 34 * MINUTE
"""At 5 Mbit/s the last of A would be done 17 minutes after the command, the last of B after 12."""
ENDS = frozenset({State.SUCCESS, State.FAILED, State.NOT_NEEDED})


@pytest.fixture(scope="module")
def rollout():
    found = prepare(fwsim.loads(TEXT % ("", "")))
    with played_once(found):
        yield found


@pytest.fixture(scope="module")
def log():
    """A's line carries less than half of its label, B's three quarters of it."""
    lines = ", line_factor: 75 %", ", DE/A: {link: 5 Mbit/s, line_factor: 45 %}"
    return play_once(prepare(fwsim.loads(TEXT % lines)), 1, 0).log


def past_of(log, until=CUT, tells=ENDS):
    seen = np.isin(log.state, [int(state) for state in tells]) & (log.time <= until)
    return Past(until, log.where(seen), 20, tells)


@pytest.mark.parametrize("before", [0, 1])
def test_a_run_that_is_cut_is_the_run_that_was_stopped_there(rollout, before):
    """At the very millisecond of a line, and one before it."""
    whole = played(RunSpec(rollout, 1), 0)
    end = int(whole.log.time[len(whole.log) // 2]) - before
    stopped, cut = played(RunSpec(rollout, 1, until=end), 0), cut_at(whole, end)
    for field in ("time", "device", "state", "detail", "run", "amount"):
        assert getattr(cut.log, field).tolist() == getattr(stopped.log, field).tolist()
    assert 0 < len(cut.log) < len(whole.log)


def learnt(rollout, past, **engine):
    so_far = read_so_far(past, rollout)
    journeys = journeys_of([so_far.observed], rollout)
    found = lines_by_ends(journeys, rollout, so_far, engine.get("engine"))
    return {one.place[2]: one for one in found.inputs}


def test_a_line_is_learnt_from_when_its_devices_ended_and_that_others_have_not(rollout, log):
    found = learnt(rollout, past_of(log))
    assert set(found) == {"DE/A", "DE/B"}
    slow, done = (np.array(found[name].belief.values) for name in ("DE/A", "DE/B"))
    assert slow.max() < 0.85  # at more, it would have brought them through
    assert np.quantile(slow, 0.05) < 0.45 < np.quantile(slow, 0.95)
    low, high = np.quantile(done, [0.05, 0.95])
    assert low < 0.75 < high
    assert high / low < 1.6
    assert found["DE/A"].seen == "12 devices of 1 rollout"


def test_a_line_that_is_slower_than_any_in_the_runs_is_not_taken_for_the_slowest_of_them(
    rollout, monkeypatch
):
    """Of what is believed of lines, one in two thousand carries less than 12 %."""
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 200)
    until = 200 * MINUTE
    slow = prepare(fwsim.loads(TEXT % (", line_factor: 12 %", "") + "doubt: none\n"))
    found = learnt(rollout, past_of(play_once(slow, 1, 0).log, until))
    assert found
    for one in found.values():
        low, high = np.quantile(one.belief.values, [0.025, 0.975])
        assert low < 0.12 < high < 0.16


def slow_by_ends(text, until, factor="12 %"):
    """Return what is learnt of a rollout whose lines carry but a part."""
    slow = prepare(fwsim.loads(text % (f", line_factor: {factor}", "") + "doubt: none\n"))
    rollout = prepare(fwsim.loads(text % ("", "")))
    return learnt(rollout, past_of(play_once(slow, 1, 0).log, until))


def is_about_12_percent(one):
    low, high = np.quantile(one.belief.values, [0.025, 0.975])
    return low < 0.12 < high < 0.17


def test_a_site_whose_command_comes_a_week_later_is_measured_from_then(monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    waves = TEXT.replace("horizon: 1 d", "horizon: 9 d").split("commands:")[0] + (
        "commands: [{update: DE/A, once: 2026-11-23 16:10}, "
        "{update: DE/B, once: 2026-11-30 16:10}]\n"
    )
    found = slow_by_ends(waves, 7 * 24 * 60 * MINUTE + 200 * MINUTE)
    assert is_about_12_percent(found["DE/B"])


def test_an_update_in_time_does_not_hide_by_how_much_a_delivery_ahead_was_late(monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    ahead = "{delivery: DE, subordinate_units: true, once: 2026-11-23 16:10}"
    update = "{update: DE, subordinate_units: true, once: 2026-11-23 22:10}"
    both = TEXT.split("commands:", maxsplit=1)[0] + f"commands: [{ahead}, {update}]\n"
    found = slow_by_ends(both, 480 * MINUTE)
    assert set(found) == {"DE/A", "DE/B"}
    assert is_about_12_percent(found["DE/A"])


def test_devices_that_no_command_is_for_do_not_keep_a_site_from_being_done(monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    head = TEXT.split("commands:", maxsplit=1)[0]
    names = prepare(fwsim.loads(TEXT % ("", ""))).fleet.names
    some = head + (
        f"commands: [{{update: {{devices: [{', '.join(names[:8])}]}}, once: 2026-11-23 16:10}}]\n"
    )
    (one,) = slow_by_ends(some, 200 * MINUTE).values()
    assert is_about_12_percent(one)
    assert one.observations == 8


def test_devices_that_begin_by_themselves_count_before_they_are_done(monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 40)
    alone = TEXT.split("commands:", maxsplit=1)[0].replace("s: 12}", "s: 12, power: late}")
    alone += "power: {late: {on: 16:10-23:59, jitter: 2 min}}\n"
    alone += "notifications: [{update: DE, subordinate_units: true}]\n"
    found = slow_by_ends(alone, 45 * MINUTE, "45 %")
    assert found["DE/A"].observations == 12


def test_a_site_that_is_late_for_something_else_has_no_slow_line(monkeypatch):
    """Its line is done with it in a minute; an outage held it up for three hours."""
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    fast = prepare(fwsim.loads(TEXT.replace("link: 5 M", "link: 1 G") % ("", "")))
    log = play_once(fast, 1, 0).log
    late = replace(log, time=log.time + 180 * MINUTE)
    so_far = read_so_far(past_of(late, 360 * MINUTE), fast)
    found = lines_by_ends(journeys_of([so_far.observed], fast), fast, so_far)
    assert found.inputs == ()
    assert found.unlike == ("DE/A", "DE/B")


def test_a_plan_in_which_many_fail_is_like_itself(monkeypatch):
    """Who has failed does not count by the log; so it must not in the runs."""
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 60)
    text = TEXT.replace("devices: 12", "devices: 40").replace("devices: 8", "devices: 30")
    text = text.replace("5 Mbit/s", "20 Mbit/s")
    many = prepare(fwsim.loads(text % ("", "") + "faults: {installation: 50 %}\n"))
    so_far = read_so_far(past_of(play_once(many, 0, 0).log, 3 * CUT), many)
    assert lines_by_ends(journeys_of([so_far.observed], many), many, so_far).unlike == ()


def test_devices_that_failed_do_not_make_their_line_slow(rollout, log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 200)
    past = past_of(log)
    state = past.log.state.copy()
    of_b = np.flatnonzero(rollout.fleet.site.codes[past.log.device] == 1)
    state[of_b[:4]] = int(State.FAILED)
    found = learnt(rollout, replace(past, log=replace(past.log, state=state)))["DE/B"]
    assert np.quantile(found.belief.values, 0.95) > 0.75
    assert found.observations == 4


def test_a_line_whose_devices_have_just_ended_is_not_taken_for_one_where_none_has(
    rollout, log, monkeypatch
):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 200)
    last = int(log.time[log.state == int(State.SUCCESS)].max())
    values = learnt(rollout, past_of(log, until=last + 1000))["DE/A"].belief.values
    low, high = np.quantile(values, [0.05, 0.95])
    assert low < 0.45 < high
    assert high / low < 1.6


def test_the_ends_of_a_delivery_ahead_tell_of_lines_too(monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 200)
    update = "update: DE, subordinate_units: true, once: 2026-11-23 20:10"
    ahead = "delivery: DE, subordinate_units: true, once: 2026-11-23 16:10"
    text = TEXT[: TEXT.index("commands")] + f"commands: [{{{ahead}}}, {{{update}}}]"
    log = play_once(prepare(fwsim.loads(text % (", line_factor: 60 %", ""))), 1, 0).log
    found = learnt(prepare(fwsim.loads(text % ("", ""))), past_of(log, until=60 * MINUTE))
    assert set(found) == {"DE/A", "DE/B"}
    for one in found.values():
        low, high = np.quantile(one.belief.values, [0.05, 0.95])
        assert low < 0.6 < high < 0.85


def test_both_clocks_learn_the_same(rollout, log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 24)
    assert learnt(rollout, past_of(log), engine="simpy") == learnt(rollout, past_of(log))


def test_where_the_repository_holds_all_back_nothing_is_learnt_of_lines(log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    slow = TEXT.replace("sites: {", "repository: {uplink: 2 Mbit/s}, sites: {")
    rollout = prepare(fwsim.loads((slow % ("", "")).replace("link: 5 M", "link: 50 M")))
    past = past_of(play_once(rollout, 1, 0).log, 84 * MINUTE)
    assert len(past.log)
    assert not learnt(rollout, past)


def test_a_log_that_tells_more_is_not_learnt_from_so(rollout, log):
    past = past_of(log, tells=ENDS | {State.TRANSFER, State.INSTALL})
    assert not learnt(rollout, past)
    assert learn_so_far(rollout, read_so_far(past, rollout)).inputs


def test_a_web_log_that_has_no_download_yet_keeps_no_ends_from_telling(rollout, log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    none = np.zeros(0, np.int64)
    empty = Column.of([])
    web = Transfers(empty, empty, none, none, none, none.astype(np.int16))
    so_far = read_so_far(past_of(log), rollout)
    assert learn_so_far(rollout, so_far, web).inputs == learn_so_far(rollout, so_far).inputs != ()


def test_a_line_that_is_known_is_not_learnt(log):
    rollout = prepare(fwsim.loads(TEXT % (", line_factor: 75 %", "") + "doubt: none\n"))
    assert not learnt(rollout, past_of(log))


def test_devices_of_a_site_that_are_overdue_wait_for_the_same(rollout, log):
    plain = Draws(rollout, Chances(1))[Purpose.OVERDUE].row(0)
    shared = Draws(rollout, Chances(1), past_of(log))[Purpose.OVERDUE].row(0)
    site = rollout.fleet.site.codes
    firsts = {code: plain[np.argmax(site == code)] for code in np.unique(site).tolist()}
    assert shared.tolist() == [firsts[code] for code in site.tolist()]
    more = past_of(log, tells=ENDS | {State.INSTALL})
    kept = Draws(rollout, Chances(1), more)[Purpose.OVERDUE].row(0)
    assert (kept == plain).all()


def test_a_slow_line_does_not_make_the_last_device_late_by_hours(rollout, log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    under_way = forecast(rollout, past_of(log), runs=40, workers=1)
    last = [run.steps[0][-1] for run in under_way.now.replications]
    assert np.quantile(last, 0.05) < log.time[-1] < np.quantile(last, 0.95)
    assert np.quantile(last, 0.95) < CUT + 60 * MINUTE


def test_a_reason_that_is_known_by_nothing_but_ends_says_so(rollout, log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    past = past_of(log, until=CUT + 10 * MINUTE)
    told = "\n".join(forecast(rollout, past, runs=40, workers=1).sentences())
    assert "DE/A's line carries" in told
    assert (
        "This log shows only when devices were done. What lines carry is estimated from that"
        in told
    )


def without_half_of_a(rollout, until):
    """Return the past of a rollout as planned, of which the log leaves out half of A's devices."""
    past = past_of(play_once(rollout, 1, 0).log, until)
    left_out = (rollout.fleet.site.codes[past.log.device] == 0) & (past.log.device % 2 == 0)
    return replace(past, log=past.log.where(~left_out))


def test_of_a_site_whose_devices_ended_as_in_no_run_of_the_plan_no_line_is_learnt(
    rollout, monkeypatch
):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    under_way = forecast(rollout, without_half_of_a(rollout, 2 * CUT), runs=20, workers=1)
    assert under_way.unlike == ("DE/A",)
    assert [one.place[2] for one in under_way.inputs] == ["DE/B"]
    told = "\n".join(under_way.sentences())
    assert "When devices at DE/A were done, and how many are not, fits no run of the plan" in told
    assert "The log has no line of 6 of 20 devices: they count as not done" in told
    assert told.endswith("That holds only where the plan fits, and at DE/A it does not.")
    with speaking("de"):
        told = "\n".join(under_way.sentences())
    assert "Zu 6 von 20 Geräten hat das Protokoll keine Zeile" in told


def test_where_an_export_shows_who_is_not_done_it_is_not_said_to_leave_them_out(
    rollout, monkeypatch, tmp_path
):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    path = tmp_path / "states-2026-11-23T17-00.csv"
    for shown in (rollout.fleet.names, rollout.fleet.names[:8]):
        rows = [f"{one};{'Successful' * (place < 8)}" for place, one in enumerate(shown)]
        path.write_text("\n".join(["Device;Update State", *rows]))
        told = "\n".join(forecast(rollout, path, runs=5, workers=1).sentences())
        assert ("The log has no line of 12 of 20 devices" in told) == (len(shown) == 8)


def test_who_was_shown_by_an_earlier_export_may_be_left_out_by_the_last(
    rollout, monkeypatch, tmp_path
):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 60)
    names, path = rollout.fleet.names, tmp_path / "states.csv"
    for last, count in ((names, None), (names[:8], 12)):
        looks = (("16:15", names, 0), ("16:40", names, 0), ("17:00", last, 8))
        rows = [
            f"2026-11-23 {time};{one};{'Successful' * (place < done)}"
            for time, shown, done in looks
            for place, one in enumerate(shown)
        ]
        path.write_text("\n".join(["Time;Device;Update State", *rows]))
        told = "\n".join(forecast(rollout, path, runs=5, workers=1).sentences())
        assert ("The log has no line of" in told) == (count is not None)
        assert count is None or f"no line of {count} of 20 devices" in told


def test_a_log_of_the_plan_itself_is_not_called_unlike_it():
    """Each site's log is one more run of it; at 100 sites with 40 of them, none is unlike.

    A site's is called unlike if it is farther off than the farthest of 4,000 that are like it.
    """
    luck, fits = np.random.default_rng(1), LikeThePlan()
    for site in range(100):
        runs = np.sort(luck.normal(luck.normal(size=(41, 1)), 0.1, (41, 6)), axis=1)
        fits.look(str(site), np.abs(runs[1:] - runs[0]).mean(axis=1), [runs[1:]], [np.inf])
    assert fits.unlike == ()
    fits.look("far", np.abs(runs[1:] - 30).mean(axis=1), [runs[1:]], [np.inf])
    assert fits.unlike == ("far",)


def test_progress_is_told_while_runs_are_played_to_learn_from(rollout, log, monkeypatch):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 60)
    told = []
    forecast(rollout, past_of(log), runs=5, workers=1, progress=lambda *at: told.append(at))
    assert told == [(done + 1, 70) for done in range(70)]


def test_a_look_at_the_console_says_only_that_devices_ended_before_it(rollout, tmp_path):
    done = [
        name
        for name, code in zip(rollout.fleet.names, rollout.fleet.site.codes, strict=True)
        if code == 1
    ]
    rows = [f"{name};Successful" for name in done]
    path = tmp_path / "states-2026-11-23T16-34.csv"
    path.write_text("\n".join(["Device;Update State", *rows]))
    so_far = read_so_far(path, rollout)
    assert so_far.until == CUT
    learnt = {one.place[2]: one for one in learn_so_far(rollout, so_far).inputs}
    values = np.array(learnt["DE/B"].belief.values)
    assert values.min() < 0.62  # 0.53 would do; the middle of command and look would need more
    assert (values == 1.0).any()
