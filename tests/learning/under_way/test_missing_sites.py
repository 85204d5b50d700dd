"""Sites of which a log has nothing though runs of the plan have: named, and nothing is learnt."""

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.experiments.run_spec import played
from fwsim.fleet.fleet import Column
from fwsim.learning.under_way import runs_of_plan
from fwsim.learning.under_way.forecast import forecast
from fwsim.learning.under_way.learnt_so_far import learn_so_far
from fwsim.learning.under_way.missing_sites import missing_sites
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.messages import speaking
from fwsim.model.past import EVERY_STATE
from fwsim.observations.observed import Looks
from fwsim.run import play_once, prepare
from tests.learning.under_way.plan_runs import played_once
from tests.learning.under_way.test_line_by_ends import ENDS, MINUTE, TEXT, past_of

EVENTS = ENDS | {State.TRANSFER, State.INSTALL}


@pytest.fixture(scope="module")
def rollout():
    found = prepare(fwsim.loads(TEXT % ("", "")))
    with played_once(found):
        yield found


def seen(rollout, seed=0, tells=ENDS, until=60 * MINUTE):
    return past_of(play_once(rollout, 7, seed, world=seed).log, until=until, tells=tells)


def without_b(rollout, past):
    return replace(past, log=past.log.where(rollout.fleet.site.codes[past.log.device] == 0))


@pytest.mark.parametrize(
    "tells",
    [ENDS, *(pytest.param(more, marks=pytest.mark.slow) for more in (EVENTS, EVERY_STATE))],
)
def test_a_site_that_is_left_out_of_a_log_is_named_and_whole_logs_name_none(rollout, tells):
    for seed in range(4):
        past = seen(rollout, seed, tells)
        assert missing_sites(rollout, read_so_far(past, rollout)).sites == ()
        some = read_so_far(without_b(rollout, past), rollout)
        assert missing_sites(rollout, some).sites == ("DE/B",)


def test_while_a_site_may_well_have_no_line_yet_it_is_not_named(rollout):
    some = without_b(rollout, seen(rollout, until=40 * MINUTE))
    assert missing_sites(rollout, read_so_far(some, rollout)).sites == ()


def test_where_the_log_may_be_older_its_last_line_counts(rollout):
    """Of A, too, some are not done: whether the log was exported since, nobody knows."""
    some = without_b(rollout, seen(rollout))
    rows = np.arange(len(some.log.time)) < len(some.log.time) // 2
    stale = replace(some, log=some.log.where(rows))
    assert missing_sites(rollout, read_so_far(stale, rollout)).sites == ()


def test_where_all_others_have_ended_it_is_said_that_the_log_may_be_older(rollout):
    """Nobody knows whether the log was exported after its last line: then B may only come later."""
    found = missing_sites(rollout, read_so_far(without_b(rollout, seen(rollout)), rollout))
    assert (found.named, found.unless_older) == ((), ("DE/B",))
    assert 20 * MINUTE < found.last < 40 * MINUTE
    events = without_b(rollout, seen(rollout, tells=EVENTS))
    found = missing_sites(rollout, read_so_far(events, rollout))
    assert (found.named, found.unless_older) == (("DE/B",), ())


def test_of_its_silence_no_line_is_learnt(rollout):
    found = learn_so_far(rollout, read_so_far(without_b(rollout, seen(rollout)), rollout))
    assert found.missing.sites == ("DE/B",)
    assert "DE/B" not in [one.place[2] for one in found.inputs]
    assert "DE/B" not in found.unlike


def test_one_set_of_runs_tells_of_lines_and_of_missing_sites(rollout, monkeypatch):
    numbers = []

    def counting(spec, number):
        numbers.append(number)
        return played(spec, number)

    monkeypatch.setattr(runs_of_plan, "played", counting)
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    so_far = read_so_far(without_b(rollout, seen(rollout)), rollout)
    together = learn_so_far(rollout, so_far)
    assert numbers == list(range(100))
    assert together.inputs
    assert together.missing == missing_sites(rollout, so_far)


@pytest.mark.parametrize(("is_missing", "more"), [(True, 100), (False, 0)])
def test_runs_for_a_silent_site_are_told_as_progress(rollout, monkeypatch, is_missing, more):
    """Of a log of events, which has lines learnt otherwise; where no site is silent, none is."""
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    past, told = seen(rollout, tells=EVENTS), []
    past = without_b(rollout, past) if is_missing else past
    forecast(rollout, past, runs=5, workers=1, progress=lambda *at: told.append(at))
    assert told == [(done + 1, more + 10) for done in range(more + 10)]


def test_it_is_told_by_name_and_its_devices_only_there(rollout):
    some = forecast(rollout, without_b(rollout, seen(rollout)), runs=5, workers=1)
    told = "\n".join(some.sentences())
    assert "The log has no line of DE/B (8 devices), where nearly every run" in told
    assert "if the log was exported about then, it is merely older than" in told
    assert "of 20 devices" not in told
    assert some.as_data()["sites_without_a_line"] == []
    assert some.as_data()["sites_without_a_line_unless_older"] == ["DE/B"]
    with speaking("de"):
        assert "keine Zeile von DE/B (8 Geräte)" in "\n".join(some.sentences())


def test_by_a_log_that_tells_whom_a_command_reached_they_count_as_not_commanded(rollout):
    past = without_b(rollout, seen(rollout, tells=EVERY_STATE))
    told = "\n".join(forecast(rollout, past, runs=5, workers=1).sentences())
    assert "of DE/B (8 devices)" in told
    assert "They count as not commanded." in told


NOTIFIED = """
zone: UTC
start: 2024-01-01 06:00
horizon: 3 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE/A: {devices: 5}, DE/B: {devices: 5}}}
power: {default: {on: "daily 07:30-18:00"}}
network: {sites: {default: {link: 20 Mbit/s}}}
notifications: [{update: DE, subordinate_units: true, set: 2024-01-01 07:00}]
"""


def test_what_devices_begin_by_themselves_is_not_said_to_be_not_commanded():
    """A notification waits for them, and the forecast has them update."""
    notified = prepare(fwsim.loads(NOTIFIED))
    past = without_b(notified, seen(notified, tells=EVERY_STATE, until=14 * 60 * MINUTE))
    some = forecast(notified, past, runs=5, workers=1)
    told = "\n".join(some.sentences())
    assert "of DE/B (5 devices)" in told
    assert "so they count as yet to begin." in told
    assert "not commanded" not in told
    with speaking("de"):
        assert "zählen sie als noch nicht begonnen" in "\n".join(some.sentences())


def test_an_export_that_shows_nothing_new_is_the_last_that_a_log_tells(rollout):
    """Whoever exported the others at that time knows that they had ended by then, and B lacks."""
    some = read_so_far(without_b(rollout, seen(rollout)), rollout)
    last = missing_sites(rollout, some).last
    names = tuple(rollout.fleet.shown_names)
    of_a = np.flatnonzero(rollout.fleet.site.codes == 0).astype(np.int32)
    at = np.full(len(of_a), rollout.epoch + 59 * MINUTE)
    looked = replace(some.observed, looks=Looks(Column(names, of_a), at))
    found = missing_sites(rollout, replace(some, observed=looked))
    assert last < found.last == 59 * MINUTE
    assert (found.named, found.unless_older) == (("DE/B",), ())
