"""The first use of the compiled clock: it takes a while, and says what it is doing."""

from __future__ import annotations

import sys

from fwsim.compiled.machine_code import MachineCode, is_compiled, machine_code

SAYING = "Compiling the fast clock, once for this version of fwsim"


def built() -> MachineCode:
    """Return the compiled clock; where it has to be compiled first, show how far that is.

    On a terminal and in a notebook a bar is shown, else one line on standard error.
    """
    if is_compiled():
        return machine_code()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from fwsim.console import console_for_progress

    console = console_for_progress()
    if not (console.is_terminal or console.is_jupyter):
        print(f"{SAYING} (about a minute) ...", file=sys.stderr)  # noqa: T201 - progress
    columns = (TextColumn(SAYING), BarColumn(), MofNCompleteColumn())
    quiet = not (console.is_terminal or console.is_jupyter)
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=None)
        return machine_code(lambda done, of: bar.update(task, completed=done, total=of))
