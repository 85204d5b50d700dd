"""Which plans are drawn and listed, and in which order; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.notebook.found.scales import Data, Scale, axis_data, scale_for
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.picture import picture_axes, picture_points
from fwsim.planning.search.plan_in_words import parameter_in_words, plan_in_words, value_in_words
from fwsim.planning.search.result_in_words import measures_in_words
from fwsim.planning.search.search_result import SearchResult
from fwsim.results.figures.plans import PlanPoint
from fwsim.results.statistics.estimate import Estimate, estimate

LOOKS = ("chosen", "nearest", "front", "kept", "broken")
"""How a plan is marked, the most important first."""
MOST_PLANS = 250
"""Plans that are drawn and listed; the most important stay."""


def look_of(point: PlanPoint) -> str:
    """Return how a plan is marked."""
    if point.is_chosen:
        return "chosen"
    if point.is_nearest:
        return "nearest"
    if point.on_front:
        return "front"
    return "kept" if point.keeps_limits else "broken"


@dataclass(frozen=True)
class Listing:
    """Which plans are listed, in which order.

    Parameters
    ----------
    by
        A column; by default as the search ranks them.
    descending
        The most first.
    is_whole
        All plans, not only those that no other beats.
    """

    by: str = ""
    descending: bool = False
    is_whole: bool = False

    def sorted_by(self, column: str) -> Listing:
        """Return the order after a click on a column's head: again turns it round."""
        return replace(self, by=column, descending=self.by == column and not self.descending)


@dataclass(frozen=True)
class Row:
    """A plan with runs.

    Parameters
    ----------
    number
        Its place among those the search ranks.
    trial, point, look
        The plan, its place in the picture, how it is marked.
    """

    number: int
    trial: Candidate
    point: PlanPoint
    look: str


