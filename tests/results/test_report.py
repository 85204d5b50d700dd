"""The report: one file that needs nothing else."""

from __future__ import annotations

import re
import shutil

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.planning.experiment import Experiment
from fwsim.problems import InputError
from fwsim.results.report import report, write_report
from tests.results.small_rollout import SMALL, small_answer, small_result


@pytest.fixture(scope="module")
def page():
    return report(small_answer(), small_result().log)


def test_it_follows_the_checklist(page):
    heads = re.findall(r"<h2>(\d) &ensp;([^<]*)</h2>", page)
    assert [number for number, _ in heads] == ["1", "2", "3", "4", "5", "6"]
    assert heads[0][1] == "What is asked, and the answer"


def test_it_asks_nobody_for_anything(page):
    assert re.findall(r"(?:src|href)=\"(?!data:)", page) == []
    assert "<script" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "part",
    [
        "Two lines are thin, and some users wait.",
        "As a command line: scmd -update -to DE -subous -inform 300 -cancel",
        "The fleet has 40 devices in 3 organisational units at 3 sites.",
        "6 runs",
        "max-min fair",
        "install_rate",
        "fwsim run SCENARIO --seed 1 --replications 6",
        "scenario_sha256",
        'class="missed">no</td>',
        'class="held">yes</td>',
    ],
)
def test_it_holds_the_plan_the_answer_and_how_to_run_it_again(page, part):
    assert part in page


def test_it_has_a_figure_of_each_kind(page):
    titles = re.findall(r'<img alt="([^"]*)"', page)
    assert len(titles) == 9
    assert {"Completion", "Outcomes over time", "A sample of devices", "Load of West"} <= {*titles}


@pytest.mark.usefixtures("unrendered")
def test_names_from_a_stranger_are_escaped(tmp_path):
    hostile = SMALL.replace("Three offices", "'<img src=x onerror=alert(1)>'")
    answer = Experiment(fwsim.loads(hostile)).run(2, workers=1)
    assert "<img src=x" not in report(answer)


def test_the_same_results_give_the_same_bytes(page):
    assert report(small_answer(), small_result().log) == page


def test_it_is_written_beside_the_results(tmp_path):
    small_answer().save(tmp_path)
    result = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert result.output == f"The report lies in {tmp_path / 'report.html'}\n"
    assert "A sample of devices" not in (tmp_path / "report.html").read_text()
    small_result().save(tmp_path / "story")
    shutil.copy(tmp_path / "story" / "status-log.csv", tmp_path)
    assert "A sample of devices" in write_report(tmp_path).read_text()


def test_a_folder_of_one_story_says_what_is_missing(tmp_path):
    small_result().save(tmp_path)
    with pytest.raises(InputError, match="--replications 20 --out FOLDER"):
        write_report(tmp_path)
