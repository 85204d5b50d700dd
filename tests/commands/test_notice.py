"""The decision table of the notice: inform × cancel × deferments left × seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.notice import (
    NEVER,
    Answer,
    Button,
    allowed_deferments,
    answer_of,
    buttons,
    silence_ends_at,
)

NOW, DEFER, CANCEL = Button.NOW, Button.DEFER, Button.CANCEL

# inform, cancel, deferments left, seconds → buttons, when silence starts the update
DECISIONS = [
    (True, False, 0, 0, NOW, NEVER),
    (True, False, 0, 300, NOW, 300_000),
    (True, True, 0, 0, NOW | CANCEL, NEVER),
    (True, True, 0, 300, NOW | CANCEL, 300_000),
    (True, False, 1, 0, NOW | DEFER, NEVER),
    (True, False, 1, 300, NOW | DEFER, 300_000),
    (True, True, 1, 0, NOW | DEFER | CANCEL, NEVER),
    (True, True, 1, 300, NOW | DEFER | CANCEL, 300_000),
]


@pytest.mark.parametrize(("inform", "cancel", "left", "seconds", "shown", "start"), DECISIONS)
def test_the_notice_follows_the_decision_table(
    inform: bool, cancel: bool, left: int, seconds: int, shown: int, start: int
) -> None:
    assert buttons(inform, cancel, left) == shown
    assert silence_ends_at(0, seconds) == start


def test_the_decision_table_is_complete() -> None:
    rows = {(inform, cancel, left > 0, n > 0) for inform, cancel, left, n, _, _ in DECISIONS}
    assert rows == {
        (True, cancel, left, timed)
        for cancel in (False, True)
        for left in (False, True)
        for timed in (False, True)
    }


@pytest.mark.parametrize("cancel", [False, True])
@pytest.mark.parametrize("left", [0, 1, 3])
def test_without_inform_user_there_is_no_dialog(cancel: bool, left: int) -> None:
    assert buttons(False, cancel, left) == 0


@pytest.mark.parametrize(
    ("inform", "deferments", "delays", "allowed"),
    [(True, 3, 2, 3), (False, 3, 2, 0), (True, 0, 2, 0), (True, 3, 0, 0)],
)
def test_deferring_needs_a_notice_a_number_and_a_delay(
    inform: bool, deferments: int, delays: int, allowed: int
) -> None:
    assert allowed_deferments(inform, deferments, delays) == allowed


ALL = NOW | DEFER | CANCEL


@pytest.mark.parametrize(
    ("chance", "offered", "answer"),
    [
        (0.10, ALL, Answer.NOW),
        (0.60, ALL, Answer.DEFER),
        (0.85, ALL, Answer.CANCEL),
        (0.95, ALL, Answer.IGNORE),
        # Without the defer button 50 : 10 is shared out over the 90 % who answer.
        (0.74, NOW | CANCEL, Answer.NOW),
        (0.76, NOW | CANCEL, Answer.CANCEL),
        (0.95, NOW | CANCEL, Answer.IGNORE),
        (0.89, NOW, Answer.NOW),
    ],
)
def test_shares_of_missing_buttons_fall_to_the_others(
    chance: float, offered: int, answer: Answer
) -> None:
    assert answer_of(chance, offered, 0.5, 0.3, 0.1) == answer


@given(
    chance=st.floats(0, 1, exclude_min=True, exclude_max=True),
    offered=st.sampled_from([NOW, NOW | DEFER, NOW | CANCEL, ALL]),
    shares=st.tuples(*[st.floats(0, 1 / 3)] * 3),
)
def test_nobody_clicks_a_button_that_is_not_there(
    chance: float, offered: int, shares: tuple[float, float, float]
) -> None:
    answer = answer_of(chance, offered, *shares)
    button = {Answer.NOW: NOW, Answer.DEFER: DEFER, Answer.CANCEL: CANCEL}
    assert answer == Answer.IGNORE or button[Answer(answer)] & offered
