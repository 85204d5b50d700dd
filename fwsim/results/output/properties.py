"""One device's log from saved results, as its Properties window shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fwsim.commands.server_record import RecordResult, RecordState
from fwsim.messages import say, translated
from fwsim.parquet_table import UnpacksLargerError, read_parquet_table
from fwsim.problems import InputError, Problem, nearest
from fwsim.results.output.folder.reading import Saved, read_saved
from fwsim.results.output.writing import arrow_parquet, as_written

if TYPE_CHECKING:
    import pandas as pd

    from fwsim.results.output.result import Result

_MORE_FIELDS = ("delivery_state", "uefi_state")
LARGEST_TABLE = 8_000_000_000
_NEEDED = {
    "devices": ("device", "mac", "unit", "update_state", "detail"),
    "status-log": ("time", "device", "command", "state", "status", "detail"),
    "jobs": ("device", "command", "start_state", "state", "result"),
    "update-log": ("time", "device", "command", "entry"),
}


def saved_table(folder: Path, name: str) -> pd.DataFrame:
    """Return a saved table with every cell as text.

    Raises
    ------
    InputError
        If it is not there, or is not what fwsim writes.
    """
    return read_saved(folder, lambda saved: _table(saved, name))


def _table(saved: Saved, name: str) -> pd.DataFrame:
    file = saved.table(name)
    if file is None:
        text = say("saved.no_table", name=name)
        raise InputError([Problem(text, source=str(saved.folder))])
    path, shown = saved.path(file), str(saved.folder / file)
    try:
        table = _read(path, file.rpartition(".")[2]).astype(str)
    except (FileNotFoundError, InputError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a reader dies of, the file is not fwsim's
        reason = str(error) or type(error).__name__
        raise InputError(
            [Problem(say("file.unreadable", reason=reason[:300]), source=shown)]
        ) from None
    missing = [column for column in _NEEDED[name] if column not in table]
    if missing or not table.columns.is_unique:
        name = "lacks_columns" if missing else "column_twice"
        text = say(f"saved.{name}", names=", ".join(missing))
        raise InputError([Problem(text, source=shown)])
    return table


def _read(path: Path, form: str) -> pd.DataFrame:
    import pandas as pd

    with path.open("rb") as file:  # a path with a colon would be taken for an address
        match form:
            case "csv":
                return as_written(pd.read_csv(file, dtype=str, keep_default_na=False))
            case "jsonl":
                return pd.read_json(file, lines=True, dtype=False)
            case _:
                return _from_parquet(file)


def _from_parquet(file: BinaryIO) -> pd.DataFrame:
    arrow_parquet()
    try:
        table: pd.DataFrame = read_parquet_table(file, LARGEST_TABLE).to_pandas()
    except UnpacksLargerError:
        text = say("saved.unpacks", gigabytes=LARGEST_TABLE // 10**9)
        raise ValueError(text) from None
    return table


def _reader(results: Path | Result) -> Callable[[str, str], pd.DataFrame]:
    """Return what gives each table as text, from a folder or from a run; or a device's rows."""
    if isinstance(results, Path):
        return lambda name, device: _rows_of(saved_table(results, name), device)
    tables = {
        "devices": results.devices,
        "status-log": results.log,
        "jobs": results.jobs,
        "update-log": results.update_log,
    }
    # To make texts of all rows would take longer than all else.
    return lambda name, device: _rows_of(tables[name], device).fillna("").astype(str)


def _rows_of(table: pd.DataFrame, device: str) -> pd.DataFrame:
    return table[table["device"] == device] if device else table


def properties_window(results: Path | Result, device: str) -> str:
    """Return the device's fields and its status log as text.

    Parameters
    ----------
    results
        A run, or the folder that ``fwsim run --out`` wrote.
    device
        A device's name, fully qualified name or MAC.

    Raises
    ------
    InputError
        If there are no results, or no such device in them.
    """
    folder = str(results) if isinstance(results, Path) else results.rollout.scenario.name
    read = _reader(results)
    devices = read("devices", "")
    names = devices["device"]
    qualified = devices["unit"] + "/" + names
    mine = devices[(names == device) | (qualified == device) | (devices["mac"] == device)]
    if mine.empty:
        near = nearest(device, names.head(20_000))
        text = say("target.no_device", name=device, near=near)
        raise InputError([Problem(text, source=folder)])
    row = mine.iloc[0]
    name = row["device"]
    shown = [
        f"{name}  ({row['mac']})  {row['unit']}",
        say("properties.update_state", text=row["update_state"] or say("properties.none_yet")),
        *([_detail(row["detail"])] if row["detail"] else []),
        *(say(f"properties.{name}", text=row[name]) for name in _MORE_FIELDS if row.get(name)),
        "",
    ]
    shown += [
        f"{_stamp(str(line.time))}  {line.state!s:<16} {line.status!s}"
        + (f"  [{line.detail!s}]" if line.detail else "")
        for line in read("status-log", name).itertuples()
    ]
    shown += ["", *_record(read("jobs", name)), "", *_notes(read("update-log", name))]
    return "\n".join(line.rstrip() for line in shown)


def _detail(text: str) -> str:
    return say("properties.detail", text=translated("reason", text))


def _record(jobs: pd.DataFrame) -> list[str]:
    """Return the server's record of a device's jobs."""
    states = {str(state.value): f"state.{state.name.lower()}" for state in RecordState}
    results = {
        str(result.value): f"result.{result.name.lower()}"
        for result in (RecordResult.OK, RecordResult.ERROR)
    }
    return [say("properties.record")] + [
        say(
            "properties.job",
            command=job.command,
            start=_named(str(job.start_state), states),
            state=_named(str(job.state), states),
            result=_named(str(job.result), results) if job.result else say("properties.open"),
        )
        for job in jobs.itertuples()
    ]


def _named(code: str, names: Mapping[str, str]) -> str:
    """Return a code of the record with its name."""
    if not code.isdecimal():
        return repr(code)
    known = names.get(str(int(code)))
    word = say(f"properties.{known}") if known else say("properties.unknown")
    return f"{code} ({word})"


def _notes(entries: pd.DataFrame) -> list[str]:
    """Return a device's own update log."""
    return [say("properties.update_log")] + [
        f"  {_stamp(str(entry.time))}  {entry.entry}" for entry in entries.itertuples()
    ]


def _stamp(time: str) -> str:
    return time[:19].replace("T", " ")
