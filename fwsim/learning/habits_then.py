"""Habits in the time of a log, which may be long before the scenario: with its days off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fwsim.fleet.habits import People, Power
from fwsim.fleet.spans import merged, spans_of
from fwsim.learning.lines import Cuts
from fwsim.messages import say
from fwsim.model.habits import (
    Times,
    days_off_of_lines,
    known_between,
    people_of,
    power_of,
    stretches_off,
)
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, Observed
from fwsim.scenario.network_section import LineSection
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import PeopleSection, PowerSection
from fwsim.scenario.windows_section import HolidaysSection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = timedelta(days=8)
"""Days off are known for so much longer at both ends."""
_HALF_A_YEAR = timedelta(days=183)
_TWO_YEARS = timedelta(days=731)
"""A calendar that has a day off in them reaches back, however seldom its days come."""


def people_then(rollout: Rollout, first: int, last: int) -> list[People]:
    """Return the habits behind each value of `fleet.people`, with the days off of some time.

    Parameters
    ----------
    rollout
        Whose.
    first, last
        Between which times, milliseconds since the epoch.

    Raises
    ------
    InputError
        If days off of that time cannot be read.
    """
    between = _beyond(rollout, first, last)
    if between is None:
        return rollout.people()
    return people_of(rollout.scenario, rollout.fleet.people.values, between)


def power_then(rollout: Rollout, first: int, last: int) -> list[Power]:
    """Return the habits behind each value of `fleet.power`, as `people_then` does.

    Parameters
    ----------
    rollout, first, last
        As of `people_then`.

    Raises
    ------
    InputError
        If days off of that time cannot be read.
    """
    between = _beyond(rollout, first, last)
    if between is None:
        return rollout.power()
    return power_of(rollout.scenario, rollout.fleet.power.values, between)


def lines_free_then(rollout: Rollout, first: int, last: int) -> dict[HolidaysSection, Cuts]:
    """Return when others took nothing of lines, for each `holidays` of one, as `people_then` does.

    Parameters
    ----------
    rollout, first, last
        As of `people_then`.

    Returns
    -------
    dict
        From and to, milliseconds since the epoch, sorted and disjoint.

    Raises
    ------
    InputError
        If days off of that time cannot be read.
    """
    off = days_off_of_lines(rollout.scenario, _beyond(rollout, first, last))
    return {section: merged(spans_of(days, rollout.zone, _EPOCH)) for section, days in off.items()}


def _beyond(rollout: Rollout, first: int, last: int) -> Times | None:
    """Return the time of a log, wherever it reaches beyond what the rollout knows; else None."""
    begin, end = _on_the_clock(rollout, first, last)
    since, until = known_between(rollout.scenario)
    if since <= begin and end <= until:
        return None
    return begin - _MARGIN, end + _MARGIN


def _on_the_clock(rollout: Rollout, first: int, last: int) -> Times:
    begin, end = (
        (_EPOCH + timedelta(milliseconds=at)).astimezone(rollout.zone) for at in (first, last)
    )
    return begin, end


@dataclass(frozen=True)
class NoDaysOff:
    """A calendar file that has no day off around the time of a log, or begins only after it.

    Parameters
    ----------
    file
        Its name.
    since, until
        Between which times it has none.
    has_later
        Whether it has some in the half year after the log.
    """

    file: str
    since: datetime
    until: datetime
    has_later: bool = False

    @property
    def text(self) -> str:
        """What is to be said of it."""
        since, until = (at.date().isoformat() for at in (self.since, self.until))
        name = "learn.no_days_off_before" if self.has_later else "learn.no_days_off"
        return say(name, file=self.file, since=since, until=until)


def without_days_off(observed: Observed, rollout: Rollout) -> Iterator[tuple[str, NoDaysOff]]:
    """Yield the calendar files that tell of no day off half a year around a log, or before its end.

    One whose first day is soon after the log knows nothing of the log's time, either.

    Parameters
    ----------
    observed
        The log.
    rollout
        Whose habits and lines, with the place of each in the scenario.
    """
    told = observed.earliest > LONG_AGO
    if not told.any():
        return
    ends = int(observed.earliest[told].min()), int(observed.latest.max())
    if _beyond(rollout, *ends) is None:
        return
    begin, end = _on_the_clock(rollout, *ends)
    between = begin - _HALF_A_YEAR, end + _HALF_A_YEAR
    scenario = rollout.scenario
    for place, of in _named(scenario):
        if of.file is None or of.country is not None:
            continue
        if not stretches_off(of, scenario.files, *between):
            yield place, NoDaysOff(of.file, *between)
        elif not stretches_off(of, scenario.files, end - _TWO_YEARS, end):
            yield place, NoDaysOff(of.file, between[0], end, has_later=True)


def _named(scenario: Scenario) -> Iterator[tuple[str, HolidaysSection]]:
    """Yield the days off of habits and lines with their places; those of many lines once."""
    parts: tuple[tuple[str, Mapping[str, PeopleSection | PowerSection]], ...] = (
        ("people", scenario.people),
        ("power", scenario.power),
    )
    for part, habits in parts:
        for name, one in habits.items():
            if one.holidays is not None:
                yield f"{part}.{name}.holidays", one.holidays
    lines: tuple[tuple[str, Mapping[str, LineSection]], ...] = (
        ("network.sites", scenario.network.sites),
        ("network.hubs", scenario.network.hubs),
    )
    told: set[HolidaysSection] = set()
    for part, named in lines:
        for name, line in named.items():
            if line.holidays is not None and line.holidays not in told:
                told.add(line.holidays)
                yield f"{part}.{name}.holidays", line.holidays
