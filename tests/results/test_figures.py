"""Figures look as they did when a person last looked at them (tests/results/baseline)."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import dates as mdates
from matplotlib import pyplot as plt
from matplotlib.testing.compare import compare_images

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure
from fwsim.results import figures
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.estimate import estimate
from tests.results.figures import BASELINE, FIGURES, HOUR, TIME, _around, draw
from tests.results.small_rollout import SMALL, small_answer, small_result
from tests.tiers import in_both_tiers

mpl.use("Agg")
TOLERANCE = 8.0  # root mean square of the difference in grey levels, of 255


SECOND_LOOKS = {"completion-over-a-night", "load-of-a-site", "load-of-workers"}
"""Figures of which another of the same kind is looked at, too."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in SECOND_LOOKS else [])
        for name in FIGURES
    ],
)
def test_a_figure_looks_as_it_did(tmp_path, name):
    drawn = tmp_path / f"{name}.png"
    draw(name, drawn)
    assert compare_images(str(BASELINE / f"{name}.png"), str(drawn), TOLERANCE) is None


def test_a_changed_figure_is_noticed(tmp_path):
    drawn = tmp_path / "load.png"
    draw("completion", drawn)
    assert compare_images(str(BASELINE / "load.png"), str(drawn), TOLERANCE) is not None


def test_a_figure_draws_on_the_axes_it_is_given():
    figure, (left, right) = plt.subplots(1, 2)
    assert figures.completion(small_answer(), left) is left
    assert figures.prompts_by_hour(small_answer(), ax=right) is right
    plt.close(figure)


def test_a_site_that_is_not_there_is_told():
    with pytest.raises(ValueError, match="no site 'Nowhere'; there are North, South, West"):
        figures.load(small_answer(), of="Nowhere")
    plt.close("all")


ALL_FIGURES = (
    "completion",
    "outcomes",
    "load",
    "site_heat_map",
    "prompts_by_hour",
    "time_to",
    "time_spent",
)
ODD = {
    "nobody is asked": ("inform_user: 5 min, user_can_cancel: true,", ""),
    "nothing is fetched": ("installed: old.idf", "installed: new.idf"),
    "all fail": ("installation: 5 %", "idf: 100 %"),
    "a horizon of a year": ("horizon: 12 h", "horizon: 365 d"),
    "an end in the middle": ("horizon: 12 h", "horizon: 61 min"),
    "only a delivery": (
        "[{update: DE, subordinate_units: true, inform_user: 5 min, user_can_cancel: true,",
        "[{delivery: DE, subordinate_units: true,",
    ),
    "the command never runs": ("once: 2018-08-20 11:00", "once: 2018-08-20 21:59"),
}


@in_both_tiers("among", short=7, long=1)
@pytest.mark.parametrize("number", range(len(ODD)), ids=[*ODD])
def test_odd_answers_can_be_drawn(number, among):
    """The short form draws one figure of each odd answer, each time another."""
    odd, runs = [*ODD][number], 1 + number % 2
    answer = Experiment(fwsim.loads(SMALL.replace(*ODD[odd]))).run(runs, workers=1)
    for name in ALL_FIGURES[number % among :: among]:
        getattr(figures, name)(answer).figure.canvas.draw()
        plt.close("all")


def test_a_log_without_lines_can_be_drawn():
    figures.gantt(small_result().log.iloc[:0]).figure.canvas.draw()
    plt.close("all")


@pytest.mark.parametrize("draw_it", [figures.completion, figures.outcomes, figures.load])
def test_a_curve_begins_at_the_command(draw_it):
    """On a grid of ten minutes the command comes in between, at 11:07."""
    text = SMALL.replace("11:00", "11:07").replace("horizon: 12 h", "horizon: 9 d")
    answer = Experiment(fwsim.loads(text)).run(2, workers=1)
    ax = draw_it(answer)
    begin = mdates.num2date(ax.get_xlim()[0]).strftime("%H:%M")
    first = mdates.num2date(min(ax.lines[0].get_xdata(orig=False))) if ax.lines else None
    assert begin == "11:07"
    assert first is None or first.strftime("%H:%M") == "11:07"
    plt.close(ax.figure)


