"""Where the spread comes from, as files beside an answer, and read back for its report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from fwsim.measures.amounts import shown_share
from fwsim.measures.in_words import measure_in_words
from fwsim.messages import ENGLISH, say, speaking
from fwsim.results.output.folder.reading import Saved
from fwsim.results.output.folder.writing import NewPart
from fwsim.results.output.writing import frame_writer, json_writer
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.spread_answer import Edges, Fan, Spread, SpreadOf
from fwsim.results.statistics.spread_in_words import (
    has_width,
    input_in_words,
    inputs_in_words,
    is_telling,
    ranges_in_words,
    split_in_words,
    told_inputs,
)

FILE = "doubt.json"
TABLE = "doubt.csv"
_LARGEST = 20_000_000
_DIGITS = 6


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ToldInput(_Plain):
    """An input that makes doubt, in words."""

    place: str
    share: str
    left: str


class ToldMeasure(_Plain):
    """Where the spread of one measure comes from, in words."""

    measure: str
    ranges: list[tuple[str, str]]
    sentences: list[str]
    inputs: list[ToldInput]


_Band = tuple[list[FiniteFloat], list[FiniteFloat]]


class ToldFan(_Plain):
    """The bands of the completion curve."""

    times: list[int]
    middle: list[FiniteFloat]
    luck: _Band
    doubt: _Band
    both: _Band


class ToldSpread(_Plain):
    """Where the spread comes from, as a report shows it."""

    draws: int = Field(ge=1)
    lucks: int = Field(ge=1)
    measures: list[ToldMeasure]
    fan: ToldFan
    asked: list[str] = []

    def command_line(self, answer: Answer) -> list[str]:
        """Return what looks into the same doubts again, beside an answer, word by word."""
        numbers = {
            "seed": answer.provenance["seed"],
            "replications": answer.runs,
            "worlds": self.draws,
            "lucks": self.lucks,
        }
        options = [(f"--{name}", str(number)) for name, number in numbers.items()]
        options += [("--measure", words) for words in self.asked]
        return ["fwsim", "doubt", "SCENARIO", *(part for pair in options for part in pair)]

    def fits(self) -> bool:
        """Tell whether its bands are as long as one another."""
        fan = self.fan
        edges = (*fan.luck, *fan.doubt, *fan.both)
        return len({len(fan.times), len(fan.middle), *map(len, edges)}) == 1

    def fan_of_numbers(self) -> Fan:
        """Return the bands as arrays."""
        fan = self.fan
        bands = (_edges(*band) for band in (fan.luck, fan.doubt, fan.both))
        return Fan(np.array(fan.times, np.int64), np.array(fan.middle), *bands)


def _edges(low: list[float], high: list[float]) -> Edges:
    return np.array(low), np.array(high)


def told(spread: Spread) -> ToldSpread:
    """Return where the spread comes from, in words and bands."""
    fan = spread.fan
    return ToldSpread(
        draws=spread.draws,
        lucks=spread.lucks,
        measures=[_told_measure(spread, one) for one in spread.measures],
        fan=ToldFan(
            times=fan.times.tolist(),
            middle=_rounded(fan.middle),
            luck=_band(fan.luck),
            doubt=_band(fan.doubt),
            both=_band(fan.both),
        ),
        asked=[measure.name for measure in spread.asked],
    )


def told_once(measures: Iterable[ToldMeasure]) -> list[ToldMeasure]:
    """Return measures as they are shown: of several that all is alike of, all their names once.

    Where all devices have it at the same moment, times to whatever share of them are one time.
    """
    names: dict[str, list[ToldMeasure]] = {}
    for one in measures:
        names.setdefault(one.model_dump_json(exclude={"measure"}), []).append(one)
    return [
        alike[0].model_copy(update={"measure": ", ".join(one.measure for one in alike)})
        for alike in names.values()
    ]


def _band(edges: Edges) -> _Band:
    low, high = edges
    return _rounded(low), _rounded(high)


def _rounded(values: Any) -> list[float]:
    found: list[float] = np.round(values, _DIGITS).tolist()
    return found


def _told_measure(spread: Spread, one: SpreadOf) -> ToldMeasure:
    if not is_telling(one):
        words = {"measure": measure_in_words(one.measure), "reached": shown_share(one.reached)}
        sentence = say("spread.seldom", **words)
        return ToldMeasure(
            measure=measure_in_words(one.measure), ranges=[], sentences=[sentence], inputs=[]
        )
    narrows = has_width(spread, one)
    sentences = [split_in_words(one), *inputs_in_words(one, narrows=narrows)]
    return ToldMeasure(
        measure=measure_in_words(one.measure),
        ranges=ranges_in_words(spread, one),
        sentences=sentences,
        inputs=[
            ToldInput(place=place, share=share, left=left)
            for place, share, left in map(input_in_words, told_inputs(one))
        ],
    )


@speaking(ENGLISH)
def spread_part(spread: Spread, origin: str) -> NewPart:
    """Return the files of a folder that tell where the spread comes from.

    Parameters
    ----------
    spread
        What was found.
    origin
        That of the answer beside it.
    """
    import pandas as pd

    return NewPart(
        {
            TABLE: frame_writer(pd.DataFrame(spread.rows()), "csv"),
            FILE: json_writer(told(spread).model_dump(mode="json", exclude_defaults=True)),
        },
        origin,
    )


def saved_spread(folder: Path) -> ToldSpread | None:
    """Return what a folder tells of the spread; None if it tells nothing.

    Raises
    ------
    InputError
        If the file is not what fwsim writes.
    """
    return Saved.at(folder).model(FILE, ToldSpread, largest=_LARGEST, fits=ToldSpread.fits)
