"""The first use of the compiled clock: it takes a while, and says what it is doing."""

from __future__ import annotations

import sys

from fwsim.compiled.building import compiled_elsewhere
from fwsim.compiled.machine_code import MachineCode, machine_code

SAYING = "Compiling the fast clock, once for this version of fwsim"


def built() -> MachineCode:
    """Return the compiled clock; where it has to be compiled first, show how far that is."""
    return machine_code(_compiled_with_a_bar)


def _compiled_with_a_bar() -> bytes:
    """Compile; on a terminal and in a notebook show a bar, else one line on standard error."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from fwsim.console import console_for_progress

    console = console_for_progress()
    quiet = not (console.is_terminal or console.is_jupyter)
    if quiet:
        print(f"{SAYING} (about a minute) ...", file=sys.stderr)  # noqa: T201 - progress
    columns = (TextColumn(SAYING), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=None)
        return compiled_elsewhere(lambda done, of: bar.update(task, completed=done, total=of))
