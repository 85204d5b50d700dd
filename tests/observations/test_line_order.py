"""Lines that stand in another order than they came in, stand twice, or are cut."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.commands.lifecycle import State
from fwsim.model.past import EVERY_STATE
from fwsim.observations.line_order import order_of_lines
from fwsim.observations.reading import read_observed
from fwsim.observations.saved_log import read_log, read_log_so_far
from fwsim.run import prepare
from tests.observations.seen import events, whats
from tests.observations.test_broken_inputs import GOOD, HEAD, JOB, JOB_GOOD
from tests.results.small_rollout import small_result

NEWEST_FIRST = "the newest line stands first; put in order of time"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    small_result().save(folder)
    return folder / "status-log.csv"


@pytest.fixture
def put(saved, tmp_path):
    """Return what writes a file; by default the saved log, with its lines changed."""

    def put(change=None, *, lines=None, end="\n"):
        header, *rows = saved.read_text(encoding="utf-8").splitlines()
        path = tmp_path / "log.csv"
        path.write_text("\n".join(lines or [header, *change(rows)]) + end, encoding="utf-8")
        return path

    return put


def shuffled(rows):
    places = np.random.Generator(np.random.PCG64(1)).permutation(len(rows))
    return [rows[place] for place in places]


def by_device(observed):
    return sorted(events(observed), key=lambda event: event[0])  # their order within each stays


def test_lines_of_one_instant_come_as_the_lifecycle_has_them():
    states = [State.CHECKING, State.QUEUEING, State.VERIFY_IDF, State.TRANSFER, State.SUCCESS]
    time = np.array([0, 1, 1, 1, 9])
    order = order_of_lines(
        time, np.zeros(5, np.int64), np.array([int(s) for s in states]), EVERY_STATE
    )
    assert [states[row] for row in order] == [
        State.CHECKING,
        State.VERIFY_IDF,
        State.QUEUEING,
        State.TRANSFER,
        State.SUCCESS,
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda rows: rows[::-1], NEWEST_FIRST), (shuffled, "put in order of time")],
)
def test_a_log_in_any_order_is_read_as_it_came(saved, put, change, said):
    known, seen = read_observed(saved), read_observed(put(change))
    assert by_device(seen) == by_device(known)
    assert [said in problem.message for problem in seen.problems] == [True]
    assert not known.problems


def test_rows_of_the_newest_first_keep_their_order_within_a_minute(put):
    rows = ["a,2026-11-02 09:01,done", "a,2026-11-02 09:01,fetching", "a,2026-11-02 09:00,asked"]
    seen = read_observed(put(lines=[HEAD, *rows]), zone="UTC")
    assert whats(seen, "a") == ["ASKED", "FETCHING", "DONE"]


def test_each_line_that_stands_after_a_later_one_is_counted(saved, put):
    """Two exports put together, the later first: all of the other stand after it."""
    size = []

    def later_first(rows):
        half = len(rows) // 2
        size.append(sum(row.split(",")[0] < max(rows[half:]).split(",")[0] for row in rows[:half]))
        return rows[half:] + rows[:half]

    seen = read_observed(put(later_first))
    told = f"stands after a later one, as {size[0] - 1} more do; put in order of time"
    assert told in [problem.message for problem in seen.problems]


def test_lines_that_are_told_twice_count_once_and_that_is_said(saved, put):
    doubled = put(lambda rows: [row for row in rows for _ in range(3)])
    known, seen = read_observed(saved), read_observed(doubled)
    np.testing.assert_array_equal(seen.what, known.what)
    lines = seen.accounts[0].lines
    assert seen.accounts[0].aside["the same as a line before"] == lines * 2 // 3
    told = f"says the same as a line before it, as {lines * 2 // 3 - 1} more do; left out"
    assert [problem.message for problem in seen.problems] == [told]


@pytest.mark.parametrize(("head", "good"), [(HEAD, GOOD), (JOB, JOB_GOOD)])
def test_rows_of_others_that_are_told_twice_count_once(put, head, good):
    seen = read_observed(put(lines=[head, *good, good[2]]))
    assert len(seen) == len(read_observed(put(lines=[head, *good])))
    assert [problem.line for problem in seen.problems] == [7]


def test_a_line_that_is_cut_inside_its_number_is_left_out(saved, put):
    rollout = prepare(small_result().rollout.scenario)

    def cut(rows):
        place = next(i for i, row in enumerate(rows) if ",for 1 h," in row)
        return [*rows[:place], rows[place][:-5]]

    for end, said in (("\n", "is not what detail 'for 1 h' says; expected 3600000"), ("", "")):
        [problem] = read_log_so_far(put(cut, end=end), rollout).problems
        assert said in problem.message
    [problem] = read_log_so_far(put(lambda rows: rows, end=""), rollout).problems
    assert problem.message == "the last line has no line end, so it may be cut"


def test_times_without_a_zone_are_the_server_s(saved, put):
    rollout = prepare(small_result().rollout.scenario)
    plain = put(lambda rows: [row[:23] + row[row.index(",") :] for row in rows])
    known = read_log(saved, rollout)
    np.testing.assert_array_equal(read_log(plain, rollout).time, known.time)
    np.testing.assert_array_equal(read_log_so_far(plain, rollout).log.time, known.time)


@pytest.mark.parametrize("newest_first", [False, True])
def test_lines_that_stand_in_two_files_count_once_and_that_is_said(saved, tmp_path, newest_first):
    head, *rows = saved.read_text(encoding="utf-8").splitlines()
    cuts = [rows[: len(rows) * 2 // 3], rows[len(rows) // 3 :]]
    paths = [tmp_path / "noon.csv", tmp_path / "final.csv"]
    for path, some in zip(paths, cuts, strict=True):
        path.write_text("\n".join([head, *some, ""]), encoding="utf-8")
    known, seen = read_observed(saved), read_observed(paths[::-1] if newest_first else paths)
    assert by_device(seen) == by_device(known)
    both = len(cuts[0]) + len(cuts[1]) - len(rows)
    assert seen.accounts[1].aside["the same as in a file before"] == both
    told = f"{both} lines say the same as in a file before it; left out"
    assert told in [problem.message for problem in seen.problems]


@pytest.mark.parametrize(("head", "good"), [(HEAD, GOOD), (JOB, JOB_GOOD)])
def test_rows_of_others_that_stand_in_two_files_count_once(put, tmp_path, head, good):
    whole = put(lines=[head, *good])
    part = tmp_path / "part.csv"
    part.write_text("\n".join([head, *good[:3], ""]), encoding="utf-8")
    seen = read_observed([part, whole])
    assert by_device(seen) == by_device(read_observed(whole))
    assert seen.accounts[1].aside["the same as in a file before"] == 3
