"""What is said on a terminal: of the story of one run at its head, of a forecast."""

import pytest

import fwsim
from fwsim.experiments.comparison import Comparison
from fwsim.experiments.experiment import Experiment
from fwsim.messages import GERMAN, speaking
from fwsim.results.output.console import print_groups_of_run, print_summary
from fwsim.results.output.console_answer import print_answer
from fwsim.results.output.report import report
from fwsim.results.run.lines_in_words import (
    others_in_words,
    others_of_plans,
    others_of_rollout,
)
from fwsim.results.statistics.setting import Setting
from fwsim.run import prepare
from tests.conftest import figures_undrawn

SCENARIO = """\
zone: UTC
start: 2024-03-04 08:00
horizon: 1 d
doubt: none
image: {name: new.idf, packages: [{name: a, size: 6 MB}]}
fleet: {units: {DE: {devices: 3, installed: old.idf}}}
faults: {installation: 80 %}
"""
TRIED = "assignments: [{update: DE, check_in: {every: 1 h}, retry: {times: 3, wait: 10 min}}]\n"
SENT = "commands: [{delivery: DE}, {update: DE, once: 2024-03-04 12:00}]\n"
CHECKED = """\
firmware: {new_version: {at_start: true}}
power: {default: {on: "daily 09:00-17:00"}}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SENT, "by 2 command runs;"),
        (TRIED, "by 1 assignment;"),  # not each of its tries
        (SENT + TRIED, "by 2 command runs, 1 assignment;"),
        (CHECKED, "by what devices start by themselves;"),
    ],
)
def test_it_tells_by_what_devices_are_targeted(text, told, capsys):
    print_summary(fwsim.simulate(fwsim.loads(SCENARIO + text), seed=1))
    assert f" targeted {told}" in " ".join(capsys.readouterr().out.split())


LINES = """\
network:
  sites:
    default: {link: 8 Mbit/s}
    a: {link: 8 Mbit/s, busy: {daily 08:00-18:00: 40 %}}
    b: {link: 8 Mbit/s}
"""
BEGINS = "Shares of a line are what updates take of it. Others use "
ENDS = " lines, too (busy): such a line can be full before updates take 100 %."


@pytest.mark.parametrize(
    ("site", "told"), [("a", f"Others use 1 of 1{ENDS}"), ("b", None)], ids=["shared", "alone"]
)
def test_a_share_of_a_line_is_said_to_leave_out_what_others_take(site, told, capsys, tmp_path):
    """A line of 8 Mbit/s with 40 % in other use is full at the 60 % that are told."""
    sized = (SCENARIO + SENT).replace("6 MB", "600 MB").replace("{devices: 3", "{devices: 1")
    text = sized.replace("installed", f"site: {site}, installed") + LINES
    result = fwsim.simulate(fwsim.loads(text), seed=1)
    assert result.measures.peaks[-1].share == pytest.approx(0.6 if told else 1, abs=1e-6)
    answer = Experiment(fwsim.loads(text)).run(2, workers=1)
    print_summary(result)
    of_one = capsys.readouterr().out
    print_answer(answer)
    of_runs = capsys.readouterr().out
    with speaking(GERMAN):
        print_summary(result)
    assert "\nRepository " in (german := capsys.readouterr().out)
    assert "repository" not in german
    with figures_undrawn():
        page = report(answer).replace("\u00a0", " ")
    compared = Comparison(("a", "b"), (answer, answer))
    in_notebooks = answer._repr_html_(), compared._repr_html_()
    for shown in (of_one, of_runs, page, *in_notebooks):
        flat = " ".join(shown.split())
        assert told in flat if told else ENDS not in flat


@pytest.mark.parametrize(
    ("share", "told"),
    [("0 %", ""), ("{seen: 0 of 60}", "1 of 1"), ("40 %", "1 of 1")],
)
def test_nobody_uses_a_line_of_which_others_take_nothing(share, told):
    text = (SCENARIO + SENT + LINES).replace("installed", "site: a, installed")
    rollout = prepare(fwsim.loads(text.replace("40 %", share)))
    assert others_of_rollout(rollout) == (told and BEGINS + told + ENDS)
    assert Setting.of(rollout).shared_lines == ((0,) if told else ())


def test_plans_whose_lines_others_use_otherwise_are_told_apart():
    sentences = [others_in_words(20, 0, 20), "", others_in_words(5, 0, 20)]
    assert others_of_plans("abc", sentences) == (
        f"a: {BEGINS}20 of 20{ENDS}",
        f"c: {BEGINS}5 of 20{ENDS}",
    )
    assert others_of_plans("ab", [sentences[0]] * 2) == (sentences[0],)
    assert others_of_plans("ab", ["", ""]) == ()


@pytest.mark.parametrize(("start", "told"), [("08:00", "12:00"), ("08:00:30", "12:00:30")])
def test_the_busiest_minute_begins_when_it_says(start, told, capsys):
    """Minutes begin with the start; the line of 8 Mbit/s is full in the first whole one."""
    text = SCENARIO.replace("08:00", start).replace("6 MB", "600 MB") + LINES
    text += "commands: [{update: DE, once: 2024-03-04 11:59:50}]\n"
    result = fwsim.simulate(fwsim.loads(text), seed=1)
    print_summary(result)
    assert f"  2024-03-04 {told}  " in capsys.readouterr().out


TWICE = """\
zone: Europe/Berlin
start: 2026-10-24 20:00
horizon: 1 d
doubt: none
image: {name: new.idf, packages: [{name: a, size: 6 MB}]}
fleet: {units: {DE: {devices: 10, installed: old.idf}}}
commands: [{update: DE, once: 2026-10-25 01:40, devices_wait: 10 min}]
"""


def test_of_two_times_that_the_clock_shows_alike_a_run_says_which_it_is(capsys):
    """Devices end every ten minutes from 01:41 on, so the tenth at the second 02:11."""
    result = fwsim.simulate(fwsim.loads(TWICE), seed=1)
    half, *_, last = (time.at for time in result.measures.completion if time.of == "needed")
    assert half.startswith("2026-10-25 02:2")
    assert half.endswith("+02:00")
    assert last.startswith("2026-10-25 02:1")
    assert last.endswith("+01:00")
    assert result.headline.endswith(f"; over at {last}")
    print_summary(result)
    print_groups_of_run(result, "unit")
    heading, *_, group, _ = capsys.readouterr().out.rstrip().split("\n\n")
    assert f"ended {last}" in heading
    assert last in group


EXPECTED = """\
expect:
  - prompts: ">= 0 notices"
  - outcome not successful: "<= 0 %"
