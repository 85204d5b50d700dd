"""What an extra brings is asked for by name where it is missing; nothing else needs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from fwsim.cli import main
from fwsim.cli.opening import planner_notebook
from tests.cli.command_line import fwsim
from tests.test_docs import ROOT

EXAMPLE = ROOT / "scenarios" / "manual-example.yaml"
EXTRAS = ("optuna", "icalendar", "openpyxl", "jupyterlab", "ipywidgets", "voila", "distributed")
WITHOUT = f"""\
import sys
for name in {EXTRAS}:
    sys.modules[name] = None
from fwsim.cli import main
"""


def without_extras(*arguments):
    code = f"{WITHOUT}main({[str(a) for a in arguments]})"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("plan", EXAMPLE), "plan"),
        (("plan", EXAMPLE, "--out", "plan"), "plan"),
        (("run", EXAMPLE, "--excel", "a.xlsx"), "excel"),
        (("open", EXAMPLE), "notebook"),
        (("open", EXAMPLE, "--app"), "notebook"),
        (("run", EXAMPLE, "--scheduler", "tcp://127.0.0.1:1"), "cluster"),
    ],
)
def test_the_extra_is_named(monkeypatch, tmp_path, arguments, extra):
    monkeypatch.chdir(tmp_path)
    for name in list(sys.modules):
        if name.partition(".")[0] in EXTRAS:
            monkeypatch.delitem(sys.modules, name)
    for name in EXTRAS:
        monkeypatch.setitem(sys.modules, name, None)
    ended = fwsim(*arguments)
    assert ended.code == 2
    assert f"fwsim[{extra}]" in ended.text
    assert "Traceback" not in ended.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_run_and_its_report_need_no_extra(tmp_path):
    out = tmp_path / "out"
    run = ("run", EXAMPLE, "--engine", "simpy", "--replications", 2, "--quiet", "--out", out)
    done = without_extras(*run)
    assert done.returncode == 0, done.stderr
    assert without_extras("report", out).returncode == 0


def test_the_planners_notebook_names_the_scenario_as_text(tmp_path):
    path = tmp_path / 'a\\b"); import os #.yaml'
    code = json.loads(planner_notebook(path))["cells"][1]
    assert code["metadata"]["jupyter"]["source_hidden"]
    called = compile(code["source"], "cell", "exec")
    shown = []
    names = {"planner": shown.append}
    source = code["source"].replace("from fwsim.notebook import planner", "")
    assert called
    exec(source, names)  # noqa: S102 - its own text, with another planner
    assert shown == [str(path)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_ask_for_completions(shell, monkeypatch, capsys):
    monkeypatch.setenv("_FWSIM_COMPLETE", f"{shell}_source")
    monkeypatch.setattr("click.shell_completion.BashComplete._check_version", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main(prog_name="fwsim")
    assert ended.value.code == 0
    assert "_FWSIM_COMPLETE" in capsys.readouterr().out


def test_a_shell_is_told_commands_and_options(monkeypatch, capsys):
    monkeypatch.setenv("_FWSIM_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "fwsim run --repl")
    monkeypatch.setenv("COMP_CWORD", "2")
    with pytest.raises(SystemExit):
        main(prog_name="fwsim")
    assert capsys.readouterr().out.split() == ["plain,--replications", "plain,--replication"]


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_whoever_ends_the_command_ends_the_server():
    """The server says who it is, and waits; the command that served it is asked to end."""
    server = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    words = [sys.executable, "-c", server]
    code = f"import sys\nfrom fwsim.cli.opening import _served\nsys.exit(_served({words}))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as command:
        served = int(command.stdout.readline())
        command.terminate()
        assert command.wait(timeout=30) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(served, 0)
