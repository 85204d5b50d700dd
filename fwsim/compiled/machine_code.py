"""Where the machine code is kept, and how it is called.

The first use compiles, which takes some of a minute, and keeps the code on disk; later ones only
load it, and do not even import numba. The folder is named after all that the code depends on: the
text of every file that goes into it, the versions of the compiler, and the processor.
"""

from __future__ import annotations

import ctypes
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import llvmlite.binding as llvm
import platformdirs

Watcher = Callable[[int, int], None]
"""Called with the number of functions that are compiled, and of all."""

_PACKAGE = Path(__file__).parent.parent
_SOURCES = (
    "compiled/machine", "compiled/tables.py", "compiled/codes.py", "commands", "moment.py",
    "outages.py",
)  # fmt: skip
_ENTRIES = ("fwsim.compiled.machine.loop.begin", "fwsim.compiled.machine.loop.run")
_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


@dataclass(frozen=True)
class MachineCode:
    """The compiled clock, ready to be called with the address of a world.

    Parameters
    ----------
    begin, run
        Put what is known beforehand on the clock; play to the end. Other threads run meanwhile.
    engine
        Holds the code.
    """

    begin: Callable[[int], None]
    run: Callable[[int], None]
    engine: Any


@cache
def code_file() -> Path:
    """Return where the code for these sources on this machine is kept."""
    digest = hashlib.blake2b(digest_size=10)
    for name in _SOURCES:
        place = _PACKAGE / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    features = llvm.get_host_cpu_features().flatten()
    for text in (version("numba"), version("llvmlite"), llvm.get_host_cpu_name(), features):
        digest.update(text.encode() + b"\0")
    return platformdirs.user_cache_path("fwsim") / f"clock-{digest.hexdigest()}.o"


def is_compiled() -> bool:
    """Tell whether the code lies on disk, so that the first use does not have to compile it."""
    return code_file().exists()


def _compile(watcher: Watcher | None) -> bytes:
    from fwsim.compiled.machine import loop  # noqa: F401 - its units are what is compiled
    from fwsim.compiled.machine.compiling import emit

    return emit(_ENTRIES, watcher)


def _keep(code: bytes, path: Path) -> None:
    """Write a file whole or not at all; others may be writing the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(code)
    Path(draft.name).replace(path)


def _code(watcher: Watcher | None) -> bytes:
    if is_compiled():
        return code_file().read_bytes()
    code = _compile(watcher)
    try:
        _keep(code, code_file())
    except OSError:
        return code  # compiled again the next time
    return code


def _load(code: bytes) -> MachineCode:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    begin, run = (_FUNCTION(engine.get_function_address(name)) for name in _ENTRIES)
    return MachineCode(begin, run, engine)


_LOADING = Lock()
_LOADED: list[MachineCode] = []


def machine_code(watcher: Watcher | None = None) -> MachineCode:
    """Return the compiled clock, compiled now if it is not on disk.

    Parameters
    ----------
    watcher
        Told how many functions are compiled, and how many there are; only if they have to be.
    """
    with _LOADING:
        if not _LOADED:
            _LOADED.append(_load(_code(watcher)))
    return _LOADED[0]
