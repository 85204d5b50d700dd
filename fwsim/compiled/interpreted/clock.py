"""The functions of `fwsim.compiled.machine`, imported once more over the floor that checks."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType

import fwsim.compiled
from fwsim.compiled import tables
from fwsim.compiled.interpreted import compiling, memory, wrapping
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.series import CompiledSeries

_MACHINE = "fwsim.compiled.machine"
_STAND_INS = {"compiling": compiling, "memory": memory, "wrapping": wrapping}


@contextmanager
def _machine_set_aside() -> Iterator[None]:
    """Let `fwsim.compiled.machine` be imported anew over the stand-ins, and leave no trace."""
    kept = {name: module for name, module in sys.modules.items() if _belongs(name)}
    package = getattr(fwsim.compiled, "machine", None)
    for name in kept:
        del sys.modules[name]
    sys.modules.update({f"{_MACHINE}.{name}": module for name, module in _STAND_INS.items()})
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _belongs(name)]:
            del sys.modules[name]
        sys.modules.update(kept)
        if package is not None:
            setattr(fwsim.compiled, "machine", package)  # noqa: B010 - the import system set it


def _belongs(name: str) -> bool:
    return name == _MACHINE or name.startswith(f"{_MACHINE}.")


@cache
def interpreted_machine() -> dict[str, ModuleType]:
    """Return the modules of the clock as plain Python, by their names within the package."""
    with _machine_set_aside():
        for name in ("loop", "tally", "tally_lines", "series"):
            importlib.import_module(f"{_MACHINE}.{name}")
        return {
            name.removeprefix(f"{_MACHINE}."): module
            for name, module in sys.modules.items()
            if name.startswith(f"{_MACHINE}.")
        }


def interpreted_clock() -> MachineCode:
    """Return the clock as plain Python, to be called as the compiled one is."""
    machine = interpreted_machine()
    loop, tally, series = machine["loop"], machine["tally"], machine["series"]
    stopped = machine["callbacks"].StoppedError
    world_at, series_at = memory.record_at(tables.WORLD), memory.record_at(tables.SERIES)

    def played(function: Callable[[memory.Record], None]) -> Callable[[int], None]:
        def play(address: int) -> None:
            try:
                function(world_at(address, 0))
            except stopped:
                return

        return play

    def worked_out(function: Callable[[memory.Record], None]) -> Callable[[int], None]:
        return lambda address: function(series_at(address, 0))

    return MachineCode(
        played(loop.begin),
        played(loop.run),
        played(loop.begin_part),
        played(machine["apart"].merge),
        played(tally.walk),
        played(tally.count),
        played(machine["tally_lines"].count_load),
        played(machine["tally_lines"].count_repository),
        CompiledSeries(
            worked_out(series.exponential),
            worked_out(series.logarithm),
            worked_out(series.normal_quantile),
            worked_out(series.chances),
        ),
        machine,
    )
