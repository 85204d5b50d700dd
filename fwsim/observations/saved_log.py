"""A saved status log as the columns it was written from, for the scenario it was made with.

What the file does not say is looked up in the rollout: which command a label stands for, which
settings a device was sent to. A label of checks that devices make by themselves stands for two
orders where some devices ask their users and some do not; the device's own settings tell which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.fleet.fleet import Column
from fwsim.input_file import LARGEST_LOG, read_bytes
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import notifications_of, scheduled_jobs_of
from fwsim.model.device_orders import DeviceOrders, OrdersByLabel
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, LogColumns
from fwsim.model.tries import assigned_in, number_in
from fwsim.observations.complaints import Complaints
from fwsim.observations.context import Context, Rows
from fwsim.observations.files import File, zone_of
from fwsim.observations.headings import roles_of
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import OWN_FORM
from fwsim.observations.own_log import ROLES, LogRows, log_rows
from fwsim.observations.reading import table_of
from fwsim.observations.text_table import TextTable
from fwsim.problems import InputError, Problem, nearest
from fwsim.spelling import Spellings

_CODE_OF_DETAIL = {text: int(detail) for detail, text in DETAIL_TEXTS.items() if text}
_DEFERRED = f"{DETAIL_TEXTS[Detail.DEFERRED_FOR]} "


def read_log(path: str | Path, rollout: Rollout) -> LogColumns:
    """Read a status log that fwsim saved, back into the columns it was written from.

    Parameters
    ----------
    path
        CSV, Parquet or JSON lines.
    rollout
        Of the scenario that was run.

    Raises
    ------
    InputError
        With every line that is not of this scenario, or is no line of a status log. Unlike a log
        from elsewhere a saved one is read whole or not at all.
    """
    reader = _reader(path, rollout)
    columns = reader.columns()
    errors = [problem for problem in reader.problems() if problem.severity == "error"]
    if errors:
        raise InputError(errors)
    return columns


@dataclass(frozen=True)
class ReadSoFar:
    """What could be read of a log that is not finished, or that others have had their hands on.

    Parameters
    ----------
    log
        The good lines, as they stand in the file.
    problems
        What is wrong with the others; they are left out.
    """

    log: LogColumns
    problems: tuple[Problem, ...]


def read_log_so_far(path: str | Path, rollout: Rollout) -> ReadSoFar | None:
    """Read the lines of a status log of fwsim's that are of a rollout, and tell of the others.

    Parameters
    ----------
    path, rollout
        As for `read_log`.

    Returns
    -------
    ReadSoFar or None
        None if the file is no status log of fwsim's.

    Raises
    ------
    InputError
        If it cannot be read at all, or most of its lines cannot.
    """
    table, complaints = _table(path)
    roles = roles_of(list(table.columns))
    if any(role not in roles for role in _NEEDED):
        return None
    rows = log_rows(_rows(table, roles, rollout))
    if table.rows_read:
        complaints.check_most_are_good(table.rows_read, f"{OWN_FORM} ({table.kind})")
    reader = _Reader(rows, rollout, complaints, in_any_case=True)
    columns = reader.columns()
    bad = len(columns) - int(reader.good.sum())
    if 2 * bad > len(columns):
        text = say("log_file.another_scenario", count=bad, lines=len(columns))
        raise InputError([Problem(text, complaints.source), *reader.problems()])
    return ReadSoFar(columns.where(reader.good), reader.problems())


_NEEDED = (*ROLES, "detail", "amount")


def _table(path: str | Path) -> tuple[TextTable, Complaints]:
    complaints = Complaints(str(path))
    raw = read_bytes(Path(path), complaints.source, largest=LARGEST_LOG)
    return table_of(File(raw, complaints), LogMapping()), complaints


def _reader(path: str | Path, rollout: Rollout) -> _Reader:
    table, complaints = _table(path)
    roles = roles_of(list(table.columns))
    missing = [role for role in _NEEDED if role not in roles]
    if missing:
        complaints.refuse(
            say("log_file.no_status_log", names=", ".join(missing)),
            1,
        )
    return _Reader(log_rows(_rows(table, roles, rollout)), rollout, complaints)


def _rows(table: TextTable, roles: dict[str, str], rollout: Rollout) -> Rows:
    """Return rows whose times are of the server's zone where they name none."""
    return Rows(table, roles, Context(zone_of(rollout.scenario.zone)))


