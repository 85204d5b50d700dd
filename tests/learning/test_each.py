"""What every OU or site draws for itself is not learnt as one number for all."""

from pathlib import Path

import fwsim
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.learnt import Kept
from tests.observations.test_gaps import PILOT

BEFORE = Path("scenarios/learnt/before.yaml")
PLAIN = "{now: 45 %, defer: 40 %, cancel: 5 %}, worth: 10"
FAULTS = "transfer: {about: 0.5 %, worth: 100"
AFTER = "after: {lognormal: {median: {between: [20 s, 40 s]%s}, p95: 200 s}}"


def learnt(shares="", after="", faults=""):
    text = BEFORE.read_text(encoding="utf-8")
    text = text.replace(PLAIN, f"{PLAIN}{shares}, {AFTER % after}")
    text = text.replace(FAULTS, f"{FAULTS}{faults}")
    return fwsim.learn(
        fwsim.loads(text, folder=BEFORE.parent), PILOT, rows=20, families=(LOGNORMAL,)
    )


def test_shares_and_faults_stay_as_they_were_and_that_is_said():
    found = learnt(", each: unit", faults=", each: site")
    assert found["people.counter.answer"].kept == Kept.EACH_ITS_OWN
    assert found["faults.transfer"].kept == Kept.EACH_ITS_OWN
    assert found["people.counter.answer.after"].is_learnt
    assert found["people.office.answer"].is_learnt
    assert not any(name.startswith("people.counter.answer.now") for name in found.draws)
    [said] = [each for each in found.remarks() if each.startswith("people.counter.answer:")]
    assert "every OU or site is believed to have its own" in said
    people = found.scenario().as_data()["people"]["counter"]["answer"]
    assert (people["each"], people["worth"]) == ("unit", 10)


def test_a_time_that_every_ou_has_for_itself_keeps_no_shares():
    found = learnt(after=", each: unit")
    assert found["people.counter.answer.after"].kept == Kept.EACH_ITS_OWN
    assert found["people.counter.answer"].is_learnt
