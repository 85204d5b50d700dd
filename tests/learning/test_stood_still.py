"""A line on which nothing ended for long is told: an outage passes for a slow line."""

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.fleet.fleet import Column
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.journeys import journeys_of
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.stood_still import Standstills, standstills
from fwsim.messages import speaking
from fwsim.run import prepare
from fwsim.scenario.default_beliefs import line_place
from tests.learning.converting import observed_in, transfers_in

TEXT = """
zone: UTC
start: 2024-01-01 08:00
horizon: 8 h
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE/A: {devices: 30}, DE/B: {devices: 30}}}
network: {sites: {default: {link: 20 Mbit/s}}}
people: {default: {answer: {now: 60 %, defer: 30 %}}}
assumptions: {transfer_patience: 3 h}
commands: [{update: DE, subordinate_units: true, inform_user: 30 min, once: 2024-01-01 09:00}]
"""
CUT = TEXT + "outages: [{SITE start: 2024-01-01 09:10, end: 2024-01-01 09:50}]\n"
OF_B, OF_ALL = CUT.replace("SITE", "site: DE/B,"), CUT.replace("SITE", "")


def log_of(text, seed=2):
    return observed_in(fwsim.simulate(fwsim.loads(text), seed=seed))


def found(text, seed=2, plan=TEXT):
    rollout = prepare(fwsim.loads(plan))
    return standstills(journeys_of([log_of(text, seed)], rollout), rollout)


def test_a_line_that_stood_still_is_told_with_when():
    one = found(OF_B).longest["DE/B"]
    assert one.sites == ("DE/B",)
    assert f"{one.since:%H:%M}" == "09:30"  # whoever let the notice run out began then
    assert 20 * 60_000 <= one.lasted <= 25 * 60_000
    assert one.downloads >= 3


@pytest.mark.parametrize("seed", range(4))
def test_of_a_line_that_is_always_as_slow_nothing_is_told(seed):
    assert found(TEXT, seed) == Standstills()
    slow = TEXT.replace("{default: {link: 20 Mbit/s}}", "{default: {link: 4 Mbit/s}}")
    assert found(slow, seed) == Standstills()


def test_an_outage_that_the_scenario_states_is_known():
    assert found(OF_B, plan=OF_B) == Standstills()


def test_an_outage_of_a_log_from_before_the_start_can_be_stated():
    """A pilot's log is learnt for a rollout months later."""
    at = "start: 2024-01-01 08", "once: 2024-01-01"
    later = OF_B
    for each in at:
        later = later.replace(each, each.replace("2024-01-01", "2024-03-04"))
    assert found(OF_B, plan=later) == Standstills()
    assert prepare(fwsim.loads(later)).outages() == []


def test_what_is_learnt_says_so():
    def said(text, seed=2):
        log = log_of(text, seed)
        learnt = fwsim.learn(fwsim.loads(TEXT), log, rows=20, families=(LOGNORMAL,))
        return [each for each in learnt.remarks() if "outages" in each]

    [one] = said(OF_B)
    assert "no download ended at DE/B for 2" in one
    assert "from 2024-01-01 09:30" in one
    [several] = said(OF_ALL, 0)
    assert "did they stand still?" in several
    assert said(TEXT) == []
    with speaking("de"):
        assert "Stand sie still?" in said(OF_B)[0]


LATE = TEXT.replace("inform_user: 30 min", "inform_user: 6 h").replace(
    "defer: 30 %}", "defer: 30 %, after: {lognormal: {median: 1 h, p95: 3 h}}}"
)
MOST = "busy: {daily 09:30-11:00: 98 %}"
BUSY = LATE.replace("link: 20 Mbit/s}", f"link: 20 Mbit/s, {MOST}}}")
BEHIND_A_HUB = LATE.replace(
    "network: {", f"network: {{hubs: {{H: {{link: 20 Mbit/s, {MOST}, sites: [DE/*]}}}}, "
)
SLOW_EACH = LATE.replace("link: 20 Mbit/s}", "link: 20 Mbit/s, per_connection: 200 kbit/s}")


