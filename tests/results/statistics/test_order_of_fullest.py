"""Which lines are told to be fullest, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results.output.report_tables import fullest_lines as table
from fwsim.results.statistics.fullest import fullest_first, fullest_rows

RATES = {"A": "4 Mbit/s", "B": "4 Mbit/s", "C": "1 Mbit/s", "D": "1 Gbit/s"}
"""C is full for ten times as long as A and B are; the devices of D do not fill its line."""


@pytest.fixture(scope="module")
def answer():
    data = {
        "doubt": "none",
        "zone": "UTC",
        "start": "2018-08-20 22:00",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "600 MB"}]},
        "fleet": {
            "units": {
                "DE": {"devices": 0, "installed": "old.idf"},
                **{f"DE/{site}": {"devices": 5, "site": site} for site in RATES},
            }
        },
        "network": {"sites": {site: {"link": rate} for site, rate in RATES.items()}},
        "commands": [{"update": "DE", "subordinate_units": True}],
    }
    return Experiment(fwsim.Scenario.model_validate(data)).run(2, workers=1)


def test_of_lines_that_are_told_the_same_the_one_that_is_full_for_longest_comes_first(answer):
    names = [row[0] for row in fullest_rows(answer, 4)]
    assert names == ["C", "A", "B", "D"]
    assert {row[2] for row in fullest_rows(answer, 3)} == {"100.0 %"}


def test_terminal_report_and_picture_name_the_same_line_first(answer, capsys):
    from fwsim.results.output.console_answer import print_answer
    from fwsim.results.output.report_figures import lines

    print_answer(answer)
    rows = capsys.readouterr().out.partition("Fullest sites")[2].splitlines()
    assert rows[1].split()[0] == "C"
    assert table(answer).rows[0][0] == "C"
    assert lines(answer)[1].title == "Load of C"


def test_a_share_that_is_told_as_more_comes_first_however_short():
    """99.96 % is less than 100.0 %; 99.12 % and 99.08 % are both told as 99.1 %."""
    full, in_all = np.array([0.9996, 0.9912, 1.0, 0.9908]), np.array([5.0, 1.0, 1.0, 9.0])
    assert fullest_first(full, in_all) == [2, 0, 3, 1]
