"""Where devices stand over time, stacked, on the wall clock; the browser draws it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from fwsim.messages import number_marks, say
from fwsim.notebook.board.axis import HOUR, TimeAxis, ticks_of
from fwsim.notebook.board.widget import ELEMENTS, script_of
from fwsim.notebook.live.run import LiveRun
from fwsim.results.figures.look import GROUPS, group_name
from fwsim.results.run.stages import STAGES

FRONT = Path(__file__).parent / "front"
SCRIPT = script_of((ELEMENTS, FRONT / "live.js"))
POINTS = 160
MOST_TICKS = 8
Data = dict[str, Any]
_GROUP_OF = np.array(
    [next(number for number, group in enumerate(GROUPS) if stage in group[1]) for stage in STAGES]
)


class LivePicture(anywidget.AnyWidget):
    """The picture.

    Attributes
    ----------
    shown
        What is drawn.
    """

    _esm = SCRIPT
    _css = (FRONT / "live.css").read_text(encoding="utf-8")

    shown: Data = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]


def picture_data(run: LiveRun) -> Data:
    """Return a run as it stands.

    Returns
    -------
    dict
        ``at``, milliseconds, from the full hour before the first status line on; ``begin`` and
        ``end`` of the axis; ``rows`` from the bottom of the stack, each with its name, colour and
        counts at those times; ``of``, the devices of the fleet; ``ticks`` of the server's clock;
        ``marks`` of numbers.
    """
    now, log = int(run.now()), run.columns()
    begin = int(log.time[0]) // HOUR * HOUR if log is not None and len(log) else 0
    end = max(begin + HOUR, now)
    at = np.linspace(begin, max(begin, now), POINTS).astype(np.int64)
    counts = run.standing(at)
    rows = []
    for number, (_, _, colour, _) in enumerate(GROUPS):
        mine = counts[number == _GROUP_OF].sum(axis=0)
        if mine.any():
            rows.append({"name": group_name(number), "colour": colour, "counts": mine.tolist()})
    ticks = ticks_of(TimeAxis(begin, end), run.rollout)
    step = next((one for one in (1, 2, 3, 4, 6, 12) if len(ticks) <= one * MOST_TICKS), 24)
    return {
        "at": at.tolist(),
        "begin": begin,
        "end": end,
        "rows": rows,
        "of": len(run.rollout.fleet),
        "label": say("play.stack", zone=run.rollout.scenario.zone),
        "marks": number_marks(),
        "ticks": [tick for tick in ticks if tick["round"] % step == 0],
    }
