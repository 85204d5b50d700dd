"""Numbers, names and notes in figures are written as tables and the language write them."""

from __future__ import annotations

import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import dates as mdates
from matplotlib import pyplot as plt

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.measures.amounts import shown_duration
from fwsim.messages import speaking
from fwsim.results import figures
from fwsim.results.figures.alt_text import alt_text
from fwsim.results.figures.look import legend_over, per_cent, tidy
from tests.results.figures import HOUR
from tests.results.small_rollout import SMALL, small_answer

mpl.use("Agg")


@pytest.mark.parametrize(
    ("speech", "told"),
    [("en", ["−2,000", "0", "12,000"]), ("de", ["−2 000", "0", "12 000"])],
)
def test_an_axis_writes_thousands_as_tables_do(speech, told):
    with speaking(speech):
        ax = tidy(plt.figure().add_subplot(), "Devices")
        ax.set_yticks([-2000, 0, 12000])
        written = [label.get_text() for label in ax.get_yticklabels()]
    assert [text.replace("\xa0", " ") for text in written] == told
    plt.close("all")


def test_an_axis_leaves_decimals_alone():
    ax = tidy(plt.figure().add_subplot(), "Shares")
    ax.set_yticks([0.12345, 0.5])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0.1235", "0.5000"]
    plt.close("all")


def test_the_first_tick_of_an_axis_has_its_date_though_it_begins_a_moment_later():
    from fwsim.results.figures.time_axis import clock_axis, in_days

    figure, ax = plt.subplots()
    begin = np.datetime64("2018-08-20T22:00:00.100")
    ax.set_xlim(in_days(begin), in_days(begin + np.timedelta64(14, "m")))
    clock_axis(ax, "Europe/Berlin")
    figure.canvas.draw()
    drawn = [tick.label1.get_text() for tick in ax.xaxis._update_ticks()]
    assert drawn[0] == "22:00\nMon 20 Aug"
    plt.close("all")


def test_a_delivery_before_the_command_is_drawn_from_when_it_came():
    text = SMALL.replace("commands: [", "commands: [{delivery: DE/West, once: 2018-08-20 10:30},")
    ax = figures.load(Experiment(fwsim.loads(text)).run(2, workers=1), of="West")
    assert mdates.num2date(ax.get_xlim()[0]).strftime("%H:%M") == "10:30"
    assert ax.lines[0].get_ydata()[0] == pytest.approx(2.0, rel=0.02)
    plt.close("all")


LONG = "Zweigstelle-Muenchen-Schwanthalerhoehe-Verwaltungsgebaeude-"


def test_long_names_leave_the_picture_whole():
    text = SMALL.replace("North", f"{LONG}North").replace("South", f"{LONG}South")
    text = text.replace("Three offices", "Offices of the Ministry of Very Long Names " * 3)
    scenario = fwsim.loads(text)
    answer = Experiment(scenario).run(2, workers=1)
    seen = figures.Seen(np.array([], np.int64), 40, HOUR, np.zeros(answer.runs))
    drawn = [
        figures.gantt(fwsim.simulate(scenario).log),
        figures.load(answer, of=f"{LONG}North"),
        figures.site_heat_map(answer),
        figures.under_way(answer, answer, seen),
        figures.hindsight({answer.setting.name: answer}, answer),
    ]
    for ax in drawn:
        ax.figure.canvas.draw()
        box, whole = ax.get_tightbbox(), ax.figure.bbox
        assert whole.x0 <= box.x0 + 1
        assert box.x1 - 1 <= whole.x1
    assert any(label.get_text().endswith("South") for label in drawn[2].get_yticklabels())
    plt.close("all")


def test_no_time_is_drawn_where_none_needs_the_update_or_gets_it():
    needless = Experiment(
        fwsim.loads(
            SMALL.replace("old.idf: 80 %, new.idf: 20 %", "new.idf: 100 %").replace(
                "installed: old.idf", "installed: new.idf"
            )
        )
    )
    failing = Experiment(fwsim.loads(SMALL.replace("installation: 5 %", "idf: 100 %")))
    drawn = {
        "no device needs the update in any run": figures.time_to(needless.run(20, workers=1)),
        "no device was successful in any run": figures.time_spent(failing.run(2, workers=1)),
    }
    for told, ax in drawn.items():
        assert [text.get_text() for text in ax.texts] == [told]
        assert not ax.lines
        assert not ax.patches
    plt.close("all")


@pytest.mark.parametrize(("language", "half"), [("de", "50\u00a0%"), ("en", "50\u00a0%")])
def test_shares_on_an_axis_are_written_as_the_language_writes_them(language, half):
    with speaking(language):
        formatter = figures.completion(small_answer()).yaxis.get_major_formatter()
    assert formatter.format_pct(0.5, 1) == half
    plt.close("all")


def _tick_labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


@pytest.mark.parametrize(
    ("highest", "language", "labels"),
    [
        (1.0, "en", ["0\u00a0%", "20\u00a0%", "40\u00a0%"]),
        (0.2, "en", ["0.0\u00a0%", "2.5\u00a0%", "5.0\u00a0%"]),
        (0.0013, "en", ["0.00\u00a0%", "0.02\u00a0%", "0.04\u00a0%"]),
        (0.0013, "de", ["0,00\u00a0%", "0,02\u00a0%", "0,04\u00a0%"]),
        (1e-8, "en", ["0.0000000\u00a0%", "0.0000002\u00a0%", "0.0000004\u00a0%"]),
    ],
)
def test_ticks_of_small_shares_are_told_apart(highest, language, labels):
    with speaking(language):
        _, ax = plt.subplots()
        ax.barh([0], [highest])
        ax.set_xlim(left=0)
        per_cent(ax, "x")
        assert _tick_labels(ax.xaxis)[:3] == labels
    plt.close("all")


