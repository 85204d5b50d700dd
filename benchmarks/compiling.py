"""Compiling the fast clock, as the first use does, beside a commit whose clock did less.

python -m benchmarks.compiling
"""

from __future__ import annotations

import statistics
import sys

from benchmarks.own_process import code_of, measured, told
from benchmarks.tally import BEFORE

TURNS = 3
NOW = """
import json, time
begin = time.perf_counter()
from fwsim.compiled.building import compiled_elsewhere
code = compiled_elsewhere()
print(json.dumps({"seconds": time.perf_counter() - begin, "bytes": len(code)}))
"""
THEN = """
import json, time
begin = time.perf_counter()
from fwsim.compiled.machine_code import _compile
code = _compile(None)
print(json.dumps({"seconds": time.perf_counter() - begin, "bytes": len(code)}))
"""


def main() -> int:
    """Measure, print, and return 0 if it takes at most half as long as it did."""
    with code_of(BEFORE) as folder:
        if folder is None:
            print("not measured: the commit before is not in this clone")
            return 0
        turns = [(measured(NOW), measured(THEN, folder)) for _ in range(TURNS)]
    ratios = [now["seconds"] / then["seconds"] for now, then in turns]
    seconds, size = ([now[name] for now, _ in turns] for name in ("seconds", "bytes"))
    before = [then["seconds"] for _, then in turns]
    print(f"compiling, now : c1a5ff8                    {told(ratios)}  target <= 0.5")
    print(f"seconds now                                 {told(seconds)}")
    print(f"seconds then                                {told(before)}")
    print(f"machine code, KiB                           {size[0] / 1024:5.0f}")
    return 0 if statistics.median(ratios) <= 0.5 else 1


if __name__ == "__main__":
    sys.exit(main())
