"""Scenarios as tests in pytest, in anyone's repository; other people's tests are left alone."""

from __future__ import annotations

import os
import socket
import textwrap
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

from fwsim.cli import main
from fwsim.scenario_tests.recognition import is_test
from tests.planning.small_office import MISSED, SCENARIO
from tests.scenario_tests.foreign_files import BYTES, HUGE, TEXTS, lay_out

pytest_plugins = "pytester"

PLAIN = ("-p", "no:cacheprovider", "-p", "no:anyio", "-p", "no:hypothesispytest")
STRICT = """\
[pytest]
filterwarnings = error
addopts = --strict-markers --strict-config
"""
CONFTEST = """\
import io
import os

def closed(real):
    def opened(path, *rest, **more):
        if str(path).endswith("secret.yaml"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *rest, **more)

    return opened

io.open, os.open = closed(io.open), closed(os.open)

def pytest_addoption(parser):
    parser.addoption("--update-golden", "--replications", action="store_true")
"""
GOOD = "def test_ok():\n    pass\n"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> None:
    """Have all imported that a run of pytest in this process needs: it forgets its own imports."""
    folder = tmp_path_factory.mktemp("imported")
    put(folder, "office.yaml", SCENARIO + MISSED)
    put(folder, "golden/office@Office-01.log", "nobody has read this\n")
    for code, *words in ((1,), (0, "--update-golden")):
        assert CliRunner().invoke(main, ["test", str(folder), *words]).exit_code == code
    put(folder, "misspelt.yaml", SCENARIO.replace("fleet:", "flet:"))
    assert CliRunner().invoke(main, ["test", str(folder)]).exit_code == 2


@pytest.mark.usefixtures("imported")
def test_each_expectation_is_a_test(pytester):
    put(pytester.path, "scenarios/office.yaml", SCENARIO + MISSED)
    result = pytester.runpytest_inprocess("scenarios", *PLAIN)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "expected  time to 95 %: <= 1 h",
            "got       not reached*",
            "because   *% not successful because installation failed",
            "runs      5, seed 1",
        ]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.mark.usefixtures("imported")
