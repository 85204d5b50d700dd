"""systemd as a referee: what it says of calendar events, from its program and its own tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fwsim.commands.calendar_event import SECOND, CalendarEvent, Terms

PROGRAM = shutil.which("systemd-analyze")
_REFUSED = re.compile(r"^Failed to parse calendar specification '(.*)': .*$", re.MULTILINE)
_LOST = re.compile(r"^Failed to determine next elapse for '(.*)': .*$", re.MULTILINE)
_TIME = re.compile(r"(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w{3} (\S+ \S+) (\S+)$")


@dataclass(frozen=True)
class Verdict:
    """What systemd makes of an event.

    Parameters
    ----------
    normal
        Its normal form; empty if it got lost.
    times
        When it comes round, whole seconds; None if systemd gets lost: around a midnight that the
        clocks skip it ends in "Infinite loop in calendar calculation".
    """

    normal: str
    times: tuple[datetime, ...] | None


def verdicts(
    texts: Sequence[str], zone: str, base: datetime, iterations: int
) -> dict[str, Verdict | None]:
    """Return what systemd-analyze says of some events on a device's clock; None is refused."""
    assert PROGRAM is not None
    done = subprocess.run(
        [
            PROGRAM,
            "calendar",
            f"--iterations={iterations}",
            f"--base-time={base:%F %T} UTC",
            "--",
            *texts,
        ],
        env={**os.environ, "TZ": zone, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    refused = set(_REFUSED.findall(done.stderr))
    blocks = [block for block in done.stdout.split("\n\n") if "Normalized form:" in block]
    lost = set(_LOST.findall(done.stderr))
    taken = [text for text in texts if text not in refused | lost]
    assert len(blocks) == len(taken), done.stderr
    found: dict[str, Verdict | None] = dict.fromkeys(refused)
    found |= dict.fromkeys(lost, Verdict("", None))
    return found | {text: _verdict(block) for text, block in zip(taken, blocks, strict=True)}


def _verdict(block: str) -> Verdict:
    times: list[datetime] = []
    normal = ""
    for line in map(str.strip, block.splitlines()):
        if line.startswith("Normalized form: "):
            normal = line.removeprefix("Normalized form: ")
        elif (match := _TIME.search(line)) and match[2] == "UTC":
            times.append(datetime.fromisoformat(match[1]).replace(tzinfo=UTC))
    return Verdict(normal, tuple(times))


def normal_form(event: CalendarEvent) -> str:
    """Write an event as systemd does."""
    days = _weekdays(sorted(event.weekdays)) if len(event.weekdays) < 7 else ""
    mark = "~" if event.from_end else "-"
    date = f"{_chain(event.years, 4)}-{_chain(event.months)}{mark}{_chain(event.days)}"
    time = f"{_chain(event.hours)}:{_chain(event.minutes)}:{_seconds(event.microseconds)}"
    zone = event.clock or (event.zone.key if event.zone else "")
    if " posix/" in event.text and not event.text.startswith("@"):
        zone = f"posix/{zone}"
    return " ".join(filter(None, (days, date, time, zone)))


def _weekdays(days: list[int]) -> str:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{names[run[0]]}..{names[run[-1]]}" if len(run) > 2 else ",".join(names[d] for d in run)
        for run in runs
    )


def _chain(terms: Terms, width: int = 2) -> str:
    parts = []
    for term in terms:
        stop = f"..{term.stop:0{width}d}" if term.stop is not None else ""
        step = f"/{term.step}" if term.step and not (stop and term.step == 1) else ""
        parts.append(f"{term.start:0{width}d}{stop}{step}")
    return ",".join(parts) or "*"


def _number(value: int, width: int) -> str:
    whole, rest = divmod(value, SECOND)
    return f"{whole:0{width}d}" + (f".{rest:06d}" if rest else "")


def _seconds(terms: Terms) -> str:
    parts = []
    for term in terms:
        if (term.start, term.step) == (0, SECOND) and term.stop is None:
            return ",".join([*parts, "*"])  # systemd writes nothing behind it
        stop = f"..{_number(term.stop, 2)}" if term.stop is not None else ""
        step = (
            f"/{_number(term.step, 1)}" if term.step and not (stop and term.step == SECOND) else ""
        )
        parts.append(f"{_number(term.start, 2)}{stop}{step}")
    return ",".join(parts)
