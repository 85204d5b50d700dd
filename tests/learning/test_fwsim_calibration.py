"""Truth from a scenario's beliefs, a log of fwsim's, learnt again: ranks of the truth are uniform.

This goes through everything between a log and a belief: notices cut by shutdowns and by the end of
people's hours, sizes, lines, counts. Seeds are fixed; each number is judged at p < 0.001 over all.
"""

import numpy as np
import pytest

import fwsim
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.learn import learn
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.run import prepare
from fwsim.scenario.belief_values import DURATION, SHARE
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in, transfers_in
from tests.learning.test_calibration import surprise

ROWS = 99
TEXT = """
name: Calibration
zone: Europe/Berlin
start: 2021-09-24 14:00
horizon: 9 h
doubt: stated
image: {name: n.idf, packages: [{name: a, size: 200 MB}]}
firmware: {reminder: {deferments: 2, delays: [15 min, 30 min]}}
fleet: {units: {Bonn: {devices: 150, site: Bonn}}}
network:
  sites:
    default: {link: 20 Mbit/s}
    Bonn: {link: 400 Mbit/s, line_factor: {between: [30 %, 80 %]}}
people:
  default:
    present: mon-fri 08:00-16:30
    answer:
      about: {now: 50 %, defer: 35 %, cancel: 5 %}
      worth: 20
      after:
        lognormal: {median: {between: [15 s, 60 s]}, p95: {between: [100 s, 240 s]}}
    persistence: {about: 50 %, worth: 2}
power: {default: {on: mon-fri 07:00-17:00, jitter: 45 min}}
faults: {installation: {about: 5 %, worth: 40}}
commands:
  - {update: Bonn, once: 2021-09-24 15:00, inform_user: 90 s, user_can_cancel: true}
assumptions:
  between_rollouts: 0
  missing_button: ignored
  restart_time: {lognormal: {median: {between: [40 s, 90 s]}, p95: 150 s}}
"""
NUMBERS = {
    "people.default.answer.now": SHARE,
    "people.default.answer.defer": SHARE,
    "people.default.answer.cancel": SHARE,
    "people.default.answer.after.median": DURATION,
    "people.default.persistence": SHARE,
    "assumptions.restart_time.median": DURATION,
    "faults.installation": SHARE,
    "network.sites.Bonn.line_factor": SHARE,
}
SCENARIO = loads(TEXT)
READY = doubted(prepare(SCENARIO))
BELIEVED = {doubt.place: doubt.belief for doubt in READY.rollout.doubts}


def truth_of(scenario, name):
    here = scenario
    for key in name.split("."):
        here = here[key] if isinstance(here, dict) else getattr(here, key)
    return float(here)


def ranks_of(replication):
    drawn = READY.drawn(Chances(11, replication)).scenario
    result = fwsim.simulate(SCENARIO, seed=11, replication=replication)
    seen = observed_in(result), transfers_in(result)
    learnt = learn(SCENARIO, *seen, rows=ROWS, seed=replication, families=(LOGNORMAL,))
    ranks = []
    luck = np.random.default_rng([12, replication])
    for name, quantity in NUMBERS.items():
        cells = learnt.draws.get(name)
        if cells is None:  # what no log told of stays as believed
            values = BELIEVED[name].quantile(luck.random((ROWS, 1)))[:, 0]
        else:
            values = np.array([quantity.read(cell) for cell in cells])
        # Cells have few digits; a draw that reads as the truth lies on either side of it.
        shifted = values * (1 + 1e-4 * np.random.default_rng(1).standard_normal(len(values)))
        ranks.append(int((shifted < truth_of(drawn, name)).sum()))
    return ranks


@pytest.mark.slow  # few data sets say little; those of the other world are learnt by make test
def test_ranks_of_the_truth_are_uniform():
    sets = 300
    ranks = np.array([ranks_of(replication) for replication in range(sets)])
    # fwsim's lines are steady, so their logs tell the rate to more digits than a cell has; whether
    # ranges of lines that wander hold the truth, the other world tells.
    assert np.abs(ranks[:, -1] - 49.5).mean() < 32
    others = ranks[:, :-1]
    print("mean ranks", ranks.mean(axis=0).round(1))  # noqa: T201 - shown by pytest -s
    assert surprise(others) > 1e-3, ranks.mean(axis=0)
    inside = ((others >= 5) & (others < 95)).mean(axis=0)
    print("coverage", inside.round(3))  # noqa: T201
    error = np.sqrt(0.09 / sets)
    assert inside == pytest.approx(np.full(len(inside), 0.9), abs=max(0.05, 4.5 * error)), inside
