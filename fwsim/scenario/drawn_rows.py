"""Columns and rows of a file of draws: each must be such that a scenario might say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from fwsim.problems import MOST_SHOWN, Problem
from fwsim.quantities.laws import Constant, Law
from fwsim.scenario.belief_values import Quantity, write_number
from fwsim.scenario.complaints import rule_broken
from fwsim.scenario.copying import copied
from fwsim.scenario.document import Path_, WrittenFloat
from fwsim.scenario.doubt import Target
from fwsim.scenario.law_values import fault_of
from fwsim.scenario.numbers import Number, rules_of
from fwsim.scenario.section import Section

ROUNDED = Fraction(1, 10_000)
"""By how much shares may miss 100 %: a table has them rounded, and what is drawn makes a whole."""
_PLAIN = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
Row = tuple[int, list[str]]
"""The line it begins in, and its cells."""


@dataclass(frozen=True)
class Drawable:
    """A number that a file may draw.

    Parameters
    ----------
    name
        Its place in the scenario, keys joined by dots.
    number
        It, or the law it is a parameter of.
    target
        What a draw sets.
    quantity
        What it is.
    parameter
        Of a law; empty if it is none's.
    """

    name: str
    number: Number
    target: Target
    quantity: Quantity
    parameter: str = ""

    def read(self, written: str) -> float:
        """Return the number of a cell.

        Raises
        ------
        ValueError
            If a scenario would not take it there.
        """
        # A plain number is told as it was written.
        cell = WrittenFloat.of(written) if _PLAIN.fullmatch(written) else written
        value = self.quantity.read(cell)
        rules = None if self.parameter else rules_of(type(self.number.parent), self.number.field)
        if rules is not None:
            try:
                rules.validate_python(self.as_stated(value))
            except ValidationError as error:
                raise ValueError(rule_broken(error, written)) from None
        return value

    def as_stated(self, value: float) -> float:
        """Return a number as a scenario has it: whole where that one is."""
        return round(value) if self.target.whole else value


@dataclass(frozen=True)
class Column:
    """Drawn values of one number.

    Parameters
    ----------
    place
        Of the column in the file, from 0.
    of
        What it draws.
    values
        A row each.
    """

    place: int
    of: Drawable
    values: tuple[float, ...]


def unfitting_rows(
    scenario: BaseModel, columns: Sequence[Column], rows: Sequence[Row], source: str
) -> Iterator[Problem]:
    """Yield what is wrong with rows whose cells are as they should be, each by itself.

    Parameters
    ----------
    scenario
        What they are drawn for.
    columns, rows
        What was read, and how it was written.
    source
        What to call the file.
    """
    for whole, depth, together in _wholes(scenario, columns):
        faults = _faults(whole, depth, together, rows)
        for number, fault in islice(faults, MOST_SHOWN):
            where = f"column {together[0].place + 1}"
            yield Problem(fault, source, rows[number][0], path=where)


def _wholes(
    scenario: BaseModel, columns: Sequence[Column]
) -> Iterator[tuple[Any, int, list[Column]]]:
    """Yield laws and sections some of whose numbers are drawn, how deep they lie, and the columns.

    Only those of which one number may forbid another.
    """
    found: dict[Path_, tuple[Any, list[Column]]] = {}
    for column in columns:
        here: Any = scenario
        path = column.of.number.path
        for depth, key in enumerate(path):
            if isinstance(here, Section) and key in here.go_together:
                found.setdefault(path[:depth], (here, []))[1].append(column)
            here = getattr(here, str(key)) if isinstance(here, BaseModel) else here[key]
        if isinstance(here, Law) and not isinstance(here, Constant):
            found.setdefault(path, (here, []))[1].append(column)
    for path, (whole, together) in found.items():
        yield whole, len(path), together


def _faults(
    whole: Any, depth: int, together: Sequence[Column], rows: Sequence[Row]
) -> Iterator[tuple[int, str]]:
    """Yield the rows that do not fit, with what is wrong."""
    if isinstance(whole, Law):
        yield from _faults_of_law(whole, together, rows)
        return
    plain = [c for c in together if not isinstance(c.of.number.value, Law)]
    for number in range(len(rows) if plain else 0):
        section = whole
        for column in plain:
            value = column.of.as_stated(column.values[number])
            section = _with(section, column.of.number.path[depth:], value)
        try:
            section.check_together(ROUNDED)
        except ValueError as error:
            yield number, str(error)


def _faults_of_law(
    law: Law, together: Sequence[Column], rows: Sequence[Row]
) -> Iterator[tuple[int, str]]:
    names = [field.name for field in fields(law)]  # type: ignore[arg-type]
    write = together[0].of.quantity
    stated = {name: write_number(getattr(law, name), write) for name in names}
    for number, (_, cells) in enumerate(rows):
        drawn = {column.of.parameter: column.values[number] for column in together}
        written = {column.of.parameter: cells[column.place].strip() for column in together}
        if fault := fault_of(replace(law, **drawn), stated | written):  # type: ignore[type-var]
            yield number, fault


def _with(here: Any, path: Path_, value: float) -> Any:
    """Return a part of a scenario with another number at a path below it."""
    if not path:
        return value
    key, *below = path
    if isinstance(here, BaseModel):
        return copied(here, {str(key): _with(getattr(here, str(key)), tuple(below), value)})
    if isinstance(here, dict):
        return here | {key: _with(here[key], tuple(below), value)}
    return tuple(
        _with(item, tuple(below), value) if place == key else item
        for place, item in enumerate(here)
    )
