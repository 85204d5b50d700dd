"""Limits, ranges and what was forecast lie in figures where they hold."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results import figures
from fwsim.results.figures.under_way import _limits_of
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from tests.results.figures import HOUR
from tests.results.small_rollout import SMALL, small_answer

mpl.use("Agg")


def test_a_limit_of_those_that_need_the_update_lies_where_their_curve_gets_to():
    answer = small_answer()
    seen = figures.Seen(np.array([], np.int64), 40, 2 * 3_600_000, np.zeros(answer.runs))
    ax = figures.under_way(answer, answer, seen)
    (mark,) = (line for line in ax.lines if line.get_marker() == "v")
    in_need = 1 - answer.estimate("outcome not necessary").value
    assert in_need < 0.95
    assert mark.get_ydata() == pytest.approx([0.95 * in_need])
    assert mark.get_label() == "limit: 95 % of those that need it"
    plt.close("all")


def test_an_upper_limit_is_a_wall_from_above_and_called_so():
    upper = '{successful by 2018-08-20 12:00: "<= 50 %"}, {time to 90 % of targeted: ">= 2 h"}'
    text = SMALL.replace('{successful: ">= 50 %"}', upper)
    answer = Experiment(fwsim.loads(text)).run(2, workers=1)
    seen = figures.Seen(np.array([], np.int64), 40, HOUR, np.zeros(answer.runs))
    ax = figures.under_way(answer, answer, seen)
    marks = [(line.get_label(), *line.get_ydata()) for line in ax.lines if line.get_marker() == "^"]
    assert marks == [("upper limit", 0.5), ("upper limit", 0.9)]
    walls = [list(line.get_ydata()) for line in ax.lines if line.get_linestyle() == ":"]
    assert [0.5, 1.0] in walls
    assert [0.9, 1.0] in walls
    assert sum(line.get_marker() == "v" for line in ax.lines) == 1
    plt.close("all")


def test_a_limit_at_a_time_that_the_clocks_skip_lies_where_they_jump():
    night = SMALL.replace("2018-08-20 10:00", "2026-03-29 00:30")
    night = night.replace("2018-08-20 11:00", "2026-03-29 01:00")
    night = night.replace('{successful: ">= 50 %"}', '{successful by 2026-03-29 02:30: ">= 50 %"}')
    answer = Experiment(fwsim.loads(night)).run(2, workers=1)
    (at,) = (limit.at for limit in _limits_of(answer, 0) if limit.name == "limit")
    assert at == 90 * 60_000


def test_a_range_that_runs_do_not_bound_goes_on_to_the_edge():
    answer = small_answer()
    assert 0 < answer.forecast("time to 90 %").missed < answer.runs
    ax = figures.time_to(answer, share=0.9)
    ax.figure.canvas.draw()
    (band,) = ax.patches
    assert band.get_x() + band.get_width() == pytest.approx(ax.get_xlim()[1])
    assert any(text.arrow_patch is not None for text in ax.texts)
    plt.close("all")


def test_what_was_said_of_a_night_in_which_clocks_are_set_lies_on_a_clock_that_is_not():
    begin, change, hour = 1_635_631_200_000.0, 1_635_649_200_000.0, 3_600_000
    said = tuple(
        figures.SaidThen(name, *(begin + hours * HOUR for hours in ends))
        for name, ends in {"1: before": (0, 2, 6), "2: Sun 00:00": (1, 3, 5)}.items()
    )
    track = figures.Track(
        "time to 95 %", "wall clock, Europe/Berlin", is_time=True, is_share=False, said=said,
        came=begin + 3.5 * HOUR, changes=(change,), offsets=(2 * hour, hour),
    )  # fmt: skip
    ax = figures.forecasts_so_far(track)
    ax.figure.canvas.draw()
    told = [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]
    assert [text for text in told if "02:00" in text] == ["02:00 +02:00", "02:00 +01:00"]
    steps = np.diff(ax.get_yticks())
    assert steps == pytest.approx([1 / 24] * len(steps))
    plt.close("all")


def test_hindsight_shows_each_forecast_with_its_band_and_what_came_of_it():
    answer = small_answer()
    ax = figures.hindsight({"before": answer, "after": answer}, answer)
    told = [text.get_text() for text in ax.get_legend().get_texts()]
    few = f"all {answer.runs} runs, at each time"
    assert told == [f"before: {few}", f"after: {few}", "what then happened"]
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
