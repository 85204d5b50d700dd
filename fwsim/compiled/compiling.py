"""How functions become machine code, and where the code is kept.

numba compiles at the first use and keeps the result on disk. It notices when the file of the
compiled function changes, but not when a rule does that it calls; so the code is kept in a folder
named after the text of every file that goes into it.

A function that others call is linked into each of them and optimised there anew, which for a
model of a hundred functions takes minutes. So the larger ones are units: compiled once, and
called by name.
"""

from __future__ import annotations

import dis
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba
import platformdirs
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., Any])
Watcher = Callable[[int, int], None]
"""Called with the number of units that are ready, and of all."""

_PACKAGE = Path(__file__).parent.parent
_SOURCES = ("compiled", "commands", "moment.py", "outages.py")
_INT64 = ir.IntType(64)


@cache
def _sources() -> tuple[bytes, ...]:
    places = [_PACKAGE / name for name in _SOURCES]
    files = [f for p in places for f in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]
    return tuple(file.name.encode() + b"\0" + file.read_bytes() for file in files)


@cache
def _digest() -> str:
    return hashlib.blake2b(b"\0".join(_sources()), digest_size=8).hexdigest()


@cache
def code_folder() -> Path:
    """Return where the compiled code of this very version of the sources is kept."""
    return platformdirs.user_cache_path("fwsim") / f"compiled-{_digest()}"


@contextmanager
def _kept_in_code_folder() -> Iterator[None]:
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(code_folder())
    try:
        yield
    finally:
        config.CACHE_DIR = before


def compiled(function: F) -> F:
    """Compile a small function into each that calls it; also the rulebook's own functions."""
    return cast("F", numba.njit(function))


def entry(function: F) -> F:
    """Compile a function that Python calls; it lets other threads run, and is kept on disk."""
    with _kept_in_code_folder():
        return cast("F", numba.njit(nogil=True, cache=True)(function))


class _Unit:
    """A function with a name in machine code.

    Parameters
    ----------
    function
        Of a world and whole numbers.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.signature = _signature(function)
        self.symbol = f"fwsim.{_digest()}.{function.__module__}.{function.__name__}"
        self._code: Any = None

    def make_ready(self) -> None:
        """Compile it, or fetch it from the disk; whatever it calls is made ready before."""
        if self._code is None:
            for called in _units_called(self._function):
                called.make_ready()
            with _kept_in_code_folder():
                self._code = numba.cfunc(self.signature, cache=True)(self._function)
            llvmlite.binding.add_symbol(self.symbol, self._code.address)

    def call(self, context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        """Generate a call."""
        kinds = [context.get_value_type(kind) for kind in self.signature.args]
        is_void = self.signature.return_type is types.void
        returned = ir.VoidType() if is_void else context.get_value_type(self.signature.return_type)
        kind = ir.FunctionType(returned, kinds)
        found = builder.call(
            cgutils.get_or_insert_function(builder.module, kind, self.symbol), args
        )
        return context.get_dummy_value() if is_void else found

    def typed(self) -> Any:
        """Return what numba wants to know when it meets a call."""
        self.make_ready()
        return self.signature, self.call


_UNITS: list[_Unit] = []
_UNIT_BEHIND: dict[int, _Unit] = {}


def _units_called(function: Callable[..., Any]) -> Iterator[_Unit]:
    """Yield the units whose names a function mentions, or a compiled function that it mentions."""
    for thing in _mentioned(function):
        if id(thing) in _UNIT_BEHIND:
            yield _UNIT_BEHIND[id(thing)]
        elif hasattr(thing, "py_func"):
            yield from _units_called(thing.py_func)


def _mentioned(function: Callable[..., Any]) -> Iterator[Any]:
    """Yield the globals of a function, and the members of modules among them, that it loads."""
    known = function.__globals__
    thing: Any = None
    for instruction in dis.get_instructions(function):
        if instruction.opname == "LOAD_GLOBAL":
            thing = known.get(instruction.argval)
        elif instruction.opname in {"LOAD_ATTR", "LOAD_METHOD"} and isinstance(thing, ModuleType):
            thing = getattr(thing, instruction.argval)
        else:
            continue
        yield thing


def unit(function: F) -> F:
    """Compile a function of a world and whole numbers once; others call it by name."""
    made = _Unit(function)
    _UNITS.append(made)
    makers: dict[int, Callable[..., Any]] = {
        1: lambda _, a: made.typed(),
        2: lambda _, a, b: made.typed(),
        3: lambda _, a, b, c: made.typed(),
        4: lambda _, a, b, c, d: made.typed(),
        5: lambda _, a, b, c, d, e: made.typed(),
        6: lambda _, a, b, c, d, e, f: made.typed(),
        8: lambda _, a, b, c, d, e, f, g, h: made.typed(),
    }
    called: Any = intrinsic(makers[len(made.signature.args)])
    _UNIT_BEHIND[id(called)] = made
    return cast("F", called)


def make_ready(watcher: Watcher | None = None) -> None:
    """Compile all units, or fetch them from the disk.

    Parameters
    ----------
    watcher
        Told how many units are ready, and how many there are.
    """
    for number, each in enumerate(_UNITS, 1):
        each.make_ready()
        if watcher is not None:
            watcher(number, len(_UNITS))


def _signature(function: Callable[..., Any]) -> Any:
    from fwsim.compiled.tables import WORLD

    kinds = {
        "Record": numba.from_dtype(WORLD), "int": types.int64, "bool": types.boolean,
        "None": types.void,
    }  # fmt: skip
    named = dict(function.__annotations__)
    returned = kinds[named.pop("return")]
    return returned(*[kinds[name] for name in named.values()])
