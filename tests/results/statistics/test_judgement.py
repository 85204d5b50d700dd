"""Whether an answer is what the scenario expects."""

from __future__ import annotations

import pytest

from fwsim.experiments.experiment import Experiment
from fwsim.measures.expectation import read_expectation
from fwsim.measures.measure import read_measure
from fwsim.results.statistics.judgement import holds, judge, shortfall

FLEET = {"fleet": {"units": {"DE": {"devices": 40}}}, "faults": {"installation": "20 %"}}
TO_SUCCEED = read_measure("successful")
LATER = "devices successful by 2018-08-20 11:14"
OF_A_PART = ("time to 75 % for site DE", "successful in DE", "outcome cancelled in DE")


@pytest.fixture(scope="module")
def answers():
    """Return ten runs of forty devices of which one in five fails, and one run alone."""
    import fwsim
    from tests.conftest import STORY, merged

    data = merged(STORY, {"commands": [{"update": "DE"}], **FLEET})
    experiment = Experiment(
        fwsim.Scenario.model_validate(data),
        measures=["t75", "t85", LATER, "successful by 2018-08-20 11:14", *OF_A_PART],
    )
    return {count: experiment.run(count, workers=1) for count in (10, 1)}


def verdict(answer, words, condition):
    return judge(answer, (read_expectation(words, condition),))[0]


@pytest.mark.parametrize(
    ("words", "condition", "held"),
    [
        ("successful", ">= 70 %", True),
        ("successful", ">= 90 %", False),
        ("successful", "<= 70 %", False),
        ("successful", ">= 70 % at 95 % confidence", True),
        ("successful", ">= 79 % at 99.9 % confidence", False),
        ("successful", "<= 81 % at 99.9 % confidence", False),
        ("successful", ">= 60 % in 100 % of the runs", True),
        ("successful", ">= 80 % in 100 % of the runs", False),
        ("successful", ">= 60 % in 60 % of the runs at 95 %", True),
        ("successful", ">= 60 % in 90 % of the runs at 95 %", False),  # ten of ten say 69 %
        ("successful", "p10 >= 60 %", True),
        ("t99", "<= 5 min", False),
        ("outcome rejected", "= 0 %", True),
        ("t75", "p99 <= 1 min", False),
        ("t75", "<= 30 min", True),
    ],
)
def test_a_verdict(answers, words, condition, held):
    assert verdict(answers[10], words, condition).held is held


@pytest.mark.parametrize(
    ("condition", "enough"), [("90 % of the runs at 95 %", 36), ("50 % of the runs at 99.9 %", 11)]
)
def test_runs_that_all_meet_it_but_are_too_few_are_the_cause_themselves(answers, condition, enough):
    expected = read_expectation("successful", f">= 60 % in {condition}")
    told = f"10 runs that all meet it are too few to be so sure; {enough} would do"
    assert judge(answers[10], (expected,))[0].causes == (told,)
    assert holds(expected, [1.0] * enough)
    assert not holds(expected, [1.0] * (enough - 1))


def test_where_runs_miss_it_what_they_came_to_is_told(answers):
    missed = verdict(answers[10], "successful", ">= 90 % in 90 % of the runs")
    assert missed.got.startswith("in 0 of 10 runs, ")
    assert missed.causes[0] == f"median of the runs: {answers[10].cells(TO_SUCCEED).middle}"
    alone = verdict(answers[1], "successful", ">= 90 % in 90 % of the runs")
    assert not alone.causes[0].startswith("median")


@pytest.mark.parametrize("condition", [">= {} at 99.9 %", ">= {} in 60 % of the runs at 99.9 %"])
def test_what_lacks_only_confidence_is_not_put_down_to_failures(answers, condition):
    limit = sorted(answers[10].values(TO_SUCCEED))[2]
    missed = verdict(answers[10], "successful", condition.format(repr(limit)))
    assert not missed.held
    [cause] = missed.causes
    assert cause.startswith("as a whole, these 10 runs meet it; they are too few")


def test_a_time_that_some_runs_never_reach_is_told_without_an_interval(answers):
    assert verdict(answers[10], "t85", "<= 5 min").got == "not reached in 7 of 10 runs"


def test_no_number_of_runs_shows_that_all_possible_ones_meet_it(answers):
    missed = verdict(answers[1], "successful", ">= 60 % in 100 % of the runs at 95 %")
    assert "no number of runs shows that all possible runs do" in missed.causes[0]


def test_a_miss_is_told_with_what_was_got_and_the_nearest_cause(answers):
    missed = verdict(answers[10], "successful", ">= 90 %")
    share = answers[10].estimate("successful")
    interval = f"mean {share.value:.1%} ({share.low:.1%} to {share.high:.1%}) at 95%"
    assert missed.got == interval.replace("%", " %")
    assert missed.margin.startswith("−")
    assert "not successful because installation failed" in missed.causes[0]


