"""How the model becomes machine code.

A function that others call is linked into each of them and optimised there anew, which for a
model of a hundred functions takes minutes. So the larger ones are units: numba compiles each once,
and a unit calls another by its name, which is declared before any of them is compiled: so they may
call one another in a circle. In the end all units are linked and optimised as a whole, so
that they may still melt into each other.

A unit keeps numba's own calling convention, in which every call returns a status: what is raised in
one of them goes up through all of them, and none does anything more.
"""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
from numba import extending
from numba.core import cgutils, types

from fwsim.compiled import tables

F = TypeVar("F", bound=Callable[..., Any])
Watcher = Callable[[int, int], None]
"""Called with the number of units that are ready, and of all."""


def compiled(function: F) -> F:
    """Compile a small function into each that calls it; also the rulebook's own functions.

    Python cannot call what comes of it: to make it callable takes a quarter of all compiling.
    """
    within = numba.njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
    return cast("F", within(function))


ENTRY = ".entry"
"""What the name of a unit ends in where it is called from outside."""

_ENTRY = """
declare i32 @"{name}"(ptr, ptr, ptr)
define void @"{entry}"(ptr %world) {{
  %returned = alloca ptr
  %raised = alloca ptr
  call i32 @"{name}"(ptr %returned, ptr %raised, ptr %world)
  ret void
}}
"""
"""A unit of a world that returns nothing, by the rules of C; the world knows whether it stopped."""


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
        self._code: Any = None

    def make_ready(self) -> None:
        """Compile it; what it calls need not be compiled yet, but has to be declared."""
        self._code = numba.cfunc(self.signature, error_model="numpy")(self._function)

    def declare(self) -> None:
        """Let numba find its symbol; nobody goes there before all units are linked."""
        llvm.add_symbol(self.symbol, _NOWHERE)

    @property
    def _inner_name(self) -> str:
        """The function itself, without the wrapper that calls it by the rules of C."""
        name: str = self._code.native_name
        return name.removeprefix("cfunc.")

    def module(self) -> llvm.ModuleRef:
        """Return its code as a module in which it has its own name."""
        module = llvm.parse_assembly(self._code.inspect_llvm())
        module.get_function(self._inner_name).name = self.symbol
        return module

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
_PLACE = ctypes.create_string_buffer(1)
_NOWHERE = ctypes.addressof(_PLACE)


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


def _whole_module(watcher: Watcher | None) -> llvm.ModuleRef:
    whole = llvm.parse_assembly("")
    for each in _UNITS:
        each.declare()
    for number, each in enumerate(_UNITS, 1):
        each.make_ready()
        whole.link_in(each.module())
        if watcher is not None:
            watcher(number, len(_UNITS))
    return whole


def emit(entries: tuple[str, ...], watcher: Watcher | None = None) -> bytes:
    """Return the machine code of all units as an object file for this very machine.

    Parameters
    ----------
    entries
        Names of the units that are called from outside, with the address of a world.
    watcher
        Told how many units are ready, and how many there are.

    Raises
    ------
    RuntimeError
        If the code needs anything beside itself.
    """
    whole = _whole_module(watcher)
    for name in entries:
        whole.link_in(llvm.parse_assembly(_ENTRY.format(name=name, entry=name + ENTRY)))
    for function in whole.functions:
        if not function.is_declaration and not function.name.endswith(ENTRY):
            function.linkage = "internal"
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=features,
        opt=3,
        reloc="default",
        codemodel="jitdefault",
        jit=True,
    )
    whole.triple, whole.data_layout = machine.triple, str(machine.target_data)
    builder = llvm.create_pass_builder(machine, llvm.PipelineTuningOptions(speed_level=3))
    builder.getModulePassManager().run(whole, builder)
    missing = [
        function.name
        for function in whole.functions
        if function.is_declaration and not function.name.startswith("llvm.")
    ]
    if missing:
        raise RuntimeError(f"the compiled clock needs {', '.join(missing)}")
    return bytes(machine.emit_object(whole))


def _signature(function: Callable[..., Any]) -> Any:
    kinds = {
        "Record": numba.from_dtype(tables.WORLD),
        "int": types.int64,
        "bool": types.boolean,
        "None": types.void,
    }
    named = dict(function.__annotations__)
    returned = kinds[named.pop("return")]
    return returned(*[kinds[name] for name in named.values()])
