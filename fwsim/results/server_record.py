"""What the server keeps: a record of each job, and each device's update log with its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.firmware import FirmwareSettings
from fwsim.commands.lifecycle import State
from fwsim.commands.server_record import (
    RECORD_OF_STATE,
    RESULT_OF_STATE,
    RecordResult,
    RecordState,
)
from fwsim.commands.status_text import StatusField
from fwsim.results.jobs import Jobs
from fwsim.results.stamps import iso_stamps
from fwsim.results.tables import device_names
from fwsim.rollout import Rollout
from fwsim.status_log import LogColumns

if TYPE_CHECKING:
    import pandas as pd

_FILES = {
    StatusField.UPDATE: "image definition file",
    StatusField.DELIVERY: "image definition file",
    StatusField.UEFI: "UEFI file",
}
_STATE_CODES = np.array([RECORD_OF_STATE[state] for state in State], np.int64)
_RESULT_CODES = np.array([RESULT_OF_STATE.get(s, RecordResult.OPEN) for s in State], np.int64)


def job_table(rollout: Rollout, log: LogColumns) -> pd.DataFrame:
    """Return one row a job: device, command, start_state, state, result, began, ended.

    States and results are the codes of `fwsim.commands.server_record`; a result that is open is
    empty. Ordered by device, then command.
    """
    import pandas as pd

    jobs = Jobs.of(log)
    count = len(jobs)
    labels = [run.label for run in log.runs]
    woken = np.zeros(count, bool)
    woken[jobs.of_line[log.in_state(State.WAKING)]] = True
    never_on = jobs.first_line_of(log, State.CHECKING) < 0
    missed = never_on & np.isin(log.state[jobs.last_line], [State.SKIPPED, State.UNREACHED])
    first = np.full(count, len(log), np.int64)
    np.minimum.at(first, jobs.of_line, np.arange(len(log)))
    results = _RESULT_CODES[log.state[jobs.outcome_line]]
    return pd.DataFrame(
        {
            "device": device_names(rollout, jobs.device),
            "command": [labels[run] for run in jobs.run.tolist()],
            "start_state": np.where(woken | missed, int(RecordState.OFF), int(RecordState.ON)),
            "state": _STATE_CODES[log.state[jobs.last_line]],
            "result": ["" if result < 0 else str(result) for result in results.tolist()],
            "began": iso_stamps(rollout, log.time[first]),
            "ended": iso_stamps(rollout, log.time[jobs.last_line]),
        }
    )


def update_log(rollout: Rollout, log: LogColumns) -> pd.DataFrame:
    """Return what devices note of their updates: time, device, command, entry.

    Results of signature checks go into it [S]; the words are fwsim's [A].
    """
    import pandas as pd

    jobs = Jobs.of(log)
    address = np.full(len(jobs), -1, np.int64)
    writes = np.zeros(len(jobs), bool)
    entries: list[tuple[int, str]] = []
    order = np.lexsort((np.arange(len(log)), jobs.of_line)) if len(log) else np.zeros(0, int)
    before = -1
    for line in order.tolist():
        job, state = int(jobs.of_line[line]), State(log.state[line])
        previous = State(log.state[before]) if before >= 0 and jobs.of_line[before] == job else None
        if state is State.CHECKING:
            address[job] = log.amount[line]
        writes[job] |= state is State.INSTALL
        entry = _entry(rollout, log, line, state, previous, int(address[job]))
        if entry:
            partly = state is State.FAILED and writes[job]
            entries.append((line, f"{entry}; the system is partly written" if partly else entry))
        before = line
    entries.sort(key=lambda item: item[0])
    lines = np.array([line for line, _ in entries], np.int64)
    labels = [run.label for run in log.runs]
    return pd.DataFrame(
        {
            "time": iso_stamps(rollout, log.time[lines]),
            "device": device_names(rollout, log.device[lines]),
            "command": [labels[run] for run in log.run[lines].tolist()],
            "entry": [text for _, text in entries],
        }
    )


def _entry(
    rollout: Rollout,
    log: LogColumns,
    line: int,
    state: State,
    previous: State | None,
    address: int,
) -> str:
    """Return what a device notes when it comes into a state; nothing if it is empty."""
    settings = (
        rollout.configuration.addresses[address].settings if address >= 0 else FirmwareSettings()
    )
    match previous, state:
        case _, State.CHECKING:
            field = log.runs[int(log.run[line])].command.status_field
            note = f"{_FILES[field]}: {rollout.configuration.urls[address]}"
        case State.VERIFY_IDF, State.TRANSFER | State.QUEUEING:
            note = _checked("IDF signature", was_checked=settings.check_idf_signature)
        case State.VERIFY_PACKAGES, State.INSTALL | State.PROVIDING:
            note = _checked("package signatures", was_checked=settings.check_package_signatures)
        case State.TRANSFER, State.INSTALL if settings.check_package_signatures:
            note = f"warning: {DETAIL_TEXTS[Detail.PACKAGES_NOT_CHECKED]}"
        case _, State.REBOOT:
            note = f"installed; {log.amount[line]} bytes fetched"
        case _, State.FAILED:
            note = f"not updated: {DETAIL_TEXTS[Detail(log.detail[line])]}"
        case _, State.NOT_NEEDED:
            note = "no update needed"
        case _:
            note = ""
    return note


def _checked(what: str, *, was_checked: bool | None) -> str:
    return f"{what}: {'valid' if was_checked else 'not checked'}"
