"""A password never leaves the reader: not in files, pickles, widgets or on the wire."""

from __future__ import annotations

import pickle
import select
import socket
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.experiments.experiment import Experiment
from fwsim.run import prepare

STORY = Path(__file__).parent / "data" / "secrets" / "everywhere.yaml"
SECRET = b"ZZSECRET"
GOOD = """zone: UTC
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
commands: [{update: DE}]
"""


def test_neither_the_scenario_nor_what_is_prepared_of_it_holds_a_password():
    scenario = fwsim.load(STORY)
    rollout = prepare(scenario)
    kept = pickle.dumps(scenario) + pickle.dumps(rollout)
    assert SECRET not in kept
    assert SECRET not in repr((scenario, scenario._document, rollout.runs)).encode()
    assert len(kept) > 1000


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "arguments",
    [
        ["run", STORY, "--out", "o", "--replications", "5"],
        ["run", STORY, "--out", "o", "--replications", "5", "--format", "parquet"],
        ["run", STORY, "--out", "o", "--replications", "3", "--logs", "2", "--workers", "1"],
        [
            "plan",
            STORY,
            "--runs",
            "50",
            "--out",
            "o",
            "--study",
            "study.sqlite",
            "--fix",
            "--workers",
            "1",
        ],
        ["test", STORY, "--replications", "2"],
    ],
    ids=lambda arguments: " ".join(str(a) for a in arguments if a != STORY),
)
def test_nothing_that_is_written_or_printed_holds_a_password(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code in {0, 1}, result.output
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert written or arguments[0] == "test"
    assert [p.name for p in written if SECRET in p.read_bytes()] == []
    assert SECRET not in result.output.encode()


def test_no_widget_of_the_planner_holds_a_password():
    pytest.importorskip("ipywidgets")
    from ipywidgets.widgets.widget import _instances

    from fwsim.notebook.plan import Plan
    from fwsim.notebook.planner_view import PlannerView

    before = set(_instances)
    view = PlannerView(Plan(fwsim.load(STORY)), follows=False)
    for name in view.tabs.names:  # a tab is made when it is looked at
        view.tabs.go_to(name)
    states = [widget.get_state() for name, widget in _instances.items() if name not in before]
    assert len(states) > 50
    assert SECRET not in repr(states).encode()


def test_a_name_and_a_story_forget_passwords_and_keep_all_else(tmp_path):
    story = "\n".join([*["word " * 1000] * 3, "see https://bob:ZZSECRET@h/", "x" * 5000, ""])
    scenario = fwsim.Scenario(
        **{**fwsim.loads(GOOD, folder=tmp_path).as_data(), "story": story},
        name="https://bob:ZZSECRET@h/",
    )
    assert scenario.name == "https://***@h/"
    assert scenario.story == story.replace("bob:ZZSECRET", "***")


@pytest.mark.parametrize(
    ("given_as", "kept_as"),
    [
        ("elias/x?token=ABCDEF", "elias/x?token=***"),
        ("elias/UC_RP6", "elias/UC_RP6"),
        ("ghp_0123456789abcdefghij", "***"),
    ],
)
def test_a_token_in_a_path_is_forgotten_when_it_is_read(tmp_path, given_as, kept_as):
    scenario = fwsim.loads(f"{GOOD}firmware: {{path: '{given_as}'}}", folder=tmp_path)
    assert scenario.firmware.path == kept_as


class Relay:
    """Passes on what two ends of a connection say, and keeps it."""

    def __init__(self, target):
        self.target, self.heard = target, bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near, far):
        other = {near: far, far: near}
        try:
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    self.heard += data
                    other[end].sendall(data)
        except OSError:
            return
        finally:
            near.close()
            far.close()


@pytest.mark.filterwarnings("default")
@pytest.mark.cluster
def test_no_password_goes_over_the_wire_to_a_cluster():
    """The whole conversation with a scheduler and its worker is heard by a relay between them."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.comm.compression": None}),
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp",
            dashboard_address=None,
        ) as cluster,
    ):
        host, port = cluster.scheduler_address.removeprefix("tcp://").split(":")
        relay = Relay((host, int(port)))
        with distributed.Client(f"tcp://127.0.0.1:{relay.port}", set_as_default=False) as client:
            Experiment(fwsim.load(STORY)).run(2, executor=client.get_executor())
        relay.listener.close()
    assert b"srv.example" in relay.heard  # the scenario itself did go over the wire
    assert SECRET not in relay.heard
