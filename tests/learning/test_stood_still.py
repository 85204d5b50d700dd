"""A line on which nothing ended for long is told: an outage passes for a slow line."""

import pytest

import fwsim
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.journeys import journeys_of
from fwsim.learning.stood_still import stood_still
from fwsim.messages import speaking
from fwsim.run import prepare
from tests.learning.converting import observed_in

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
    return stood_still(journeys_of([log_of(text, seed)], rollout), rollout)


def test_a_line_that_stood_still_is_told_with_when():
    one = found(OF_B)
    assert one.sites == ("DE/B",)
    assert f"{one.since:%H:%M}" == "09:30"  # whoever let the notice run out began then
    assert 20 * 60_000 <= one.lasted <= 25 * 60_000
    assert one.downloads >= 3


@pytest.mark.parametrize("seed", range(4))
def test_of_a_line_that_is_always_as_slow_nothing_is_told(seed):
    assert found(TEXT, seed) is None
    slow = TEXT.replace("{default: {link: 20 Mbit/s}}", "{default: {link: 4 Mbit/s}}")
    assert found(slow, seed) is None


def test_an_outage_that_the_scenario_states_is_known():
    assert found(OF_B, plan=OF_B) is None


def test_what_is_learnt_says_so():
    def said(text, seed=2):
        log = log_of(text, seed)
        learnt = fwsim.learn(fwsim.loads(TEXT), log, rows=20, families=(LOGNORMAL,))
        return [each for each in learnt.remarks() if "outages" in each]

    [one] = said(OF_B)
    assert "no download ended at DE/B for 2" in one
    assert "from 2024-01-01 09:30" in one
    [several] = said(OF_ALL, 1)
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
    assert found(text, 1, plan=LATE) is not None
    assert found(text, 1, plan=text) is None


@pytest.mark.parametrize("seed", [1, 2])
def test_a_few_that_each_have_a_slow_connection_are_no_standstill(seed):
    """Many at once bring more, and each is as slow as before."""
    assert found(SLOW_EACH, seed) is None


def test_of_a_line_that_is_not_learnt_nothing_is_told():
    rollout = prepare(fwsim.loads(TEXT))
    journeys = journeys_of([log_of(OF_B)], rollout)
    assert stood_still(journeys, rollout, None, {"DE/A"}) is None
    assert stood_still(journeys, rollout, None, {"DE/B"}).sites == ("DE/B",)
