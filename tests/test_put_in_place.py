"""Ctrl-C waits for a short step, also for one within another, and reaches whoever waits for it."""

import signal

import pytest

from fwsim.put_in_place import interrupts_noted, noted, noting, putting


def interrupted(fault=None):
    """Have Ctrl-C come in a step, and the step fail."""
    with interrupts_noted():
        signal.raise_signal(signal.SIGINT)
        if fault is not None:
            raise fault


def put(place, fault=None):
    """Put something in its place, with such a step in it."""
    with putting(place):
        interrupted(fault)


def test_ctrl_c_in_a_step_within_another_waits_for_both(tmp_path):
    with noting():
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path)
        assert noted() == [tmp_path]


def test_ctrl_c_in_a_step_that_fails_says_why_it_failed(tmp_path):
    full = OSError("full")
    for fails in (lambda: interrupted(full), lambda: put(tmp_path, full)):
        with pytest.raises(KeyboardInterrupt) as told:
            fails()
        assert told.value.__cause__ is full


def test_whoever_takes_interrupts_instead_of_python_is_told_of_them_behind_the_step(tmp_path):
    told = []
    before = signal.signal(signal.SIGINT, lambda *_: told.append([*noted()]))
    try:
        with noting():
            put(tmp_path)
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == [[tmp_path]]
