"""The status log and the devices as tables for people: names instead of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import TEXT_OF_STATE, State
from fwsim.commands.status_text import StatusField, StatusText, status_form
from fwsim.quantities.units import write_duration
from fwsim.results.jobs import Jobs
from fwsim.results.stamps import console_stamps, iso_stamps
from fwsim.rollout import Rollout
from fwsim.status_log import Keep, LogColumns

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_A_TIME = 1 << 18
LOG_COLUMNS = ("time", "device", "command", "status", "state", "detail")
STAMPS = {
    "transfer_started": State.TRANSFER,
    "transfer_completed": State.VERIFY_PACKAGES,
    "installation_started": State.INSTALL,
    "installation_completed": State.REBOOT,
}
"""Columns of the devices' table, and the state whose first entry each tells."""


def _last_text_line(log: LogColumns) -> NDArray[np.int64]:
    """Return, per line, the line whose status text the console shows then; -1 for none yet.

    Update, delivery and their like have fields of their own.
    """
    if not len(log):
        return np.zeros(0, np.int64)
    changes = np.array([TEXT_OF_STATE[state] is not StatusText.UNCHANGED for state in State])
    owner = log.device.astype(np.int64) * len(StatusField) + fields_of(log)
    order = np.lexsort((np.arange(len(log)), owner))
    own = np.where(changes[log.state[order]], np.arange(len(log)), -1)
    last = np.maximum.accumulate(own)
    same = (last >= 0) & (owner[order][np.maximum(last, 0)] == owner[order])
    shown = np.empty(len(log), np.int64)
    shown[order] = np.where(same, order[np.maximum(last, 0)], -1)
    return shown


def fields_of(log: LogColumns) -> NDArray[np.int64]:
    """Return the console's field that each line belongs to."""
    return np.array([run.command.status_field for run in log.runs], np.int64)[log.run]


def _own_texts(rollout: Rollout, log: LogColumns) -> list[str]:
    """Return what the field a line belongs to reads by the line itself."""
    stamp_final = rollout.assumptions.stamp_final_states
    stamps = console_stamps(rollout, log.time)
    forms = [
        [
            status_form(TEXT_OF_STATE[state], field, stamp_final_states=stamp_final)
            for state in State
        ]
        for field in StatusField
    ]
    return [
        forms[field][state].replace("{}", stamp)
        for field, state, stamp in zip(
            fields_of(log).tolist(), log.state.tolist(), stamps, strict=True
        )
    ]


def status_texts(
    rollout: Rollout, log: LogColumns, shown: NDArray[np.int64] | None = None
) -> list[str]:
    """Return what the field a line belongs to reads after the line.

    Parameters
    ----------
    rollout, log
        The run.
    shown
        For each line wanted the line whose text is shown then, or -1; by default all lines.
    """
    shown = _last_text_line(log) if shown is None else shown
    lines, back = np.unique(shown, return_inverse=True)
    there = lines[lines >= 0]
    texts = [*([""] if len(there) < len(lines) else []), *_own_texts(rollout, log.where(there))]
    return [texts[i] for i in back.tolist()]


def detail_texts(rollout: Rollout, log: LogColumns) -> list[str]:
    """Return the detail of each line: a reason, a URL without its password, a delay."""
    texts = [DETAIL_TEXTS[detail] for detail in Detail]

    def text(detail: int, amount: int) -> str:
        if detail == Detail.URL:
            return rollout.configuration.urls[amount]
        if detail == Detail.DEFERRED_FOR:
            return f"{texts[detail]} {write_duration(amount)}"
        return texts[detail]

    return [text(d, a) for d, a in zip(log.detail.tolist(), log.amount.tolist(), strict=True)]


def device_names(rollout: Rollout, devices: NDArray[np.int32]) -> list[str]:
    """Return the shown name of each device."""
    return [rollout.fleet.shown_name(device) for device in devices.tolist()]


