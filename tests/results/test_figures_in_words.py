"""What a figure shows, in words: for a report's readers who do not see it, and in notebooks."""

from __future__ import annotations

import io
from types import SimpleNamespace

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

from fwsim.measures.amounts import shown_duration
from fwsim.messages import speaking
from fwsim.results import figures
from fwsim.results.figures.alt_text import alt_text, in_html, tell_in_notebooks
from fwsim.results.output.report_figures import why
from tests.results.small_rollout import small_answer

mpl.use("Agg")


def test_what_a_figure_shows_is_told_where_a_notebook_shows_it():
    ax = figures.completion(small_answer())
    shown = in_html(ax.figure)
    assert 'alt="Successful devices, 6 runs; of the targeted devices; ' in shown, shown[:400]
    ax.set_title('<b>&"', loc="left")
    assert 'alt="&lt;b&gt;&amp;&quot;;' in in_html(ax.figure)
    assert in_html(plt.figure()) is None  # of somebody else
    ax.figure.clear()
    assert in_html(ax.figure) is None  # nothing is left
    plt.close("all")


def test_a_figure_of_the_report_is_told_in_words_to_whoever_does_not_see_it():
    """Its title is its caption's, too: what is written in it has to come with it."""
    (spent, _), table = why(small_answer()), small_answer().time_spent().set_index("stage")
    told = spent.as_data()["alt"]
    assert told.startswith("Where the time went: ")
    late = shown_duration(table.loc["transferring", "last 5 % (min)"] * 60_000)
    assert f", {late};" in told.partition("; transferring: ")[2]


def test_a_notebook_shows_a_figure_in_the_form_that_it_is_told(monkeypatch):
    forms = {"image/png": SimpleNamespace(lookup={}.__getitem__)}
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters=forms))
    figure = figures.completion(small_answer()).figure
    monkeypatch.setattr("fwsim.results.figures.alt_text._shell", lambda: shell)
    assert in_html(figure) is None  # as SVG, say
    twice = ("PNG", {"width": 800, "height": 400})
    forms["image/png"].lookup = lambda _: lambda _: twice
    assert ' width="800" alt="Successful' in in_html(figure)
    assert in_html(figure).endswith(' src="data:image/png;base64,PNG">')
    plt.close("all")


def test_a_notebook_keeps_a_figure_once_and_those_of_others_as_ever(monkeypatch):
    """Any figure is told that is asked for: the height of each bar by its name."""
    formatters = pytest.importorskip("IPython.core.formatters")
    shown = formatters.DisplayFormatter()
    shown.formatters["image/png"].for_type(plt.Figure, lambda _: "PNG")
    monkeypatch.setattr(
        "fwsim.results.figures.alt_text._shell", lambda: SimpleNamespace(display_formatter=shown)
    )
    own, other = plt.figure(), plt.figure()
    for figure in (own, other):
        ax = figure.add_subplot()
        ax.bar([0, 1], [1234.5, 2], label="notice of 1 min")
        ax.set_xticks([0, 1], ["prompts", "cancels"])
    for _ in range(2):
        tell_in_notebooks(own)
    (told, _), (as_ever, _) = shown.format(own), shown.format(other)
    assert told.keys() == {"text/plain", "text/html"}
    assert as_ever.keys() == {"text/plain", "image/png"}
    assert 'alt="notice of 1 min: prompts 1,234.5, cancels 2" src="' in told["text/html"]
    assert told["text/html"].endswith(',PNG">')
    plt.close("all")


def test_the_heights_of_bars_are_told_as_the_language_writes_numbers():
    ax = plt.figure().add_subplot()
    ax.bar([0], [1234.5])
    ax.set_xticks([0], ["x"])
    with speaking("de"):
        assert alt_text(ax.figure) == "x 1 234,5"
    plt.close("all")


def test_a_saved_figure_has_no_trace_of_how_a_notebook_shows_it():
    figure, file = figures.completion(small_answer()).figure, io.StringIO()
    figure.savefig(file, format="svg")
    assert '<g id="figure_1">' in file.getvalue()
    plt.close("all")
