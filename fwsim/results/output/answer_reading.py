"""An answer read back from disk: checked before anything is made of it."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a_path, taking
from fwsim.measures.catalogue import OF_PROXIES, Kind
from fwsim.measures.measure import Measure, read_measure
from fwsim.measures.precision import read_precision
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.results.output.answer_arrays import SITES, SPENT, TIMELINE, check_arrays, read_arrays
from fwsim.results.output.folder.reading import Saved, read_saved
from fwsim.results.output.saved_setting import read_provenance, read_setting
from fwsim.results.run.replication import Replication, SiteUse
from fwsim.results.run.stages import SELDOM, STAGES, STAGES_UNDER_WAY, Stage, Wait
from fwsim.results.run.tail import TimeSpent
from fwsim.results.run.timeline import Timeline
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.setting import Setting

SUMMARY, SETTING, RUNS = "summary.json", "setting.json", "runs.npz"
LARGEST_JSON = 50_000_000
WAYS_BEFORE_SELDOM = len(STAGES_UNDER_WAY) - len(SELDOM)
WAYS_BEFORE_WAITS = WAYS_BEFORE_SELDOM - len(Wait)
Arrays = Mapping[str, NDArray[Any]]
_DAMAGED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    RecursionError,
    MemoryError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What libraries say of files that are not what they should be."""


@taking(folder=a_path)
def load_answer(folder: str | Path) -> Answer:
    """Read back what `save_answer` wrote.

    Parameters
    ----------
    folder
        Its path; an earlier fwsim may have written it.

    Raises
    ------
    InputError
        If the folder holds no answer, or files that are no longer what they were.
    """
    return read_saved(Path(folder), _answer)


def _answer(saved: Saved) -> Answer:
    missing = [name for name in (SUMMARY, SETTING, RUNS) if not saved.has(name)]
    if missing:
        text = say("saved.none", names=", ".join(missing))
        raise InputError([Problem(text, source=str(saved.folder))])
    places = [saved.path(name) for name in (SUMMARY, SETTING, RUNS)]
    try:
        return _read(*places)
    except FileNotFoundError:
        raise
    except _DAMAGED as error:
        key = error.args[0] if isinstance(error, KeyError) else ""
        why = say("saved.lacks", name=key) if key else str(error) or type(error).__name__
        text = say("saved.unreadable", why=why)
        raise InputError([Problem(text[:500], source=str(saved.folder))]) from None


def _read(summary_file: Path, setting_file: Path, runs_file: Path) -> Answer:
    summary, data = _json(summary_file), _json(setting_file)
    measures = [read_measure(str(name)) for name in data.pop("measures")]
    custom = [str(name) for name in data.pop("own_measures")]
    setting = read_setting(data)
    _ = setting.expectations  # refused here if they cannot be read
    arrays = _as_now(read_arrays(runs_file), setting.links)
    check_arrays(arrays, setting, measures, custom)
    arrays = _from_one_moment(arrays, measures)
    precision = read_precision(str(summary["precision"])) if summary["precision"] else None
    if arrays["providers"].any() and not setting.proxies_by_minute:
        arrays, setting = _without_proxies(arrays, measures, setting)
        precision = None if precision and precision.measure.kind in OF_PROXIES else precision
    return Answer(
        setting,
        [_run(row, arrays, measures, custom) for row in range(len(arrays["number"]))],
        provenance=read_provenance(summary["provenance"]),
        requested=None if summary["requested"] is None else int(summary["requested"]),
        precision=precision,
        interrupted=bool(summary["interrupted"]),
    )


def _as_now(arrays: Arrays, links: Sequence[int]) -> Arrays:
    """Return arrays with all that an fwsim of now keeps."""
    return _with_links(_with_every_stage(_with_every_way(_with_absent(arrays))), links)


def _with_every_way(arrays: Arrays) -> Arrays:
    """Return arrays in which every reason to wait has a column.

    An fwsim before them counted all waits as waiting for a turn; there they stay.
    """
    ways = {f"spent_{name}" for name in SPENT} & arrays.keys()
    return {
        name: np.pad(array, ((0, 0), (0, WAYS_BEFORE_SELDOM - array.shape[1])))
        if name in ways and array.ndim == 2 and array.shape[1] == WAYS_BEFORE_WAITS
        else array
        for name, array in arrays.items()
    }


