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
from fwsim.fleet.habits import People
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
            _chance_of_answer(world, people, device, draw),
            offered,
            people.now,
            people.defer,
            people.cancel,
            world.instead,
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


def _chance_of_answer(world: World, people: People, device: int, draw: int) -> float:
    """Return the chance that decides the n-th answer: the device's own, or a new one."""
    persists = people.persistence > 0 and world.draws[Purpose.PERSISTS][draw][device]
    chances: list[float] = (
        world.draws[Purpose.OWN_ANSWER][0] if persists else world.draws[Purpose.ANSWER][draw]
    )
    return chances[device]


def delay_of(world: World, device: int, draw: int, delays: tuple[int, ...]) -> int:
    """Return the delay that a device's user picks at the n-th notice, in seconds."""
    edges = world.delay_edges(world.people_of[device], delays)
    return delays[picked_place(world.draws[Purpose.DELAY_PICK][draw][device], len(delays), edges)]
