"""A newcomer's path: from an empty home to a plan that is handed over, each step as typed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ("--constraint", str(ROOT / "constraints.txt"))
LIST = "devices.csv"
"""What the newcomer brings: an export of the console."""
NEW = ("--start", "2026-11-23 15:00", "--size", "600 MB", "--line", "20 Mbit/s")


class StrayedError(Exception):
    """A step that did not end as a newcomer may expect."""


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    typed
        Words of a command line; the first is a program of the environment.
    shows
        What must be read in what it prints.
    leaves
        Files that must be there then.
    """

    typed: tuple[str, ...]
    shows: str = ""
    leaves: tuple[str, ...] = ()


PATH = (
    Step(("fwsim", "list"), "branch-offices"),
    Step(("fwsim", "demo"), "Then: fwsim report", ("out/branch-offices/devices.csv",)),
    Step(("pip", "install", "fwsim[figures]")),
    Step(("fwsim", "report", "out/branch-offices"), "", ("out/branch-offices/report.html",)),
    Step(("fwsim", "new", LIST, "--out", "ours.yaml", *NEW), "Next: fwsim run", ("ours.yaml",)),
    Step(("fwsim", "validate", "ours.yaml"), "valid, 60 devices"),
    Step(("fwsim", "run", "ours.yaml", "--out", "out/ours"), "Written to", ("out/ours/runs.npz",)),
    Step(("fwsim", "report", "out/ours"), "", ("out/ours/report.html",)),
    Step(("pip", "install", "fwsim[plan]")),
    Step(
        ("fwsim", "plan", "ours.yaml", "--out", "plan"),
        "Selected",
        ("plan/plan.md", "plan/plan.ics", "plan/report.html", "plan/scenario.yaml"),
    ),
)


def device_list() -> str:
    """Return what a console exports: 60 devices at three sites."""
    sites = ("Zentrale", "Köln", "Ulm")
    rows = [
        f"TC-{1 + n:04};Firma/{site};10.{1 + k}.0.{10 + n};0080640{k}{n:04X};LES v5;UC_RP6-2012.idf"
        for k, site in enumerate(sites)
        for n in range(20 * k, 20 * k + 20)
    ]
    return "\n".join(["Name;OU;IP address;MAC address;Device type;Image", *rows, ""])


WAY_OUT = (
    "SYSTEMROOT",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
)
"""What pip needs to get anywhere, beside its own variables."""


def walked(programs: Path, folder: Path) -> Iterator[tuple[Step, float, str]]:
    """Walk the path; yield each step, the seconds it took, and what it printed.

    Parameters
    ----------
    programs
        Of an environment into which the wheel is installed.
    folder
        Where there is nothing yet.

    Raises
    ------
    StrayedError
        If a step fails, or does not show and leave what it should.
    """
    home, work = folder / "home", folder / "work"
    for empty in (home, work):
        empty.mkdir()
    alone = {"HOME": str(home), "USERPROFILE": str(home), "PATH": str(programs), "COLUMNS": "120"}
    kept = (*WAY_OUT, *(name for name in os.environ if name.startswith("PIP_")))
    alone |= {name: os.environ[name] for name in kept if name in os.environ}
    (work / LIST).write_text(device_list(), encoding="cp1252")
    for step in PATH:
        program, *words = step.typed
        lock = LOCK if program == "pip" else ()
        began = time.monotonic()
        done = subprocess.run(
            [str(programs / program), *words, *lock],
            cwd=work,
            env=alone,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        told = done.stdout + done.stderr
        missing = [name for name in step.leaves if not (work / name).is_file()]
        if done.returncode or step.shows not in told or missing:
            wanted = f"expected {step.shows!r}, and {missing}"
            raise StrayedError(f"{' '.join(step.typed)}: {done.returncode}; {wanted}\n{told}")
        yield step, time.monotonic() - began, told