def _with_every_stage(arrays: Arrays) -> Arrays:
    """Return arrays in which every stage has its place; what an fwsim before lacked is empty."""
    whole = {f"spent_{name}": STAGES_UNDER_WAY for name in SPENT} | {"stages": STAGES}
    return {
        name: _spread(array, whole[name]) if name in whole else array
        for name, array in arrays.items()
    }


def _spread(array: NDArray[Any], ways: Sequence[Stage | Wait]) -> NDArray[Any]:
    """Put what was kept of each stage but the seldom ones where it now stands."""
    kept = [place for place, way in enumerate(ways) if way not in SELDOM]
    if array.ndim < 2 or array.shape[1] != len(kept):
        return array
    whole = np.zeros((len(array), len(ways), *array.shape[2:]), array.dtype)
    whole[:, kept] = array
    return whole


def _with_absent(arrays: Arrays) -> Arrays:
    """Return arrays that tell how many devices never came; where all did, they are not kept."""
    if "absent" in arrays or "number" not in arrays:
        return arrays
    return {**arrays, "absent": np.zeros(arrays["number"].shape, np.int64)}


def _with_links(arrays: Arrays, links: Sequence[int]) -> Arrays:
    """Return arrays that tell what each line carried at most in each run.

    An fwsim before them kept only what the scenario says.
    """
    if "site_link" in arrays or "number" not in arrays:
        return arrays
    as_said = np.maximum(np.array(links, np.float32), 1)
    return {**arrays, "site_link": np.tile(as_said, (len(arrays["number"]), 1))}


def _from_one_moment(arrays: Arrays, measures: Sequence[Measure]) -> Arrays:
    """Return arrays whose times count from the same moment in every run.

    In an fwsim before, they did so from when the first device had started by itself in each.
    """
    firsts = arrays["first_command"]
    later = firsts - firsts.min(initial=firsts.max(initial=0))
    if not later.any():
        return arrays
    times = [place for place, measure in enumerate(measures) if measure.kind is Kind.TIME_TO]
    values = arrays["values"].copy()
    values[:, times] += np.where(values[:, times] > 0, later[:, None], 0)  # 0: none needs it
    return {**arrays, "values": values, "first_command": firsts - later}


def _without_proxies(
    arrays: Arrays, measures: Sequence[Measure], setting: Setting
) -> tuple[Arrays, Setting]:
    """Return arrays and a setting without how full proxies were, and what is expected of it.

    An fwsim before this spread their bytes over whole transfers, waits included.
    """
    values = arrays["values"].copy()
    values[:, [measure.kind in OF_PROXIES for measure in measures]] = np.nan
    expectations = zip(setting.expect, setting.expectations, strict=True)
    expect = tuple(words for words, one in expectations if one.measure.kind not in OF_PROXIES)
    return {**arrays, "values": values}, replace(setting, expect=expect)


def _json(path: Path) -> dict[str, Any]:
    if path.stat().st_size > LARGEST_JSON:
        raise ValueError(say("saved.large"))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise ValueError(say("saved.no_json", name=path.name)) from None
    if not isinstance(data, dict):
        raise TypeError(say("saved.nothing"))
    json.dumps(data, ensure_ascii=False).encode()  # refused here if a text is none
    return data


def _rows_of(row: int, name: str, arrays: Arrays) -> NDArray[Any]:
    """Return those rows of a table of all runs that are one run's."""
    return arrays[name][:, arrays[f"{name}_of"] == row]


def _run(row: int, a: Arrays, measures: list[Measure], custom: list[str]) -> Replication:
    values = a["values"][row].tolist()
    return Replication(
        number=int(a["number"][row]),
        targeted=int(a["targeted"][row]),
        absent=int(a["absent"][row]),
        first_command=int(a["first_command"][row]),
        ended=int(a["ended"][row]),
        values={m: v for m, v in zip(measures, values, strict=True) if not np.isnan(v)},
        custom=dict(zip(custom, a["own"][row].tolist(), strict=True)),
        timeline=Timeline(
            step=int(a["step"][0]),
            site_hours=_rows_of(row, "site_hours", a),
            people_hours=_rows_of(row, "people_hours", a) if "people_hours" in a else None,
            **{name: a[name][row] for name in TIMELINE},
        ),
        spent=TimeSpent(
            *a["spent_devices"][row].tolist(), **{n: a[f"spent_{n}"][row] for n in SPENT}
        ),
        sites=SiteUse(**{name: a[f"site_{name}"][row] for name in SITES}),
    )
