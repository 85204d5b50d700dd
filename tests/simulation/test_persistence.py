"""Users who answer as ever: each device's own chance, at a share of its notices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fwsim.commands.lifecycle import State
from fwsim.model.chances import Chances

ASKED = {"inform_user": "5 min", "user_can_cancel": True}
NOW, CANCEL, IGNORE = range(3)
SHARES = np.array([0.3, 0.45, 0.25])
DEVICES = 1500
ONE_IN_TEN_MILLION = 1e-7


def asked_three_times(persistence: float, **changes) -> dict:
    """Return a story whose devices never get the image, and are asked three times for it."""
    people = {"answer": {"now": "30 %", "cancel": "45 %", "after": "20 s"}}
    return {
        "commands": [
            {"update": "DE", "once": f"2018-08-20 {hour}:00", **ASKED} for hour in (12, 14, 16)
        ],
        "people": {"default": {**people, "persistence": persistence}},
        "faults": {"package": "100 %"},
        "fleet": {"units": {"DE": {"devices": DEVICES, "installed": "old.idf"}}},
        "assumptions": {"dispatch_workers": 2000},
        **changes,
    }


def answers(result) -> np.ndarray:
    """Return what each device's user did at each notice; shape (devices, notices)."""
    log = result.columns
    devices = int(log.device.max()) + 1
    found = np.full((devices, 3), -1)
    for device in range(devices):
        mine = np.flatnonzero(log.device == device)
        state, time = log.state[mine], log.time[mine]
        for k, at in enumerate(np.flatnonzero(state == State.NOTIFYING)):
            clicked = time[at + 1] - time[at] == 20_000
            is_cancel = state[at + 1] == State.CANCELLED
            found[device, k] = CANCEL if is_cancel else NOW if clicked else IGNORE
    return found


@pytest.mark.slow
@pytest.mark.parametrize("persistence", [0.0, 0.5, 1.0])
def test_the_shares_stay_and_answers_agree_as_often_as_they_persist(play, persistence):
    """Six tests a clock and persistence, each with a false alarm in ten million: below 1e-6."""
    found = answers(play(**asked_three_times(persistence)))
    for notice in found.T:
        counts = np.bincount(notice, minlength=3)
        assert stats.chisquare(counts, DEVICES * SHARES).pvalue > ONE_IN_TEN_MILLION
    by_luck = (SHARES**2).sum()
    agrees = persistence**2 + (1 - persistence**2) * by_luck
    for one, other in ((0, 1), (0, 2), (1, 2)):
        alike = int((found[:, one] == found[:, other]).sum())
        assert stats.binomtest(alike, DEVICES, agrees).pvalue > ONE_IN_TEN_MILLION


def test_who_always_answers_as_ever_does_so_each_time(play):
    found = answers(play(**asked_three_times(1.0)))
    assert (found == found[:, :1]).all()


@pytest.mark.parametrize(
    ("persists", "answer"), [(0.59, "22 VERIFY_IDF"), (0.61, "22 CANCELLED cancelled by user")]
)
def test_the_coin_says_whether_the_own_chance_counts(play, told, persists, answer):
    shares = {"now": "40 %", "cancel": "60 %", "after": "20 s"}
    lines = told(
        play(
            ASKED,
            people={"default": {"answer": shares, "persistence": "60 %"}},
            chances={"own_answer": 0.39, "answer": 0.41, "persists": persists},
        )
    )
    assert lines[3] == answer


@pytest.mark.parametrize(
    ("persistence", "drawn"),
    [
        ("0 %", {"ANSWER"}),
        ("40 %", {"ANSWER", "PERSISTS", "OWN_ANSWER"}),
        ("100 %", {"OWN_ANSWER"}),
    ],
)
def test_only_what_decides_an_answer_is_drawn(play, monkeypatch, persistence, drawn):
    draw, seen = Chances.draw, set()

    def watched(self, purpose, number, count, first=0):
        seen.add((purpose.stream, number))
        return draw(self, purpose, number, count, first)

    monkeypatch.setattr(Chances, "draw", watched)
    units = {"DE": {"devices": 20, "installed": "old.idf"}}
    play(**asked_three_times(persistence, fleet={"units": units}))
    asked = {name for name, _ in seen} & {"ANSWER", "PERSISTS", "OWN_ANSWER"}
    assert asked == drawn
    assert {number for name, number in seen if name == "OWN_ANSWER"} <= {0}


def test_people_of_another_kind_keep_their_luck(play):
    """That some answer as ever changes nothing for those who do not."""
    units = {
        "DE": {"devices": 0},
        "DE/A": {"devices": 40, "installed": "old.idf", "people": "others"},
        "DE/B": {"devices": 40, "installed": "old.idf"},
    }
    before, after = (
        answers(
            play(
                **asked_three_times(
                    0.0,
                    fleet={"units": units},
                    people={
                        "default": {"answer": {"now": "30 %", "cancel": "45 %", "after": "20 s"}},
                        "others": {
                            "answer": {"now": "30 %", "cancel": "45 %", "after": "20 s"},
                            "persistence": persistence,
                        },
                    },
                    commands=[
                        {
                            "update": "DE",
                            "subordinate_units": True,
                            "once": f"2018-08-20 {hour}:00",
                            **ASKED,
                        }
                        for hour in (12, 14, 16)
                    ],
                )
            )
        )
        for persistence in (0.0, 1.0)
    )
    assert (before[40:] == after[40:]).all()
    assert (before[:40] != after[:40]).any()
    assert (after[:40] == after[:40, :1]).all()


@pytest.mark.parametrize(
    ("instead", "chance", "line"),
    [
        ("buttons", 0.79, "22 VERIFY_IDF"),
        ("ignored", 0.41, "302 VERIFY_IDF"),
        ("ignored", 0.39, "22 VERIFY_IDF"),
        ("proportion", 0.66, "22 VERIFY_IDF"),
        ("proportion", 0.67, "302 VERIFY_IDF"),
    ],
)
def test_who_misses_the_button_to_defer(play, told, instead, chance, line):
    """40 % would click now, 40 % defer; nobody may defer."""
    shares = {"now": "40 %", "defer": "40 %", "after": "20 s"}
    lines = told(
        play(
            ASKED,
            people={"default": {"answer": shares}},
            assumptions={"missing_button": instead},
            chances={"answer": chance},
        )
    )
    assert lines[3] == line


@pytest.mark.parametrize(
    ("instead", "line"), [("buttons", "22 VERIFY_IDF"), ("proportion", "302 VERIFY_IDF")]
)
def test_where_all_would_only_defer_and_cannot_they_click_now(play, told, instead, line):
    lines = told(
        play(
            ASKED,
            people={"default": {"answer": {"defer": "100 %", "after": "20 s"}}},
            assumptions={"missing_button": instead},
        )
    )
    assert lines[3] == line
