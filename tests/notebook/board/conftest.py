"""A rollout, its answer and its board."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.notebook.board.board import wanted_measures
from fwsim.run import prepare


@pytest.fixture(scope="module")
def rollout(scenarios):
    return prepare(fwsim.load(scenarios / "branch-offices.yaml"))


@pytest.fixture(scope="module")
def answer(rollout):
    return Experiment(rollout, measures=wanted_measures(rollout)).run(20, workers=1)


@pytest.fixture(scope="module")
def commands(rollout):
    return tuple(section.command() for section in rollout.scenario.commands)
