"""Luck is what a log leaves of it: kept where it agrees, drawn anew among what agrees."""

import numpy as np
import pytest
from scipy import stats

import fwsim
from fwsim.commands.command import UpdateCommand
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import Answer, Button
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.model.evidence import evidence_of
from fwsim.model.past import Past, cut
from fwsim.model.purposes import Purpose
from fwsim.model.status_log import StatusLog
from fwsim.run import prepare

DEVICES = 4000
START = 1_800_000
SCENARIO = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "1 d",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "100 MB"}]},
    "firmware": {"reminder": {"deferments": 2, "delays": ["30 min"]}},
    "fleet": {"units": {"DE": {"devices": DEVICES, "site": "Main"}}},
    "network": {"sites": {"default": {"link": "1 Gbit/s"}, "Main": {"link": "1 Gbit/s"}}},
    "people": {
        "default": {
            "present": "always",
            "answer": {
                "now": "50 %",
                "defer": "20 %",
                "cancel": "10 %",
                "after": {"lognormal": {"median": "60 s", "p95": "10 min"}},
            },
            "persistence": "0 %",
        }
    },
    "doubt": "none",
    "commands": [
        {
            "update": "DE",
            "once": "2021-09-24 08:30",
            "inform_user": "until answered",
            "user_can_cancel": True,
        }
    ],
}


def rollout_with(**people):
    own = {**SCENARIO["people"]["default"], **people}
    return prepare(fwsim.Scenario.model_validate({**SCENARIO, "people": {"default": own}}))


@pytest.fixture(scope="module")
def rollout():
    return rollout_with()


def log_of(rollout, *lines):
    """Write a log: each line holds for all devices."""
    log = StatusLog(rollout.runs)
    for at, state, detail, amount in lines:
        for device in range(DEVICES):
            log.write(START + at, device, 0, state, detail, amount)
    return log.columns()


PROBED = (0, State.PROBING, Detail.NONE, 0)
CHECKED = (1_000, State.CHECKING, Detail.URL, 0)
ASKED = (3_000, State.NOTIFYING, Detail.NONE, 2)
WAITED = 120_000


def draws_after(rollout, until, *lines, seed=1):
    past = cut(log_of(rollout, *lines), START + until, DEVICES)
    return Draws(rollout, Chances(seed), past)


def is_alike(values, law, low):
    """Compare with a law beyond a bound; false alarms come once in ten million."""
    below = law.cdf(low)
    found = stats.kstest(values, lambda x: (law.cdf(x) - below) / (1 - below))
    return found.pvalue > 1e-7


def test_a_notice_that_is_open_waits_as_those_who_are_left_do(rollout):
    draws = draws_after(rollout, 3_000 + WAITED, PROBED, CHECKED, ASKED)
    plain = Draws(rollout, Chances(1))
    chance = draws[Purpose.ANSWER].row(0)
    time = draws[Purpose.ANSWER_TIME].row(0)
    answers = chance < 0.8
    assert time[answers].min() > WAITED
    sigma = np.log(10) / stats.norm.ppf(0.95)
    law = stats.lognorm(sigma, scale=60_000)
    assert is_alike(time[answers], law, WAITED)
    # Who never answers: 20 % before, more among those who have not answered yet.
    left = 0.8 * law.sf(WAITED) / (0.8 * law.sf(WAITED) + 0.2)
    assert stats.binomtest(int(answers.sum()), DEVICES, left).pvalue > 1e-7
    agreed = (plain[Purpose.ANSWER].row(0) >= 0.8) | (plain[Purpose.ANSWER_TIME].row(0) > WAITED)
    assert (chance[agreed] == plain[Purpose.ANSWER].row(0)[agreed]).all()
    assert (time[agreed] == plain[Purpose.ANSWER_TIME].row(0)[agreed]).all()


