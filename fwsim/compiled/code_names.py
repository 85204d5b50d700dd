"""What machine code is called: by all that it depends on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

from fwsim import clock_sources
from fwsim.compiled.processor import COMMON, this_processor


@cache
def code_name() -> str:
    """Return the name under which code for these sources and this machine is kept.

    It hangs on the text that every file which goes into it had when fwsim was imported, the
    versions of the compiler, and the processor.
    """
    made_for = this_processor()
    words = (version("numba"), version("llvmlite"), made_for.name, made_for.features)
    return f"clock-{_digest(*words)}.bin"


def shipped_name() -> str:
    """Return the name of the code for these sources and common processors."""
    return f"clock-{COMMON.name}-{_digest(COMMON.features)}.bin"


def _digest(*words: str) -> str:
    if not clock_sources.IMPORTED:
        raise FileNotFoundError("fwsim's own files cannot be read")
    digest = hashlib.blake2b(clock_sources.IMPORTED, digest_size=20)
    for word in words:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()