def test_in_a_german_session_a_miss_is_told_in_german(pytester, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    put(pytester.path, "office.yaml", SCENARIO + MISSED)
    put(pytester.path, "golden/office@Office-01.log", "nobody has read this\n")
    (pytester.path / "broken.yaml").write_text(SCENARIO.replace("devices: 20", "devices: many"))
    result = pytester.runpytest_inprocess("-o", "fwsim_scenarios=gone", *PLAIN)
    result.assert_outcomes(passed=1, failed=3, warnings=1)
    told = ["erwartet  Zeit bis 95 %: <= 1 h", "gefunden  in *nicht erreicht", "Grund     *"]
    result.stdout.fnmatch_lines_random(
        [*told, "Läufe     5, Seed 1", "*nicht mehr, was ein Mensch gelesen hat*"]
    )
    result.stdout.fnmatch_lines_random(["*Fehler: fleet*", "*gone' gibt es nicht oder*"])
    assert "time to 95 %: <= 1 h" in result.stdout.str()  # a test's name is the same for all


@pytest.mark.usefixtures("imported")
def test_golden_logs_are_written_anew_when_told_to(pytester):
    office = put(pytester.path, "office.yaml", SCENARIO)
    golden = put(pytester.path, "golden/office@Office-01.log", "nobody has read this\n")
    pytester.runpytest_inprocess(office, *PLAIN).assert_outcomes(passed=1, failed=1)
    told = pytester.runpytest_inprocess(office, "--fwsim-update-golden", *PLAIN)
    told.assert_outcomes(passed=2)
    assert golden.read_text().startswith("Office-01  (")


@pytest.mark.usefixtures("imported")
def test_a_scenario_that_cannot_be_read_is_a_test_that_fails_and_stops_no_other(pytester):
    put(pytester.path, "broken.yaml", SCENARIO.replace("devices: 20", "devices: many"))
    put(pytester.path, "misspelt.yaml", SCENARIO.replace("fleet:", "flet:"))
    (pytester.path / "latin.yaml").write_bytes((SCENARIO + "# größer\n").encode("latin-1"))
    put(pytester.path, "test_ok.py", GOOD)
    result = pytester.runpytest_inprocess(*PLAIN)
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(["*broken.yaml:5:*devices*"])
    result.stdout.fnmatch_lines(["*latin.yaml*is not UTF-8 text*", "*misspelt.yaml:5:1: *'flet'*"])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.slow
def test_nothing_heavy_is_imported_for_other_projects(pytester):
    pytester.makepyfile(
        textwrap.dedent(
            """
            import sys

            def test_nothing_heavy_is_imported():
                assert "fwsim.scenario" not in sys.modules
                assert "numpy" not in sys.modules
            """
        )
    )
    put(pytester.path, "other.yaml", "on: [push]\n")
    pytester.runpytest_subprocess(*PLAIN).assert_outcomes(passed=1)


def odd_places(folder: Path) -> None:
    """Put what is no file beside the files, under names of YAML files."""
    (folder / "folder.yaml").mkdir()
    put(folder, "folder.yaml/inside.yaml", "expect: 1\n")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "broken-link.yaml").symlink_to("nowhere.yaml")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "device.yaml").symlink_to("/dev/zero")
    put(folder, "secret.yaml", SCENARIO)
    here = Path.cwd()
    os.chdir(folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.yaml")
    os.chdir(here)


@pytest.mark.slow
def test_other_peoples_tests_run_whatever_lies_beside_them(pytester):
    lay_out(pytester.path)
    odd_places(pytester.path)
    put(pytester.path, "test_ok.py", GOOD)
    put(pytester.path, "conftest.py", CONFTEST)
    put(pytester.path, "pytest.ini", STRICT)
    result = pytester.runpytest_subprocess(*PLAIN)
    result.assert_outcomes(passed=1, warnings=1)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*fwsim leaves out '*secret.yaml': it cannot be read: Perm*"])


@pytest.fixture(scope="module")
def foreign(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("foreign")
    lay_out(folder)
    odd_places(folder)
    return folder


@pytest.mark.parametrize("name", [*TEXTS, *BYTES, HUGE[0]])
def test_a_file_of_others_is_no_scenario(foreign, name):
    assert not is_test(foreign / name, plainly=True)
    assert is_test(foreign / name) in {True, False}


@pytest.mark.parametrize("name", ["pipe.yaml", "folder.yaml", "device.yaml", "socket.yaml"])
def test_what_is_no_file_is_no_scenario(foreign, name):
    assert not is_test(foreign / name, plainly=True)
    assert not is_test(foreign / name)


@pytest.mark.slow
def test_a_folder_of_such_files_is_told_without_a_traceback(foreign):
    run = CliRunner().invoke(main, ["test", str(foreign)])
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    assert "nothing was done" in run.stderr


@pytest.mark.parametrize(
    "text",
    [
        SCENARIO,
        "---\n" + SCENARIO,
        "# read me first\n" + SCENARIO + "...\n",
        "\ufeff" + SCENARIO,
        SCENARIO.replace("\n", "\r\n"),
        SCENARIO.replace("\nfleet:", '\n"fleet" :'),
        SCENARIO.replace("\nfleet:", f"\nstory: |\n  {'x' * 70_000}\nfleet:"),
        SCENARIO.replace("\nzone:", "\nzon:"),
        SCENARIO.replace("commands: [{update: DE/Office}]", "commands:\n- update: DE/Office"),
        SCENARIO.replace(
            "image: {name: new.idf, packages: [{name: baseos, size: 100 MB}]}", "idf: image.idf"
        ),
    ],
)
def test_a_scenario_is_known_as_one(tmp_path, text):
    path = tmp_path / "office.yml"
    path.write_bytes(text.encode())
    assert is_test(path, plainly=True)
    path.write_bytes(text.encode("utf-16"))
    assert is_test(path, plainly=True)


def test_a_scenario_with_nothing_to_test_is_left_alone(tmp_path):
    path = put(tmp_path, "office.yaml", SCENARIO[: SCENARIO.index("expect:")])
    assert not is_test(path, plainly=True)
    put(tmp_path, "golden/office@Office-01.log", "")
    assert is_test(path, plainly=True)


@pytest.mark.slow
def test_where_scenarios_are_said_to_lie_all_are_taken(pytester):
    put(pytester.path, "pytest.ini", STRICT + "fwsim_scenarios = plans more/../one.yaml\n")
    put(pytester.path, "conftest.py", CONFTEST)
    put(pytester.path, "plans/office.yaml", SCENARIO)
    put(pytester.path, "plans/bare.yaml", 'expect: [successful: ">= 10 %"]\n')
    put(pytester.path, "plans/secret.yaml", SCENARIO)
    put(pytester.path, "plans/list.yaml", "nothing: to test\n")
    put(pytester.path, "one.yaml", '{"expect": []}\n')
    put(pytester.path, "beside/bare.yaml", 'expect: [successful: ">= 10 %"]\n')
    result = pytester.runpytest_subprocess(*PLAIN)
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines_random(
        ["*one.yaml*", "*bare.yaml*", "*plans/secret.yaml*cannot be read: Permission denied*"]
    )


def refused(path):
    raise PermissionError(13, "Permission denied", str(path))


@pytest.mark.parametrize(
    ("options", "told"),
    [((), 1), (("-W", "error"), 1), (("-W", "ignore::pytest.PytestWarning"), 0)],
)
def test_what_cannot_be_looked_at_is_told_unless_warnings_are_off(
    pytester, monkeypatch, options, told
):
    monkeypatch.setattr("fwsim.scenario_tests.recognition._glance", refused)
    put(pytester.path, "secret.yaml", SCENARIO)
    put(pytester.path, "test_ok.py", GOOD)
    result = pytester.runpytest_inprocess(*options, *PLAIN)
    result.assert_outcomes(passed=1, warnings=told)


@pytest.mark.parametrize(
    ("options", "told"),
    [((), 1), (("-W", "error"), 1), (("-W", "ignore::pytest.PytestWarning"), 0)],
)
def test_a_place_of_scenarios_that_is_not_there_is_told(pytester, options, told):
    put(pytester.path, "pytest.ini", "[pytest]\nfwsim_scenarios = gone\n")
    put(pytester.path, "test_ok.py", GOOD)
    result = pytester.runpytest_inprocess(*options, *PLAIN)
    result.assert_outcomes(passed=1, warnings=told)
    if told:
        result.stdout.fnmatch_lines(["*fwsim_scenarios: *gone' is not there or out of reach, so*"])


def test_a_place_of_scenarios_that_cannot_be_looked_at_stops_nothing(pytester, monkeypatch):
    exists = Path.exists
    monkeypatch.setattr(
        Path,
        "exists",
        lambda path, **options: refused(path) if path.name == "shut" else exists(path, **options),
    )
    put(pytester.path, "pytest.ini", "[pytest]\nfwsim_scenarios = shut\n")
    put(pytester.path, "test_ok.py", GOOD)
    pytester.runpytest_inprocess(*PLAIN).assert_outcomes(passed=1, warnings=1)


def test_nothing_stops_without_the_warnings_plugin(pytester, monkeypatch):
    monkeypatch.setattr("fwsim.scenario_tests.recognition._glance", refused)
    put(pytester.path, "secret.yaml", SCENARIO)
    put(pytester.path, "test_ok.py", GOOD)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pytester.runpytest_inprocess("-p", "no:warnings", *PLAIN).assert_outcomes(passed=1)


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_runs_that_is_none_is_refused(pytester, number):
    result = pytester.runpytest_inprocess("--fwsim-replications", number, *PLAIN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
