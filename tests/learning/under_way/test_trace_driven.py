"""With what users did set as a log tells it, the lines that were there are found again."""

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.model.past import UP_TO_CONSENT, cut
from fwsim.run import play_once, prepare
from tests.experiments.test_forecast_holds import DATA

SEED = 5
CLICKS = {"now": "25 %", "defer": "60 %", "cancel": "5 %"}
FACTORS = np.round(np.arange(0.5, 1.01, 0.05), 2)


def office(factor, answer=None):
    network = {
        "sites": {
            name: {**site, "line_factor": f"{factor:.0%}"}
            for name, site in DATA["network"]["sites"].items()
        }
    }
    people = {"users": {**DATA["people"]["users"], "answer": answer or CLICKS}}
    data = {**DATA, "network": network, "people": people, "doubt": "none"}
    return prepare(fwsim.Scenario.model_validate(data))


def successes(record):
    log = record.log
    done = log.in_state(State.SUCCESS)
    times = np.full(len(record.rollout.fleet), record.rollout.horizon, float)
    times[log.device[done]] = log.time[done]
    return times


@pytest.mark.parametrize("truth", [0.6, 0.85])
def test_with_the_clicks_set_the_rate_of_the_lines_is_found(truth):
    happened = play_once(office(truth), SEED, 0)
    told = cut(happened.log, happened.rollout.horizon, 90, UP_TO_CONSENT)
    assert told.log.in_state(State.DEFERRED).sum() > 10

    def miss(factor):
        # Other luck: nothing but the clicks is known of it.
        played = play_once(office(factor, {"now": "90 %"}), SEED + 1, 0, past=told)
        return float(np.abs(successes(played) - successes(happened)).mean())

    assert FACTORS[np.argmin([miss(factor) for factor in FACTORS])] == pytest.approx(truth)


def test_with_the_clicks_set_everybody_is_asked_as_often_as_they_were():
    happened = play_once(office(0.7), SEED, 0)
    told = cut(happened.log, happened.rollout.horizon, 90, UP_TO_CONSENT)
    played = play_once(office(0.9, {"now": "90 %"}), SEED + 1, 0, past=told)
    for state in (State.NOTIFYING, State.DEFERRED, State.CANCELLED):
        assert played.log.in_state(state).sum() == happened.log.in_state(state).sum(), state