"""


@pytest.mark.parametrize(
    ("language", "heads", "yes", "no"),
    [
        ("en", "Expected Result Met From the limit", "yes", "no"),
        ("de", "Erwartet Ergebnis Erfüllt Abstand zur Grenze", "ja", "nein"),
    ],
)
def test_a_forecast_says_whether_what_was_expected_holds(language, heads, yes, no, capsys):
    experiment = Experiment(fwsim.loads(SCENARIO + SENT + EXPECTED))
    with speaking(language):
        for stop, held in ((None, [yes, no]), (3_600_000, [yes, None])):
            print_answer(experiment.run(3, workers=1, stop_at=stop))
            table = capsys.readouterr().out.split("\n\n")[2]
            head, *rows = (line.split() for line in table.splitlines())
            assert " ".join(head).startswith(heads)
            told = [next((word for word in (yes, no) if word in row), None) for row in rows]
            assert told == held  # in an hour nothing has ended: the second is not judged


def test_a_forecast_of_a_scenario_that_expects_nothing_has_no_such_table(capsys):
    print_answer(Experiment(fwsim.loads(SCENARIO + SENT)).run(3, workers=1))
    assert "Expected" not in capsys.readouterr().out


@pytest.mark.parametrize("spoken", [None, GERMAN])
def test_nobody_asked_is_said_as_a_person_would_say_it(capsys, spoken):
    result = fwsim.simulate(fwsim.loads(SCENARIO + TRIED))
    with speaking(spoken or "en"):
        print_summary(result)
    people = " ".join(capsys.readouterr().out.split())
    words = "Menschen: keine Meldungen; erzwungene" if spoken else "People: no notices; forced"
    assert words in people


@pytest.mark.parametrize(
    ("more", "shared", "held"),
    [
        ("busy: {sat 08:00-18:00: 40 %}", (), ()),
        ("busy: {daily 20:00-22:00: 40 %}", (0,), ()),
        ("busy: {daily 20:00-22:00: 0 %}", (), ()),
        ("updates_at_most: 4 Mbit/s", (), (0,)),
        ("updates_at_most: 9 Mbit/s", (), ()),
    ],
)
def test_only_what_holds_while_it_is_played_is_said_to_fill_a_line(more, shared, held):
    """The story is of a Monday."""
    lines = "network: {sites: {a: {link: 8 Mbit/s, " + more + "}}}\n"
    text = SCENARIO.replace("installed", "site: a, installed") + SENT + lines
    rollout = prepare(fwsim.loads(text))
    setting = Setting.of(rollout)
    assert (setting.shared_lines, setting.held_lines) == (shared, held)
    assert Setting.of(rollout, until=4 * 3_600_000).shared_lines == ()
    said = others_of_rollout(rollout)
    assert ("Others use 1 of 1 lines" in said) is bool(shared)
    assert ("A router holds updates back on 1 of 1 lines" in said) is bool(held)
    assert bool(said) is bool(shared or held)