@pytest.mark.parametrize("text", [BUSY, BEHIND_A_HUB])
def test_what_others_take_by_the_scenario_is_known(text):
    assert found(text, 1, plan=LATE).longest
    assert found(text, 1, plan=text) == Standstills()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_few_that_each_have_a_slow_connection_are_no_standstill(seed):
    """Many at once bring more, and each is as slow as before."""
    assert found(SLOW_EACH, seed) == Standstills()


@pytest.mark.parametrize("seed", range(3))
def test_small_files_that_a_server_writes_at_once_make_no_slow_line_stand_still(seed):
    slow = LATE.replace("link: 20 Mbit/s}", "link: 1 Mbit/s}").replace("30}", "10}")
    result = fwsim.simulate(fwsim.loads(slow), seed=seed)
    journeys, web = journeys_of([observed_in(result)], result.rollout), transfers_in(result)
    first = np.repeat(web.begin.min() - 1000 * np.arange(60, 63), 3)
    begin = np.concatenate([web.begin, web.begin - 10, first])
    small = replace(
        web,
        device=replace(web.device, codes=np.resize(web.device.codes, len(begin))),
        file=Column.constant("small", len(begin)),
        begin=begin,
        end=np.concatenate([web.end, web.begin - 5, first + 5]),
        size=np.concatenate([web.size, np.full(len(begin) - len(web), 10_000)]),
        status=np.full(len(begin), 200, np.int16),
    )
    assert standstills(journeys, result.rollout, small) == Standstills()


def test_of_a_line_that_is_not_learnt_nothing_is_told():
    standing = found(OF_B)
    place = line_place("sites", "DE/B")
    kept = Input(place=place, noun="download", kept=Kept.REPOSITORY_FULL)
    assert list(standing.told([kept])) == []
    [told] = standing.told([Input(place=place, noun="download", value="50 %")])
    assert told.sites == ("DE/B",)


CUT_LATE = LATE + "outages: [{site: DE/B, start: 2024-01-01 10:00, end: 2024-01-01 10:40}]\n"
SLOWER = LATE.replace("link: 20 Mbit/s}", "link: 5 Mbit/s}")
SLOW_LATER = SLOWER.replace("5 Mbit/s}", "5 Mbit/s, busy: {daily 10:30-24:00: 80 %}}")


def learnt(text, seed, plan):
    return fwsim.learn(fwsim.loads(plan), log_of(text, seed), rows=20, families=(LOGNORMAL,))


@pytest.mark.parametrize("seed", range(3))
def test_what_a_line_carries_is_learnt_without_the_time_in_which_it_stood_still(seed):
    told = learnt(CUT_LATE, seed, LATE)
    assert told["network.sites.DE/B.line_factor"].by["factor"] == pytest.approx(1.0, abs=0.02)
    [said] = [each for each in told.remarks() if "outages" in each]
    assert "What its line carries is learnt without that time" in said


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_is_slow_from_then_on_is_told_and_nothing_is_left_out(seed):
    assert found(SLOW_LATER, seed, plan=SLOWER).cuts == {}
    told = learnt(SLOW_LATER, seed, SLOWER)
    assert told["network.sites.DE/B.line_factor"].by["factor"] < 0.5
    [said] = [each for each in told.remarks() if "outages" in each]
    assert "learnt as too slow" in said


def test_apart_from_a_standstill_a_line_may_never_have_been_full():
    """A device takes less than the line: only while it stood still it seemed to be full."""
    quick = LATE.replace("devices: 30}", "devices: 30, device_rate: 2 Mbit/s}")
    cut = quick + CUT_LATE[len(LATE) :]
    place = "network.sites.DE/B.line_factor"
    assert learnt(quick, 0, quick)[place].kept is Kept.LINE_NEVER_FULL
    told = learnt(cut, 0, quick)
    assert told[place].kept is Kept.STOOD_STILL
    assert any("stand still" in each for each in told.remarks())
