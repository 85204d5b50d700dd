"""The user in front of a notice: what happens to it next, and when."""

from __future__ import annotations

from fwsim.commands.lifecycle import Event
from fwsim.commands.notice import (
    EVENT_OF_ANSWER,
    NEVER,
    Answer,
    answer_of,
    picked_place,
    silence_ends_at,
)
from fwsim.model.purposes import Purpose
from fwsim.simulation.world import World


def reaction(
    world: World, device: int, draw: int, offered: int, seconds: int
) -> tuple[int, Event] | None:
    """Return what ends a notice that comes up now.

    Parameters
    ----------
    world
        The surroundings.
    device
        In front of which the user sits.
    draw
        Which notice on this device, from 0.
    offered
        Sum of `Button` bits.
    seconds
        Display duration; 0 waits without bound.

    Returns
    -------
    tuple of int and Event, or None
        When and what: a click, or the seconds running out; a click in the last millisecond
        counts. None if neither comes.
    """
    now = int(world.env.now)
    kind = world.people_of[device]
    people = world.people[kind]
    answer = Answer(
        answer_of(
            world.draws[Purpose.ANSWER][draw][device],
            offered,
            people.now,
            people.defer,
            people.cancel,
        )
    )
    click = NEVER
    if answer is not Answer.IGNORE:
        click = world.presence[world.presence_of[device]].after(
            now, world.draws[Purpose.ANSWER_TIME][draw][device]
        )
    silence = silence_ends_at(now, seconds)
    if click != NEVER and (silence == NEVER or click <= silence):
        return click, EVENT_OF_ANSWER[answer]
    if silence != NEVER:
        return silence, Event.SECONDS_ELAPSED
    return None


def delay_of(world: World, device: int, draw: int, delays: tuple[int, ...]) -> int:
    """Return the delay that a device's user picks at the n-th notice, in seconds."""
    edges = world.delay_edges(world.people_of[device], delays)
    return delays[picked_place(world.draws[Purpose.DELAY_PICK][draw][device], len(delays), edges)]