class FoundPlans:
    """The plans of a search that has ended.

    Parameters
    ----------
    result
        What it came to.
    """

    def __init__(self, result: SearchResult) -> None:
        self.result = result
        rows = [
            Row(number, trial, point, look_of(point))
            for number, (trial, point) in enumerate(picture_points(result))
        ]
        by_importance = sorted(rows, key=lambda row: LOOKS.index(row.look))
        self.rows = by_importance[:MOST_PLANS]
        self.hidden = len(rows) - sum(row.point.can_be_drawn for row in self.rows)
        self._of_number = {row.number: row for row in self.rows}

    def trial(self, number: int) -> Candidate:
        """Return a plan by its number.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._of_number[number].trial

    def number_of(self, trial: Candidate | None) -> int | None:
        """Return the number of the plan with the same choice; None if it is not listed."""
        if trial is None:
            return None
        return next((row.number for row in self.rows if row.trial.choice == trial.choice), None)

    @cached_property
    def _estimates(self) -> dict[int, list[Estimate]]:
        measures = self.result.question.measures
        return {
            row.number: [estimate(self._told(row).of(m), m.definition.unit) for m in measures]
            for row in self.rows
        }

    def _told(self, row: Row) -> Candidate:
        """Return a plan with the runs that tell it: held-out ones, if it has any."""
        told = self.result.told
        return row.trial if told is None or not self.result.is_told(row.trial) else told

    @cached_property
    def _scales(self) -> list[Scale]:
        columns = zip(*self._estimates.values(), strict=True)
        return [
            scale_for(measure, (one.value for one in column))
            for measure, column in zip(self.result.question.measures, columns, strict=True)
        ]

    @cached_property
    def _parameters(self) -> list[str]:
        """The search parameters in which the plans differ."""
        names = [axis.name for axis in self.result.space.axes]
        values = {name: {row.trial.words.get(name) for row in self.rows} for name in names}
        return [name for name in names if len(values[name]) > 1]

    # The picture

    def picture(self) -> Data:
        """Return the picture as the browser gets it; no axes where no plan can be drawn."""
        drawn = [row for row in reversed(self.rows) if row.point.can_be_drawn]
        if not drawn:
            return {"dots": [], "empty": say("find.nobody_there")}
        across, up = (
            self._axis(measure, [row.point.star[side].value for row in drawn])
            for side, measure in enumerate(picture_axes(self.result))
        )
        return {"across": across, "up": up, "dots": [self._dot(row) for row in drawn]}

    def _axis(self, measure: Measure, values: list[float]) -> Data:
        return axis_data(scale_for(measure, values), values)

    def _dot(self, row: Row) -> Data:
        title = plan_in_words(row.trial) or say("find.as_written")
        told = row.trial if row.point.told is None else self.result.told or row.trial
        x, y = row.point.star
        missed, runs = max((one.runs - one.reached, one.runs) for one in (x, y))
        return {
            "number": row.number,
            "look": row.look,
            "x": x.value,
            "y": y.value,
            "title": "\n".join([title, *measures_in_words(self.result, told)]),
            "never": _never(missed, runs),
        }

    # The table

    @cached_property
    def _best(self) -> list[Row]:
        return [row for row in self.rows if row.look in {"chosen", "nearest", "front"}]

    def _is_whole(self, listing: Listing) -> bool:
        return listing.is_whole or len(self._best) < 2

    def listed(self, listing: Listing) -> list[Row]:
        """Return the plans of a listing, in its order; all where none is better than others."""
        wanted = self.rows if self._is_whole(listing) else self._best
        rows = sorted(wanted, key=lambda row: row.number)
        keys = self._keys(listing.by)
        if keys is not None:
            rows = sorted(rows, key=lambda row: keys[row.number], reverse=listing.descending)
        return rows

    def _keys(self, column: str) -> dict[int, Any] | None:
        kind, _, place = column.partition(" ")
        if kind == "plan":
            return {row.number: LOOKS.index(row.look) for row in self.rows}
        if kind == "runs":
            return {row.number: self._told(row).runs for row in self.rows}
        if not place.isdecimal():
            return None
        at = int(place)
        if kind == "measure" and at < len(self._scales):
            return {number: found[at].value for number, found in self._estimates.items()}
        if kind == "parameter" and at < len(self._parameters):
            names = [axis.name for axis in self.result.space.axes]
            place_of = names.index(self._parameters[at])
            return {row.number: _chosen(row.trial, place_of) for row in self.rows}
        return None

    def table(self, listing: Listing) -> Data:
        """Return the table as the browser gets it: columns, and rows; a cell is three texts."""
        order = "descending" if listing.descending else "ascending"
        parameters, scales = self._parameters, self._scales
        heads = [("plan", say("found.plan"), "")]
        heads += [(f"parameter {n}", parameter_in_words(p), "") for n, p in enumerate(parameters)]
        heads += [(f"measure {n}", scale.name, scale.unit) for n, scale in enumerate(scales)]
        heads += [("runs", say("found.runs"), "")]
        rows = self.listed(listing)
        return {
            "columns": [
                {"name": n, "label": text, "unit": unit, "sort": order if listing.by == n else ""}
                for n, text, unit in heads
            ],
            "rows": [self._cells(row) for row in rows],
            "is_whole": self._is_whole(listing),
            "note": say("found.note", count=len(rows), of=len(self.rows)),
        }

    def _cells(self, row: Row) -> Data:
        words = row.trial.words  # without what has no effect, and of the plan as written none
        cells = [
            [value_in_words(words[name]) if name in words else "", "", ""]
            for name in self._parameters
        ]
        for scale, found in zip(self._scales, self._estimates[row.number], strict=True):
            never = _never(found.runs - found.reached, found.runs)
            cells.append([scale.text(found.value), _range(scale, found), never])
        held_out = say("found.held_out") if self.result.is_told(row.trial) else ""
        cells.append([str(self._told(row).runs), "", held_out])
        return {"number": row.number, "look": row.look, "cells": cells}


def _chosen(trial: Candidate, axis: int) -> int:
    """Return which value of an axis a plan has; before all of them where it leaves it as it is."""
    return trial.choice[axis] if trial.choice else -1


def _never(missed: int, runs: int) -> str:
    """Return in how many runs a plan never gets there, if it sometimes does: it has a median."""
    return say("found.never_in", missed=missed, count=runs) if 0 < missed < runs else ""


def _range(scale: Scale, found: Estimate) -> str:
    if found.is_open:
        return say("found.open") if found.reached else ""
    low, high = scale.text(found.low), scale.text(found.high)
    return say("found.range", low=low, high=high) if low and high and low != high else ""
