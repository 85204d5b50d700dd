"""How figures look: colours that hold in grey and for colour-blind readers, axes of time.

The colours are those of Okabe and Ito (jfly.uni-koeln.de/color); neighbours in a stack differ in
lightness, and ends carry hatches, so that a photocopy can be read.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fwsim.messages import localised, say
from fwsim.results.figures.alt_text import tell_in_notebooks
from fwsim.results.figures.letters import drawing, matplotlib
from fwsim.results.figures.stretches import busy_points, idle_stretches
from fwsim.results.figures.time_axis import FOLDED_SHARE, ClockHands, clock_axis, in_days
from fwsim.results.run.stages import Stage
from fwsim.results.run.stamps import clock_changes, steady_clock
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.estimate import Estimate
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

BLUE, SKY, GREEN, ORANGE = "#0072B2", "#56B4E9", "#009E73", "#E69F00"
VERMILION, PURPLE, YELLOW, BLACK, GREY = "#D55E00", "#CC79A7", "#F0E442", "#000000", "#999999"

GROUPS: tuple[tuple[str, tuple[Stage, ...], str, str], ...] = (
    ("successful", (Stage.SUCCESSFUL,), BLUE, ""),
    ("installing", (Stage.INSTALLATION, Stage.RESTART), SKY, ""),
    ("to_restart", (Stage.TO_RESTART,), "#C9B8E8", ".."),
    ("serving", (Stage.SERVING,), "#8FD3BE", "---"),
    ("transferring", (Stage.TRANSFER,), GREEN, "\\\\\\"),
    ("checking", (Stage.CHECKING, Stage.QUEUEING), YELLOW, ""),
    ("deferred", (Stage.DEFERRED,), ORANGE, ".."),
    ("asked", (Stage.ASKED,), VERMILION, ""),
    ("waiting", (Stage.DISPATCH, Stage.CHECK_IN, Stage.WAKING), "#E0E0E0", ""),
    ("not_necessary", (Stage.NOT_NECESSARY,), "#BBD7EA", "---"),
    ("cancelled", (Stage.CANCELLED,), PURPLE, "///"),
    ("not_reached", (Stage.NOT_REACHED,), "#FFFFFF", "xxx"),
    ("not_successful", (Stage.NOT_SUCCESSFUL,), "#333333", ""),
)
"""What figures show as one: name of its message, stages, colour, hatch; in the order of a stack."""

DOTS_PER_INCH = 110
WIDE = (8.0, 4.2)
_LEGEND_BELOW = 42
"""Points from the axis to the legend under it; in between stand times, dates and a label."""
_MOST_DECIMALS = 12
_UPRIGHT = 90.0
_LONG_NUMBER = re.compile(r"^(\D?)(\d{4,})")
HARDLY_VISIBLE = 0.01
"""Of the height of a figure, or of a line."""


def band_text(runs: int) -> str:
    """Return what a band holds; of few runs it is not 9 rollouts in 10."""
    if runs >= FEWEST_FOR_RANGE:
        return say("figure.band")
    return say("figure.band_of_few", count=runs)


def group_name(number: int) -> str:
    """Return what a group of stages is called."""
    return say(f"figure.group.{GROUPS[number][0]}")


def axes(ax: Axes | None, size: tuple[float, float] = WIDE) -> Axes:
    """Return the Axes to draw on: the given one, or that of a new figure."""
    if ax is None:
        _, ax = matplotlib(".pyplot").subplots(figsize=size, layout="constrained")
    tell_in_notebooks(ax.figure)
    return ax


def clock_times(answer: Answer, milliseconds: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return where times since the start lie on an axis that `time_axis` labels.

    They are those of a clock that nobody sets: where the server's is set back, a figure goes on.
    """
    return steady_clock(answer.setting, milliseconds)


def times_from_command(answer: Answer, points: slice) -> NDArray[np.datetime64]:
    """Return the first command's own time and those of points after it, on the axis of time."""
    return clock_times(answer, np.append(answer.first_command, answer.times[points]))


def time_axis(ax: Axes, answer: Answer, quiet: NDArray[np.bool_] | None = None) -> None:
    """Label the x axis as the server's wall clock; idle nights are folded.

    Parameters
    ----------
    ax
        What is drawn on it must be there already.
    answer, quiet
        As for `idle_stretches`.
    """
    shown, step = busy_points(answer), answer.replications[0].timeline.step
    idle: list[tuple[Any, Any]] = [
        (begin, end)
        for stretch in idle_stretches(answer, quiet)
        for begin, end in [clock_times(answer, np.array(stretch, np.int64))]
    ]
    ends = np.array([shown.start * step, shown.stop * step], np.int64)
    hands = _hands(answer)
    clock_axis(ax, answer.setting.zone_name, idle, clock_times(answer, ends), hands)


