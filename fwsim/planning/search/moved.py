"""The commands that a search has moved, each by itself: a start tells of the first one only."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.schedule import Every, Once
from fwsim.messages import say
from fwsim.planning.levers import moved_commands
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.space import Space
from fwsim.planning.waves import in_words, kind_of
from fwsim.planning.whom import whom


def moved_in_words(space: Space, choice: Choice) -> Iterator[tuple[str, str]]:
    """Yield which command of a plan starts when, and when it did: name, words."""
    for before, after in moved_commands(space.scenario, space.levers(choice)):
        text = f"{_start(space, after)} instead of {_start(space, before)}"
        if isinstance(after, UpdateCommand) and after.force_at is not None:
            text = f"{text}, and its force_at as much: {in_words(after.force_at)}"
        yield f"{kind_of(after)} to {whom(after.target)}", text


def _start(space: Space, command: Command) -> str:
    match command.schedule:
        case Once(at):
            return in_words(at)
        case Every():
            raise ValueError(say("planning.no_start"))
    return in_words(space.as_written.local_time(0))
