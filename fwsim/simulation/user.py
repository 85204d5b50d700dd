"""The user in front of a notice: what happens to it next, and when."""

from __future__ import annotations

from collections.abc import Mapping

from fwsim.commands.lifecycle import Event
from fwsim.commands.notice import EVENT_OF_ANSWER, NEVER, Answer, answer_of, silence_ends_at
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
        The how-manieth notice on this device.
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
            world.draws.answer[draw][device], offered, people.now, people.defer, people.cancel
        )
    )
    click = NEVER
    if answer is not Answer.IGNORE:
        click = world.presence[world.presence_of[device]].after(
            now, world.draws.answer_time[draw][device]
        )
    silence = silence_ends_at(now, seconds)
    if click != NEVER and (silence == NEVER or click <= silence):
        return click, EVENT_OF_ANSWER[answer]
    if silence != NEVER:
        return silence, Event.SECONDS_ELAPSED
    return None


def delay_of(world: World, device: int, draw: int, delays: tuple[int, ...]) -> int:
    """Return the delay that a device's user picks at the how-manieth notice, in seconds."""
    people = world.people[world.people_of[device]]
    return picked_delay(world.draws.delay_pick[draw][device], delays, dict(people.picks))


def picked_delay(chance: float, delays: tuple[int, ...], picks: Mapping[int, float]) -> int:
    """Return the delay a user picks from the list, in seconds.

    Parameters
    ----------
    chance
        In (0, 1).
    delays
        What is offered; at least one.
    picks
        Share by delay; delays that are not offered fall to the others in proportion. Without
        any share all are alike.
    """
    shares = [picks.get(delay, 0.0) for delay in delays]
    total = sum(shares)
    if total <= 0.0:
        return delays[int(chance * len(delays))]
    edge = 0.0
    for delay, share in zip(delays, shares, strict=True):
        edge += share / total
        if chance < edge:
            return delay
    return delays[-1]
