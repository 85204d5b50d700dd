"""The door: files in, what was seen out. Each file is recognised by its content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from fwsim.arguments import (
    a,
    a_function,
    a_key,
    a_path,
    a_path_or,
    one_or_several,
    taking,
    whole_from,
)
from fwsim.fleet.fleet import Column
from fwsim.messages import by_door, say
from fwsim.observations import job_rows, own_log
from fwsim.observations.by_form import ByForm
from fwsim.observations.clock_column import with_whole_times
from fwsim.observations.context import Context, Rows
from fwsim.observations.delimited import read_delimited
from fwsim.observations.files import File, Gathering, Progress, mapping_of, paths_of, zone_of
from fwsim.observations.gaps import with_gaps
from fwsim.observations.headings import (
    known_headers,
    left_aside,
    roles_of,
    status_roles,
    uefi_state_in,
)
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import Observed
from fwsim.observations.other_zones import tell_of_other_zones
from fwsim.observations.pieces import joined
from fwsim.observations.pseudonyms import Pseudonyms
from fwsim.observations.recognition import Kind, kind_of_bytes, kind_of_text
from fwsim.observations.snapshots import (
    are_of_own_times,
    are_shown_in_turn,
    are_shown_unit_by_unit,
    are_too_few_to_tell,
    looks_like_snapshots,
)
from fwsim.observations.text_table import (
    TextTable,
    missing_headers,
    plain_cells,
    read_json_lines,
    read_parquet,
)
from fwsim.observations.whereabouts import Whereabouts
from fwsim.observations.words import Words
from fwsim.observations.xes import read_xes
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import LARGEST_DURATION

_SUCH = {
    "device": ("Device", "Gerät", "MAC"),
    "time": ("Time", "Datum", "Stand"),
    "status": ("Status", "Update State"),
}
"""Headers that would do, by the role."""


@taking(
    paths=one_or_several("paths", a_path),
    zone=a("zone", str, ZoneInfo),
    mapping=a_path_or("mapping", LogMapping),
    pseudonymise=a_key,
    notice_seconds=whole_from(0, LARGEST_DURATION // 1000),
    progress=a_function,
)
def read_observed(
    paths: str | Path | Iterable[str | Path],
    *,
    zone: str | ZoneInfo | None = None,
    mapping: str | Path | LogMapping | None = None,
    pseudonymise: bool | str = False,
    notice_seconds: int | None = None,
    progress: Progress | None = None,
) -> Observed:
    """Read logs of devices, of whatever kinds, into one whole.

    Lines that cannot be read are left out, counted in `Observed.accounts` and told in
    `Observed.problems`, with file, line and column; `accounts` also says what each file was
    taken for.

    Parameters
    ----------
    paths
        Files; several exports of a console are looks at different times.
    zone
        Of times that name none, as in ``Europe/Berlin``: the server's.
    mapping
        A mapping file, for columns and words that nobody here knows.
    pseudonymise
        Put pseudonyms in the place of devices' names, and show no content in problems; a text is
        the key they are made with, so that they are the same in other readings.
    notice_seconds
        How long notices were shown; tells who clicked from who did not.
    progress
        Is told files read and files in all.

    Raises
    ------
    InputError
        With everything that is wrong with files as a whole, all files at once.
    """
    context = Context(
        zone_of(zone),
        mapping_of(mapping),
        None if notice_seconds is None else notice_seconds * 1000,
    )
    gathering = Gathering(hides=pseudonymise is not False, progress=progress)
    whereabouts = Whereabouts(context.mapping.plain_devices)
    by_form = ByForm(context.notice, whereabouts)
    listed = paths_of(paths)
    gathering.each(listed, lambda file, number: by_form.add(*_rows_of(file, context), number))
    found = by_form.pieces(gathering.complaints)
    whereabouts.tell_of_moved(gathering.complaints)
    tell_of_other_zones(found, gathering.complaints)
    accounts = by_form.accounts
    in_order = gathering.signed(accounts[number] for number in range(len(listed)))
    pseudonyms = Pseudonyms.of(pseudonymise, gathering.digests)
    seen = joined(found, in_order, gathering.complaints, pseudonyms, whereabouts)
    return with_gaps(seen, context.zone)


def table_of(file: File, mapping: LogMapping) -> TextTable:
    """Return a file as a table of texts.

    Raises
    ------
    InputError
        If it is none.
    """
    complaints = file.complaints
    kind = kind_of_bytes(file.raw)
    if kind is Kind.PARQUET:
        return read_parquet(file.raw, complaints)
    if kind is Kind.XES:
        return read_xes(file.raw, complaints)
    text = file.text()
    kind = kind_of_text(text)
    if kind in {Kind.IIS, Kind.COMMON}:
        complaints.refuse(say("log_file.is_web", option=by_door("--web", "read_transfers")))
    if kind is Kind.JSON_ARRAY:
        complaints.refuse(say("log_file.json_array"))
    if kind is Kind.JSON_LINES:
        return read_json_lines(
            text, complaints, lambda keys: roles_of(keys, mapping.columns).values()
        )
    return read_delimited(
        text,
        complaints,
        lambda cells: known_headers(cells, mapping.columns),
        mapping.delimiter,
    )


def _rows_of(file: File, context: Context) -> tuple[Rows, str]:
    """Return a file's rows, and which reader they are for."""
    table = table_of(file, context.mapping)
    if not len(table):
        file.complaints.check_most_are_good(table.rows_read, f"a log ({table.kind})")
    roles = roles_of(list(table.columns), context.mapping.columns)
    roles, parts = with_whole_times(table, roles)
    form = _form(table, roles, context.mapping)
    _tell_of_left_aside(table, roles, context.mapping, parts)
    return Rows(table, roles, context), form


