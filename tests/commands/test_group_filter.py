"""The filter of a dynamic client group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.client_group import (
    AllOf,
    AnyOf,
    Comparison,
    begins_with,
    evaluate,
    parse_filter,
    write_filter,
)
from fwsim.problems import InputError

A, B, C = (Comparison(name, name) for name in "ABC")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A = A", A),
        ("A=A", A),
        ("Device type = LES v5", Comparison("Device type", "LES v5")),
        ('Update state = "Not successful"', Comparison("Update state", "Not successful")),
        ("A=A AND B=B OR C=C", AnyOf((AllOf((A, B)), C))),
        ("A=A OR B=B AND C=C", AnyOf((A, AllOf((B, C))))),
        ("(A=A OR B=B) AND C=C", AllOf((AnyOf((A, B)), C))),
        ("A=A AND B=B AND C=C", AllOf((A, B, C))),
        ("((A=A))", A),
        ("A = a and b", Comparison("A", "a and b")),
        ('A = "x AND (y)"', Comparison("A", "x AND (y)")),
        ('A = "say ""hi"""', Comparison("A", 'say "hi"')),
    ],
)
def test_what_a_filter_says(text, expected):
    assert parse_filter(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "expected an attribute"),
        ("A", 2, "expected = after 'A'"),
        ("A =", 4, "expected a value for 'A'"),
        ("= A", 1, "expected an attribute"),
        ("A = A AND", 10, "expected an attribute"),
        ("A = A OR OR B = B", 10, "expected an attribute"),
        ("(A = A", 7, "expected )"),
        ("A = A)", 6, "unexpected ')'"),
        ("A = B = C", 7, "unexpected '='"),
        ('A = "B', 5, "a quotation mark is not closed"),
        ("(" * 60 + "A = A", 52, "brackets nest deeper than 50"),
        ("A" * 10_001, None, "longer than 10,000 characters"),
    ],
)
def test_a_wrong_filter_is_refused_with_the_column(text, column, message):
    with pytest.raises(InputError) as caught:
        parse_filter(text)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.column == column


words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=6)
comparisons = st.builds(Comparison, words, words)
filters = st.recursive(
    comparisons,
    lambda inner: st.builds(
        lambda kind, terms: kind(tuple(terms)),
        st.sampled_from([AllOf, AnyOf]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)


@given(filters)
def test_what_was_written_reads_back_the_same(condition):
    assert parse_filter(write_filter(condition)) == condition


@given(filters, st.integers(0, 2**32))
def test_arrays_and_truth_values_come_to_the_same(condition, seed):
    luck = np.random.Generator(np.random.Philox(seed))
    answers: dict[Comparison, np.ndarray] = {}

    def many(comparison: Comparison) -> np.ndarray:
        return answers.setdefault(comparison, luck.random(5) < 0.5)

    found = evaluate(condition, many)
    for device in range(5):
        assert evaluate(condition, lambda c, d=device: bool(answers[c][d])) == found[device]


@pytest.mark.parametrize(
    ("text", "value", "ignore_case", "expected"),
    [
        ("LES v5", "LES", False, True),
        ("LES v5", "les", True, True),
        ("LES v5", "les", False, False),
        ("LES v5", "v5", True, False),
        ("LES v5", "LES*", True, False),
        ("Straße", "STRASSE", True, True),
        ("", "x", True, False),
    ],
)
def test_a_value_matches_from_the_beginning_without_wildcards(text, value, ignore_case, expected):
    assert begins_with(text, value, ignore_case=ignore_case) is expected
