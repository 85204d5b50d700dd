"""One device's log from saved results, as its Properties window shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.commands.server_record import RecordResult, RecordState
from fwsim.problems import InputError, Problem, nearest
from fwsim.results.writing import as_written

if TYPE_CHECKING:
    import pandas as pd

    from fwsim.results.result import Result

_MORE_FIELDS = {"delivery_state": "Delivery state", "uefi_state": "UEFI update state"}
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
    import pandas as pd

    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        "csv": lambda path: as_written(pd.read_csv(path, dtype=str, keep_default_na=False)),
        "parquet": lambda path: pd.read_parquet(path).astype(str),
        "jsonl": lambda path: pd.read_json(path, lines=True, dtype=False),
    }
    for form, read in readers.items():
        path = folder / f"{name}.{form}"
        if path.is_file():
            try:
                table = read(path).astype(str)
            except (ValueError, OSError) as error:
                raise InputError([Problem(f"cannot be read: {error}", source=str(path))]) from None
            missing = [column for column in _NEEDED[name] if column not in table]
            if missing:
                text = f"has no column {', '.join(missing)}; expected what fwsim run --out wrote"
                raise InputError([Problem(text, source=str(path))])
            return table
    raise InputError(
        [
            Problem(
                f"no {name} here; expected a folder that fwsim run --out wrote", source=str(folder)
            )
        ]
    )


def _reader(results: Path | Result) -> Callable[[str], pd.DataFrame]:
    """Return what gives each table as text, from a folder or from a run."""
    if isinstance(results, Path):
        return lambda name: saved_table(results, name)
    tables = {
        "devices": results.devices, "status-log": results.log, "jobs": results.jobs,
        "update-log": results.update_log,
    }  # fmt: skip
    return lambda name: tables[name].fillna("").astype(str)


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
    devices, log = read("devices"), read("status-log")
    names = devices["device"]
    qualified = devices["unit"] + "/" + names
    mine = devices[(names == device) | (qualified == device) | (devices["mac"] == device)]
    if mine.empty:
        near = nearest(device, names.head(20_000))
        raise InputError([Problem(f"no device {device!r}{near}", source=folder)])
    row = mine.iloc[0]
    lines = log[log["device"] == row["device"]]
    shown = [
        f"{row['device']}  ({row['mac']})  {row['unit']}",
        f"Update state: {row['update_state'] or 'none yet'}",
        *([f"Detail: {row['detail']}"] if row["detail"] else []),
        *(f"{name}: {row[column]}" for column, name in _MORE_FIELDS.items() if row.get(column)),
        "",
    ]
    shown += [
        f"{_stamp(line.time)}  {line.state:<16} {line.status}"
        + (f"  [{line.detail}]" if line.detail else "")
        for line in lines.itertuples()
    ]
    shown += [
        "",
        *_record(read("jobs"), row["device"]),
        "",
        *_notes(read("update-log"), row["device"]),
    ]
    return "\n".join(line.rstrip() for line in shown)


def _record(jobs: pd.DataFrame, device: str) -> list[str]:
    """Return the server's record of the device's jobs."""
    names = {state.value: state.name.lower().replace("_", " ") for state in RecordState}

    def name(code: str) -> str:
        return f"{code} ({names[int(code)]})"

    return ["Server record"] + [
        f"  command {job.command}: start state {name(str(job.start_state))}, "
        f"state {name(str(job.state))}, result {_result(str(job.result))}"
        for job in jobs[jobs["device"] == device].itertuples()
    ]


def _result(code: str) -> str:
    return f"{code} ({RecordResult(int(code)).name.lower()})" if code else "open"


def _notes(entries: pd.DataFrame, device: str) -> list[str]:
    """Return the device's own update log."""
    return ["Update log"] + [
        f"  {_stamp(str(entry.time))}  {entry.entry}"
        for entry in entries[entries["device"] == device].itertuples()
    ]


def _stamp(time: str) -> str:
    return time[:19].replace("T", " ")
