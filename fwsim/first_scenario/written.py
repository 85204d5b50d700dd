"""The scenario file that a newcomer gets: it runs at once, and says what it assumes and where."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import on_the_clock
from fwsim.first_scenario.draft import Draft
from fwsim.measures.amounts import counted
from fwsim.messages import ENGLISH, say, speaking
from fwsim.quantities.units import read_size, write_rate, write_share, write_size
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.fleet_build import DEFAULT

WIDTH = 98
DELAYS = "[30 min, 1 h, 4 h]"
BUSY_HOURS = "mon-fri 08:00-18:00"
SIZE_BELIEF = "{between: [400 MB, 900 MB]}"
SMALL_SYSTEM_PARTITION = "1.77 GB"
"""Up to eLux RP 6 2104 [S] (facts 6.3): the only one that a flash of 2 GB has room for."""
WORTH = 5
"""Observations that a share is worth which nobody has stated [A]."""
BEFORE = timedelta(hours=1)
"""How long before the command the clock starts, so that people and devices are where they are."""
_DAYS_AFTER = timedelta(days=2)
_LEAST_HORIZON = timedelta(days=3)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./()-]*(?: [A-Za-z0-9_./()-]+)*")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
_MOST_NAMED = 8


def scalar(text: str) -> str:
    """Return a text as YAML writes it, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def comment(text: str, indent: int = 0) -> list[str]:
    """Return a text as lines of comment."""
    head = " " * indent + "# "
    # What stands in a name must not end the comment.
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return textwrap.wrap(plain, WIDTH, initial_indent=head, subsequent_indent=head)


def scenario_text(draft: Draft, *, file: str, inventory: str, headers: dict[str, str]) -> str:
    """Return the scenario as YAML with comments.

    Parameters
    ----------
    draft
        Without problems.
    file
        The scenario's own name, for the commands in its first lines.
    inventory
        The device list, relative to the scenario's folder.
    headers
        The list's own headers and what they mean.
    """
    draft.value("name")  # offered, and taken, in the language of the person
    with speaking(ENGLISH):
        return _text(draft, file, inventory, headers)


def _text(draft: Draft, file: str, inventory: str, headers: dict[str, str]) -> str:
    parts = (
        _head(draft, file),
        _time(draft),
        _image(draft),
        _fleet(draft, inventory, headers),
        _network(draft),
        _people(draft),
        _power(draft),
        _commands(draft),
        _assumptions(draft),
        _answer(draft),
    )
    written = ("".join(f"{line}\n" for line in part) for part in parts)
    return "\n".join(filter(None, written))


def _value(draft: Draft, name: str, key: str, value: str, indent: int = 0) -> str:
    """Return a line of a key; what nobody has said is marked as assumed."""
    mark = "" if draft.is_said(name) else "  # [A]"
    return f"{' ' * indent}{key}: {value}{mark}"


def _head(draft: Draft, file: str) -> Iterator[str]:
    found = draft.found
    told = say(
        "new_file.head",
        list=found.file,
        devices=counted(found.count, "device"),
        sites=counted(len(found.sites), "site"),
    )
    yield from comment(told)
    yield from comment(say("new_file.assumed"))
    yield "#"
    stem = file.rpartition(".")[0] or file
    out = shlex.quote(f"out/{stem}")
    yield f"#   fwsim validate {shlex.quote(file)}"
    yield f"#   fwsim run {shlex.quote(file)} --out {out}"
    yield f"#   fwsim report {out}"
    yield f"name: {scalar(draft.value('name'))}"


