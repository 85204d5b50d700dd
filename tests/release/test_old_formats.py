"""What fwsim 0.1.0 wrote is read by every later fwsim; these files are never changed."""

from __future__ import annotations

import re
import shutil

import pytest

import fwsim
from fwsim.ledger.store import read_ledger
from fwsim.problems import InputError
from fwsim.results.run.stages import STAGES, Stage
from fwsim.scenario.schema import FORMAT
from tests.test_docs import ROOT

OLD = ROOT / "tests" / "data" / "format-1"


def test_a_scenario_of_the_first_format_says_what_it_said():
    scenario = fwsim.load(OLD / "scenario.yaml")
    assert scenario.digest() == fwsim.load_answer(OLD / "results").provenance["scenario_sha256"]


def test_results_of_the_first_format_are_read_back():
    answer = fwsim.load_answer(OLD / "results")
    assert answer.runs == 3
    told = (OLD / "results" / "summary.json").read_text(encoding="utf-8")
    assert answer.headline in told
    # They know fewer stages; every device still stands in one.
    stood = {stage: row[-1] for stage, row in zip(STAGES, answer.stages, strict=True)}
    assert sum(stood.values()) == answer.replications[0].targeted
    assert stood[Stage.SUCCESSFUL] > 0
    assert Stage.CHECK_IN.value not in answer.time_spent()["stage"].tolist()


def test_a_ledger_of_the_first_format_is_read(tmp_path):
    shutil.copy(OLD / "ledger.sqlite", tmp_path)
    assert len(read_ledger(tmp_path / "ledger.sqlite").forecasts) == 1


def test_a_file_that_says_no_format_is_of_the_first():
    text = (OLD / "scenario.yaml").read_text(encoding="utf-8")
    assert fwsim.loads(text.replace("format: 1\n", "")) == fwsim.loads(text)


@pytest.mark.parametrize("number", [0, FORMAT + 1])
def test_a_later_format_asks_for_a_later_fwsim(number):
    text = (OLD / "scenario.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f"this fwsim reads {FORMAT}")):
        fwsim.loads(text.replace("format: 1\n", f"format: {number}\n"))
