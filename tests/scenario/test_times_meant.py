"""Dates and times in other ways than fwsim's meet fwsim's."""

from __future__ import annotations

from datetime import time

import pytest

from fwsim.scenario.values import read_clock, read_local_time


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-01-31", "2024-01-31 00:00"),
        ("31.01.2024 08:00", "2024-01-31 08:00"),
        ("31.1.2024, 8 Uhr", "2024-01-31 08:00"),
        ("31.01.2024 um 8.30 Uhr", "2024-01-31 08:30"),
        ("01/31/2024 8:00 PM", "2024-01-31 20:00"),
        ("31/01/2024 08:00", "2024-01-31 08:00"),
        ("2024/01/31 08:00", "2024-01-31 08:00"),
        ("2024-1-31 08:00", "2024-01-31 08:00"),
        ("2024-01-31  08:00", "2024-01-31 08:00"),
        ("2024-01-31 08.00", "2024-01-31 08:00"),
        ("2024-01-31 12:00 am", "2024-01-31 00:00"),
        ("2024-01-31 24:00", "2024-02-01 00:00"),
    ],
)
def test_a_date_in_other_words_is_told_as_it_is_written_here(text, meant):
    with pytest.raises(ValueError, match="write for example 2018") as refused:
        read_local_time(text)
    assert str(refused.value).endswith(f"; did you mean {meant!r}?")
    assert read_local_time(meant)


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2024 08:00",
        "2024-02-30 08:00",
        "2024-01-01 13 pm",
        "1.1.24 08:00",
        "9999-12-31 24:00",
    ],
)
def test_what_may_be_two_days_or_none_gets_no_hint(text):
    with pytest.raises(ValueError, match=r"as on the server's wall clock$"):
        read_local_time(text)


@pytest.mark.parametrize("text", ["2024-01-01T08:00Z", "2024-01-01 08:00+01:00"])
def test_a_zone_is_named_once(text):
    with pytest.raises(ValueError, match="; a time has no zone of its own"):
        read_local_time(text)


@pytest.mark.parametrize(("text", "at"), [("10pm", time(22)), ("10:30 p.m.", time(22, 30))])
def test_a_time_of_day_by_halves_of_it(text, at):
    with pytest.raises(ValueError, match=f"did you mean {at:%H:%M}") as refused:
        read_clock(text)
    assert "expected 00:00 to 23:59:59" in str(refused.value)


def test_a_day_that_is_over_is_no_time_of_it():
    with pytest.raises(ValueError, match=r"expected 00:00 to 23:59:59$"):
        read_clock("24:00")
