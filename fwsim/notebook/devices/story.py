"""What happened to one device of a run: its way in words, from its log."""

from __future__ import annotations

import numpy as np

from fwsim.measures.amounts import shown_duration
from fwsim.messages import say, translated
from fwsim.notebook.board.axis import moment
from fwsim.results.output.result import Result
from fwsim.results.run.stages import STAGE_OF_STATE, STAGES, STAGES_UNDER_WAY

MOST_STEPS = 200


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
        stage = STAGES[number]
        text = translated("stage", stage.value)
        if stage in STAGES_UNDER_WAY and place + 1 < len(times):
            text = say("devices.step", stage=text, time=shown_duration(times[place + 1] - at))
        steps.append((moment(run.rollout.local_time(at)), text))
    return steps
