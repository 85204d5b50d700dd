"""Figures look as they did when a person last looked at them (tests/results/baseline)."""

from __future__ import annotations

import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import dates as mdates
from matplotlib import pyplot as plt
from matplotlib.testing.compare import compare_images

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.messages import speaking
from fwsim.results import figures
from fwsim.results.figures.alt_text import alt_text
from fwsim.results.figures.products import ProductAnswer, products
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.output.report_figures import people
from fwsim.results.output.saved_setting import read_setting
from fwsim.results.run.stages import STAGES, Stage
from tests.results.figures import BASELINE, FIGURES, draw
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


@pytest.mark.parametrize(("days", "hours"), [(9, 1), (100, 2), (365, 6)])
def test_notices_are_told_by_the_hour_or_by_the_coarser_step_of_a_long_horizon(days, hours):
    answer = Experiment(fwsim.loads(SMALL.replace("horizon: 12 h", f"horizon: {days} d")))
    ax = figures.prompts_by_hour(answer := answer.run(2, workers=1))
    told = "Notices by hour", "notices an hour"
    if hours > 1:
        told = f"Notices per {hours} h", f"notices per {hours} h"
    assert (ax.get_title(loc="left").partition(",")[0], ax.get_ylabel()) == told
    assert {round(bar.get_width() * 24, 6) for bar in ax.patches} == {0.9 * hours}
    counted = sum(bar.get_height() for bar in ax.patches)
    assert counted == pytest.approx(np.mean(answer.values("prompts")))
    assert people(answer)[0].title == told[0]
    plt.close("all")


@pytest.mark.parametrize(("runs", "told"), [(2, "Range of 2 runs"), (19, "9 rollouts in 10")])
def test_over_notices_by_hour_stands_where_the_next_rollout_lies(runs, told):
    answer = Experiment(fwsim.loads(SMALL)).run(runs, workers=1)
    ax = figures.prompts_by_hour(answer)
    (ranges,) = ax.containers[1].lines[2]
    drawn = [segment[:, 1].tolist() for segment in ranges.get_segments()]
    by_hour = answer.prompts_by_hour()
    assert drawn == by_hour[["range_low", "range_high"]].to_numpy().tolist()
    assert any(low < high for low, high in drawn)
    (label,) = ax.get_legend().get_texts()
    assert label.get_text() == f"{told}, each bar by itself"
    ax.figure.draw_without_rendering()
    below = ax.get_legend().get_window_extent().transformed(ax.transData.inverted()).y0
    assert below >= max(high for _, high in drawn)
    plt.close("all")


@pytest.mark.parametrize(
    ("of", "days", "told"),
    [
        ("repository", 0.5, "Mbit/s, mean over 1 min"),
        ("repository", 9, "Mbit/s, mean over 10 min"),
        ("workers", 9, "% busy, mean over 10 min"),
        ("West", 0.5, "Mbit/s, mean over 1 h"),
    ],
)
def test_a_load_says_over_how_long_it_is_a_mean(of, days, told):
    text = SMALL.replace("horizon: 12 h", f"horizon: {round(24 * days)} h")
    answer = Experiment(fwsim.loads(text)).run(1, workers=1)
    assert figures.load(answer, of=of).get_ylabel() == told
    plt.close("all")


def test_notices_of_one_hour_leave_room_beside_them():
    text = SMALL.replace("defer: 30 %, ", "")
    answer = Experiment(fwsim.loads(text)).run(2, workers=1)
    ax = figures.prompts_by_hour(answer)
    (bar,) = [patch for patch in ax.patches if patch.get_height()]
    left, right = ax.get_xlim()
    assert left < bar.get_x()
    assert (right - left) * 24 == pytest.approx(3)
    plt.close("all")


@pytest.mark.parametrize("busy", ["", ", busy: {mon-fri 08:00-18:00: 40 %}"])
def test_a_line_that_others_use_too_is_not_called_free_for_updates(busy):
    text = SMALL.replace("link: 2 Mbit/s", f"link: 2 Mbit/s{busy}")
    answer = Experiment(fwsim.loads(text)).run(1, workers=1)
    setting = read_setting(answer.setting.as_data())
    assert setting == answer.setting
    ax = figures.load(answer, of="West")
    (told,) = (line.get_label() for line in ax.lines if "capacity" in str(line.get_label()))
    assert told == ("capacity, what others take included" if busy else "capacity")
    for ax in (figures.load(answer), figures.load(answer, of="North")):  # nobody else uses these
        assert "capacity" in [line.get_label() for line in ax.lines]
    before = answer.setting.as_data()  # what an earlier fwsim saved
    before.pop("shared_lines", None)
    assert read_setting(before) == replace(answer.setting, shared_lines=())
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


