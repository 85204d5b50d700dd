"""Units linked and optimised as a whole, as machine code for one kind of processor."""

from __future__ import annotations

from collections.abc import Sequence

import llvmlite.binding as llvm

from fwsim.compiled.processor import Processor

ENTRY = ".entry"
"""What the name of a unit ends in where it is called from outside."""

_INLINED, _LITTLE, _FULLY = 0, 1, 3
"""How far LLVM optimises: what is always to be inlined only, with what takes no time, or all."""

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


def optimised(part: bytes, processor: Processor) -> bytes:
    """Return bitcode of a part of the units, optimised by itself: processes do so side by side.

    Parameters
    ----------
    part
        Bitcode as numba writes it, full of references that are taken and given back again.
    processor
        What the code is for.
    """
    whole, machine = llvm.parse_bitcode(part), _machine_for(processor)
    for level in (_INLINED, _LITTLE):
        _optimise(whole, machine, level, prunes=True)
    return bytes(whole.as_bitcode())


def linked(parts: Sequence[bytes], entries: Sequence[str], processor: Processor) -> bytes:
    """Return the machine code of some entries, and of what they call, as an object file.

    Parameters
    ----------
    parts
        Bitcode of the units.
    entries
        Names of the units that are called from outside, with the address of a world.
    processor
        What the code is for.

    Raises
    ------
    RuntimeError
        If the code needs anything beside itself.
    """
    whole = llvm.parse_assembly("")
    for part in parts:
        whole.link_in(llvm.parse_bitcode(part))
    for name in entries:
        whole.link_in(llvm.parse_assembly(_ENTRY.format(name=name, entry=name + ENTRY)))
    for function in whole.functions:
        if not function.is_declaration and not function.name.endswith(ENTRY):
            function.linkage = "internal"
    machine = _machine_for(processor)
    _optimise(whole, machine, _FULLY)
    missing = [
        function.name
        for function in whole.functions
        if function.is_declaration and not function.name.startswith("llvm.")
    ]
    if missing:
        raise RuntimeError(f"the compiled clock needs {', '.join(missing)}")
    return bytes(machine.emit_object(whole))


def _machine_for(processor: Processor) -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=processor.name,
        features=processor.features,
        opt=3,
        reloc="pic",
        codemodel="small",
        jit=True,
    )


def _optimise(
    whole: llvm.ModuleRef, machine: llvm.TargetMachine, level: int, prunes: bool = False
) -> None:
    whole.triple, whole.data_layout = machine.triple, str(machine.target_data)
    builder = llvm.create_pass_builder(machine, llvm.PipelineTuningOptions(speed_level=level))
    passes = builder.getModulePassManager()
    if prunes:
        passes.add_refprune_pass()
    passes.run(whole, builder)
