"""The test that matters: a forecast from a pilot of 30 users, and the rollout that then happens.

True shares, lines, persistence and the difference between rollouts are drawn from what the forecast
believes beforehand. 30 users are seen, the rollout is forecast from them, and then played once.
"""

import numpy as np
import pytest

import fwsim
from fwsim.experiments.run_spec import RunSpec, values_of_run
from fwsim.measures.measure import read_measure
from fwsim.results.statistics.forecast import forecast
from fwsim.run import prepare
from tests.tiers import in_both_tiers

BUTTONS = ("now", "defer", "cancel", "ignored")
PILOT = 30
MEASURES = tuple(map(read_measure, ("successful", "t50", "devices prompted", "cancels")))
DATA = {
    "zone": "Europe/Berlin",
    "start": "2021-09-24 14:00",
    "horizon": "1 d",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "150 MB"}]},
    "firmware": {
        "image_file": "new.idf",
        "path": "e",
        "server": "u",
        "reminder": {"deferments": 2, "delays": ["30 min", "1 h", "4 h"]},
    },
    "fleet": {
        "units": {
            "DE/A": {"devices": 40, "site": "A", "people": "users"},
            "DE/B": {"devices": 30, "site": "B", "people": "users"},
            "DE/C": {"devices": 20, "site": "C", "people": "users"},
        }
    },
    "network": {
        "sites": {
            "default": {"link": "20 Mbit/s"},
            "A": {"link": "20 Mbit/s"},
            "C": {"link": "10 Mbit/s"},
            "B": {"link": "8 Mbit/s", "busy": {"mon-fri 08:00-18:00": "30 %"}},
        }
    },
    "people": {"users": {"present": "mon-fri 08:00-18:00"}},
    "power": {"default": {"on": "mon-fri 07:00-20:00"}},
    "commands": [{"scmd": "-update -to DE -subous -inform 300 -cancel -once -at 24.09.2021 15:00"}],
}


def with_answers(answer):
    people = {"users": {**DATA["people"]["users"], "answer": answer}}
    return prepare(fwsim.Scenario.model_validate({**DATA, "people": people}))


def played(rollout, seed, runs):
    spec = RunSpec(rollout, seed, MEASURES)
    return [values_of_run(spec, number) for number in range(runs)]


def held(shares, pilot, runs, trial):
    """Return for each measure whether the rollout lay in the range that was told from its pilot."""
    counts = pilot.multinomial(PILOT, shares).tolist()
    told = played(with_answers({"seen": dict(zip(BUTTONS, counts, strict=True))}), 1, runs)
    stated = {
        name: f"{share:.12f}" for name, share in zip(BUTTONS[:3], shares.tolist(), strict=False)
    }
    (friday,) = played(with_answers(stated), 1_000_000 + trial, 1)
    ranges = (forecast([one[measure] for one in told]) for measure in MEASURES)
    return [
        found.low.value <= friday[measure] <= found.high.value
        for measure, found in zip(MEASURES, ranges, strict=True)
    ]


@in_both_tiers("trials, runs, least, most", short=(4, 19, 2, 4), long=(400, 199, 344, 376))
def test_the_next_rollout_lies_in_the_range_told_from_its_pilot(trials, runs, least, most):
    generator = np.random.default_rng(2026)
    shares = generator.dirichlet([0.5] * 4, size=trials)
    inside = np.sum(
        [held(shares[trial], generator, runs, trial) for trial in range(trials)], axis=0
    )
    found = dict(zip([measure.name for measure in MEASURES], inside.tolist(), strict=True))
    # Where a time is never reached, or everybody is asked, a range holds the next for sure.
    assert all(count >= least for count in found.values()), found
    assert max(found["successful"], found["cancels"]) <= most, found


def share_inside(rollout, runs, further):
    """Return for each measure which share of further worlds lies in what runs of others told."""
    told, next_ones = played(rollout, 1, runs), played(rollout, 77, further)
    found = {}
    for measure in MEASURES[:2]:
        told_range = forecast([one[measure] for one in told])
        inside = [
            told_range.low.value <= one[measure] <= told_range.high.value for one in next_ones
        ]
        found[measure.name] = np.mean(inside)
    return found


@pytest.mark.parametrize("doubt", ["all", "none"])
@pytest.mark.slow
def test_further_worlds_of_the_demo_lie_in_the_range_in_nine_of_ten_cases(scenarios, doubt):
    """Binomial and the range's own error: outside once in 80; the seeds are fixed."""
    model = fwsim.load(scenarios / "branch-offices.yaml").model_copy(update={"doubt": doubt})
    found = share_inside(prepare(model), 2000, 1000)
    assert all(0.87 <= share <= 0.93 for share in found.values()), found