IN_A_MINUTE = """\
zone: UTC
start: 2026-12-31 23:59
image: {name: A.idf, packages: [{name: baseos, size: 1 MB}]}
fleet: {units: {DE: {devices: 30}}}
network: {sites: {default: {link: 1 Gbit/s}}}
commands: [{update: DE, once: 2026-12-31 23:59}]
assumptions: {restart_time: 5 s}
"""


def _levels_at(ax, times, stamp):
    at = np.searchsorted(times, mdates.date2num(np.datetime64(stamp)), side="right") - 1
    return np.asarray(ax.lines[0].get_ydata())[at]


def test_a_curve_of_few_points_tells_what_was_between_them(tmp_path):
    """All is over 20 s after the command; the grid of a week has its next point after 10 min."""
    answer = Experiment(fwsim.loads(IN_A_MINUTE)).run(4, workers=1)
    ax = figures.completion(answer)
    times = np.asarray(ax.lines[0].get_xdata(orig=False))
    assert _levels_at(ax, times, "2026-12-31T23:59:05") < 0.1
    assert _levels_at(ax, times, "2026-12-31T23:59:55") == 1
    pending = {t.get_position()[0]: t.get_text() for t in ax.texts if "pending" in t.get_text()}
    assert set(pending.values()) == {"0 pending"}
    plt.close(ax.figure)
    save_answer(answer, tmp_path)
    for draw_it in (figures.completion, figures.outcomes):
        ax = draw_it(load_answer(tmp_path))
        assert ax.get_title(loc="left").endswith("as it was every 10 min")
        plt.close(ax.figure)
    assert figures.completion(load_answer(tmp_path)).lines[0].get_drawstyle() == "steps-post"
    plt.close("all")


def test_forecasts_of_few_points_go_in_steps():
    answer = Experiment(fwsim.loads(IN_A_MINUTE)).run(2, workers=1)
    ax = figures.hindsight({"before": answer})
    assert {line.get_drawstyle() for line in ax.lines if len(line.get_xdata()) > 2} == {
        "steps-post"
    }
    assert ax.get_title(loc="left").endswith("as it was every 10 min")
    plt.close(ax.figure)


def _long_lines(ax):
    return [line for line in ax.lines if len(line.get_xdata()) > 2]


def test_a_rollout_under_way_and_products_climb_when_it_happens_and_not_before(tmp_path):
    """The update comes 10 min before a point of the grid, and all is over after 20 s."""
    text = IN_A_MINUTE.replace("once: 2026-12-31 23:59", "once: 2027-01-01 00:09")
    answer = Experiment(fwsim.loads(text)).run(4, workers=1)
    save_answer(answer, tmp_path)
    seen = figures.Seen(np.array([], np.int64), 30, 601_000, np.zeros(answer.runs))
    drawn = [
        (figures.under_way(answer, answer, seen), 86_400),
        (products([ProductAnswer("scout", answer)]), 3_600),
    ]
    for ax, seconds in drawn:
        curves = [line for line in _long_lines(ax) if line.get_label() != "as it went"]
        for times, shares in (map(np.asarray, line.get_data(orig=False)) for line in curves):
            (place,) = np.flatnonzero(shares == 1)[:1]
            assert (times[place] - times[0]) * seconds < 25
            assert len(times) > 500
    plt.close("all")
    again = load_answer(tmp_path)
    ax = figures.under_way(again, again, seen)
    assert {line.get_drawstyle() for line in _long_lines(ax)} == {"steps-post"}
    assert ax.get_title(loc="left").endswith("as it was every 10 min")
    ax = products([ProductAnswer("scout", again)])
    assert {line.get_drawstyle() for line in _long_lines(ax)} == {"steps-post"}
    assert ax.get_title(loc="left").endswith("as it was every 10 min")
    plt.close("all")


