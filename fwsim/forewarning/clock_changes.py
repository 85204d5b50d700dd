"""Times of a scenario that the clock of its zone skips, or shows twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fwsim.commands.schedule import Once, offset_if_twice, on_the_clock, stamp
from fwsim.forewarning.oddity import Oddity, Place, bounded
from fwsim.messages import say
from fwsim.model.rollout import Rollout


def oddities_of_clock_changes(rollout: Rollout) -> Iterator[Oddity]:
    """Yield an oddity for every time that is not the only one the clock shows so."""
    yield from bounded(
        Oddity(place, text)
        for place, wall in (*_of_commands(rollout), *_of_the_rest(rollout))
        if (text := _told(rollout, wall))
    )


def _of_commands(rollout: Rollout) -> Iterator[tuple[Place, datetime]]:
    """Yield when commands run once, unless the scenario says itself what such a time means."""
    if {"skipped_hour", "doubled_hour"} & rollout.assumptions.model_fields_set:
        return
    for number, section in enumerate(rollout.scenario.commands):
        command = section.command()
        if isinstance(command.schedule, Once):
            key = "scmd" if hasattr(section, "scmd") else "once"
            yield ("commands", number, key), command.schedule.at
        if (force_at := getattr(command, "force_at", None)) is not None:
            yield ("commands", number, "force_at"), force_at


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


def _told(rollout: Rollout, wall: datetime) -> str:
    """Return what a time means that the clock skips or shows twice; else nothing."""
    try:
        at = on_the_clock(wall, rollout.zone).astimezone(rollout.zone)
    except OverflowError:  # on the first or the last day there is
        return ""
    shown = f"{wall:%Y-%m-%d %H:%M}"
    if at.replace(tzinfo=None) != wall:
        return say("warning.time.skipped", time=shown, then=stamp(at))
    if offset := offset_if_twice(at):
        return say("warning.time.twice", time=shown, offset=offset)
    return ""
