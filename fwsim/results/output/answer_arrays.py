"""The arrays of an answer on disk: what is declared is checked before it is built."""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.tally import HOUR
from fwsim.quantities.counts import MOST_REPLICATIONS
from fwsim.results.run.stages import STAGES, STAGES_UNDER_WAY
from fwsim.results.run.timeline import by_hours, hours_of, step_of
from fwsim.results.statistics.setting import Setting

LARGEST = 4_000_000_000
MOST = 1e18
"""More than any measure comes to."""
TIMELINE = ("stages", "prompts", "repository", "providers", "workers")
SITES = ("peak", "busy_hour", "size", "link")
SPENT = ("by_all", "by_last")
_OF_A_RUN = ("number", "targeted", "absent", "first_command", "ended")
_WHOLE = {
    *_OF_A_RUN,
    "step",
    "stages",
    "prompts",
    "repository",
    "site_hours",
    "site_hours_of",
    "people_hours",
    "people_hours_of",
    "spent_devices",
    "site_size",
}
Arrays = Mapping[str, NDArray[Any]]


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file; none is built that is larger than what is there.

    Raises
    ------
    ValueError
        If the file is not what fwsim writes.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise ValueError(say("saved.unpacks", gigabytes=LARGEST // 10**9))
            return {
                entry.filename.removesuffix(".npy"): _array(archive, entry) for entry in entries
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise ValueError(say("saved.no_archive", name=path.name)) from None


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> NDArray[Any]:
    """Return one array whose header declares as much as there is."""
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        readers = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in readers:
            raise ValueError(say("saved.otherwise", name=entry.filename))
        try:
            shape, by_columns, dtype = readers[version](file)
        except tokenize.TokenError:
            raise ValueError(say("saved.otherwise", name=entry.filename)) from None
        if dtype.kind not in "iuf" or dtype.itemsize > 8:
            raise ValueError(say("saved.otherwise", name=entry.filename))
        size = math.prod(shape) * dtype.itemsize
        if size != entry.file_size - file.tell():
            raise ValueError(say("saved.declares", name=entry.filename, size=size))
        content = file.read(size)
        file.read(1)  # its checksum is looked at here
    array = np.frombuffer(content, dtype).reshape(shape, order="F" if by_columns else "C")
    return array.astype(dtype.newbyteorder("="))


def check_arrays(
    arrays: Arrays, setting: Setting, measures: Sequence[Measure], custom: Sequence[str]
) -> None:
    """Refuse arrays that are not those of such an answer.

    Raises
    ------
    ValueError
        If one is missing, of another shape, or holds what cannot be.
    """
    shapes = _shapes(arrays, setting, len(measures), len(custom))
    if arrays.keys() != shapes.keys():
        names = ", ".join(sorted(arrays.keys() ^ shapes.keys()))
        raise ValueError(say("saved.arrays", names=names))
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape:
            text = say("saved.shape", name=name, shape=str(array.shape), expected=str(shape))
            raise ValueError(text)
        if (array.dtype.kind == "f") == (name in _WHOLE):
            raise ValueError(say("saved.otherwise", name=name))
        if name not in {"own", "values"} and array.size and not _is_amount(array):
            raise ValueError(say("saved.no_amount", name=name))
    _check_places(arrays, setting)
    _check_people(arrays)
    _check_values(arrays["values"], measures)


def _shapes(
    arrays: Arrays, setting: Setting, measures: int, custom: int
) -> dict[str, tuple[int, ...]]:
    runs, step = len(arrays["number"]), step_of(setting.horizon)
    if not 1 <= runs <= MOST_REPLICATIONS:
        raise ValueError(say("saved.runs_there", size=runs))
    bins, sites = -(-setting.horizon // step), len(setting.sites)
    rows = arrays["site_hours_of"].shape[0]
    return {
        **dict.fromkeys(_OF_A_RUN, (runs,)),
        "step": (1,),
        "values": (runs, measures),
        "own": (runs, custom),
        "site_hours": (3, rows),
        "site_hours_of": (rows,),
        **_shapes_of_people(arrays, setting),
        "spent_devices": (runs, 2),
        "stages": (runs, len(STAGES), bins + 1),
        **dict.fromkeys(TIMELINE[1:], (runs, bins)),
        **dict.fromkeys((f"site_{name}" for name in SITES), (runs, sites)),
        **dict.fromkeys((f"spent_{name}" for name in SPENT), (runs, len(STAGES_UNDER_WAY))),
    }


def _shapes_of_people(arrays: Arrays, setting: Setting) -> dict[str, tuple[int, ...]]:
    """Return the shapes of what tells notices by people: a setting that names none has none."""
    if not setting.people:
        return {}
    rows = arrays["people_hours_of"].shape[0]
    return {"people_hours": (3, rows), "people_hours_of": (rows,)}


def _is_amount(array: NDArray[Any]) -> bool:
    return bool(np.all(np.isfinite(array)) and array.min() >= 0 and float(array.max()) <= MOST)


def _check_places(arrays: Arrays, setting: Setting) -> None:
    site, hour, _ = arrays["site_hours"]
    kind, stretch, _ = arrays.get("people_hours", np.zeros((3, 0), np.int32))
    told = hours_of(step_of(setting.horizon)) * HOUR
    limits = {
        "step": (arrays["step"], step_of(setting.horizon) + 1),
        "site_hours": (site, len(setting.sites)),
        "hours": (hour, -(-setting.horizon // HOUR)),
        "site_hours_of": (arrays["site_hours_of"], len(arrays["number"])),
        "people_hours": (kind, len(setting.people)),
        "people_hours: hours": (stretch, -(-setting.horizon // told)),
        "people_hours_of": (arrays.get("people_hours_of", kind), len(arrays["number"])),
        "first_command": (arrays["first_command"], setting.horizon + 1),
        "ended": (arrays["ended"], 100 * setting.horizon),
        "number": (arrays["number"], MOST_REPLICATIONS),
    }
    for name, (places, most) in limits.items():
        if places.size and places.max() >= most:
            raise ValueError(say("saved.beyond", name=name))
    if arrays["step"][0] != step_of(setting.horizon):
        raise ValueError(say("saved.otherwise", name="step"))


def _check_people(arrays: Arrays) -> None:
    """Refuse notices by people that are not, in each run and stretch, those there are in all."""
    if "people_hours" not in arrays:
        return
    in_all = by_hours(arrays["prompts"], int(arrays["step"][0]))
    _, stretch, count = arrays["people_hours"]
    by_people = np.zeros_like(in_all)
    np.add.at(by_people, (arrays["people_hours_of"], stretch), count.astype(np.int64))
    if not np.array_equal(by_people, in_all):
        raise ValueError(say("saved.otherwise", name="people_hours"))


def _check_values(values: NDArray[Any], measures: Sequence[Measure]) -> None:
    with np.errstate(invalid="ignore"):
        finite = values[np.isfinite(values)]
        if finite.size and not 0 <= finite.min() <= finite.max() <= MOST:
            raise ValueError(say("saved.impossible"))
        if np.any(values == -np.inf):
            raise ValueError(say("saved.impossible"))
    for column, measure in enumerate(measures):
        chances = values[:, column]
        if measure.definition.unit is Unit.CHANCE and not np.isin(chances, (0.0, 1.0)).all():
            raise ValueError(say("saved.no_chance", measure=measure))
        may_lack = measure.kind is Kind.OUTCOME and measure.is_of_all  # a run may not know it
        if np.isnan(chances).any() and not may_lack:
            raise ValueError(say("saved.no_number", measure=measure))
