"""What an extra brings is asked for by name where it is missing; nothing else needs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from fwsim.cli import main
from fwsim.cli.opening import planner_notebook
from fwsim.messages import LANGUAGES, speaking
from tests.cli.command_line import fwsim
from tests.test_docs import ROOT

EXAMPLE = ROOT / "scenarios" / "manual-example.yaml"
EXTRAS = ("optuna", "icalendar", "openpyxl", "jupyterlab", "ipywidgets", "voila", "distributed")
IN_USE = ("matplotlib", "pyarrow")
"""Whoever has used them cannot be taken them away: they are missing in processes of their own."""
WITHOUT = f"""\
import sys
for name in {EXTRAS + IN_USE}:
    sys.modules[name] = None
"""


def without_extras(*arguments):
    return in_a_process(f"from fwsim.cli import main\nmain({[str(a) for a in arguments]})")


def in_a_process(code, cwd=None):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + code],
        cwd=cwd,
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


BY_THE_WAY = """
import json
import fwsim as package
assert all(hasattr(package, name) for name in package.__all__)
from tests.cli.command_line import fwsim
told = [((ended := fwsim(*line)).code, ended.text) for line in LINES]
print(json.dumps(told))
"""


def test_logs_parquet_and_figures_name_their_extra_before_anything_is_done(tmp_path):
    lines = {
        ("run", EXAMPLE, "--format", "parquet", "--out", "out"): "logs",
        ("run", EXAMPLE, "--replications", "3", "--logs", "logs"): "logs",
        ("learn", EXAMPLE, EXAMPLE): "logs",
        ("forecast", EXAMPLE, "--so-far", EXAMPLE): "logs",
        ("report", ROOT / "tests/results/output/data/c1a5ff8/answer"): "figures",
    }
    texts = [[str(word) for word in line] for line in lines]
    done = in_a_process(BY_THE_WAY.replace("LINES", repr(texts)), tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    for (code, text), extra in zip(told, lines.values(), strict=True):
        assert (code, f"fwsim[{extra}]" in text, "Traceback" in text) == (2, True, False), text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_runs_comparisons_and_policies_need_no_extra(tmp_path):
    out, several = tmp_path / "out", ("--replications", 2, "--quiet")
    done = without_extras("run", EXAMPLE, "--engine", "simpy", *several, "--out", out)
    assert done.returncode == 0, done.stderr
    for line in (
        ("compare", EXAMPLE, *several, "--set", "commands.0.user_can_cancel=false"),
        ("run", EXAMPLE, *several, "--ledger", tmp_path / "ledger"),
        ("bounds", EXAMPLE, "--limit", "time to 95 %: <= 6 h"),
        ("export", out, "--xes", tmp_path / "run.xes"),
        ("new", ROOT / "scenarios/branch-offices.csv", "--out", tmp_path / "ours.yaml"),
    ):
        done = without_extras(*line)
        assert done.returncode == 0, done.stderr
    gate = ROOT / "scenarios/waves-with-a-gate.yaml"
    staged = without_extras("stages", gate, *several, "--out", out)
    assert staged.returncode == 0
    assert "no stages.png written" in staged.stderr


@pytest.mark.parametrize("name", ['a\\b"); import os #.yaml', "it's.yaml", "Bär \U0001f43b.yaml"])
def test_the_planners_notebook_names_the_scenario_as_text(tmp_path, name):
    path = tmp_path / name
    code = json.loads(planner_notebook(path))["cells"][1]
    assert code["metadata"]["jupyter"]["source_hidden"]
    called = compile(code["source"], "cell", "exec")
    shown = []
    names = {"planner": shown.append}
    source = code["source"].replace("from fwsim.notebook import planner", "")
    assert called
    exec(source, names)  # noqa: S102 - its own text, with another planner
    assert shown == [str(path)]


def test_the_planner_speaks_the_language_that_opened_it(tmp_path, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    called = {}
    for spoken in LANGUAGES:
        with speaking(spoken):
            *_, cell = json.loads(planner_notebook(tmp_path / "a.yaml"))["cells"]
        called[spoken] = cell["source"].rpartition("\n")[2]
    assert called["de"].endswith("a.yaml', language='de')")
    assert called["en"].endswith("a.yaml')")  # as the kernel finds out itself


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


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize(
    ("number", "waits"),
    [
        ("SIGHUP", "_served"),
        ("SIGTERM", "_command"),
        pytest.param("SIGHUP", "_command", marks=pytest.mark.slow),
        pytest.param("SIGTERM", "_served", marks=pytest.mark.slow),
    ],
)
def test_whoever_ends_the_planner_leaves_no_folder_behind(tmp_path, number, waits):
    """Before the server is there, and while it runs."""
    code = (
        "import signal, sys, time\nfrom fwsim.cli import main, opening\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # whoever runs this with nohup
        "opening._check_libraries = lambda **_: None\n"
        "def wait(*_, **__):\n print('here', flush=True); time.sleep(60)\n"
        "opening._command = lambda *_, **__: [sys.executable, '-c',\n"
        " 'import time; print(\\'here\\', flush=True); time.sleep(60)']\n"
        f"opening._command = wait if {waits!r} == '_command' else opening._command\n"
        f"main(['open', {str(EXAMPLE)!r}, '--no-browser'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as command:
        assert command.stdout.readline() == "here\n"
        assert len(list(tmp_path.iterdir())) == 1
        command.send_signal(getattr(signal, number))
        command.wait(timeout=30)
    assert list(tmp_path.iterdir()) == []
