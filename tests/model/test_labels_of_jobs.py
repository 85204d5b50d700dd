"""What devices run by themselves has a label that nothing else has."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.engine import Engine
from fwsim.model.device_jobs import scheduled_jobs_of
from fwsim.model.device_orders import firing_label
from fwsim.problems import InputError
from fwsim.run import prepare, simulate

IDS = ("1", "start", "notification 1", "assignment 1", "job 1", "evening")
TEXT = """\
zone: UTC
start: 2024-01-01 08:00
horizon: 2 d
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 2}}}
firmware: {new_version: {at_start: true}}
commands: [{update: DE, every: {days: mon-sun, at: 09:00}}]
notifications: [{update: DE}]
scheduler: jobs.ini
"""


@pytest.fixture
def rollout(tmp_path):
    jobs = (f"[Job{n}]\nId={name}\nType=1\nSchedule=1{n}:00\n" for n, name in enumerate(IDS))
    (tmp_path / "jobs.ini").write_text("".join(jobs))
    return prepare(fwsim.loads(TEXT, folder=tmp_path))


def test_jobs_that_are_named_as_commands_and_checks_have_labels_of_their_own(rollout):
    labels = {job.job.id: firing_label(job, 1) for job in scheduled_jobs_of(rollout)}
    assert labels == {
        "1": "job 1/2",
        "start": "job start/2",
        "notification 1": "job notification 1/2",
        "assignment 1": "job assignment 1/2",
        "job 1": "job job 1/2",
        "evening": "evening/2",
    }


def test_more_deferments_than_can_be_allowed_are_refused_as_those_of_a_reminder(tmp_path):
    jobs = "[Job1]\nType=1\nSchedule=10:00\nInformUser=60\nDelays=900\nDeferments="
    (tmp_path / "jobs.ini").write_text(f"{jobs}10\n")
    prepare(fwsim.loads(TEXT, folder=tmp_path))
    (tmp_path / "jobs.ini").write_text(f"{jobs}11\n")
    with pytest.raises(InputError) as caught:
        prepare(fwsim.loads(TEXT, folder=tmp_path))
    (problem,) = caught.value.problems
    assert (problem.source, problem.line) == ("jobs.ini", 6)
    assert problem.message == "11 deferments are more than assumptions.most_deferments allows (10)"


@pytest.mark.parametrize("engine", [Engine.SIMPY, Engine.COMPILED])
def test_both_clocks_log_them_apart(rollout, engine):
    labels = [run.label for run in simulate(rollout.scenario, engine=engine).columns.runs]
    assert len(set(labels)) == len(labels)
    assert {"1/1", "job 1/1", "job start/1", "evening/1"} <= {*labels}
