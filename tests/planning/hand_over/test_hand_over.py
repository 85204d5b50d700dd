"""What an administrator takes away, and that it is the plan it says it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import icalendar
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import fwsim
from fwsim.cli import main
from fwsim.commands.command import UpdateCommand
from fwsim.commands.schedule import Once
from fwsim.commands.scmd import ScmdLine
from fwsim.commands.scmd_file import read_scmd_file, write_scmd_file
from fwsim.commands.targets import NamedTarget
from fwsim.experiments.experiment import Experiment
from fwsim.planning.hand_over.command_files import commanded
from fwsim.planning.hand_over.hand_over import hand_over
from fwsim.planning.search.result_in_words import brief_of
from fwsim.planning.search.search import Search
from fwsim.planning.waves import waves_of
from fwsim.problems import InputError
from fwsim.run import play_once, prepare
from tests.conftest import figures_undrawn
from tests.planning import small_fleets
from tests.tiers import in_both_tiers


@pytest.fixture(scope="module")
def found():
    return Search(small_fleets.waves(80), seed=3).run(workers=1)


@pytest.fixture(scope="module")
def handed(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    over = hand_over(
        found.plan(), found.space.scenario, brief=brief_of(found), seed=3, runs=10, workers=1
    )
    with figures_undrawn():
        over.save(folder)
    return folder


def files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"*{ending}"))


def test_there_is_a_file_for_each_wave_with_its_rollback(found, handed):
    waves = waves_of(prepare(found.plan()))
    assert len(waves) == int(found.chosen.words["waves"])
    assert len(files(handed, ".cmd")) == len(files(handed, "-rollback.txt")) == len(waves)
    assert files(handed, ".cmd")[0].name == f"01-wave-1-{waves[0].start:%Y-%m-%d-%H%M}.cmd"


def test_command_lines_read_back_give_the_same_rollout_line_by_line(found, handed):
    plan = found.plan()
    again = commanded(plan, files(handed, ".cmd"))
    for number in range(3):
        one, two = (play_once(prepare(model), 5, number) for model in (plan, again))
        for column in ("time", "device", "state", "detail", "amount"):
            assert np.array_equal(getattr(one.log, column), getattr(two.log, column))


def test_a_folder_stands_for_its_command_files(found, handed, tmp_path):
    assert commanded(found.plan(), [handed]) == commanded(found.plan(), files(handed, ".cmd"))
    with pytest.raises(InputError, match="no command file"):
        commanded(found.plan(), [tmp_path])


def test_the_scenario_handed_over_is_the_plan(found, handed):
    again = fwsim.load(handed / "scenario.yaml")
    assert again.search is None
    one, two = (play_once(prepare(model), 5, 0) for model in (found.plan(), again))
    assert np.array_equal(one.log.time, two.log.time)


@in_both_tiers("runs", short=40, long=200)
def test_a_plan_read_back_keeps_its_limits_as_often_as_promised(found, handed, runs):
    """Fewer hits than the promise's lower bound allows have a chance below 1e-6."""
    from scipy.stats import binom

    again = commanded(found.plan(), files(handed, ".cmd"))
    question = found.question
    limits = [limit.measure for limit in question.limits]
    answer = Experiment(again, seed=4711, measures=limits).run(runs, workers=1)
    kept = question.kept({measure: answer.values(measure) for measure in limits})
    _, low, _ = found.promise
    assert low > 0.5
    assert sum(kept) >= binom.ppf(1e-6, runs, low)
    assert question.violation({measure: answer.values(measure) for measure in limits}) == 0


def test_the_calendar_has_a_window_for_each_wave(found, handed):
    book = icalendar.Calendar.from_ical((handed / "plan.ics").read_bytes())
    waves = waves_of(prepare(found.plan()))
    entries = book.walk("VEVENT")
    assert [entry.decoded("dtstart") for entry in entries] == [wave.start for wave in waves]
    for entry in entries:
        assert entry.decoded("dtend") - entry.decoded("dtstart") >= timedelta(minutes=15)
        assert "In 95 % of the runs the last" in entry["description"]
        assert "held-out" in entry["description"]


