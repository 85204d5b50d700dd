"""What a file is, by its content; never by its name."""

from __future__ import annotations

from enum import Enum

from fwsim.file_kinds import binary_kind, is_json_array, is_parquet
from fwsim.observations.complaints import Complaints
from fwsim.observations.text_table import LONGEST_LINE
from fwsim.observations.web_common import is_common
from fwsim.observations.web_iis import is_iis

_GLANCE = 1 << 16


class Kind(Enum):
    """What a file is written in."""

    PARQUET = "Parquet"
    XES = "XES"
    JSON_LINES = "JSON lines"
    JSON_ARRAY = "a JSON array"
    IIS = "IIS"
    COMMON = "common"
    DELIMITED = "CSV"


def refuse_packed(raw: bytes, complaints: Complaints) -> None:
    """Refuse what is no log whatever it holds.

    Raises
    ------
    InputError
        If it is packed, or of a kind that no log is.
    """
    if kind := binary_kind(raw):
        complaints.refuse(kind)


def kind_of_bytes(raw: bytes) -> Kind | None:
    """Return what bytes are, as far as that shows before they are text."""
    if is_parquet(raw):
        return Kind.PARQUET
    head = raw[:_GLANCE].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return Kind.XES if head.startswith(b"<") else None


def kind_of_text(text: str) -> Kind:
    """Return what a text is."""
    head = text[:_GLANCE].lstrip("\ufeff \t\r\n")
    first = [line[:LONGEST_LINE] for line in head.splitlines()[:20]]
    if is_iis(first):
        return Kind.IIS
    if head.startswith("{"):
        return Kind.JSON_LINES
    if is_json_array(head):
        return Kind.JSON_ARRAY
    return Kind.COMMON if is_common(first) else Kind.DELIMITED