def _hands(answer: Answer) -> ClockHands:
    """Return what the server's clock shows along an axis of `clock_times`."""
    changes, offsets = clock_changes(answer.setting, answer.setting.horizon)
    places = clock_times(answer, np.array(changes, np.int64))
    return ClockHands([in_days(place) for place in places], offsets)


def completion_axes(ax: Axes, answer: Answer, times: NDArray[np.datetime64]) -> None:
    """Lay axes out for curves of completion: shares over the wall clock, the usual ones dotted."""
    for share in (0.5, 0.9, 0.95):
        ax.axhline(share, color=GREY, linewidth=0.8, linestyle=":")
    ax.set_ylim(0, 1.02)
    ax.set_xlim(times[0], times[-1])
    per_cent(ax)
    ax.set_ylabel(say("figure.of_targeted"))
    time_axis(ax, answer)


def tidy(ax: Axes, title: str) -> Axes:
    """Give a figure its title and take away what carries no information."""
    ax.set_title(title, loc="left", fontsize=11, wrap=True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="#E5E5E5", linewidth=0.8)
    ax.set_axisbelow(True)
    for axis in (ax.xaxis, ax.yaxis):
        _localise(axis)
    return ax


def _localise(axis: Axis) -> None:
    """Write an axis' plain numbers as texts and tables do, thousands marked."""
    from matplotlib.ticker import ScalarFormatter

    class Localised(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return localised(_LONG_NUMBER.sub(_marked, super().__call__(x, pos)))

    if type(axis.get_major_formatter()) is ScalarFormatter:
        axis.set_major_formatter(Localised())


def _marked(found: re.Match[str]) -> str:
    return f"{found[1]}{int(found[2]):,}"


def figure_writer(draw: Callable[[], Axes]) -> Callable[[Path], None]:
    """Return a function that saves a figure of its own to a path; the same bytes everywhere.

    Parameters
    ----------
    draw
        Draws it.
    """

    def write(path: Path) -> None:
        with drawing():
            figure: Any = draw().figure
            figure.savefig(path, dpi=DOTS_PER_INCH)
            matplotlib(".pyplot").close(figure)

    return write


class NotDrawnWarning(UserWarning):
    """Pictures that were not written, for there is nothing here to draw with."""


def picture_files(pictures: Mapping[str, Callable[[], Axes]]) -> dict[str, Callable[[Path], None]]:
    """Return what writes figures beside tables; nothing but a warning where none can be drawn.

    Parameters
    ----------
    pictures
        What draws each, by the name of its file.
    """
    if pictures and find_spec("matplotlib") is None:
        purpose = say("optional.pictures", files=", ".join(pictures))
        told = say("optional.missing", purpose=purpose, library="matplotlib", extra="figures")
        warnings.warn(told, NotDrawnWarning, stacklevel=2)
        return {}
    return {name: figure_writer(draw) for name, draw in pictures.items()}


def intervals(
    ax: Axes,
    across: Sequence[Estimate | Difference],
    up: Sequence[Estimate | Difference],
    by: tuple[float, float] = (1.0, 1.0),
    **options: Any,
) -> None:
    """Draw points with their intervals; where runs do not bound one, an arrow to the edge.

    Parameters
    ----------
    ax
        What is drawn on.
    across, up
        What lies where, by both axes.
    by
        By what to divide across and up.
    options
        As for the points of `matplotlib.axes.Axes.errorbar`.
    """
    xs, ys = ([one.value / d for one in ends] for ends, d in zip((across, up), by, strict=True))
    ax.errorbar(xs, ys, xerr=_reach(across, by[0]), yerr=_reach(up, by[1]), **options)
    arrow = {"arrowstyle": "->", "color": options.get("color"), "lw": 1, "shrinkA": 0, "shrinkB": 0}
    for x, y, one, other in zip(xs, ys, across, up, strict=True):
        ends: list[tuple[tuple[float, float], tuple[str, str]]] = []
        along_x, along_y = ("axes fraction", "data"), ("data", "axes fraction")
        ends += [
            ((edge, y), along_x) for edge, end in enumerate((one.low, one.high)) if _is_open(end)
        ]
        ends += [
            ((x, edge), along_y)
            for edge, end in enumerate((other.low, other.high))
            if _is_open(end)
        ]
        for place, system in ends:
            ax.annotate("", place, (x, y), xycoords=system, textcoords="data", arrowprops=arrow)


def _is_open(end: float) -> bool:
    """Tell whether runs do not bound an interval there; one run alone has none."""
    return bool(np.isinf(end))


def _reach(estimates: Sequence[Estimate | Difference], by: float) -> list[list[float]]:
    """Return how far intervals reach below and above their values, as error bars are given."""
    return [
        [_finite(e.value - e.low) / by for e in estimates],
        [_finite(e.high - e.value) / by for e in estimates],
    ]


def _finite(length: float) -> float:
    return max(0.0, length) if np.isfinite(length) else 0.0


def per_cent(ax: Axes, axis: str = "y") -> None:
    """Show shares from 0 to 1 as per cent, with as many decimals as tell the ticks apart."""
    from matplotlib.ticker import PercentFormatter

    class Told(PercentFormatter):
        def set_locs(self, locs: Any) -> None:
            super().set_locs(locs)
            self.decimals = _decimals(100 * np.asarray(locs, float))

        def __call__(self, x: float, pos: int | None = None) -> str:
            return localised(super().__call__(x, pos))

    formatter = Told(1.0, decimals=0, symbol="\u00a0%")
    getattr(ax, f"{axis}axis").set_major_formatter(formatter)


def _decimals(numbers: NDArray[np.float64]) -> int:
    """Return with how many decimals numbers are what they are."""
    least = 1e-6 * np.ptp(numbers) if len(numbers) else 0.0
    exact = (n for n in range(_MOST_DECIMALS) if np.all(abs(numbers - numbers.round(n)) <= least))
    return next(exact, _MOST_DECIMALS)


def mean_of(answer: Answer) -> str:
    """Return of how many runs a figure shows the mean, for its title; one run is its own."""
    return say("figure.mean_of", count=answer.runs)


def runs_of(answer: Answer) -> str:
    """Return how many runs a figure stands on, for its title."""
    return say("figure.runs", count=answer.runs)


def tell_nothing(ax: Axes, text: str) -> None:
    """Say on axes without anything on them why that is so; their ends would mean nothing."""
    ax.text(0.5, 0.5, text, ha="center", transform=ax.transAxes)
    ax.set_xticks([])
    ax.set_yticks([])


def legend_over(ax: Axes, place: str = "lower right", up: float = 0.0, **options: Any) -> None:
    """Put the legend on the axes; what lies under it shines through, and its words can be read.

    Parameters
    ----------
    ax
        All else is drawn on it.
    place
        Which corner of the legend is at the right end of the axes.
    up
        Where that is, of their height.
    options
        As matplotlib's legends have them.
    """
    options |= {"loc": place, "fontsize": 8.5, "bbox_to_anchor": (_free_until(ax), up)}
    legend = ax.legend(**options)
    legend.get_frame().set(linewidth=0, alpha=0.8)


def _free_until(ax: Axes) -> float:
    """Return where the axes end, or a fold at their end begins, whose words tell how long it is."""
    to_place = ax.transData + ax.transAxes.inverted()
    folds = [text.get_position()[0] for text in ax.texts if text.get_rotation() == _UPRIGHT]
    last = max((float(to_place.transform((at, 0))[0]) for at in folds), default=0.0)
    return last - FOLDED_SHARE / 2 if last > 1 - FOLDED_SHARE else 1.0


def legend_below(
    ax: Axes,
    handles: Sequence[Any] | None = None,
    columns: int = 4,
    *,
    of_figure: bool = False,
) -> None:
    """Put the legend under the axes, where it hides nothing.

    Parameters
    ----------
    ax
        What is drawn on.
    handles
        What is told of; by default all that has a label.
    columns
        Of the legend.
    of_figure
        Whether its middle is that of the axes' place in the figure, their labels included: names
        of rows may push the axes so far to the right that a wide legend would leave the figure.
    """
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    figure: Any = ax.figure
    below = ScaledTranslation(0, -_LEGEND_BELOW / 72, figure.dpi_scale_trans)
    across: Any = ax.transAxes
    middle = 0.5
    if of_figure and (place := ax.get_subplotspec()) is not None:
        box = place.get_position(figure)
        across, middle = figure.transSubfigure, (box.x0 + box.x1) / 2
    options: dict[str, Any] = {
        "loc": "upper center",
        "bbox_to_anchor": (middle, 0),
        "bbox_transform": blended_transform_factory(across, ax.transAxes + below),
        "ncols": columns,
        "frameon": False,
        "fontsize": 8.5,
    }
    if handles is None:
        ax.legend(**options)
    else:
        ax.legend(handles=handles, **options)
