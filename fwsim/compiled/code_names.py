"""What machine code is called: by all that it depends on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

from fwsim.clock_sources import source_files
from fwsim.compiled.processor import COMMON, this_processor


@cache
def code_name() -> str:
    """Return the name under which code for these sources and this machine is kept.

    It hangs on the text of every file that goes into it, the versions of the compiler, and the
    processor.
    """
    made_for = this_processor()
    words = (version("numba"), version("llvmlite"), made_for.name, made_for.features)
    return f"clock-{_digest(*words)}.bin"


def shipped_name() -> str:
    """Return the name of the code for these sources and common processors."""
    return f"clock-{COMMON.name}-{_digest(COMMON.features)}.bin"


def _digest(*words: str) -> str:
    digest = hashlib.blake2b(_sources(), digest_size=20)
    for word in words:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()


def sources_have_changed() -> bool:
    """Tell whether the files are others by now than those that a name stands for."""
    return _read() != _sources()


@cache
def _sources() -> bytes:
    return _read()


def _read() -> bytes:
    """Return the text of all files that go into the code."""
    return b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in source_files())
