"""An answer on disk: for people, for other programs, and to be read back (`answer_reading`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, a_function, a_map, a_path, taking, word_of
from fwsim.messages import ENGLISH, speaking
from fwsim.results.output.answer_arrays import SITES, SPENT, TIMELINE
from fwsim.results.output.answer_reading import RUNS, SETTING, SUMMARY
from fwsim.results.output.folder.writing import NewPart, write_parts
from fwsim.results.output.writing import (
    ANSWER,
    DOUBT,
    FORMATS,
    REPORT,
    SAMPLE_RUN,
    SCORE,
    Format,
    frame_writer,
    json_writer,
    origin_of,
)
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.answer_tables import groupings_of, run_rows
from fwsim.results.statistics.prompts_by_people import prompt_tables


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
        "own": np.array(
            [[run.custom[name] for name in answer.custom_measures] for run in runs], float
        ),
        "site_hours": np.ascontiguousarray(np.concatenate(hours, axis=1)),
        "site_hours_of": np.repeat(np.arange(len(runs)), [hour.shape[1] for hour in hours]),
        "spent_devices": np.array([[run.spent.devices, run.spent.last] for run in runs], np.int64),
    }
    if answer.setting.people:
        asked = [run.timeline.people_hours for run in runs]
        rows = [np.zeros((3, 0), np.int32) if one is None else one for one in asked]
        arrays["people_hours"] = np.ascontiguousarray(np.concatenate(rows, axis=1))
        arrays["people_hours_of"] = np.repeat(np.arange(len(runs)), [one.shape[1] for one in rows])
    if any(run.absent for run in runs):
        arrays["absent"] = np.array([run.absent for run in runs], np.int64)
    arrays |= {name: np.array([getattr(run.timeline, name) for run in runs]) for name in TIMELINE}
    arrays |= {f"site_{name}": np.array([getattr(r.sites, name) for r in runs]) for name in SITES}
    arrays |= {f"spent_{n}": np.array([getattr(run.spent, n) for run in runs]) for n in SPENT}
    return arrays


def _npz_writer(arrays: Mapping[str, NDArray[Any]]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    return write


@taking(
    answer=a("answer", Answer),
    folder=a_path,
    form=word_of(*FORMATS),
    beside=a_map("parts", a_function),
    more=a_map("parts", a("part", NewPart)),
)
@speaking(ENGLISH)
def save_answer(
    answer: Answer,
    folder: str | Path,
    form: Format = "csv",
    beside: Mapping[str, Callable[[Path], None]] | None = None,
    more: Mapping[str, NewPart] | None = None,
) -> list[Path]:
    """Write an answer into a folder, all files or none.

    It replaces any run that fwsim wrote there before, except the example of its own first run.

    Parameters
    ----------
    answer
        The answer.
    folder
        Made if it is not there.
    form
        Of the tables for people: ``csv``, ``parquet`` or ``jsonl``.
    beside
        How to write its first run, by name.
    more
        Parts that come from this answer, by name.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    setting = {
        **answer.setting.as_data(),
        "measures": [measure.name for measure in answer.measures],
        "own_measures": list(answer.custom_measures),
    }
    origin = origin_of(answer.provenance)
    tables = {
        f"measures.{form}": frame_writer(answer.table(), form),
        f"replications.{form}": frame_writer(run_rows(answer), form),
    }
    tables |= {f"{name}.{form}": frame_writer(t, form) for name, t in prompt_tables(answer).items()}
    tables |= {f"by-{by}.{form}": frame_writer(answer.by(by), form) for by in groupings_of(answer)}
    rest = {
        RUNS: _npz_writer(_arrays(answer)),
        SETTING: json_writer(setting),
        SUMMARY: json_writer(answer.as_data()),
    }
    parts = {ANSWER: NewPart({**tables, **rest}, origin)}
    if beside is not None:
        parts[SAMPLE_RUN] = NewPart(beside, origin)
    parts |= more or {}
    belonging = {SAMPLE_RUN: origin, DOUBT: origin, SCORE: origin}
    write_parts(Path(folder), parts, without=[REPORT], belonging=belonging)
    names = [name for part in (more or {}).values() for name in part.files]
    return [Path(folder) / name for name in (*tables, *(beside or {}), *rest, *names)]
