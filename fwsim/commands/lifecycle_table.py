"""The table of the lifecycle, and the one function that reads it."""

from __future__ import annotations

from fwsim.commands.lifecycle import Event, NoTransitionError, State, Transition, fact_names
from fwsim.commands.lifecycle_rows import (
    CHECK,
    DISPATCH,
    EPILOGUE,
    INTERRUPTIONS,
    NOTICE,
    UPDATE,
)

TRANSITIONS: tuple[Transition, ...] = (
    *DISPATCH,
    *CHECK,
    *NOTICE,
    *UPDATE,
    *INTERRUPTIONS,
    *EPILOGUE,
)
"""The whole table, in reading order."""

_EVENTS = len(Event)
_ROWS_OF_PAIR: list[tuple[Transition, ...]] = [
    tuple(row for row in TRANSITIONS if row.state == state and row.event == event)
    for state in State
    for event in Event
]


def rows_of(state: State, event: Event) -> tuple[Transition, ...]:
    """Return the rows of a pair in the order they are tried; empty if the table refuses it."""
    return _ROWS_OF_PAIR[state * _EVENTS + event]


def transition(state: State, event: Event, facts: int) -> Transition:
    """Return the row that applies.

    Parameters
    ----------
    state, event
        Where the device stands and what happens to it.
    facts
        Sum of `Fact` bits that hold.

    Raises
    ------
    NoTransitionError
        If the table knows no such pair, or no guard of the pair holds.
    """
    for row in _ROWS_OF_PAIR[state * _EVENTS + event]:
        if facts & row.needs == row.needs and not facts & row.bars:
            return row
    raise NoTransitionError(f"{state.name} has no row for {event.name} with {fact_names(facts)}")
