"""A saved run as an event log for tools of process mining: XES (IEEE 1849) and OCEL 2.0 in JSON.

Written line by line, however long; whole or not at all. Names are data: whatever they hold, they
stand in the file as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO
from xml.sax.saxutils import quoteattr

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.messages import ENGLISH, say, speaking
from fwsim.problems import InputError, Problem
from fwsim.results.output.folder.reading import parts_of
from fwsim.results.output.properties import saved_table
from fwsim.results.output.writing import write_wherever

if TYPE_CHECKING:
    import pandas as pd

Tell = Callable[[int, int], None]
"""Called with events written and events in all."""
_LINES_A_WORD = 10_000
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENDS = {state.name for state in OUTCOMES}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_ALWAYS = "1970-01-01T00:00:00Z"
"""Since when an object is what it is, where nothing is known of a time before."""
_XES = "http://www.xes-standard.org/"
_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"))


class Event(NamedTuple):
    """One line of the status log."""

    time: str
    device: str
    command: str
    state: str
    status: str
    detail: str
    amount: str


@dataclass(frozen=True)
class SavedRun:
    """A saved run's log and devices.

    Parameters
    ----------
    name
        What to call it.
    log, devices
        The tables, every cell as text.
    """

    name: str
    log: pd.DataFrame
    devices: pd.DataFrame

    @classmethod
    def of(cls, folder: Path) -> SavedRun:
        """Read a folder that ``fwsim run --out`` wrote.

        Raises
        ------
        InputError
            If there is none, or it is not what fwsim wrote.
        """
        log, devices = saved_table(folder, "status-log"), saved_table(folder, "devices")
        return cls(folder.absolute().name, log, devices)

    def events(self) -> Iterator[Event]:
        """Yield the lines in order of time."""
        told = [self.log[name].tolist() for name in Event._fields[:-1]]
        # Logs from before there were amounts have none.
        amounts = self.log["amount"].tolist() if "amount" in self.log else [""] * len(self.log)
        columns = [*told, amounts]
        return map(Event._make, zip(*columns, strict=True))


def activity(state: str) -> str:
    """Return a state as process mining shows it: ``VERIFY_PACKAGES`` is ``Verify packages``."""
    return state.replace("_", " ").capitalize()


# XES


def write_xes(run: SavedRun, file: TextIO, tell: Tell) -> None:
    """Write a run as XES: a trace for each device under each command, an event for each status."""
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write(f'<log xes.version="1.0" xes.features="" xmlns="{_XES}">\n')
    file.writelines(
        f'<extension name="{name}" prefix="{prefix}" uri="{_XES}{prefix}.xesext"/>\n'
        for name, prefix in _EXTENSIONS
    )
    file.write('<classifier name="Activity" keys="concept:name"/>\n')
    file.write(_string("concept:name", run.name))
    jobs = sorted(run.events(), key=lambda event: (event.device, event.command))
    written = 0
    for (device, command), events in groupby(jobs, key=lambda event: (event.device, event.command)):
        file.write("<trace>\n" + _string("concept:name", f"{device}, command {command}"))
        file.write(_string("device", device) + _string("command", command))
        for event in events:
            _write_event(event, file)
            written += 1
            if written % _LINES_A_WORD == 0:
                tell(written, len(jobs))
        file.write("</trace>\n")
    file.write("</log>\n")
    tell(len(jobs), len(jobs))


def _write_event(event: Event, file: TextIO) -> None:
    transition = "complete" if event.state in _ENDS else "start"
    file.write("<event>" + _string("concept:name", activity(event.state)))
    file.write(_string("lifecycle:transition", transition))
    file.write(f'<date key="time:timestamp" value={_quoted(event.time)}/>\n')
    for key, text in (("status", event.status), ("detail", event.detail)):
        if text:
            file.write(_string(key, text))
    if _is_amount(event.amount):
        file.write(f'<int key="amount" value="{event.amount}"/>\n')
    file.write("</event>\n")


def _is_amount(text: str) -> bool:
    return text.isascii() and text.isdecimal() and text != "0"


@lru_cache(maxsize=2**14)  # the same words come again and again
def _string(key: str, text: str) -> str:
    return f'<string key="{key}" value={_quoted(text)}/>\n'


def _quoted(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", text))


# OCEL


_OBJECT_TYPES = {
    "device": ("mac", "unit"),
    "site": (),
    "image": ("address",),
    "command": (),
}


def write_ocel(run: SavedRun, file: TextIO, tell: Tell) -> None:
    """Write a run as OCEL 2.0: devices, sites, images, commands, and what happened to them."""
    seen = set(_distinct(run.log["state"]))
    states = [state.name for state in State if state.name in seen]
    images = dict.fromkeys(filter(_ADDRESS.fullmatch, _distinct(run.log["detail"])))
    site_of = dict(zip(run.devices["device"], run.devices["site"], strict=True))
    object_types = [_type(name, attributes) for name, attributes in _OBJECT_TYPES.items()]
    event_types = [
        _type(activity(state), ("status", "detail"), amount="integer") for state in states
    ]
    _write_list(file, '{"objectTypes": ', map(_in_json, object_types))
    _write_list(file, ',\n"eventTypes": ', map(_in_json, event_types))
    _write_list(file, ',\n"objects": ', map(_in_json, _objects(run, site_of, images)))
    _write_list(file, ',\n"events": ', _events(run, site_of, images, tell))
    file.write("}\n")


def _write_list(file: TextIO, before: str, items: Iterable[str]) -> None:
    file.write(f"{before}[")
    file.writelines(",\n" * (number > 0) + item for number, item in enumerate(items))
    file.write("]")


def _in_json(data: dict[str, Any]) -> str:
    return json.dumps(data)  # in ASCII: half a character stays one number


def _distinct(column: pd.Series[Any]) -> list[str]:
    return list(dict.fromkeys(column.tolist()))


def _type(name: str, texts: Iterable[str], **others: str) -> dict[str, Any]:
    kinds = {**dict.fromkeys(texts, "string"), **others}
    return {"name": name, "attributes": [{"name": n, "type": kind} for n, kind in kinds.items()]}


def _object(kind: str, name: str, relations: dict[str, str], **attributes: str) -> dict[str, Any]:
    told = [{"name": n, "time": _ALWAYS, "value": text} for n, text in attributes.items() if text]
    return {
        "id": f"{kind} {name}",
        "type": kind,
        "attributes": told,
        "relationships": _relations(relations),
    }


def _relations(relations: dict[str, str]) -> list[dict[str, str]]:
    return [{"objectId": of, "qualifier": how} for how, of in relations.items()]


def _objects(
    run: SavedRun, site_of: dict[str, str], images: Collection[str]
) -> Iterator[dict[str, Any]]:
    rows = zip(*(run.devices[name] for name in ("device", "mac", "unit")), strict=True)
    for device, mac, unit in rows:
        yield _object(
            "device", device, {"stands at": f"site {site_of[device]}"}, mac=mac, unit=unit
        )
    for site in dict.fromkeys(site_of.values()):
        yield _object("site", site, {})
    for address in images:
        yield _object("image", address, {}, address=address)
    for command in _distinct(run.log["command"]):
        yield _object("command", command, {})


def _events(
    run: SavedRun, site_of: dict[str, str], images: Collection[str], tell: Tell
) -> Iterator[str]:
    """Yield the events; each is of its device, its site, its command and the image in question."""
    image_of: dict[tuple[str, str], str] = {}
    for number, event in enumerate(run.events(), 1):
        job = event.device, event.command
        if event.detail in images:
            image_of[job] = f"image {event.detail}"
        relations = {
            "happens to": f"device {event.device}",
            "happens under": f"command {event.command}",
        }
        if event.device in site_of:
            relations["happens at"] = f"site {site_of[event.device]}"
        if job in image_of:
            relations["is about"] = image_of[job]
        told: dict[str, str | int] = {"status": event.status, "detail": event.detail}
        if _is_amount(event.amount):
            told["amount"] = int(event.amount)
        yield _in_json(
            {
                "id": f"event {number}",
                "type": activity(event.state),
                "time": event.time,
                "attributes": [{"name": n, "value": text} for n, text in told.items() if text],
                "relationships": _relations(relations),
            }
        )
        if number % _LINES_A_WORD == 0 or number == len(run.log):
            tell(number, len(run.log))


# Files

_WRITERS: dict[str, Callable[[SavedRun, TextIO, Tell], None]] = {
    "xes": write_xes,
    "ocel": write_ocel,
}


def export_events(
    folder: Path, xes: Path | None = None, ocel: Path | None = None, tell: Tell | None = None
) -> list[Path]:
    """Write a saved run as event logs, all that are wanted or none.

    Parameters
    ----------
    folder
        What ``fwsim run --out`` wrote.
    xes, ocel
        Where to; None writes none.
    tell
        Is told, now and then, how many events of a file are written, and of how many.

    Raises
    ------
    InputError
        If there is no saved run, or another thing has the name of a file.
    NotWrittenError
        If a file cannot be written; then none is.
    """
    wanted = {form: path for form, path in (("xes", xes), ("ocel", ocel)) if path is not None}
    _check(folder, list(wanted.values()))
    run = SavedRun.of(folder)
    told = tell or (lambda *_: None)
    return write_wherever({p: _writer(_WRITERS[form], run, told) for form, p in wanted.items()})


def _check(folder: Path, paths: list[Path]) -> None:
    if len({path.absolute() for path in paths}) < len(paths):
        raise InputError([Problem(say("export.one_file"), str(paths[0]))])
    own = {folder.absolute() / name for part in parts_of(folder).values() for name in part.files}
    problems = []
    for path in paths:
        if path.is_dir():
            problems.append(Problem(say("export.is_folder"), str(path)))
        elif path.absolute() in own:
            problems.append(Problem(say("export.own_file"), str(path)))
    if problems:
        raise InputError(problems)


def _writer(
    write: Callable[[SavedRun, TextIO, Tell], None], run: SavedRun, tell: Tell
) -> Callable[[Path], None]:
    def to(path: Path) -> None:
        with (
            path.open("w", encoding="utf-8", errors="replace", newline="\n") as file,
            speaking(ENGLISH),
        ):
            write(run, file, tell)

    return to
