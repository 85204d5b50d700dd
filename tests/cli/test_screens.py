"""What reaches a terminal: in every encoding, from every command, without anything that steers."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from rich.table import Table

from fwsim import screen
from fwsim.cli.group import CLOSED_PIPE, NOT_POSSIBLE
from fwsim.cli.opening import _served
from fwsim.console import PlainConsole
from fwsim.results.output.report_figures import without_a_screen
from fwsim.screen import Screen, escaped, fitting, visible
from tests.cli.command_line import DATA, NAME, fwsim, odd_scenarios

ENCODINGS = ("utf-8", "cp1252", "cp437", "latin-1", "ascii")
USUAL = ("utf-8", "ascii")
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]")
_FEW = ("--workers", "1", "--quiet")
COMMANDS = {
    "run": ["run", "{odd}", "--replications", "1"],
    "run several": ["run", "{odd}", "--replications", "3", *_FEW],
    "compare": ["compare", "{odd}", "{other}", "--replications", "3", *_FEW],
    "compare stories": ["compare", "{odd}", "{other}", "--replications", "1"],
    "validate": ["validate", "{odd}", "{odd}x"],
    "bounds": ["bounds", "{odd}"],
    "test": ["test", "{odd}", "--replications", "3", *_FEW],
    "log": ["log", "{results}", "--device", "{device}"],
    "log of nobody": ["log", "{results}", "--device", "–ı"],
    "export": ["export", "{results}", "--xes", "{results}.xes"],
    "report": ["report", "{results}"],
    "schema": ["schema"],
    "help": ["run", "--help"],
    "unknown": ["run", "--ı\x1b[2J"],
    "stages": ["stages", "{odd}", "--replications", "2", *_FEW],
    "plan": ["plan", "{odd}", *_FEW],
    "products": ["products", "{odd}", "--replications", "2", "--only", "mender", *_FEW],
    "products listed": ["products", "--list"],
}
SLOW = {"plan", "stages", "report"}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    odd, other = odd_scenarios(folder)
    results = folder / "results"
    assert fwsim("run", odd, "--replications", 2, *_FEW, "--out", results).code == 0
    device = (results / "devices.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[1]
    return {"odd": odd, "other": other, "results": results, "device": device}


@pytest.mark.parametrize(
    "encoding",
    [*USUAL, *(pytest.param(e, marks=pytest.mark.slow) for e in ENCODINGS if e not in USUAL)],
)
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - SLOW))
def test_every_command_prints_in_every_encoding(places, name, encoding):
    check(places, name, encoding)


@pytest.mark.parametrize("name", ["plan", "stages"])
def test_long_commands_print_in_ascii(places, name):
    check(places, name, "ascii")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", sorted(SLOW))
def test_long_commands_print_in_every_encoding(places, name, encoding):
    check(places, name, encoding)


def check(places, name, encoding):
    arguments = [part.format(**places) for part in COMMANDS[name]]
    ended = fwsim(*arguments, charset=encoding)
    assert ended.code in {0, 1, 2}
    for stream in (ended.out, ended.err):
        assert not STEERS.search(stream.decode(encoding))
    assert ended.out or ended.err


def test_markup_and_emoji_codes_in_names_are_names(places):
    for command, name in (("run several", NAME), ("compare", NAME), ("test", "[red] :smile:")):
        arguments = [part.format(**places) for part in COMMANDS[command]]
        assert name in fwsim(*arguments).text


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("Successful – 3 × 2 …", "ascii", "Successful - 3 x 2 ..."),
        ("−1.2 to ±3 „Größe“", "ascii", '-1.2 to +/-3 "Groesse"'),
        ("Größe – 2", "cp1252", "Größe – 2"),
        ("Größe – 2", "cp437", "Größe - 2"),
        ("ı š 東", "latin-1", "i s ?"),
        ("╭─┬╮│x│ ━━╸ █", "ascii", "+-++|x| --- #"),
        ("x", "no such encoding", "x"),
    ],
)
def test_what_an_encoding_lacks_is_replaced_by_what_can_be_read(text, encoding, shown):
    assert fitting(text, encoding) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("\x9b\x85\x7f\r\x00", "\\x9b\\x85\\x7f\\x0d\\x00"),
        ("\u202eevil\u2069", "\\u202eevil\\u2069"),
        ("\u2028", "\\u2028"),
        ("DE\U000e0041\U000e007f", "DE\\U000e0041\\U000e007f"),
        ("a\u200bb\u2060c\ufeffd\u00ade", "a\\u200bb\\u2060c\\ufeffd\\xade"),
        ("a\ufe0fb\ufe01c\u200dd", "a\\ufe0fb\\ufe01c\\u200dd"),
        ("\u3164", "\\u3164"),
        ("☎\ufe0f 👩\u200d💻 می\u200cخواهم", "☎\ufe0f 👩\u200d💻 می\u200cخواهم"),
        ("\ud800", "\\ud800"),
        ("\udcff", "\\xff"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("東京 – é", "東京 – é"),
    ],
)
def test_what_steers_a_terminal_stands_as_its_number(text, shown):
    assert visible(text) == shown


def test_nothing_hides_in_a_page():
    assert escaped('<b>\u202e\U000e0041 & "x"') == (
        "&lt;b&gt;\\u202e\\U000e0041 &amp; &quot;x&quot;"
    )


def test_what_goes_into_a_page_is_escaped_by_what_shows_all_of_it():
    here = Path(screen.__file__)
    modules = here.parent.rglob("*.py")
    others = [p.name for p in modules if "html import escape" in p.read_text(encoding="utf-8")]
    assert sorted(others) == ["hand_over.py", here.name]


def test_columns_stay_in_line_where_a_character_becomes_several():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    table = Table("Name", "N", box=None, pad_edge=False)
    table.add_row("a…b\x1b", "7")
    table.add_row("abcdefghijk", "8")
    PlainConsole(stream, width=60).print(table)
    stream.seek(0)
    rows = stream.read().splitlines()
    assert rows[1].startswith("a...b\\x1b")
    assert rows[1].index("7") == rows[2].index("8")


def test_colours_are_kept_where_somebody_watches():
    stream = io.StringIO()
    console = PlainConsole(stream, force_terminal=True, color_system="standard")
    console.print("x\x1b[2J", style="bold")
    assert stream.getvalue() == "\x1b[1mx\\x1b[2J\x1b[0m\n"


def test_a_screen_lets_go_what_its_stream_refuses():
    class Full(io.StringIO):
        def write(self, _text):
            raise OSError(28, "No space left on device")

    screen = Screen(Full())
    assert screen.write("x") == 1
    assert screen.fault.errno == 28
    Screen(None).write("nobody")


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = f'fwsim() {{ "{sys.executable}" -m fwsim "$@"; }}; '
    return subprocess.run(
        ["/bin/bash", "-c", program + command],
        capture_output=True,
        text=True,
        check=False,
        errors="surrogateescape",
        env={**os.environ, **environment},
    )


@pytest.mark.slow  # without a process: "run several" in ASCII, and a run whose names reach files
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "cp437"},
    ],
)
def test_results_are_written_whatever_the_console_can_show(tmp_path, environment):
    run = shell(
        f"fwsim run {DATA}/terminal/uni.yaml --replications 3 --out {tmp_path}/o", **environment
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("i\n")
    assert (tmp_path / "o" / "summary.json").is_file()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pipes of a shell")
def test_a_closed_pipe_loses_no_results(tmp_path):
    command = f"fwsim run {DATA}/misc/s.yaml --replications 3 --out {tmp_path}/o | true"
    command += "; echo ${PIPESTATUS[0]}"
    run = shell(command)
    assert (run.stdout, run.stderr) == (f"{CLOSED_PIPE}\n", "")
    assert (tmp_path / "o" / "summary.json").is_file()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_told(tmp_path):
    run = shell(f"fwsim run {DATA}/misc/s.yaml --out {tmp_path}/o > /dev/full")
    assert run.returncode == NOT_POSSIBLE
    assert run.stderr == "the output could not be printed in full: No space left on device\n"
    assert (tmp_path / "o" / "summary.json").is_file()
    assert shell(f"fwsim validate {DATA}/misc/s.yaml >&-").returncode == 0


def test_names_reach_files_as_they_are(places):
    assert NAME in (places["results"] / "summary.json").read_text(encoding="utf-8")


def test_no_command_draws_in_a_window_whatever_the_shell_says(monkeypatch):
    """A shell within a notebook names what need not be installed here."""
    monkeypatch.setenv("MPLBACKEND", "module://nosuch")
    seen = []
    monkeypatch.setattr(
        "fwsim.scenario.shipped.copy_shipped", lambda _: seen.append(os.environ["MPLBACKEND"])
    )
    assert fwsim("list", "--copy-to", "x").code == 0
    assert seen == ["agg"]
    assert os.environ["MPLBACKEND"] == "module://nosuch"
    code = "import os, sys; sys.exit('MPLBACKEND' in os.environ)"
    assert _served([sys.executable, "-c", code]) == 0


def test_a_report_is_drawn_where_windows_cannot_be_shown(monkeypatch):
    before = mpl.get_backend()
    monkeypatch.setattr(mpl, "get_backend", lambda: "module://nosuch")
    try:
        with without_a_screen():
            pass
    finally:
        mpl.use(before)
