"""What happened to one device of a run: its way in words, from its log."""

from __future__ import annotations

import numpy as np

from fwsim.measures.amounts import shown_duration
from fwsim.messages import say, translated
from fwsim.model.first_due import what_is_due
from fwsim.notebook.board.axis import moment
from fwsim.results.output.result import Result
from fwsim.results.run.stages import STAGES, STAGES_UNDER_WAY, way_name
from fwsim.results.run.standing import stages_after

MOST_STEPS = 200
SHORTEST = 1000
"""Milliseconds; a step on the way that is over sooner is left out."""


def story_of(run: Result, device: int) -> list[tuple[str, str]]:
    """Return the stretches of a device's way: when each began, and what it was for how long.

    Parameters
    ----------
    run
        A run.
    device
        Index into its fleet.
    """
    log = run.record.log
    mine = np.flatnonzero(log.device == device)
    stages = stages_after(log.where(mine), what_is_due(run.rollout).judged)
    first = np.flatnonzero(np.diff(stages, prepend=-1))[:MOST_STEPS]
    times = log.time[mine][first].tolist()
    has_windows = run.rollout.scenario.windows is not None
    steps: list[tuple[str, str]] = []
    before = None
    for place, (at, number) in enumerate(zip(times, stages[first].tolist(), strict=True)):
        stage, lasts = STAGES[number], times[place + 1] - at if place + 1 < len(times) else None
        is_on_the_way = stage in STAGES_UNDER_WAY
        if is_on_the_way and lasts is not None and lasts < SHORTEST:
            continue
        if stage is before and not is_on_the_way:
            continue  # a command that came to nothing at once
        before = stage
        text = translated("stage", way_name(stage, has_windows=has_windows))
        if is_on_the_way and lasts is not None:
            text = say("devices.step", stage=text, time=shown_duration(lasts))
        steps.append((moment(run.rollout.local_time(at)), text))
    return steps
