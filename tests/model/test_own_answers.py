"""Own chances given what was clicked: the answers of all bins, and how chances are drawn anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.notice import Instead, answer_of
from fwsim.fleet.habits import People
from fwsim.model import own_answers
from fwsim.model.own_answers import BINS
from fwsim.scenario.sections import PeopleSection

SHARE = st.one_of(st.sampled_from([0.0, 0.25, 1.0]), st.floats(0, 1))


@st.composite
def kinds(draw) -> People:
    parts = [draw(SHARE) for _ in range(4)]
    total = max(sum(parts), 1.0)
    now, defer, cancel, _ = (part / total for part in parts)
    return replace(PeopleSection().people(), now=now, defer=defer, cancel=cancel)


@given(kinds(), st.integers(1, 7), st.sampled_from(Instead))
def test_the_answers_of_all_bins_are_those_of_the_rule(kind, offered, instead):
    shares = kind.now, kind.defer, kind.cancel
    rule = [answer_of((n + 0.5) / BINS, offered, *shares, int(instead)) for n in range(BINS)]
    assert own_answers._answers(kind, offered, int(instead)).tolist() == rule


def test_a_chance_drawn_anew_falls_where_its_group_lets_it():
    likely = np.zeros((2, BINS))
    likely[0, :100], likely[1, 300:] = 1.0, 0.5
    chances = np.array([0.0005, 0.5, 0.9995] * 2)
    found = own_answers._drawn(likely, np.repeat([0, 1], 3), chances)
    assert found == pytest.approx([0.000125, 0.125, 0.249875, 0.750125, 0.875, 0.999875])
