"""An axis of the wall clock: idle nights are folded, ticks say weekday and date."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.dates import date2num

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results import figures
from fwsim.results.figures.stretches import idle_stretches, over_steps
from fwsim.results.figures.time_axis import (
    FOLDED_SHARE,
    ClockHands,
    Fold,
    clock_axis,
    in_days,
    labels,
)
from fwsim.results.run.stamps import clock_changes
from tests.results.small_rollout import SMALL, over_a_night, small_answer

mpl.use("Agg")
HOUR = 1 / 24


@pytest.fixture
def ax():
    yield plt.figure().subplots()
    plt.close("all")


def ticks(ax):
    ax.figure.canvas.draw()
    return [text.get_text() for text in ax.get_xticklabels()]


def test_a_night_in_which_nothing_happens_is_idle():
    [(begin, end)] = idle_stretches(over_a_night())
    assert 8 * 3_600_000 < begin < 11 * 3_600_000  # from 18:00 to 21:00
    assert 22.5 * 3_600_000 <= end <= 23 * 3_600_000  # nine o'clock, half an hour for the mean
    assert idle_stretches(small_answer()) == []


def test_a_line_that_is_in_use_is_not_folded():
    answer = over_a_night()
    steps = answer.stages.shape[1] - 1
    assert idle_stretches(answer, np.zeros(steps, bool)) == []
    assert idle_stretches(answer, np.ones(steps, bool)) == idle_stretches(answer)


@pytest.mark.parametrize("draw", [figures.completion, figures.outcomes, figures.load])
def test_it_is_folded_and_said_so(draw):
    ax = draw(over_a_night())
    assert ax.get_xscale() == "function"
    assert any(text.get_text().startswith("hardly anything for 1") for text in ax.texts)
    shown = ticks(ax)
    assert [text for text in shown if "Tue 21 Aug" in text]
    assert not any(text.startswith(("00:", "02:", "04:", "06:")) for text in shown)
    plt.close("all")


@pytest.mark.parametrize(
    ("days", "at", "gap"), [(5, 24, 40), (9, 96, 40), (15, 60, 123), (17, 60, 123)]
)
def test_dates_stand_apart_on_both_sides_of_a_fold(days, at, gap):
    """Of some days, with a fold so many hours after the begin and so many hours long."""
    figure, ax = plt.subplots(figsize=(8.0, 4.2), layout="constrained")
    begin = np.datetime64("2026-10-12T08:00")
    idle = (begin + np.timedelta64(at, "h"), begin + np.timedelta64(at + gap, "h"))
    end = begin + np.timedelta64(24 * days + gap, "h")
    ax.set_xlim(in_days(begin), in_days(end))
    clock_axis(ax, "UTC", [idle], (begin, end))
    assert len(ticks(ax)) > 2
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    boxes.sort(key=lambda box: box.x0)
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    plt.close(figure)


@pytest.mark.parametrize(("shown", "told"), [(1, False), (4, False), (9, True), (12, True)])
def test_a_fold_that_goes_on_beyond_the_axis_is_told_inside_or_not_at_all(ax, shown, told):
    """A fold of 10 h, of which so many are shown."""
    begin = np.datetime64("2026-10-12T08:00")
    fold = (begin + np.timedelta64(4, "h"), begin + np.timedelta64(14, "h"))
    end = fold[0] + np.timedelta64(shown, "h")
    ax.set_xlim(in_days(begin), in_days(end))
    clock_axis(ax, "UTC", [fold], (begin, begin + np.timedelta64(30, "h")))
    ax.figure.canvas.draw()
    said = [text.get_window_extent() for text in ax.texts]
    assert len(said) == told
    inside = ax.get_window_extent()
    assert all(inside.x0 < (box.x0 + box.x1) / 2 < inside.x1 for box in said)


edges = st.lists(st.floats(0.01, 5.0), min_size=2, max_size=20)


def test_a_coarse_step_is_idle_if_all_its_hours_are():
    hours = np.array([True, True, True, False, True])
    assert over_steps(hours, 60, 120).tolist() == [True, False, True]
    assert over_steps(hours, 60, 30).tolist() == np.repeat(hours, 2).tolist()
    assert over_steps(hours, 60, 60).tolist() == hours.tolist()


@given(edges)
def test_a_fold_keeps_the_order_and_can_be_undone(gaps):
    times = np.cumsum(gaps)
    pairs = list(zip(times[1:-1:2].tolist(), times[2::2].tolist(), strict=False))
    fold = Fold(0.0, float(times[-1]), pairs)
    looked_at = np.linspace(-1, times[-1] + 1, 200)
    places = fold.to_place(looked_at)
    assert (np.diff(places) > 0).all()
    assert np.allclose(fold.to_time(places), looked_at)


def test_each_fold_takes_its_share_of_the_axis():
    fold = Fold(0.0, 4.0, [(0.5, 1.5), (2.0, 3.9)])
    ends = fold.to_place(np.array([0.0, 4.0, 0.5, 1.5]))
    assert (ends[3] - ends[2]) / (ends[1] - ends[0]) == pytest.approx(FOLDED_SHARE)


def test_the_first_tick_of_a_day_names_it():
    midnight = in_days(np.datetime64("2021-09-25"))
    assert labels([midnight - 2 * HOUR, midnight, midnight + 2 * HOUR]) == [
        "22:00\nFri 24 Sep",
        "00:00\nSat 25 Sep",
        "02:00",
    ]
    assert labels([midnight, midnight + 1]) == ["Sat 25 Sep", "Sun 26 Sep"]


@pytest.mark.parametrize("hours", [0.1, 0.2, 1, 5, 20, 70, 300, 3000, 30_000])
def test_ticks_are_few_and_apart_whatever_the_span(ax, hours):
    begin = np.datetime64("2021-09-24T15:37")
    span = np.array([begin, begin + np.timedelta64(round(hours * 3600), "s")])
    ax.plot(span, [0, 1])
    ax.set_xlim(*span)
    clock_axis(ax, "UTC")
    shown = ticks(ax)
    assert 2 <= len(shown) <= 12
    places = sorted(label.get_window_extent().x0 for label in ax.get_xticklabels())
    assert min(np.diff(places)) > 20


def test_days_are_those_of_matplotlib():
    at = np.datetime64("2021-09-24T15:37:01")
    assert in_days(at) == pytest.approx(date2num(at))


def in_a_night_of(day, at="01:30"):
    """Return a rollout in a night in which clocks may be set."""
    small = SMALL.replace("start: 2018-08-20 10:00", f"start: {day} 00:00")
    return fwsim.loads(small.replace("once: 2018-08-20 11:00", f"once: {day} {at}"))


@pytest.fixture(scope="module")
def set_back():
    return Experiment(in_a_night_of("2021-10-31")).run(3, workers=1)


def test_where_clocks_are_set_back_a_figure_goes_on(set_back):
    ax = figures.completion(set_back)
    assert (np.diff(ax.lines[0].get_xdata().astype(np.int64)) >= 0).all()
    shown = ticks(ax)
    assert shown[0].startswith("01:30")
    twice = [text.replace("\n", " ") for text in shown if text.startswith("02:00")]
    assert twice == ["02:00 +02:00", "02:00 +01:00"]
    plt.close("all")


def test_every_hour_of_the_long_night_has_its_width(set_back):
    ax = figures.site_heat_map(set_back)
    mesh = ax.collections[0]
    widths = np.diff(mesh.get_coordinates()[0, :, 0].astype(float))
    assert np.allclose(widths, HOUR)
    ax = figures.prompts_by_hour(set_back)
    begins = [bar.get_x() for bar in ax.patches]
    assert min(np.diff(begins)) == pytest.approx(HOUR)
    plt.close("all")


@pytest.mark.parametrize(
    ("day", "after", "offsets"),
    [("2021-10-31", [3], [2, 1]), ("2021-03-28", [2], [1, 2]), ("2021-06-01", [], [2])],
)
def test_it_is_known_when_clocks_are_set(day, after, offsets):
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    clock = SimpleNamespace(start=start, zone=start.tzinfo)
    changes, found = clock_changes(clock, 12 * 3_600_000)
    assert [change / 3_600_000 for change in changes] == after
    assert [offset / 3_600_000 for offset in found] == offsets


def test_ticks_are_even_on_the_clock_after_it_was_set():
    midnight = in_days(np.datetime64("2021-10-31"))
    back = ClockHands([midnight + 3 * HOUR], [7_200_000, 3_600_000])
    places = back.even(midnight, midnight + 25 * HOUR, 6 * HOUR)
    assert [text[:5] for text in labels(places.tolist(), back)] == [
        *("00:00", "06:00", "12:00", "18:00", "00:00"),
    ]
    hours = back.even(midnight, midnight + 5 * HOUR, HOUR)
    assert labels(hours.tolist(), back)[1:] == [
        *("01:00", "02:00\n+02:00", "02:00\n+01:00", "03:00", "04:00"),
    ]


def test_the_hour_that_is_left_out_in_spring_has_no_tick():
    midnight = in_days(np.datetime64("2021-03-28"))
    forward = ClockHands([midnight + 2 * HOUR], [3_600_000, 7_200_000])
    hours = forward.even(midnight, midnight + 4 * HOUR, HOUR)
    assert [text.partition("\n")[0] for text in labels(hours.tolist(), forward)] == [
        *("00:00", "01:00", "03:00", "04:00", "05:00"),
    ]


def test_bars_of_a_device_do_not_run_back_where_its_clock_is_set_back():
    log = fwsim.simulate(in_a_night_of("2021-10-31", at="02:30")).log
    assert log["time"].str.slice(23).nunique() == 2
    ax = figures.gantt(log)
    assert min(bar.get_width() for bar in ax.patches) >= 0
    assert not any(text.startswith("03:00") for text in ticks(ax)[:2])
    plt.close("all")