def log_table(rollout: Rollout, log: LogColumns, keep: Keep = "all") -> pd.DataFrame:
    """Return the status log with columns `LOG_COLUMNS`, one row a line, in order of time.

    Parameters
    ----------
    rollout, log
        The run.
    keep
        Which lines, as `LogColumns.kept` says.
    """
    return next(log_tables(rollout, log, keep, len(log) + 1))


def log_tables(
    rollout: Rollout, log: LogColumns, keep: Keep = "all", rows: int = ROWS_AT_A_TIME
) -> Iterator[pd.DataFrame]:
    """Yield the table of `log_table` in parts of so many rows; at least one part."""
    shown = _last_text_line(log)
    lines = np.flatnonzero(log.kept(keep))
    for first in range(0, max(len(lines), 1), rows):
        part = lines[first : first + rows]
        yield _log_rows(rollout, log, part, shown[part])


def _log_rows(
    rollout: Rollout, log: LogColumns, lines: NDArray[np.int64], shown: NDArray[np.int64]
) -> pd.DataFrame:
    import pandas as pd

    states = [state.name for state in State]
    labels = [run.label for run in log.runs]
    part = log.where(lines)
    return pd.DataFrame(
        {
            "time": iso_stamps(rollout, part.time),
            "device": device_names(rollout, part.device),
            "command": [labels[run] for run in part.run.tolist()],
            "status": status_texts(rollout, log, shown),
            "state": [states[state] for state in part.state.tolist()],
            "detail": detail_texts(rollout, part),
        },
        columns=list(LOG_COLUMNS),
    )


def _spread(values: list[str], index: NDArray[np.int64]) -> list[str]:
    """Return `values[index]`, empty where the index is negative."""
    return [values[i] if i >= 0 else "" for i in index.tolist()]


def _last_texts(rollout: Rollout, log: LogColumns) -> list[str]:
    """Return what a field shows of each device at the end."""
    last = np.full(len(rollout.fleet), -1, np.int64)
    last[log.device] = np.arange(len(log))
    return _spread(status_texts(rollout, log), last)


def device_table(rollout: Rollout, whole: LogColumns) -> pd.DataFrame:
    """Return one row a device, in the order of the fleet.

    Columns: device, mac, unit, site, command (the last one), state, update_state (what the
    console shows), detail, the four stamps of `STAMPS` under that command, times_deferred,
    prompts and bytes over all commands; with deliveries delivery_state, with UEFI updates
    uefi_state.
    """
    import pandas as pd

    fleet, log = rollout.fleet, whole.of_field(StatusField.UPDATE)
    devices, jobs = len(fleet), Jobs.of(log)
    labels = [run.label for run in log.runs]
    decisive = jobs.decisive(log, devices)
    end = np.where(decisive >= 0, jobs.outcome_line[decisive], -1) if len(jobs) else decisive
    table: dict[str, Any] = {
        "device": [fleet.shown_name(device) for device in range(devices)],
        "mac": list(fleet.macs),
        "unit": [fleet.unit[device] for device in range(devices)],
        "site": [fleet.site[device] for device in range(devices)],
        "command": _spread([labels[run] for run in log.run.tolist()], end),
        "state": _spread([State(state).name for state in log.state.tolist()], end),
        "update_state": _last_texts(rollout, log),
        "detail": _spread(detail_texts(rollout, log), end),
    }
    for field in (StatusField.DELIVERY, StatusField.UEFI):
        lines = whole.of_field(field)
        if len(lines):
            table[f"{field.name.lower()}_state"] = _last_texts(rollout, lines)
    for column, state in STAMPS.items():
        first = jobs.first_line_of(log, state)
        at = np.where(decisive >= 0, first[decisive], -1) if len(jobs) else decisive
        table[column] = _spread(iso_stamps(rollout, log.time), at)
    counts = {"times_deferred": State.DEFERRED, "prompts": State.NOTIFYING}
    for column, state in counts.items():
        table[column] = np.bincount(whole.device[whole.in_state(state)], minlength=devices)
    size = rollout.assumptions.idf_size
    table["bytes"] = Jobs.of(whole).bytes_of_devices(whole, devices, size)
    return pd.DataFrame(table)