def test_an_installation_under_way_takes_longer_than_it_has_so_far(rollout):
    rate = rollout.assumptions.install_rate
    lasted = round(1000 * 100_000_000 / rate)
    lines = [
        PROBED,
        CHECKED,
        (3_000, State.VERIFY_IDF, Detail.NONE, 0),
        (4_000, State.TRANSFER, Detail.NONE, 100_000_000),
        (5_000, State.VERIFY_PACKAGES, Detail.NONE, 100_000_000),
        (6_000, State.INSTALL, Detail.NONE, 100_000_000),
    ]
    draws = draws_after(rollout, 6_000 + lasted, *lines)
    factor = draws[Purpose.INSTALL_FACTOR].row(0)
    assert factor.min() > 1.0
    natural = Draws(rollout, Chances(1))[Purpose.INSTALL_FACTOR].row(0)
    assert (factor[natural > 1.0] == natural[natural > 1.0]).all()
    others = Draws(rollout, Chances(2))[Purpose.INSTALL_FACTOR].row(0)
    assert stats.ks_2samp(factor, others[others > 1.0]).pvalue > 1e-7


def test_who_always_clicks_the_same_is_likely_to_do_so_again():
    rollout = rollout_with(persistence="60 %")
    lines = [
        PROBED,
        CHECKED,
        ASKED,
        (10_000, State.DEFERRED, Detail.DEFERRED_FOR, 1_800_000),
        (1_810_000, State.NOTIFYING, Detail.NONE, 1),
        (1_820_000, State.DEFERRED, Detail.DEFERRED_FOR, 1_800_000),
    ]
    draws = draws_after(rollout, 1_900_000, *lines)
    own = draws[Purpose.OWN_ANSWER].row(0)
    # Bayes: 20 % have "defer" as their own; each deferment is 60 % + 40 % · 20 % then, else 8 %.
    likely = 0.2 * 0.68**2 / (0.2 * 0.68**2 + 0.8 * 0.08**2)
    defers = int(((own >= 0.5) & (own < 0.7)).sum())
    assert stats.binomtest(defers, DEVICES, likely).pvalue > 1e-7


def test_what_a_log_decided_is_set(rollout):
    failed = (3_000, State.FAILED, Detail.IDF_NOT_AVAILABLE, 0)
    draws = draws_after(rollout, 60_000, PROBED, CHECKED, failed)
    assert draws[Purpose.IDF_FAULT].row(0).all()
    checked = draws_after(rollout, 60_000, PROBED, CHECKED, ASKED)
    assert not checked[Purpose.IDF_FAULT].row(0).any()


def test_a_log_without_lines_changes_nothing(rollout):
    draws = Draws(rollout, Chances(1), Past(0, StatusLog(rollout.runs).columns(), DEVICES))
    plain = Draws(rollout, Chances(1))
    for purpose in Purpose:
        assert (draws[purpose].row(0) == plain[purpose].row(0)).all(), purpose


def test_answers_are_read_as_what_they_are(rollout):
    started = (40_000, State.VERIFY_IDF, Detail.NONE, 0)
    past = cut(log_of(rollout, PROBED, CHECKED, ASKED, started), START + 50_000, DEVICES)
    notices = evidence_of(past, rollout).notices
    assert {notice.answer for notice in notices} == {Answer.NOW}
    assert isinstance(rollout.runs[0].command, UpdateCommand)


@pytest.mark.parametrize(
    ("order", "answers"), [("before", set()), ("both", set()), ("after", {Answer.NOW})]
)
def test_who_checks_again_after_a_notice_has_agreed_only_if_asked_before_the_check(order, answers):
    """Else the power was lost at the notice, and the next check leads to another one."""
    data = SCENARIO | {"assumptions": {"idf_check_order": order}}
    rollout = prepare(fwsim.Scenario.model_validate(data))
    again = (40_000, State.CHECKING, Detail.URL, 0)
    past = cut(log_of(rollout, PROBED, CHECKED, ASKED, again), START + 50_000, DEVICES)
    assert {notice.answer for notice in evidence_of(past, rollout).notices} == answers


@pytest.mark.parametrize(("at", "answers"), [(40, {Answer.NOW}), (60, set()), (70, set())])
def test_who_starts_when_nobody_is_waited_for_any_more_has_not_agreed(at, answers):
    """Nor who does so later, when the power is back."""
    command = SCENARIO["commands"][0] | {"force_at": "2021-09-24 08:31"}
    rollout = prepare(fwsim.Scenario.model_validate(SCENARIO | {"commands": [command]}))
    started = (1000 * at, State.VERIFY_IDF, Detail.NONE, 0)
    past = cut(log_of(rollout, PROBED, CHECKED, ASKED, started), START + 80_000, DEVICES)
    assert {notice.answer for notice in evidence_of(past, rollout).notices} == answers