def test_a_late_end_is_told_with_its_tail(answers):
    causes = verdict(answers[10], "t90", "<= 1 s").causes
    assert "not successful" in causes[0]
    assert causes[1].startswith("The last 5 % of the devices")


@pytest.mark.parametrize(
    ("words", "condition", "causes"),
    [
        ("t50", "<= 1 s", ()),  # every run gets that far, before the last have their turn
        ("t50", ">= 2 h", ()),
        ("successful", "<= 1 %", ()),
        ("outcome not successful", "<= 1 %", ("not successful because installation failed",)),
        ("outcome not successful because installation failed", "<= 1 %", ()),
        ("outcome cancelled", ">= 50 %", ("not successful because installation failed",)),
        ("successful by 2018-08-20 11:14", ">= 75 %", ("only after", "because installation")),
        (LATER, ">= 35", ("devices only after that time", "because installation")),
    ],
)
def test_what_does_not_explain_it_is_no_cause(answers, words, condition, causes):
    missed = verdict(answers[10], words, condition)
    assert not missed.held
    assert len(missed.causes) == len(causes)
    assert all(told in cause for told, cause in zip(causes, missed.causes, strict=True))


@pytest.mark.parametrize("words", OF_A_PART[:2])
def test_what_a_part_misses_is_not_put_down_to_the_whole_fleet(answers, words):
    condition = "<= 1 s" if words.startswith("time") else ">= 100 %"
    missed = verdict(answers[10], words, condition)
    assert not missed.held
    assert missed.causes == ()


def test_a_full_line_is_told_with_its_site(answers):
    when = "it carries most in the hour from Mon 20 Aug 2018 11:00, mean of 10 runs"
    cause, *more = verdict(answers[10], "peak site link utilisation", "<= 1 %").causes
    assert cause.startswith("fullest is DE: ")
    assert cause.endswith(" in its busiest minute, mean of 10 runs")
    assert more == [when]
    cause, *more = verdict(answers[10], "busy-hour site link utilisation", "<= 0.1 %").causes
    assert cause.startswith("fullest is DE: ")
    assert cause.endswith(" in its fullest hour, mean of 10 runs")
    assert more == [when]


def test_of_one_run_no_mean_is_told(answers):
    of_one = [
        verdict(answers[1], words, "<= 0.001 %").causes
        for words in ("peak site link utilisation", "peak repository utilisation")
    ]
    assert [len(causes) for causes in of_one] == [2, 1]
    assert not any("mean" in cause for causes in of_one for cause in causes)


def test_rates_and_the_repository_are_told_with_their_line_and_hour(scenario):
    lines = {"A": {"link": "50 Mbit/s"}, "B": {"link": "9 Mbit/s"}}
    hubs = {"West": {"link": "20 Mbit/s", "sites": ["A"]}}
    known = scenario(
        fleet={"units": {"DE/A": {"devices": 9, "site": "A"}, "DE/B": {"devices": 2, "site": "B"}}},
        network={"sites": lines, "hubs": hubs},
        commands=[{"update": "DE", "subordinate_units": True, "once": "2018-08-20 22:05"}],
    )
    rates = ["peak hub rate", "peak site rate"]
    answer = Experiment(known, measures=rates).run(2, workers=1)
    hour = "in the hour from Mon 20 Aug 2018 22:00, mean of 2 runs"
    for words, line in zip(rates, ("West", "DE"), strict=True):
        told, when = verdict(answer, words, "<= 1 kbit/s").causes
        assert told.startswith(f"most is on {line}: ")
        assert told.endswith("Mbit/s in its busiest minute, mean of 2 runs")
        assert when == f"it carries most {hour}"
    repository = verdict(answer, "peak repository utilisation", "<= 0.001 %")
    assert repository.causes == (f"the repository sends most {hour}",)


def test_lines_that_are_as_full_are_told(scenario):
    fleet = {name: {"devices": 3, "site": name[-1]} for name in ("DE/A", "DE/B", "DE/C")}
    known = scenario(
        fleet={"units": fleet},
        network={"sites": {name: {"link": "1 Mbit/s"} for name in "ABC"}},
        commands=[{"update": "DE", "subordinate_units": True, "once": "2018-08-20 22:05"}],
    )
    answer = Experiment(known).run(1, workers=1)
    causes = verdict(answer, "peak site link utilisation", "<= 1 %").causes
    assert causes[0] == "fullest is A: 100.0 % in its busiest minute"
    assert causes[2:] == ("2 others reach the same",)


