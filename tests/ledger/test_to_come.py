"""Whether a rollout whose devices have all ended is over: the scenario says so."""

from dataclasses import replace

import numpy as np
import pytest

from fwsim.ledger.judged import with_fields
from fwsim.ledger.kept import epoch
from fwsim.ledger.to_come import Sendings, ToCome
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed
from fwsim.observations.own_columns import observed_in
from fwsim.run import play_once, prepare
from fwsim.scenario.load import loads

MINUTE = 60_000
SCENARIO = """\
zone: UTC
start: 2024-03-04 10:00
horizon: 12 h
doubt: none
image: {name: new.idf, packages: [{name: a, size: 6 MB}]}
fleet: {units: {DE: {devices: 5, installed: old.idf}, FR: {devices: 5, installed: old.idf}}}
"""
ONE = "commands: [{update: DE}, {update: FR, once: 2024-03-04 10:01}]\n"
LATER = "commands: [{update: DE}, {update: FR}, {update: DE, once: 2024-03-04 18:00}]\n"
STANDING = "assignments: [{update: DE%s, check_in: {every: 10 min}}]\n"


def after(text: str, minutes: float, *, labelled=True) -> ToCome:
    """Return what can come after the first minutes of a rollout."""
    rollout = prepare(loads(SCENARIO + text))
    until = round(minutes * MINUTE)
    log = play_once(rollout, 1, 0).log
    observed = observed_in(log.where(log.time <= until), rollout, until)
    if not labelled:
        observed = unlabelled(observed, rollout)
    return Sendings(observed, rollout).to_come(epoch(rollout.start) + until)


def unlabelled(observed: Observed, rollout: Rollout) -> Observed:
    nothing = np.full(len(observed), -1, np.int32)
    bare = replace(observed, command=nothing, commands=(), deliveries=frozenset(), uefi=frozenset())
    return with_fields(bare, rollout)


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize(
    ("text", "minutes", "wanted"),
    [
        (ONE, 60, ToCome.NOTHING),
        (ONE, 0.5, ToCome.SOMETHING),
        (LATER, 60, ToCome.SOMETHING),
        (LATER, 8 * 60 + 0.01, ToCome.SOMETHING),
        (LATER, 9 * 60, ToCome.NOTHING),
        (ONE + "notifications: [{update: DE, set: 2024-03-04 12:00}]\n", 60, ToCome.SOMETHING),
        (STANDING % "", 60, ToCome.NOTHING),
        (STANDING % "" + "faults: {installation: 100 %}\n", 60, ToCome.SOMETHING),
        (
            STANDING % ", expires: 2024-03-04 10:55" + "faults: {installation: 100 %}\n",
            60,
            ToCome.NOTHING,
        ),
        (ONE + "firmware: {new_version: {at_start: true}}\n", 60, ToCome.SOMETHING),
        (ONE[:-2] + ", {delivery: DE, once: 2024-03-04 18:00}]\n", 60, ToCome.NOTHING),
        (ONE[:-2] + ", {uefi_update: DE, once: 2024-03-04 18:00}]\n", 60, ToCome.NOTHING),
        (
            ONE[:-2] + ", {uefi_update: DE, once: 2024-03-04 18:00, inform_user: 60 s}]\n",
            60,
            ToCome.SOMETHING,  # its notices count
        ),
        ("commands: [{uefi_update: DE}, {uefi_update: FR}]\n", 60, ToCome.NOTHING),
        ("commands: [{delivery: DE}]\n", 60, ToCome.NOTHING),
        (
            "commands: [{delivery: DE}, {delivery: FR, once: 2024-03-04 18:00}]\n",
            60,
            ToCome.SOMETHING,
        ),
    ],
)
def test_a_rollout_is_over_when_nothing_of_its_scenario_is_to_come(text, minutes, wanted, labelled):
    assert after(text, minutes, labelled=labelled) is wanted


def test_a_job_of_the_scheduler_comes_on_its_own_day(tmp_path):
    """The same file twice: fired and done, and still to be fired."""
    for at, wanted in (("10:05", ToCome.NOTHING), ("20:00", ToCome.SOMETHING)):
        text = SCENARIO + "scheduler: jobs.ini\n"
        job = f"[Job1]\nId=x\nType=1\nSchedule=*-*-* {at}:00\n"
        (tmp_path / "jobs.ini").write_text(job, encoding="utf-8")
        rollout = prepare(loads(text, folder=tmp_path))
        log = play_once(rollout, 1, 0).log
        hour = 60 * MINUTE
        observed = observed_in(log.where(log.time <= hour), rollout, hour)
        assert Sendings(observed, rollout).to_come(epoch(rollout.start) + hour) is wanted


FAILING = "faults: {installation: 100 %}\n"


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (ONE, []),
        (ONE + FAILING, [0] * 10),
        (LATER + FAILING, [0] * 5 + [8] * 5),
        (STANDING % "" + FAILING, []),
        (ONE + FAILING + "firmware: {new_version: {at_start: true}}\n", []),
    ],
)
def test_a_device_is_given_up_when_nothing_more_comes_to_it(text, hours, labelled):
    rollout = prepare(loads(SCENARIO + text))
    log = play_once(rollout, 1, 0)
    observed = observed_in(log.log, rollout, log.ended)
    observed = observed if labelled else unlabelled(observed, rollout)
    since = Sendings(observed, rollout).given_up() - epoch(rollout.start)
    assert (since // (60 * MINUTE)).tolist() == hours
    begun = observed.where(observed.latest <= epoch(rollout.start) + 1000)
    assert not len(Sendings(begun, rollout).given_up())
