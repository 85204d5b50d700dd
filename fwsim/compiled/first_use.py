"""The first use of the compiled clock: it takes a while, and says what it is doing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fwsim.compiled.building import Watcher, compiled_elsewhere
from fwsim.compiled.machine_code import MachineCode, machine_code
from fwsim.messages import say

_WATCHERS: list[Watcher] = []


def built() -> MachineCode:
    """Return the compiled clock; where it has to be compiled first, show how far that is."""
    return machine_code(_compiled_for_watchers if _WATCHERS else _compiled_with_a_bar)


@contextmanager
def watched(by: Watcher) -> Iterator[None]:
    """Have somebody told how far it is, instead of a bar."""
    _WATCHERS.append(by)
    try:
        yield
    finally:
        _WATCHERS.remove(by)


def _compiled_for_watchers() -> bytes:
    def tell(done: int, of: int) -> None:
        for watcher in [*_WATCHERS]:
            with suppress(Exception):  # nobody who watches ends the work
                watcher(done, of)

    return compiled_elsewhere(tell)


def _compiled_with_a_bar() -> bytes:
    """Compile; on a terminal and in a notebook show a bar, else one line on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from fwsim.console import console_for_progress

    console = console_for_progress()
    quiet = not (console.is_terminal or console.is_jupyter)
    saying = say("engine.compiling")
    if quiet:
        print(say("engine.compiling_long", text=saying), file=sys.stderr)  # noqa: T201 - progress
    columns = (TextColumn(saying), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=None)
        return compiled_elsewhere(lambda done, of: bar.update(task, completed=done, total=of))
