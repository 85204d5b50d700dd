"""From Python to bitcode: numba's compiler without what it does so that code can run at once.

numba optimises a function as soon as it is compiled and once more in each that calls it, and makes
machine code of it. Nobody runs it here: the functions of a part of the clock are linked as they
are, and optimised together, once. That takes half the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import llvmlite.binding as llvm
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import codegen, compiler, compiler_lock, typed_passes, types, untyped_passes
from numba.core.compiler_machinery import PassManager, _pass_registry, register_pass
from numba.core.typing.templates import ConcreteTemplate

# numba words what it works on at every step, for whoever watches: all fields of the world's record.
types.Record.__repr__ = types.Record.__str__  # type: ignore[method-assign]

_NUMBERS = (types.Integer, types.Boolean, types.Float)
_function: Any = types.Function
_any_call_type = _function.get_call_type


def _call_type(self: Any, context: Any, args: Any, named: Any) -> Any:
    """Return what an operator does with numbers, without asking what it does with arrays first."""
    of_numbers = not named and all(isinstance(each, _NUMBERS) for each in args)
    if of_numbers and getattr(self.typing_key, "__module__", "") == "_operator":
        plain = tuple(map(types.unliteral, args))
        for each in self.templates:
            if issubclass(each, ConcreteTemplate):
                template = each(context)
                found = template.apply(plain, named)
                if found is not None:
                    self._impl_keys[found.args] = template.get_impl_key(found)
                    return found
    return _any_call_type(self, context, args, named)


_function.get_call_type = _call_type

_PASSES = (
    untyped_passes.TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.GenericRewrites,
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
)
"""What the clock's functions need of numba: they hold neither closures nor arithmetic of arrays."""

_AT_A_TIME = 16


class Bitcode(codegen.CPUCodeLibrary):  # type: ignore[misc]
    """A function's code, not optimised, and the codes that it calls."""

    recorded_timings = None

    def enable_object_caching(self) -> None:
        """Do nothing: it never becomes an object of its own."""

    def add_linking_library(self, library: Any) -> None:
        """Note another function's code; it is not needed before all are linked."""
        self._linking_libraries.append(library)

    def _optimize_functions(self, _module: llvm.ModuleRef) -> None:
        """Leave them as they are."""

    def rename(self, name: str, symbol: str) -> None:
        """Give one of its functions another name."""
        self._final_module.get_function(name).name = symbol

    @property
    def module(self) -> llvm.ModuleRef:
        """Its own code."""
        return self._final_module

    @property
    def calls(self) -> list[Any]:
        """What it calls; may hold one more than once."""
        return self._linking_libraries


def together(codes: Iterable[Bitcode], names: Collection[str]) -> llvm.ModuleRef:
    """Return codes and all that they call as one module.

    Parameters
    ----------
    codes
        Of some units.
    names
        Of the functions that others call by name; the rest is known in this module only.
    """
    own, of_numba = _called_by(codes)
    whole = _linked([code.module for code in own])
    with compiler_lock.global_compiler_lock:
        for library in of_numba:
            module = library._get_module_for_linking()  # noqa: SLF001 - numba links by it, too
            whole.link_in(module, preserve=True)
    for function in whole.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = "internal"
    return whole


def _called_by(codes: Iterable[Bitcode]) -> tuple[list[Bitcode], list[Any]]:
    """Return codes with those they call, each once, and which of numba's own."""
    own: dict[Bitcode, None] = {}
    of_numba: dict[Any, None] = {}
    to_see: list[Any] = list(codes)
    while to_see:
        code = to_see.pop()
        if not isinstance(code, Bitcode):
            of_numba[code] = None
        elif code not in own:
            own[code] = None
            to_see += code.calls
    return [*own], [*of_numba]


def _linked(modules: list[llvm.ModuleRef]) -> llvm.ModuleRef:
    """Return modules as one, the first; a few at a time, for a large one is slow to grow."""
    while len(modules) > 1:
        for first in range(0, len(modules), _AT_A_TIME):
            for other in modules[first + 1 : first + _AT_A_TIME]:
                modules[first].link_in(other)
        modules = modules[::_AT_A_TIME]
    return modules[0]


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(typed_passes.NativeLowering):  # type: ignore[misc]
    """Lower to bitcode, and let others call that."""

    _name = "lowering_to_bitcode"

    def run_pass(self, state: Any) -> bool:
        code = state.library = Bitcode(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        done = state["cr"]
        # numba knows a function by what Python would call; there is nothing behind it.
        known_by = _dynfunc.make_function(
            done.fndesc.lookup_module(), done.fndesc.qualname, "", 0, done.env, (code,)
        )
        state.targetctx.insert_user_function(known_by, done.fndesc, [code])
        state["cr"] = done._replace(cfunc=known_by)
        return True


class _Passes(PassManager):  # type: ignore[misc]
    """Passes one after the other; numba also checks what each leaves, and tells who watches."""

    def run(self, state: Any) -> None:
        """Run them on a function."""
        for each, _ in self.passes:
            step = _pass_registry.get(each).pass_inst
            step.analysis = self._analysis
            for part in (step.run_initialization, step.run_pass, step.run_finalizer):
                part(state)


class ToBitcode(compiler.CompilerBase):  # type: ignore[misc]
    """numba's compiler as far as bitcode."""

    def define_pipelines(self) -> list[PassManager]:
        """Return the passes."""
        passes = _Passes("to bitcode")
        for each in (*_PASSES, _Lowering, typed_passes.NoPythonBackend):
            passes.add_pass(each, each.__name__)
        passes.finalize()
        return [passes]
