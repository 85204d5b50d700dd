"""Logs that are not fwsim's own, as the lines of a past: only the states such a log can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.begun import begun_apart
from fwsim.learning.clock_of_log import is_recent
from fwsim.learning.failed_in import failures_in
from fwsim.learning.journeys import Ints, Journeys, journeys_of
from fwsim.learning.known_names import NOBODY
from fwsim.learning.strangers import told_of_strangers
from fwsim.messages import say
from fwsim.model.past import UNTOLD
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, LogColumns
from fwsim.observations.observed import LONG_AGO, Observed, What
from fwsim.observations.saved_log import OwnRuns
from fwsim.problems import InputError, Problem, Severity
from fwsim.scenario.doubts import are_faults_among

STATE_OF: dict[What, State] = {
    What.ASKED: State.NOTIFYING,
    What.DEFERRED: State.DEFERRED,
    What.CANCELLED: State.CANCELLED,
    What.CHECKING: State.CHECKING,
    What.QUEUED: State.QUEUEING,
    What.FETCHING: State.TRANSFER,
    What.FETCHED: State.VERIFY_PACKAGES,
    What.WRITING: State.INSTALL,
    What.WRITTEN: State.REBOOT,
    What.RESTARTING: State.REBOOT,
    What.DONE: State.SUCCESS,
    What.NOT_NEEDED: State.NOT_NEEDED,
    What.FAILED: State.FAILED,
    What.UNREACHED: State.UNREACHED,
    What.SUPERSEDED: State.SUPERSEDED,
}
"""States by what is seen; a click and the device's power are seen in what follows."""
_ENDS = frozenset({State.SUCCESS, State.NOT_NEEDED, State.FAILED})
"""Every log tells them: of one in which none has come yet, nobody is done [A]."""
_CUT_SHORT = OUTCOMES - {State.SUCCESS}
_COMES_NEXT = {State.TRANSFER: State.VERIFY_PACKAGES, State.INSTALL: State.REBOOT}
"""Told by a log that has told the state before it, until a device has gone on without it [A]."""


_STAGES = {
    state: stage
    for stage, state in enumerate(
        (
            State.CHECKING,
            State.TRANSFER,
            State.VERIFY_PACKAGES,
            State.INSTALL,
            State.REBOOT,
            State.SUCCESS,
        )
    )
}
"""States that a device comes to one after the other, and how far they are."""
_FEWEST_TOLD = 0.1
"""Share of the jobs that came to a state of which a log that tells it has a line at least [A]."""


@dataclass(frozen=True)
class Lines:
    """The lines of a past that a log of another kind gives.

    Parameters
    ----------
    log
        Lines, device by device.
    tells
        The states that the log can tell.
    problems
        What in it is of no use here.
    later
        By how many milliseconds commands began later than planned, by their labels.
    """

    log: LogColumns
    tells: frozenset[State]
    problems: tuple[Problem, ...]
    later: Mapping[str, int]


