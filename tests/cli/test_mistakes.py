"""No traceback reaches a user: every mistake has its sentence, and is told before work begins."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time

import pytest
from click.testing import CliRunner

import fwsim as package
from fwsim.cli import group
from fwsim.cli import main as package_main
from fwsim.quantities.counts import LARGEST_SEED, MOST_REPLICATIONS
from tests.cli.command_line import DATA, fwsim

SMALL = DATA / "misc" / "s.yaml"
EXPECTS = 'expect: [{successful by 0001-01-01 00:00: ">= 1 %"}]\n'
LOADS = (DATA / "misc" / "s.yaml").read_text()


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch):
    """What is a mistake is told before anything is played."""

    def played(*_: object, **__: object) -> None:
        raise AssertionError("something was played")

    # Where it is taken from comes last: a module first imported then would keep what stands there.
    for module in ("experiments.run_spec", "planning.gates.policy_runs", "run"):
        monkeypatch.setattr(f"fwsim.{module}.play_once", played)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "{s}", "--replications", MOST_REPLICATIONS + 1], "1<=x<=100000"),
        (["run", "{s}", "--seed", LARGEST_SEED + 1], "not in the range"),
        (["run", "{s}", "--replication", MOST_REPLICATIONS], "0<=x<=99999"),
        (["run", "{s}", "--workers", "100000"], "not in the range"),
        (["stages", "{s}", "--replications", "1"], "not in the range"),
        (["plan", "{s}", "--runs", 10**8], "not in the range"),
        (["run", "{misc}/far.yaml"], "the year 9999 is out of range; expected 1970 to 2199"),
        (["run", "{tmp}/far2.yaml"], "the year 1 is out of range; expected 1970 to 2199"),
        (["run", "{s}", "--until", "9999-12-31 23:59"], "the year 9999 is out of range"),
        (["compare", "{s}", "{s}", "--measure", "successful by 0001-01-01 00:00"], "the year 1"),
        (["validate", "{texts}/s.yaml"], "put its key before it, as in {{scmd: …}}"),
        (["run", "{s}", "--out", "{s}"], "cannot write there: is not a folder"),
        (["run", "{s}", "--replications", 2, "--out", "{s}/x"], "s.yaml: is not a folder"),
        (["run", "{s}", "--replications", 2, "--logs", "/dev/null"], "is not a folder"),
        (["run", "{s}", "--out", "{tmp}/astray"], "is a link that leads nowhere"),
        (
            ["run", "{s}", "--replications", "1", "--logs", "{tmp}"],
            "is for several runs, and this is one",
        ),
        (
            ["run", "{s}", "--replications", "1", "--scheduler", "tcp://h:1"],
            "is for several runs, and this is one",
        ),
        (["compare", "{s}", "{s}", "--out", "{s}"], "cannot write there"),
        (["stages", "{s}", "--out", "{s}"], "cannot write there"),
        (["plan", "{s}", "--out", "{s}/x"], "cannot write there"),
        (["report", "{s}"], "no results of an experiment here"),
        (["test", "{tmp}"], "the year 1 is out of range"),
        (["validate", "{tmp}/a.yaml"], "is a folder; expected a file"),
        (["log", "{s}", "--device", "a\udcff"], "is not text in this encoding"),
        (["run", "{terminal}/sur.yaml"], "'\\ud800' is half of a character, not text"),
        (["new", "."], ".: error: is a folder; expected a file"),
        (["new", "/"], "/: error: is a folder; expected a file"),
        (["new", ""], "the name is empty; expected that of a file or folder"),
        (["run", "{s}", "--out", ""], "the name is empty"),
        (["run", "{s}", "--replications", 2, "--logs", ""], "the name is empty"),
        (["run", "{s}", "--out", "ftp://host/x"], "is an address; expected a file or folder"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(tmp_path, arguments, words):
    (tmp_path / "a.yaml").mkdir()
    (tmp_path / "far2.yaml").write_text(f"{LOADS}{EXPECTS}")
    (tmp_path / "astray").symlink_to(tmp_path / "nowhere")
    places = {"s": SMALL, "tmp": tmp_path} | {
        "misc": DATA / "misc",
        "texts": DATA / "commands-as-text",
        "terminal": DATA / "terminal",
    }
    ended = fwsim(*(str(part).format(**places) for part in arguments))
    assert ended.code == 2
    assert words.format() in ended.text


@pytest.mark.parametrize(
    "asked",
    [
        "run S --replications 2 --scheduler tcp://bob:hush-hush@127.0.0.1:1",
        "run S --replications 2 --scheduler tcp:bob:hush-hush@host:1",
        "run S --replications 2 --scheduler tcp://bob:a_hush-hush@host:1",
        "run S --replications 2 --scheduler tcp://host:1?token=hush-hush",
        "run https://bob:hush-hush@host/s.yaml",
        "run S --out https://bob:hush-hush@host/o",
    ],
)
def test_no_password_in_an_address_is_repeated(asked):
    words = (str(SMALL) if word == "S" else word.replace("_", " ") for word in asked.split())
    ended = fwsim(*words)
    assert ended.code == 2
    assert "hush" not in ended.text


def test_all_mistakes_of_a_command_line_are_told_at_once():
    ended = fwsim(
        "run",
        SMALL,
        "--replications",
        2,
        "--out",
        "/dev/null/x",
        "--until",
        "tomorrow",
        "--precision",
        "x",
        "--scheduler",
        "x",
    )
    assert ended.code == 2
    for place in ("--replications, --precision", "--until", "/dev/null/x", "--scheduler"):
        assert f"{place}: error: " in ended.text
    assert "5 problems; nothing was done" in ended.text


@pytest.mark.parametrize(
    ("option", "value", "meant"),
    [
        ("--by", "OU", "unit"),
        ("--by", "Group", "unit"),
        ("--by", "peple", "people"),
        ("--format", "CSV", "csv"),
        ("--engine", "python", "simpy"),
        ("--lang", "deutsch", "de"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_word_that_an_option_does_not_take_is_told_with_the_one_meant(
    option, value, meant, language
):
    spoken = [] if option == "--lang" else ["--lang", language]
    ended = fwsim("run", SMALL, option, value, *spoken)
    told = ended.text
    hint = {"en": f"did you mean '{meant}'?", "de": f"'{meant}'"}[language if spoken else "en"]
    assert told.count(value) == 1
    assert hint in told.partition(value)[2].rpartition(";")[2]


def test_letters_in_one_word_are_told_once():
    text = fwsim("run", SMALL, "-xy", "--seed", "x").text
    assert text.count("No such option") == 1
    assert "'x' is not a valid integer" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [(("--seed", "x"), True), (("--sede", "1"), False)],  # a 1 may be the value of --sede
)
def test_a_word_too_many_is_told_beside_another_mistake(words, told):
    text = fwsim("run", SMALL, "more", *words).text
    assert ("unexpected extra argument (more)" in text) is told
    assert text.count("Error: ") == 1 + told


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ("[scmd -update -to DE -now]", "a command line by itself"),
        ("['-update -to DE -now']", "a command line by itself"),
        ("[null]", "the entry is empty"),
        ("[[1]]", "no command; expected a map"),
        ("[1]", "no command; expected a map"),
        ("x", "expected a list"),
        ("[{scmd: 'scmd -update -to DE -once -at 01.01.9999 10:00'}]", "the year 9999"),
        ("[{update: DE, once: 0001-01-01 00:00}]", "the year 1 is out of range"),
    ],
)
def test_an_entry_that_is_no_command_gets_words(commands, words):
    with pytest.raises(package.InputError, match=words):
        package.loads(LOADS.replace("[{update: DE}]", commands))


def test_halves_of_a_character_are_refused_and_pairs_put_together():
    assert package.loads(f'{LOADS}name: "\\ud83d\\ude00"').name == "😀"
    for text in (f'{LOADS}name: "a\\ud83d"', f'{LOADS}"\\udc00": 1', f"{LOADS}name: \ud800"):
        with pytest.raises(package.InputError, match="is half of a character"):
            package.loads(text)


@pytest.mark.parametrize("folder", ["", ".", DATA, str(DATA)])
def test_a_scenario_from_text_takes_a_folder_by_its_name(folder):
    assert package.loads(LOADS, folder=folder).name == "Rollout"


def broken_by(monkeypatch, error: BaseException) -> None:
    def load(*_: object) -> None:
        raise error

    monkeypatch.setattr("fwsim.scenario.load.load", load)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (MemoryError(), group.NOT_POSSIBLE, "not enough memory"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/x/y"),
            group.NOT_POSSIBLE,
            "/x/y: No space left on device",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/x"),
            group.NOT_POSSIBLE,
            "/x: Permission denied",
        ),
        (RecursionError("deep"), group.FAULT, "a bug in fwsim: RecursionError"),
        (AttributeError("secret"), group.FAULT, "Please report it"),
        (KeyboardInterrupt(), group.STOPPED_BY_USER, "stopped; nothing was written"),
    ],
)
def test_what_nobody_foresaw_is_told_in_words(monkeypatch, error, code, words):
    broken_by(monkeypatch, error)
    ended = fwsim("run", SMALL)
    assert ended.code == code
    assert words in ended.text
    assert "Traceback" not in ended.text
    assert "secret" not in ended.text


def test_a_traceback_is_shown_to_who_asks_for_it(monkeypatch):
    broken_by(monkeypatch, ValueError("why"))
    for arguments in (["--debug", "run", SMALL], ["run", SMALL, "--debug"]):
        assert "ValueError: why" in fwsim(*arguments).text
    monkeypatch.setenv("FWSIM_DEBUG", "1")
    assert "ValueError: why" in fwsim("run", SMALL).text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "is not a scheduler's address"),
        ("nosuch://x:1", "'nosuch' is none of tcp, tls, ws, wss"),
        ("tpc://host:8786", "did you mean 'tcp'?"),
        ("tcp://host", "is not a scheduler's address"),
        ("tcp://u:p@host:1", "is not a scheduler's address"),
        ("tcp://host:99999", "port 99999 is out of range"),
        ("tcp://127.0.0.1:1", "Connection refused"),
    ],
)
def test_a_scheduler_that_cannot_be_is_refused_within_seconds(address, words):
    begin = time.monotonic()
    ended = fwsim("run", SMALL, "--replications", 2, "--scheduler", address)
    assert ended.code == 2
    assert words in ended.text
    assert time.monotonic() - begin < 20


@pytest.mark.slow
def test_another_server_is_no_scheduler():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        address = "tcp://{}:{}".format(*server.getsockname())
        ended = fwsim("run", SMALL, "--replications", 2, "--scheduler", address)
    assert ended.code == 2
    assert "is not a Dask scheduler" in ended.text


def test_a_golden_log_that_cannot_be_written_is_told_before_the_run(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(LOADS)
    (tmp_path / "golden").write_text("a file")
    ended = fwsim("test", path, "--golden", "DE-1")
    assert (ended.code, "is not a folder" in ended.text) == (2, True)


def test_a_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    place = tmp_path / "gone"
    place.mkdir()
    monkeypatch.chdir(place)
    place.rmdir()
    assert fwsim("run", SMALL, "--out", "o").code in {2, group.NOT_POSSIBLE}
    monkeypatch.chdir(tmp_path)


def test_results_that_cannot_be_written_are_printed_all_the_same(tmp_path, monkeypatch):
    monkeypatch.undo()  # here something runs

    def full(path: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("fwsim.results.output.result.json_writer", lambda _: full)
    ended = fwsim("run", SMALL, "--replications", 1, "--out", tmp_path / "o")
    assert ended.code == group.NOT_POSSIBLE
    assert "Rollout\n3 devices" in ended.text
    assert "cannot write there: No space left on device" in ended.text
    assert "these results were not written" in ended.text
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("path", ["a" * 300, "a/" * 3000], ids=["name", "path"])
@pytest.mark.parametrize(
    "command",
    [
        "run LONG",
        "run STORY --out LONG",
        "run STORY --replications 2 --logs LONG",
        "run STORY --commands LONG",
        "plan STORY --out LONG",
        "plan STORY --study LONG",
        "report LONG",
        "log LONG --device a",
        "compare STORY LONG",
        "compare STORY STORY --out LONG",
        "stages LONG",
        "stages STORY --out LONG",
        "validate LONG",
        "test LONG",
        "bounds LONG",
    ],
)
def test_a_path_no_file_can_have_is_refused_at_the_door(scenarios, command, path):
    words = {"LONG": path, "STORY": str(scenarios / "manual-example.yaml")}
    done = CliRunner().invoke(package_main, [words.get(word, word) for word in command.split()])
    assert done.exit_code == 2
    assert "…: File name too long" in done.stderr
    assert len(done.stderr) < 400


def test_two_outputs_of_one_name_are_refused_before_anything_runs(tmp_path):
    place = tmp_path / "oo.xlsx"
    ended = fwsim("run", SMALL, "--replications", 2, "--excel", place, "--ledger", place)
    assert ended.code == 2
    assert "--excel, --ledger: error: name the same place, oo.xlsx; take two" in ended.text


def test_one_place_that_two_options_name_is_told_once(tmp_path):
    taken = tmp_path / "taken"
    taken.touch()
    ended = fwsim("run", SMALL, "--replications", 2, "--out", taken, "--logs", taken)
    assert ended.code == 2
    told = f"{taken}: error: cannot write there: is not a folder\n1 problem; nothing was done\n"
    assert ended.text == told


def test_an_until_that_no_run_reaches_is_warned_of(monkeypatch):
    monkeypatch.undo()  # here something runs
    asked = ("run", SMALL, "--replications", 1, "--until")
    ended = fwsim(*asked, "2030-01-01 08:00")
    assert ended.code == 0
    assert "--until: warning: lies after the horizon, 2024-01-" in ended.text
    assert "--until" not in fwsim(*asked, "2024-01-01 09:00").text


def test_a_line_break_in_a_name_makes_no_line_that_nobody_said(tmp_path):
    named = tmp_path / "a\nvalid, 3 devices\n.yaml"
    named.write_text("fleet: []\n")
    told = CliRunner().invoke(package_main, ["validate", str(named)]).output
    assert "a\\nvalid, 3 devices\\n.yaml:1:" in told
    assert "valid, 3 devices" not in told.splitlines()


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        (
            "FWSIM_ALOW_OUTSIDE",
            "warning: nothing reads FWSIM_ALOW_OUTSIDE in the environment; did you mean "
            "'FWSIM_ALLOW_OUTSIDE'?\n",
        ),
        ("FWSIM_EXAMPLES", ""),
    ],
)
def test_a_slip_in_a_variable_of_the_environment_is_told(variable, told):
    done = CliRunner().invoke(package_main, ["list"], env={variable: "1"})
    assert (done.exit_code, done.stderr) == (0, told)
