"""How the model becomes machine code.

The larger functions are units: numba compiles each once, and a unit calls another by its name,
which is declared before any of them is compiled, so that they may call one another in a circle.
Several processes compile a part of the units each. In the end what plays is linked and optimised as
a whole, so that units may melt into each other; so is, beside it, what counts.

A unit keeps numba's own calling convention, in which every call returns a status: what is raised in
one of them goes up through all of them, and none does anything more.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import accumulate
from typing import Any, TypeVar, cast

import numba
from numba import extending
from numba.core import cgutils, types

from fwsim.compiled import tables
from fwsim.compiled.machine.bitcode import Bitcode, ToBitcode, together

F = TypeVar("F", bound=Callable[..., Any])
Watcher = Callable[[int, int], None]
"""Called with the number of units that are ready, and of all."""


_HOW: dict[str, Any] = {
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": ToBitcode,
}


def compiled(function: F) -> F:
    """Compile a small function into each that calls it; also the rulebook's own functions.

    Python cannot call what comes of it.
    """
    made: Any = numba.njit(**_HOW)(function)
    found = made.get_call_template

    def get_call_template(args: Any, named: Any) -> Any:
        return found(tuple(map(_usual, args)), {name: _usual(kind) for name, kind in named.items()})

    made.get_call_template = get_call_template
    return cast("F", made)


_NARROW = (types.int8, types.int16, types.int32, types.uint8, types.uint16, types.uint32)


def _usual(kind: Any) -> Any:
    """Return what a function is compiled for, once: whole numbers of 64 bits, no constants."""
    of_constant: Callable[[Any], Any] = types.unliteral
    plain = of_constant(kind)
    return types.int64 if plain in _NARROW else plain


class _Unit:
    """A function with a name in machine code.

    Parameters
    ----------
    function
        Of a world and whole numbers.
    """

    def __init__(self, function: Callable[..., Any], module: str) -> None:
        self._function = function
        self.signature = _signature(function)
        self.symbol = f"{module}.{function.__name__}"
        self.size = len(function.__code__.co_code)

    def code(self) -> Bitcode:
        """Compile it; what it calls need not be compiled yet, but has to be declared."""
        made: Any = numba.njit(self.signature, **_HOW)(self._function)
        (result,) = made.overloads.values()
        result.library.rename(result.fndesc.llvm_func_name, self.symbol)
        return cast("Bitcode", result.library)

    def call(self, context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        """Generate a call; what is raised in it goes on up."""
        rules, kinds = context.call_conv, self.signature.args
        kind = rules.get_function_type(self.signature.return_type, kinds)
        insert: Callable[..., Any] = cgutils.get_or_insert_function
        called = insert(builder.module, kind, self.symbol)
        status, found = rules.call_function(
            builder, called, self.signature.return_type, kinds, args
        )
        fails: Callable[..., Any] = cgutils.if_unlikely
        with fails(builder, status.is_error):
            rules.return_status_propagate(builder, status)
        return found

    def typed(self) -> Any:
        """Return what numba wants to know when it meets a call."""
        return self.signature, self.call


_UNITS: list[_Unit] = []


def unit(function: F) -> F:
    """Compile a function of a world and whole numbers once; others call it by name."""
    made = _Unit(function, function.__module__)
    _UNITS.append(made)
    return _called_by_name(function, made)


def declared(module: str) -> Callable[[F], F]:
    """Declare a unit of another module, to be called without importing that.

    Parameters
    ----------
    module
        The last part of the module's name.
    """

    def declare(function: F) -> F:
        return _called_by_name(function, _Unit(function, f"{__package__}.{module}"))

    return declare


def _called_by_name(function: F, made: _Unit) -> F:
    def meets_call(_typing: Any, *_args: Any) -> Any:
        return made.typed()

    # numba wants to see the arguments one by one.
    own = inspect.signature(function)
    first = inspect.Parameter("_typing", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    signature = own.replace(parameters=[first, *own.parameters.values()])
    meets_call.__signature__ = signature  # type: ignore[attr-defined]
    called: Any = extending.intrinsic(meets_call)
    return cast("F", called)


def emit_units(part: int, parts: int, watcher: Watcher | None = None) -> bytes:
    """Return a part of the units as bitcode, to be linked with the others.

    Parameters
    ----------
    part, parts
        Which of how many parts. Units that stand side by side share what is compiled into them.
    watcher
        Told how many units of this part are ready, and how many there are in all.
    """
    mine, codes = _part_of_units(part, parts), []
    for number, each in enumerate(mine, 1):
        codes.append(each.code())
        if watcher is not None:
            watcher(number, len(_UNITS))
    return bytes(together(codes, {each.symbol for each in mine}).as_bitcode())


def _part_of_units(part: int, parts: int) -> list[_Unit]:
    """Return units that stand side by side; there is about as much code in each part."""
    up_to = list(accumulate(each.size for each in _UNITS))
    return [
        each
        for each, size in zip(_UNITS, up_to, strict=True)
        if (size - 1) * parts // up_to[-1] == part
    ]


def _signature(function: Callable[..., Any]) -> Any:
    kinds = {
        "Record": numba.from_dtype(tables.WORLD),
        "Series": numba.from_dtype(tables.SERIES),
        "int": types.int64,
        "bool": types.boolean,
        "None": types.void,
    }
    named = dict(function.__annotations__)
    returned = kinds[named.pop("return")]
    return returned(*[kinds[name] for name in named.values()])
