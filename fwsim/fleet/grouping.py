"""By what a fleet is told apart: sites, models, people, organisational units."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column, Fleet

_MODEL = "Device type"
"""What Scout calls a device's model."""
MOST_GROUPS = 1000
"""So many are looked at each by itself; of more nobody reads a table."""


class Grouping(StrEnum):
    """What devices are put together by."""

    SITE = "site"
    MODEL = "model"
    PEOPLE = "people"
    UNIT = "unit"


OTHER_WORDS = {
    Grouping.SITE: "sites location locations standort standorte branch branches line",
    Grouping.MODEL: "models device-type type hardware modell geraetetyp",
    Grouping.PEOPLE: "person persons user users personen leute benutzer",
    Grouping.UNIT: "units ou ous oe oes group groups organisational-unit einheit gruppe gruppen",
}
"""What else they are called, with blanks between."""


def grouping_meant(word: str) -> Grouping | None:
    """Return what a word means by which devices are put together; None if nobody knows."""
    bare = word.strip().casefold().replace("_", "-").replace(" ", "-")
    same = (by for by, others in OTHER_WORDS.items() if bare in (by, *others.split()))
    return next(same, None)


def column_of(fleet: Fleet, by: Grouping) -> Column:
    """Return each device's group; of models that are not reported the name is empty."""
    match by:
        case Grouping.SITE:
            return fleet.site
        case Grouping.PEOPLE:
            return told_people(fleet)
        case Grouping.UNIT:
            return fleet.unit
        case Grouping.MODEL:
            return fleet.attributes.get(_MODEL, Column.constant("", len(fleet)))


def told_people(fleet: Fleet) -> Column:
    """Return each device's kind of people as the scenario names it."""
    return fleet.people if fleet.told_people is None else fleet.told_people


def kinds_of_people(fleet: Fleet) -> Column:
    """Return each device's kind of people, by which notices are told apart hour by hour.

    Of more than `MOST_GROUPS` kinds none is told apart: all devices are of one without a name.
    """
    kinds = told_people(fleet)
    return kinds if len(kinds.values) <= MOST_GROUPS else Column.constant("", len(fleet))


def are_people_told_apart(fleet: Fleet) -> bool:
    """Tell whether `kinds_of_people` are the fleet's own."""
    return len(told_people(fleet).values) <= MOST_GROUPS


def groups_of(fleet: Fleet, by: Grouping) -> tuple[str, ...]:
    """Return the names of the groups that have devices, sorted; of units, those above them, too."""
    if by is Grouping.UNIT:
        return tuple(path for path in fleet.unit_paths if path)
    column = column_of(fleet, by)
    there = np.flatnonzero(np.bincount(column.codes, minlength=len(column.values)))
    return tuple(sorted(name for code in there.tolist() if (name := column.values[code])))


def nameless(fleet: Fleet, by: Grouping) -> int:
    """Return how many devices are in no group, such as those that report no model."""
    column = column_of(fleet, by)
    return int(np.array([not name for name in column.values])[column.codes].sum())


def in_group(
    fleet: Fleet, by: Grouping, name: str, devices: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Return which of some devices are in a group; in a unit are those below it, too."""
    column = column_of(fleet, by)
    if by is Grouping.UNIT:
        chosen = np.array([p == name or p.startswith(f"{name}/") for p in column.values])
    else:
        chosen = np.array([value == name for value in column.values])
    found: NDArray[np.bool_] = chosen[column.codes[devices]]
    return found
