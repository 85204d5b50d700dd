"""Plans compared in pairs on common random numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fwsim.cli.comparing import print_comparison
from fwsim.experiments.compare import compare
from fwsim.experiments.comparison import Comparison
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure, read_measure
from fwsim.planning.levers import Levers, turned
from fwsim.problems import InputError
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference import Difference, difference
from fwsim.results.statistics.forecast import forecast
from fwsim.scenario.load import load
from tests.experiments.test_spread import story
from tests.results.small_rollout import small_answer

DEMO = Path(__file__).parents[2] / "scenarios" / "branch-offices.yaml"
RUNS = 8


@pytest.fixture(scope="module")
def demo():
    return load(DEMO)


@pytest.fixture(scope="module")
def slower(demo):
    """The demo, and the demo with four times the pause between devices."""
    return compare([demo, turned(demo, Levers(devices_wait=1000))], replications=RUNS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("time to 90 %", 10),
        ("successful", 10),
        ("prompts", 10),
        ("user time lost", 2),  # hangs on who is asked once more, in each plan somebody else
        ("forced starts", 10),
    ],
)
def test_pairs_make_an_interval_of_the_demo_several_times_narrower(slower, words, times):
    found = slower.difference(next(m for m in slower.measures if m.name == words))
    assert found.narrower >= times


def test_nothing_is_told_of_pairs_that_saved_nothing(slower, monkeypatch):
    assert slower.saved() is not None
    monkeypatch.setattr(Difference, "narrower", 1.04)
    assert slower.saved() is None


def test_plans_that_start_at_other_times_are_told_so(demo, slower):
    assert not slower.starts
    (first, *_) = demo.commands
    at = first.command().schedule.at
    later = turned(demo, Levers(start_later=4 * 3_600_000))
    since = f"time from {at:%Y-%m-%d %H:%M} to 95 %"
    compared = compare([demo, later], replications=2, measures=since)
    told = compared.starts
    times = " and ".join(f"{t:%Y-%m-%d %H:%M}" for t in (at, at + timedelta(hours=4)))
    assert told.startswith(f"What each plan is judged by is first due at {times}. Times count from")
    assert told.endswith(f' "{since}".')
    own, clock = (compared.difference(words) for words in ("t95", since))
    assert clock.pairs == pytest.approx([later + 4 * 3_600_000 for later in own.pairs])


def test_a_plan_that_was_there_before_the_time_counts_is_compared_all_the_same(demo, slower):
    (first, *_) = demo.commands
    at = first.command().schedule.at + timedelta(hours=3)
    words = f"time from {at:%Y-%m-%d %H:%M} to 50 %"
    later = turned(demo, Levers(start_later=4 * 3_600_000))
    compared = compare([later, demo], replications=5, measures=words)
    found = compared.difference(words)
    assert (found.better_in, found.without_need) == (5, 0)
    assert words in " ".join(compared.verdict())


def test_independent_runs_really_are_that_much_wider(demo, slower):
    """The other plan's runs under another seed meet other people: no pairs any more."""
    measure = Measure(Kind.TIME_TO, share=0.9)
    other = Experiment(slower_plan(demo), seed=2, measures=[measure]).run(RUNS, workers=1)
    apart = difference(measure, other.values(measure), slower.answers[0].values(measure))
    assert apart.half_width >= 3 * slower.difference(measure).half_width


def slower_plan(demo):
    return turned(demo, Levers(devices_wait=1000))


def test_a_plan_against_itself_is_the_same_in_every_run(demo):
    found = compare([demo, demo], replications=2)
    assert all(found.difference(measure).same for measure in found.measures)
    assert found.names == (f"{demo.name} (1)", f"{demo.name} (2)")
    assert "do not differ" in found.verdict()[0]


def test_the_verdict_names_what_is_better_and_what_is_worse(slower):
    better, worse = (
        next((s for s in slower.verdict() if f"is {w}" in s), "") for w in ("better", "worse")
    )
    assert "user time lost" in better
    assert "time to 90 %" in worse


def test_several_plans_share_the_doubt(demo):
    assert compare([demo] * 3, replications=2).level == pytest.approx(0.975)


def test_the_table_holds_every_measure(slower):
    table = slower.table()
    assert list(table.measure) == [measure.name for measure in slower.measures]
    assert set(table.runs) == {RUNS}


def test_fleets_that_differ_are_told(demo):
    other = load(DEMO.parent / "ways-direct.yaml")
    assert "fleets differ" in compare([demo, other], replications=2).paired_by


@pytest.mark.parametrize(
    ("plans", "runs", "part"), [(1, 5, "two plans"), (2, 1, "number from 2 to")]
)
def test_too_little_to_compare_is_refused(demo, plans, runs, part):
    with pytest.raises(InputError, match=part):
        compare([demo] * plans, replications=runs)


@pytest.mark.parametrize("alone", ["a.yaml", Path("a.yaml")])
def test_a_single_path_is_not_taken_apart(alone):
    with pytest.raises(InputError, match=r"error: expected two plans or more, .* got 'a.yaml'"):
        compare(alone)


