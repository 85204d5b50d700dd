"""Curves over time: completion, outcomes, load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fwsim.results.answer import BAND, Answer
from fwsim.results.figures.look import (
    BLACK,
    BLUE,
    GREY,
    GROUPS,
    axes,
    clock_times,
    legend_below,
    per_cent,
    runs_of,
    shown_points,
    tidy,
    time_axis,
)
from fwsim.results.stages import STAGES, Stage
from fwsim.results.timeline import HOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND_TEXT = f"{100 * BAND:.0f} % of the runs, at each time"


def completion(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw the share of targeted devices that were successful, with its band.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes
        Under the axis stands how many devices were still pending.
    """
    ax = axes(ax)
    points, curve = shown_points(answer), answer.completion()
    times = clock_times(answer, curve.times[points])
    ax.plot(times, curve.mean[points], color=BLUE, linewidth=2, label="mean of the runs")
    if answer.runs > 1:
        low, high = curve.low[points], curve.high[points]
        ax.fill_between(times, low, high, color=BLUE, alpha=0.25, linewidth=0, label=BAND_TEXT)
    for share in (0.5, 0.9, 0.95):
        ax.axhline(share, color=GREY, linewidth=0.8, linestyle=":")
    ax.set_ylim(0, 1.02)
    ax.set_xlim(times[0], times[-1])
    per_cent(ax)
    ax.set_ylabel("of the targeted devices")
    time_axis(ax, answer)
    _pending(ax, answer, points)
    ax.legend(loc="lower right", frameon=False, fontsize=8.5, bbox_to_anchor=(1, 0.08))
    return tidy(ax, f"Successful devices, {runs_of(answer)}")


def _pending(ax: Axes, answer: Answer, points: slice) -> None:
    """Write under the axis how many devices were on their way or waiting."""
    ways = STAGES.index(Stage.SUCCESSFUL)
    pending = answer.stages[:ways, points].sum(axis=0)
    count = len(pending)
    for place in (0.1, 0.3, 0.5, 0.7, 0.9):
        at = min(count - 1, round(place * (count - 1)))
        ax.text(
            place, 0.02, f"{pending[at]:,.0f} pending", transform=ax.transAxes, ha="center",
            va="bottom", fontsize=7.5, color="#555555",
        )  # fmt: skip


def outcomes(answer: Answer, ax: Axes | None = None) -> Axes:
    """Draw where the targeted devices stood over time, stacked; mean over the runs."""
    ax = axes(ax)
    points = shown_points(answer)
    times = clock_times(answer, answer.times[points])
    rows = [
        answer.stages[[STAGES.index(stage) for stage in stages]][:, points].sum(axis=0)
        for _, stages, _, _ in GROUPS
    ]
    used = [number for number, row in enumerate(rows) if row.max(initial=0) > 0]
    stack = ax.stackplot(
        times, *(rows[number] for number in used),
        labels=[GROUPS[number][0] for number in used],
        colors=[GROUPS[number][2] for number in used], edgecolor="white", linewidth=0.3,
    )  # fmt: skip
    for area, number in zip(stack, used, strict=True):
        if hatch := GROUPS[number][3]:
            area.set_hatch(hatch)
            area.set_edgecolor("#555555")
    ax.set_xlim(times[0], times[-1])
    ax.set_ylim(0, max(1, *(run.targeted for run in answer.replications)))
    ax.set_ylabel("devices")
    time_axis(ax, answer)
    legend_below(ax)
    return tidy(ax, f"Where the devices stood, mean of {runs_of(answer)}")


def load(answer: Answer, ax: Axes | None = None, site: str | None = None) -> Axes:
    """Draw what the repository sent, or a site's line carried hour by hour, with its capacity.

    Parameters
    ----------
    answer
        The results.
    ax
        Where to draw; a new figure by default.
    site
        Name of a site; the repository by default.

    Raises
    ------
    ValueError
        If there is no such site.
    """
    ax = axes(ax)
    setting = answer.setting
    if site is None:
        step, capacity = answer.replications[0].timeline.step, setting.uplink
        sizes = np.array([run.timeline.repository for run in answer.replications], float)
        name = "repository"
    else:
        if site not in setting.sites:
            raise ValueError(f"no site {site!r}; there are {', '.join(setting.sites[:10])}")
        number = setting.sites.index(site)
        step, capacity, name = HOUR, setting.links[number], site
        sizes = _site_sizes(answer, number)
    rates = sizes * 8e-6 / (step / 1000)
    grid, points = answer.replications[0].timeline.step, shown_points(answer)
    first = min(points.start * grid // step, rates.shape[1] - 1)
    last = min(-(-points.stop * grid // step), rates.shape[1])
    band = answer.band(rates[:, first:last], np.arange(first, last + 1, dtype=np.int64) * step)
    times = clock_times(answer, band.times)  # the edges of the bins, one more than there are rates
    mean, low, high = (np.append(c, c[-1]) for c in (band.mean, band.low, band.high))
    ax.step(times, mean, where="post", color=BLUE, linewidth=1.6, label="mean")
    if answer.runs > 1:
        ax.fill_between(
            times, low, high, step="post", color=BLUE, alpha=0.25, linewidth=0, label=BAND_TEXT
        )
    ax.axhline(capacity * 8e-6, color=BLACK, linewidth=1, linestyle="--", label="capacity")
    ax.set_ylim(0, capacity * 8e-6 * 1.08)
    ax.set_xlim(times[0], times[-1])
    ax.set_ylabel("Mbit/s")
    time_axis(ax, answer)
    ax.legend(loc="upper right", frameon=False, fontsize=8.5, bbox_to_anchor=(1, 0.92))
    return tidy(ax, f"Load of {name}, {runs_of(answer)}")


def _site_sizes(answer: Answer, number: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    hours = -(-answer.setting.horizon // HOUR)
    sizes = np.zeros((answer.runs, hours))
    for row, run in enumerate(answer.replications):
        site, hour, size = run.timeline.site_hours
        mine = site == number
        sizes[row, hour[mine]] = size[mine]
    return sizes
