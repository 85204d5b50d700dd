"""Single devices over time."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.arguments import some_axes, taking, what_has, whole_from, word_of
from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.messages import say
from fwsim.model.first_due import JUDGED_FIRST
from fwsim.quantities.counts import MOST_DRAWN
from fwsim.results.figures.letters import rows_named
from fwsim.results.figures.look import GREY, GROUPS, axes, group_name, legend_below, tell_nothing
from fwsim.results.figures.stretches import LEAST_IDLE
from fwsim.results.figures.time_axis import STEADY, ClockHands, clock_axis, in_days
from fwsim.results.run.stages import ENDS, STAGES
from fwsim.results.run.standing import standing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

SAMPLE = 25
_OF_DELIVERY = "Delivery"
"""How the console begins what it tells of deliveries, and of nothing else."""
_OF_UEFI = r"\.udf(?:$|[?#])"
"""How the address that a UEFI update asks for ends: its states read like those of an update."""
_DELIVERY = StatusField.DELIVERY.name.lower()
_KINDS = tuple(field.name.lower() for field in JUDGED_FIRST)
_WIDE, _NARROW = 0.8, 0.36
_JUDGED_BY = word_of(*(field.name.lower() for field in StatusField))


def _with_standing(log: pd.DataFrame, judged: str | None) -> pd.DataFrame:
    """Return a log with where its device stands after each line, when that came about, and by what.

    ``since`` is a time only of how a command ended that counts; ``of`` is the kind of a command
    under way that does not count, else empty.
    """
    import pandas as pd

    names, of_each = np.unique(log["state"].to_numpy(str), return_inverse=True)
    state = np.array([State[name] for name in names], np.int64)[of_each]
    device = pd.factorize(log["device"])[0]
    run = pd.factorize(log["command"])[0] if "command" in log else np.zeros(len(log), np.int64)
    kind = _kinds(log, run)
    judged = judged or next((one for one in _KINDS if (kind == one).any()), _KINDS[0])
    is_judged = (kind == judged) | (judged == _DELIVERY)
    stage, telling = standing(device, run, state, is_judged)
    is_over = ENDS[state[telling]] & (telling >= 0) & is_judged[telling]
    since = log["clock"].to_numpy()[telling]
    is_other = ~ENDS[state[telling]] & (telling >= 0) & ~is_judged[telling]
    return log.assign(
        stage=stage,
        since=np.where(is_over, since, np.datetime64("NaT")),
        of=np.where(is_other, kind[telling], ""),
    )


def _kinds(log: pd.DataFrame, run: NDArray[np.int64]) -> NDArray[np.str_]:
    """Return of what kind of command each line is, as far as the texts of its command say so."""
    kind = np.full(len(log), _KINDS[0], dtype="U16")
    if not {"command", "status"} <= {*log}:
        return kind
    if "detail" in log:
        texts = log["detail"].fillna("").astype(str)
        is_of_uefi = texts.str.contains(_OF_UEFI, case=False, regex=True).to_numpy(bool)
        kind[np.isin(run, run[is_of_uefi])] = StatusField.UEFI.name.lower()
    tells = log["status"].fillna("").str.startswith(_OF_DELIVERY).to_numpy(bool)
    kind[np.isin(run, run[tells])] = _DELIVERY
    return kind


def _sample(log: pd.DataFrame, devices: int) -> list[str]:
    """Return devices spread evenly from the first to finish to the last, then the unfinished."""
    ends = log.groupby("device", sort=False).tail(1).sort_values("since", kind="stable")
    places = np.unique(np.linspace(0, len(ends) - 1, min(devices, len(ends))).round().astype(int))
    return [str(name) for name in ends["device"].iloc[places]]


def _steady(stamps: pd.Series) -> tuple[pd.Series, ClockHands]:
    """Return times of a log on a clock that is never set, and what its own clock shows there.

    Between two lines with different offsets from UTC the clock is taken to be set at the first
    full hour.
    """
    import pandas as pd

    clock = pd.to_datetime(stamps.str.slice(0, 23))
    told = stamps.str.slice(23)
    if told.nunique() < 2:
        return clock, STEADY
    offset = pd.to_timedelta(told.map({text: _offset(text) for text in told.unique()}), unit="ms")
    clock -= offset - offset.iloc[0]
    order = np.argsort(clock.to_numpy(), kind="stable")
    times, offsets = clock.to_numpy()[order], offset.to_numpy()[order]
    after = np.flatnonzero(offsets[1:] != offsets[:-1]) + 1
    full_hours = (times[after - 1] + np.timedelta64(3_599_999, "ms")).astype("datetime64[h]")
    changes = np.minimum(full_hours, times[after])
    in_force = offsets[[0, *after]].astype("timedelta64[ms]").astype(np.int64)
    return clock, ClockHands([in_days(change) for change in changes], in_force.tolist())


def _offset(text: str) -> int:
    """Return an offset from UTC such as ``+02:00`` in milliseconds; of none, 0."""
    aware = datetime.fromisoformat(f"1970-01-01T00:00:00{text}")
    return round((aware.utcoffset() or timedelta()) / timedelta(milliseconds=1))


@taking(
    log=what_has("table", "empty", "assign"),
    ax=some_axes,
    devices=whole_from(1, MOST_DRAWN),
    judged=_JUDGED_BY,
)
def gantt(
    log: pd.DataFrame,
    ax: Axes | None = None,
    devices: int = SAMPLE,
    judged: str | None = None,
) -> Axes:
    """Draw a sample of devices by state over time, from the first to finish to the last.

    Parameters
    ----------
    log
        A status log with columns time, device, state: `Result.log`, or one read from a file.
    ax
        Where to draw; a new figure by default.
    devices
        How many devices are drawn.
    judged
        What the rollout is judged by, as `Summary.judged_by` says: ``update``, ``uefi`` or
        ``delivery``; how others end is not shown, and what they do is drawn narrow. By default it
        is the updates, else UEFI updates, else deliveries, as far as the log's texts tell.
    """
    import pandas as pd

    if log.empty:
        ax = axes(ax)
        tell_nothing(ax, say("figure.none_reached"))
        return ax
    clock, hands = _steady(log["time"])
    chosen = _with_standing(log.assign(clock=clock), judged)
    names = _sample(chosen, devices)
    ax = axes(ax, (8.0, 1.8 + 0.17 * max(len(names), 8)))
    group_of = {stage: number for number, group in enumerate(GROUPS) for stage in group[1]}
    begin, last = chosen["clock"].min(), chosen["clock"].max()
    end = last + max((last - begin) * 0.03, pd.Timedelta(minutes=1))
    used: dict[int, object] = {}
    lines = chosen[chosen["device"].isin(names)]
    by_device = {str(name): rows for name, rows in lines.groupby("device", sort=False)}
    for row, name in enumerate(names):
        own = by_device[name]
        begins = own["clock"].to_numpy()
        ends = np.append(begins[1:], np.datetime64(end))
        for since, until, stage, of in zip(begins, ends, own["stage"], own["of"], strict=True):
            number = group_of[STAGES[stage]]
            bar = _draw_stretch(ax, row, (since, until), number, _NARROW if of else _WIDE)
            used[number] = used.get(number, bar)
    ax.set_yticks(range(len(names)), rows_named(names), fontsize=7)
    ax.invert_yaxis()
    ax.set_xlim(begin, end)
    clock_axis(ax, say("figure.servers"), _idle(lines["clock"]), (begin, end), hands)
    handles = [_named(used[number], group_name(number)) for number in sorted(used)]
    legend_below(ax, [*handles, *_narrow(lines["of"])], of_figure=True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title(say("figure.sample"), loc="left", fontsize=11, wrap=True)
    return ax


def _narrow(kinds: pd.Series) -> list[Any]:
    """Return what the legend says of stretches that are drawn narrow, if there are any."""
    from matplotlib.lines import Line2D

    found = [kind for kind in _KINDS if (kinds == kind).any()]
    if not found:
        return []
    name = say("figure.narrow.others" if len(found) > 1 else f"figure.narrow.{found[0]}")
    return [Line2D([], [], color=GREY, linewidth=3, label=name)]


def _draw_stretch(
    ax: Axes, row: int, stretch: tuple[Any, Any], number: int, height: float
) -> object:
    """Draw a stretch of a device's time, in the colour of its group of stages."""
    _, _, colour, hatch = GROUPS[number]
    since, until = stretch
    return ax.barh(
        row,
        until - since,
        left=since,
        height=height,
        color=colour,
        hatch=hatch,
        edgecolor="#777777" if hatch else colour,
        linewidth=0.2,
    )


def _idle(clock: pd.Series) -> list[tuple[Any, Any]]:
    """Return the stretches in which no device of a sample got on, without an edge on each side."""
    import pandas as pd

    times = clock.drop_duplicates().sort_values()
    edge, least = pd.Timedelta(minutes=15), pd.Timedelta(milliseconds=LEAST_IDLE)
    return [
        (before + edge, after - edge)
        for before, after in pairwise(times)
        if after - before >= least
    ]


def _named(bar: object, name: str) -> object:
    bar.set_label(name)  # type: ignore[attr-defined]
    return bar
