"""Limits: what the scenario expects, as lines of the board and as words; red where broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fwsim.measures.catalogue import TIMES, Kind
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import expectation_in_words
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.notebook.board.axis import short_moment
from fwsim.notebook.first_look import is_first_look
from fwsim.quantities.units import write_share
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.judgement import holds, shortfall
from fwsim.results.statistics.need import level_of


@dataclass(frozen=True)
class Limit:
    """One limit, and how it stands.

    Parameters
    ----------
    expectation
        What is expected.
    is_kept
        Whether it is; of a first look whether it seems so.
    met, runs
        In how many runs its condition is met by itself.
    at_first_sight
        Whether these are a first look's, too few for a share of them to say anything.
    """

    expectation: Expectation
    is_kept: bool
    met: int
    runs: int
    at_first_sight: bool = False

    @property
    def words(self) -> str:
        """The limit, and in how many runs it is met."""
        name = "kept" if self.is_kept else "broken"
        if self.at_first_sight:
            name = f"look_{name}"
        limit = expectation_in_words(self.expectation)
        return say(f"board.limit.{name}", limit=limit, met=self.met, count=self.runs)


def limits_of(shown: Answer, rollout: Rollout) -> list[Limit]:
    """Return the scenario's limits as runs meet them.

    Parameters
    ----------
    shown
        An answer, judged as `fwsim test` judges it, or a first look, which has too few runs for
        any confidence: it is judged by what it seems to be.
    rollout
        Whose limits.
    """
    limits = []
    for expected in rollout.scenario.expect:
        values = shown.values(expected.measure)
        if at_first_sight := is_first_look(shown):
            is_kept = shortfall(expected, values) == 0
        else:
            is_kept = holds(expected, values)
        met = sum(map(expected.meets, values))
        limits.append(Limit(expected, is_kept, met, len(values), at_first_sight))
    return limits


def line_of(limit: Limit, shown: Answer, rollout: Rollout) -> dict[str, Any] | None:
    """Return the line of a limit: at which level it ends when; None if it has none.

    The axis counts targeted devices. A limit of those that need the update is drawn where it lies
    among them, and its words say of whom it is. One of a part of the devices has no place there.
    """
    expected = limit.expectation
    measure = expected.measure
    if not measure.is_of_all:
        return None
    if measure.kind is Kind.SUCCESSFUL:
        at = rollout.horizon if measure.time is None else rollout.milliseconds_of(measure.time)
        level = expected.limit
    elif measure.kind in TIMES and measure.share is not None:
        at = shown.counted_from(measure) + round(expected.limit)
        level = level_of(measure, shown)
    else:
        return None
    return {
        "level": round(level, 4),
        "at": at,
        "by": measure.kind in TIMES or measure.time is not None,
        "kept": limit.is_kept,
        "text": limit.words,
        "short": _short(limit, at, rollout),
    }


def _short(limit: Limit, at: int, rollout: Rollout) -> str:
    measure = limit.expectation.measure
    share = measure.share if measure.share is not None else limit.expectation.limit
    needs_it = measure.kind in TIMES and not measure.of_targeted
    told = write_share(share)
    if limit.expectation.holds_back:
        told = say("board.limit.at_most", share=told)
    text = say(
        "board.limit.of_needing" if needs_it else "board.limit.of_targeted",
        share=told,
        at=short_moment(rollout.local_time(at), rollout.local_time(0)),
    )
    name = "short_kept" if limit.is_kept else "short_broken"
    if limit.at_first_sight:
        name = f"{name}_look"
    return say(f"board.limit.{name}", limit=text, met=limit.met, count=limit.runs)