@pytest.mark.usefixtures("undrawn")
def test_the_same_plan_is_handed_over_byte_for_byte(found, handed, tmp_path):
    hand_over(
        found.plan(), found.space.scenario, brief=brief_of(found), seed=3, runs=10, workers=2
    ).save(tmp_path)
    for path in handed.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_rollback_names_what_must_be_unscheduled(found, handed):
    text = files(handed, "-rollback.txt")[-1].read_text()
    wave = waves_of(prepare(found.plan()))[-1]
    for line in wave.lines:
        assert line.command.target.name in text
    assert "delete these scheduled commands" in text
    assert "Put back after the last wave" in text or found.chosen.words["deferments"] == "1"


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_files_the_scenario_names_lie_beside_it(scenarios, tmp_path):
    plan = fwsim.load(scenarios / "branch-offices.yaml")
    hand_over(plan, plan, runs=2).save(tmp_path)
    assert (tmp_path / "branch-offices.csv").is_file()
    assert prepare(fwsim.load(tmp_path / "scenario.yaml")).runs


def test_a_command_that_repeats_has_no_date(scenarios):
    plan = fwsim.load(scenarios / "every-friday.yaml")
    with pytest.raises(InputError, match=r"every-friday.yaml:[0-9]+:[0-9]+: .*it has no date"):
        hand_over(plan, plan, runs=2)


names = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(
    lambda text: text.strip() == text and not text.endswith("\\") and '\\"' not in text
)


@pytest.mark.parametrize("name", ["DE\nformat c:", "DE\r\ncalc", "DE\x1a"])
def test_a_name_that_would_be_a_command_of_its_own_is_refused(name):
    line = ScmdLine(UpdateCommand(target=NamedTarget(name), schedule=Once(WHEN)))
    with pytest.raises(InputError, match="control character"):
        write_scmd_file([line])


@given(st.lists(names, min_size=1, max_size=4))
def test_any_name_survives_a_batch_file(units):
    lines = [
        ScmdLine(UpdateCommand(target=NamedTarget(name, True), schedule=Once(WHEN)))
        for name in units
    ]
    text = write_scmd_file(lines, ["100 % & more | <here>"])
    assert [line for _, line in read_scmd_file(text, "x.cmd")] == lines


WHEN = small_fleets.people(50).start


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("rem nothing\n", "x.cmd: error: holds no scmd line"),
        ("del *.*\n", "x.cmd:1: error: 'del' is not a command"),
        ("-pSecret123 -update\n", "x.cmd:1: error: an option is not a command"),
        ("\nscmd -update -to DE -nwo\n", "x.cmd:2:"),
    ],
)
def test_a_file_that_is_no_list_of_commands_is_refused(text, part):
    with pytest.raises(InputError) as refused:
        read_scmd_file(text, "x.cmd")
    assert part in str(refused.value)


@pytest.mark.usefixtures("undrawn")
def test_a_plan_is_found_and_handed_over_on_the_command_line(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(fwsim.dumps(small_fleets.people(60)))
    study = str(tmp_path / "study.sqlite")
    arguments = ["plan", str(path), "--study", study, "--out", str(tmp_path / "out"), "--fix"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "Selected: start" in result.output
    assert "What to fix first" in result.output
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "plans.csv",
        "plans.png",
        "search.json",
        "plan.ics",
        "report.html",
        "plan.md",
    } <= written
    commands = [str(p) for p in files(tmp_path / "out", ".cmd")]
    options = [word for name in commands for word in ("--commands", name)]
    again = CliRunner().invoke(main, ["run", str(path), *options, "--replications", "2"])
    assert again.exit_code == 0, again.output


def test_no_plan_is_no_success(tmp_path):
    path = tmp_path / "small.yaml"
    data = small_fleets.people(60).as_data()
    data["search"]["turn"] = {"inform_user": ["5 min", "1 h"], "deferments": [1, 2]}
    path.write_text(fwsim.dumps(fwsim.Scenario.model_validate(data)))
    result = CliRunner().invoke(
        main, ["plan", str(path), "--limit", "successful by 2018-08-20 08:01: >= 99 %"]
    )
    assert result.exit_code == 1
    told = "No plan that the search parameters allow can keep the limits in any run"
    assert told in result.output


@pytest.mark.slow
def test_bounds_are_told_on_the_command_line(scenarios):
    path = str(scenarios / "branch-offices.yaml")
    limit = "successful by 2021-09-24 16:00: >= 95 %"
    result = CliRunner().invoke(main, ["bounds", path, "--limit", limit])
    assert result.exit_code == 1
    assert "in none of 20 draws of what is not known, at most" in result.output
    assert "the line of Branch 05 carries at most" in result.output