def test_every_number_on_an_axis_has_the_comma_of_its_language():
    with speaking("de"):
        ax = figures.time_to(small_answer(), share=0.5)
        ax.set_xlim(0, 0.5)
        mesh = figures.site_heat_map(small_answer())
        mesh.figure.canvas.draw()
        ax.figure.canvas.draw()
        assert "0,1" in _tick_labels(ax.xaxis)
        assert "20\u00a0%" in _tick_labels(mesh.figure.axes[-1].yaxis)
    plt.close("all")


def test_stages_and_what_is_loaded_speak_german():
    with speaking("de"):
        stages = [
            label.get_text() for label in figures.time_spent(small_answer()).get_yticklabels()
        ]
        loads = [
            figures.load(small_answer(), of=of).get_title("left") for of in ("workers", "West")
        ]
    assert {"Gefragt", "Installieren"} <= set(stages)
    assert loads == ["Last: Arbeitsprozesse des Servers, 6 Läufe", "Last: West, 6 Läufe"]
    plt.close("all")


@pytest.mark.parametrize(("place", "up"), [("upper right", 0.92), ("lower right", 0.08)])
def test_no_legend_hides_how_long_a_fold_at_the_end_is(place, up):
    from fwsim.results.figures.time_axis import clock_axis

    ax = plt.figure(figsize=(8, 2.4)).add_subplot()
    begin, quiet, end = (np.datetime64(f"2018-08-20T{at}") for at in ("10:00", "12:00", "23:00"))
    ax.plot(np.array([begin, end]), [1, 2], label="what is drawn")
    ax.set_xlim(begin, end)
    clock_axis(ax, "Europe/Berlin", [(quiet, end)], (begin, end))
    legend_over(ax, place, up=up)
    ax.figure.canvas.draw()
    (fold,) = ax.texts
    assert fold.get_text() == "hardly anything for 11 h"
    assert not fold.get_window_extent().overlaps(ax.get_legend().get_window_extent())
    plt.close("all")


def test_of_nobody_no_curve_says_that_none_was_successful():
    text = SMALL.replace("{update: DE,", "{update: Empty,")
    text = text.replace("    DE/North:", "    Empty: {devices: 0}\n    DE/North:")
    answer = Experiment(fwsim.loads(text)).run(2, workers=1)
    for draw_it in (figures.completion, figures.time_to):
        ax = draw_it(answer)
        assert not ax.lines
        assert [one.get_text() for one in ax.texts] == ["In each of 2 runs no device is targeted"]
    assert ax.get_title("left") == "Time to 95 %"
    plt.close("all")


def test_what_is_beside_a_row_is_told_with_its_name():
    table = small_answer().time_spent().set_index("stage")
    told = alt_text(figures.time_spent(small_answer()).figure)
    for stage, (every, last) in table[["all (min)", "last 5 % (min)"]].iterrows():
        times = f"{shown_duration(every * 60_000)}, {shown_duration(last * 60_000)}"
        assert f"; {stage}: {times}" in told
    plt.close("all")


def test_a_line_of_a_heat_map_is_told_with_its_fullest_hour():
    ax = figures.site_heat_map(small_answer())
    mesh, told = ax.collections[0], alt_text(ax.figure)
    shares = np.asarray(mesh.get_array())
    names = [one.get_text() for one in ax.get_yticklabels()]
    assert names == ["West", "South", "North"]
    rows = [f"{n}: at most {100 * row.max():.1f} %" for n, row in zip(names, shares, strict=True)]
    assert all(f"; {row}, at Mon 20 Aug 2018 " in told for row in rows)
    begins = mesh.get_coordinates()[0, :-1, 0]
    at = mdates.num2date(begins[shares[0].argmax()])  # as the clock on the wall has it
    assert f"{rows[0]}, at {at:%a} 20 Aug 2018 {at:%H:%M}" in told
    plt.close("all")


def test_a_kind_of_people_is_told_with_its_busiest_hour():
    ax = figures.prompts_by_people(small_answer())
    most = np.asarray(ax.collections[0].get_array()).max()
    assert re.search(rf": at most {most:g}\d* notices?, at \w+ 20 Aug 2018", alt_text(ax.figure))
    plt.close("all")


def test_a_figure_of_one_run_tells_of_no_mean_and_no_seconds():
    one = small_answer(1)
    drawn = (figures.outcomes, figures.site_heat_map, figures.time_spent, figures.prompts_by_hour)
    titles = [draw(one).get_title("left") for draw in drawn]
    assert [title.rpartition(", ")[2] for title in titles] == ["one run"] * 4
    for ax in (figures.completion(one), figures.load(one)):
        named = [text.get_text() for text in ax.get_legend().get_texts()]
        assert named[0] == "one run"
    low, high = figures.time_to(one, share=0.5).get_xlim()
    assert high - low >= 1  # minutes, of some five
    plt.close("all")


def test_a_load_of_nothing_says_so():
    ax = figures.load(small_answer(), of="providers")
    assert [text.get_text() for text in ax.texts] == ["nothing was carried"]
    assert not len(ax.get_xticks())
    plt.close("all")
