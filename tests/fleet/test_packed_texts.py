"""Names and MACs of a large fleet, written one behind the other."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.fleet import packed_texts
from fwsim.fleet.packed_texts import PackedTexts

TEXTS = st.lists(st.text(st.characters(), max_size=3), max_size=12)


@given(TEXTS, st.slices(12))
def test_they_are_what_a_list_of_them_is(texts, some):
    packed = PackedTexts.of(iter(texts))
    assert len(packed) == len(texts)
    assert [*packed] == texts
    assert [packed[place] for place in range(-len(texts), len(texts))] == texts + texts
    assert packed[some] == texts[some]
    assert packed == texts == packed
    assert packed == PackedTexts.of(texts) == pickle.loads(pickle.dumps(packed))  # noqa: S301 - its own


@given(TEXTS, TEXTS)
def test_they_are_equal_where_lists_of_them_are(some, others):
    equal = some == others
    assert (PackedTexts.of(some) == PackedTexts.of(others)) is equal
    assert (PackedTexts.of(some) == others) is equal


def test_texts_beyond_those_written_at_a_time_follow(monkeypatch):
    monkeypatch.setattr(packed_texts, "AT_A_TIME", 2)
    assert [*PackedTexts.of("abcde")] == [*"abcde"]


def test_cut_at_other_places_they_are_others():
    assert PackedTexts.of(["ab", "c"]) != PackedTexts.of(["a", "bc"])


def test_outside_there_is_no_text():
    with pytest.raises(IndexError, match="text 2 of 2"):
        PackedTexts.of("ab")[2]
    with pytest.raises(IndexError, match="text -3 of 2"):
        PackedTexts.of("ab")[-3]


@given(st.lists(st.text("ab", max_size=3), max_size=8))
def test_texts_that_are_alike_never_surely_differ(texts):
    assert PackedTexts.of(texts).surely_differ() == (len(set(texts)) == len(texts))