def test_the_verdict_begins_with_what_is_settled_and_weighs_most():
    """Thirteen settled minutes come before two more prompts, and are not left out for them."""
    base, plan = (answer_of(minutes, prompts) for minutes, prompts in ((100, 2450), (87, 2452)))
    better, worse, _ = Comparison(("A", "B"), (base, plan)).verdict()
    assert better.startswith("B is better than A in time to 90 %: 13 min 00 s less")
    assert worse.startswith("B is worse than A in prompts: 2 notices more")


def test_what_only_one_plan_gets_to_is_in_the_verdict():
    answers = [answer_of(minutes, 10, count=12) for minutes in (100, math.inf)]
    (worse,) = Comparison(("A", "B"), tuple(answers)).verdict()
    assert worse.startswith("B is worse than A in time to 90 %: only the first reaches it")


def of_times(times):
    """Return an answer whose runs take so many minutes to 90 %, and to 50 and 95 % as any other."""
    answer = answer_of(0, 10, count=len(times))
    same = {Measure(Kind.TIME_TO, share=0.95): math.inf}
    runs = [
        replace(run, values=run.values | same | {Measure(Kind.TIME_TO, share=0.9): 60_000.0 * time})
        for run, time in zip(answer.replications, times, strict=True)
    ]
    return Answer(answer.setting, runs, provenance={"seed": 1})


def test_what_one_reaches_sooner_and_the_other_more_often_makes_neither_better():
    plans = of_times([200.0] * 20), of_times([*[100.0] * 17, *[math.inf] * 3])
    (told,) = Comparison(("A", "B"), plans).verdict()
    assert told.startswith("B is neither better nor worse than A in what the one reaches")
    assert "time to 90 %: 1 h 40 min less" in told
    assert told.endswith("; only the first reaches it in 3 of 20.")


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (190.0, "that holds, rare runs aside. 20 runs may show none of what happens in 13.9 %"),
        (60.0, "that holds with rare runs, too. 20 runs may show none of what happens in 13.9 %"),
    ],
)
def test_what_rare_runs_that_never_get_there_may_make_of_it_is_told_beside(minutes, told):
    plans = of_times([200.0] * 20), of_times([minutes] * 20)
    better, rare = Comparison(("A", "B"), plans).verdict()
    assert better.startswith("B is better than A in time to 90 %")
    assert rare.startswith(f"time to 90 %: {told}")
    assert "if B alone never got there" in rare
    worse, other_way = Comparison(("B", "A"), plans[::-1]).verdict()
    assert worse.startswith("A is worse than B in time to 90 %")
    assert other_way == rare


def test_rare_runs_are_told_of_what_the_verdict_names():
    """Of seven times that are sooner the last is only counted, so nothing is said of it."""
    times = [Measure(Kind.TIME_TO, share=share / 10) for share in (1, 2, 3, 4, 6, 7, 9)]
    plans = [
        answer_of(0, 10, more_times=dict(zip(times, minutes, strict=True)))
        for minutes in ([200.0] * 7, range(100, 170, 10))
    ]
    better, *rare = Comparison(("A", "B"), tuple(plans), tuple(times)).verdict()
    named = [
        part.split(":")[0] for part in better.removeprefix("B is better than A in ").split("; ")
    ]
    assert named[-1] == "and 1 more measure of the table."
    assert [one.split(":")[0] for one in rare] == named[:-1]


def test_runs_in_which_no_device_needs_it_tell_nothing_of_rare_ones():
    """A time of nobody is 0; it made the plan quicker, and the rare run worse."""
    few = of_times([200.0] * 20), of_times([190.0] * 20)
    some = of_times([200.0] * 20 + [0.0] * 180), of_times([190.0] * 20 + [0.0] * 180)
    told = [Comparison(("A", "B"), plans).verdict()[1] for plans in (few, some)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("count", "told"),
    [(2, "3 h 20 min"), (3, "3 h 20 min; 1 of 3 never"), (4, "2 of 4 never"), (5, "3 of 5 never")],
)
def test_a_plan_that_does_not_always_get_there_says_so_in_its_cell(count, told, capsys):
    answers = [answer_of(minutes, 10, count=count) for minutes in (100, 150)]
    print_comparison(Comparison(("A", "B"), tuple(answers)))
    (row,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("time to 95 %")]
    assert [*map(str.strip, row.split("  "))].count(told) == 2


def test_what_is_nothing_in_the_digits_people_read_is_not_told_as_settled(capsys):
    plans = of_times([200.0] * 20), of_times([200.0 + 1e-5] * 20)
    assert Comparison(("A", "B"), plans).difference("time to 90 %").settled
    print_comparison(Comparison(("A", "B"), plans))
    [row] = [line for line in capsys.readouterr().out.splitlines() if "time to 90 %" in line]
    assert [*row.split("  ")][-1].strip() == ""


