"""The board's time axis: from the scenario's start to where nothing happens, idle nights folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from fwsim.commands.schedule import offset_if_twice
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.results.run.stamps import clock_changes
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import moment_in_words

MINUTE, HOUR = 60_000, 3_600_000
IDLE = 2e-3
"""Share of the devices that may change in an hour in which nothing is said to happen."""
SHORTEST_FOLD = 3 * HOUR
MOST_POINTS = 320
"""Points of a curve that are sent; a screen has few more columns."""
DAYS_OF_A_WEEK = 7
Span = tuple[int, int]


@dataclass(frozen=True)
class TimeAxis:
    """Which times the board shows, milliseconds after the start.

    Parameters
    ----------
    begin, end
        Of what is shown.
    folds
        Stretches in which nothing happens; they are shown as a break.
    """

    begin: int
    end: int
    folds: tuple[Span, ...] = ()

    def shows(self, at: float) -> bool:
        """Tell whether a time is on the axis and in no fold."""
        return self.begin <= at <= self.end and not any(a < at < b for a, b in self.folds)

    def clipped(self, spans: Iterable[Span]) -> list[Span]:
        """Return what of some stretches lies on the axis."""
        cut = ((max(a, self.begin), min(b, self.end)) for a, b in spans)
        return [(a, b) for a, b in cut if a < b]

    def as_data(self) -> dict[str, Any]:
        """Return it as the browser gets it."""
        return {"from": self.begin, "to": self.end, "folds": [list(fold) for fold in self.folds]}


def axis_of(answers: Sequence[Answer], moments: Iterable[int] = ()) -> TimeAxis:
    """Return the axis on which all that happens can be seen.

    Parameters
    ----------
    answers
        The plan's, and that of a plan beside it; at least one.
    moments
        Further times that have to be seen, such as starts, deadlines and ends of a window.
    """
    hours = max(1, *(-(-int(answer.times[-1]) // HOUR) for answer in answers))
    is_busy = np.zeros(hours + 1, bool)
    for answer in answers:
        of_answer = _busy_hours(answer)
        is_busy[of_answer[of_answer <= hours]] = True  # nothing is played after the horizon
    wanted = [hour for at in moments if 0 <= (hour := int(at) // HOUR) <= hours]
    is_busy[wanted] = True
    busy = np.flatnonzero(is_busy)
    if not len(busy):
        return TimeAxis(0, min(hours, 24) * HOUR)
    end = min(int(busy[-1]) + 2, hours) * HOUR
    idle = np.flatnonzero(np.diff(busy) * HOUR >= SHORTEST_FOLD + 2 * HOUR)
    folds = tuple((int(busy[i] + 1) * HOUR, int(busy[i + 1]) * HOUR) for i in idle)
    begin = max(0, int(busy[0]) - 1) * HOUR
    return TimeAxis(begin, end, folds)


def _busy_hours(answer: Answer) -> Any:
    """Return in which hours devices change, or the repository sends, on average.

    All hours of a step of the time line in which they do, where it is longer than one.
    """
    changes = np.abs(np.diff(answer.stages, axis=1)).sum(axis=0) / 2
    targeted = max(1, *(run.targeted for run in answer.replications))
    hour = answer.times[:-1] // HOUR
    often = np.bincount(hour, weights=changes)
    sent = np.mean([run.timeline.repository for run in answer.replications], axis=0)
    loads = np.bincount(hour, weights=sent)
    busy = np.flatnonzero((often > IDLE * targeted) | (loads > IDLE * max(1.0, loads.sum())))
    together = np.arange(answer.replications[0].timeline.hours)
    return (busy[:, None] + together).ravel()


def points_on(axis: TimeAxis, times: Any) -> Any:
    """Return which points of a grid are sent: those in no fold, the fewer the longer the axis."""
    shown = np.array([axis.shows(at) for at in times.tolist()], bool)
    places = np.flatnonzero(shown)
    step = max(1, -(-len(places) // MOST_POINTS))
    wanted = set(places[::step].tolist())
    if len(places):
        wanted.add(int(places[-1]))
    return np.array(sorted(wanted), np.int64)


def ticks_of(axis: TimeAxis, rollout: Rollout) -> list[dict[str, Any]]:
    """Return the full hours of the axis: when, what the clock shows, how round, the day there.

    Of an hour that the clock shows twice the offset from UTC says which it is.
    """
    ticks = []
    first = -(-axis.begin // HOUR) * HOUR
    for at in range(first - HOUR, axis.end + 1, HOUR):
        wall = rollout.local_time(at)
        whole = at - (wall.minute * MINUTE + wall.second * 1000)
        if not axis.begin <= whole <= axis.end or any(a < whole < b for a, b in axis.folds):
            continue
        wall = rollout.local_time(whole)
        ticks.append(
            {
                "at": whole,
                "text": f"{wall:%H:%M}",
                "twice": offset_if_twice(wall),
                "round": _roundness(wall.hour),
                "day": day(wall),
            }
        )
    return ticks


def _roundness(hour: int) -> int:
    return next((step for step in (24, 12, 6, 4, 3, 2) if hour % step == 0), 1)


def day(at: datetime) -> str:
    """Return the day of a time as the board shows it: ``Fri 24 Sep``."""
    return say(
        "board.day",
        weekday=say("clock.weekdays").split()[at.weekday()],
        day=at.day,
        month=say("clock.months").split()[at.month - 1],
    )


def moment(at: datetime, start: datetime | None = None) -> str:
    """Return a time as the board shows it: ``Fri 24 Sep 15:30``.

    Parameters
    ----------
    at
        The time.
    start
        The scenario's; a time of another year has its year. By default none has.
    """
    if start is not None and at.year != start.year:
        return moment_in_words(at)
    return _told_apart(say("board.moment", day=day(at), time=f"{at:%H:%M}"), at)


def short_moment(at: datetime, start: datetime) -> str:
    """Return a time as a tile shows it: ``Fri 15:30``; with its day from the eighth day on."""
    if (at.date() - start.date()).days >= DAYS_OF_A_WEEK:
        return moment(at)
    text = say(
        "board.short_moment",
        weekday=say("clock.weekdays").split()[at.weekday()],
        time=f"{at:%H:%M}",
    )
    return _told_apart(text, at)


def _told_apart(text: str, at: datetime) -> str:
    """Return a time with its offset from UTC where the clock of its zone shows it twice."""
    offset = offset_if_twice(at)
    return say("clock.twice", moment=text, offset=offset) if offset else text


def clock_data(rollout: Rollout) -> dict[str, Any]:
    """Return what a browser needs to tell the server's wall clock: its offsets over time.

    Returns
    -------
    dict
        ``start`` in milliseconds since 1970 in UTC; ``offsets``, pairs of a time after the start
        and the clock's offset from UTC from then on; ``horizon``.
    """
    changes, offsets = clock_changes(rollout, rollout.horizon)
    return {
        "start": rollout.epoch,
        "offsets": [list(one) for one in zip([0, *changes], offsets, strict=True)],
        "horizon": rollout.horizon,
    }
