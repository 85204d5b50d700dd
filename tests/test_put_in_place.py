"""Ctrl-C waits for a short step, also for one within another, and reaches whoever waits for it."""

import signal

import pytest

from fwsim.put_in_place import interrupts_noted, noted, noting, putting


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_in_a_step_within_another_waits_for_both(tmp_path):
    with noting():
        with pytest.raises(KeyboardInterrupt), putting(tmp_path):
            with interrupts_noted():
                interrupt()
        assert noted() == [tmp_path]


def test_a_step_that_fails_within_another_still_fails(tmp_path):
    caught = []
    with pytest.raises(KeyboardInterrupt) as told, putting(tmp_path):
        try:
            with interrupts_noted():
                interrupt()
                raise OSError("full")
        except OSError as fault:
            caught.append(fault)
    assert caught
    assert told.value.__cause__ is None


def test_ctrl_c_in_a_step_that_fails_says_why_it_failed(tmp_path):
    with pytest.raises(KeyboardInterrupt) as told, putting(tmp_path):
        interrupt()
        raise OSError("full")
    assert str(told.value.__cause__) == "full"


def test_whoever_takes_interrupts_instead_of_python_is_told_of_them(tmp_path):
    told = []
    before = signal.signal(signal.SIGINT, lambda *_: told.append("now"))
    try:
        with putting(tmp_path):
            interrupt()
            assert not told
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == ["now"]
