"""`fwsim learn`: what it reads, prints, writes and refuses."""

import pytest

import fwsim as package
from fwsim.problems import InputError
from fwsim.scenario.load import loads
from tests.cli.command_line import fwsim
from tests.learning.test_learning import GUESSED, TEXT


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a scenario and the saved run of another whose truth it does not know."""
    folder = tmp_path_factory.mktemp("learn")
    (folder / "pilot.yaml").write_text(GUESSED, encoding="utf-8")
    package.simulate(loads(TEXT), seed=5).save(folder / "run")
    return folder


def test_a_scenario_is_learnt_and_can_be_played(place):
    out = place / "learnt.yaml"
    ended = fwsim(
        "learn", place / "pilot.yaml", place / "run/status-log.csv", "--out", out,
        "--report", "--rows", 50, "--quiet",
    )  # fmt: skip
    assert ended.code == 0, ended.text
    assert "people.default.answer " in ended.text
    assert "notices of 1 rollout" in ended.text
    assert "kept as it was" in ended.text
    for name in ("learnt.yaml", "learnt-draws.csv", "learnt-fits.png"):
        assert (place / name).stat().st_size
        assert f"Written to {place / name}" in ended.text
    text = out.read_text(encoding="utf-8")
    assert "# learnt: " in text
    assert "draws: learnt-draws.csv" in text
    assert not any(name in text for name in ("Berlin-1", "Bonn-1"))
    played = fwsim("run", out, "--replications", 3, "--quiet")
    assert played.code == 0, played.text
    assert "inputs of the scenario" in played.text


def test_all_mistakes_are_told_at_once(place):
    ended = fwsim(
        "learn", place / "pilot.yaml", place / "run/status-log.csv",
        "--out", place / "pilot.yaml",
    )  # fmt: skip
    assert ended.code == 2
    assert "is the scenario itself" in ended.text
    ended = fwsim("learn", place / "nosuch.yaml", place / "nosuch.csv", "--report")
    assert ended.code == 2
    assert "nosuch.csv" in ended.text
    assert "nosuch.yaml" in ended.text
    assert "goes with --out" in ended.text


def test_a_zone_that_is_none_is_told_once_as_the_option_beside_the_rest(place):
    ended = fwsim(
        "learn", place / "pilot.yaml", place / "run/status-log.csv", place / "nosuch.csv",
        "--zone", "Mars", "--report",
    )  # fmt: skip
    assert ended.code == 2
    assert ended.text.count("--zone: error: unknown time zone 'Mars'") == 1
    assert "goes with --out" in ended.text
    assert "nosuch.csv" in ended.text


def test_the_learnt_scenario_lies_where_its_files_are_named_from(place, tmp_path):
    ended = fwsim(
        "learn", place / "pilot.yaml", place / "run/status-log.csv",
        "--out", tmp_path / "learnt.yaml",
    )  # fmt: skip
    assert ended.code == 2
    assert "expected a file in the folder of" in ended.text


def test_a_log_that_was_learnt_from_already_is_refused(place):
    logs, out = place / "run/status-log.csv", place / "once.yaml"
    assert fwsim("learn", place / "pilot.yaml", logs, "--rows", 50, "--out", out).code == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[-1].startswith("# learnt from a log of 20")
    again = place / "twice.yaml"
    ended = fwsim("learn", out, logs, "--rows", 50, "--out", again)
    assert ended.code == 2
    assert (
        f"was learnt from already, as {out}:{len(lines)} says, and would count twice" in ended.text
    )
    assert not again.exists()


def test_a_log_of_a_time_that_was_learnt_from_already_is_told(place):
    logs, out = place / "run/status-log.csv", place / "whole.yaml"
    part = place / "part.csv"
    rows = logs.read_text(encoding="utf-8").splitlines(keepends=True)
    part.write_text("".join(rows[: len(rows) // 2]), encoding="utf-8")
    learnt = package.learn(place / "pilot.yaml", logs, rows=50)
    learnt.save(out)
    more = package.learn(out, part, rows=50)
    assert "tells of a time of which the scenario was learnt already" in str(more)
    assert more.text().count("# learnt from a log of ") == 2
    with pytest.raises(InputError, match="was learnt from already"):
        package.learn(learnt.scenario(), logs, rows=50)


def test_a_folder_of_results_stands_for_its_log(place, tmp_path):
    of_file, of_folder = (
        fwsim("learn", place / "pilot.yaml", place / name, "--rows", 50, "--quiet")
        for name in ("run/status-log.csv", "run")
    )
    assert of_folder.code == 0, of_folder.text
    assert of_folder.text == of_file.text


def test_a_folder_without_a_log_is_told_with_what_may_be_meant(place, tmp_path):
    (tmp_path / "u_ex261102.log").touch()
    ended = fwsim("learn", place / "pilot.yaml", tmp_path, "--web", tmp_path)
    assert ended.code == 2
    such = f", such as {tmp_path / 'u_ex261102.log'}"
    assert f"{tmp_path}: error: is a folder without a status log; expected" in ended.text
    assert f"or the log itself{such}" in ended.text
    assert f"is a folder; expected the logs themselves{such}" in ended.text
    assert "no log of devices was given" not in ended.text
