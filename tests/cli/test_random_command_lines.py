"""Random command lines: whatever is typed, words come back and an exit code that is documented."""

from __future__ import annotations

import random

import click
import pytest

from fwsim.cli import main
from fwsim.cli.group import CLOSED_PIPE, FAULT
from tests.cli.command_line import DATA, fwsim, odd_scenarios
from tests.tiers import EXAMPLES

SHORT, LONG = 25, 25 + EXAMPLES
LONG_COMMANDS = {"demo"}
"""It is a run and a report, of the same scenario each time."""
CODES = {0, 1, 2}
VALUES = (
    "",
    "0",
    "1",
    "2",
    "-1",
    "1e9",
    "99999999999999999999",
    "nan",
    "inf",
    "x",
    "ü–東",
    "a b",
    "\x1b[2J",
    "\udcff",
    "%",
    "[red]",
    "-",
    "--",
    "/dev/null",
    "/proc/self/mem",
    ".",
    "a" * 5000,
    "csv",
    "parquet",
    "simpy",
    "t95",
    "t95 ± 10 min at 95 %",
    "successful",
    "time to 95 %",
    "successful: >= 95 %",
    "prompts: <= 1 in 95 % of the runs",
    "prompts: <= ",
    ": : :",
    "2024-01-01 09:00",
    "0001-01-01 00:00",
    "9999-12-31 23:59",
    "tcp://x",
    "nosuch://x:1",
    "tcp://127.0.0.1:1",
    "DE-1",
)
TEXTS = (
    "",
    "{}",
    "[]",
    "null",
    "1",
    "zone: UTC",
    "\x00",
    "commands: [x]",
    "a: &a [*a]",
    "- - - -",
    '{"zone": "UTC", "commands": [null]}',
    "\ufeffzone: UTC",
    "zone: UTC\nzone: UTC",
    "'",
    "%YAML 9.9",
)


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    """`fwsim open` would go on serving."""

    def served(command):
        click.echo(command[0])
        return 0

    monkeypatch.setattr("fwsim.cli.opening._served", served)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Scenarios, results, folders and files to point at."""
    folder = tmp_path_factory.mktemp("fuzz")
    odd, other = odd_scenarios(folder)
    results = folder / "results"
    assert fwsim("run", DATA / "misc" / "s.yaml", "--replications", 2, "--out", results).code == 0
    (folder / "folder.yaml").mkdir()
    broken = []
    for number, text in enumerate(TEXTS):
        broken.append(folder / f"broken-{number}.yaml")
        broken[-1].write_text(text, encoding="utf-8")
    (folder / "noise.yaml").write_bytes(random.Random(1).randbytes(500))  # noqa: S311
    return [
        odd,
        other,
        DATA / "misc" / "s.yaml",
        results,
        folder / "folder.yaml",
        folder / "none",
        folder / "noise.yaml",
        folder / "empty-folder",
        *broken,
    ]


def command_line(rng: random.Random, places: list, out: object) -> list[str]:
    """Return a random command line; those that could take long are kept small."""
    name = rng.choice(sorted(main.commands.keys() - LONG_COMMANDS))
    command = main.commands[name]
    line = [name]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            count = 1 if parameter.nargs == 1 else rng.randint(1, 3)
            likely = places[:3] if rng.random() < 0.6 else places
            line += [str(rng.choice(likely)) for _ in range(count)]
        elif rng.random() < 0.25:
            flag = rng.choice(parameter.opts)
            if getattr(parameter, "is_flag", False):
                line.append(flag)
            elif isinstance(parameter.type, click.Path) and rng.random() < 0.7:
                line += [flag, str(out if rng.random() < 0.7 else rng.choice(places))]
            else:
                line += [flag, rng.choice(VALUES)]
    if rng.random() < 0.05:
        line.insert(rng.randrange(len(line) + 1), rng.choice(VALUES))
    options = {option for parameter in command.params for option in parameter.opts}
    for option, value in (("--replications", "2"), ("--workers", "1"), ("--runs", "50")):
        if option in options and option not in line and "--replication" not in line:
            line += [option, value]
    return line


def check(number: int, places: list, folder) -> None:
    rng = random.Random(number)  # noqa: S311 - a game of chance
    line = command_line(rng, places, folder / f"out-{number}")
    ended = fwsim(*line)
    told = f"seed {number}: {line} ended with {ended.code}: {ended.text[-500:]}"
    assert ended.code in CODES, told
    assert ended.code not in {FAULT, CLOSED_PIPE}, told
    assert "Traceback" not in ended.text, told
    assert ended.out or ended.err, told


def test_random_command_lines_end_in_words(places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in range(SHORT):
        check(number, places, tmp_path)


@pytest.mark.slow
def test_many_random_command_lines_end_in_words(places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in range(SHORT, LONG):
        check(number, places, tmp_path)
