"""The decision table of the notice: inform × cancel × deferments left × seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.notice import (
    NEVER,
    Answer,
    Button,
    Instead,
    allowed_deferments,
    answer_of,
    buttons,
    ignoring,
    share_of_now,
    silence_ends_at,
)
from fwsim.commands.policies import MissingButton

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
BUTTONS, IGNORED, PROPORTION = Instead


def test_every_policy_for_a_missing_button_has_a_number():
    assert [policy.name for policy in MissingButton] == [number.name for number in Instead]


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
    assert answer_of(chance, offered, 0.5, 0.3, 0.1, BUTTONS) == answer


@pytest.mark.parametrize(
    ("chance", "offered", "answer"),
    [
        (0.49, NOW | CANCEL, Answer.NOW),
        (0.51, NOW | CANCEL, Answer.IGNORE),
        (0.79, NOW | CANCEL, Answer.IGNORE),
        (0.81, NOW | CANCEL, Answer.CANCEL),
        (0.91, NOW | CANCEL, Answer.IGNORE),
        (0.79, NOW | DEFER, Answer.DEFER),
        (0.81, NOW | DEFER, Answer.IGNORE),
        (0.49, NOW, Answer.NOW),
        (0.51, NOW, Answer.IGNORE),
    ],
)
def test_who_misses_a_button_may_ignore_the_notice(
    chance: float, offered: int, answer: Answer
) -> None:
    assert answer_of(chance, offered, 0.5, 0.3, 0.1, IGNORED) == answer


@pytest.mark.parametrize(
    ("chance", "offered", "answer"),
    [
        # The 30 % without a defer button do what 70 % do: 50 now, 10 cancel, 10 ignore.
        (0.49, NOW | CANCEL, Answer.NOW),
        (0.51, NOW | CANCEL, Answer.NOW),
        (0.71, NOW | CANCEL, Answer.NOW),
        (0.72, NOW | CANCEL, Answer.CANCEL),
        (0.75, NOW | CANCEL, Answer.CANCEL),
        (0.76, NOW | CANCEL, Answer.IGNORE),
        (0.81, NOW | CANCEL, Answer.CANCEL),
        (0.91, NOW | CANCEL, Answer.IGNORE),
        # The 10 % without a cancel button do what 90 % do: 50 now, 30 defer, 10 ignore.
        (0.79, NOW | DEFER, Answer.DEFER),
        (0.85, NOW | DEFER, Answer.NOW),
        (0.86, NOW | DEFER, Answer.DEFER),
        (0.89, NOW | DEFER, Answer.IGNORE),
        # 40 % have neither: 50 now, 10 ignore.
        (0.83, NOW, Answer.NOW),
        (0.84, NOW, Answer.IGNORE),
    ],
)
def test_who_misses_a_button_may_do_what_all_others_do(
    chance: float, offered: int, answer: Answer
) -> None:
    assert answer_of(chance, offered, 0.5, 0.3, 0.1, PROPORTION) == answer


# Counter users of the branch rollout: 25 % now, 60 % defer, 5 % cancel, 10 % ignore.
COUNTER = (0.25, 0.60, 0.05)


@pytest.mark.parametrize(
    ("offered", "instead", "shares"),
    [
        (ALL, BUTTONS, (0.25, 0.6, 0.05, 0.1)),
        (ALL, IGNORED, (0.25, 0.6, 0.05, 0.1)),
        (ALL, PROPORTION, (0.25, 0.6, 0.05, 0.1)),
        (NOW | CANCEL, BUTTONS, (0.75, 0, 0.15, 0.1)),
        (NOW | CANCEL, IGNORED, (0.25, 0, 0.05, 0.7)),
        (NOW | CANCEL, PROPORTION, (0.625, 0, 0.125, 0.25)),
        (NOW | DEFER, BUTTONS, (0.25 * 18 / 17, 0.6 * 18 / 17, 0, 0.1)),
        (NOW | DEFER, IGNORED, (0.25, 0.6, 0, 0.15)),
        (NOW | DEFER, PROPORTION, (0.25 / 0.95, 0.6 / 0.95, 0, 0.1 / 0.95)),
        (NOW, BUTTONS, (0.9, 0, 0, 0.1)),
        (NOW, IGNORED, (0.25, 0, 0, 0.75)),
        (NOW, PROPORTION, (0.25 / 0.35, 0, 0, 0.1 / 0.35)),
    ],
)
def test_the_share_of_each_answer(
    offered: int, instead: Instead, shares: tuple[float, float, float, float]
) -> None:
    count = 20_000
    chances = ((k + 0.5) / count for k in range(count))
    answers = [answer_of(chance, offered, *COUNTER, instead) for chance in chances]
    found = [answers.count(answer) / count for answer in Answer]
    assert found == pytest.approx(shares, abs=2 / count)
    assert share_of_now(offered, *COUNTER, instead) == pytest.approx(shares[0])


@pytest.mark.parametrize("offered", [NOW, NOW | CANCEL])
def test_where_no_other_button_has_a_share_those_who_miss_theirs_click_now(offered: int) -> None:
    only_defer = 0.0, 0.8, 0.0
    for chance, answer in ((0.1, Answer.NOW), (0.79, Answer.NOW), (0.81, Answer.IGNORE)):
        assert answer_of(chance, offered, *only_defer, BUTTONS) == answer
        assert answer_of(chance, offered, *only_defer, IGNORED) == Answer.IGNORE
        # All others ignore it, or there is nobody else.
        assert answer_of(chance, offered, *only_defer, PROPORTION) == Answer.IGNORE
    assert share_of_now(offered, *only_defer, BUTTONS) == 0.8
    assert share_of_now(offered, *only_defer, IGNORED) == 0.0
    assert share_of_now(offered, 0.0, 1.0, 0.0, PROPORTION) == 0.0


@pytest.mark.parametrize("instead", Instead)
def test_who_never_clicks_ignores_a_notice_whatever_stands_for_a_missing_button(
    instead: Instead,
) -> None:
    assert answer_of(0.001, NOW, 0.0, 0.0, 0.0, instead) == Answer.IGNORE
    assert share_of_now(NOW, 0.0, 0.0, 0.0, instead) == 0.0


usual_chances = st.floats(0, 1, exclude_min=True, exclude_max=True)
offers = st.sampled_from([NOW, NOW | DEFER, NOW | CANCEL, ALL])
shares_of_three = st.tuples(*[st.floats(0, 1 / 3)] * 3) | st.tuples(
    *[st.sampled_from([0.0, 1e-20, 0.3])] * 3
)
BUTTON = {Answer.NOW: NOW, Answer.DEFER: DEFER, Answer.CANCEL: CANCEL}


@given(usual_chances, offers, shares_of_three, st.sampled_from(Instead))
def test_nobody_clicks_a_button_that_is_not_there(
    chance: float, offered: int, shares: tuple[float, float, float], instead: Instead
) -> None:
    answer = answer_of(chance, offered, *shares, instead)
    assert answer == Answer.IGNORE or BUTTON[Answer(answer)] & offered
    assert 0 <= share_of_now(offered, *shares, instead) <= 1


@given(st.integers(1, 999), offers, st.sampled_from([IGNORED, PROPORTION]))
def test_who_finds_the_button_clicks_it_unless_shares_fall_to_the_buttons_alone(
    mils: int, offered: int, instead: Instead
) -> None:
    chance = mils / 1000 + 0.0005
    answer = Answer(answer_of(chance, ALL, *COUNTER, instead))
    if answer is Answer.IGNORE or BUTTON[answer] & offered:
        assert answer_of(chance, offered, *COUNTER, instead) == answer


@given(
    st.sampled_from([NOW, NOW | DEFER, NOW | CANCEL, NOW | DEFER | CANCEL]),
    st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any),
    st.sampled_from(Instead),
)
def test_who_ignores_a_notice_is_counted_as_they_answer(offered, parts, instead):
    shares = [part / sum(parts) for part in parts[:3]]
    share, chance = ignoring(offered, *shares, instead)
    chances = [(n + 0.5) / 2000 for n in range(2000)]
    found = [answer_of(c, offered, *shares, instead) for c in chances].count(Answer.IGNORE)
    assert share == pytest.approx(found / 2000, abs=2 / 2000)
    if share > 0:
        assert answer_of(chance, offered, *shares, instead) == Answer.IGNORE


def test_shares_that_are_all_leave_nobody_who_ignores_a_notice():
    assert ignoring(NOW | DEFER | CANCEL, 0.7, 0.2, 0.1, Instead.PROPORTION)[0] == 0.0
