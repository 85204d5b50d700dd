"""Worlds drawn of a scenario in doubt, and what is asked of them."""

from __future__ import annotations

import fwsim
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.run import prepare
from tests.conftest import merged

BASE = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",
    "horizon": "1 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
    "fleet": {
        "units": {
            "DE/A": {"devices": 2, "installed": "old.idf"},
            "DE/B": {"devices": 2, "installed": "old.idf", "site": "far"},
            "DE/C": {"devices": 2, "installed": "old.idf", "site": "far"},
            "DE/D": {"devices": 2, "installed": "old.idf"},
        }
    },
    "network": {"sites": {"default": {"link": "10 Mbit/s"}, "far": {"link": "10 Mbit/s"}}},
    "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "10 min"}],
    "doubt": "stated",
    "assumptions": {"between_rollouts": 0},
}


def worlds(count, **changes):
    """Return the rollouts of the first runs, with what they drew."""
    ready = doubted(prepare(fwsim.Scenario.model_validate(merged(BASE, changes))))
    return [ready.drawn(Chances(1, run)) for run in range(count)]


def world(run=0, **changes):
    """Return the rollout of one run, with what it drew."""
    return worlds(run + 1, **changes)[run]
