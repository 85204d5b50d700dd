"""How good forecasts were: one, several of one rollout, and over the rollouts so far."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import numpy as np
import pytest

from fwsim.ledger.baselines import curve_of
from fwsim.ledger.decided import with_settled
from fwsim.ledger.record import before_the_start, records_of, under_way
from fwsim.ledger.scoring import Baselines, score_forecast
from fwsim.measures.measure import read_measure
from tests.ledger.kept_forecasts import HOUR, START, happened, kept_forecast
from tests.ledger.test_baselines import seen

T95 = read_measure("t95")
HOURS = [HOUR * n for n in range(1, 21)]
CUT = 7.0


def runs_of(law, outcomes):
    """Return 99 runs whose quantiles are those of a law of quarters."""
    return np.array(outcomes)[np.searchsorted(25 * np.cumsum(law), np.arange(1, 100))]


def scored(values, came, *, hours=24.0, is_whole=True, number=1, **more):
    kept = kept_forecast({"time to 95 %": values}, **more)
    what = happened(
        {"time to 95 %": came}, sha=kept.scenario_sha256, hours=hours, is_whole=is_whole
    )
    return score_forecast(kept, what, number=number)


def score(*given, **more):
    return scored(*given, **more).of(T95)


def test_a_time_within_the_range_is_held():
    found = score(HOURS, 7 * HOUR)
    assert found.is_inside
    assert found.interval == pytest.approx(19 * HOUR)
    assert found.pit == pytest.approx((6 / 21, 8 / 21))  # the 7th of 20, or beside it
    assert found.pit[0] <= found.drawn <= found.pit[1]
    assert found.beyond == 24 * HOUR


def test_the_same_forecast_has_the_same_place_on_every_machine():
    assert score(HOURS, 7 * HOUR).drawn == pytest.approx(0.329057, abs=1e-6)
    assert score(HOURS, 7 * HOUR, number=2).drawn != score(HOURS, 7 * HOUR).drawn


@pytest.mark.parametrize("is_whole", [True, False])
def test_nobody_gains_by_saying_what_he_does_not_believe(is_whole):
    hours, outcomes = 24.0 if is_whole else CUT, [2 * HOUR, CUT * HOUR, 9 * HOUR, math.inf]
    laws = [law for law in product(range(5), repeat=4) if sum(law) == 4]
    scores = np.array(
        [
            [(found.crps, found.interval) for found in each]
            for each in (
                [score(runs_of(law, outcomes), o, hours=hours, is_whole=is_whole) for o in outcomes]
                for law in laws
            )
        ]
    )
    expected = np.einsum("to,sok->tsk", np.array(laws) / 4, scores)
    told_the_truth = np.einsum("ttk->tk", expected)
    assert (told_the_truth <= expected.min(axis=1) + 1e-6 * HOUR).all()


def test_what_came_with_the_last_line_of_a_log_counts_like_everything_else():
    late = score([HOUR * n for n in range(4, 24)], 3 * HOUR, hours=3.0, is_whole=False)
    assert late.is_inside is False
    assert late.beyond == 3 * HOUR
    assert late.crps == 0  # how much too late it was said, a log cut there does not tell
    early = score([HOUR] * 20, 3 * HOUR, hours=3.0, is_whole=False)
    assert early.crps == pytest.approx(2 * HOUR)


def test_never_is_a_value_like_any_other():
    seldom = [*HOURS[:15], *[math.inf] * 5]
    found = score(seldom, math.inf)
    assert found.is_inside
    assert found.pit == pytest.approx((15 / 21, 1))
    assert math.isfinite(found.crps)
    late = score(HOURS, math.inf)
    assert late.is_inside is False
    assert late.pit == (20 / 21, 1.0)
    assert late.crps > found.crps
    # 20 h was said at the latest; the end is at 24 h.
    assert late.interval == pytest.approx(19 * HOUR + 20 * 4 * HOUR)


def test_what_had_not_come_when_the_log_ended_may_still_be_open():
    found = score(HOURS, math.inf, hours=5.0, is_whole=False)
    assert found.is_inside is None
    assert found.pit is None
    assert found.beyond == 5 * HOUR
    # Everything after 5 h counts as 5 h, so only the first four runs were wrong.
    assert found.crps == pytest.approx(score(np.minimum(HOURS, 5 * HOUR), 5 * HOUR).crps)
    assert score(HOURS[:4] * 5, math.inf, hours=5.0, is_whole=False).is_inside is False
    assert score(HOURS, 3 * HOUR, hours=5.0, is_whole=False).is_inside


@pytest.mark.parametrize(
    ("ends", "held"),
    [((2, 20), True), ((0.2, 1.5), None), ((19, 23), None), ((0.5, 21), None), ((21, 23), False)],
)
def test_what_is_only_known_to_lie_between_two_times_may_be_open(ends, held):
    kept = kept_forecast({"time to 95 %": HOURS})
    low, high = (end * HOUR for end in ends)
    what = happened({"time to 95 %": (low + high) / 2}, between={"time to 95 %": (low, high)})
    found = score_forecast(kept, what).of(T95)
    assert found.is_inside is held
    assert found.span == (low, high)
    assert (found.pit is None) is (held is None)


def test_an_event_of_which_nobody_can_tell_whether_it_came_is_not_scored():
    words = "chance of 95 % by 2024-03-01 18:00"
    kept = kept_forecast({"time to 95 %": HOURS, words: [1.0] * 20})
    between = {"time to 95 %": (5 * HOUR, 7 * HOUR), words: (0.0, 1.0)}
    what = happened({"time to 95 %": 6 * HOUR, words: 1.0}, between=between)
    by = [datetime(2024, 3, 1, hour) for hour in (16, 18, 19)]
    found = score_forecast(kept, what, by=by)
    assert [(e.event.time.hour, e.came) for e in found.events] == [(16, False), (19, True)]
    assert [measure.name for measure in found.untold] == [words]


def test_what_the_log_does_not_tell_is_named():
    kept = kept_forecast({"time to 95 %": HOURS, "WAN bytes": [1.0] * 20})
    found = score_forecast(kept, happened({"time to 95 %": HOUR}))
    assert [measure.name for measure in found.untold] == ["WAN bytes"]


def test_chances_of_events_have_briers_score():
    words = "chance of 95 % by 2024-03-02 00:00"
    kept = kept_forecast({"time to 95 %": HOURS, words: [1.0] * 15 + [0.0] * 5})
    what = happened({"time to 95 %": 7 * HOUR, words: 1.0})
    events = score_forecast(kept, what, by=[datetime(2024, 3, 1, 18)]).events
    assert [(e.event.name, e.came) for e in events] == [
        ("chance of 95 % by 2024-03-01 18:00", False),
        (words, True),
    ]
    assert events[0].chance == pytest.approx(6 / 21, abs=0.06)
    assert events[1].brier == pytest.approx(0.0625)
    ahead = timezone(timedelta(hours=1))
    [same, _] = score_forecast(kept, what, by=[datetime(2024, 3, 1, 19, tzinfo=ahead)]).events
    assert same == events[0]  # it is told as the server's clock shows it
    cut = happened({"time to 95 %": math.inf}, hours=3.0, is_whole=False)
    assert score_forecast(kept, cut, by=[datetime(2024, 3, 1, 18)]).events == ()


def test_events_at_two_equal_times_are_told_apart():
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    kept = kept_forecast({"time to 95 %": HOURS}, zone="Europe/Berlin", start=start)
    what = happened({"time to 95 %": 2.5 * HOUR})
    what = what.model_copy(update={"until": start + timedelta(hours=24)})
    by = [datetime(2026, 10, 25, hour, 10, tzinfo=UTC) for hour in (0, 1)]
    found = score_forecast(kept, what, by=by).events
    assert [(one.offset, one.came) for one in found] == [("+02:00", False), ("+01:00", True)]


def under_way_at(hours, measures, came, **more):
    """Return how a forecast did that knew of the first hours of its rollout."""
    kept = kept_forecast(measures, data_up_to=START + timedelta(hours=hours))
    return score_forecast(kept, happened(came), **more)


def test_a_time_before_what_a_forecast_knew_is_not_scored():
    hours = [datetime(2024, 3, 1, hour) for hour in (11, 14, 18)]
    come = {"time to 95 %": 7 * HOUR}
    found = under_way_at(2, {"time to 95 %": np.add(HOURS, 3 * HOUR)}, come, by=hours)
    assert [event.event.time for event in found.events] == hours[2:]
    assert [event.event.time for event in found.settled] == hours[:2]
    # Nothing is sent before 12:00.
    planned = score_forecast(kept_forecast({"time to 95 %": HOURS}), happened(come), by=hours)
    assert [event.event.time for event in planned.settled] == hours[:1]


def test_what_a_forecasts_own_log_had_settled_counts_neither_way():
    measures = {
        "time to 50 %": [2 * HOUR] * 20,
        "time to 95 %": HOURS[9:] * 2,
        "successful by 2024-03-01 14:00": [0.5] * 20,
        "chance of 40 % by 2024-03-01 20:00": [1.0] * 20,
        "chance of 60 % by 2024-03-01 20:00": [1.0] * 20,
    }
    came = dict.fromkeys(measures, 1.0) | {"time to 50 %": 2 * HOUR, "time to 95 %": 12 * HOUR}
    found = under_way_at(4, measures, came, by=[datetime(2024, 3, 1, 18)])
    settled = [score.measure.name for score in found.scores if score.is_settled]
    assert settled == ["time to 50 %", "successful by 2024-03-01 14:00"]
    assert [one.event.name for one in found.settled] == [
        "chance of 50 % by 2024-03-01 18:00",
        "chance of 40 % by 2024-03-01 20:00",
    ]
    assert [one.measure for one in records_of([found])] == [T95]
    planned = score_forecast(kept_forecast(measures), happened(came))
    assert not any(score.is_settled for score in planned.scores)


@pytest.mark.parametrize(("last", "is_over"), [(3 * HOUR, True), (5 * HOUR, False)])
def test_a_forecast_of_a_rollout_that_was_over_counts_for_nothing(last, is_over):
    measures = {
        "time to 50 %": [2 * HOUR] * 20,
        "time to 90 %": [last] * 20,
        "time from 2024-03-01 11:00 to 90 %": [last + HOUR] * 20,
        "time to 99 %": [math.inf] * 20,
        "successful": [0.95] * 20,
        "deferments": [7.0] * 20,
    }
    came = {words: values[0] for words, values in measures.items()}
    found = under_way_at(4, measures, came)
    assert {score.is_settled for score in found.scores[1:]} == {is_over}
    assert bool(records_of([found])) is not is_over


@pytest.mark.parametrize(("knew", "is_settled"), [(2, False), (4, True), (None, False)])
def test_what_the_log_had_settled_by_itself_counts_neither_way(knew, is_settled):
    """Asked were all by 3 h, and by then too many had cancelled; others were still under way."""
    chances = [f"chance of {share} % by 2024-03-01 20:00" for share in (90, 95, 99)]
    came = {"time to 95 %": math.inf, "devices prompted": 100.0, **dict.fromkeys(chances, 0.0)}
    measures = {words: [value] * 20 for words, value in came.items()}
    up_to = None if knew is None else START + timedelta(hours=knew)
    since = dict.fromkeys(("time to 95 %", "devices prompted"), START + timedelta(hours=3))
    what = happened(came, settled_at=since)
    found = score_forecast(kept_forecast(measures, data_up_to=up_to), what)
    assert [score.is_settled for score in found.scores] == [is_settled] * 2
    assert [event.event.name for event in found.settled] == (chances[1:] if is_settled else [])


SINCE = "time from 1970-01-01 00:00 to 95 %"


def test_since_when_a_log_had_settled_something():
    """Of ten one was up to date; two were given up, so 80 % of nine is not to be had."""
    kept = kept_forecast({}, targeted=10)
    asked = [read_measure(words) for words in ("t70", "t80", "t95", SINCE, "devices prompted")]
    what = happened({measure.name: math.inf for measure in asked})
    log = replace(seen([1] * 7, failed=2, not_needed=1), first_asked=np.arange(10) * 1000)
    out = np.array([4_000, 6_000])
    found = with_settled(what, log, kept, asked, out).settled_at
    assert {words: at.timestamp() for words, at in found.items()} == {
        "time to 80 %": 6,
        "time to 95 %": 4,
        SINCE: 4,
        "devices prompted": 9,
    }
    assert not with_settled(what, seen([1] * 7), kept, asked, out[:0]).settled_at


def test_skill_is_what_is_gained_on_the_past():
    rng = np.random.default_rng(1)
    curve = curve_of([seen(rng.uniform(10, 60, 500))])
    baselines = Baselines({"past": curve}, np.zeros(0))
    kept = kept_forecast({"time to 95 %": np.linspace(0.95, 1.05, 20) * 2 * HOUR})
    found = score_forecast(kept, happened({"time to 95 %": 2 * HOUR}), baselines=baselines)
    assert found.of(T95).skill("past") > 0.9
    assert found.of(T95).skill("nobody") is None
    right = score_forecast(kept, happened({"time to 95 %": 57 * HOUR / 60}), baselines=baselines)
    assert right.of(T95).skill("past") < 0


def rollouts(came, **more):
    return [scored(HOURS, each, sha=f"{n:064x}", **more) for n, each in enumerate(came)]


def test_a_rollout_counts_once_by_its_last_forecast_from_before_the_start():
    early = scored([HOUR] * 20, 7 * HOUR, made_at=START - timedelta(days=9))
    late, meanwhile = (
        scored(HOURS, 7 * HOUR, number=2),
        scored(HOURS, 7 * HOUR, number=3, data_up_to=START + timedelta(hours=1)),
    )
    assert before_the_start([late, early, meanwhile]) == [late]
    assert under_way([late, early, meanwhile]) == [meanwhile]
    [record] = records_of([early, late])
    assert record.rollouts == 1
    assert record.hits == 0.5


def test_coverage_is_told_with_its_bounds():
    [record] = records_of(rollouts([7 * HOUR, 8 * HOUR, 23 * HOUR, math.inf]))
    assert (record.hits, record.rollouts) == (2, 4)
    assert record.low < 0.5 < record.high
    assert len(record.pits) == 4
    assert record.error > 0
    assert math.isnan(records_of(rollouts([HOUR]))[0].error)


def test_what_is_open_counts_for_nothing_yet():
    assert records_of(rollouts([math.inf], hours=5.0, is_whole=False)) == ()
