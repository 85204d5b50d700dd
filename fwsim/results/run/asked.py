"""Whether what a measure names is there, and what may be meant where it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from fwsim.fleet.grouping import Grouping, groups_of
from fwsim.fleet.week import german_days, read_week
from fwsim.measures.catalogue import LOAD, OF_HUBS
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_times import RolloutTimes
from fwsim.problems import Hints, InputError, Problem
from fwsim.quantities.weekdays import KEYS

_DAYS = "|".join(("daily", *KEYS))
_LAST_DAYS = re.compile(rf"\S.*?\s((?:\b(?:{_DAYS})\b[\W\d]*)+)", re.IGNORECASE)


def check_measure(rollout: Rollout, measure: Measure, hints: Hints | None = None) -> None:
    """Look up what a measure names in the fleet.

    Parameters
    ----------
    rollout, measure
        Where, and which.
    hints
        What is meant by wrong names; one for all measures that are looked up.

    Raises
    ------
    InputError
        If there is no such OU, no such site or hub, no hub at all where it is about hubs, its time
        is over before the rollout starts, two groups may be meant, or it is about loads at times
        of the week which the minutes of the run do not keep to.
    """
    site, hints = measure.site, hints or Hints()
    problems = [*_of_no_group(rollout, measure, hints)]
    if site is not None and site not in rollout.line_names():
        near = hints.nearest_of(site, rollout.line_names, "line")
        problems.append(Problem(say("asked.no_site", name=site, near=near)))
    if measure.kind in OF_HUBS and not rollout.hubs():
        problems.append(Problem(say("asked.no_hubs", measure=measure.name)))
    elif measure.kind in OF_HUBS and not problems and not len(rollout.hubs_for(measure.unit)):
        text = say("asked.behind_no_hub", measure=measure.name, unit=measure.unit)
        problems.append(Problem(text))
    problems += map(Problem, before_start(rollout, measure))
    if not is_metered(rollout, measure):
        start = rollout.scenario.start
        words = {"start": start, "right": f"{start:%Y-%m-%d %H:%M}"}
        problems.append(Problem(say("measure.within_a_minute", measure=measure.name, **words)))
    if problems:
        raise InputError(problems)


def _of_no_group(rollout: Rollout, measure: Measure, hints: Hints) -> Iterator[Problem]:
    """Yield what is wrong with the group that a measure is of, or with how it is called."""
    if measure.grouping is None:
        return
    by, name = measure.grouping
    known = groups_of(rollout.fleet, by)
    if name in known or (by is Grouping.UNIT and name in rollout.fleet.unit_paths):
        other = _with_times_in_name(measure, known)
        if other is not None and not measure.is_quoted:
            both = {"times": replace(measure, is_quoted=True).name, "whole": other.name}
            yield Problem(say("asked.two_names", words=measure.name, **both))
        return
    what = say(f"measure.group.{by}")
    if days := _days_alone(measure, name):
        yield Problem(say("value.no_week", text=days, near=""))
    elif by is Grouping.UNIT and rollout.fleet.is_empty_unit(name):
        yield Problem(say("asked.empty_group", what=what, name=name))
    else:
        near = _times_meant(measure, known) or hints.nearest(name, known, by)
        yield Problem(say("asked.unknown_group", what=what, name=name, near=near))


def _times_meant(measure: Measure, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'prompts mon-fri 08:00-18:00'?"`` for days taken for a name.

    For times taken from the end of a name that is known, the measure with that name in quotes.
    """
    if measure.grouping is None or "{week}" not in measure.kind.value:
        return ""
    if other := _with_times_in_name(measure, known):
        return say("near.meant", name=other.name)
    by, name = measure.grouping
    words = name.split()
    for at in range(len(words)):
        group, days = " ".join(words[:at]), " ".join(words[at:])
        if group not in known and (group or by is not Grouping.UNIT or measure.group is not None):
            continue
        times = f"{days} {measure.week.text}" if measure.week is not None else days
        try:
            week = read_week(german_days(times) or times)
        except ValueError:
            continue
        return say("near.meant", name=replace(_of_group(measure, by, group), week=week).name)
    return ""


def _with_times_in_name(measure: Measure, known: Iterable[str]) -> Measure | None:
    """Return the measure of a name that is known and ends with what is taken for times."""
    if measure.week is None or measure.grouping is None:
        return None
    by, name = measure.grouping
    whole = f"{name} {measure.week.text}".casefold()
    same = (one for one in known if one.casefold() == whole)
    return next((_of_group(replace(measure, week=None), by, one) for one in same), None)


def _of_group(measure: Measure, by: Grouping, name: str) -> Measure:
    """Return a measure of another group; of all devices if its name is empty."""
    if by is Grouping.UNIT:
        return replace(measure, unit=name or None)
    return replace(measure, group=f"{by} {name}")


def _days_alone(measure: Measure, name: str) -> str:
    """Return the days at the end of a name that are without hours, if these can follow."""
    found = _LAST_DAYS.fullmatch(name) if "{week}" in measure.kind.value else None
    return found[1] if found and measure.week is None else ""


def before_start(rollout: RolloutTimes, measure: Measure) -> Iterator[str]:
    """Yield what is wrong with times that are over before the rollout starts."""
    start = rollout.scenario.start
    for time in (measure.time, measure.since):
        if time is not None and rollout.milliseconds_of(time) < 0:
            yield say("asked.before_start", time=time, start=start)


def is_metered(rollout: Rollout, measure: Measure) -> bool:
    """Tell whether lines are metered finely enough: minute by minute, from the start on."""
    is_timed = measure.week is not None and not measure.week.is_always
    return not is_timed or measure.definition.source != LOAD or rollout.starts_on_a_minute