def test_hindsight_shows_each_forecast_with_its_band_and_what_came_of_it():
    answer = small_answer()
    ax = figures.hindsight({"before": answer, "after": answer}, answer)
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    assert told == ["before: 9 rollouts in 10", "after: 9 rollouts in 10", "what then happened"]
    last = [line.get_ydata()[-1] for line in ax.lines if len(line.get_ydata()) > 2]
    assert last == [answer.completion().mean[-1]] * 3
    plt.close("all")


def test_a_line_in_doubt_is_full_where_it_carries_all_it_can_in_that_run(tmp_path):
    doubted = SMALL.replace("doubt: none\n", "").replace(
        "DE/West: {devices: 5", "DE/West: {devices: 50"
    )
    answer = Experiment(fwsim.loads(doubted.replace("200 MB", "2 GB"))).run(4, workers=1)
    carried = np.array([run.sites.link[2] for run in answer.replications]) * 8e-6
    assert carried.min() < carried.max()
    save_answer(answer, tmp_path)
    for told in (answer, load_answer(tmp_path)):
        ax = figures.load(told, of="West")
        mean, capacity = (line.get_ydata() for line in ax.lines[:2])
        assert max(mean) == pytest.approx(capacity[0], rel=1e-3)
        assert capacity[0] == pytest.approx(carried.mean())
        mesh = figures.site_heat_map(told).collections[0]
        assert mesh.get_array().max() == pytest.approx(1, rel=1e-3)
        plt.close("all")


NEVER = float("inf")


def arrows(ax):
    return [text.xy for text in ax.texts if text.arrow_patch is not None]


def test_an_interval_that_runs_do_not_bound_is_an_arrow_and_names_stand_apart():
    base = [HOUR * (1 + n / 10) for n in range(10)]
    later = [time + HOUR / 2 for time in base[:8]] + [NEVER, NEVER]
    points = [
        figures.PolicyPoint("all at once", difference(TIME, base, base), _around(30, 2)),
        figures.PolicyPoint("one gate", difference(TIME, later, base), _around(5, 2)),
        figures.PolicyPoint("another gate", difference(TIME, later, base), _around(5, 2)),
    ]
    ax = figures.policies(points, devices=400)
    assert [place[0] for place in arrows(ax)] == [1, 1]
    names = [text for text in ax.texts if text.get_text()]
    assert [text.get_text().partition("\n")[2] for text in names] == [
        *("", "not reached in 2 of 10", "not reached in 2 of 10"),
    ]
    boxes = [text.get_window_extent() for text in names]
    assert not boxes[1].overlaps(boxes[2])
    assert "hollow: of the median delay" in ax.get_title(loc="left")
    assert "arrows" in ax.get_xlabel()
    plt.close("all")


def test_of_so_many_runs_a_policy_never_got_there_whether_or_not_the_first_did():
    base = [HOUR * (1 + n / 10) for n in range(9)] + [NEVER]
    later = [time + HOUR / 2 for time in base[:8]] + [NEVER, NEVER]
    ax = figures.policies(
        [figures.PolicyPoint("one gate", difference(TIME, later, base), _around(5, 2))], devices=400
    )
    assert [text.get_text() for text in ax.texts if text.get_text()] == [
        "one gate\nnot reached in 2 of 10"
    ]
    plt.close("all")


def test_a_plan_that_some_runs_never_end_says_so_and_by_what_plans_are_judged():
    often = estimate([HOUR * (1 + n / 10) for n in range(14)] + [NEVER], Unit.DURATION)
    points = [
        figures.PlanPoint(_around(3, 1), _around(2 * HOUR, HOUR), True, True, True),
        figures.PlanPoint(_around(2, 1), often, True, False, False),
    ]
    ax = figures.plans(points, (Measure(Kind.PROMPTS), TIME))
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["never in 1 of 15"]
    legend = " ".join(text.get_text() for text in ax.get_legend().get_texts())
    assert "counts as the horizon" in legend
    plt.close("all")
