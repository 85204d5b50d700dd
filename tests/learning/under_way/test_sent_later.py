"""A command clicked later than planned: it begins when the log has it, and that is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.sent_later import as_sent, told_of_later
from fwsim.learning.under_way.so_far import SoFar, read_so_far
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import speaking
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.observed import What
from fwsim.observations.own_columns import observed_in
from fwsim.problems import InputError
from fwsim.results.run.record import RunRecord
from fwsim.run import play_once, prepare

MINUTE = 60_000
TEXT = """\
name: a click late
zone: Europe/Berlin
start: 2026-06-01 08:00
horizon: 1 d
image: {name: new.idf, packages: [{name: os, size: 100 MB}]}
fleet: {units: {A: {devices: 4, installed: old.idf}, B: {devices: 4, installed: old.idf}}}
network: {sites: {default: {link: 1 Gbit/s}}}
power: {default: {on: always}}
commands: [{update: A, devices_wait: 5 min, once: "2026-06-01 16:00"}]
doubt: none
"""
WAVES = TEXT.replace("16:00", "16:05").replace(
    "commands: [", 'commands: [{update: B, once: "2026-06-01 16:00"}, '
)
TOLD = "command 1 was due at 2026-06-01 16:00, but in the log it begins at 2026-06-01 16:12; "


def rollout(text: str = TEXT) -> Rollout:
    return prepare(fwsim.loads(text))


def played(clicked: str, text: str = TEXT) -> RunRecord:
    """Return a rollout whose command of four o'clock was clicked at another time."""
    return play_once(rollout(text.replace("2026-06-01 16:00", f"2026-06-01 {clicked}")), 7, 0)


def as_read(run: RunRecord, planned: Rollout) -> LogColumns:
    """Return its log as it is read beside the plan, which alone says when its command was due."""
    return replace(run.log, runs=planned.runs)


def seen(clicked: str = "16:12", at: str = "16:13", *, own: bool = True) -> SoFar:
    planned, run = rollout(), played(clicked)
    log = as_read(run, planned) if own else observed_in(run.log, run.rollout, int(run.log.time[-1]))
    return read_so_far(log, planned, f"2026-06-01 {at}")


def forecast(at: str, *, own: bool = True) -> fwsim.UnderWay:
    run, planned = played("16:12"), rollout()
    log = as_read(run, planned) if own else observed_in(run.log, run.rollout, int(run.log.time[-1]))
    options = {"engine": "compiled", "workers": 1, "runs": 20}
    return fwsim.forecast(planned, log, at=f"2026-06-01 {at}", **options)


def over(answer: fwsim.Answer) -> list[int]:
    """Return when each run has its devices done, milliseconds after the start."""
    first = min(run.first_command for run in answer.replications)
    return [round(first + value) for value in answer.values(Measure(Kind.TIME_TO, share=0.95))]


@pytest.mark.parametrize("own", [True, False], ids=["own", "of few states"])
@pytest.mark.parametrize("at", ["16:13", "16:18", "16:23"])
def test_nobody_waits_for_ever_whose_command_began_later_than_planned(at, own):
    found = forecast(at, own=own)
    log = played("16:12").log
    assert found.now.values(Measure(Kind.SUCCESSFUL)) == [1.0] * 20
    last = int(log.time[log.in_state(State.SUCCESS)].max())
    ends = over(found.now)
    assert min(ends) > last - 2 * MINUTE
    assert abs(np.median(ends) - last) < 2 * MINUTE


def test_that_a_command_began_later_is_said_in_both_languages():
    assert [problem.message for problem in seen().contradictions] == [TOLD + "taken as sent then"]
    found = forecast("16:18")
    text = "Behind because: command 1 began at Mon 1 Jun 2026 16:12 instead of Mon 1 Jun 2026 16:00"
    assert text in str(found)
    with speaking("de"):
        text = "Kommando 1 begann am Mo 1. Jun 2026 16:12 statt am Mo 1. Jun 2026 16:00"
        assert text in str(found)
        shown = found._repr_html_()  # in a notebook
        assert "<td style='text-align:left'>erfolgreich</td>" in shown
        assert "measure" not in shown


