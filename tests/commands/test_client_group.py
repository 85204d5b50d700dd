"""Client groups: which brackets are written, how deep they go, and which devices match."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.commands.client_group import (
    DEEPEST_NESTING,
    LONGEST_FILTER,
    REPORTED_ATTRIBUTES,
    UPDATE_STATE,
    AllOf,
    AnyOf,
    Comparison,
    begins_with,
    evaluate,
    parse_filter,
    write_filter,
)
from fwsim.problems import InputError

A, B, C, D = (Comparison(name, name) for name in "ABCD")


def problem(text: str) -> tuple[int | None, str]:
    """Return column and message of the one problem of a filter."""
    with pytest.raises(InputError) as caught:
        parse_filter(text)
    (found,) = caught.value.problems
    return found.column, found.message


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (A, "A = A"),
        (AllOf((A, B)), "A = A AND B = B"),
        (AnyOf((AllOf((A, B)), C)), "A = A AND B = B OR C = C"),
        (AllOf((AnyOf((A, B)), C)), "(A = A OR B = B) AND C = C"),
        (AllOf((A, AllOf((B, C)))), "A = A AND (B = B AND C = C)"),
        (AnyOf((A, AnyOf((B, C)))), "A = A OR (B = B OR C = C)"),
        (AnyOf((A, AllOf((B, AnyOf((C, D)))))), "A = A OR B = B AND (C = C OR D = D)"),
    ],
)
def test_brackets_are_written_only_where_they_matter(condition, text):
    assert write_filter(condition) == text
    assert parse_filter(text) == condition


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("LES v5", "LES v5"),
        ("6.1*", "6.1*"),
        ("a and b", "a and b"),
        ("ANDy ORt", "ANDy ORt"),
        ("AND", '"AND"'),
        ("x OR y", '"x OR y"'),
        ("(x)", '"(x)"'),
        ("a=b", '"a=b"'),
        ('say "hi"', '"say ""hi"""'),
        ("", '""'),
        (" a", '" a"'),
        ("a  b", '"a  b"'),
        ("a\tb", '"a\tb"'),
    ],
)
def test_a_value_is_quoted_only_where_it_must_be(value, written):
    condition = Comparison("OS name", value)
    assert write_filter(condition) == f"OS name = {written}"
    assert parse_filter(f"OS name = {written}") == condition


@pytest.mark.parametrize("attribute", [*REPORTED_ATTRIBUTES, UPDATE_STATE])
def test_attributes_that_devices_report_need_no_quotes(attribute):
    assert parse_filter(f"{attribute}=x AND {attribute} = y") == AllOf(
        (Comparison(attribute, "x"), Comparison(attribute, "y"))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  A\t=\n A ", A),
        ("Device   type = LES   v5", Comparison("Device type", "LES v5")),
        ('"Device type" = "LES" v5', Comparison("Device type", "LES v5")),
        ("A=A AND(B=B OR C=C)AND D=D", AllOf((A, AnyOf((B, C)), D))),
        ("A=A OR B=B AND C=C OR D=D", AnyOf((A, AllOf((B, C)), D))),
    ],
)
def test_blanks_do_not_matter(text, expected):
    assert parse_filter(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("A = A and B = B", 13, "unexpected '='"),
        ("A = A Or B = B", 12, "unexpected '='"),
        ("AND = A", 1, "expected an attribute"),
        ("A = OR", 5, "expected a value for 'A'"),
        ("()", 2, "expected an attribute"),
        ("(A = A))", 8, "unexpected ')'"),
        ("A (B = B)", 3, "expected = after 'A'"),
        ("A = A (B = B)", 7, "unexpected '('"),
        ("(A = A) B = B", 9, "unexpected 'B'"),
        ('A = A AND "B', 11, "a quotation mark is not closed"),
        pytest.param(
            '(A = A) "B"',
            9,
            "unexpected 'B'",
        ),
    ],
)
def test_a_wrong_filter_is_refused_with_the_column_and_an_example(text, column, message):
    found, told = problem(text)
    assert told.startswith(message)
    assert told.endswith("; write for example Device type = LES AND OS version = 6")
    assert found == column


def test_brackets_nest_as_deep_as_allowed_and_no_deeper():
    def nested(depth: int) -> str:
        return "(" * depth + "A = A" + ")" * depth

    assert parse_filter(nested(DEEPEST_NESTING)) == A
    assert problem(nested(DEEPEST_NESTING + 1))[1].startswith("brackets nest deeper than 50")


def test_nesting_counts_depth_and_not_brackets():
    text = " AND ".join(["(A = A)"] * (DEEPEST_NESTING + 10))
    assert parse_filter(text) == AllOf((A,) * (DEEPEST_NESTING + 10))


def test_a_filter_may_be_as_long_as_allowed_and_no_longer():
    longest = "A = " + "x" * (LONGEST_FILTER - 4)
    assert parse_filter(longest) == Comparison("A", longest[4:])
    assert problem(longest + "x") == (None, "the filter is longer than 10,000 characters")


DEVICES = [
    {"Device type": "LES v5", "OS version": "6.1", "Memory": "4 GB"},
    {"Device type": "LES v6", "OS version": "5.9", "Memory": "2 GB"},
    {"Device type": "Futro", "OS version": "6.1", "Memory": "4 GB"},
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Device type = LES", [True, True, False]),
        ("Device type = v5", [False, False, False]),
        ('Device type = ""', [True, True, True]),
        ("Device type = LES AND OS version = 6", [True, False, False]),
        ("Device type = LES v6 OR Memory = 4 AND OS version = 6", [True, True, True]),
        ("(Device type = LES v6 OR Memory = 4) AND OS version = 6", [True, False, True]),
    ],
)
def test_which_devices_match(text, expected):
    condition = parse_filter(text)

    def one(device: dict[str, str]) -> bool:
        return evaluate(
            condition, lambda c: begins_with(device[c.attribute], c.value, ignore_case=False)
        )

    def many(comparison: Comparison) -> np.ndarray:
        column = np.array([device[comparison.attribute] for device in DEVICES])
        return np.char.startswith(column, comparison.value)

    assert [one(device) for device in DEVICES] == expected
    assert evaluate(condition, many).tolist() == expected


@pytest.mark.parametrize("kind", [AllOf, AnyOf])
def test_arrays_that_answer_a_comparison_are_left_as_they_are(kind):
    answers = {A: np.array([True, True, False]), B: np.array([False, True, False])}
    evaluate(kind((A, B)), answers.__getitem__)
    assert answers[A].tolist() == [True, True, False]
    assert answers[B].tolist() == [False, True, False]
