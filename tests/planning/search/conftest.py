"""Spaces and searches of small fleets."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.search import Search
from fwsim.planning.search.space import Space
from fwsim.run import prepare
from tests.planning import small_fleets
from tests.planning.search.made_up_runs import (
    luck,
)
from tests.planning.search.searched_units import UNITS


@pytest.fixture
def searched(scenario):
    """A hub of six devices and three branches of two, updated together at noon."""

    def build(**turn) -> Space:
        model = scenario(
            {"subordinate_units": True, "inform_user": "5 min", "once": "2018-08-20 12:00"},
            fleet={"units": UNITS},
            network={"sites": {"hub": {"link": "1 Gbit/s"}}},
            search={"goals": ["time to 95 %"], "turn": turn},
        )
        model = fwsim.Scenario.model_validate(model.as_data())
        return Space(prepare(model))

    return build


@pytest.fixture
def searches(monkeypatch):
    """Search with runs made up by a law of the choice and a generator; nothing is simulated."""

    def make(law, *, runs, seeds, limits=(), goals=("time to 95 %",), turn=None, written=None):
        monkeypatch.setattr(
            CandidateRuns, "_jobs", lambda _, missing: [(t.choice, n) for t, n in missing]
        )

        def computed(self, jobs):
            found = []
            for chosen, number in jobs:
                choice = chosen or (0,) * len(self._space.axes)  # the plan as it is written
                measures = self._question.measures
                by_law = law if chosen or written is None else written
                values = by_law(choice, luck(self._seed, choice, number))
                found.append(dict(zip(measures, values, strict=True)))
            return found

        monkeypatch.setattr(CandidateRuns, "_computed", computed)
        monkeypatch.setattr(CandidateRuns, "seen", lambda *_: ())  # why is of runs that are played
        data = small_fleets.thin_line(runs).as_data()
        data["search"] |= {"goals": list(goals), "limits": list(limits)}
        data["search"]["turn"] = turn or data["search"]["turn"]
        if goals != ("time to 95 %",):
            data["search"].pop("indifference")
        model = fwsim.Scenario.model_validate(data)
        return [Search(model, seed=seed).run(workers=1) for seed in range(seeds)]

    return make


@pytest.fixture(scope="module")
def found():
    return Search(small_fleets.people(100)).run(workers=1)
