"""Places with forecasts that were kept, and logs beside them."""

import pytest

import fwsim as package
from fwsim.results.output.writing import bytes_writer
from tests.cli.command_line import fwsim
from tests.results.small_rollout import SMALL


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a scenario, its forecast in a ledger, and what became of it."""
    folder = tmp_path_factory.mktemp("score")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    ended = fwsim(
        "run", folder / "small.yaml", "--replications", 20, "--ledger", folder / "l.sqlite",
        "--out", folder / "answer", "--quiet",
    )  # fmt: skip
    assert ended.code == 0, ended.text
    assert "as forecast 1 of it" in ended.text
    for name, seed in (("truth", 7), ("before", 8), ("longer-ago", 9)):
        package.simulate(package.loads(SMALL), seed=seed).save(folder / name)
    return folder


@pytest.fixture
def unpictured(monkeypatch):
    """Spare a test pictures that are not its point."""
    monkeypatch.setattr("fwsim.results.figures.look.figure_writer", lambda _: bytes_writer(b""))
