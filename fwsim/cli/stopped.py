"""What is said of a command that came to no good end: what it has written, and what not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from fwsim.messages import say
from fwsim.put_in_place import noted

_WRITTEN_TO = frozenset({"excel", "figure", "ledger", "logs", "ocel", "out", "xes"})
"""Options that name what a command writes."""
_WANTED = "fwsim.wanted"
_MOST_SHOWN = 5


def remember_wanted(ctx: click.Context) -> None:
    """Remember what a command is to write, for when it is stopped."""
    options = [one.name for one in ctx.command.params if isinstance(one, click.Option)]
    given = [ctx.params.get(name) for name in options if name in _WRITTEN_TO]
    ctx.find_root().meta[_WANTED] = [path for path in given if isinstance(path, Path)]


def stopped_in_words(ctx: click.Context | None) -> str:
    """Return what to say of a command that was stopped."""
    put = noted()
    if not put:
        return say("cli.stopped")
    there = {path.resolve() for path in put}
    wanted = [] if ctx is None else ctx.find_root().meta.get(_WANTED, [])
    others = [path for path in dict.fromkeys(wanted) if path.resolve() not in there]
    if not others:
        return say("cli.stopped_written", places=_listed(put))
    return say("cli.stopped_partly", places=_listed(put), others=_listed(others))


def refused_in_words(count: int) -> str:
    """Return what to say below the problems of a command that was refused."""
    if put := noted():
        return say("cli.problems_written", count=count, places=_listed(put))
    return say("cli.problems", count=count)


def _listed(places: Sequence[Path]) -> str:
    shown = ", ".join(map(str, places[:_MOST_SHOWN]))
    more = len(places) - _MOST_SHOWN
    return say("cli.and_more", places=shown, count=more) if more > 0 else shown
