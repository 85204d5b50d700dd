"""What is said on a terminal: of the story of one run at its head, of a forecast."""

import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.messages import speaking
from fwsim.results.output.console import print_groups_of_run, print_summary
from fwsim.results.output.console_answer import print_answer

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
    heading, *_, group = capsys.readouterr().out.rstrip().split("\n\n")
    assert f"ended {last}" in heading
    assert last in group


EXPECTED = """\
expect:
  - successful: ">= 0 %"
  - outcome not successful: "<= 0 %"
"""


@pytest.mark.parametrize(
    ("language", "heads", "yes", "no"),
    [("en", "Expected Got Held By", "yes", "no"), ("de", "Erwartet Gefunden", "ja", "nein")],
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
