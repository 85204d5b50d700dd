"""A scheduler and a few workers on this machine, one of them killed in the middle of a run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.experiments.compare import compare
from fwsim.experiments.experiment import Experiment
from fwsim.planning.gates.policy_runs import PolicyRuns
from fwsim.planning.levers import Levers, turned
from fwsim.planning.search.search import Search
from tests.planning import small_fleets
from tests.tiers import in_both_tiers

distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("default")]

POLICIES = Path(__file__).parents[1] / "planning/gates/data/hawkbit-group-complete/s.yaml"


def machines(workers: int) -> Any:
    """Start a scheduler and its workers; no dashboard, no fixed port."""
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """A scheduler and a worker in threads of this process, asked by TCP as on any machine.

    A worker process imports for seconds all that is imported here.
    """
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=None,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def pair() -> Iterator[object]:
    """A scheduler and two worker processes; each test can do with one, if the other was killed."""
    with machines(2) as running:
        yield running


@pytest.fixture
def doomed() -> Iterator[object]:
    """A scheduler and three workers of one's own: the one that is killed may not come back."""
    with machines(3) as running:
        yield running


class Killer:
    """Kills one worker once so many runs are done; a nanny starts another, as on a real machine."""

    def __init__(self, cluster, after):
        self._cluster, self._after, self.killed = cluster, after, 0

    def tell(self, done, _total=None):
        if not self.killed and done >= self._after:
            self.killed = self._cluster.workers[1].pid
            os.kill(self.killed, signal.SIGKILL)


class LosesAResult(ThreadPoolExecutor):
    """As Dask's executor does when a worker goes with a result that is being fetched."""

    lost = False

    def submit(self, *call):
        if self.lost:
            return super().submit(*call)
        self.lost = True
        return super().submit(int, "too many values to unpack")


def test_a_run_whose_result_went_with_its_worker_is_made_again(scenario):
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 5}}})
    here = Experiment(model).run(4, workers=1)
    with LosesAResult(max_workers=1) as executor:
        there = Experiment(model).run(4, executor=executor)
    assert executor.lost
    assert there.as_data()["measures"] == here.as_data()["measures"]


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_counted_twice_in_an_experiment(pair, scenario):
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 50}}})
    here = Experiment(model).run(60, workers=1)
    killer = Killer(pair, after=10)
    with distributed.Client(pair, set_as_default=False) as client:
        there = Experiment(model).run(60, executor=client.get_executor(), progress=killer.tell)
    assert killer.killed
    assert [run.number for run in there.replications] == list(range(60))
    assert there.as_data()["measures"] == here.as_data()["measures"]


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_counted_twice_in_a_search(doomed, tmp_path):
    local = Search(small_fleets.people(200), study=tmp_path / "here.sqlite")
    here = local.run(workers=1)
    killer = Killer(doomed, after=40)
    remote = Search(small_fleets.people(200), study=tmp_path / "there.sqlite")
    with distributed.Client(doomed, set_as_default=False) as client:
        there = remote.run(
            executor=client.get_executor(), progress=lambda where: killer.tell(where.spent)
        )
    assert killer.killed
    assert there.trials == here.trials
    assert (there.outcome, there.spent) == (here.outcome, here.spent)
    kept = there.spent + len(there.written.values)  # the plan as written is told beside
    assert len(remote._study) == len(local._study) == kept


def test_plans_are_compared_on_a_cluster_as_here(cluster, scenario):
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 20}}})
    plans = [model, turned(model, Levers(inform_user=60))]
    here = compare(plans, replications=4, workers=1)
    with distributed.Client(cluster, set_as_default=False) as client:
        there = compare(plans, replications=4, executor=client.get_executor())
    assert here.table().equals(there.table())


@pytest.mark.slow
def test_policies_are_tried_on_a_cluster_as_here(pair):
    trying = PolicyRuns(
        Path(__file__).parents[1]
        / "planning"
        / "gates"
        / "data"
        / "hawkbit-group-complete"
        / "s.yaml"
    )
    with distributed.Client(pair, set_as_default=False) as client:
        assert trying.run(2, executor=client.get_executor()) == trying.run(2, workers=1)


@pytest.mark.slow
def test_a_plan_is_found_on_a_scheduler_named_on_the_command_line(pair, tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(fwsim.dumps(small_fleets.people(50)))
    arguments = ["plan", str(path), "--scheduler", pair.scheduler_address]
    there = CliRunner().invoke(main, arguments)
    here = CliRunner().invoke(main, ["plan", str(path), "--workers", "1"])
    assert there.exit_code == 0, there.output
    assert there.output == here.output


@in_both_tiers("workers", short="cluster", long="pair")
def test_dask_workers_give_the_same_summary(request, workers, scenario, tmp_path):
    cluster = request.getfixturevalue(workers)
    model = scenario({"inform_user": "5 min"}, fleet={"units": {"DE": {"devices": 20}}})
    experiment = Experiment(model)
    fwsim.save_answer(experiment.run(4, workers=1), tmp_path / "here")
    with distributed.Client(cluster, set_as_default=False) as client:
        fwsim.save_answer(experiment.run(4, executor=client.get_executor()), tmp_path / "there")
    for name in ("summary.json", "runs.npz", "measures.csv"):
        here, there = (tmp_path / place / name for place in ("here", "there"))
        assert here.read_bytes() == there.read_bytes()


def test_a_scheduler_can_be_named_on_the_command_line(cluster, scenarios, tmp_path):
    story = str(scenarios / "manual-example.yaml")
    for name, more in (("here", ["--workers", "1"]), ("there", ["--scheduler"])):
        address = [cluster.scheduler_address] if name == "there" else []
        result = CliRunner().invoke(
            main,
            ["run", story, "--replications", "3", "--out", str(tmp_path / name), *more, *address],
        )
        assert result.exit_code == 0, result.output
    here, there = ((tmp_path / name / "summary.json").read_bytes() for name in ("here", "there"))
    assert here == there


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_told(scenarios):
    story = str(scenarios / "manual-example.yaml")
    arguments = ["run", story, "--replications", "3", "--scheduler", "nonsense://x"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "--scheduler: error: 'nonsense://x' is not a scheduler's address" in result.stderr
