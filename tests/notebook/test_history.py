"""Undo and redo, step by step; a drag is one step."""

from __future__ import annotations

from fwsim.notebook.history import LONGEST, History


def said(what):
    return lambda: what


def test_steps_are_taken_back_and_done_again():
    history = History("a")
    history.record("b", said("first"))
    history.record("c", said("second"))
    assert (history.undoes, history.redoes) == ("second", "")
    assert history.undo() == "b"
    assert (history.undoes, history.redoes) == ("first", "second")
    assert history.undo() == "a"
    assert history.undo() is None
    assert history.redo() == "b"
    history.record("d", said("third"))
    assert history.redo() is None
    assert history.undo() == "b"


def test_a_drag_is_one_step_until_it_is_released():
    history = History(0)
    for value in (1, 2, 3):
        history.record(value, said("drag"), merge="bar")
    history.seal()
    history.record(4, said("drag"), merge="bar")
    assert history.undo() == 3
    assert history.undo() == 0


def test_a_drag_that_is_put_back_is_no_step():
    history = History(0)
    history.record(1, said("before"))
    for value in (2, 3, 1):
        history.record(value, said("drag"), merge="bar")
    assert history.undoes == "before"
    history.record(4, said("drag"), merge="bar")
    assert history.undo() == 1
    assert history.undo() == 0


def test_only_the_drag_that_goes_on_is_taken_back():
    history = History(0)
    history.record(1, said("before"))
    assert history.take_back("bar") is None
    history.record(2, said("drag"), merge="bar")
    history.record(3, said("drag"), merge="bar")
    assert history.take_back("edge") is None
    assert history.take_back("bar") == 1
    assert (history.undoes, history.redoes) == ("before", "")
    assert history.take_back("bar") is None


def test_a_drag_after_an_undo_is_a_step_of_its_own():
    history = History(0)
    history.record(1, said("drag"), merge="bar")
    history.undo()
    history.record(2, said("drag"), merge="bar")
    assert history.undo() == 0


def test_what_does_not_change_is_no_step_and_old_steps_are_forgotten():
    history = History(0)
    history.record(0, said("nothing"))
    assert history.undoes == ""
    for value in range(1, 2 * LONGEST):
        history.record(value, said("step"))
    steps = sum(history.undo() is not None for _ in range(3 * LONGEST))
    assert steps == LONGEST - 1


def test_a_drag_that_is_taken_back_leaves_what_could_be_redone():
    history = History(0)
    history.record(1, said("first"))
    history.record(2, said("second"))
    history.undo()
    for value in (5, 6):
        history.record(value, said("drag"), merge="bar")
    assert history.redoes == ""
    assert history.take_back("bar") == 1
    assert (history.undoes, history.redoes) == ("first", "second")
    for value in (5, 1):  # the same by hand, then further
        history.record(value, said("drag"), merge="bar")
    assert (history.undoes, history.redoes) == ("first", "second")
    history.record(7, said("drag"), merge="bar")
    assert history.take_back("bar") == 1
    assert history.redo() == 2
    history.undo()
    history.record(8, said("drag"), merge="bar")
    history.seal()
    assert history.redo() is None
