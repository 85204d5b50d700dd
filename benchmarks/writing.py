"""How long a run's tables take to be written beside the run itself, and in how much memory.

``python -m benchmarks.writing``, part of ``make bench``: a million devices, each form in a process
of its own.
"""

from __future__ import annotations

import sys

from benchmarks.own_process import measured
from fwsim.results.output.writing import FORMATS

MILLION = """
import json, tempfile, time
from pathlib import Path
from benchmarks.two_clocks import like_the_demo
from fwsim.engine import choose_engine
from fwsim.run import prepare, simulate

def memory(of):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(of))

engine = choose_engine().engine
rollout = prepare(like_the_demo({scale}))
marks = [time.perf_counter()]
result = simulate(rollout, engine=engine)
marks.append(time.perf_counter())
result.measures  # printed whether or not anything is written
marks.append(time.perf_counter())
held = memory("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
with tempfile.TemporaryDirectory() as folder:
    result.save(folder, "{form}", lambda done, total: marks.append(time.perf_counter()))
    end = time.perf_counter()
pauses = [after - before for before, after in zip(marks[2:], marks[3:])]
print(json.dumps({{
    "playing": marks[1] - marks[0], "writing": end - marks[2], "pause": max(pauses),
    "held": held, "peak": memory("VmHWM"),
}}))
"""


def of_a_million(form: str, scale: int = 100) -> dict[str, float]:
    """Return seconds of playing, of writing and of its longest silence; bytes before and at most.

    Linux only.
    """
    return measured(MILLION.format(scale=scale, form=form))


def main() -> int:
    """Measure, print a row a form, and return 0 if every wish holds."""
    good = True
    for form in FORMATS:
        of = of_a_million(form)
        ratio, memory = of["writing"] / of["playing"], of["peak"] / 2**30
        held = ratio <= 3 and memory <= 2.0
        good &= held
        print(
            f"writing : playing, 1,000,000 devices, {form:<8}{ratio:6.2f}   target <= 3   "
            f"peak {memory:.2f} GiB ({of['held'] / 2**30:.2f} GiB of it the run), target <= 2   "
            f"longest silence {of['pause']:.1f} s   {'yes' if held else 'NO'}"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
