"""Times that meet nothing: a window without a command, a day after the horizon, an empty habit."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.commands.command import asks_its_user
from fwsim.commands.schedule import offset_if_twice, stamp
from fwsim.forewarning.oddity import Oddity, Place, first_few
from fwsim.forewarning.waiting import scheduler_places
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.device_jobs import ScheduledJob
from fwsim.model.rollout import Rollout
from fwsim.quantities.units import write_duration
from fwsim.scenario.checks import firmware_sections
from fwsim.scenario.schema import Scenario


def oddities_of_times(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[Oddity]:
    """Yield an oddity for everything whose time never comes."""
    yield from _start(rollout)
    yield from first_few(_jobs(rollout, jobs))
    yield from first_few(_notifications(rollout))
    yield from first_few(_outages(rollout))
    yield from _window(rollout)
    yield from first_few(_measures(rollout, jobs))
    yield from first_few(_reminders(rollout, jobs))


def _end(rollout: Rollout) -> str:
    return stamp(rollout.local_time(rollout.horizon))


def _start(rollout: Rollout) -> Iterator[Oddity]:
    start = rollout.scenario.start
    if not rollout.starts_on_a_minute:
        right = f"{start:%Y-%m-%d %H:%M}"
        yield Oddity(("start",), say("measure.of_whole_minutes", start=start, right=right))


def _jobs(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[Oddity]:
    runs = {job.number: False for job in jobs}
    places = scheduler_places(rollout)
    for job in jobs:
        runs[job.number] |= bool(job.firings)
    for job in {job.number: job for job in jobs}.values():
        if not runs[job.number]:
            text = say("warning.time.job", job=job.job.id, end=_end(rollout))
            yield Oddity(places.get(job.job.source, ()), text)


def _notifications(rollout: Rollout) -> Iterator[Oddity]:
    scenario = rollout.scenario
    for key in ("notifications", "assignments"):
        for number, section in enumerate(getattr(scenario, key)):
            if section.set is not None and rollout.milliseconds_of(section.set) >= rollout.horizon:
                text = say("warning.time.set_too_late", end=_end(rollout))
                yield Oddity((key, number, "set"), text)


def _outages(rollout: Rollout) -> Iterator[Oddity]:
    for number, outage in enumerate(rollout.scenario.outages):
        if rollout.milliseconds_of(outage.end) <= 0:
            yield Oddity(("outages", number, "end"), say("warning.time.outage_over"))
        elif rollout.milliseconds_of(outage.start) >= rollout.horizon:
            text = say("warning.time.outage_too_late", end=_end(rollout))
            yield Oddity(("outages", number, "start"), text)


def _window(rollout: Rollout) -> Iterator[Oddity]:
    window = rollout.scenario.window
    if window is None:
        return
    spans = rollout.week_intervals(window)
    if not spans:
        text = say("warning.time.no_window", window=window.text, end=_end(rollout))
        yield Oddity(("window",), text)
    elif all(end > rollout.horizon for _, end in rollout.windows(window)):
        text = say("warning.time.window_not_over", window=window.text, end=_end(rollout))
        yield Oddity(("window",), text)
    elif rollout.runs and not any(a <= run.at < b for run in rollout.runs for a, b in spans):
        yield Oddity(("window",), say("warning.time.nothing_in_window", window=window.text))


def _first(rollout: Rollout, jobs: list[ScheduledJob]) -> int | None:
    """Return when the first command runs; None where devices may start by themselves before."""
    scenario = rollout.scenario
    checks = any(section.new_version is not None for _, section in firmware_sections(scenario))
    own = scenario.notifications or scenario.assignments
    if own or jobs or checks or not rollout.runs:
        return None
    return rollout.runs[0].at


def expectations_of(scenario: Scenario) -> Iterator[tuple[Place, Expectation]]:
    """Yield what is expected of a rollout and of plans that are searched, with its place."""
    for number, expected in enumerate(scenario.expect):
        yield ("expect", number), expected
    if scenario.search is not None:
        for number, limit in enumerate(scenario.search.limits):
            yield ("search", "limits", number), limit


def oddities_of_measure(rollout: Rollout, measure: Measure) -> Iterator[str]:
    """Yield what is odd of the times that a measure is of, wherever it is asked for."""
    if measure.time is not None:
        at = rollout.milliseconds_of(measure.time)
        shown = f"{measure.time:%Y-%m-%d %H:%M}"
        offset = offset_if_twice(rollout.local_time(at))
        if at > rollout.horizon:
            yield say("warning.time.after_horizon", time=f"{shown}{offset}", end=_end(rollout))
        if offset:
            yield say("warning.time.twice", time=shown, offset=offset)
    week = measure.week
    if week is not None and week.windows and not rollout.week_intervals(week):
        yield say("warning.time.no_window", window=week.text, end=_end(rollout))


def _goals_of(scenario: Scenario) -> Iterator[tuple[Place, Measure]]:
    for number, goal in enumerate(scenario.search.goals if scenario.search is not None else ()):
        yield ("search", "goals", number), goal


def _measures(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[Oddity]:
    first = _first(rollout, jobs)
    expected = ((place, one.measure) for place, one in expectations_of(rollout.scenario))
    for place, measure in (*expected, *_goals_of(rollout.scenario)):
        if first is not None and measure.time is not None and place[0] == "expect":
            at = rollout.milliseconds_of(measure.time)
            if at < min(first, rollout.horizon + 1):
                shown = f"{measure.time:%Y-%m-%d %H:%M}{offset_if_twice(rollout.local_time(at))}"
                words = {"time": shown, "first": stamp(rollout.local_time(first))}
                yield Oddity(place, say("warning.time.before_first", **words))
        yield from (Oddity(place, text) for text in oddities_of_measure(rollout, measure))


def _reminders(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[Oddity]:
    asks = _somebody_is_asked(rollout, jobs)
    for name, people in rollout.scenario.people.items() if not asks else ():
        if people.persistence:
            yield Oddity(("people", name, "persistence"), say("warning.time.nobody_answers"))
    left = rollout.horizon - (_first(rollout, jobs) or 0)
    for place, section in firmware_sections(rollout.scenario):
        reminder = section.reminder
        if reminder is None or not reminder.deferments:
            continue
        if not asks:
            yield Oddity((*place, "reminder"), say("warning.time.nobody_defers"))
            continue
        for number, delay in enumerate(reminder.delays):
            if delay >= left:
                words = {"delay": write_duration(delay), "end": _end(rollout)}
                text = say("warning.time.delay_too_long", **words)
                yield Oddity((*place, "reminder", "delays", number), text)


def _somebody_is_asked(rollout: Rollout, jobs: list[ScheduledJob]) -> bool:
    scenario = rollout.scenario
    sections = (*scenario.commands, *scenario.notifications, *scenario.assignments)
    commands = [section.command() for section in sections]
    turned = scenario.search is not None and bool(scenario.search.turn.inform_user)
    checks = [s.new_version for _, s in firmware_sections(scenario) if s.new_version is not None]
    return (
        turned
        or any(map(asks_its_user, commands))
        or any(job.job.inform_user is not None for job in jobs)
        or (any(s.at_start for s in checks) and any(s.confirm for s in checks))
    )
