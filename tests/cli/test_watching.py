"""`fwsim forecast --watch`: a log that is written anew is waited for, and Ctrl-C is its end."""

from __future__ import annotations

import pytest

from fwsim.cli import group, watching
from tests.cli.command_line import fwsim
from tests.learning.under_way import office

FEW = ("--replications", 10, "--workers", 1, "--quiet")


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Watch a log while each look at it, one after the other, finds it changed."""

    def watch(*changes, out=()):
        (tmp_path / "branch.yaml").write_text(office.SCENARIO, encoding="utf-8")
        log = tmp_path / "log.csv"
        office.save(log)
        coming = iter(changes)

        def sleep(_seconds: float) -> None:
            if (change := next(coming, None)) is None:
                raise KeyboardInterrupt
            change(log)

        monkeypatch.setattr(watching.time, "sleep", sleep)
        return fwsim(
            "forecast", tmp_path / "branch.yaml", "--so-far", log, "--watch", *FEW, *out
        )  # fmt: skip

    return watch


def emptied(log):
    log.write_text("")


def filled(log):
    office.save(log)


def spoilt(log):
    log.write_text("no log\n")


def test_ctrl_c_is_how_it_ends(watched, tmp_path):
    ended = watched(out=("--out", tmp_path / "o", "--ledger", tmp_path / "f.db"))
    assert ended.code == group.STOPPED_BY_USER
    assert ended.err.decode().endswith("\nstopped after 1 forecast\n")
    assert "nothing was written" not in ended.text


def test_a_log_that_is_empty_for_a_moment_is_waited_for(watched):
    ended = watched(emptied, filled)
    assert "error" not in ended.text
    assert "stopped after 2 forecasts" in ended.text


def test_a_log_that_cannot_be_read_meanwhile_is_a_warning(watched):
    ended = watched(spoilt, filled)
    assert "log.csv: warning: " in ended.text
    assert "stopped after 2 forecasts" in ended.text


def test_a_log_that_cannot_be_read_at_first_is_an_error(tmp_path):
    (tmp_path / "branch.yaml").write_text(office.SCENARIO, encoding="utf-8")
    spoilt(tmp_path / "log.csv")
    ended = fwsim(
        "forecast", tmp_path / "branch.yaml", "--so-far", tmp_path / "log.csv", "--watch", *FEW
    )
    assert ended.code == group.WRONG_INPUT
