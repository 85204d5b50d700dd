"""Plans that are not for the same devices: what is said of them, and what is not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

import fwsim
from fwsim.experiments.compare import compare
from fwsim.experiments.pairing import NEEDED, is_no_merit, pairs_of_others, starts_in_words
from fwsim.measures.measure import read_measure
from fwsim.notebook.board.pairs import runs_in_pairs
from fwsim.results.statistics.difference import difference

FLEET = """\
name: A part
zone: Europe/Berlin
start: 2021-11-05 08:00
horizon: 2 d
doubt: none
image: {name: b.idf, packages: [{name: base, size: 300 MB}]}
fleet:
  units:
    DE: {installed: a.idf}
    DE/A: {devices: 8}
    DE/B: {devices: 2}
    DE/C: {devices: 2}
    DE/Done: {devices: 3, installed: b.idf}
    DE/Half: {devices: 1, installed: {a.idf: 50 %, b.idf: 50 %}}
"""
RUNS = 8
AFTER, CHANCE = "time to 95 %", "chance of 95 % by 2021-11-05 20:00"


def plan(target, at="2021-11-05 09:00"):
    text = f"{FLEET}commands: [{{update: {target}, subordinate_units: true, once: {at}}}]\n"
    return fwsim.loads(text).renamed(f"for {target}")


def compared(*targets, measures=()):
    return compare([plan(one) for one in targets], replications=RUNS, workers=1, measures=measures)


def test_a_plan_for_fewer_devices_is_not_called_better_by_times_and_shares():
    found = compared("DE/A", "DE/B", measures=[CHANCE])
    first, *others = found.verdict()
    assert first.startswith("for DE/B targets 2 devices, for DE/A 8; 2 and 8 of them are succ")
    assert found.difference(read_measure(AFTER)).settled
    assert not any("time to" in sentence or "chance of" in sentence for sentence in others)
    worse = next(sentence for sentence in others if "is worse" in sentence)
    assert "devices successful: 6 devices less" in worse
    assert [m.name for m in found.first_measures][:2] == ["devices targeted", "devices successful"]
    assert list(found.table().measure)[:2] == ["devices targeted", "devices successful"]


def test_a_delivery_is_not_better_than_an_update_by_times_of_its_own():
    delivery = fwsim.loads(f"{FLEET}commands: [{{delivery: DE/A, once: 2021-11-05 09:00}}]\n")
    plans = [plan("DE/A"), delivery.renamed("ahead")]
    found = compare(plans, replications=RUNS, workers=1, measures=[CHANCE])
    first, *others = found.verdict()
    assert first.startswith("ahead is measured by deliveries, for DE/A by updates: their shares")
    assert found.difference(read_measure(AFTER)).settled
    for words in ("time to", "chance of", "successful", "up to date"):
        assert words not in " ".join(others)
    assert "do not differ" not in " ".join(others)


def test_deliveries_against_deliveries_are_told_as_such():
    form = "commands: [{{delivery: DE/A, once: 2021-11-05 {}}}]\n"
    plans = [fwsim.loads(FLEET + form.format(at)).renamed(at) for at in ("09:00", "10:00")]
    first, *_ = compare(plans, replications=RUNS, workers=1).verdict()
    assert first == "All of this is about deliveries: no update is commanded."
    assert "this is about" not in " ".join(compared("DE/A", "DE/A").verdict())


def test_as_many_devices_may_be_others():
    (first, *_) = compared("DE/B", "DE/C").verdict()
    assert first.startswith(
        "for DE/C and for DE/B target as many devices, 2 devices, but others in 8"
    )


def test_an_answer_that_is_read_again_is_for_the_same_devices(tmp_path):
    answer, of_two, of_others = (
        fwsim.Experiment(plan(one)).run(RUNS, workers=1) for one in ("DE/A", "DE/B", "DE/C")
    )
    fwsim.save_answer(answer, tmp_path)
    again = fwsim.load_answer(tmp_path)
    assert not pairs_of_others(runs_in_pairs(answer, again))
    assert not pairs_of_others(runs_in_pairs(again, answer))
    assert pairs_of_others(runs_in_pairs(again, of_two)) == RUNS
    assert pairs_of_others(runs_in_pairs(of_two, of_others)) == RUNS


def test_plans_for_the_same_devices_say_nothing_of_them():
    same = compare([plan("DE/A"), plan("DE/A", "2021-11-05 11:00")], replications=RUNS, workers=1)
    assert "target" not in " ".join(same.verdict())
    assert "devices targeted" not in list(same.table().measure)


def test_a_plan_for_devices_that_need_nothing_has_no_times():
    found = compared("DE/A", "DE/Done")
    assert "No device that for DE/Done targets needs the update" in found.verdict()[1]
    assert found.difference(read_measure(AFTER)).without_need == RUNS
    assert "time to" not in "".join(found.verdict()[2:])


def test_what_none_needs_is_no_chance_either():
    done = fwsim.loads(
        f"{FLEET.replace('name: b.idf', 'name: a.idf')}"
        "commands: [{update: DE/A, once: 2021-11-05 09:00}]\n"
    )
    early = "chance of 95 % by 2021-11-05 09:01"
    found = compare([plan("DE/A"), done], replications=RUNS, workers=1, measures=[early])
    assert found.difference(read_measure(early)).settled
    assert "chance" not in " ".join(found.verdict())


def test_times_of_runs_that_need_nothing_are_left_out():
    found = compared("DE/Half", "DE/Half").difference(read_measure(AFTER))
    assert 0 < found.without_need < RUNS
    assert len(found.pairs) == RUNS - found.without_need


def test_the_sentence_counts_the_runs_that_both_plans_made():
    found = compared("DE/B", "DE/C")
    assert len(runs_in_pairs(*found.answers)) == RUNS


def test_times_that_count_from_when_a_notification_was_set_say_so():
    own = fwsim.loads(
        FLEET.replace("horizon: 2 d", "horizon: 4 d")
        + "power: {default: {on: mon-fri 07:30-18:00, left_on: 0 %}}\n"
        + "notifications: [{update: DE/A, inform_user: 5 min}]\n"
    )
    told = compare([plan("DE/A"), own], replications=4, workers=1).starts
    assert told.startswith(
        "What each plan is judged by is first due at 2021-11-05 09:00 and 2021-11-05 08:00. "
    )


BERLIN, NEW_YORK = (timezone(timedelta(hours=hours)) for hours in (1, -5))


def at(hour, minute=0, second=0, zone=BERLIN):
    return datetime(2021, 11, 5, hour, minute, second, tzinfo=zone)


TWICE = datetime(2021, 10, 31, 2, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("firsts", "times"),
    [
        ([at(9), at(9)], ""),
        ([at(9), None], ""),
        ([at(9), at(9, 0, 7)], "due at 2021-11-05 09:00 and 2021-11-05 09:00:07."),
        (
            [at(9), at(9, zone=NEW_YORK)],
            "due at 2021-11-05 09:00 UTC+01:00 and 2021-11-05 09:00 UTC-05:00.",
        ),
        ([at(15), at(9, zone=NEW_YORK)], ""),
        (
            [TWICE, TWICE.replace(fold=1)],
            "due at 2021-10-31 02:10+02:00 and 2021-10-31 02:10+01:00.",
        ),
    ],
)
def test_moments_from_which_times_count_are_told_where_they_differ(firsts, times):
    told = starts_in_words(firsts)
    assert told.startswith(f"What each plan is judged by is first {times}") if times else not told


def test_no_plan_is_worse_in_successes_where_none_of_its_devices_needs_the_update():
    done = fwsim.loads(
        f"{FLEET.replace('name: b.idf', 'name: a.idf')}"
        "commands: [{update: DE/A, once: 2021-11-05 09:00}]\n"
    )
    found = compare([plan("DE/A"), done], replications=RUNS, workers=1)
    assert found.difference(read_measure("successful")).settled
    assert "successful" not in " ".join(found.verdict())


@pytest.mark.parametrize(
    ("measure", "without_need", "is_none"),
    [
        ("successful", 3, False),
        ("successful", 10, True),
        (CHANCE, 3, True),
        (CHANCE, 0, False),
        ("prompts", 10, False),
    ],
)
def test_a_measure_is_no_merit_where_nobody_needs_the_update(measure, without_need, is_none):
    one = [1.0] * (10 - without_need) + [0.0] * without_need
    need = difference(NEEDED, one, [2.0] * 10)
    assert is_no_merit(read_measure(measure), need) == is_none