def test_a_chance_is_told_as_the_share_of_the_runs_of_either_plan(capsys):
    chance = read_measure("chance of 90 % by 2018-08-20 13:00")
    answers = [answer_of(100, 10, count=20, more={chance: hits}) for hits in (5, 14)]
    comparison = Comparison(("A", "B"), tuple(answers), (chance,))
    print_comparison(comparison)
    told = " ".join(capsys.readouterr().out.split())
    shares = "25.0 % 70.0 % +45.0 points +16.8 points to +65.0 points at 95 %"
    assert f"chance of 90 % by 2018-08-20 13:00 {shares} 9 of 20 +16.8 points" in told
    assert "45.0 points more (16.8 points to 65.0 points at 95 %), more in 9 of 20 runs" in told
    assert "A chance is the share of the runs" in told
    row = comparison.table().set_index("measure").loc[chance.name]
    assert (row["base"], row["value"], row["difference"]) == (0.25, 0.7, pytest.approx(0.45))
    assert row[["median difference", "range low", "range high", "range holds"]].isna().all()


def test_the_table_of_an_answer_has_no_median_and_no_range_of_a_chance():
    chance = read_measure("chance of 90 % by 2018-08-20 13:00")
    row = (
        answer_of(100, 10, count=20, more={chance: 5}).table().set_index("measure").loc[chance.name]
    )
    assert row["value"] == 0.25
    assert row[["median", "median_low", "range_low", "range_high", "at_most_90"]].isna().all()


def answer_of(minutes, prompts, count=5, more=None, more_times=None):
    """Return an answer of some runs: 90 % after so many minutes, 95 % never in two of five.

    More chances are hit in the first runs, as many as it says; more times are minutes, too.
    """
    runs = []
    for number in range(count):
        values = dict(small_answer().replications[0].values)
        values |= {
            Measure(Kind.TIME_TO, share=0.5): 60_000.0 * 30,
            Measure(Kind.TIME_TO, share=0.9): 60_000.0 * (minutes + number),
            Measure(Kind.TIME_TO, share=0.95): math.inf if number > 1 else 60_000.0 * 200,
            Measure(Kind.PROMPTS): float(prompts + 10 * number),
        }
        values |= {chance: float(number < hits) for chance, hits in (more or {}).items()}
        values |= {time: 60_000.0 * (at + number) for time, at in (more_times or {}).items()}
        runs.append(replace(small_answer().replications[0], number=number, values=values))
    return Answer(small_answer().setting, runs, provenance={"seed": 1})


def test_a_pair_meets_the_same_world_so_the_difference_is_narrower_than_without_pairs():
    larger = {"name": "new.idf", "packages": [{"name": "all", "size": "180 MB"}]}
    pairs = compare([story(), story(image=larger)], replications=40, workers=1)
    first, second = (answer.values("t50") for answer in pairs.answers)
    apart = Experiment(story(image=larger), seed=99).run(40, workers=1).values("t50")
    paired, unpaired = (
        forecast([b - a for a, b in zip(first, others, strict=True)]) for others in (second, apart)
    )
    assert paired.high.value - paired.low.value < (unpaired.high.value - unpaired.low.value) / 2


@pytest.mark.slow
def test_a_doubt_that_decides_by_bytes_is_worth_knowing_though_they_are_more_than_the_horizon():
    """Which of two images is smaller hangs on what is not known of the first."""

    def image(size):
        return {"name": "new.idf", "packages": [{"name": "all", "size": size}]}

    plans = [story(image=image({"between": ["100 MB", "300 MB"]})), story(image=image("173 MB"))]
    sentences = compare(plans, replications=40, workers=1).worth_knowing()
    assert any(
        one.startswith("Knowing image.packages.all.size beforehand") and "WAN bytes" in one
        for one in sentences
    ), sentences


@pytest.mark.parametrize(
    ("pairs", "told"), [(5, "5 pairs are too few to tell"), (30, "These 30 pairs do not show")]
)
def test_that_no_input_could_change_the_choice_is_not_said(scenario, pairs, told):
    line = {"sites": {"default": {"link": {"between": ["10 Mbit/s", "100 Mbit/s"]}}}}
    plans = [scenario({"inform_user": wait}, network=line) for wait in ("5 min", "1 min")]
    [sentence] = compare(plans, replications=pairs, workers=1).worth_knowing()
    assert sentence.startswith(told)


def test_what_proxies_send_makes_no_plan_better_or_worse(scenario):
    """What the lines carry less for it has measures of its own."""
    units = {"DE": {"devices": 3}}
    plain = scenario(fleet={"units": units})
    served = scenario(fleet={"units": units}, firmware={"proxy": {"type": "dynamic"}})
    compared = compare([plain, served], replications=5, measures="bytes from proxies")
    sent = compared.difference(read_measure("bytes from proxies"))
    assert sent.value > 0
    assert not sent.is_better
    assert sent.better_in == 0
    assert "WAN bytes" in " ".join(compared.verdict())
    assert "bytes from proxies" not in " ".join(compared.verdict())
