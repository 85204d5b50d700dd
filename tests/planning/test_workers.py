"""Runs on a real Dask scheduler with three workers, each a process of its own on this machine."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from fwsim.cli import main
from fwsim.planning.experiment import Experiment

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")


def test_dask_workers_give_the_same_summary(cluster, scenario, tmp_path):
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 20}}})
    experiment = Experiment(model)
    experiment.run(4, workers=1).save(tmp_path / "here")
    with distributed.Client(cluster, set_as_default=False) as client:
        experiment.run(4, executor=client.get_executor()).save(tmp_path / "there")
    for name in ("summary.json", "runs.npz", "measures.csv"):
        here, there = (tmp_path / place / name for place in ("here", "there"))
        assert here.read_bytes() == there.read_bytes()


def test_a_scheduler_can_be_named_on_the_command_line(cluster, scenarios, tmp_path):
    story = str(scenarios / "manual-example.yaml")
    for name, more in (("here", ["--workers", "1"]), ("there", ["--scheduler"])):
        address = [cluster.scheduler_address] if name == "there" else []
        result = CliRunner().invoke(
            main, ["run", story, "--replications", "3", "--out", str(tmp_path / name), *more,
                   *address],
        )  # fmt: skip
        assert result.exit_code == 0, result.output
    here, there = ((tmp_path / name / "summary.json").read_bytes() for name in ("here", "there"))
    assert here == there


def test_a_scheduler_that_does_not_answer_is_told(scenarios):
    story = str(scenarios / "manual-example.yaml")
    arguments = ["run", story, "--replications", "3", "--scheduler", "nonsense://x"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "--scheduler: error: 'nonsense://x' is no scheduler's address" in result.stderr
