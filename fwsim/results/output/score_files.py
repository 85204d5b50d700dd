"""How good forecasts were, as files, and read back for the report."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from fwsim.results.figures import Held, SaidThen, Track
from fwsim.results.output.folder.reading import Saved
from fwsim.results.output.folder.writing import NewPart
from fwsim.results.output.writing import frame_writer, json_writer

FILE = "score.json"
TABLE = "scores.csv"
PICTURES = ("score-forecasts.png", "score-places.png", "score-coverage.png")
_LARGEST = 50_000_000
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
Row = tuple[str, ...]


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ToldTable(_Plain):
    """A table in words."""

    title: str
    heads: Row
    rows: tuple[Row, ...]

    def is_whole(self) -> bool:
        """Tell whether every row has a cell for each head."""
        return all(len(row) == len(self.heads) for row in self.rows)


class ToldSaid(_Plain):
    """What one forecast said; None is *never*."""

    label: str
    low: FiniteFloat | None
    middle: FiniteFloat | None
    high: FiniteFloat | None


class ToldTrack(_Plain):
    """What forecasts said of one measure, and what came; None is *never*."""

    title: str
    axis: str
    is_time: bool
    is_share: bool
    said: Annotated[tuple[ToldSaid, ...], Field(min_length=1, max_length=1000)]
    came: FiniteFloat | None
    changes: Annotated[tuple[FiniteFloat, ...], Field(max_length=1000)] = ()
    offsets: Annotated[tuple[int, ...], Field(min_length=1, max_length=1001)] = (0,)

    @model_validator(mode="after")
    def _has_an_offset_between_changes(self) -> Self:
        if len(self.offsets) != len(self.changes) + 1 or list(self.changes) != sorted(self.changes):
            raise ValueError("offsets do not fit changes")
        return self

    def track(self) -> Track:
        """Return what a figure shows."""
        said = [
            SaidThen(one.label, *map(_never, (one.low, one.middle, one.high))) for one in self.said
        ]
        came, clock = _never(self.came), (self.changes, self.offsets)
        return Track(self.title, self.axis, self.is_time, self.is_share, tuple(said), came, *clock)


class ToldHeld(_Plain):
    """How often the range of a measure held."""

    name: str
    rollouts: Annotated[int, Field(ge=1)]
    share: Share
    low: Share
    high: Share
    places: tuple[Share, ...]

    def held(self) -> Held:
        """Return what a figure shows."""
        return Held(self.name, self.rollouts, self.share, self.low, self.high, self.places)


class ToldScores(_Plain):
    """How good forecasts were, as a report shows it."""

    scenario_sha256: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[ToldTable, ...]
    notes: tuple[str, ...]
    track: ToldTrack | None
    held: tuple[ToldHeld, ...]
    level: Share


class _Saved(_Plain):
    told: ToldScores
    numbers: dict[str, Any]


def _never(value: float | None) -> float:
    return math.inf if value is None else value


def score_part(
    told: ToldScores,
    numbers: Mapping[str, Any],
    rows: list[dict[str, Any]],
    pictures: Mapping[str, Any],
    origin: str,
) -> NewPart:
    """Return the files of a folder that tell how good forecasts were.

    Parameters
    ----------
    told
        In words.
    numbers
        In numbers; never is null.
    rows
        A forecast of a measure each.
    pictures
        How to write each, by name.
    origin
        Of which scenario and seed.
    """
    import pandas as pd

    data = {"told": told.model_dump(mode="json"), "numbers": dict(numbers)}
    table = frame_writer(pd.DataFrame(rows), "csv")
    return NewPart({TABLE: table, FILE: json_writer(data), **pictures}, origin)


def saved_scores(folder: Path, scenario_sha256: str) -> ToldScores | None:
    """Return what a folder tells of forecasts of a scenario; None if it tells nothing.

    Raises
    ------
    InputError
        If the file is not what fwsim writes.
    """
    saved = Saved.at(folder).model(FILE, _Saved, largest=_LARGEST, fits=_is_whole)
    if saved is None or saved.told.scenario_sha256 != scenario_sha256:
        return None
    return saved.told


def _is_whole(saved: _Saved) -> bool:
    return all(table.is_whole() for table in saved.told.tables)
