"""Where the machine code comes from, and how it is called.

A wheel may carry it for common processors. Else the first use compiles, which takes some of a
minute, and keeps the code on disk; later ones only load it, and do not even import numba.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from fwsim.clock_sources import are_as_imported
from fwsim.compiled.building import compiled_elsewhere
from fwsim.compiled.code_names import code_name
from fwsim.compiled.compiling_process import ENTRIES
from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.kept_code import code_kept_or_made, is_kept
from fwsim.compiled.object_files import unpacked
from fwsim.compiled.series import CompiledSeries
from fwsim.compiled.shelf import keep_what_is_freed
from fwsim.compiled.shipped_code import is_shipped, shipped_code
from fwsim.quantities.series import work_with

_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


@dataclass(frozen=True)
class MachineCode:
    """The compiled clock, ready to be called with the address of a world.

    Parameters
    ----------
    begin, run, begin_part, merge, walk, count, count_load, count_repository
        Put what is known beforehand on the clock; play to the end; begin with a part of the fleet;
        merge the logs of parts; count what the lines of a log tell each by itself, what those of
        each device tell together, what the lines of the network carried, and what all of them
        together did. Other threads run meanwhile.
    series
        Works out long rows of numbers.
    engine
        Holds the code.
    """

    begin: Callable[[int], None]
    run: Callable[[int], None]
    begin_part: Callable[[int], None]
    merge: Callable[[int], None]
    walk: Callable[[int], None]
    count: Callable[[int], None]
    count_load: Callable[[int], None]
    count_repository: Callable[[int], None]
    series: CompiledSeries
    engine: Any


def _load(code: bytes) -> MachineCode:
    import llvmlite.binding as llvm

    from fwsim.compiled.linking import ENTRY

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine, use_lmm=True)
    for each in unpacked(code):
        engine.add_object_file(llvm.ObjectFileRef.from_data(each))
    engine.finalize_object()
    begin, run, begin_part, merge, walk, count, count_load, count_repository, *series = (
        _FUNCTION(engine.get_function_address(name + ENTRY)) for name in ENTRIES
    )
    counting = (walk, count, count_load, count_repository)
    return MachineCode(begin, run, begin_part, merge, *counting, CompiledSeries(*series), engine)


def is_at_hand() -> bool:
    """Tell whether the clock need not be compiled before it is used."""
    return is_interpreted() or bool(_LOADED) or is_shipped() or is_kept(code_name())


_CHANGED = "fwsim's files have changed since it was started; start it anew"
_LOADING = Lock()
_LOADED: list[MachineCode] = []


def machine_code(make: Callable[[], bytes] = compiled_elsewhere) -> MachineCode:
    """Return the compiled clock, or the interpreted one where that is asked for.

    Parameters
    ----------
    make
        Compiles it if it neither came with fwsim nor is on disk.

    Raises
    ------
    RuntimeError
        If it cannot be compiled, or fwsim's files are others than this process has imported.
    """
    if is_interpreted():
        from fwsim.compiled.interpreted.clock import interpreted_clock

        return interpreted_clock()
    with _LOADING:
        if not _LOADED:
            if not are_as_imported():
                raise RuntimeError(_CHANGED)
            code = shipped_code()
            _LOADED.append(_load(code or code_kept_or_made(code_name(), lambda: _made_of(make))))
            work_with(_LOADED[0].series)
            keep_what_is_freed()
    return _LOADED[0]


def _made_of(make: Callable[[], bytes]) -> bytes:
    """Compile; what was made of other files than this process has imported is not to be called."""
    code = make()
    if not are_as_imported():
        raise RuntimeError(_CHANGED)
    return code