def lines_of(observed: Observed, rollout: Rollout) -> Lines:
    """Return the lines of a past.

    A time between two looks is taken as the middle between them; before the first look, as the
    middle between that and its command.

    Parameters
    ----------
    observed
        What was seen.
    rollout
        Whose devices and commands.

    Raises
    ------
    InputError
        If devices start by themselves only, and the log does not tell what.
    """
    seen = journeys_of([observed], rollout)
    begun = rollout.epoch
    state_of = np.array([int(STATE_OF.get(what, -1)) for what in What])
    state = state_of[seen.what]
    is_known = (state >= 0) & (seen.device >= 0)
    _refuse_unlabelled(seen.label[is_known], rollout, are_looks=observed.looks is not None)
    late = seen.late - begun
    is_bounded = seen.early > LONG_AGO
    middle = (seen.early + seen.late) // 2 - begun
    about = np.where(is_bounded, middle, late)
    runs = list(rollout.runs)
    own = _own_runs(seen, observed.commands, about, rollout, runs)
    run = np.where(own != NOBODY, own, _runs(seen, about, rollout))
    time = np.where(is_bounded, middle, (_earliest(run, late, runs) + late) // 2)
    told = (state >= 0) & (seen.device >= 0) & (run >= 0)
    again = np.zeros(len(seen), bool)
    again[1:] = (
        (seen.owner[1:] == seen.owner[:-1]) & (state[1:] == state[:-1]) & (time[1:] == time[:-1])
    )
    rows = np.flatnonzero(told & ~again)
    rows = rows[np.argsort(time[rows], kind="stable")]
    failures = failures_in(seen)
    amount = np.where((state == State.DEFERRED) | (state == State.TRANSFER), seen.amount, UNTOLD)
    log = LogColumns(
        time[rows],
        seen.device[rows].astype(np.int32),
        run[rows].astype(np.int32),
        state[rows].astype(np.int8),
        failures.detail[rows].astype(np.int8),
        amount[rows],
        tuple(runs),
    )
    unknown = int(((run == NOBODY) & (seen.label >= 0)).sum())
    strays = np.zeros(len(log), bool)
    if all(account.is_of_events for account in observed.accounts):  # others show what is so now
        strays = _strays(log)
        log = log.where(~strays)
    counts = (unknown, int(strays.sum()), _untold(observed, rollout))
    problems = tuple(_problems(observed, rollout, *counts))
    later = _later(seen, np.where(late < 0, NOBODY, run), rollout)
    return Lines(log, _told_by(log), problems, later)


def _untold(observed: Observed, rollout: Rollout) -> int:
    """Return how many devices failed in this rollout in a phase that the log does not tell."""
    if not are_faults_among(rollout.doubts):
        return 0
    recent = observed.where(is_recent(observed, rollout.epoch))
    return failures_in(journeys_of([recent], rollout)).untold


def _later(seen: Journeys, run: Ints, rollout: Rollout) -> dict[str, int]:
    """Return by how much commands began later than planned, by label."""
    (apart,) = begun_apart(seen, rollout, run).tolist()
    commands = zip(rollout.runs, apart, strict=True)
    return {command.label: later for command, later in commands if later > 0}


def _told_by(log: LogColumns) -> frozenset[State]:
    """Return the states that a log tells, those among them that nobody has come to yet."""
    tells = {State(code) for code in np.unique(log.state).tolist()}
    if State.FAILED in tells:
        tells.add(State.CANCELLED)  # the console calls both *not successful* [S]
    tells |= _ENDS
    order = np.lexsort((np.arange(len(log)), log.run, log.device))
    device, run, state = log.device[order], log.run[order], log.state[order]
    goes_on = np.zeros(len(log), bool)
    goes_on[:-1] = (device[1:] == device[:-1]) & (run[1:] == run[:-1])
    goes_on[:-1] &= (state[1:] != state[:-1]) & ~np.isin(state[1:], [int(s) for s in _CUT_SHORT])
    return frozenset(
        tells
        | {
            following
            for before, following in _COMES_NEXT.items()
            if before in tells and not goes_on[state == before].any()
        }
    )


def _strays(log: LogColumns) -> NDArray[np.bool_]:
    """Tell which lines are of states that a log of events tells of hardly any device in them.

    What it tells of one device it would not have told of the others.
    """
    runs = max(len(log.runs), 1)
    job = np.unique(log.device.astype(np.int64) * runs + log.run, return_inverse=True)[1]
    due = np.array([run.at for run in log.runs], np.int64)[log.run]
    stage = np.array([_STAGES.get(state, -1) for state in State])[log.state]
    stage[log.time < due] = -1  # of what was before
    shows = np.zeros((int(job.max(initial=-1)) + 1, len(_STAGES)), bool)
    shows[job[stage >= 0], stage[stage >= 0]] = True
    # What is only delivered does not come through all of them.
    of_deliveries = [run.command.status_field is StatusField.DELIVERY for run in log.runs]
    is_delivery = np.array(of_deliveries, bool)
    goes_through = np.ones(len(shows), bool)
    goes_through[job[is_delivery[log.run]]] = False
    later = np.zeros_like(shows)
    later[:, :-1] = np.logical_or.accumulate(shows[:, :0:-1], axis=1)[:, ::-1]
    came = shows | (later & goes_through[:, np.newaxis])
    is_stray = shows.sum(axis=0) < _FEWEST_TOLD * came.sum(axis=0)
    is_stray[-1] = False
    return np.asarray((stage >= 0) & is_stray[stage])


_LONGEST_LOOK = 24 * 3600 * 1000
"""Nobody looked before: what had happened by the first look happened within a day of it."""


def _earliest(run: Ints, late: Ints, runs: Sequence[CommandRun]) -> Ints:
    """Return since when what the first look showed may have been so: no earlier than its run."""
    due = np.array([*(one.at for one in runs), 0], np.int64)
    return np.minimum(np.maximum(due[run], late - _LONGEST_LOOK), late)


def _runs(seen: Journeys, time: Ints, rollout: Rollout) -> Ints:
    """Return the run of each line; where the log tells none, the device's last that was due."""
    if not rollout.runs:
        return np.full(len(seen), NOBODY)
    due = np.array([one.at for one in rollout.runs], np.int64)
    found = seen.run.copy()
    untold = np.flatnonzero((seen.run == NOBODY) & (seen.label < 0))
    found[untold] = np.maximum(np.searchsorted(due, time[untold], side="right") - 1, 0)
    untold = untold[seen.device[untold] >= 0]
    for number, run in enumerate(rollout.runs if len(untold) else ()):
        sent_to = np.zeros(len(rollout.fleet), bool)
        sent_to[_anybody_of(run, rollout)] = True
        is_of = sent_to[seen.device[untold]] & (run.at <= time[untold])
        found[untold[is_of]] = number
    return found


def _anybody_of(run: CommandRun, rollout: Rollout) -> NDArray[np.int32] | slice:
    """Return whom a run may be for: who is in a dynamic group shows only when it runs."""
    target = run.command.target
    return slice(None) if isinstance(target, ClientGroupTarget) else rollout.find(target)


def _refuse_unlabelled(label: Ints, rollout: Rollout, *, are_looks: bool) -> None:
    """Refuse lines that do not tell what a device did by itself, where no command is sent.

    Raises
    ------
    InputError
        If there are any.
    """
    scenario = rollout.scenario
    if rollout.runs or scenario.assignments or not (label < 0).any():
        return
    by_itself = ("notifications", "scheduler")
    key = next((key for key in by_itself if getattr(scenario, key)), None)
    name = "under_way.no_labels_in_looks" if are_looks else "under_way.no_labels"
    raise InputError([Problem(say(name), path=key)])


def _own_runs(
    seen: Journeys,
    labels: Sequence[str],
    time: Ints,
    rollout: Rollout,
    runs: list[CommandRun],
) -> Ints:
    """Return the run of each line that a device started by itself, by the line's label."""
    found = np.full(len(seen), NOBODY)
    commands = {one.label for one in rollout.runs}
    own = np.array([label not in commands for label in (*labels, "")], bool)
    own[-1] = False
    if not labels:
        return found
    rows = np.flatnonzero(own[seen.label] & (seen.device >= 0))
    if len(rows):
        started = OwnRuns(rollout, runs)
        for row in rows[np.argsort(time[rows], kind="stable")].tolist():
            label = labels[int(seen.label[row])]
            number = started.run_of(label, int(seen.device[row]), int(time[row]))
            found[row] = NOBODY if number is None else number
    return found


def _problems(
    observed: Observed, rollout: Rollout, unknown: int, strays: int, untold: int
) -> list[Problem]:
    source = observed.sources[0] if observed.sources else None
    found = told_of_strangers(observed, rollout)
    if unknown:
        found.append(say("under_way.unknown_commands", count=unknown))
    if strays:
        found.append(say("under_way.stray_states", count=strays))
    if untold:
        found.append(say("under_way.failed_untold", count=untold))
    return [Problem(text, source, severity=Severity.WARNING) for text in found]
