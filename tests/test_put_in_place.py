"""Ctrl-C waits for a short step, also for one within another, and reaches whoever waits for it."""

import signal

import pytest

from fwsim.interrupts import interrupts_held
from fwsim.put_in_place import noted, noting, putting


def interrupted(fault=None):
    """Have Ctrl-C come in a step, and the step fail."""
    with interrupts_held():
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


def test_whoever_takes_interrupts_and_raises_nothing_is_told_and_the_step_goes_on(tmp_path):
    told = []
    before = signal.signal(signal.SIGINT, lambda number, _: told.append(number))
    try:
        with noting():
            put(tmp_path)
            assert noted() == [tmp_path]
    finally:
        signal.signal(signal.SIGINT, before)
    assert told == [signal.SIGINT]
