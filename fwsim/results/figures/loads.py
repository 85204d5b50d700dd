"""Load over time: of the repository, a site's or hub's line, the proxies, the server's workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.arguments import a, some_axes, taking
from fwsim.messages import say
from fwsim.model.tally import HOUR
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.units import write_duration, write_share
from fwsim.results.figures.letters import LONGEST_IN_TITLE, rows_named
from fwsim.results.figures.look import (
    BLACK,
    BLUE,
    GREY,
    HARDLY_VISIBLE,
    axes,
    band_text,
    clock_times,
    legend_over,
    runs_of,
    tell_nothing,
    tidy,
    time_axis,
)
from fwsim.results.figures.stretches import busy_points, over_steps
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.curves import BAND
from fwsim.results.statistics.estimate import pointwise_band
from fwsim.results.statistics.line_hours import line_hours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

REPOSITORY, PROVIDERS, WORKERS = "repository", "providers", "workers"
_MEGABIT = 8e-6


@dataclass(frozen=True)
class _Load:
    """What something carried, and can carry at most.

    Rates have the shape (runs, bins); in doubt, what it carries has an end below and one above.
    Of a line that is shared others take a part.
    """

    rates: NDArray[np.float64]
    step: int
    capacity: float | None
    unit: str
    name: str
    in_doubt: tuple[float, float] | None = None
    is_shared: bool = False


@taking(answer=a("answer", Answer), ax=some_axes, of=a("text", str))
def load(answer: Answer, ax: Axes | None = None, of: str = REPOSITORY) -> Axes:
    """Draw a load over time, with its capacity: of a line in doubt, what it carries in the runs.

    That is the whole line: where others use it, too (`busy`), they leave less of it to updates.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.
    of
        ``repository``, ``providers`` (all proxies together), ``workers`` (of the server), or the
        name of a site or hub, whose line is shown hour by hour.

    Raises
    ------
    InputError
        If there is no such site or hub.
    """
    ax = axes(ax)
    if of == PROVIDERS and not answer.tells_proxies:
        tell_nothing(ax, say("figure.proxies_untold"))
        return tidy(ax, say("figure.all_proxies"))
    line = _load(answer, of)
    (name,) = rows_named([line.name], LONGEST_IN_TITLE)
    title = say("figure.load_of", name=name, runs=runs_of(answer))
    if line.capacity is None and not line.rates.any():
        tell_nothing(ax, say("figure.nothing_carried"))
        return tidy(ax, title)
    grid, points = answer.replications[0].timeline.step, busy_points(answer)
    first = min(points.start * grid // line.step, line.rates.shape[1] - 1)
    last = min(-(-points.stop * grid // line.step), line.rates.shape[1])
    edges = np.arange(first, last + 1, dtype=np.int64) * line.step
    if edges[0] < (begin := _begin(answer)) < edges[1]:  # what came is drawn when it came
        edges[0] = begin
    end = answer.setting.end
    edges = np.minimum(edges, end if end > edges[0] else answer.setting.horizon)
    whole = answer.band(_over_parts(line, first, edges))
    times = clock_times(answer, edges)  # one more than there are rates
    mean, low, high = (
        np.append(curve[first:last], curve[last - 1])
        for curve in (whole.mean, whole.low, whole.high)
    )
    label = say("figure.mean") if answer.runs > 1 else runs_of(answer)
    ax.step(times, mean, where="post", color=BLUE, linewidth=1.6, label=label)
    if answer.runs > 1:
        label = band_text(answer.runs)
        ax.fill_between(
            times, low, high, step="post", color=BLUE, alpha=0.25, linewidth=0, label=label
        )
    height = max(_draw_capacity(ax, line), 0.0 if line.capacity else high.max(), 1e-9)
    ax.set_ylim(0, height * 1.08)
    ax.set_xlim(times[0], times[-1])
    ax.set_ylabel(_unit(line, edges))
    is_low = whole.high < HARDLY_VISIBLE * height
    time_axis(ax, answer, over_steps(is_low, line.step, grid))
    legend_over(ax, "upper right", up=0.92)
    return tidy(ax, title)


def _unit(line: _Load, edges: NDArray[np.int64]) -> str:
    """Return in what rates are told, and over how long each is a mean."""
    is_cut = bool((np.diff(edges) < line.step).any())
    words = "figure.mean_over_part" if is_cut else "figure.mean_over"
    return say(words, unit=line.unit, step=write_duration(line.step))


def _draw_capacity(ax: Axes, line: _Load) -> float:
    """Draw what a line can carry at most, if it is known; return the highest of it."""
    if line.capacity is None:
        return 0.0
    name = say("figure.mean_capacity" if line.in_doubt else "figure.capacity")
    if line.is_shared:
        name = say("figure.with_others", capacity=name)
    ax.axhline(line.capacity, color=BLACK, linewidth=1, linestyle="--", label=name)
    if line.in_doubt is None:
        return line.capacity
    name = say("figure.capacity_of_runs", share=write_share(BAND))
    ax.axhspan(*line.in_doubt, color=GREY, alpha=0.15, linewidth=0, zorder=0, label=name)
    return max(line.capacity, line.in_doubt[1])


def _begin(answer: Answer) -> int:
    """Return from when on anything is shown: the first command, or a delivery before it."""
    step = answer.replications[0].timeline.step
    busy, command = busy_points(answer).start * step, answer.first_command
    return command if abs(busy - command) < step else busy


def _over_parts(line: _Load, first: int, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return rates, those of a bin of which only a part is shown as means over that part.

    All that a bin carried came between its first command and the end of the runs.
    """
    rates = line.rates.copy()
    rates[:, first : first + len(edges) - 1] *= line.step / np.maximum(np.diff(edges), 1)
    return rates


def _load(answer: Answer, of: str) -> _Load:
    setting, lines = answer.setting, [run.timeline for run in answer.replications]
    step = lines[0].step
    megabits = _MEGABIT / (step / 1000)
    if of == WORKERS:
        busy = np.array([line.workers for line in lines], float) * 100
        return _Load(busy, step, 100.0, say("figure.busy"), say("figure.workers"))
    if of == PROVIDERS:
        sent = np.array([line.providers for line in lines], float)
        return _Load(sent * megabits, step, None, "Mbit/s", say("figure.all_proxies"))
    if of == REPOSITORY:
        sent = np.array([line.repository for line in lines], float)
        return _Load(
            sent * megabits, step, setting.uplink * _MEGABIT, "Mbit/s", say("figure.the_repository")
        )
    if of not in setting.sites:
        known = [*setting.sites[-setting.hubs :], *setting.sites] if setting.hubs else setting.sites
        words = {"name": of, "near": nearest(of, known), "known": ", ".join(known[:10])}
        of_hubs = say("asked_of.no_site_or_hub", **words)
        text = of_hubs if setting.hubs else say("asked_of.no_site", **words)
        raise InputError([Problem(text, source="of")])
    number = setting.sites.index(of)
    rates = line_hours(answer, number) * _MEGABIT / (HOUR / 1000)
    carried = np.array([run.sites.link[number] for run in answer.replications]) * _MEGABIT
    low, high = pointwise_band(carried[:, None], BAND)
    ends = None if carried.min() == carried.max() else (float(low[0]), float(high[0]))
    is_shared = number in setting.shared_lines
    return _Load(rates, HOUR, float(carried.mean()), "Mbit/s", of, ends, is_shared)
