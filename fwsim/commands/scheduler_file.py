"""The file of the eLux Command Scheduler: jobs that devices run by themselves, like cron.

Sections ``Job<N>`` with the keys Id, Type, Schedule, SpreadFactor, Persistent, Command,
WakeSystem [S] (eluxcmdscheduler_ini). Each job carries its own settings for the notice [S]; their
keys were on no readable page and are spelled here after the console's words [A].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from fwsim.commands.calendar_event import CalendarEvent
from fwsim.commands.calendar_reading import read_calendar_event
from fwsim.commands.command import NoticeOptions
from fwsim.commands.option import CommandOption, Kind, options_in
from fwsim.messages import say
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.slips import truth_meant
from fwsim.quantities.units import read_duration

LARGEST_FILE = 1_000_000
MOST_JOBS = 1000
LONGEST_SPREAD = 7 * 24 * 3600
_SECTION = re.compile(r"\[(?P<name>[^\]]*)\]")
_JOB = re.compile(r"\[\s*job[0-9]{1,6}\s*\]", re.IGNORECASE)
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class JobType(IntEnum):
    """What a job does, with the manual's numbers [S]."""

    UPDATE = 1
    SYNCHRONISE = 2
    RESTART = 3
    USER_DEFINED = 4
    SHUT_DOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerJob(NoticeOptions):
    """One job.

    Parameters
    ----------
    id
        Its name.
    type
        What it does.
    schedule
        When, in the device's zone.
    spread
        Seconds; every device waits a random part of it [S].
    persistent
        Missed runs are made up right after the next start, several as one [S].
    wake_system
        Wakes the device from suspend, not from off [S].
    deferments, delays
        How often the notice may be deferred, and for how many seconds.
    line
        Of the file, where its schedule stands.
    source, lines
        The file, and where each key of the job stands.
    """

    id: str
    type: JobType
    schedule: CalendarEvent
    spread: int = 0
    persistent: bool = False
    wake_system: bool = False
    deferments: int = 0
    delays: tuple[int, ...] = ()
    line: int = field(default=0, compare=False, repr=False)
    source: str | None = field(default=None, compare=False, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def without_effect(self) -> Iterator[tuple[int, str]]:
        """Yield what of a notice is said where nobody is asked: its line, and why it does nothing.

        Who is not asked has nothing to defer [S], and no button.
        """
        informs = self.inform_user is not None
        said = {
            "InformUser": informs,
            "UserCanCancel": self.user_can_cancel,
            "Deferments": self.deferments > 0,
            "Delays": bool(self.delays),
        }
        keys = [key for key, is_said in said.items() if is_said]
        if self.type is not JobType.UPDATE and keys:
            why = "other_type"
        elif not informs and keys:
            why = "nobody_asked"
        elif self.delays and not self.deferments:
            why, keys = "no_deferments", ["Delays"]
        else:
            return
        words = {"job": self.id, "keys": ", ".join(keys)}
        yield self.lines.get(keys[0], self.line), say(f"scheduler_file.{why}", **words)


def _whole(text: str, *, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
        raise ValueError(say("scheduler_file.whole", text=text, last=most))
    return int(text)


def _seconds(text: str, *, most: int = LONGEST_SPREAD) -> int:
    try:
        return _whole(text, most=most)
    except ValueError:
        fault = say("scheduler_file.seconds", text=text, last=most)
        raise ValueError(fault + _seconds_meant(text, most)) from None


def _seconds_meant(text: str, most: int) -> str:
    """Return ``"; did you mean 600?"`` for a duration with its unit, or an empty string."""
    try:
        seconds, rest = divmod(read_duration(text), 1000)
    except ValueError:
        return ""
    return say("near.meant_plain", name=str(seconds)) if not rest and seconds <= most else ""


def _truth(text: str) -> bool:
    if text.casefold() not in _TRUTH:
        raise ValueError(say("scheduler_file.truth", text=text) + truth_meant(text))
    return _TRUTH[text.casefold()]


def _type(text: str) -> JobType:
    try:
        return JobType(_whole(text, most=5))
    except ValueError:
        names = ", ".join(f"{t.value} {t.name.lower().replace('_', ' ')}" for t in JobType)
        raise ValueError(say("scheduler_file.type", text=text, names=names)) from None


def _delays(text: str) -> tuple[int, ...]:
    return tuple(_seconds(part.strip()) for part in text.split(","))


def _reader(option: CommandOption) -> Callable[[str], Any]:
    if option.kind is Kind.FLAG:
        return _truth
    return lambda text: _seconds(text, most=option.most)


def _key(name: str) -> str:
    return name.title().replace("_", "")


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "Id": ("id", str),
    "Type": ("type", _type),
    "Schedule": ("schedule", read_calendar_event),
    "SpreadFactor": ("spread", _seconds),
    "Persistent": ("persistent", _truth),
    "WakeSystem": ("wake_system", _truth),
    **{_key(name): (name, _reader(o)) for name, o in options_in(NoticeOptions).items()},
    "Deferments": ("deferments", lambda text: _whole(text, most=1000)),
    "Delays": ("delays", _delays),
    "Command": ("", str),  # what a user-defined job runs: nothing fwsim would run
}
_BY_FOLDED = {key.casefold(): key for key in _READERS}


class _File:
    def __init__(self, source: str | None, clocks: Sequence[str]) -> None:
        self.jobs: list[tuple[int, dict[str, Any]]] = []
        self.problems: list[Problem] = []
        self._source = source
        self._clocks = clocks
        self._names: set[str] = set()
        self._lines: dict[str, int] = {}  # where each key of the section stands

    def complain(self, line: int, message: str) -> None:
        self.problems.append(Problem(message, source=self._source, line=line))

    def take(self, number: int, line: str) -> None:
        text = line.strip()
        if not text or text[0] in "#;":
            return
        section = _SECTION.fullmatch(text)
        if section is not None:
            self._open(number, section["name"].strip())
        elif "=" not in text:
            self.complain(number, say("scheduler_file.neither", text=text[:40]))
        elif not self.jobs:
            self.complain(number, say("scheduler_file.before"))
        else:
            key, _, value = text.partition("=")
            self._set(number, key.strip(), value.strip())

    def _open(self, number: int, name: str) -> None:
        if not re.fullmatch(r"job[0-9]{1,6}", name.casefold()):
            self.complain(number, say("scheduler_file.no_job", name=name[:40]))
        elif name.casefold() in self._names:
            self.complain(number, say("scheduler_file.section_twice", name=name))
        elif len(self.jobs) >= MOST_JOBS:
            self.complain(number, say("scheduler_file.too_many", most=MOST_JOBS))
        self._names.add(name.casefold())
        self._lines = {}
        self.jobs.append((number, {"id": name, "source": self._source, "lines": self._lines}))

    def _set(self, number: int, name: str, value: str) -> None:
        key = _BY_FOLDED.get(name.casefold())
        if key is None:
            near = nearest(name, _READERS)
            self.complain(number, say("key.unknown", name=name[:40], near=near))
            return
        first = self._lines.setdefault(key, number)
        if first != number:
            self.complain(number, say("scheduler_file.key_twice", key=key, line=first))
            return
        name, read = _READERS[key]
        try:
            found = read(value, self._clocks) if read is read_calendar_event else read(value)
        except ValueError as error:
            self.complain(number, f"{key}: {error}")
            found = None
        if name and found != "":  # without an Id a job is called as its section is
            self.jobs[-1][1][name] = found
        if name == "schedule":
            self.jobs[-1][1]["line"] = number

    def built(self) -> list[SchedulerJob]:
        found, named = [], dict[str, int]()
        told = {problem.line for problem in self.problems}
        for number, values in self.jobs:
            first = named.setdefault(values["id"], number)
            if first != number and number not in told:  # the log tells jobs apart by their names
                words = {"id": values["id"], "line": first}
                self.complain(number, say("scheduler_file.id_twice", **words))
            missing = [key for key in ("Type", "Schedule") if key.lower() not in values]
            if missing:
                self.complain(
                    number, say("scheduler_file.missing", job=values["id"], keys=", ".join(missing))
                )
            elif values.get("deferments") and "delays" not in values:
                self.complain(number, say("scheduler_file.no_delays", job=values["id"]))
            elif None not in (values["type"], values["schedule"]):
                found.append(SchedulerJob(**values))
        return found


def read_scheduler_file(
    text: str, source: str | None = None, clocks: Sequence[str] = ()
) -> tuple[SchedulerJob, ...]:
    """Return the jobs of a scheduler file.

    Parameters
    ----------
    text
        The file's content.
    source
        What to call it in problems.
    clocks
        What the clock of the devices is called, such as CET: a schedule may name it.

    Raises
    ------
    InputError
        With every problem of the file and its line.
    """
    if len(text) > LARGEST_FILE:
        raise InputError([Problem(say("yaml.too_large", most=LARGEST_FILE), source=source)])
    file = _File(source, clocks)
    if not any(_JOB.fullmatch(line.strip()) for line in text.splitlines()):
        # It may be any file: what it holds is not told.
        file.complain(1, say("scheduler_file.none"))
        raise InputError(file.problems)
    for number, line in enumerate(text.splitlines(), 1):
        file.take(number, line)
    jobs = file.built()
    if file.problems:
        raise InputError(sorted(file.problems, key=lambda problem: problem.line or 0))
    return tuple(jobs)
