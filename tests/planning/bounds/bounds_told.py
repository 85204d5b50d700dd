"""What is shared by tests of closed-form bounds."""

from __future__ import annotations

from fwsim.measures.expectation import read_expectation
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.run import prepare


def best(model, words, condition, *others):
    expected = [read_expectation(words, condition), *(read_expectation(*o) for o in others)]
    return Feasibility(prepare(model)).bounds(expected)[0]


def ten(scenario, update=None, **changes):
    """Ten devices, each 100 MB, over one line of 100 Mbit/s: 8 s a device, 80 s in all."""
    return scenario(update, fleet={"units": {"DE": {"devices": 10}}}, **changes)
