"""What a file says of a number, in words."""

import pytest

from fwsim.learning.belief_in_words import belief_in_words
from fwsim.quantities.units import unbroken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("5 s", "5 s"),
        ({"between": ["51 %", "80 %"], "each": "site"}, "51 % to 80 %, each site its own"),
        ({"about": {"now": "36 %", "defer": "60 %"}, "worth": 28.49},
         "now 36 %, defer 60 %, as from 28 observations"),
        ({"about": "0.97 %", "worth": 155}, "0.97 %, as from 155 observations"),
        ({"seen": "0 of 60"}, "0 of 60"),
        ({"seen": {"30 min": 5, "1 h": 8}}, "30 min: 5, 1 h: 8"),
        ({"lognormal": {"median": {"between": ["20 s", "39 s"]}, "p95": "3 min"}},
         "median 20 s to 39 s, p95 3 min"),
        ({"sample": ["4 s", "9 s"], "resampled": True}, "2 measured values"),
        ({"gamma": {"a": 2, "scale": "3 s"}}, "gamma a 2; scale 3 s"),
        ({"now": "45 %", "defer": "45 %"}, "now 45 %; defer 45 %"),
    ],
)  # fmt: skip
def test_a_value_is_told_in_words(value, words):
    assert belief_in_words(value) == words


def test_no_line_ends_between_a_number_and_its_unit():
    told = unbroken("1.5 Mbit/s to 900 kB/s; 1 h 30 min; 90 % of 200 runs; 3 MB; 5 minded")
    parts = told.split(" ")
    for duration in ("1 h 1,5 min", "1 min 30.5 s"):  # German, and with a decimal
        assert " " not in unbroken(duration)
    assert parts[0] == "1.5\u00a0Mbit/s"
    assert "900\u00a0kB/s;" in parts
    assert {"1\u00a0h\u00a030\u00a0min;", "90\u00a0%", "3\u00a0MB;", "200", "5", "minded"} <= {
        *parts
    }
