"""Warnings on the command line: on stderr in the form of errors, and errors with --strict."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from fwsim.cli import main

CASES = Path(__file__).parent / "data"
DOUBTED = """\
zone: UTC
start: 2024-01-01 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
network: {sites: {default: {link: 10 Mbit/s}, Brnach 17: {link: 1 Mbit/s}}}
commands: [{update: DE, once: 2024-01-01 09:00}]
expect: [{successful by 2024-01-02 06:00: ">= 1 %"}]
search: {runs: 50, turn: {devices_wait: [0 s, 1 s]}}
stages: {groups: 2}
"""
WARNING = "s.yaml:6:47: warning: network.sites.Brnach 17: no device is at site 'Brnach 17'"
EXCERPT = "      6 | network: {sites: {default: {link: 10 Mbit/s}, Brnach 17: {link: 1 Mbit/s}}}"


def fwsim(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def odd(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text(DOUBTED)


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "s.yaml"),
        ("run", "s.yaml", "--replications", "1", "--quiet"),
        ("run", "s.yaml", "--replications", "2", "--workers", "1", "--quiet"),
        ("test", "s.yaml", "--replications", "2", "--workers", "1", "--quiet"),
        ("compare", "s.yaml", "s.yaml", "--replications", "2", "--workers", "1", "--quiet"),
        ("bounds", "s.yaml"),
        ("stages", "s.yaml", "--replications", "2", "--workers", "1", "--quiet"),
        ("plan", "s.yaml", "--workers", "1", "--quiet"),
    ],
    ids=lambda arguments: " ".join(arguments[:1]),
)
@pytest.mark.usefixtures("odd")
def test_every_command_that_reads_a_scenario_tells_its_warnings_and_goes_on(arguments):
    code, out, err = fwsim(*arguments)
    assert code == 0
    assert f"{WARNING}\n{EXCERPT}\n" in err
    assert "Brnach" not in out


@pytest.mark.parametrize("command", ["validate", "run", "test"])
@pytest.mark.usefixtures("odd")
def test_strict_refuses_what_is_warned_of(command):
    code, out, err = fwsim(command, "s.yaml", "--strict")
    assert code == 2
    assert WARNING.replace("warning", "error") in err
    assert "1 problem; nothing was done" in err
    assert out == ""


@pytest.mark.usefixtures("odd")
def test_strict_tells_the_warnings_of_all_files_with_their_problems():
    Path("t.yaml").write_text(DOUBTED.replace("once: 2024", "once: 2025"))
    Path("u.yaml").write_text(DOUBTED.replace(", Brnach 17: {link: 1 Mbit/s}", ""))
    code, out, err = fwsim("validate", "s.yaml", "t.yaml", "u.yaml", "--strict")
    assert code == 2
    assert WARNING.replace("warning", "error") in err
    assert "t.yaml:7:31: error: commands.0.once: 2025-01-01 09:00:00 lies after the horizon" in err
    assert out == "u.yaml: valid, 3 devices, 1 command run\n"


@pytest.mark.usefixtures("odd")
def test_validate_counts_what_it_warned_of():
    _, out, _ = fwsim("validate", "s.yaml")
    assert out == "s.yaml: valid, 3 devices, 1 command run, 1 warning\n"


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        (
            "robust-typos-without-effect/a.yaml",
            0,
            "6:40: warning: changes.0.unit: no device is in OU 'DEE' or below it; did you mean 'DE'?",  # noqa: E501
        ),
        ("robust-typos-without-effect/b.yaml", 0, "no device is at site 'Brnach 17'"),
        ("robust-typos-without-effect/c.yaml", 2, "'60%%' is not a share"),
        ("inventory-unmatched-names/s.yaml", 0, "no device is at site 'Köln'; did you mean"),
        ("inventory-unmatched-names/s.yaml", 0, "no device is in OU 'DE/Köln' or below it"),
        ("hint-mbps/s.yaml", 2, "'Mbps' is not a unit; did you mean 'Mbit/s'?"),
    ],
)
def test_the_files_that_were_taken_without_a_word_get_one(file, code, words):
    found, _, err = fwsim("validate", str(CASES / file))
    assert found == code
    assert words in err