@pytest.mark.parametrize(
    ("kind", "language", "told"),
    [
        ("update", "en", "minutes after the update is first due"),
        ("delivery", "en", "minutes after the delivery is first due"),
        ("uefi_update", "en", "minutes after the UEFI update is first due"),
        ("delivery", "de", "Minuten ab der ersten Fälligkeit der Auslieferung"),
    ],
)
def test_times_are_told_from_when_what_counts_is_due(kind, language, told):
    answer = Experiment(fwsim.loads(IN_A_MINUTE.replace("{update:", f"{{{kind}:"))).run(
        2, workers=1
    )
    with speaking(language):
        assert figures.time_to(answer).get_xlabel() == told
    plt.close("all")


def test_a_device_that_is_under_way_in_some_runs_is_pending():
    text = IN_A_MINUTE.replace("devices: 30", "devices: 1").replace("1 Gbit/s", "8 kbit/s")
    text = text.replace("1 MB", "600 kB")
    answer = Experiment(fwsim.loads(text + "faults: {idf: 0 %}\n")).run(12, workers=1)
    ax = figures.completion(answer)
    pending = answer.stages[: STAGES.index(Stage.SUCCESSFUL)].sum(axis=0)
    told = [label.get_text() for label in ax.texts]
    assert ((pending > 0) & (pending < 1)).any()
    assert "under 1 pending" in told
    in_words = alt_text(figures.completion(answer).figure).split("; ")
    pending = [part for part in in_words if "pending" in part]
    assert len(pending) == sum("pending" in text for text in told) > 2
    assert all(re.fullmatch(r"\w{3} \d+ \w{3} \d{4} \d\d:\d\d: .* pending", p) for p in pending)
    plt.close(ax.figure)


def test_a_line_is_as_full_in_the_part_of_an_hour_that_is_drawn_as_it_was():
    text = SMALL.replace("once: 2018-08-20 11:00", "once: 2018-08-20 11:30")
    text = text.replace("inform_user: 5 min, user_can_cancel: true,", "")
    answer = Experiment(fwsim.loads(text.replace("12 h", "110 min"))).run(2, workers=1)
    ax = figures.load(answer, of="West")
    (begin, end), (rate, _) = ax.lines[0].get_xdata(orig=False)[:2], ax.lines[0].get_ydata()[:2]
    shown = [mdates.num2date(at).strftime("%H:%M") for at in (begin, end)]
    assert shown == ["11:30", "11:50"]
    assert rate == pytest.approx(2.0, rel=0.02)  # a line of 2 Mbit/s, full from the command on
    assert ax.get_ylabel() == "Mbit/s, mean over up to 1 h"
    plt.close("all")


@pytest.mark.parametrize("stop", [None, 110 * 60_000])
def test_an_hour_that_is_cut_short_is_as_full_as_it_was_until_then(stop):
    text = SMALL.replace("inform_user: 5 min, user_can_cancel: true,", "")
    text = text if stop else text.replace("12 h", "110 min")
    answer = Experiment(fwsim.loads(text)).run(2, workers=1, stop_at=stop)
    mesh = figures.site_heat_map(answer, most=1).collections[0]
    assert mesh.get_array().ravel()[-1] == pytest.approx(1.0, rel=0.02)
    ends = [ax.get_xlim()[1] for ax in (mesh.axes, figures.load(answer, of="West"))]
    assert [mdates.num2date(end).strftime("%H:%M") for end in ends] == ["11:50", "11:50"]
    (rates,) = {line.get_ydata()[-1] for line in plt.gca().lines if line.get_label() == "mean"}
    assert rates == pytest.approx(2.0, rel=0.02)
    plt.close("all")


def test_of_a_line_that_others_use_too_the_map_shows_what_updates_take():
    """It is full at half of its rate, so no title may call that how full it was."""
    text = SMALL.replace(
        "West: {link: 2 Mbit/s}", "West: {link: 2 Mbit/s, busy: {mon-fri 00:00-24:00: 50 %}}"
    )
    text = text.replace("inform_user: 5 min, user_can_cancel: true,", "")
    ax = figures.site_heat_map(Experiment(fwsim.loads(text)).run(2, workers=1), most=1)
    assert ax.collections[0].get_array().max() == pytest.approx(0.5, rel=0.02)
    assert ax.get_title("left") == (
        "What updates took of the lines, mean of 2 runs; the 1 of 3 sites with the most"
    )
    plt.close("all")
