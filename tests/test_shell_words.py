"""Commands that are told can be pasted into the shell of the platform."""

from __future__ import annotations

import shlex
from types import SimpleNamespace

import pytest

from fwsim import shell_words
from fwsim.problems import InputError
from fwsim.scenario.load import load
from fwsim.shell_words import command_line, quoted

WORDS = ["plain", "", "my file.yaml", "R&D.csv", "it's", 'a "b"', "C:\\a b\\", "C:\\R&D\\", "ä ö"]


@pytest.fixture
def on_windows(monkeypatch):
    monkeypatch.setattr(shell_words, "os", SimpleNamespace(name="nt"))


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("my file.yaml", '"my file.yaml"'),
        ("plain.yaml", "plain.yaml"),
        ("out\\plain", "out\\plain"),
        ("R&D.csv", '"R&D.csv"'),
        ("it's", '"it\'s"'),
        ("C:\\R&D\\", '"C:\\R&D\\\\"'),
        ("", '""'),
    ],
)
def test_on_windows_words_are_in_double_quotes(on_windows, word, written):
    assert quoted(word) == written


def test_elsewhere_a_shell_reads_the_same_words(monkeypatch):
    monkeypatch.setattr(shell_words, "os", SimpleNamespace(name="posix"))
    assert shlex.split(command_line(WORDS)) == WORDS


def test_the_hint_at_a_device_list_is_quoted_for_windows(on_windows, tmp_path):
    table = tmp_path / "my list.csv"
    table.write_text("name,ou\n", encoding="utf-8")
    with pytest.raises(InputError, match=r'fwsim new "[^"]*my list\.csv"'):
        load(table)
