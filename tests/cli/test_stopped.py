"""Whoever stops a command is told what lies there by then, and what does not."""

from __future__ import annotations

import json
import signal
from typing import Self

import click
import pytest

from fwsim.cli import group, running
from fwsim.learning import figure
from fwsim.problems import InputError, Problem
from fwsim.put_in_place import noted, noting, putting
from fwsim.results.output.folder.drafts import Draft
from tests.cli.command_line import DATA, fwsim

SMALL = DATA / "misc" / "s.yaml"
RUN = ("run", SMALL, "--replications", 2, "--workers", 1, "--quiet")


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_between_two_outputs_tells_both(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.results.export.tables.workbook", interrupted)
    out, book = tmp_path / "o", tmp_path / "x.xlsx"
    ended = fwsim(*RUN, "--out", out, "--excel", book)
    assert ended.code == group.STOPPED_BY_USER
    assert ended.err.decode().strip() == f"stopped; written: {out}; not written: {book}"


def test_ctrl_c_after_the_last_output_leaves_nothing_to_miss(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "tell_written", interrupted)
    out = tmp_path / "o"
    ended = fwsim("run", SMALL, "--replications", 1, "--out", out)
    assert ended.err.decode().strip() == f"stopped; written: {out}"


def test_ctrl_c_before_the_ledger_does_not_say_that_nothing_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "keep_in_ledger", interrupted)
    out, ledger = tmp_path / "o", tmp_path / "f.db"
    ended = fwsim(*RUN, "--out", out, "--ledger", ledger)
    assert ended.err.decode().strip() == f"stopped; written: {out}; not written: {ledger}"


def test_a_forecast_that_was_kept_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "keep_in_ledger", _then_interrupted(running.keep_in_ledger))
    ledger = tmp_path / "f.db"
    ended = fwsim(*RUN, "--ledger", ledger)
    assert f"stopped; written: {ledger}" in ended.err.decode()


class ClosingSlowly:
    """A server that is told to end by two Ctrl-C of the terminal, and needs a while to close."""

    def __init__(self, *_: object, **__: object) -> None:
        self.left = [signal.SIGINT, signal.SIGINT]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """It is gone, or left alone."""

    def wait(self) -> int:
        while self.left:
            signal.raise_signal(self.left.pop())
        return 1


def test_the_planners_folder_stays_until_its_server_has_closed(tmp_path, monkeypatch):
    """A second Ctrl-C is how JupyterLab is told that one means it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fwsim.cli.opening._check_libraries", lambda **_: None)
    monkeypatch.setattr("subprocess.Popen", ClosingSlowly)
    ended = fwsim("open", SMALL)
    assert (ended.code, ended.text) == (0, "")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _then_interrupted(do):
    def both(*given: object, **more: object) -> None:
        do(*given, **more)
        raise KeyboardInterrupt

    return both


def test_ctrl_c_while_results_take_their_place_waits_until_they_are_there(tmp_path, monkeypatch):
    take_place = Draft.take_place

    def at_once(draft: Draft, gone: set[str]) -> None:
        signal.raise_signal(signal.SIGINT)
        take_place(draft, gone)

    monkeypatch.setattr(Draft, "take_place", at_once)
    out = tmp_path / "o"
    ended = fwsim(*RUN, "--out", out)
    assert ended.code == group.STOPPED_BY_USER
    assert ended.err.decode().strip() == f"stopped; written: {out}"
    assert json.loads((out / "summary.json").read_text())["runs"] == 2


def test_what_is_refused_late_does_not_say_that_nothing_was_done(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise InputError([Problem("no")])

    monkeypatch.setattr(running, "tell_written", refuse)
    ended = fwsim(*RUN, "--out", tmp_path / "o")
    assert ended.code == group.WRONG_INPUT
    assert f"1 problem; written: {tmp_path / 'o'}" in ended.text


def test_many_files_are_told_shortly(tmp_path, monkeypatch):
    def write_many(*_: object, **__: object) -> None:
        for number in range(7):
            with putting(tmp_path / str(number)):
                pass
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "tell_written", write_many)
    ended = fwsim("run", SMALL, "--replications", 1)
    shown = ", ".join(str(tmp_path / str(number)) for number in range(5))
    assert ended.err.decode().strip() == f"stopped; written: {shown} and 2 more"


def test_a_step_that_fails_put_nothing_in_place(tmp_path):
    with noting():
        with pytest.raises(OSError, match="full"), putting(tmp_path):
            raise OSError("full")
        assert noted() == []
    with putting(tmp_path):
        assert noted() == []


def test_the_picture_of_what_was_learnt_is_whole_or_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr(figure, "fits_picture", interrupted)
    with pytest.raises(KeyboardInterrupt):
        figure.write_fits(None, tmp_path / "fits.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError])
def test_ctrl_c_and_ctrl_d_at_a_question_are_told_like_anywhere_else(tmp_path, monkeypatch, stop):
    def ask(*_: object, **__: object) -> None:
        monkeypatch.setattr(click.termui, "visible_prompt_func", stopped)
        click.prompt("Name")

    def stopped(*_: object) -> None:
        raise stop

    monkeypatch.setattr("fwsim.scenario.shipped.copy_shipped", ask)
    ended = fwsim("list", "--copy-to", tmp_path, "--lang", "de")
    assert ended.code == group.STOPPED_BY_USER
    assert ended.err.decode().strip() == "angehalten; nichts wurde geschrieben"


def test_ctrl_c_while_options_are_read_is_told_like_anywhere_else(monkeypatch):
    monkeypatch.setattr(group, "_speak", interrupted)
    ended = fwsim(*RUN)
    assert (ended.code, ended.err.decode().strip()) == (130, "stopped; nothing was written")


def test_a_second_ctrl_c_cuts_off_nothing_of_what_is_said(monkeypatch):
    told = group.stopped_in_words

    def told_meanwhile(ctx):
        signal.raise_signal(signal.SIGINT)
        return told(ctx)

    monkeypatch.setattr("fwsim.scenario.shipped.copy_shipped", interrupted)
    monkeypatch.setattr(group, "stopped_in_words", told_meanwhile)
    ended = fwsim("list", "--copy-to", "x")
    assert (ended.code, ended.err.decode().strip()) == (130, "stopped; nothing was written")


def test_a_second_ctrl_c_just_before_anything_is_said_is_no_fault_of_fwsim(monkeypatch):
    monkeypatch.setattr("fwsim.scenario.shipped.copy_shipped", interrupted)
    monkeypatch.setattr(group, "interrupts_held", interrupted)
    ended = fwsim("list", "--copy-to", "x")
    assert (ended.code, ended.err) == (130, b"")


def test_ctrl_c_between_two_steps_of_click_is_told_like_anywhere_else(monkeypatch):
    def copy(_: object) -> None:
        click.get_current_context().find_root().call_on_close(interrupted)

    monkeypatch.setattr("fwsim.scenario.shipped.copy_shipped", copy)
    ended = fwsim("list", "--copy-to", "x", "--lang", "de")
    assert ended.code == group.STOPPED_BY_USER
    assert ended.err.decode().strip() == "angehalten; nichts wurde geschrieben"