def test_the_line_with_the_highest_peak_is_named_not_the_one_with_the_fullest_hour(scenario):
    """A is half full for an hour, as its router lets no more through; B is full for a minute."""
    half = {"link": "16 Mbit/s", "updates_at_most": "8 Mbit/s"}
    known = scenario(
        fleet={
            "units": {"DE/A": {"devices": 40, "site": "A"}, "DE/B": {"devices": 2, "site": "B"}}
        },
        network={"sites": {"default": {"link": "8 Mbit/s"}, "A": half, "B": {"link": "8 Mbit/s"}}},
        commands=[{"update": "DE", "subordinate_units": True, "once": "2018-08-20 22:00"}],
    )
    in_hours = "peak site link utilisation mon-sun 00:00-23:00"  # lines' shares are not kept
    answer = Experiment(known, measures=[in_hours]).run(2, workers=1)
    cause, _ = verdict(answer, "peak site link utilisation", "<= 60 %").causes
    assert cause.startswith("fullest is B: ")
    cause, _ = verdict(answer, "busy-hour site link utilisation", "<= 1 %").causes
    assert cause.startswith("fullest is A: ")
    assert verdict(answer, in_hours, "<= 60 %").causes == ()


def test_one_run_has_no_confidence(answers):
    missed = verdict(answers[1], "successful", ">= 1 % at 95 %")
    assert not missed.held
    assert missed.margin == "one run has no interval; ask for replications"
    assert missed.causes == ()
    in_runs = verdict(answers[1], "successful", ">= 1 % in 90 % of the runs at 95 %")
    assert (in_runs.held, in_runs.got, in_runs.margin) == (False, "in 1 of 1 run", missed.margin)
    assert verdict(answers[1], "prompts", "p90 <= 9").got.startswith("p90 of one run: ")


@pytest.fixture(scope="module")
def partly_needless():
    """Return runs in which two of ten devices run the image already, and two fail."""
    import fwsim
    from tests.conftest import STORY, merged

    units = {
        "DE": {"devices": 0},
        "DE/A": {"devices": 6, "installed": "old.idf"},
        "DE/B": {"devices": 2, "installed": "old.idf", "attributes": {"Device type": "bad"}},
        "DE/C": {"devices": 2, "installed": "new.idf"},
    }
    failing = [{"phase": "installation", "share": "100 %", "where": "Device type = bad"}]
    data = {"fleet": {"units": units}, "failing": failing}
    data["commands"] = [{"update": "DE", "subordinate_units": True}]
    known = fwsim.Scenario.model_validate(merged(STORY, data))
    return Experiment(known, measures=["time to 75 %"]).run(2, workers=1)


@pytest.mark.parametrize(
    ("words", "condition", "causes"),
    [
        ("time to 75 %", "<= 1 s", ("The last 5 % of the devices",)),  # 0.6 / 0.8 is below 0.75
        ("successful", ">= 90 %", ("20.0 % not necessary", "20.0 % not successful because")),
        ("up to date", ">= 90 %", ("20.0 % not successful because",)),
    ],
)
def test_who_does_not_need_it_is_a_cause_only_where_that_counts_as_missing(
    partly_needless, words, condition, causes
):
    missed = verdict(partly_needless, words, condition)
    assert not missed.held
    assert len(missed.causes) == len(causes)
    assert all(map(str.startswith, sorted(missed.causes), causes))


def test_what_has_no_interval_is_told_without_a_confidence(partly_needless):
    assert verdict(partly_needless, "t99", "<= 5 min at 95 %").got == "not reached in any of 2 runs"


def test_the_cause_is_told_where_no_device_of_a_part_is_targeted(scenario):
    parts = {"DE": {"devices": 2}, "AT": {"devices": 2}}
    expect = [{"successful in AT": ">= 90 %"}, {"time to 95 % for site AT": "<= 1 h"}]
    data = scenario(commands=[{"update": "DE"}], fleet={"units": parts}, expect=expect)
    measures = ["devices targeted in AT", "devices targeted for site AT"]
    answer = Experiment(data, measures=measures).run(2, workers=1)
    causes = [verdict.causes for verdict in judge(answer, answer.setting.expectations)]
    assert causes == [
        ("devices targeted in AT: none in any run",),
        ("devices targeted for site AT: none in any run",),
    ]


@pytest.mark.parametrize("condition", [">= {}", "= {}", "<= {}", ">= {} at 95 % confidence"])
def test_what_every_run_meets_exactly_is_held(condition):
    for devices in range(2, 60):
        share = (devices - 1) / devices
        expected = read_expectation("successful", condition.format(repr(share)))
        for count in (2, 3, 6, 10, 24, 36, 60):
            assert holds(expected, [share] * count), (devices, count)
            assert shortfall(expected, [share] * count) == 0


@pytest.mark.parametrize(("condition", "is_held"), [(">=", True), ("=", True), (">", False)])
def test_a_mean_is_at_the_limit_whichever_way_it_was_rounded(condition, is_held):
    expected = read_expectation("successful", f"{condition} 60 %")
    for step in range(1, 40):
        values = [0.6 + step / 100, 0.6 - step / 100, 0.6] * 7
        assert holds(expected, values) is is_held
    assert not holds(expected, [0.6, 0.6, 0.6 - 1e-9])