def test_what_a_command_that_began_late_costs_is_told_in_the_data():
    found = forecast("16:18")
    [because] = found.as_data()["because"]
    assert because["place"] == "commands"
    assert because["text"].startswith("command 1 began at Mon 1 Jun 2026 16:12 instead of")
    assert because["points"] == pytest.approx(100 * found.gap)
    assert "Later because" not in str(found)  # it is told as what it is behind for


def test_a_command_that_began_a_minute_late_is_no_reason_for_what_a_slow_line_does():
    """A thousandth of the line keeps all back; the minute has kept nobody back by now."""
    planned, slow = rollout(), TEXT.replace("1 Gbit/s", "1 Mbit/s")
    log = as_read(played("16:01:10", slow), planned)
    options = {"engine": "compiled", "workers": 1, "runs": 20}
    found = fwsim.forecast(planned, log, at="2026-06-01 16:14:30", **options)
    assert found.gap <= -0.5
    assert "Behind because" not in str(found)
    assert "no input that was learnt stands out as the reason" in str(found)
    assert "Later because: command 1 began at Mon 1 Jun 2026 16:01 instead" in str(found)
    [because] = found.as_data()["because"]
    assert (because["place"], because["points"]) == ("commands", None)


@pytest.mark.parametrize("own", [True, False], ids=["own", "of few states"])
def test_a_log_of_the_plan_itself_has_no_command_later(own):
    found = seen("16:00", own=own)
    assert found.later == {}
    assert found.contradictions == ()
    assert as_sent(rollout(), found.later).runs == rollout().runs


def test_a_command_that_began_sooner_than_planned_is_refused_as_before():
    with pytest.raises(InputError, match="do not fit this scenario"):
        seen("15:50")


def test_a_log_whose_front_is_lost_does_not_tell_when_its_command_began():
    log = played("16:12").log
    front = log.time > int(log.time[log.in_state(State.PROBING)].max()) + 6 * MINUTE
    assert read_so_far(log.where(front), rollout(), "2026-06-01 16:25").later == {}


