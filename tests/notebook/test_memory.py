"""The memory of a visitor's kernel, bounded in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fwsim.notebook.app.memory import VARIABLE, limit_memory

CODE = f"""
from fwsim.notebook.app.memory import limit_memory
assert limit_memory({{"{VARIABLE}": "300"}}) == 300 * 1024 * 1024
try:
    bytearray(400 * 1024 * 1024)
except MemoryError:
    print("refused")
"""


@pytest.mark.parametrize("wanted", ["", "0", "-1", "much"])
def test_nothing_is_bounded_unasked(wanted):
    assert limit_memory({VARIABLE: wanted}) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what is reserved so")
def test_a_kernel_gets_no_more_than_it_may():
    told = subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True, text=True)
    assert told.stdout == "refused\n"
