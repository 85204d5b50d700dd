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
from numba.core import codegen, compiler, compiler_lock, typed_passes, untyped_passes
from numba.core.compiler_machinery import PassManager, register_pass

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
    whole, linked = llvm.parse_assembly(""), set()
    to_link: list[Any] = list(codes)
    while to_link:
        code = to_link.pop()
        if code in linked:
            continue
        linked.add(code)
        if isinstance(code, Bitcode):
            to_link += code.calls
        whole.link_in(_module_of(code), preserve=True)
    for function in whole.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = "internal"
    return whole


def _module_of(code: Any) -> llvm.ModuleRef:
    if isinstance(code, Bitcode):
        return code.module
    # One of numba's own functions, which it has optimised.
    with compiler_lock.global_compiler_lock:
        return code._get_module_for_linking()  # noqa: SLF001 - numba links by it, too


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


class ToBitcode(compiler.CompilerBase):  # type: ignore[misc]
    """numba's compiler as far as bitcode."""

    def define_pipelines(self) -> list[PassManager]:
        """Return the passes."""
        passes = PassManager("to bitcode")
        for each in (*_PASSES, _Lowering, typed_passes.NoPythonBackend):
            passes.add_pass(each, each.__name__)
        passes.finalize()
        return [passes]
