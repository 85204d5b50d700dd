"""fwsim's own status log, as it was saved: CSV, Parquet or JSON lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import UPDATING, State
from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.model.past import EVERY_STATE
from fwsim.observations.complaints import Complaints, and_more
from fwsim.observations.context import Rows, no_name, told_again
from fwsim.observations.line_order import behind_later, is_newest_first, order_of_lines
from fwsim.observations.observed import OWN_FORM, Account, What
from fwsim.observations.overlaps import account_of_overlap, told_before
from fwsim.observations.pieces import Piece, expanded
from fwsim.observations.stamps import ReadTimes
from fwsim.observations.text_table import mapped
from fwsim.observations.words import OF_STATE
from fwsim.quantities.units import read_duration
from fwsim.spreadsheet import unmarked, unmarked_formula

ROLES = ("time", "device", "command", "state")
"""Columns without which it is no status log of fwsim's."""
_FEWEST_PILED_UP = 3
_TEXTS = ("device", "command", "detail", "status")
UDF = ".udf"
"""How the name of a UEFI file ends, as the manual has it."""
STATE_NAMES = {state.name: state for state in State}
_DEFERRED_FOR = f"{DETAIL_TEXTS[Detail.DEFERRED_FOR]} "


@dataclass
class LogRows:
    """The good rows of a status log.

    Parameters
    ----------
    device, command, detail, status
        Texts as they were before they were written.
    state
        Codes of `State`.
    amount
        As the log has it; -1 where it has none.
    times
        When.
    line
        Where each stands.
    has_amounts
        Whether the log has amounts at all.
    again
        How many rows said the same as one before them, and are left out.
    """

    device: Column
    command: Column
    detail: Column
    status: Column
    state: NDArray[np.int8]
    amount: NDArray[np.int64]
    times: ReadTimes
    line: NDArray[np.int64]
    has_amounts: bool
    again: int = 0

    def rows(self, rows: NDArray[np.int64]) -> LogRows:
        """Return some of the rows, in that order."""
        texts: dict[str, Any] = {name: getattr(self, name).rows(rows) for name in _TEXTS}
        at = self.times
        times = ReadTimes(at.earliest[rows], at.latest[rows], at.good[rows], at.resolution)
        state, amount, line = self.state[rows], self.amount[rows], self.line[rows]
        return replace(self, **texts, state=state, amount=amount, times=times, line=line)


def log_rows(rows: Rows) -> LogRows:
    """Read a status log's rows in the order they came; bad ones are complained of and left out."""
    is_csv = rows.table.kind == "CSV"
    plain, name = (unmarked_formula, unmarked) if is_csv else (str, str)
    states, devices = rows.texts("state"), rows.texts("device", name)
    codes = np.array([STATE_NAMES.get(text, -1) for text in states.values], np.int8)[states.codes]

    def why(row: int) -> str:
        return rows.unknown("state", states[row], list(STATE_NAMES))

    rows.leave_out(codes < 0, "state", why)
    empty = np.array([not text for text in devices.values], bool)
    rows.leave_out(empty[devices.codes], "device", lambda _: no_name())
    amount = rows.numbers("amount", "amount", missing=-1)
    times = rows.times("time")
    command, detail = rows.texts("command", plain), rows.texts("detail", plain)
    _leave_out_cut(rows, codes, detail, amount)
    again = rows.leave_out_told_again(
        times.earliest, devices.codes, command.codes, codes, detail.codes, amount
    )
    kept = np.flatnonzero(rows.good)
    job = _job(devices.rows(kept), command.rows(kept))
    order = order_of_lines(times.earliest[kept], job, codes[kept], EVERY_STATE)
    _tell_of_order(rows, kept, times.earliest[kept], order)
    kept = kept[order]
    return LogRows(
        device=devices.rows(kept),
        command=command.rows(kept),
        detail=detail.rows(kept),
        status=rows.texts("status", plain).rows(kept),
        state=codes[kept],
        amount=amount[kept],
        times=ReadTimes(
            times.earliest[kept], times.latest[kept], times.good[kept], times.resolution
        ),
        line=rows.line[kept],
        has_amounts="amount" in rows.roles,
        again=again,
    )


def _job(device: Column, command: Column) -> NDArray[np.int64]:
    """Return whose rows they are: a device under a command."""
    return device.codes.astype(np.int64) * max(len(command.values), 1) + command.codes


def _leave_out_cut(
    rows: Rows, state: NDArray[np.int8], detail: Column, amount: NDArray[np.int64]
) -> None:
    """Leave out what was cut inside its number: the number says so, or the line has no end."""
    told = np.where(state == State.DEFERRED, _delays(detail), -1)

    def why(row: int) -> str:
        text = rows.complaints.shown(detail[row])
        return say("log_line.amount", number=amount[row], text=text, value=told[row])

    rows.leave_out((told >= 0) & (amount >= 0) & (amount != told), "amount", why)
    is_open = rows.line == rows.table.open_line
    rows.leave_out(is_open, "time", lambda _: say("log_line.may_be_cut"))


