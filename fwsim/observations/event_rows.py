"""Any log with three columns: which device, when, and what became of it in words."""

from __future__ import annotations

import numpy as np

from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.context import Rows, told_again
from fwsim.observations.line_order import is_newest_first
from fwsim.observations.observed import EVENTS_FORM, Account, What
from fwsim.observations.pieces import Piece, expanded, tell_of_backwards
from fwsim.observations.text_table import mapped
from fwsim.observations.words import Meaning

NOTHING = Meaning(())


def meanings(rows: Rows, role: str) -> tuple[Column, list[Meaning]]:
    """Return the texts of a column and what each distinct one means; unknown ones are bad."""
    column = rows.texts(role)
    read = [rows.words.meaning(text) for text in column.values]
    unknown = np.array([meaning is None for meaning in read], bool)

    def why(row: int) -> str:
        what = "Update State" if role == "update state" else role
        text = rows.unknown(what, column[row], rows.words.known())
        asks = "after_question" if text.endswith("?") else "after_all"
        return text + say(f"log_line.words_{asks}")

    if len(unknown):
        rows.leave_out(unknown[column.codes], role, why)
    return column, [meaning or NOTHING for meaning in read]


def read_event_rows(rows: Rows, source: int) -> tuple[Piece, Account]:
    """Read rows of device, time and status."""
    table, complaints = rows.table, rows.complaints
    form = f"{EVENTS_FORM} ({table.kind})"
    devices = rows.devices()
    status, means = meanings(rows, rows.status_role)
    amount = rows.numbers("amount", "amount", missing=-1)
    times = rows.times("time")
    complaints.check_most_are_good(table.rows_read, form)
    command, details = rows.texts("command"), rows.texts("detail")
    texts = (column.codes for column in (devices, status, command, details))
    again = rows.leave_out_told_again(times.earliest, times.latest, amount, *texts)
    kept = np.flatnonzero(rows.good)
    if is_newest_first(times.earliest[kept]):
        kept = kept[::-1]
    inner, what = expanded(status.codes[kept], [meaning.whats for meaning in means])
    row = kept[inner]
    piece = Piece(
        device=devices.rows(row),
        earliest=times.earliest[row],
        latest=times.latest[row],
        what=what,
        amount=amount[row],
        detail=details.rows(row),
        command=command.rows(row),
        line=rows.line[row],
        source=np.full(len(row), source, np.int16),
        until=int(times.latest[kept].max()),
        resolution=times.resolution,
        deliveries=_deliveries(command, status, means, kept),
    )
    piece.detail = mapped(_reasons_only(piece), str)
    tell_of_backwards(piece, complaints)
    aside = {"tells of nothing that counts": len(kept) - len(np.unique(row))} | told_again(again)
    return piece, Account(complaints.source, form, table.rows_read, complaints.bad, aside)


def _reasons_only(piece: Piece) -> Column:
    """Return the details where they are reasons."""
    has_reason = np.isin(piece.what, (What.FAILED, What.UNREACHED, What.CANCELLED, What.SUPERSEDED))
    codes = np.where(has_reason, piece.detail.codes + 1, 0)
    return Column(("", *piece.detail.values), codes.astype(np.int32))


def _deliveries(
    command: Column, status: Column, means: list[Meaning], kept: np.ndarray
) -> frozenset[str]:
    of_delivery = np.array([meaning.is_delivery for meaning in means], bool)
    rows = kept[of_delivery[status.codes[kept]]]
    return frozenset(command.values[code] for code in np.unique(command.codes[rows]).tolist())
