"""An answer on disk: for people, for other programs, and to be read back for a report."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.measure import read_measure
from fwsim.measures.precision import read_precision
from fwsim.problems import InputError, Problem
from fwsim.results.answer import Answer
from fwsim.results.replication import Replication, SiteUse
from fwsim.results.setting import Setting
from fwsim.results.stages import WAYS
from fwsim.results.tail import TimeSpent
from fwsim.results.timeline import Timeline
from fwsim.results.writing import Format, json_writer, table_writer, write_all

if TYPE_CHECKING:
    import pandas as pd

SUMMARY, SETTING, RUNS = "summary.json", "setting.json", "runs.npz"
LARGEST = 4_000_000_000
LARGEST_JSON = 50_000_000
Arrays = Mapping[str, NDArray[Any]]
_TIMELINE = ("stages", "prompts", "repository", "providers", "workers")
_SITES = ("peak", "busy_hour", "size")
_SPENT = ("by_all", "by_last")


def replications_table(answer: Answer) -> pd.DataFrame:
    """Return one row a run: its number, and what every measure came to."""
    import pandas as pd

    columns: dict[str, Any] = {"replication": [run.number for run in answer.replications]}
    for measure in answer.measures:
        columns[measure.name] = answer.values(measure)
    for name in answer.own_measures:
        columns[name] = [run.own[name] for run in answer.replications]
    return pd.DataFrame(columns)


def _arrays(answer: Answer) -> dict[str, NDArray[Any]]:
    runs = answer.replications
    hours = [run.timeline.site_hours for run in runs]
    arrays: dict[str, NDArray[Any]] = {
        "number": np.array([run.number for run in runs], np.int64),
        "targeted": np.array([run.targeted for run in runs], np.int64),
        "first_command": np.array([run.first_command for run in runs], np.int64),
        "ended": np.array([run.ended for run in runs], np.int64),
        "step": np.array([runs[0].timeline.step], np.int64),
        "values": np.array(
            [[run.values.get(measure, np.nan) for measure in answer.measures] for run in runs]
        ),
        "own": np.array([[run.own[name] for name in answer.own_measures] for run in runs], float),
        "site_hours": np.ascontiguousarray(np.concatenate(hours, axis=1)),
        "site_hours_of": np.repeat(np.arange(len(runs)), [hour.shape[1] for hour in hours]),
        "spent_devices": np.array([[run.spent.devices, run.spent.last] for run in runs], np.int64),
    }
    arrays |= {name: np.array([getattr(run.timeline, name) for run in runs]) for name in _TIMELINE}
    arrays |= {f"site_{name}": np.array([getattr(r.sites, name) for r in runs]) for name in _SITES}
    arrays |= {f"spent_{n}": np.array([getattr(run.spent, n) for run in runs]) for n in _SPENT}
    return arrays


def _npz_writer(arrays: Mapping[str, NDArray[Any]]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    return write


def save_answer(
    answer: Answer,
    folder: str | Path,
    form: Format = "csv",
    beside: Mapping[str, Callable[[Path], None]] | None = None,
) -> list[Path]:
    """Write an answer into a folder, all files or none.

    Parameters
    ----------
    answer
        The answer.
    folder
        Made if it is not there.
    form
        Of the tables for people: ``csv``, ``parquet`` or ``jsonl``.
    beside
        Further files to write with it, by name.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    setting = {
        **answer.setting.as_data(),
        "measures": [measure.name for measure in answer.measures],
        "own_measures": list(answer.own_measures),
    }
    return write_all(
        Path(folder),
        {
            f"measures.{form}": table_writer(answer.table(), form),
            f"replications.{form}": table_writer(replications_table(answer), form),
            **(beside or {}),
            RUNS: _npz_writer(_arrays(answer)),
            SETTING: json_writer(setting),
            SUMMARY: json_writer(answer.as_data()),
        },
    )


def _json(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_JSON:
        raise ValueError("it is too large to be one of fwsim's")
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise TypeError("it holds no results")
    return data


def _npz(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise ValueError("it unpacks to more than 4 GB")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _check_ways(a: Arrays) -> None:
    """Refuse what an fwsim wrote that told other reasons apart: no column would mean the same.

    Raises
    ------
    ValueError
        If the columns of the time spent are not `WAYS`.
    """
    if {a[f"spent_{name}"].shape[1] for name in _SPENT} != {len(WAYS)}:
        raise ValueError("another version of fwsim wrote them; run the scenario again")


def _run(row: int, a: Arrays, measures: list[Any], own: list[str]) -> Replication:
    values = a["values"][row].tolist()
    return Replication(
        number=int(a["number"][row]),
        targeted=int(a["targeted"][row]),
        first_command=int(a["first_command"][row]),
        ended=int(a["ended"][row]),
        values={m: v for m, v in zip(measures, values, strict=True) if not np.isnan(v)},
        own=dict(zip(own, a["own"][row].tolist(), strict=True)),
        timeline=Timeline(
            step=int(a["step"][0]),
            site_hours=a["site_hours"][:, a["site_hours_of"] == row],
            **{name: a[name][row] for name in _TIMELINE},
        ),
        spent=TimeSpent(
            *a["spent_devices"][row].tolist(), **{n: a[f"spent_{n}"][row] for n in _SPENT}
        ),
        sites=SiteUse(**{name: a[f"site_{name}"][row] for name in _SITES}),
    )


def load_answer(folder: str | Path) -> Answer:
    """Read back what `save_answer` wrote.

    Raises
    ------
    InputError
        If the folder holds no answer, or files that are no longer what they were.
    """
    place = Path(folder)
    missing = [name for name in (SUMMARY, SETTING, RUNS) if not (place / name).is_file()]
    if missing:
        raise InputError(
            [
                Problem(
                    f"no results of an experiment here: {', '.join(missing)} "
                    f"{'is' if len(missing) == 1 else 'are'} missing; "
                    "`fwsim run SCENARIO --replications 20 --out FOLDER` writes them",
                    source=str(folder),
                )
            ]
        )
    try:
        summary, setting, arrays = (
            _json(place / SUMMARY),
            _json(place / SETTING),
            _npz(place / RUNS),
        )
        measures = [read_measure(name) for name in setting.pop("measures")]
        own = list(setting.pop("own_measures"))
        kept = Setting.of_data(setting)
        _ = kept.expectations  # refused here if they cannot be read
        count = len(arrays["number"])
        _check_ways(arrays)
        return Answer(
            kept,
            [_run(row, arrays, measures, own) for row in range(count)],
            provenance=summary["provenance"],
            requested=summary["requested"],
            precision=read_precision(summary["precision"]) if summary["precision"] else None,
            interrupted=bool(summary["interrupted"]),
        )
    except (ValueError, TypeError, KeyError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise InputError(
            [Problem(f"these results cannot be read: {error}", source=str(folder))]
        ) from None