def test_who_waits_longer_than_any_chance_allows_waits_on(rollout):
    lines = [PROBED, CHECKED, (3_000, State.REBOOT, Detail.NONE, 0)]
    draws = draws_after(rollout, 10_000_000, *lines)
    time = draws[Purpose.RESTART_TIME].row(0) - (10_000_000 - lines[-1][0])
    assert time.min() > 0
    # by as long again with a chance of a half
    soon = int((time <= 10_000_000 - lines[-1][0]).sum())
    assert stats.binomtest(soon, DEVICES, 0.5).pvalue > 1e-7


FEW = 0.002
"""So little of a law is left that hardly any of the chances drawn anew agrees."""


def test_a_restart_longer_than_hardly_any_goes_on_as_its_law_leaves_it(rollout):
    law = rollout.assumptions.restart_time
    same = stats.lognorm(law.steepness, scale=law.median)
    lasted = int(same.isf(FEW))
    lines = [PROBED, CHECKED, (3_000, State.REBOOT, Detail.NONE, 0)]
    draws = draws_after(rollout, 3_000 + lasted, *lines)
    assert is_alike(draws[Purpose.RESTART_TIME].row(0), same, lasted)


def installing_for_long(fails):
    """Return the law of the factor, which one it has lasted for, and what is drawn of it then."""
    faults = {"installation": fails}
    rollout = prepare(fwsim.Scenario.model_validate({**SCENARIO, "faults": faults}))
    law = rollout.assumptions.install_spread
    same = stats.lognorm(law.steepness, scale=law.median)
    bound = same.isf(FEW)
    lasted = round(bound * 1000 * 100_000_000 / rollout.assumptions.install_rate)
    lines = [PROBED, CHECKED, (6_000, State.INSTALL, Detail.NONE, 100_000_000)]
    draws = draws_after(rollout, 6_000 + lasted, *lines)
    return same, bound, draws


@pytest.mark.parametrize("after", [State.REBOOT, State.RESTART_PENDING])
def test_what_is_written_did_not_fail_whether_its_restart_waits_or_not(after):
    faults = {"installation": "50 %", "transfer": "50 %"}
    rollout = prepare(fwsim.Scenario.model_validate({**SCENARIO, "faults": faults}))
    write = (6_000, State.INSTALL, Detail.NONE, 100_000_000)
    written = (16_000, after, Detail.NONE, 100_000_000)
    draws = draws_after(rollout, 20_000, PROBED, CHECKED, write, written)
    for purpose in (Purpose.WRITE_FAULT, Purpose.TRANSFER_FAULT):
        assert not draws[purpose].row(0).any(), purpose


@pytest.mark.parametrize("fails", [0.0, 0.5, 0.97])
def test_an_installation_longer_than_hardly_any_goes_on_as_its_law_leaves_it(fails):
    same, bound, draws = installing_for_long(fails)
    factor = draws[Purpose.INSTALL_FACTOR].row(0)
    does_fail = np.broadcast_to(draws[Purpose.WRITE_FAULT].row(0), DEVICES)
    point = draws[Purpose.WRITE_FAULT_POINT].row(0)
    assert is_alike(factor[~does_fail], same, bound)
    assert (factor * point)[does_fail].min(initial=np.inf) > 0.999 * bound
    # Who fails ends at a point of the whole, which all of it would take longer to come to.
    points = (np.arange(4000) + 0.5) / 4000
    late = fails * same.sf(bound / points).mean()
    share = late / (late + (1 - fails) * FEW)
    assert stats.binomtest(int(does_fail.sum()), DEVICES, share).pvalue > 1e-7


