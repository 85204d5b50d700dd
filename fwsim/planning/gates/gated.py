"""Group by group: a gate looks at one group before it lets the next one start."""

from __future__ import annotations

from fwsim.commands.lifecycle import State
from fwsim.planning.gates.device_ends import FAILED_OR_CANCELLED, FINISHED, Ends, Times
from fwsim.planning.gates.policies import Gate, groups
from fwsim.planning.gates.sending import Play, Sent, Setup, played
from fwsim.planning.gates.staged_run import HeldBy, StagedRun
from fwsim.results.run.ends import NOT_YET


class GateLooks:
    """What a gate sees in one run; every moment is that of a look.

    Parameters
    ----------
    setup, policy
        What is staged, and how.
    ends
        How the devices ended.
    """

    def __init__(self, setup: Setup, policy: Gate, ends: Ends) -> None:
        self._setup, self._policy, self._ends = setup, policy, ends

    def next_start(self, group: Sent) -> int:
        """Return when the group after this one starts if nothing fails; `NOT_YET` for never."""
        moment = gone_well(self._policy, self._ends, group)
        met = None if moment is None else self._look(max(moment, group.at))
        start = self._policy.next_start(group.at, met, self._setup.person_takes)
        return NOT_YET if start is None else start

    def held_by(self, group: Sent) -> HeldBy:
        """Return why a group that did not let the next one start never will."""
        total = group.end - group.first
        lost = len(self._ends.times(group.first, group.end, *FAILED_OR_CANCELLED))
        could = self._policy.ends_groups or total - lost >= self._policy.finished_to_go_on(total)
        return HeldBy.SILENT if could else HeldBy.FAILED

    def errors(self, group: Sent) -> int:
        """Return when too many of a group have failed; `NOT_YET` for never."""
        most = self._policy.failed_to_pause(group.end - group.first)
        if most is None:
            return NOT_YET
        moment = _nth(self._ends.times(group.first, group.end, State.FAILED), most)
        return NOT_YET if moment is None else self._look(moment)

    def _look(self, moment: int) -> int:
        start, tick = self._setup.first.at, self._policy.tick
        return start + -((start - moment) // tick) * tick


def gone_well(policy: Gate, ends: Ends, group: Sent) -> int | None:
    """Return when enough of a group had finished, or where that will do, all had ended."""
    total = group.end - group.first
    needed = policy.finished_to_go_on(total)
    well = ends.times(group.first, group.end, *FINISHED)
    moment = group.at if needed == 0 else _nth(well, needed)
    if moment is None and policy.ends_groups:
        over = (*FINISHED, *FAILED_OR_CANCELLED)
        return _nth(ends.times(group.first, group.end, *over), total)
    return moment


def _nth(times: Times, number: int) -> int | None:
    return int(times[number - 1]) if number <= len(times) else None


def play_gated(setup: Setup, policy: Gate, play: Play) -> StagedRun:
    """Send group by group; until the next one starts, errors of all groups under way count."""
    wait, horizon = setup.first.command.devices_wait, setup.rollout.horizon
    edges = groups(len(setup.devices), setup.shares)
    sent: list[Sent] = []
    forgiven: set[int] = set()
    at = setup.first.at
    for number, (first, end) in enumerate(edges):
        sent.append(Sent(at, first, end, wait))
        record = played(setup, sent, play)
        looks = GateLooks(setup, policy, Ends(setup.devices, record))
        is_last = number == len(edges) - 1
        at = NOT_YET if is_last else looks.next_start(sent[-1])
        held_by = looks.held_by(sent[-1]) if at == NOT_YET and not is_last else None
        for moment, group in sorted((looks.errors(part), n) for n, part in enumerate(sent)):
            if moment >= horizon or moment > at or group in forgiven:
                continue
            if not setup.goes_on_after_errors:
                return StagedRun(record, tuple(sent), moment)
            forgiven.add(group)
            agreed = moment + setup.person_takes
            at = agreed if group == number else max(at, agreed)
        if is_last or at >= horizon:
            return StagedRun(record, tuple(sent), held_by=held_by if at == NOT_YET else None)
    raise AssertionError("a rollout has at least one group")
