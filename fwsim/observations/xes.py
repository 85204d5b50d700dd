"""Event logs in XES (IEEE 1849): one trace a device, or one a device and command.

The file is parsed as it comes by, with no entities, no document type, and nothing fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np

from fwsim.messages import say
from fwsim.observations.arrow import pa
from fwsim.observations.complaints import Complaints
from fwsim.observations.text_table import TextTable, column_of

DEEPEST = 50
LONGEST_VALUE = 10_000
MOST_EVENTS = 20_000_000
_PIECE = 1 << 20
_LIFECYCLE = {
    ("transfer", "start"): "fetching",
    ("transfer", "complete"): "fetched",
    ("installation", "start"): "writing",
    ("installation", "complete"): "written",
    ("restart", "start"): "restarting",
}
"""Activities with both ends, as other tools write them."""


@dataclass
class _Found:
    device: list[str] = field(default_factory=list)
    time: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    detail: list[str] = field(default_factory=list)
    amount: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)


class _Refused(Exception):  # noqa: N818 - it is caught a few lines on
    """What no log needs stands in the file.

    Parameters
    ----------
    reason
        What it is.
    parser
        Knows where.
    """

    def __init__(self, reason: str, parser: expat.XMLParserType) -> None:
        super().__init__(reason)
        self.line, self.column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1


class _Reader:
    """Takes the elements of a log as they come."""

    def __init__(self, complaints: Complaints) -> None:
        self.found = _Found()
        self.events = 0
        self._complaints = complaints
        self._depth = 0
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] | None = None
        self._inside = ""
        self._level = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.EntityDeclHandler = self._refuse_doctype

    def _refuse_doctype(self, *_: object) -> None:
        raise _Refused(say("log_file.document_type"), self.parser)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        name = tag.rpartition(":")[2]
        if self._depth > DEEPEST:
            raise _Refused(say("log_file.too_deep", most=DEEPEST), self.parser)
        if self._depth == 1 and name != "log":
            raise _Refused(say("log_file.no_xes"), self.parser)
        if name == "trace":
            self._trace = {}
            self._inside, self._level = "trace", self._depth
        elif name == "event":
            self._event, self._event_line = {}, self.parser.CurrentLineNumber
            self._inside, self._level = "event", self._depth
        elif self._depth == self._level + 1 and "key" in attributes:
            self._take(attributes["key"], attributes.get("value", ""))

    def _take(self, key: str, value: str) -> None:
        if len(value) > LONGEST_VALUE:
            value = value[:LONGEST_VALUE]
        if self._inside == "event" and self._event is not None:
            self._event[key] = value
        elif self._inside == "trace":
            self._trace[key] = value

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition(":")[2]
        if name == "event" and self._event is not None:
            self._keep(self._event)
            self._event = None
            self._inside, self._level = "trace", self._depth
        elif name == "trace":
            self._inside, self._level = "", -1

    def _keep(self, event: dict[str, str]) -> None:
        self.events += 1
        if self.events > MOST_EVENTS:
            raise _Refused(say("log_file.too_many_events", most=MOST_EVENTS), self.parser)
        found, trace = self.found, self._trace
        activity = event.get("concept:name", "")
        transition = event.get("lifecycle:transition", "complete").lower()
        device = event.get("device") or trace.get("device") or trace.get("concept:name", "")
        found.device.append(device)
        found.time.append(event.get("time:timestamp", ""))
        found.status.append(_LIFECYCLE.get((activity.lower(), transition), activity))
        found.command.append(event.get("command") or trace.get("command", ""))
        found.detail.append(event.get("detail", ""))
        found.amount.append(event.get("amount", ""))
        found.line.append(self._event_line)


def read_xes(raw: bytes, complaints: Complaints) -> TextTable:
    """Read the events of a log as rows of device, time, status, command, detail, amount.

    Raises
    ------
    InputError
        If it is no XML, no XES, or holds what a log does not need.
    """
    reader = _Reader(complaints)
    parser = reader.parser
    try:
        for first in range(0, len(raw), _PIECE):
            parser.Parse(raw[first : first + _PIECE], False)
        parser.Parse(b"", True)
    except _Refused as error:
        complaints.refuse(str(error), error.line, error.column)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "error")
        text = say("log_file.no_xml", reason=reason)
        complaints.refuse(text, error.lineno, error.offset + 1)
    found = reader.found
    columns = {
        name: column_of(pa.array(getattr(found, name), pa.large_string()))
        for name in ("device", "time", "status", "command", "detail", "amount")
    }
    line = np.array(found.line, np.int64)
    return TextTable(columns, line, complaints, "XES", reader.events)
