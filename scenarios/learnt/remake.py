"""Makes the worked example of learning anew: ``make learnt``.

The *true world* is the scenario `before.yaml` with what nobody knew in it: slower lines, each its
own, users who defer more, slower devices. It plays the pilot, whose logs are what an administrator
would have: fwsim's status log, and the log of the web server (IIS) that the packages came from.
`fwsim learn` makes `learnt.yaml` of them. Run it whenever what is learnt has changed.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import fwsim
from fwsim.cli import main as command
from fwsim.commands.lifecycle import State
from fwsim.results import figures
from fwsim.scenario.writing import to_yaml

FOLDER = Path(__file__).resolve().parent
BRANCHES = 40
AT_HEADQUARTERS, AT_BRANCHES = 400, 1200
PILOT_SITES = ("Branch 07", "Branch 15", "Branch 22", "Branch 31")
PILOT_SEED, ROLLOUT_SEED = 2610, 1
ROWS = 300
"""Draws of the joint posterior that are kept: enough for 200 runs."""
LEARN = [
    *("learn", "before.yaml", "pilot-status-log.csv", "--web", "pilot-web.log"),
    *("--rows", str(ROWS), "--out", "learnt.yaml", "--report"),
]

TRUE_LINES = 0.60, 0.18
"""Median of what the lines carry of their label, and the spread of its logarithm."""
TRUTH: dict[str, Any] = {
    "people": {
        "office": {
            "answer": {
                "now": "38 %",
                "defer": "50 %",
                "cancel": "3 %",
                "after": {"lognormal": {"median": "40 s", "p95": "5 min"}},
            },
            "persistence": "70 %",
        },
        "counter": {
            "answer": {
                "now": "22 %",
                "defer": "62 %",
                "cancel": "4 %",
                "after": {"lognormal": {"median": "75 s", "p95": "8 min"}},
            },
            "persistence": "70 %",
        },
    },
    "power": {"office": {"left_on": "25 %"}, "counter": {"left_on": "10 %"}},
    "faults": {"transfer": "1 %", "installation": "0.5 %"},
    "assumptions": {
        "restart_time": {"lognormal": {"median": "95 s", "p95": "170 s"}},
        "install_rate": "6 MB/s",
        "package_check_time": "5 s",
    },
}
"""What is true and differs from `before.yaml`."""


# The fleet


@dataclass(frozen=True)
class Listed:
    """One line of the device list."""

    name: str
    address: str
    unit: str
    site: str
    model: str


def devices() -> Iterator[Listed]:
    """Yield the devices: 60 of the pilot, then the 1,600."""
    models = ("LES v4", "LES v5", "Futro S740")
    pilot = [("Headquarters", 20), *((site, 10) for site in PILOT_SITES)]
    rest = [("Headquarters", AT_HEADQUARTERS)]
    rest += [(f"Branch {n:02}", AT_BRANCHES // BRANCHES) for n in range(1, BRANCHES + 1)]
    taken: dict[str, int] = {}
    for top, sites in (("Pilot", pilot), ("Germany", rest)):
        for site, count in sites:
            is_branch = site != "Headquarters"
            unit = f"{top}/Branches" if is_branch else f"{top}/{site}"
            for _ in range(count):
                number = taken[site] = taken.get(site, 0) + 1
                branch = int(site[-2:]) if is_branch else 0
                name = f"B{branch:02}-{number:02}" if is_branch else f"HQ-{number:03}"
                address = f"10.{20 + branch}.{number // 200}.{number % 200 + 10}"
                yield Listed(name, address, unit, site, models[number * 7 % 11 % 3])


def device_list() -> str:
    """Return the device list as a console exports it."""
    lines = ["Name;IP address;OU;Site;Device type"]
    lines += [f"{one.name};{one.address};{one.unit};{one.site};{one.model}" for one in devices()]
    return "\n".join(lines) + "\n"


# The true world


def truth_text() -> str:
    """Return the true world as a scenario."""
    data = fwsim.load(FOLDER / "before.yaml").as_data()
    for section, entries in TRUTH.items():
        data[section] = _laid_over(data.get(section, {}), entries)
    sites = data["network"]["sites"]
    for name, factor in _factors():
        sites[name] = {**sites["default"], "line_factor": f"{factor:.1%}".replace("%", " %")}
    data |= {"name": "What then happened", "doubt": "none", "seed": ROLLOUT_SEED}
    head = "# What nobody knew; made by remake.py. Compare before.yaml and learnt.yaml.\n"
    return head + to_yaml(data)


def _laid_over(before: Any, entries: Any) -> Any:
    if not isinstance(entries, dict) or not isinstance(before, dict) or "now" in entries:
        return entries
    return {**before, **{key: _laid_over(before.get(key), item) for key, item in entries.items()}}


def _factors() -> Iterator[tuple[str, float]]:
    """Yield what each branch's line really carries of its label."""
    middle, spread = TRUE_LINES
    chances = np.random.Generator(np.random.PCG64(2610)).standard_normal(BRANCHES)
    for number, step in enumerate(chances.tolist(), 1):
        yield f"Branch {number:02}", min(1.0, middle * float(np.exp(spread * step)))


