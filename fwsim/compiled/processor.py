"""Processors that machine code is made for, in the words of LLVM."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Processor:
    """What machine code is made for.

    Parameters
    ----------
    name
        Of the processor, or of a level that many have.
    features
        What it can do: ``+avx2,+fma``.
    """

    name: str
    features: str


COMMON = Processor(
    "x86-64-v3",
    "+avx,+avx2,+bmi,+bmi2,+cx16,+f16c,+fma,+lzcnt,+movbe,+popcnt,+sahf,"
    "+sse3,+sse4.1,+sse4.2,+ssse3,+xsave",
)
"""What Intel has made since 2013 and AMD since 2015, but for some small ones."""


def this_processor() -> Processor:
    """Return what code for this very machine is made for."""
    import llvmlite.binding as llvm

    return Processor(llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())


def is_common() -> bool:
    """Tell whether this is Linux on a processor that runs code made for `COMMON`."""
    import llvmlite.binding as llvm

    kind = llvm.get_process_triple()
    can = set(this_processor().features.split(","))
    return kind.startswith("x86_64-") and "linux" in kind and can >= set(COMMON.features.split(","))
