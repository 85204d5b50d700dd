"""Values that are typed: the usual ones are stops, any right one is taken, others get a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.messages import speaking
from fwsim.notebook import entries

EVERY = {
    name: getattr(entries, name)
    for name in (
        "WAIT",
        "NOTICE",
        "DEFERMENTS",
        "SHARE",
    )
}


@pytest.mark.parametrize("name", EVERY)
def test_every_stop_reads_back_from_its_own_words(name):
    entry = EVERY[name]
    assert [entry.read(entry.write(stop)) for stop in entry.stops] == list(entry.stops)


def test_the_stops_are_what_people_use():
    assert {0, 30, 60, 120, 300, 600, 900, 1800, 3600} <= set(entries.NOTICE.stops)
    assert entries.NOTICE.write(0) == "until answered"
    assert {0.05, 0.5, 1.0} <= set(entries.SHARE.stops)


@pytest.mark.parametrize(
    ("entry", "text", "value"),
    [
        (entries.NOTICE, "300", 300),
        (entries.NOTICE, " 5 min ", 300),
        (entries.NOTICE, "0", 0),
        (entries.NOTICE, "1 h 30 min", 5400),
        (entries.NOTICE, "Until answered", 0),
        (entries.WAIT, "250", 250),
        (entries.WAIT, "2 s", 2000),
        (entries.WAIT, "+5", 5),
        (entries.SHARE, "12.5 %", 0.125),
        (entries.SHARE, "60", 0.6),
        (entries.SHARE, "7,5", 0.075),
        (entries.DEFERMENTS, "100", 100),
        (entries.RUNS, "100 000", 100_000),
    ],
)
def test_any_right_value_can_be_typed(entry, text, value):
    assert entry.read(text) == value


@pytest.mark.parametrize(
    ("entry", "text", "word"),
    [
        (entries.NOTICE, "-5", "-5 is negative"),
        (entries.NOTICE, "−5", "negative"),
        (entries.NOTICE, "-5 min", "negative"),
        (entries.NOTICE, "2.5", "not a whole number"),
        (entries.NOTICE, "500 ms", "not a whole number of seconds"),
        (entries.NOTICE, "8 d", "too long; expected 0 to 7 d"),
        (entries.NOTICE, "soon", "not a duration"),
        (entries.NOTICE, "9" * 50, "too long"),
        (entries.NOTICE, "", "not a duration"),
        (entries.NOTICE, "inf", "not a duration"),
        (entries.WAIT, "-1", "negative"),
        (entries.WAIT, "2 d", "too long"),
        (entries.SHARE, "0", "more than 0 %"),
        (entries.SHARE, "-5 %", "out of range"),
        (entries.SHARE, "101", "out of range"),
        (entries.SHARE, "nan", "not a share"),
        (entries.DEFERMENTS, "-1", "negative"),
        (entries.DEFERMENTS, "101", "out of range"),
        (entries.DEFERMENTS, "1.5", "out of range"),
        (entries.DEFERMENTS, "some", "not a number"),
        (entries.RUNS, "0", "from 1 to 100,000"),
        (entries.RUNS, "-3", "negative"),
    ],
)
def test_what_cannot_be_taken_gets_a_word(entry, text, word):
    with pytest.raises(ValueError, match=r"expected|duration|such as") as caught:
        entry.read(text)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,000"), ("en", "1 000"), ("de", "1\u00a0000"), ("de", "1000")]
)
def test_thousands_are_read_as_they_are_shown(language, text):
    with speaking(language):
        assert entries.RUNS.read(text) == 1000


@pytest.mark.parametrize("text", ["1,000", "10,00", "1.000"])
def test_what_may_be_a_decimal_comma_is_no_thousand(text):
    with speaking("de"), pytest.raises(ValueError, match="100\u00a0000"):
        entries.RUNS.read(text)


@given(st.integers(0, entries.LONGEST_NOTICE))
def test_every_whole_second_can_be_had(seconds):
    assert entries.NOTICE.read(str(seconds)) == seconds
    assert entries.NOTICE.read(entries.NOTICE.write(seconds)) == seconds


TYPED = st.text(max_size=30) | st.builds(
    "{:g}{}".format,
    st.integers(0, 500) | st.floats(0, 500).map(lambda number: round(number, 2)),
    st.sampled_from(["", " %", " s", " min", " h", " ms"]),
)
"""Anything, and half of the time what may well be a value."""


@pytest.mark.parametrize("name", EVERY)
@given(text=TYPED)
def test_whatever_is_typed_is_a_value_or_a_word(name, text):
    entry = EVERY[name]
    try:
        value = entry.read(text)
    except ValueError:
        return
    again = entry.read(entry.write(value))
    assert again == pytest.approx(value, rel=1e-4)