def test_a_wave_that_was_clicked_after_the_next_one_keeps_its_own_lines():
    planned = rollout(WAVES)
    log = played("16:20", WAVES).log
    # The clicked scenario has its runs in another order than the plan.
    at = {run.label: place for place, run in enumerate(planned.runs)}
    places = np.array([at[run.label] for run in log.runs], np.int32)
    log = replace(log, run=places[log.run], runs=planned.runs)
    found = read_so_far(log, planned, "2026-06-01 16:21")
    sent = as_sent(planned, found.later)
    assert [run.label for run in sent.runs] == ["2", "1"]
    assert [run.at // MINUTE for run in sent.runs] == [8 * 60 + 5, 8 * 60 + 20]
    record = play_once(sent, 7, 0, past=found.past)
    told = [(run.label, run.at) for run in found.past.log.runs]
    assert sorted(told) == sorted((run.label, run.at) for run in sent.runs)
    last = dict(zip(record.log.device.tolist(), record.log.state.tolist(), strict=True))
    assert set(last.values()) == {State.SUCCESS}
    assert np.array_equal(np.sort(record.log.time), np.sort(log.time))


def test_devices_that_were_off_are_not_a_command_that_began_later():
    off = TEXT.replace("{on: always}", "{on: mon-fri 08:00-12:00}")
    run = play_once(rollout(off), 7, 0)
    log = observed_in(run.log, run.rollout, int(run.log.time[-1]))
    unlabelled = replace(log, command=np.full(len(log), -1, np.int32), commands=())
    assert len(log)
    assert read_so_far(unlabelled, rollout(off), "2026-06-01 18:00").later == {}


def test_the_past_has_each_command_as_it_began():
    planned = rollout().runs[0].at
    assert [run.at - planned for run in seen().past.log.runs] == [12 * MINUTE]


@pytest.mark.parametrize(
    ("clicked", "step"), [("16:12", 1), ("16:11:59", 1), ("16:12", MINUTE), ("16:12:40", MINUTE)]
)
def test_a_command_is_told_from_the_minute_on_in_which_a_log_has_its_first_line(clicked, step):
    run = played(clicked)
    log = observed_in(run.log, run.rollout, int(run.log.time[-1]))
    earliest, latest = (times // step * step for times in (log.earliest, log.latest))
    log = replace(log, earliest=earliest, latest=latest, resolution=step)
    found = read_so_far(log, rollout(), "2026-06-01 16:30")
    assert [problem.message for problem in found.contradictions] == [TOLD + "taken as sent then"]


def test_why_it_will_be_later_is_said_before_anybody_was_to_be_done():
    log, planned = as_read(played("16:01:10"), rollout()), rollout()
    options = {"engine": "compiled", "workers": 1, "runs": 20}
    last = fwsim.forecast(planned, log, at="2026-06-01 15:59", **options)
    found = fwsim.forecast(planned, log, at="2026-06-01 16:01:30", before=last.before, **options)
    assert found.gap == 0
    why = "command 1 began at Mon 1 Jun 2026 16:01 instead of Mon 1 Jun 2026 16:00"
    assert f"Later because: {why}." in found.sentences()
    assert found.since(last).endswith(f"Learnt meanwhile: {why}")
    later = fwsim.forecast(planned, log, at="2026-06-01 16:01:40", before=last.before, **options)
    assert why not in later.since(found)


SECOND = TEXT.replace("commands: [", 'commands: [{update: B, once: "2026-06-01 12:00"}, ')


def before_the_second(at: str, *, own: bool) -> fwsim.UnderWay:
    """Return a forecast from before a second command was clicked, which was due before."""
    run, planned = played("16:12", SECOND), rollout(SECOND)
    log = as_read(run, planned) if own else observed_in(run.log, run.rollout, int(run.log.time[-1]))
    options = {"engine": "compiled", "workers": 1, "runs": 20}
    return fwsim.forecast(planned, log, at=f"2026-06-01 {at}", **options)


def test_devices_that_were_not_sent_a_command_that_was_due_are_said_not_to_be_counted():
    found = before_the_second("16:05", own=True)
    first = "100.0 % at Mon 1 Jun 2026 16:05 without command 2, which was due but is not in the log"
    assert found.headline.startswith(first)
    assert "points off" not in str(found)
    assert "without" not in str(before_the_second("16:13", own=True))
    with speaking("de"):
        assert "ohne Kommando 2, das fällig war" in found.headline


def test_a_log_of_few_states_in_which_nothing_of_a_command_has_come_yet_is_said_so():
    text = "command 2 was due at 2026-06-01 16:00 but is not in the log yet; "
    told = [str(one) for one in before_the_second("16:11", own=False).so_far.contradictions]
    assert any(text in one for one in told)
    soon = before_the_second("16:00:30", own=False)
    assert soon.so_far.contradictions == ()


def test_a_line_from_before_a_command_was_due_leaves_it_begun_late():
    text = TEXT.replace("devices_wait", "inform_user: 10 min, devices_wait")
    run, planned = played("17:30", text), rollout(text)
    log = observed_in(run.log, run.rollout, int(run.log.time[-1]))
    told = (What.ASKED, What.FETCHING, What.WRITING, What.DONE)
    log = log.where(np.isin(log.what, [int(what) for what in told]))
    what, earliest, latest = log.what.copy(), log.earliest.copy(), log.latest.copy()
    what[0], moved = What.DONE, 8 * 60 * MINUTE
    earliest[0], latest[0] = earliest[0] - moved, latest[0] - moved
    stray = replace(log, what=what, earliest=earliest, latest=latest)
    later = [read_so_far(one, planned, "2026-06-01 17:50").later for one in (log, stray)]
    assert [one["1"] for one in later] == pytest.approx([90 * MINUTE] * 2, abs=6 * MINUTE)


def test_when_a_command_was_due_and_begun_is_told_with_the_offsets_of_equal_times():
    night = rollout(TEXT.replace("08:00", "16:00").replace("2026-06-01 16:00", "2026-10-25 02:10"))
    (told,) = told_of_later({night.runs[0].label: 60 * MINUTE}, night)
    assert (
        "due at 2026-10-25 02:10+02:00, but in the log it begins at 2026-10-25 02:10+01:00" in told
    )
