"""What happened to one device of a run: its way in words, from its log."""

from __future__ import annotations

import numpy as np

from fwsim.measures.amounts import shown_duration
from fwsim.messages import say, translated
from fwsim.notebook.board.axis import moment
from fwsim.results.output.result import Result
from fwsim.results.run.stages import STAGE_OF_STATE, STAGES, STAGES_UNDER_WAY

MOST_STEPS = 200
SHORTEST = 1000
"""Milliseconds; what is over sooner is left out."""


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
    stages = STAGE_OF_STATE[log.state[mine]]
    first = np.flatnonzero(np.diff(stages, prepend=-1))[:MOST_STEPS]
    times = log.time[mine][first].tolist()
    steps = []
    for place, (at, number) in enumerate(zip(times, stages[first].tolist(), strict=True)):
        stage, lasts = STAGES[number], times[place + 1] - at if place + 1 < len(times) else None
        if lasts is not None and lasts < SHORTEST:
            continue
        text = translated("stage", stage.value)
        if stage in STAGES_UNDER_WAY and lasts is not None:
            text = say("devices.step", stage=text, time=shown_duration(lasts))
        steps.append((moment(run.rollout.local_time(at)), text))
    return steps
