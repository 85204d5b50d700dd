"""A table of drawn inputs: a row a run, a column a number of the scenario.

A joint posterior keeps its correlations so. Each cell is written as the scenario would write it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Mapping

from fwsim.messages import say
from fwsim.problems import MOST_SHOWN, InputError, Problem, nearest
from fwsim.quantities.slips import with_plain_point
from fwsim.scenario.drawn_rows import Column, Drawable, Row, unfitting_rows
from fwsim.scenario.schema import Scenario

LARGEST = 200_000_000
MOST_COLUMNS = 10_000
MOST_ROWS = 1_000_000


def read_draws(scenario: Scenario, places: Mapping[str, Drawable]) -> list[Column]:
    """Return the columns of the file that ``draws`` names.

    Parameters
    ----------
    scenario
        Must name one.
    places
        What may be drawn: the numbers that the scenario states, by name.

    Raises
    ------
    InputError
        With every unknown column, every cell that is no such number and every row whose numbers
        do not go together.
    """
    source = scenario.draws or ""
    text = scenario.files.read_text(source, largest=LARGEST)
    (_, head), *rows = _lines(text, source) or [(1, [])]
    head = [name.strip() for name in head]
    problems = _problems_of_shape(head, rows, source, places)
    if problems:
        raise InputError(problems)
    is_one = any(name in places for name in head)
    problems = [
        Problem(_unknown(name, places, is_one), source=source, line=1, path=f"column {number}")
        for number, name in enumerate(head, 1)
        if name not in places
    ]
    columns = [
        Column(place, places[name], _values(rows, place, places[name].read, source, problems))
        for place, name in enumerate(head)
        if name in places
    ]
    if not problems:
        problems += unfitting_rows(scenario, columns, rows, source)
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return columns


def columns_named(scenario: Scenario) -> list[str]:
    """Return the names of the columns of the file that ``draws`` names."""
    source = scenario.draws or ""
    lines = _lines(scenario.files.read_text(source, largest=LARGEST), source)
    return [name.strip() for name in lines[0][1]] if lines else []


def _lines(text: str, source: str) -> list[Row]:
    """Return the rows that hold anything."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        raise InputError([Problem(str(error), source, reader.line_num)]) from None
    return rows


def _problems_of_shape(
    head: list[str], rows: list[Row], source: str, known: Collection[str]
) -> list[Problem]:
    if not head or not rows:
        return [Problem(say("draws.no_rows"), source=source)]
    if len(head) > MOST_COLUMNS or len(rows) > MOST_ROWS:
        text = say("draws.too_many", columns=MOST_COLUMNS, rows=MOST_ROWS)
        return [Problem(text, source=source)]
    twice = sorted({name for name in head if head.count(name) > 1 and name in known})
    problems = [Problem(say("draws.twice", name=name), source, 1) for name in twice]
    problems += [
        Problem(say("draws.cells", expected=len(head), got=len(row)), source, line)
        for line, row in rows
        if len(row) != len(head)
    ]
    return problems


def _unknown(name: str, places: Mapping[str, Drawable], is_one: bool) -> str:
    near = nearest(name, list(places))
    if not near and not is_one:  # what another file says is never shown
        return say("draws.unknown")
    return say("unknown.number", name=name, near=near)


def _values(
    rows: list[Row],
    place: int,
    read: Callable[[str], float],
    source: str,
    problems: list[Problem],
) -> tuple[float, ...]:
    values = []
    for line, row in rows:
        try:
            # Among commas a point is of decimals; `fwsim learn` wrote such numbers here.
            values.append(read(with_plain_point(row[place].strip())))
        except ValueError as error:
            if len(problems) <= MOST_SHOWN:
                problems.append(Problem(str(error), source, line, path=f"column {place + 1}"))
    return tuple(values)
