"""Pictures that set plans and policies side by side."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib import pyplot as plt

from fwsim.measures.catalogue import Kind, Unit
from fwsim.measures.measure import Measure
from fwsim.messages import speaking
from fwsim.results import figures
from fwsim.results.figures.policies import _bars
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.estimate import estimate
from tests.results.figures import HOUR, TIME, _around

mpl.use("Agg")


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


def test_names_of_policies_stand_beside_the_intervals_not_on_them():
    """Two at nearly one place; the interval of a third runs past just above them."""
    base = [HOUR * (1 + n / 10) for n in range(10)]

    def later(by, spread):
        return difference(TIME, [t + by * (1 + spread * (n % 2)) for n, t in enumerate(base)], base)

    points = [
        figures.PolicyPoint("hawkBit, 10 groups", later(HOUR, 0), _around(20, 0.01)),
        figures.PolicyPoint("hawkBit, 5 groups", later(HOUR, 0), _around(22, 0.01)),
        figures.PolicyPoint("one gate", later(HOUR / 2, 9), _around(21, 2)),
        figures.PolicyPoint("all at once", later(0, 0), _around(100, 2)),
    ]
    ax = figures.policies(points, devices=400)
    names = [text.get_window_extent() for text in ax.texts if text.get_text()]
    for bar in _bars(ax, points):
        assert not any(name.overlaps(bar) for name in names)
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


def test_a_star_is_where_held_out_runs_put_it_and_at_the_edge_where_they_never_get_there():
    here, never = (_around(3, 1), _around(2 * HOUR, HOUR)), estimate([NEVER] * 9, Unit.DURATION)
    by_them = "selected, by its\nheld-out runs"
    edge = f"{by_them}\n(at the edge: in most runs it never gets there)"
    for told, name in ((here, by_them), ((here[0], never), edge)):
        ax = figures.plans(
            [figures.PlanPoint(*here, True, True, True, told=told)], (Measure(Kind.PROMPTS), TIME)
        )
        assert name in [text.get_text() for text in ax.get_legend().get_texts()]
        plt.close("all")


def test_the_nearest_is_marked_even_where_no_run_of_the_search_gets_there():
    never = _around(3, 1), estimate([NEVER] * 9, Unit.DURATION)
    nearest = figures.PlanPoint(*never, False, False, False, is_nearest=True, told=never)
    other = figures.PlanPoint(*never, False, False, False)
    ax = figures.plans([nearest, other], (Measure(Kind.PROMPTS), TIME))
    (label,) = [text.get_text() for text in ax.get_legend().get_texts()]
    assert label.startswith("the nearest, by its held-\nout runs")
    assert "at the edge" in label
    assert ax.get_title(loc="left").startswith("1 plan; 1 left out")
    assert not len(ax.get_yticks())
    plt.close("all")


def test_pictures_of_plans_and_policies_speak_german():
    base = [HOUR * (1 + n / 10) for n in range(9)] + [NEVER]
    later = [time + HOUR / 2 for time in base[:8]] + [NEVER, NEVER]
    often = estimate([HOUR * (1 + n / 10) for n in range(14)] + [NEVER], Unit.DURATION)
    two = _around(2, 1), often
    gated = figures.PolicyPoint("Eins", difference(TIME, later, base), _around(5, 2))
    never = figures.PolicyPoint("Zwei", difference(TIME, [NEVER] * 10, base), _around(5, 2))
    found = [
        figures.PlanPoint(_around(3, 1), _around(2 * HOUR, HOUR), True, True, True),
        figures.PlanPoint(*two, True, False, False),
        figures.PlanPoint(*two, False, False, False, is_nearest=True),
    ]
    with speaking("de"):
        drawn = [
            figures.policies([gated, never], devices=400),
            figures.plans(found, (Measure(Kind.PROMPTS), TIME)),
        ]
        words = [said for ax in drawn for said in _words_of(ax)]
    english = {"the", "of", "never", "limit", "limits", "mean", "than", "prompts", "time", "left"}
    assert not [said for said in words if english & set(said.replace("\n", " ").split())]
    assert any("Freigaberegel" in said for said in words)
    assert any("insgesamt 400 Geräte" in said for said in words)
    plt.close("all")


def _words_of(ax):
    texts = [*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else [])]
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    titles = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()]
    return [*titles, *ticks, *(text.get_text() for text in texts)]