class _Reader:
    """Looks up what the lines of a log stand for.

    Parameters
    ----------
    log, rollout, complaints
        The lines, what they are of, and where to tell what is wrong.
    in_any_case
        Take a device's name in other letters for it, where that leaves one.
    """

    def __init__(
        self,
        log: LogRows,
        rollout: Rollout,
        complaints: Complaints,
        *,
        in_any_case: bool = False,
    ) -> None:
        self._log, self._rollout, self._complaints = log, rollout, complaints
        self._in_any_case = in_any_case
        self._runs = list(rollout.runs)
        self._time = log.times.earliest - rollout.epoch
        self.good = np.ones(len(log.line), bool)
        """Which lines are of this scenario, once `columns` has looked."""

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong, in the order of the lines."""
        return self._complaints.told()

    def columns(self) -> LogColumns:
        """Return the log."""
        log = self._log
        device = self._devices()
        run = self._runs_of_lines(device)
        detail, amount = self._details(device, run)
        return LogColumns(self._time, device, run, log.state, detail, amount, tuple(self._runs))

    def _leave_out(self, column: Column, unknown: list[int], what: str, known: list[str]) -> None:
        """Complain of values that this scenario does not have, where each stands first."""
        spellings = Spellings(known) if unknown and len(known) > 1000 else None
        for code in unknown[:1000]:
            text = column.values[code]
            rows = np.flatnonzero(column.codes == code)
            if not len(rows):
                continue  # it stands only in lines that are left out for something else
            row = int(rows[0])
            near = "" if spellings else nearest(text, known)
            if spellings and (other := spellings.nearest(text)):
                near = say("near.meant", name=other)
            shown = self._complaints.shown(text)
            message = say("log.another_scenario", what=what, name=shown, near=near)
            self._complaints.leave_out(int(self._log.line[row]), message)

    def _devices(self) -> NDArray[np.int32]:
        names = self._rollout.fleet.shown_names
        number = {name: i for i, name in enumerate(names)}
        column = self._log.device
        of_value = np.array([number.get(name, -1) for name in column.values], np.int32)
        if self._in_any_case:
            self._take_other_cases(of_value, names)
        self._leave_out(
            column, np.flatnonzero(of_value < 0).tolist(), say("log.device"), list(names)
        )
        self.good &= of_value[column.codes] >= 0
        return np.maximum(of_value, 0)[column.codes]

    def _take_other_cases(self, of_value: NDArray[np.int32], names: Sequence[str]) -> None:
        """Find devices by their names in other letters, and tell of it."""
        unknown = np.flatnonzero(of_value < 0).tolist()
        if not unknown:
            return
        by_case: dict[str, int] = {}
        for device, name in enumerate(names):
            by_case[name.casefold()] = -1 if name.casefold() in by_case else device
        written = self._log.device.values
        found = [by_case.get(written[code].casefold(), -1) for code in unknown]
        of_value[unknown] = found
        other = [code for code, device in zip(unknown, found, strict=True) if device >= 0]
        if other:
            name, own = written[other[0]], names[of_value[other[0]]]
            shown = {"name": self._complaints.shown(name), "own": self._complaints.shown(own)}
            self._complaints.warn(say("under_way.other_case", count=len(other), **shown))

    def _runs_of_lines(self, device: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the run of each line; those that devices started are added as they come."""
        column = self._log.command
        given = {run.label: i for i, run in enumerate(self._runs)}
        known = np.array([given.get(label, -1) for label in column.values], np.int32)
        run = known[column.codes]
        added = OwnRuns(self._rollout, self._runs)
        for row in np.flatnonzero(run < 0).tolist():
            label = column[row]
            number = added.run_of(label, int(device[row]), int(self._time[row]))
            if number is None:
                self._leave_out(column, [int(column.codes[row])], say("log.command"), list(given))
                self.good[row] = False
            else:
                run[row] = number
        return np.maximum(run, 0)

    def _details(
        self, device: NDArray[np.int32], run: NDArray[np.int32]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        """Return codes of details, and the amounts; the place of an address is looked up."""
        log = self._log
        of_value = np.full(len(log.detail.values), -1, np.int64)
        for i, text in enumerate(log.detail.values):
            if not text:
                of_value[i] = Detail.NONE
            elif text.startswith(_DEFERRED):
                of_value[i] = Detail.DEFERRED_FOR
            else:
                of_value[i] = _CODE_OF_DETAIL.get(text, -1)
        detail = of_value[log.detail.codes]
        amount = np.maximum(log.amount, 0)
        checks = np.flatnonzero((log.state == State.CHECKING) & (detail < 0))
        urls = self._urls(checks, device, run)
        detail[checks[urls >= 0]] = Detail.URL
        amount[checks[urls >= 0]] = urls[urls >= 0]
        detail[~self.good] = Detail.NONE
        wrong = np.unique(log.detail.codes[detail < 0]).tolist()
        self._leave_out(log.detail, wrong, say("log.detail"), self._rollout.configuration.urls)
        self.good &= detail >= 0
        return np.maximum(detail, 0).astype(np.int8), amount

    def _at_the_device(self) -> NDArray[np.bool_]:
        """Return which runs are sent nothing: a device uses the configuration that it has."""
        commands = len(self._rollout.runs)
        return np.array(
            [
                number >= commands and assigned_in(number_in(run.label)[0]) < 0
                for number, run in enumerate(self._runs)
            ]
        )

    def _urls(
        self, checks: NDArray[np.int64], device: NDArray[np.int32], run: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """Return which address each check was sent to; -1 where it is none of this scenario."""
        configuration, log = self._rollout.configuration, self._log
        classes, first = configuration.address_classes()
        begins = [0, *configuration.change_times]
        fields = np.array([each.command.status_field for each in self._runs], np.int64)
        sent = np.array([each.at for each in self._runs], np.int64)[run[checks]]
        sent = np.where(self._at_the_device()[run[checks]], self._time[checks], sent)
        columns = (
            classes[device[checks]],
            fields[run[checks]] == StatusField.UEFI,
            _epoch(sent, begins),
            _epoch(self._time[checks], begins),
            log.detail.codes[checks],
        )
        keys = np.stack([np.asarray(column, np.int64) for column in columns], axis=1)
        distinct, at, back = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        place = np.full(len(distinct), -1, np.int64)
        for i in np.argsort(at).tolist():
            kind, uefi, of_run, of_line, told = distinct[i].tolist()
            # What a command was sent with holds; a device may keep what it had before.
            for epoch in dict.fromkeys((of_run, of_line, *range(len(begins)))):
                url = configuration.address(int(first[kind]), begins[epoch], for_uefi=uefi > 0).url
                if configuration.urls[url] == log.detail.values[told]:
                    place[i] = url
                    break
        return place[back.reshape(-1)]


def _epoch(times: NDArray[np.int64], begins: list[int]) -> NDArray[np.int64]:
    """Return which stretch between changes of the configuration each time lies in."""
    epochs = np.searchsorted(np.array(begins[1:], np.int64), times, side="right")
    return epochs.astype(np.int64)


class OwnRuns:
    """Runs of what devices start by themselves, each made when first asked for.

    Parameters
    ----------
    rollout
        Whose devices.
    runs
        The runs that there are; those made are put behind them.
    """

    def __init__(self, rollout: Rollout, runs: list[CommandRun]) -> None:
        self._runs = runs
        self._orders = OrdersByLabel(
            DeviceOrders(self._add, rollout),
            rollout,
            notifications_of(rollout),
            scheduled_jobs_of(rollout),
            assigned_of(rollout).assignments,
        )

    def _add(self, run: CommandRun) -> int:
        self._runs.append(run)
        return len(self._runs) - 1

    def run_of(self, label: str, device: int, now: int) -> int | None:
        """Return the number of the run with a label; None if there can be none."""
        order = self._orders.order_of(label, device, now)
        return None if order is None else order.number
