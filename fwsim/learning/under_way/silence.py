"""What devices turn out to be of which nothing was heard for a while: off, lost or slow."""

from __future__ import annotations

from enum import StrEnum

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.commands.told_states import LOST
from fwsim.model.silence import NOT_AGAIN, Heard


class Fate(StrEnum):
    """What a silent device turns out to be."""

    OFF = "off"
    """It was switched off, or could not be switched on."""
    LOST = "lost"
    """It is not heard of again."""
    SLOW = "slow"
    """It was at work all the time."""


def fates(heard: Heard) -> list[Fate]:
    """Return what each silent device turns out to be in a run.

    Parameters
    ----------
    heard
        What is heard of them next.
    """
    return [
        _fate(state, detail)
        for state, detail in zip(heard.state.tolist(), heard.detail.tolist(), strict=True)
    ]


def _fate(state: int, detail: int) -> Fate:
    """Return what the first line that is heard again says of the silence before it."""
    if state == NOT_AGAIN:
        return Fate.LOST
    is_off = State(state) is State.UNREACHED or detail in LOST
    is_at_work = detail == Detail.BUSY_AND_SILENT
    return Fate.OFF if is_off and not is_at_work else Fate.SLOW
