"""Times of a scenario that the clock of its zone skips, or shows twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fwsim.commands.schedule import Once, SkippedHour, offset_if_twice, on_the_clock, stamp
from fwsim.forewarning.oddity import Oddity, Place, first_few
from fwsim.messages import say
from fwsim.model.rollout import Rollout


def oddities_of_clock_changes(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every time that is not the only one the clock shows so."""
    own = rollout.assumptions.model_fields_set
    said = frozenset(kind for kind in ("skipped", "doubled") if f"{kind}_hour" in own)
    is_left_out = rollout.assumptions.skipped_hour is SkippedHour.SKIP
    yield from first_few(
        Oddity(place, text)
        for found, known in (
            (_of_commands(rollout), said),
            (_forced(rollout), said - {"skipped"} if is_left_out else said),
            (_of_the_rest(rollout), frozenset[str]()),
        )
        for place, wall in found
        if (text := _told(rollout, wall, known))
    )


def _of_commands(rollout: Rollout) -> Iterator[tuple[Place, datetime]]:
    """Yield when commands run once."""
    for number, section in enumerate(rollout.scenario.commands):
        schedule = section.command().schedule
        if isinstance(schedule, Once):
            key = "scmd" if hasattr(section, "scmd") else "once"
            yield ("commands", number, key), schedule.at


def _forced(rollout: Rollout) -> Iterator[tuple[Place, datetime]]:
    """Yield when commands are forced, which is never left out."""
    for number, section in enumerate(rollout.scenario.commands):
        if (force_at := getattr(section.command(), "force_at", None)) is not None:
            key = "scmd" if hasattr(section, "scmd") else "force_at"
            yield ("commands", number, key), force_at


def _of_the_rest(rollout: Rollout) -> Iterator[tuple[Place, datetime]]:
    scenario = rollout.scenario
    yield ("start",), scenario.start
    for key, names in (
        ("notifications", ("set",)),
        ("assignments", ("set", "deadline", "expires")),
        ("changes", ("at",)),
        ("outages", ("start", "end")),
    ):
        for number, section in enumerate(getattr(scenario, key)):
            for name in names:
                if (wall := getattr(section, name)) is not None:
                    yield (key, number, name), wall


def is_skipped(wall: datetime, rollout: Rollout) -> bool:
    """Tell whether the clock of the rollout's zone never shows a time."""
    at = _shown_for(wall, rollout)
    return at is not None and at.replace(tzinfo=None) != wall


def _shown_for(wall: datetime, rollout: Rollout) -> datetime | None:
    """Return what the clock shows when a time is meant; None on the first or the last day."""
    try:
        return on_the_clock(wall, rollout.zone).astimezone(rollout.zone)
    except OverflowError:
        return None


def _told(rollout: Rollout, wall: datetime, known: frozenset[str]) -> str:
    """Return what a time means that the clock skips or shows twice; else nothing.

    Nothing of what a scenario says itself, which is `known`.
    """
    at = _shown_for(wall, rollout)
    if at is None:
        return ""
    shown = f"{wall:%Y-%m-%d %H:%M}"
    is_in_gap = at.replace(tzinfo=None) != wall
    if ("skipped" if is_in_gap else "doubled") in known:
        return ""
    if is_in_gap:
        return say("warning.time.skipped", time=shown, then=stamp(at))
    if offset := offset_if_twice(at):
        return say("warning.time.twice", time=shown, offset=offset)
    return ""
