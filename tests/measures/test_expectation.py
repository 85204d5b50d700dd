"""What a scenario expects: a measure and a condition."""

from __future__ import annotations

import re

import pytest

from fwsim.measures.expectation import read_expectation
from fwsim.measures.in_words import expectation_in_words
from fwsim.measures.precision import read_precision
from fwsim.messages import speaking

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("words", "condition", "comparison", "limit", "rest"),
    [
        ("successful", ">= 95 %", ">=", 0.95, (None, None, None)),
        ("t95", "<= 6 h", "<=", 6 * HOUR, (None, None, None)),
        ("t95", "< 6 h in 90 % of the runs", "<", 6 * HOUR, (None, 0.9, None)),
        ("t95", "≤ 6 h in 90 % of replications", "<=", 6 * HOUR, (None, 0.9, None)),
        ("t95", "p90 <= 1 h 30 min", "<=", 1.5 * HOUR, (0.9, None, None)),
        ("successful", ">= 0.95 at 99 % confidence", ">=", 0.95, (None, None, 0.99)),
        ("t95", "<= 6 h in 90 % of the runs at 95 %", "<=", 6 * HOUR, (None, 0.9, 0.95)),
        ("prompts", "<= 20 notices", "<=", 20, (None, None, None)),
        ("prompts", "= 1 notice", "=", 1, (None, None, None)),
        ("WAN bytes", "<= 3 GB", "<=", 3e9, (None, None, None)),
        ("peak site link utilisation", "<= 80 %", "<=", 0.8, (None, None, None)),
    ],
)
def test_a_condition_is_read(words, condition, comparison, limit, rest):
    found = read_expectation(words, condition)
    assert (found.comparison, found.limit) == (comparison, limit)
    assert (found.quantile, found.runs, found.level) == rest


@pytest.mark.parametrize(
    ("words", "condition", "is_so"),
    [
        ("successful by 2018-08-20 12:00", "<= 50 %", True),
        ("successful by 2018-08-20 12:00", ">= 50 %", False),
        ("t95", ">= 6 h", True),
        ("t95", "p90 <= 6 h", False),
        ("t95", "= 6 h", False),
    ],
)
def test_at_most_a_share_or_no_sooner_than_a_time_holds_a_rollout_back(words, condition, is_so):
    assert read_expectation(words, condition).holds_back is is_so


@pytest.mark.parametrize(
    ("words", "condition", "part"),
    [
        ("successful", "95 %", "is not a condition"),
        ("successful", ">= 6 h", "is the unit of a duration"),
        ("t95", "<= 95 %", "is the unit of a share"),
        ("t95", "<= 6", "not a duration"),
        ("prompts", "<= 20 h", "expected a number of notices"),
        ("prompts", "<= -1", "'-1' is less than none; expected a number of notices"),
        ("successful", ">= 120 %", "out of range"),
        ("t95", "p90 <= 6 h in 90 % of the runs", "take one"),
        ("successful", ">= 95 % at 100 %", "less than 100 %"),
        ("", ">= 95 %", "is not a measure"),
        ("successful", ">=", "has no value to compare with"),
        ("successful", ">= at 95 % confidence", "has no value to compare with"),
        ("t95", "p90 <=", "has no value to compare with"),
        ("t95", "<= in 90 % of the runs", "has no value to compare with"),
    ],
)
def test_a_wrong_condition_is_told_what_is_wrong(words, condition, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        read_expectation(words, condition)


@pytest.mark.parametrize(
    ("text", "half_width", "level"),
    [
        ("t95 ± 10 min at 95 %", 600_000, 0.95),
        ("t95 +- 10 min", 600_000, 0.95),
        ("successful ± 1 % at 99 % confidence", 0.01, 0.99),
        ("prompts +/- 5", 5, 0.95),
    ],
)
def test_a_precision_is_read(text, half_width, level):
    precision = read_precision(text)
    assert (precision.half_width, precision.level, precision.text) == (half_width, level, text)
    assert precision.quantile is None


def test_a_precision_keeps_the_name_in_its_measure_letter_by_letter():
    precision = read_precision("successful  for site A  ± 1  ±  1 %  at 90 %")
    assert precision.measure.group == "site A  ± 1"
    assert precision.text == "successful  for site A  ± 1 ± 1 % at 90 %"
    assert read_precision("p90  of most  prompts on one device ±2").text == (
        "p90 of most prompts on one device ±2"
    )


def test_a_precision_far_too_long_to_be_one_is_refused_at_once():
    with pytest.raises(ValueError, match="longer than 3,000"):
        read_precision(f"t95 ± {'1 ' * 3000}min")
    with pytest.raises(ValueError, match="longer than 3,000"):
        read_precision(f"t95 ± x{' ' * 1_000_000}x")


@pytest.mark.parametrize(
    ("text", "quantile"), [("p90 of t95 ± 10 min", 0.9), ("p2.5 of prompts ± 5 at 99 %", 0.025)]
)
def test_the_precision_of_a_quantile_is_read(text, quantile):
    precision = read_precision(text)
    assert (precision.quantile, precision.text) == (pytest.approx(quantile), text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("t95 10 min", "is not a precision"),
        ("t95 ± 0 s", "no number of runs"),
        ("t95 ± 10 min at 20 %", "at least 50 %"),
        ("chance of 95 % by 2018-08-21 06:00 ± 1 %", "has no mean"),
        ("t95 ± 10 %", "unit of a share"),
        ("p0 of t95 ± 10 min", "p0 is not a quantile"),
        ("p90 t95 ± 10 min", "is not a measure"),
    ],
)
def test_a_wrong_precision_is_told_what_is_wrong(text, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        read_precision(text)


@pytest.mark.parametrize(
    ("words", "condition", "told"),
    [
        ("time to 90 %", "<= 6 h in 75 % of the runs", "Zeit bis 90 %: <= 6 h in 75 % der Läufe"),
        ("devices prompted", "<= 90 devices", "Geräte mit Meldung: <= 90 Geräte"),
        ("successful", "≥ 85.5 % at 95 % confidence", "erfolgreich: >= 85,5 % zu 95 % sicher"),
        ("time to 90 %", "p90 <= 6 h", "Zeit bis 90 %: p90 <= 6 h"),
    ],
)
def test_an_expectation_has_german_words_where_it_is_read(words, condition, told):
    expected = read_expectation(words, condition)
    assert expectation_in_words(expected) == str(expected)
    with speaking("de"):
        assert expectation_in_words(expected) == told