def _tell_of_order(
    rows: Rows, kept: NDArray[np.int64], time: NDArray[np.int64], order: NDArray[np.int64]
) -> None:
    """Say that lines do not stand in the order in which they came."""
    backwards = np.flatnonzero(behind_later(time))
    moved = np.flatnonzero(np.diff(order) != 1)
    if not len(moved):
        return
    if is_newest_first(time):
        text, row = say("log_line.newest_first"), 0
    elif len(backwards):
        more = and_more(len(backwards) - 1)
        text, row = say("log_line.after_later", more=more), int(backwards[0])
    else:
        text = say("log_line.no_rule")
        row = int(moved[0])
    rows.complaints.warn(text, int(rows.line[kept[row]]))


def read_own_log(rows: Rows) -> tuple[LogRows, Account]:
    """Read a status log of fwsim's; what its lines tell of shows with all files of the rollout."""
    table, complaints = rows.table, rows.complaints
    log = log_rows(rows)
    form = f"{OWN_FORM} ({table.kind})"
    complaints.check_most_are_good(table.rows_read, form)
    aside = told_again(log.again)
    return log, Account(complaints.source, form, table.rows_read, complaints.bad, aside)


def joined_own_logs(
    logs: Mapping[int, LogRows],
    accounts: dict[int, Account],
    complaints: Sequence[Complaints],
    notice: int | None,
) -> Piece:
    """Return what the status logs of one rollout tell together; a line in several counts once.

    Parameters
    ----------
    logs
        Rows, by the number of their file.
    accounts
        Of files, by the same; what is set aside is put down there.
    complaints
        Of all files.
    notice
        Milliseconds a notice was shown for; None if nobody says.
    """
    log, source = _put_together(logs)
    columns = (log.device.codes, log.command.codes, log.state, log.detail.codes, log.amount)
    again = told_before((log.times.earliest, *columns), source)
    for number in logs:
        lines = log.line[again & (source == number)]
        accounts[number] = account_of_overlap(
            complaints[number], accounts[number], lines, len(lines)
        )
    if len(logs) > 1:
        kept = np.flatnonzero(~again)
        job = _job(log.device.rows(kept), log.command.rows(kept))
        order = order_of_lines(log.times.earliest[kept], job, log.state[kept], EVERY_STATE)
        log, source = log.rows(kept[order]), source[kept[order]]
    piece = piece_of(log, source, notice, int(log.times.latest.max()))
    silent = np.array([not OF_STATE[state] for state in State])[log.state]
    for number in logs:
        mine = source == number
        told = np.isin(log.line[mine], piece.line[piece.source == number])
        between = {"states between those that are told": int((silent[mine] & ~told).sum())}
        account = accounts[number]
        accounts[number] = replace(account, aside=between | dict(account.aside))
    return piece


def _put_together(logs: Mapping[int, LogRows]) -> tuple[LogRows, NDArray[np.int16]]:
    """Return the rows of several files, one below the other, and the file of each."""
    parts = tuple(logs.values())
    source = np.repeat(list(logs), [len(part.line) for part in parts]).astype(np.int16)
    if len(parts) == 1:
        return parts[0], source
    times = [part.times for part in parts]
    texts: dict[str, Any] = {
        name: Column.join([getattr(part, name) for part in parts]) for name in _TEXTS
    }
    joined = replace(
        parts[0],
        **texts,
        state=np.concatenate([part.state for part in parts]),
        amount=np.concatenate([part.amount for part in parts]),
        times=ReadTimes(
            np.concatenate([one.earliest for one in times]),
            np.concatenate([one.latest for one in times]),
            np.concatenate([one.good for one in times]),
            max(one.resolution for one in times),
        ),
        line=np.concatenate([part.line for part in parts]),
        has_amounts=all(part.has_amounts for part in parts),
    )
    return joined, source


def piece_of(
    log: LogRows, source: int | NDArray[np.int16], notice: int | None, until: int
) -> Piece:
    """Return what the rows of a status log tell of.

    Parameters
    ----------
    log
        Its rows.
    source
        Number of the file, or of each row's.
    notice
        Milliseconds a notice was shown for; None if nobody says.
    until
        When it ends.
    """
    previous = _previous_in_job(log)
    kinds, whats, amounts = _kinds(log, previous, notice)
    row, what = expanded(kinds, whats)
    return Piece(
        device=log.device.rows(row),
        earliest=log.times.earliest[row],
        latest=log.times.latest[row],
        what=what,
        amount=np.where(np.isin(what, (What.OFFERED, What.CHECKING)), -1, amounts[row]),
        detail=_reasons(log).rows(row),
        command=log.command.rows(row),
        line=log.line[row],
        source=np.broadcast_to(np.asarray(source, np.int16), len(log.state))[row],
        until=until,
        resolution=log.times.resolution,
        deliveries=_deliveries(log),
        uefi=_uefi(log),
    )


