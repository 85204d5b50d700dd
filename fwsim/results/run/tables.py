"""The status log and the devices as tables for people: names instead of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import TEXT_OF_STATE, State
from fwsim.commands.status_text import StatusField, StatusText, status_form
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import Keep, LinkLoad, LogColumns, ProxyLoad
from fwsim.quantities.units import write_duration
from fwsim.results.run.cells import Index, Picked, Piece, cells
from fwsim.results.run.jobs import Lines, latest_marked, owner_by_owner, smallest
from fwsim.results.run.record import RunRecord
from fwsim.results.run.stamps import console_stamp_texts, iso_stamp_texts
from fwsim.results.run.table import (
    Column,
    Numbers,
    Table,
    Texts,
    Words,
    codes_at,
    texts_at,
)

STAMPS = {
    "transfer_started": (State.TRANSFER,),
    "transfer_completed": (State.VERIFY_PACKAGES,),
    "installation_started": (State.INSTALL,),
    "installation_completed": (State.RESTART_PENDING, State.REBOOT),
}
"""Columns of the devices' table, and the states of which the first entry tells each."""


def _last_text_line(log: LogColumns) -> NDArray[Any]:
    """Return, per line, the line whose status text the console shows then; -1 for none yet.

    Update, delivery and their like have fields of their own.
    """
    changes = _changes_text(log)
    order, begins = _by_device_and_field(log)
    return latest_marked(order, begins, changes[order])


def _changes_text(log: LogColumns) -> NDArray[np.bool_]:
    """Tell after which lines the console's field reads otherwise than before."""
    changes = np.array([TEXT_OF_STATE[state] is not StatusText.UNCHANGED for state in State])
    told: NDArray[np.bool_] = changes[log.state]
    told[_restarts_after_grace(log)] = False
    return told


def _restarts_after_grace(log: LogColumns) -> Lines:
    """Return the lines of a restart that was waited for: the field reads as it did before."""
    lines = np.flatnonzero(log.in_state(State.RESTART_PENDING, State.REBOOT))
    field = log.device[lines].astype(np.int64) * len(StatusField) + log.fields()[lines]
    order, _ = owner_by_owner(field)
    lines, field = lines[order], field[order]
    state = log.state[lines]
    is_waited_for = (state[:-1] == State.RESTART_PENDING) & (state[1:] == State.REBOOT)
    found: Lines = lines[1:][is_waited_for & (field[:-1] == field[1:])]
    return found


def _by_device_and_field(log: LogColumns) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the lines field by field of each device, and which are a field's first."""
    fields = (int(log.device.max(initial=0)) + 1) * len(StatusField)
    field = log.device.astype(smallest(fields)) * len(StatusField)
    field += log.fields()
    order, begins = owner_by_owner(field)
    return order.astype(smallest(len(log))), begins


def stamps_of_lines(rollout: Rollout, log: LogColumns, lines: NDArray[Any]) -> Texts:
    """Return the column of times of some lines."""
    return texts_at(lines, lambda at: [iso_stamp_texts(rollout, log.time[at])])


def commands_of_lines(log: LogColumns, lines: NDArray[Any]) -> Words:
    """Return the column of the commands that some lines tell of."""
    return Words([run.label for run in log.runs], codes_at(lines, lambda at: log.run[at]))


def states_of_lines(log: LogColumns, lines: NDArray[Any]) -> Words:
    """Return the column of the states that some lines enter."""
    return Words([state.name for state in State], codes_at(lines, lambda at: log.state[at]))


def status_of_lines(rollout: Rollout, log: LogColumns, lines: NDArray[Any]) -> Texts:
    """Return the column of what the console's field reads by some lines."""
    stamp_final = rollout.assumptions.stamp_final_states
    forms = [
        status_form(TEXT_OF_STATE[state], field, stamp_final_states=stamp_final)
        for field in StatusField
        for state in State
    ]
    fields = np.array([run.command.status_field for run in log.runs], np.int64)
    before, after = (cells().texts([form.partition("{}")[i] for form in forms]) for i in (0, 2))
    has_stamp = np.array(["{}" in form for form in forms])

    def read(at: Lines) -> list[Piece]:
        form = fields[log.run[at]] * len(State) + log.state[at]
        stamps = console_stamp_texts(rollout, log.time[at])
        shown = Picked(stamps, np.where(has_stamp[form], np.arange(len(at)), -1))
        return [Picked(before, form), shown, Picked(after, form)]

    return texts_at(lines, read)


def details_of_lines(rollout: Rollout, log: LogColumns, lines: NDArray[Any]) -> Words:
    """Return the column of details of some lines: a reason, a URL without its password, a delay."""
    reasons = [DETAIL_TEXTS[detail] for detail in Detail]
    urls = rollout.configuration.urls
    delays = np.unique(log.amount[log.detail == Detail.DEFERRED_FOR])
    deferred = DETAIL_TEXTS[Detail.DEFERRED_FOR]
    deferments = [f"{deferred} {write_duration(delay)}" for delay in delays.tolist()]

    def codes(at: Lines) -> Index:
        detail, amount = log.detail[at].astype(np.int64), log.amount[at]
        code = np.where(detail == Detail.URL, len(reasons) + amount, detail)
        is_deferred = detail == Detail.DEFERRED_FOR
        rank = np.searchsorted(delays, amount[is_deferred])
        code[is_deferred] = len(reasons) + len(urls) + rank
        return code

    return Words([*reasons, *urls, *deferments], codes_at(lines, codes))


