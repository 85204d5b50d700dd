"""What devices run by themselves has a label that nothing else has."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.engine import Engine
from fwsim.model.device_jobs import scheduled_jobs_of
from fwsim.model.device_orders import firing_label
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


@pytest.mark.parametrize("engine", [Engine.SIMPY, Engine.COMPILED])
def test_both_clocks_log_them_apart(rollout, engine):
    labels = [run.label for run in simulate(rollout.scenario, engine=engine).columns.runs]
    assert len(set(labels)) == len(labels)
    assert {"1/1", "job 1/1", "job start/1", "evening/1"} <= {*labels}
