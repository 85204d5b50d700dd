"""What the board shows of a plan, as plain data for the browser; nothing is drawn here."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from fwsim.commands.command import Sent
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.hours import Hours
from fwsim.model.rollout import Rollout
from fwsim.notebook.board.axis import (
    Span,
    TimeAxis,
    axis_of,
    clock_data,
    moment,
    points_on,
    ticks_of,
)
from fwsim.notebook.board.bars import Bar, bars_of
from fwsim.notebook.board.because import because_data, without_cause
from fwsim.notebook.board.curves import fan_data, ghost_data, stages_data
from fwsim.notebook.board.limits import limits_of, line_of
from fwsim.notebook.board.lines import strips_of
from fwsim.notebook.board.tiles import LESS, tiles_of, time_measure
from fwsim.notebook.first_look import is_first_look
from fwsim.quantities.units import write_share
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.headline import SHARE
from fwsim.results.statistics.spread_answer import Fan
from fwsim.results.statistics.stopping import is_for_nobody


def wanted_measures(rollout: Rollout) -> tuple[Measure, ...]:
    """Return the measures the board needs beside the usual ones."""
    limits = [expected.measure for expected in rollout.scenario.expect]
    return tuple(dict.fromkeys([*limits, *map(time_measure, LESS)]))


def axis_for(rollout: Rollout, shown: Answer, ghost: Answer | None) -> TimeAxis:
    """Return the axis on which a plan, its limits and plan A can be seen."""
    timed = [one.measure.time for one in rollout.scenario.expect if one.measure.time is not None]
    moments = [*(run.at for run in rollout.runs), *map(rollout.milliseconds_of, timed)]
    if rollout.scenario.window is not None:
        first = min(moments, default=0)
        ends = [b for a, b in rollout.week_intervals(rollout.scenario.window) if b > first]
        moments += ends[:1]
    return axis_of([shown, *([ghost] if ghost is not None else [])], moments)


def shades_data(rollout: Rollout, axis: TimeAxis) -> dict[str, Any]:
    """Return what is shaded: office hours of most people, the window, deadlines."""
    window = rollout.scenario.window
    spans = axis.clipped(rollout.week_intervals(window)) if window is not None else []
    deadlines = [
        rollout.milliseconds_of(measure.time)
        for measure in (expected.measure for expected in rollout.scenario.expect)
        if measure.time is not None and measure.is_of_all
    ]
    return {
        "office": [list(span) for span in _office(rollout, axis)],
        "window": [list(span) for span in spans],
        "window_text": say("board.window", window=window.text) if window is not None else "",
        "deadlines": [
            {"at": at, "text": say("board.deadline", at=moment(rollout.local_time(at)))}
            for at in dict.fromkeys(deadlines)
        ],
    }


def _office(rollout: Rollout, axis: TimeAxis) -> list[Span]:
    """Return when most people are present, each by the clock of their place; none if always."""
    weeks = [habits.present for habits in rollout.people()]
    spans, combinations = Hours(rollout).by_kind(rollout.fleet.people, weeks)
    often: Counter[tuple[Span, ...]] = Counter()
    for combination, count in Counter(combinations).items():
        often[tuple(spans[combination])] += count
    if not often:
        return []
    office = axis.clipped(often.most_common(1)[0][0])
    is_always = sum(b - a for a, b in office) >= axis.end - axis.begin
    return [] if is_always else office


def frame_data(rollout: Rollout, axis: TimeAxis) -> dict[str, Any]:
    """Return what no command moves: axis, clock, ticks, shades. It stays while one is dragged."""
    return {
        "axis": axis.as_data(),
        "clock": clock_data(rollout),
        "ticks": ticks_of(axis, rollout),
        "zone": rollout.scenario.zone,
        "shades": shades_data(rollout, axis),
    }


def board_data(
    rollout: Rollout,
    commands: tuple[Sent, ...],
    shown: Answer,
    *,
    ghost: Answer | None = None,
    ghost_name: str = "",
    axis: TimeAxis | None = None,
    frame: dict[str, Any] | None = None,
    known: Fan | None = None,
) -> dict[str, Any]:
    """Return all that the board shows.

    Parameters
    ----------
    rollout
        The plan, levers turned.
    commands
        As the plan has them.
    shown
        Its answer, or a first look at it.
    ghost, ghost_name
        What is kept beside it.
    axis
        Which times are shown; None works that out. It is kept while something is dragged.
    frame
        What `frame_data` returned for that axis, where it is known already.
    known
        Luck and doubt told apart, where somebody has looked for that.
    """
    axis = axis_for(rollout, shown, ghost) if axis is None else axis
    places = points_on(axis, shown.times)
    strips = strips_of(shown, rollout)
    limits = limits_of(shown, rollout)
    lines = [line for one in limits if (line := line_of(one, shown, rollout)) is not None]
    targeted = max(run.targeted for run in shown.replications)
    is_full = shown.runs >= FEWEST_FOR_RANGE
    return {
        "problem": "",
        "full": is_full,
        "look": is_first_look(shown),
        "about": "" if is_full else _about(shown),
        "runs": shown.runs,
        **(frame_data(rollout, axis) if frame is None else frame),
        "bars": [bar.as_data() for bar in bars_of(rollout, commands)],
        "fan": fan_data(shown, places, known),
        "ghost": None
        if ghost is None
        else {**ghost_data(shown, ghost, places), "name": ghost_name},
        "stages": stages_data(shown, places),
        "limits": lines,
        "all_limits": [{"text": one.words, "kept": one.is_kept} for one in limits],
        "target": _target(shown),
        "strips": [strip.as_data(axis) for strip in strips],
        "tiles": [tile.as_data() for tile in tiles_of(shown, ghost, strips, limits)],
        "because": because_data(shown),
        "no_cause": without_cause(shown),
        "of": say("board.of_targeted", count=targeted),
        "targeted": targeted,
    }


def _about(shown: Answer) -> str:
    """Return what is called to be about so: a first look, or too few runs for a range."""
    if is_first_look(shown):
        return say("board.about.look")
    return say("board.about.runs", count=shown.runs)


def _target(shown: Answer) -> dict[str, Any]:
    """Return the level that is told of, and in how many runs it is never reached.

    A first look has too few runs for a share of them to say anything.
    """
    times = [0.0] if is_for_nobody(shown) else shown.values(time_measure())
    missed = sum(map(math.isinf, times))
    text = say("board.target", share=write_share(SHARE))
    if is_first_look(shown):
        if math.isinf(median(times)):
            text = say("board.target_at_first_sight", share=write_share(SHARE))
    elif missed:
        text = say("board.target_never", share=write_share(SHARE), missed=missed, count=shown.runs)
    return {"level": SHARE, "text": text}


def unplayable(problem: str) -> dict[str, Any]:
    """Return what is shown of a plan that cannot be played: why, in words."""
    return {"problem": problem}


__all__ = ["Bar", "axis_for", "board_data", "frame_data", "unplayable", "wanted_measures"]
