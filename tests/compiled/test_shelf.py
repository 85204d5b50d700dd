"""Memory that runs leave to the next ones."""

from __future__ import annotations

import platform
import subprocess
import sys
from weakref import WeakSet

import numpy as np
import pytest

from fwsim.compiled import shelf, tables
from fwsim.compiled.growing_tables import GROWING, GrowingTables
from fwsim.compiled.shelf import KEPT_UNASKED, LEFT_FREE, Shelf, give_back, memory_for, taken_shelf

WHOLE = np.dtype(np.int64)


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """Return the shelves that are kept: none at first."""
    free: list[Shelf] = []
    monkeypatch.setattr(shelf, "_FREE", free)
    monkeypatch.setattr(shelf, "_TAKEN", WeakSet())
    return free


def next_run(one):
    """Return the shelf of a run after one that is over."""
    give_back(one)
    return taken_shelf()


def of_size(rows):
    left = Shelf()
    left.leave("log", np.broadcast_to(np.int64(0), (rows,)))
    return left


@pytest.mark.parametrize(
    ("size", "free", "is_kept"),
    [
        (KEPT_UNASKED, None, True),
        (KEPT_UNASKED, 0, True),
        (KEPT_UNASKED + 8, None, False),
        (KEPT_UNASKED + 8, LEFT_FREE * (KEPT_UNASKED + 8) - 1, False),
        (KEPT_UNASKED + 8, LEFT_FREE * (KEPT_UNASKED + 8), True),
    ],
)
def test_much_is_kept_where_several_times_as_much_is_free(monkeypatch, kept, size, free, is_kept):
    monkeypatch.setattr(shelf, "free_memory", lambda: free)
    give_back(of_size(size // 8))
    assert bool(kept) is is_kept


def test_all_shelves_count_together(monkeypatch, kept):
    monkeypatch.setattr(shelf, "free_memory", lambda: 0)
    for _ in range(3):
        give_back(of_size(KEPT_UNASKED // 16))
    assert len(kept) == 2


def test_what_is_kept_is_given_up_before_memory_is_said_to_be_short(monkeypatch, kept):
    monkeypatch.setattr(shelf, "free_memory", lambda: 100 if kept else 1000)
    give_back(of_size(10))
    assert memory_for(100) == 100
    assert kept
    assert memory_for(101) == 1000
    assert not kept


def test_a_table_is_taken_again_if_it_fits(kept):
    one = taken_shelf()
    table = one.take("log", WHOLE, 100)
    one.leave("log", table)
    assert next_run(one).take("log", WHOLE, len(table)) is table


def test_parts_that_are_played_at_the_same_time_have_tables_of_their_own_again():
    one = taken_shelf()
    tables = [one.take("log", WHOLE, 100) for _ in range(2)]
    for table in (*tables, tables[0]):  # the first is used by both
        one.leave("log", table)
    again = next_run(one)
    taken = [again.take("log", WHOLE, 100) for _ in range(3)]
    assert {id(table) for table in taken[:2]} == {id(table) for table in tables}
    assert all(taken[2] is not table for table in tables)


@pytest.mark.parametrize("rows", [10, 1000])
def test_a_table_that_does_not_fit_stays_for_who_wants_one_like_it(rows):
    one = Shelf()
    table = one.take("log", WHOLE, 100)
    one.leave("log", table)
    again = next_run(one)
    assert len(again.take("log", WHOLE, rows)) < 2 * rows
    assert again.take("log", WHOLE, 100) is table


def test_what_a_run_had_no_use_for_goes_with_it():
    one = taken_shelf()
    one.leave("log", one.take("log", WHOLE, 100))
    assert next_run(next_run(one)).size == 0


def test_little_is_kept_beside_a_log_that_somebody_has(monkeypatch, kept):
    monkeypatch.setattr(shelf, "free_memory", lambda: 100 * KEPT_UNASKED)
    give_back(of_size(KEPT_UNASKED // 8 + 1), much=False)
    assert not kept
    give_back(of_size(KEPT_UNASKED // 8), much=False)
    assert kept


def test_what_does_not_fit_a_run_is_given_up_before_memory_is_said_to_be_short(monkeypatch, kept):
    give_back(of_size(10))
    taken = taken_shelf()
    used = taken.take("log", WHOLE, 1000)
    assert not kept
    assert taken.size
    monkeypatch.setattr(shelf, "free_memory", lambda: 100 if taken.size else 1000)
    assert memory_for(100) == 100
    assert taken.size
    assert memory_for(101) == 1000
    assert not taken.size
    taken.leave("log", used)
    assert next_run(taken).take("log", WHOLE, 1000) is used


@pytest.mark.parametrize(("grows", "other"), [("QUEUE", "events"), ("LOG", "turns")])
def test_what_a_run_before_has_left_may_be_longer_than_what_grows_with_it(grows, other):
    """A queue of four rows takes an event table of sixteen, and has room for eight next."""
    kind = next(kind for kind in GROWING if kind.name == grows)
    begun = GrowingTables(0)
    begun._lay_out_growing(dict.fromkeys(GROWING, 4), lambda _, dtype, rows: np.zeros(rows, dtype))
    long = np.zeros(400, tables.EVENT if other == "events" else np.int64)
    begun.put(other, long)
    begun.grow(kind, 5)
    assert len(begun.arrays[GROWING[kind][0]]) == 69
    assert begun.arrays[other] is long
    begun.grow(kind, 500)
    assert len(begun.arrays[other]) == 564


FAULTS_OF_TABLES = """
import resource, sys
import numpy as np
from fwsim.compiled.shelf import keep_what_is_freed
if "kept" in sys.argv:
    keep_what_is_freed()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(1 << 15), np.ones(1 << 17)  # one after the other, so that the smaller is given back first
before = faults()
for _ in range(10):
    kept = [np.ones(1 << 16) for _ in range(4)]
    del kept
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is about glibc")
def test_memory_of_small_tables_is_asked_of_the_system_once():
    with_it, without = (
        int(subprocess.check_output([sys.executable, "-c", FAULTS_OF_TABLES, *told]))
        for told in (["kept"], [])
    )
    pages = 4 * (1 << 16) * 8 // 4096
    assert with_it < 2 * pages
    assert without > 5 * pages
