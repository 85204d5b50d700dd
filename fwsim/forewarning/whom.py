"""Expectations of devices that nothing is commanded to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fwsim.forewarning.oddity import Oddity, Place, first_few
from fwsim.forewarning.times import expectations_of
from fwsim.measures.catalogue import TIMES, Kind
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.measures.members import members_of
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.first_due import what_is_due, who_may_be_meant
from fwsim.model.rollout import Rollout

_OF_TARGETED = (Kind.SUCCESSFUL, Kind.UP_TO_DATE, Kind.OUTCOME, *TIMES)


def oddities_of_whom(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every expectation of devices none of which can be targeted."""
    scenario = rollout.scenario
    expected = expectations_of(scenario)
    places = [(place, one.measure) for place, one in expected if _needs_somebody(one)]
    if places:
        yield from first_few(_of_nobody(rollout, places))


def _needs_somebody(expected: Expectation) -> bool:
    """Tell whether it is of some devices, and says nothing unless one of them is targeted.

    Whoever expects a number of devices may well expect none.
    """
    kind, of_all = expected.measure.kind, expected.measure.is_of_all
    is_count = kind is Kind.DEVICES_SUCCESSFUL and expected.wants_more
    return not of_all and (kind in _OF_TARGETED or is_count)


def _of_nobody(rollout: Rollout, places: list[tuple[Place, Measure]]) -> Iterator[Oddity]:
    meant = np.flatnonzero(_may_be_targeted(rollout)).astype(np.int32)
    for place, measure in places:
        if not members_of(measure, rollout.fleet, meant).any():
            yield Oddity(place, _in_words(measure))


def _in_words(measure: Measure) -> str:
    if measure.unit is not None:
        return say("warning.whom.nobody_in", unit=measure.unit)
    if measure.group is not None:
        return say("warning.whom.nobody_of", group=measure.group)
    return say("warning.whom.nobody")


def _may_be_targeted(rollout: Rollout) -> NDArray[np.bool_]:
    """Tell of each device whether what the rollout is judged by may be for it."""
    due = what_is_due(rollout)
    judged = (run.command for run in rollout.runs if run.command.status_field is due.judged)
    meant = who_may_be_meant(rollout, (command.target for command in judged))
    meant[due.starters] = True
    for assignment in assigned_of(rollout).assignments:
        if assignment.command.status_field is due.judged:
            meant[list(assignment.devices)] = True
    return meant
