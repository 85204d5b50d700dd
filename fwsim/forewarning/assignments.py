"""Standing assignments that no device can take, or that go nowhere with a plan."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.commands.notice import NEVER
from fwsim.commands.schedule import stamp
from fwsim.forewarning.oddity import Oddity
from fwsim.messages import say
from fwsim.model.assigned import Assigned, Assignment
from fwsim.model.assignments import assigned_of
from fwsim.model.rollout import Rollout


def oddities_of_assignments(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every assignment that cannot do what it is there for."""
    assigned = assigned_of(rollout)
    for assignment in assigned.assignments:
        yield from _of_times(rollout, assigned, assignment)
    yield from _of_windows(rollout, assigned)
    if rollout.scenario.search is not None:
        if assigned:
            yield Oddity(("assignments",), say("assignments.not_handed_over"), at_key=True)
        if assigned.commanded:
            yield Oddity(("windows",), say("assignments.windows_not_handed_over"), at_key=True)


def _of_windows(rollout: Rollout, assigned: Assigned) -> Iterator[Oddity]:
    """Yield an oddity where no command starts in a window that stops."""
    if rollout.scenario.windows is None:
        return
    last = stamp(rollout.local_time(rollout.horizon))
    first = min((run.at for run in rollout.runs), default=None)
    spans = [span for code in {*assigned.commanded} for span in assigned.hours[code]]
    if first is None:
        yield Oddity(("windows",), say("assignments.windows_of_nothing"), at_key=True)
    elif not any(start < rollout.horizon and end > first for start, end in spans):
        yield Oddity(("windows",), say("assignments.never_commanded", last=last), at_key=True)


def _of_times(rollout: Rollout, assigned: Assigned, assignment: Assignment) -> Iterator[Oddity]:
    place = ("assignments", assignment.number)
    if not assignment.devices:
        yield Oddity(place, say("assignments.for_nobody"))
        return
    last = stamp(rollout.local_time(rollout.horizon))
    until = min(assignment.expires, rollout.horizon)
    for key, codes in (("check_in", assignment.within), ("windows", assignment.windows)):
        spans = [assigned.hours[code] for code in {*codes} if code != ALWAYS_OPEN]
        is_never = all(not any(a < until and b > assignment.at for a, b in s) for s in spans)
        if spans and is_never and ALWAYS_OPEN not in codes:
            yield Oddity((*place, key), say(f"assignments.never_{key}", last=last))
    if assignment.deadline != NEVER and assignment.deadline >= rollout.horizon:
        yield Oddity((*place, "deadline"), say("assignments.deadline_beyond", last=last))
    if not (assignment.every or assignment.at_start or assignment.is_told):
        yield Oddity((*place, "check_in"), say("assignments.never_checks_in"))
