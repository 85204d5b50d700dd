"""Ctrl-C ends the program in words and with one code, whenever it comes."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import BaseModel, field_validator

from fwsim import __main__ as program
from fwsim import cli
from fwsim.interrupts import interrupted_unless_lost, tell_unraisable
from fwsim.messages import say
from tests.cli.command_line import DATA

SMALL = DATA / "misc" / "s.yaml"

WHILE_IMPORTING = """
import signal, sys

class Interrupts:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == "fwsim.messages":
            sys.meta_path.remove(Interrupts)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupts)
sys.argv = ["fwsim", "validate", "SCENARIO"]
from fwsim.__main__ import main
main()
"""


IN_THE_FIRST_MODULES = """
import signal, sys

class Interrupts:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == "MODULE":
            sys.meta_path.remove(Interrupts)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupts)
sys.argv = ["/usr/bin/fwsim", "list"]
from fwsim.__main__ import main
main()
"""


IN_A_TEXT = """
import sys
import click, fwsim.messages, fwsim.interrupts

class Interrupts:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == "fwsim.cli":
            exec("raise KeyboardInterrupt")

sys.meta_path.insert(0, Interrupts)
"""


@pytest.fixture
def as_program():
    before = signal.signal(signal.SIGINT, interrupted_unless_lost)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_waits_until_pydantic_has_done_its_work(as_program):
    """Its part in C loses what is raised while it sets a section up."""
    done, never = [], threading.Event()

    class Interrupted(BaseModel):
        value: int

        @field_validator("value")
        @classmethod
        def interrupt(cls, value):
            signal.raise_signal(signal.SIGINT)
            done.append(value)
            return value

    def validate():
        done.append(Interrupted(value=1))
        never.wait(60)

    with pytest.raises(KeyboardInterrupt):
        validate()
    assert done[0] == 1
    assert done[1].value == 1


def test_ctrl_c_while_python_tidies_up_is_not_lost(as_program, monkeypatch, capsys):
    """Whatever is called when an object goes raises into nothing."""
    monkeypatch.setattr(sys, "unraisablehook", tell_unraisable)
    never, thing = threading.Event(), threading.Event()
    watched = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))

    def tidy_up():
        nonlocal thing
        thing = None
        assert watched() is None
        never.wait(60)

    with pytest.raises(KeyboardInterrupt):
        tidy_up()
    assert capsys.readouterr().err == ""


def test_what_else_is_raised_while_python_tidies_up_is_told(monkeypatch, capsys):
    monkeypatch.setattr(sys, "unraisablehook", tell_unraisable)
    thing = threading.Event()
    watched = weakref.ref(thing, lambda _: 1 / 0)
    del thing
    assert watched() is None
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_ctrl_c_waits_until_numpy_has_asked_for_an_attribute(as_program):
    """It takes whatever is raised meanwhile for *there is none*."""
    asked, never = [], threading.Event()

    class Interrupts(type):
        def __getattr__(cls, name):
            if not asked:
                asked.append(name)
                signal.raise_signal(signal.SIGINT)
            raise AttributeError(name)

    class Compared(metaclass=Interrupts):
        pass

    def compare():
        asked.append(np.int64(1) == Compared())
        never.wait(60)

    with pytest.raises(KeyboardInterrupt):
        compare()
    assert len(asked) == 2


def test_ctrl_c_while_the_program_imports_itself_is_told_in_one_line():
    ended = subprocess.run(
        [sys.executable, "-c", WHILE_IMPORTING.replace("SCENARIO", str(SMALL))],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (ended.returncode, ended.stderr.strip()) == (130, say("cli.stopped"))


@pytest.mark.parametrize("module", ["fwsim.clock_sources", "fwsim.interrupts"])
def test_ctrl_c_while_the_first_modules_are_imported_is_told_in_one_line(module):
    ended = subprocess.run(
        [sys.executable, "-c", IN_THE_FIRST_MODULES.replace("MODULE", module)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (ended.returncode, ended.stderr.strip()) == (130, say("cli.stopped"))


def test_ctrl_c_interrupts_as_ever_whoever_only_imports_fwsim():
    code = "import signal, sys; sys.argv = ['fwsim']; import fwsim, fwsim.__main__\n"
    code += "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ctrl_c_in_a_text_given_to_exec_leaves_the_code_as_it_is(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(IN_A_TEXT, encoding="utf-8")
    paths = os.pathsep.join(filter(None, [str(tmp_path), *sys.path]))
    ended = subprocess.run(
        [sys.executable, "-m", "fwsim", "list"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert ended.returncode == 130


def test_ctrl_c_behind_the_end_does_not_say_that_nothing_was_written(monkeypatch, capsys):
    def end(**_):
        try:
            sys.exit(0)
        finally:
            raise KeyboardInterrupt

    monkeypatch.setattr(cli, "main", end)
    monkeypatch.setattr(atexit, "register", lambda _: None)
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit, match="130"):
            program.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("ends", [KeyboardInterrupt, SystemExit(3), SystemExit(None)])
def test_ctrl_c_at_the_end_raises_nothing_any_more(monkeypatch, capsys, ends):
    def end(**_):
        raise ends

    left, at_exit = [], []
    monkeypatch.setattr(cli, "main", end)
    monkeypatch.setattr(atexit, "register", at_exit.append)
    monkeypatch.setattr(program.os, "_exit", left.append)
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as told:
            program.main()
        signal.raise_signal(signal.SIGINT)
        at_exit[0]()
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert left == [130]
    assert told.value.code == (130 if ends is KeyboardInterrupt else ends.code)
    assert capsys.readouterr().err.strip() == (say("cli.stopped") if told.value.code == 130 else "")


@pytest.mark.parametrize("told_by", ["ps1", "flags"])
def test_ctrl_c_does_not_end_an_interactive_session_that_has_run_it(
    monkeypatch, as_program, told_by
):
    monkeypatch.setattr(cli, "main", lambda **_: None)
    monkeypatch.setattr(atexit, "register", lambda _: None)
    told = {"ps1": "In : ", "flags": SimpleNamespace(inspect=1, interactive=0)}
    monkeypatch.setattr(sys, told_by, told[told_by], raising=False)
    with pytest.raises(SystemExit):
        program.main()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_who_ignores_ctrl_c_goes_on_to_ignore_it(monkeypatch):
    monkeypatch.setattr(cli, "main", lambda **_: None)
    monkeypatch.setattr(atexit, "register", lambda _: None)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(SystemExit):
            program.main()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