def _time(draft: Draft) -> Iterator[str]:
    start: datetime = draft.value("start")
    window = draft.window()
    zone = ZoneInfo(draft.value("zone"))
    begin = (on_the_clock(start, zone) - BEFORE).astimezone(zone).replace(tzinfo=None)
    ends = (start, window[1] if window else start)
    horizon = max(_LEAST_HORIZON, max(ends) + _DAYS_AFTER - begin)
    days = -(-horizon // timedelta(days=1))
    yield from comment(say("new_file.time"))
    yield _value(draft, "zone", "zone", draft.value("zone"))
    yield f"start: {begin:%Y-%m-%d %H:%M}"
    yield f"horizon: {days} d"


def _image(draft: Draft) -> Iterator[str]:
    is_said = draft.is_said("size")
    size = write_size(draft.value("size")) if is_said else SIZE_BELIEF
    yield from comment(say("new_file.image"))
    if draft.found.images:
        some = [f"{i.name} ({i.devices:,})" for i in draft.found.images[:_MOST_NAMED]]
        yield from comment(say("new_file.images_run", images=", ".join(some)))
    yield "image:"
    yield _value(draft, "image", "name", scalar(draft.value("image")), 2)
    yield "  packages:"
    yield f"    - {{name: what-a-device-lacks, size: {size}}}" + ("" if is_said else "  # [A]")


def _fleet(draft: Draft, inventory: str, headers: dict[str, str]) -> Iterator[str]:
    found = draft.found
    yield from comment(found.why)
    yield "fleet:"
    if headers:
        yield "  inventory:"
        yield f"    file: {scalar(inventory)}"
        yield "    headers:"
        for header, meaning in headers.items():
            yield f"      {scalar(header)}: {scalar(meaning)}"
    else:
        yield f"  inventory: {scalar(inventory)}"
    yield from comment(say("new_file.units", unit=scalar(found.units[0].name)), 2)
    example = scalar(found.units[0].name)
    yield "  # units:"
    yield f"  #   {'?' if not example.isprintable() else example}: {{people: shift, power: shift}}"


def _network(draft: Draft) -> Iterator[str]:
    busy = _share(draft, "busy")
    busy_part = f", busy: {{{BUSY_HOURS}: {busy}}}" if draft.value("busy") else ""
    yield from comment(say("new_file.network"))
    yield "network:"
    uplink = write_rate(draft.value("uplink"))
    yield _value(draft, "uplink", "repository", f"{{uplink: {uplink}, connections: 200}}", 2)
    yield "  sites:"
    line = f"{{link: {write_rate(draft.value('line'))}{busy_part}}}"
    yield _value(draft, "line", "default", line, 4)
    devices = {site.name: site.devices for site in draft.found.sites}
    for site, rate in draft.value("other_lines").items():
        line = f"{{link: {write_rate(rate)}{busy_part}}}"
        told = counted(devices[site], "device") + ("" if draft.is_said("other_lines") else " [A]")
        yield f"    {scalar(site)}: {line}  # {told}"


def _share(draft: Draft, name: str) -> str:
    share = write_share(draft.value(name))
    return share if draft.is_said(name) else f"{{about: {share}, worth: {WORTH}}}"


def _people(draft: Draft) -> Iterator[str]:
    yield from comment(say("new_file.people"))
    yield "people:"
    for name in _habits(draft.found.devices.people):
        yield f"  {scalar(name)}:"
        yield _value(draft, "present", "present", draft.value("present").text, 4)
        yield "    # answer: {now: 55 %, defer: 35 %, cancel: 5 %}"


def _power(draft: Draft) -> Iterator[str]:
    yield from comment(say("new_file.power"))
    yield "power:"
    for name in _habits(draft.found.devices.power):
        yield f"  {scalar(name)}:"
        yield _value(draft, "on", "on", draft.value("on").text, 4)
        yield "    jitter: 30 min  # [A]"
        yield _value(draft, "left_on", "left_on", _share(draft, "left_on"), 4)


def _habits(named: list[str]) -> list[str]:
    """Return the habits to describe: the usual one, and those that the list names."""
    return list(dict.fromkeys((DEFAULT, *filter(None, named))))


def _commands(draft: Draft) -> Iterator[str]:
    notice, deferments = draft.value("notice"), draft.value("deferments")
    if notice is not None and deferments:
        yield from comment(say("new_file.reminder"))
        yield "firmware:"
        reminder = f"{{deferments: {deferments}, delays: {DELAYS}}}"
        yield _value(draft, "deferments", "reminder", reminder, 2)
        yield ""
    yield from comment(say("new_file.commands"))
    yield "commands:"
    for top in draft.found.tops:
        yield f"  - update: {scalar(top)}"
        yield "    subordinate_units: true"
        if notice is not None:
            yield _value(draft, "notice", "inform_user", notice, 4)
            yield _value(draft, "cancel", "user_can_cancel", _yes(draft.value("cancel")), 4)
        yield _value(draft, "start", "once", f"{draft.value('start'):%Y-%m-%d %H:%M:%S}", 4)


def _assumptions(draft: Draft) -> Iterator[str]:
    """Give small flash memories the system partition that fits them."""
    usual, small = Assumptions().system_partition, read_size(SMALL_SYSTEM_PARTITION)
    if any(small < flash <= usual for flash in set(draft.found.devices.flash)):
        yield from comment(say("new_file.flash"))
        yield f"assumptions: {{system_partition: {SMALL_SYSTEM_PARTITION}}}  # [A]"


def _yes(value: Any) -> str:
    return "true" if value else "false"


def _answer(draft: Draft) -> Iterator[str]:
    week, window = draft.value("window"), draft.window()
    if week is not None and window is not None and draft.is_in_window():
        yield from comment(say("new_file.window"))
        yield _value(draft, "window", "window", week.text)
        yield "expect:"
        # Devices that run the image are targeted, and end as not necessary: never successful.
        share = "up to date" if draft.found.running(draft.value("image")) else "successful"
        yield f'  - {share} by {window[1]:%Y-%m-%d %H:%M}: ">= 95 %"'
        yield ""
    yield from comment(say("new_file.answer"))
    yield "replications: 200"
    yield "seed: 1"
