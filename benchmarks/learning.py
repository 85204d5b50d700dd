"""How long logs take to be read and learnt from, and in how much memory.

``python -m benchmarks.learning``, part of ``make bench``: a status log of a million lines and the
web server's log of the same rollout; the command, in a process of its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.own_process import measured
from benchmarks.two_clocks import like_the_demo
from fwsim.commands.lifecycle import State
from fwsim.engine import choose_engine
from fwsim.results.output.result import Result
from fwsim.run import prepare, simulate
from fwsim.scenario.load import dumps

WANTED_SECONDS, WANTED_BYTES = 60.0, 4 * 2**30
SCALE = 10
"""A hundred thousand devices."""
LEARN = """
import json, resource, time
from click.testing import CliRunner
from fwsim.cli import main
begin = time.perf_counter()
done = CliRunner().invoke(main, ["learn", *{arguments}], catch_exceptions=False)
assert done.exit_code == 0, done.output
print(json.dumps({{
    "seconds": time.perf_counter() - begin,
    "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}}))
"""


def write_web_log(result: Result, path: Path) -> int:
    """Write what the repository's web server would have logged of a run, as IIS does."""
    log, names = result.columns, result.rollout.fleet.shown_names
    order = np.lexsort((np.arange(len(log)), log.device))
    one, other = order[:-1], order[1:]
    over = (log.state[one] == State.TRANSFER) & (log.device[one] == log.device[other])
    over &= np.isin(log.state[other], (State.VERIFY_PACKAGES, State.INSTALL))
    begun = np.datetime64(result.rollout.start.replace(tzinfo=None), "ms") - np.timedelta64(
        round(result.rollout.start.utcoffset().total_seconds()), "s"
    )
    ends = np.datetime_as_string(begun + log.time[other[over]].astype("timedelta64[ms]"), "s")
    taken = (log.time[other] - log.time[one])[over].tolist()
    sizes, devices = log.amount[one[over]].tolist(), log.device[one[over]].tolist()
    head = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken"
    rows = [
        f"{end.replace('T', ' ')} {names[device]} GET /base.fpm 200 {size} {ms}"
        for end, device, size, ms in zip(ends.tolist(), devices, sizes, taken, strict=True)
    ]
    path.write_text("\n".join([head, *sorted(rows), ""]), encoding="utf-8")
    return len(rows)


def main() -> int:
    """Measure, print a row, and return 0 if both wishes hold."""
    rollout = prepare(like_the_demo(SCALE))
    result = simulate(rollout, engine=choose_engine().engine)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pilot.yaml").write_text(dumps(rollout.scenario), encoding="utf-8")
        result.save(folder / "run")
        fetched = write_web_log(result, folder / "u_ex210924.log")
        arguments = ["pilot.yaml", "run/status-log.csv", "--web", "u_ex210924.log", "--quiet"]
        paths = [str(folder / each) if "." in each else each for each in arguments]
        of = measured(LEARN.format(arguments=paths))
    lines = len(result.columns) + fetched
    a_million = of["seconds"] * 1e6 / lines
    good = a_million <= WANTED_SECONDS and of["memory"] <= WANTED_BYTES
    print(
        f"reading and learning, {lines:,} lines of logs: {of['seconds']:5.1f} s   a million: "
        f"{a_million:5.1f} s, target <= {WANTED_SECONDS:g} s   "
        f"peak {of['memory'] / 2**30:.2f} GiB, target <= 4   {'yes' if good else 'NO'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