def pilot(folder: Path) -> fwsim.Result:
    """Return the pilot as the true world plays it: the same command, two weeks earlier."""
    truth = fwsim.load(folder / "truth.yaml")
    data = truth.as_data()
    data |= {"name": "Pilot of sixty", "start": "2026-10-02 14:00"}
    [clicked] = data["commands"]
    clicked |= {"update": "Pilot", "once": "2026-10-02 15:30"}
    played = fwsim.Scenario.model_validate(data).seen_from(folder)
    return fwsim.simulate(played, seed=PILOT_SEED)


# The web server's log

_FIELDS = (
    "date time s-ip cs-method cs-uri-stem s-port c-ip sc-status sc-win32-status sc-bytes time-taken"
)


def web_log(result: fwsim.Result) -> str:
    """Return what IIS would have written: a line when a request is over, packages one by one."""
    rollout = result.rollout
    start = rollout.start.astimezone(UTC)
    addresses = {one.name: one.address for one in devices()}
    [image] = rollout.images[:1]
    total = sum(package.size for package in image.packages)
    requests: list[tuple[int, int, str, str, int]] = []
    for device, state, begin, end in _visits(result):
        who = addresses[rollout.fleet.shown_name(device)]
        if state is State.CHECKING:
            requests.append((begin + 40, 40, who, image.name, 14_812))
            continue
        so_far = 0
        for package in image.packages:
            first = begin + (end - begin) * so_far // total
            so_far += package.size
            last = begin + (end - begin) * so_far // total
            requests.append((last, last - first, who, f"{package.name}.fpm", package.size))
    lines = ["#Software: Microsoft Internet Information Services 10.0", "#Version: 1.0"]
    lines += [f"#Date: {start:%Y-%m-%d %H:%M:%S}", f"#Fields: {_FIELDS}"]
    for end, took, who, file, size in sorted(requests):
        stamp = start + timedelta(milliseconds=end)
        path = f"/eluxng/UC_RP6_X64/{file}"
        lines.append(f"{stamp:%Y-%m-%d %H:%M:%S} 10.10.0.5 GET {path} 80 {who} 200 0 {size} {took}")
    return "\n".join(lines) + "\n"


def _visits(result: fwsim.Result) -> Iterator[tuple[int, State, int, int]]:
    """Yield who asked for the image definition or fetched packages, from when until when."""
    log = result.columns
    order = np.lexsort((np.arange(len(log)), log.device)).tolist()
    for one, other in pairwise(order):
        state = State(int(log.state[one]))
        same = log.device[one] == log.device[other]
        begin, end = int(log.time[one]), int(log.time[other])
        if state is State.CHECKING:
            yield int(log.device[one]), state, begin, begin
        elif same and state is State.TRANSFER and log.state[other] == State.VERIFY_PACKAGES:
            yield int(log.device[one]), state, begin, end


# All of it


def write_inputs(folder: Path) -> None:
    """Write the device list, the true world and the pilot's logs."""
    _write(folder / "devices.csv", device_list())
    if folder != FOLDER:
        shutil.copy(FOLDER / "before.yaml", folder)
    _write(folder / "truth.yaml", truth_text())
    played = pilot(folder)
    with tempfile.TemporaryDirectory() as saved:
        played.save(saved)
        shutil.copy(Path(saved) / "status-log.csv", folder / "pilot-status-log.csv")
    _write(folder / "pilot-web.log", web_log(played))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def write_picture() -> None:
    """Draw the forecasts before and after the pilot beside what then happened."""
    before, after = (fwsim.Experiment(f"{name}.yaml").run() for name in ("before", "learnt"))
    happened = fwsim.Experiment("truth.yaml").run(1)
    forecasts = {"before the pilot": before, "after the pilot": after}
    figures.figure_writer(lambda: figures.hindsight(forecasts, happened))(Path("hindsight.png"))


def main() -> None:
    """Make it all anew, and say what was learnt."""
    write_inputs(FOLDER)
    with contextlib.chdir(FOLDER):
        command(LEARN, standalone_mode=False)
        write_picture()


if __name__ == "__main__":
    sys.exit(main())
