"""The line an administrator types for the Scout Command Interface, read and written.

Reading what was written gives the same line back. A password is never kept: only that there was
one. Sources: scmd manual, page "clients" [S]; facts, section 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fwsim.commands.command import (
    DeliveryCommand,
    Sent,
    UefiUpdateCommand,
    UpdateCommand,
    options_of,
    own_options,
    why_no_scmd,
)
from fwsim.commands.option import CommandOption, Kind, options_in
from fwsim.commands.schedule import Every, Now, Once, Schedule, Weekday, read_time_of_day
from fwsim.commands.scmd_reading import Reading
from fwsim.commands.scmd_slips import LONG_DASHES, QUOTES, repaired
from fwsim.commands.scmd_start import started
from fwsim.commands.scmd_words import Word
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
    Target,
    normal_mac,
)
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.calendar import in_range
from fwsim.secrecy import MASK, account_of

LONGEST_LINE = 100_000
_DOTTED = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4}|[0-9]{2})")
_DASHED = re.compile(r"(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})-(?P<year>[0-9]{4}|[0-9]{2})")
_CENTURY = 2000  # of two-digit years [A]
_WEEKDAYS = {f"-{day.name.lower()}": day for day in Weekday}
_KINDS = ("-mac", "-list", "-group", "-devices")
_COMMANDS: dict[str, type[Sent]] = {
    "-update": UpdateCommand,
    "-deliver": DeliveryCommand,
    "-uefi": UefiUpdateCommand,
}
_SCHEDULES = ("-now", "-once", "-every")


@dataclass(frozen=True, slots=True)
class ScmdLine:
    """A command line, understood.

    Parameters
    ----------
    command
        What it commands.
    user, domain
        The administrator's account; empty for pass-through authentication [S].
    has_password
        Whether a password was given. The password itself is never kept.
    """

    command: Sent
    user: str = ""
    domain: str = ""
    has_password: bool = False


def _one_of(reading: Reading, words: tuple[str, ...]) -> str | None:
    """Return which of several options that exclude each other is given."""
    given = [word for word in words if reading.has(word)]
    for other in given[1:]:
        text = say("scmd.exclude", one=other, other=given[0])
        reading.complain(text, reading.given[other].at)
    return given[0] if given else None


def _mac(reading: Reading, word: Word) -> MacTarget | None:
    mac = normal_mac(word.text)
    if mac is None:
        reading.complain(say("entry_of_commands.no_mac", mac=word.text), word)
        return None
    return MacTarget(mac)


def _target(reading: Reading) -> Target | None:
    kind = _one_of(reading, _KINDS)
    if kind is not None and reading.has("-subous"):
        reading.complain(say("scmd.subous", kind=kind), reading.given["-subous"].at)
    given = reading.given.get("-to")
    if given is None:
        reading.miss(say("scmd.no_target"))
        return None
    names = tuple(word.text for word in given.words)
    if not names:
        return None
    if len(names) > 1 and kind != "-devices":
        reading.complain(say("scmd.one_name", words=len(names)), given.words[1])
        return None
    match kind:
        case "-devices":
            target: Target | None = DeviceListTarget(names)
        case "-mac":
            target = _mac(reading, given.words[0])
        case "-list":
            target = ListFileTarget(names[0])
        case "-group":
            target = ClientGroupTarget(names[0])
        case _:
            target = NamedTarget(names[0], reading.has("-subous"))
    return target


def _read_date(text: str) -> datetime | None:
    match = _DOTTED.fullmatch(text) or _DASHED.fullmatch(text)
    if match is None:
        return None
    year = int(match["year"])
    full_year = year if len(match["year"]) == 4 else _CENTURY + year
    try:
        return datetime(full_year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _at(reading: Reading, *, with_date: bool) -> datetime | None:
    given = reading.given.get("-at")
    if given is None:
        reading.complain(say("scmd.no_date" if with_date else "scmd.no_time"))
        return None
    words = given.words
    if not words:
        return None
    # Date and time may stand in quotation marks together.
    parts = [part for word in words for part in word.text.split() or [word.text]]
    shown = " ".join(parts)
    clock = read_time_of_day(parts[-1])
    if not with_date:
        if len(parts) != 1 or clock is None:
            reading.complain(say("scmd.bad_time", text=shown), words[0])
            return None
        return datetime.combine(datetime.min, clock)
    date = _read_date(parts[0])
    if len(parts) != 2 or clock is None or date is None:
        reading.complain(say("scmd.bad_date", text=shown), words[0])
        return None
    return _played(reading, datetime.combine(date, clock), words[0])


def _played(reading: Reading, at: datetime, word: Word) -> datetime | None:
    try:
        return in_range(at)
    except ValueError as error:
        reading.complain(f"-at: {error}", word)
        return None


def _days(reading: Reading) -> tuple[int, ...]:
    found = []
    given = reading.given.get("-day")
    for word in given.words if given else ():
        if re.fullmatch(r"[0-9]{1,2}", word.text) and 1 <= int(word.text) <= 31:
            found.append(int(word.text))
        else:
            text = say("entry_of_commands.day_of_month", value=repr(word.text))
            reading.complain(text, word)
    return tuple(found)


def _schedule(reading: Reading) -> Schedule | None:
    kind = _one_of(reading, _SCHEDULES)
    weekdays = tuple(day for word, day in _WEEKDAYS.items() if reading.has(word))
    terms = [word for word in (*_WEEKDAYS, "-day") if reading.has(word)]
    if kind is None:
        reading.miss(say("scmd.no_schedule"))
        return None
    if kind != "-every":
        for word in terms:
            text = say("scmd.with_every", word=word, kind=kind)
            reading.complain(text, reading.given[word].at)
    if kind == "-now":
        if reading.has("-at"):
            reading.complain(say("scmd.at_now"), reading.given["-at"].at)
        return Now()
    days = _days(reading)
    at = _at(reading, with_date=kind == "-once")
    if kind == "-once":
        return Once(at) if at else None
    if not terms:
        reading.complain(say("scmd.every_when"), reading.given["-every"].at)
    return Every(at.time(), weekdays, days) if at and (weekdays or days) else None


def _options(reading: Reading, kind: str | None) -> dict[str, Any]:
    """Return the options of a command as keyword arguments."""
    options = options_in(_COMMANDS[kind or "-update"])
    if kind == "-deliver":
        known = {option.scmd for option in options.values()}
        for option in own_options(UpdateCommand).values():
            if option.scmd not in known and reading.has(option.scmd):
                text = say("scmd.asks_nobody", word=option.scmd)
                reading.complain(text, reading.given[option.scmd].at)
    return {name: _value(reading, option) for name, option in options.items() if option.scmd}


def _value(reading: Reading, option: CommandOption) -> Any:
    if option.kind is Kind.FLAG:
        return reading.has(option.scmd)
    number = reading.number(option.scmd)
    return option.default if number is None else number


def read_scmd(line: str, source: str | None = None) -> ScmdLine:
    """Return what a command line says.

    Parameters
    ----------
    line
        With or without ``scmd`` in front. Words with blanks stand in quotation marks.
    source
        What to call the line in error texts.

    Raises
    ------
    InputError
        With every problem of the line and its column; none of them shows a password.
    """
    if len(line) > LONGEST_LINE:
        text = say("batch.long_line", most=LONGEST_LINE)
        raise InputError([Problem(text, source=source)])
    begun = started(line)
    line, slips = repaired(begun.line)
    if line.count('"') % 2:
        text = say("batch.open_quote")
        raise InputError([Problem(text, source=source, column=line.rindex('"') + 1)])
    reading = Reading(line, source)
    reading.problems += [Problem(text, source=source, column=column) for text, column in slips]
    if begun.fault:
        reading.complain(begun.fault)
    kind = _one_of(reading, tuple(_COMMANDS))
    if kind is None:
        reading.miss(say("scmd.which_command", known=", ".join(_COMMANDS)))
    target, schedule = _target(reading), _schedule(reading)
    options = _options(reading, kind)
    if reading.problems or target is None or schedule is None:
        raise InputError(sorted(reading.problems, key=lambda problem: problem.column or 0))
    build = _COMMANDS[kind or "-update"]
    try:
        command = build(target=target, schedule=schedule, **options)
    except ValueError as error:
        raise InputError([Problem(str(error), source=source)]) from None
    user = account_of(reading.text("-u"))
    return ScmdLine(command, user, reading.text("-d"), reading.has("-p"))


def _quoted(text: str) -> str:
    is_plain = text and not re.search(rf"^[-/'{QUOTES}{LONG_DASHES}]|[\s\"&|<>^(),;=%!]", text)
    if is_plain:
        return text
    return '"' + text.replace('"', '""') + '"'


def _target_words(target: Target) -> Iterator[str]:
    yield "-to"
    match target:
        case NamedTarget(name, subordinate_units):
            yield _quoted(name)
            if subordinate_units:
                yield "-subous"
        case MacTarget(mac):
            yield from (mac, "-mac")
        case ListFileTarget(file):
            yield from (_quoted(file), "-list")
        case DeviceListTarget(devices):
            yield from (*map(_quoted, devices), "-devices")
        case ClientGroupTarget(filter=text):
            yield from (_quoted(text), "-group")


def _option_words(command: Sent) -> Iterator[str]:
    for name, option in options_of(type(command)).items():
        if command.has_set(name):
            yield option.scmd
            if option.kind is not Kind.FLAG:
                yield str(getattr(command, name))


def _schedule_words(schedule: Schedule) -> Iterator[str]:
    match schedule:
        case Now():
            yield "-now"
        case Once(at):
            yield from ("-once", "-at", f"{at:%d.%m}.{at.year:04d}", f"{at:%H:%M:%S}")
        case Every(at, weekdays, days):
            yield "-every"
            yield from (f"-{day.name.lower()}" for day in weekdays)
            if days:
                yield from ("-day", *map(str, days))
            yield from ("-at", f"{at:%H:%M:%S}")


def scmd_or_why_not(command: Sent) -> str:
    """Return a command's scmd line, or why it has none."""
    why = why_no_scmd(command)
    return say("planned.no_line", why=why) if why else write_scmd(ScmdLine(command))


def write_scmd(line: ScmdLine) -> str:
    """Return the command line that reads back as `line`; a password is written as ``***``.

    Raises
    ------
    ValueError
        If the command has an option that scmd has no word for; with the reason.
    """
    if why := why_no_scmd(line.command):
        raise ValueError(why)
    words = ["scmd"]
    for option, text in (("-u", line.user), ("-p", MASK * line.has_password), ("-d", line.domain)):
        if text:
            words += [option, _quoted(text)]
    command = line.command
    words += [word for word, kind in _COMMANDS.items() if type(command) is kind]
    words += [*_target_words(command.target), *_option_words(command)]
    return " ".join([*words, *_schedule_words(command.schedule)])
