"""Units of the clock linked and optimised as a whole, as machine code for one kind of processor."""

from __future__ import annotations

from collections.abc import Sequence

import llvmlite.binding as llvm

from fwsim.compiled.processor import Processor

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


def linked(parts: Sequence[bytes], entries: Sequence[str], processor: Processor) -> bytes:
    """Return the machine code of all units as an object file.

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
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    whole = llvm.parse_assembly("")
    for part in parts:
        whole.link_in(llvm.parse_bitcode(part))
    for name in entries:
        whole.link_in(llvm.parse_assembly(_ENTRY.format(name=name, entry=name + ENTRY)))
    for function in whole.functions:
        if not function.is_declaration and not function.name.endswith(ENTRY):
            function.linkage = "internal"
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=processor.name,
        features=processor.features,
        opt=3,
        reloc="pic",
        codemodel="small",
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
