"""What the server keeps: a record of each job, and each device's update log with its checks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.commands.server_record import (
    RECORD_OF_STATE,
    RESULT_OF_STATE,
    RecordResult,
    RecordState,
)
from fwsim.commands.status_text import StatusField
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.results.run.cells import Index
from fwsim.results.run.jobs import Jobs, Lines, latest_marked
from fwsim.results.run.record import RunRecord
from fwsim.results.run.table import Numbers, Table, Words
from fwsim.results.run.tables import commands_of_lines, devices_of_lines, stamps_of_lines

_FILES = {
    StatusField.UPDATE: "image definition file",
    StatusField.DELIVERY: "image definition file",
    StatusField.UEFI: "UEFI file",
}
_STATE_CODES = np.array([RECORD_OF_STATE[state] for state in State], np.int64)
_RESULT_TEXTS = [str(code) for code in range(max(RecordResult) + 1)]
_RESULT_CODES = np.array([RESULT_OF_STATE.get(s, RecordResult.OPEN) for s in State], np.int64)


_NOTED = (
    State.CHECKING,
    State.QUEUEING,
    State.TRANSFER,
    State.PROVIDING,
    State.INSTALL,
    State.REBOOT,
    State.RESTART_PENDING,
    State.FAILED,
    State.NOT_NEEDED,
)
"""States in which a device may note something."""


def job_table(record: RunRecord) -> Table:
    """Return one row a job: device, command, start_state, state, result, began, ended.

    States and results are the codes of `fwsim.commands.server_record`; a result that is open is
    empty. Ordered by device, then command.
    """
    rollout, log, jobs = record.rollout, record.log, record.jobs
    count = len(jobs)
    woken = np.zeros(count, bool)
    woken[jobs.of_line[log.in_state(State.WAKING)]] = True
    never_on = jobs.first_line_of(log, State.CHECKING) < 0
    missed = never_on & np.isin(log.state[jobs.last_line], [State.SKIPPED, State.UNREACHED])
    first = np.full(count, len(log), np.int64)
    np.minimum.at(first, jobs.of_line, np.arange(len(log)))
    results = _RESULT_CODES[log.state[jobs.outcome_line]]
    is_off = woken | missed
    return Table(
        count,
        {
            "device": Words(rollout.fleet.shown_names, lambda rows: jobs.device[rows]),
            "command": commands_of_lines(log, jobs.last_line),
            "start_state": Numbers(np.where(is_off, int(RecordState.OFF), int(RecordState.ON))),
            "state": Numbers(_STATE_CODES[log.state[jobs.last_line]]),
            "result": Words(_RESULT_TEXTS, lambda rows: results[rows]),
            "began": stamps_of_lines(rollout, log, first),
            "ended": stamps_of_lines(rollout, log, jobs.last_line),
        },
    )


def update_log(record: RunRecord) -> Table:
    """Return what devices note of their updates: time, device, command, entry.

    Results of signature checks go into it [S]; the words are fwsim's [A].
    """
    rollout, log, notes = record.rollout, record.log, _notes(record)
    lines = np.flatnonzero(notes.of_line >= 0)
    entries = notes.of_line[lines]
    return Table(
        len(lines),
        {
            "time": stamps_of_lines(rollout, log, lines),
            "device": devices_of_lines(rollout, log, lines),
            "command": commands_of_lines(log, lines),
            "entry": Words(notes.words, lambda rows: entries[rows]),
        },
    )


def notes_at_most(log: LogColumns) -> int:
    """Return how many rows `update_log` has at most."""
    return int(log.in_state(*_NOTED).sum())


@dataclass
class _Notes:
    """What devices note at the lines of a log: words, and which of them each line has."""

    words: list[str]
    of_line: NDArray[np.int32]

    def add(self, lines: Lines, words: list[str], which: Index | int = 0) -> None:
        """Note words at some lines: at each the one of its number."""
        self.of_line[lines] = len(self.words) + which
        self.words += words

    def add_check(self, lines: Lines, what: str, is_checked: NDArray[np.bool_]) -> None:
        """Note at some lines that something was found valid or not looked at."""
        self.add(lines, [f"{what}: not checked", f"{what}: valid"], is_checked.astype(np.int8))


def _notes(record: RunRecord) -> _Notes:
    rollout, log, jobs = record.rollout, record.log, record.jobs
    notes = _Notes([], np.full(len(log), -1, np.int32))
    before = _state_before(log, jobs)
    checking = _latest_in_job(log, jobs, State.CHECKING)
    settings = [own.settings for own in rollout.configuration.addresses]
    # Without an address nothing is checked: that stands last.
    idf = np.array([*(bool(own.check_idf_signature) for own in settings), False])
    packages = np.array([*(bool(own.check_package_signatures) for own in settings), False])
    field = log.fields()
    is_uefi = field == StatusField.UEFI  # no setting has its file checked
    is_told = is_uefi | _is_security_told(rollout, log)

    def address(lines: Lines) -> NDArray[np.int64]:
        last = checking[lines]
        has_one = (last >= 0) & ~is_uefi[lines]
        addresses: NDArray[np.int64] = np.where(has_one, log.amount[last], -1)
        return addresses

    def lines_of(previous: State, *states: State) -> Lines:
        return np.flatnonzero((before == previous) & log.in_state(*states))

    fetching = lines_of(State.VERIFY_IDF, State.TRANSFER, State.QUEUEING)
    fetching = fetching[is_told[fetching]]
    notes.add_check(fetching, "IDF signature", idf[address(fetching)])
    fetched = lines_of(State.VERIFY_PACKAGES, State.INSTALL, State.PROVIDING)
    fetched = fetched[is_told[fetched]]
    notes.add_check(fetched, "package signatures", packages[address(fetched)])
    unchecked = lines_of(State.TRANSFER, State.INSTALL)
    unchecked = unchecked[is_told[unchecked]]
    warning = f"warning: {DETAIL_TEXTS[Detail.PACKAGES_NOT_CHECKED]}"
    notes.add(unchecked[packages[address(unchecked)]], [warning])
    idle = np.flatnonzero(log.in_state(State.NOT_NEEDED))
    is_delivery = field[idle] == StatusField.DELIVERY
    notes.add(idle, ["no update needed", "no delivery needed"], is_delivery.astype(np.int8))
    _note_files(notes, record, field)
    _note_ends(notes, log, jobs, field)
    return notes


def _is_security_told(rollout: Rollout, log: LogColumns) -> NDArray[np.bool_]:
    """Tell at which lines it is known what a device checks.

    A device checks by the settings of its last start, which no log tells: where they change over
    time, either may hold.
    """
    unit = rollout.fleet.unit
    checks = [
        {(bool(s.check_idf_signature), bool(s.check_package_signatures)) for s in settings}
        for settings in map(rollout.configuration.over_time, unit.values)
    ]
    same: NDArray[np.bool_] = np.array([len(one) == 1 for one in checks], np.bool_)
    told: NDArray[np.bool_] = same[unit.codes[log.device]]
    return told


def _note_files(notes: _Notes, record: RunRecord, fields: NDArray[np.int8]) -> None:
    """Note where each check fetches its file from."""
    log, urls = record.log, record.rollout.configuration.urls
    lines = np.flatnonzero(log.in_state(State.CHECKING))
    field = fields[lines].astype(np.int64)
    files = [f"{_FILES[of]}: {url}" for of in StatusField for url in urls]
    notes.add(lines, files, field * len(urls) + log.amount[lines])


def _installed(log: LogColumns, jobs: Jobs) -> Lines:
    """Return the lines that tell of an installation: a restart, or that it is still to come."""
    pending, restarts = (
        np.flatnonzero(log.in_state(state)) for state in (State.RESTART_PENDING, State.REBOOT)
    )
    if not len(pending):
        return restarts
    told = np.isin(jobs.of_line[restarts], jobs.of_line[pending])
    found: Lines = np.sort(np.concatenate([pending, restarts[~told]]))
    return found


def _note_ends(notes: _Notes, log: LogColumns, jobs: Jobs, fields: NDArray[np.int8]) -> None:
    """Note what was installed, and why something was not."""
    restarts = _installed(log, jobs)
    writing = _latest_in_job(log, jobs, State.INSTALL)
    sizes, size = np.unique(log.amount[restarts], return_inverse=True)
    notes.add(restarts, [f"installed; {size} bytes fetched" for size in sizes.tolist()], size)
    failures = np.flatnonzero(log.in_state(State.FAILED))
    field = fields[failures]
    reasons = list(DETAIL_TEXTS.values())
    words = [
        *(f"not updated: {reason}" for reason in reasons),
        *(f"not delivered: {reason}" for reason in reasons),
        *(f"not updated: {reason}; the system is partly written" for reason in reasons),
    ]
    is_partly = (field == StatusField.UPDATE) & (writing[failures] >= 0)
    kind = np.where(is_partly, 2, field == StatusField.DELIVERY)
    notes.add(failures, words, log.detail[failures] + kind * len(reasons))


def _state_before(log: LogColumns, jobs: Jobs) -> NDArray[np.int8]:
    """Return the state that each line's job was in before; below zero for none."""
    in_order = log.state[jobs.order]
    in_order[1:] = in_order[:-1].copy()
    in_order[jobs.begins] = -1
    before = np.empty(len(log), np.int8)
    before[jobs.order] = in_order
    return before


def _latest_in_job(log: LogColumns, jobs: Jobs, state: State) -> Index:
    """Return the latest line up to each line that takes its job into a state; or -1."""
    return latest_marked(jobs.order, jobs.begins, log.state[jobs.order] == state)