def _previous_in_job(log: LogRows) -> NDArray[np.int64]:
    """Return the row before each of the same device under the same command; -1 for none."""
    job = _job(log.device, log.command)
    order = np.argsort(job, kind="stable")
    same = job[order][1:] == job[order][:-1]
    previous = np.full(len(job), -1, np.int64)
    previous[order[1:][same]] = order[:-1][same]
    return previous


def _kinds(
    log: LogRows, previous: NDArray[np.int64], notice: int | None
) -> tuple[NDArray[np.int64], list[tuple[What, ...]], NDArray[np.int64]]:
    """Return what each row tells of: a code, what each code means, and the rows' amounts.

    A job's first check tells that the command reached the device; the first state of an update
    after a notice tells that the notice is over.
    """
    before = np.where(previous >= 0, log.state[previous], -1)
    first_check = _first_checks(log)
    after_notice = (before == State.NOTIFYING) & np.isin(log.state, list(UPDATING))
    shown = np.where(after_notice, log.times.earliest - log.times.earliest[previous], -1)
    ran_out = after_notice & _ran_out(shown, after_notice, log.command.codes, notice)
    plain = [OF_STATE[state] for state in State]
    count = len(State)
    whats = [
        *plain,
        *((What.OFFERED, *each) for each in plain),
        *((What.STARTED, *each) for each in plain),
        *((What.RAN_OUT, *each) for each in plain),
    ]
    codes = log.state.astype(np.int64) + count * (
        np.where(ran_out, 3, np.where(after_notice, 2, np.where(first_check, 1, 0)))
    )
    amounts = np.where(log.state == State.DEFERRED, _delays(log.detail), log.amount)
    return codes, whats, np.where(after_notice, shown, amounts)


def _first_checks(log: LogRows) -> NDArray[np.bool_]:
    """Tell which rows are the first check of their job."""
    job = _job(log.device, log.command)
    checks = np.flatnonzero(log.state == State.CHECKING)
    _, first = np.unique(job[checks], return_index=True)
    is_first = np.zeros(len(job), bool)
    is_first[checks[first]] = True
    return is_first


def _ran_out(
    shown: NDArray[np.int64],
    after_notice: NDArray[np.bool_],
    command: NDArray[np.int32],
    notice: int | None,
) -> NDArray[np.bool_]:
    """Tell which notices nobody answered: those shown for the whole time.

    If nobody says how long that is, it is where the longest ones of a command pile up, on a whole
    second; no user clicks to the millisecond.
    """
    if notice is not None:
        return np.equal(shown, notice)
    ran_out = np.zeros(len(shown), bool)
    for code in np.unique(command[after_notice]).tolist():
        of_command = after_notice & (command == code)
        longest = int(shown[of_command].max())
        piled_up = of_command & (shown == longest)
        if longest > 0 and longest % 1000 == 0 and piled_up.sum() >= _FEWEST_PILED_UP:
            ran_out |= piled_up
    return ran_out


def _delays(detail: Column) -> NDArray[np.int64]:
    """Return the delay that each row's detail tells of; -1 for none."""
    delays = np.full(len(detail.values), -1, np.int64)
    for i, text in enumerate(detail.values):
        if text.startswith(_DEFERRED_FOR):
            try:
                delays[i] = read_duration(text.removeprefix(_DEFERRED_FOR))
            except ValueError:
                continue
    return delays[detail.codes]


_WITH_REASON = (State.FAILED, State.CANCELLED, State.SKIPPED, State.UNREACHED, State.REJECTED)


def _reasons(log: LogRows) -> Column:
    """Return why a job ended; nothing for rows that tell of no end."""
    has_reason = np.isin(log.state, [*_WITH_REASON, State.SUPERSEDED])
    values = ("", *log.detail.values)
    column = Column(values, np.where(has_reason, log.detail.codes + 1, 0).astype(np.int32))
    return mapped(column, str)


def _deliveries(log: LogRows) -> frozenset[str]:
    """Return the commands whose status texts are those of a delivery."""
    of_delivery = np.array([text.startswith("Delivery") for text in log.status.values], bool)
    rows = np.flatnonzero(of_delivery[log.status.codes])
    return frozenset(log.command.values[code] for code in np.unique(log.command.codes[rows]))


def _uefi(log: LogRows) -> frozenset[str]:
    """Return the commands under which devices fetched a UEFI file first; none if it is renamed."""
    is_udf = np.array([text.casefold().endswith(UDF) for text in log.detail.values], bool)
    rows = np.flatnonzero((log.state == State.CHECKING) & is_udf[log.detail.codes])
    return frozenset(log.command.values[code] for code in np.unique(log.command.codes[rows]))