def _tell_of_left_aside(
    table: TextTable, roles: dict[str, str], mapping: LogMapping, read: Sequence[str]
) -> None:
    """Tell of columns that mean the same as one that is read, where no mapping has chosen."""
    chosen = {roles[role] for role in mapping.columns if role in roles}
    shown = table.complaints.shown
    for header, other in left_aside(list(table.columns), roles).items():
        if other not in chosen and header not in read:
            text = say("log_file.same_meaning", name=shown(header), other=shown(other))
            table.complaints.warn(text, 1)


def _form(table: TextTable, roles: dict[str, str], mapping: LogMapping) -> str:
    """Return what a table is: what a mapping says, or what its columns tell.

    Raises
    ------
    InputError
        If a column is missing.
    """
    statuses = status_roles(roles, mapping.columns)
    form = mapping.form or _form_by_columns(table, roles, statuses, Words(mapping.words))
    needed = {
        "status log": own_log.ROLES,
        "jobs": ("device", *job_rows.ROLES),
        "events": ("device", "time"),
        "snapshots": ("device",),
    }
    missing = [role for role in needed[form] if role not in roles]
    by_status = form in {"events", "snapshots"}
    if by_status and not statuses:
        missing.append("status")
    of_uefi = uefi_state_in(list(table.columns))
    if missing:
        if "status" in missing and of_uefi is not None:
            table.complaints.refuse(say("log_file.only_uefi", name=of_uefi))
        such = ", ".join(f"{role}{_such(role)}" for role in missing)
        _refuse_columns(table, mapping, say("log_file.no_column_for", roles=such))
    if of_uefi is not None and of_uefi not in roles.values():
        table.complaints.warn(say("log_file.uefi_aside"), 1)
    for role in statuses[1:] if by_status else ():
        text = say("log_file.aside", name=roles[role], taken=roles[statuses[0]])
        table.complaints.warn(text, 1)
    return form


def _form_by_columns(
    table: TextTable, roles: dict[str, str], statuses: list[str], words: Words
) -> str:
    """Return what a table is, or would be if it had all columns."""
    status = next(iter(statuses), "")
    if table.kind == "XES":
        return "events"
    if all(role in roles for role in own_log.ROLES) and _has_states(table, roles):
        return "status log"
    if all(role in roles for role in job_rows.ROLES):
        return "jobs"
    # Texts of the console are looks, unless each has a time of its own.
    is_state, has_time = status == "update state", "time" in roles
    if is_state and not has_time:
        return "snapshots"  # whatever its words are: none that is unknown is passed over
    if not status:
        return "events"
    texts, if_empty = plain_cells(table.columns[roles[status]]), is_state or not has_time
    is_look = looks_like_snapshots(texts, words, is_state=is_state, if_empty=if_empty)
    return "snapshots" if is_look and not _is_of_own_times(table, roles, texts, words) else "events"


def _is_of_own_times(table: TextTable, roles: dict[str, str], texts: Column, words: Words) -> bool:
    """Tell whether the console's texts are events; that they are taken for it is told."""
    if not {"device", "time"} <= roles.keys():
        return False
    device, time = (plain_cells(table.columns[roles[role]]) for role in ("device", "time"))
    unit = plain_cells(table.columns[roles["unit"]]) if "unit" in roles else None
    are_events = are_of_own_times(device, time, texts, words) and not are_shown_in_turn(
        device, time
    )
    if are_events and unit is not None:
        are_events = not are_shown_unit_by_unit(device, unit, time)
    if are_events:
        table.complaints.warn(say("log_file.own_times"), 1)
    elif are_too_few_to_tell(device, time, texts, words):
        count = len(set(device.codes.tolist()))
        table.complaints.warn(say("log_file.too_few_to_tell", count=count), 1)
    return are_events


def _has_states(table: TextTable, roles: dict[str, str]) -> bool:
    values = plain_cells(table.columns[roles["state"]]).values[:1000]
    known = sum(value in own_log.STATE_NAMES for value in values)
    return not values or 2 * known >= len(values)


def _such(role: str) -> str:
    """Return which headers would do for a role, or nothing."""
    *names, last = _SUCH.get(role, ("",))
    return say("log_file.such_as", names=", ".join(names), last_one=last) if names else ""


def _refuse_columns(table: TextTable, mapping: LogMapping, text: str) -> NoReturn:
    headers = list(table.columns)
    told = [*missing_headers(list(mapping.columns.values()), headers)]
    shown = ""
    if headers and not table.complaints.hides:
        named = ", ".join(repr(name[:30]) for name in headers[:8])
        shown = say("log_file.among", names=f"{named}{' …' if len(headers) > 8 else ''}")
    told.append(say("log_file.unknown", reason=f"{text}{shown}"))
    raise InputError(Problem(each, table.complaints.source, 1) for each in told)