def devices_of_lines(rollout: Rollout, log: LogColumns, lines: NDArray[Any]) -> Words:
    """Return the column of the shown names of the devices that some lines tell of."""
    return Words(rollout.fleet.shown_names, codes_at(lines, lambda at: log.device[at]))


def log_table(rollout: Rollout, log: LogColumns, keep: Keep = "all") -> Table:
    """Return the status log, one row a line, in order of time.

    Parameters
    ----------
    rollout, log
        The run.
    keep
        Which lines, as `LogColumns.kept` says.
    """
    lines = np.flatnonzero(log.kept(keep)).astype(smallest(len(log)))
    shown = _last_text_line(log)[lines]
    return Table(
        len(lines),
        {
            "time": stamps_of_lines(rollout, log, lines),
            "device": devices_of_lines(rollout, log, lines),
            "command": commands_of_lines(log, lines),
            "status": status_of_lines(rollout, log, shown),
            "state": states_of_lines(log, lines),
            "detail": details_of_lines(rollout, log, lines),
            "amount": Numbers(_told_amounts(log, lines)),
        },
    )


def _told_amounts(log: LogColumns, lines: NDArray[Any]) -> NDArray[np.int64]:
    """Return the amounts of some lines; the place of an address is nobody's business."""
    amounts: NDArray[np.int64] = log.amount[lines]
    amounts[log.detail[lines] == Detail.URL] = 0
    return amounts


def _last_texts(rollout: Rollout, log: LogColumns) -> Texts:
    """Return what a field shows of each device at the end; `log` tells of that field only."""
    last = np.full(len(rollout.fleet), -1, np.int64)
    lines = np.flatnonzero(_changes_text(log))
    last[log.device[lines]] = lines  # of several the last one stays
    return status_of_lines(rollout, log, last)


def _where(values: Lines, lines: NDArray[Any]) -> Lines:
    """Return `values[lines]`, below zero where the line is."""
    if not len(values):
        return np.full(len(lines), -1, np.int64)
    amounts: Lines = np.where(lines >= 0, values[lines], -1)
    return amounts


def device_table(record: RunRecord) -> Table:
    """Return one row a device, in the order of the fleet.

    Columns: device, mac, unit, site, command (the last one), state, update_state (what the
    console shows), detail, the four stamps of `STAMPS` under that command, times_deferred,
    prompts and bytes over all commands; with deliveries delivery_state, with UEFI updates
    uefi_state.
    """
    rollout, whole, log, jobs = record.rollout, record.log, record.updates.log, record.updates.jobs
    fleet, devices = rollout.fleet, len(rollout.fleet)
    decisive = jobs.decisive(log, devices)
    end = _where(jobs.outcome_line, decisive)
    everyone = np.arange(devices)
    table: dict[str, Column] = {
        "device": Words(fleet.shown_names, lambda rows: everyone[rows]),
        "mac": Words(fleet.macs, lambda rows: everyone[rows]),
        "unit": Words(fleet.unit.values, lambda rows: fleet.unit.codes[rows]),
        "site": Words(fleet.site.values, lambda rows: fleet.site.codes[rows]),
        "command": commands_of_lines(log, end),
        "state": states_of_lines(log, end),
        "update_state": _last_texts(rollout, log),
        "detail": details_of_lines(rollout, log, end),
    }
    for field in (StatusField.DELIVERY, StatusField.UEFI):
        lines = whole.of_field(field)
        if len(lines):
            table[f"{field.name.lower()}_state"] = _last_texts(rollout, lines)
    for column, states in STAMPS.items():
        first = _where(jobs.first_line_of(log, *states), decisive)
        table[column] = stamps_of_lines(rollout, log, first)
    counts = {"times_deferred": State.DEFERRED, "prompts": State.NOTIFYING}
    for column, state in counts.items():
        often = np.bincount(whole.device[whole.in_state(state)], minlength=devices)
        table[column] = Numbers(often)
    size = rollout.assumptions.idf_size
    table["bytes"] = Numbers(record.jobs.bytes_of_devices(whole, devices, size))
    return Table(devices, table)


def load_table(rollout: Rollout, load: LinkLoad) -> Table:
    """Return what every site's link carried: minute (ISO 8601), site, bytes.

    Where there are hubs, a column more says which of them it crossed, too; empty is none.
    """
    table: dict[str, Column] = {
        "minute": Texts(lambda rows: [iso_stamp_texts(rollout, load.minute[rows])]),
        "site": Words(rollout.fleet.site.values, lambda rows: load.site[rows]),
        "bytes": Numbers(load.size),
    }
    if rollout.hubs():
        hubs = rollout.hub_of + 1
        names = ("", *rollout.scenario.network.hubs)
        table["hub"] = Words(names, lambda rows: hubs[load.site[rows]])
    return Table(len(load.size), table)


def proxy_load_table(rollout: Rollout, sent: ProxyLoad) -> Table:
    """Return what every proxy sent to its neighbours: minute (ISO 8601), device, site, bytes."""
    fleet = rollout.fleet
    table: dict[str, Column] = {
        "minute": Texts(lambda rows: [iso_stamp_texts(rollout, sent.minute[rows])]),
        "device": Words(fleet.shown_names, lambda rows: sent.provider[rows]),
        "site": Words(fleet.site.values, lambda rows: fleet.site.codes[sent.provider[rows]]),
        "bytes": Numbers(sent.size),
    }
    return Table(len(sent.size), table)
