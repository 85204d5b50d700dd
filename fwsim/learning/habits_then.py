"""Habits in the time of a log, which may be long before the scenario: with that time's days off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fwsim.fleet.habits import People, Power
from fwsim.messages import say
from fwsim.model.habits import Times, known_between, people_of, power_of, stretches_off
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, Observed
from fwsim.scenario.sections import PeopleSection, PowerSection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = timedelta(days=8)
"""Days off are known for so much longer at both ends."""
_HALF_A_YEAR = timedelta(days=183)


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


def _beyond(rollout: Rollout, first: int, last: int) -> Times | None:
    """Return the time of a log, wherever it reaches beyond what the rollout knows; else None."""
    begin, end = (_EPOCH + timedelta(milliseconds=at) for at in (first, last))
    since, until = known_between(rollout.scenario)
    if since <= begin and end <= until:
        return None
    return begin - _MARGIN, end + _MARGIN


@dataclass(frozen=True)
class NoDaysOff:
    """A calendar file that has no day off around the time of a log.

    Parameters
    ----------
    file
        Its name.
    since, until
        Between which times it has none.
    """

    file: str
    since: datetime
    until: datetime

    @property
    def text(self) -> str:
        """What is to be said of it."""
        since, until = (at.date().isoformat() for at in (self.since, self.until))
        return say("learn.no_days_off", file=self.file, since=since, until=until)


def without_days_off(observed: Observed, rollout: Rollout) -> Iterator[tuple[str, NoDaysOff]]:
    """Yield the calendar files of habits that tell of no day off half a year around a log.

    Parameters
    ----------
    observed
        The log.
    rollout
        Whose habits, with the place of each in the scenario.
    """
    told = observed.earliest > LONG_AGO
    if not told.any():
        return
    ends = int(observed.earliest[told].min()), int(observed.latest.max())
    if _beyond(rollout, *ends) is None:
        return
    begin, end = ((_EPOCH + timedelta(milliseconds=at)).astimezone(rollout.zone) for at in ends)
    between = begin - _HALF_A_YEAR, end + _HALF_A_YEAR
    scenario = rollout.scenario
    parts: tuple[tuple[str, Mapping[str, PeopleSection | PowerSection]], ...] = (
        ("people", scenario.people),
        ("power", scenario.power),
    )
    for part, sections in parts:
        for name, section in sections.items():
            of = section.holidays
            if of is None or of.file is None or of.country is not None:
                continue
            if not stretches_off(of, scenario.files, *between):
                yield f"{part}.{name}.holidays", NoDaysOff(of.file, *between)
