"""Sites of which a finished rollout's log has no line are named, and nothing is learnt of them."""

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.silent_sites import sites_without_a_line
from fwsim.messages import speaking
from fwsim.run import prepare
from tests.learning.converting import observed_in

TEXT = """
zone: UTC
start: 2024-01-01 08:00
horizon: 4 h
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE/A: {devices: 10}, DE/B: {devices: 6}, FR/C: {devices: 3}}}
network: {sites: {default: {link: 20 Mbit/s}}}
commands: [{update: DE%s, subordinate_units: true, once: 2024-01-01 09:00}]
"""
DAY = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def scenario():
    return fwsim.loads(TEXT % "")


@pytest.fixture(scope="module")
def log(scenario):
    return observed_in(fwsim.simulate(scenario, seed=1))


def only_a(log, scenario):
    rollout = prepare(scenario)
    site = {name: rollout.fleet.site[i] for i, name in enumerate(rollout.fleet.shown_names)}
    is_kept = np.array([site[name] == "DE/A" for name in log.device.values])
    return log.where(is_kept[log.device.codes])


def learnt(scenario, log):
    return fwsim.learn(scenario, log, rows=20, families=(LOGNORMAL,))


def said(scenario, log):
    return [each for each in learnt(scenario, log).remarks() if "no line of DE" in each]


def test_a_site_without_a_line_is_named_where_inputs_are_learnt(scenario, log):
    [text] = said(scenario, only_a(log, scenario))
    assert "no line of DE/B (6 devices), which the scenario commands together" in text
    assert text.endswith("Nothing is learnt from their silence.")
    assert said(scenario, log) == []
    with speaking("de"):
        found = list(learnt(scenario, only_a(log, scenario)).remarks())
        assert any("keine Zeile von DE/B (6 Geräte)" in each for each in found)


def test_logs_of_one_rollout_site_by_site_are_told_how_to_be_read_as_one(scenario, log):
    """Taken for a rollout each, every one lacks all other sites."""
    own = only_a(log, scenario)
    other = replace(log.where(~np.isin(log.line, own.line)), sources=("b.csv",))
    told = "b.csv has lines from there of the same time: if both logs are of one rollout, say so"
    text, _ = said(scenario, [replace(own, sources=("a.csv",)), other])
    assert told in text
    later = replace(other, latest=other.latest + DAY, earliest=other.earliest + DAY)
    later = replace(later, until=other.until + DAY)
    text, _ = said(scenario, [replace(own, sources=("a.csv",)), later])
    assert told not in text


def test_nothing_is_learnt_from_its_silence(scenario, log):
    """What is learnt is the same as where the command is for the others alone, and no more."""
    some = only_a(log, scenario)
    found = learnt(scenario, some)
    alone = learnt(fwsim.loads(TEXT % "/A"), some)
    assert len(found.learnt) >= 5
    for one in found.learnt:
        same = alone[one.name]
        assert (one.value, one.observations) == (same.value, same.observations)
    assert not any("DE/B" in one.name for one in found.learnt)


def test_a_site_that_no_command_is_for_or_was_not_yet_due_is_not_named(scenario, log):
    rollout = prepare(scenario)
    found = sites_without_a_line(only_a(log, scenario), rollout)
    assert found.sites == ("DE/B",)  # and not FR/C
    wave = "{update: DE/B, once: 2024-01-01 11:30}"
    later = TEXT.replace("DE%s,", "DE/A,").replace("09:00}", "09:00}, " + wave)
    assert sites_without_a_line(only_a(log, scenario), prepare(fwsim.loads(later))) is None


def test_a_log_from_before_the_start_is_laid_beside_who_is_commanded(scenario, log):
    some = only_a(log, scenario)
    older = replace(
        some,
        earliest=some.earliest - 30 * DAY,
        latest=some.latest - 30 * DAY,
        until=some.until - 30 * DAY,
    )
    assert sites_without_a_line(older, prepare(scenario)).sites == ("DE/B",)


BY_THEMSELVES = """
zone: UTC
start: 2024-01-01 06:00
horizon: 3 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet: {units: {DE/A: {devices: 5}, DE/B: {devices: 5}, FR/C: {devices: 3}}}
power: {default: {on: "daily 07:30-18:00"}}
network: {sites: {default: {link: 20 Mbit/s}}}
"""
DAYS = {
    "notifications": """
notifications:
- {update: DE/A, set: 2024-01-01 07:00}
- {update: DE/B, set: %s 07:00}
""",
    "assignments": """
assignments:
- {update: DE/A, check_in: {every: 30 min}, set: 2024-01-01 07:00}
- {update: DE/B, check_in: {every: 30 min}, set: %s 07:00}
""",
    "checks": """
changes:
- {at: 2024-01-01 06:30, unit: DE/A, firmware: {new_version: {at_start: true}}}
- {at: %s 06:30, unit: DE/B, firmware: {new_version: {at_start: true}}}
""",
    "commands": """
commands:
- {update: DE/A, once: 2024-01-01 08:30}
- {update: DE/B, once: %s 08:30}
""",
}


def of_the_first_day(text):
    log = observed_in(fwsim.simulate(fwsim.loads(text), seed=1))
    rollout = prepare(fwsim.loads(text))
    some = log.where(log.latest < rollout.epoch + 12 * 3600_000)
    return replace(some, until=int(some.latest.max())), rollout


@pytest.mark.parametrize("name", DAYS)
def test_a_site_where_it_begins_on_another_day_is_not_named(name):
    """Each by its own time: what one OU begins early, another may begin only later."""
    log, rollout = of_the_first_day(BY_THEMSELVES + DAYS[name] % "2024-01-03")
    assert len(log) > 0
    assert sites_without_a_line(log, rollout) is None


@pytest.mark.parametrize("one", ["notifications: [{update: DE", "assignments: [{update: DE"])
def test_a_site_that_lacks_what_all_begin_by_themselves_is_named(one):
    text = f"{BY_THEMSELVES}{one}, subordinate_units: true}}]"
    log, rollout = of_the_first_day(text)
    assert sites_without_a_line(log, rollout) is None
    assert sites_without_a_line(only_a(log, fwsim.loads(text)), rollout).sites == ("DE/B",)


def test_a_site_that_only_gets_a_delivery_ahead_is_not_named():
    """A rollout is judged by its updates, and logs may leave deliveries out."""
    ahead = """
commands:
- {delivery: DE, subordinate_units: true, once: 2024-01-01 08:30}
- {update: DE/A, once: 2024-01-01 09:30}
"""
    log, rollout = of_the_first_day(BY_THEMSELVES + ahead)
    assert sites_without_a_line(only_a(log, fwsim.loads(BY_THEMSELVES + ahead)), rollout) is None