@pytest.mark.parametrize("fails", [0.5, 0.97, 1.0])
def test_an_installation_that_fails_late_had_long_to_go_as_its_law_leaves_it(fails):
    """Factors of those that fail are weighed by the chance that a fault lets them last."""
    same, bound, draws = installing_for_long(fails)
    does_fail = np.broadcast_to(draws[Purpose.WRITE_FAULT].row(0), DEVICES)
    factor = np.broadcast_to(draws[Purpose.INSTALL_FACTOR].row(0), DEVICES)[does_fail]
    point = np.broadcast_to(draws[Purpose.WRITE_FAULT_POINT].row(0), DEVICES)[does_fail]
    assert len(factor) == DEVICES or fails < 1
    assert (factor * point > bound * (1 - 1e-6)).all()
    # Chances beyond the bound, evenly; each is weighed by how much of it is late.
    even = same.isf(FEW * (np.arange(20_000) + 0.5) / 20_000)
    weight = np.cumsum(1 - bound / even)
    law_of_factor = np.interp(np.sort(factor), even[::-1], (weight / weight[-1])[::-1])
    assert stats.kstest(1 - law_of_factor, "uniform").pvalue > 1e-6
    left = (1 - point) / (1 - bound / factor)
    assert stats.kstest(left, "uniform").pvalue > 1e-6


@pytest.mark.parametrize("persistence", ["0 %", "60 %"])
def test_who_has_not_answered_for_longer_than_hardly_any_may_never_do_so(persistence):
    answer = {**SCENARIO["people"]["default"]["answer"], "now": "69 %"}  # 1 % ignores it
    rollout = rollout_with(answer=answer, persistence=persistence)
    sigma = np.log(10) / stats.norm.ppf(0.95)
    law = stats.lognorm(sigma, scale=60_000)
    waited = int(law.isf(FEW))
    draws = draws_after(rollout, 3_000 + waited, PROBED, CHECKED, ASKED)
    own, persists = draws[Purpose.OWN_ANSWER].row(0), draws[Purpose.PERSISTS].row(0)
    chance = np.where(persists, own, draws[Purpose.ANSWER].row(0))
    answers = chance < 0.99
    assert is_alike(draws[Purpose.ANSWER_TIME].row(0)[answers], law, waited)
    mixed = 0.6 if persistence == "60 %" else 0.0
    never = np.where(own >= 0.99, mixed, 0.0) + (1 - mixed) * 0.01
    expected = never / (never + (1 - never) * FEW)
    error = np.sqrt((expected * (1 - expected)).sum())
    assert abs((~answers).sum() - expected.sum()) < 5.5 * error


NOT_TOLD = -1


@pytest.mark.parametrize(
    ("after", "answer"),
    [
        ((40_000, State.TRANSFER), Answer.NOW),
        ((303_000, State.TRANSFER), Answer.IGNORE),
        ((900_000, State.QUEUEING), None),
        ((40_000, State.INSTALL), Answer.NOW),
        ((900_000, State.INSTALL), None),
        ((40_000, State.DEFERRED), Answer.DEFER),
    ],
)
def test_answers_are_read_from_logs_that_do_not_tell_who_agreed(after, answer):
    command = SCENARIO["commands"][0] | {"inform_user": "5 min"}
    rollout = prepare(fwsim.Scenario.model_validate(SCENARIO | {"commands": [command]}))
    lines = [(*ASKED[:3], NOT_TOLD), (*after, Detail.NONE, NOT_TOLD)]
    tells = frozenset({State.NOTIFYING, State.DEFERRED, after[1], State.SUCCESS})
    past = cut(log_of(rollout, *lines), START + 1_000_000, DEVICES, tells)
    notices = evidence_of(past, rollout).notices
    assert {notice.answer for notice in notices} == ({answer} if answer is not None else set())
    assert all(notice.offered == Button.NOW + Button.DEFER + Button.CANCEL for notice in notices)


def test_a_notice_that_may_have_ended_unseen_does_not_wait(rollout):
    lines = [(*ASKED[:3], NOT_TOLD)]
    for soon, count in ((State.TRANSFER, DEVICES), (State.INSTALL, 0)):
        tells = frozenset({State.NOTIFYING, State.DEFERRED, soon, State.SUCCESS})
        past = cut(log_of(rollout, *lines), START + 100_000, DEVICES, tells)
        assert len(evidence_of(past, rollout).notices) == count
