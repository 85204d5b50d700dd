"""What a file is, by its content; never by its name."""

from __future__ import annotations

from enum import Enum

from fwsim.observations.complaints import Complaints
from fwsim.observations.text_table import LONGEST_LINE
from fwsim.observations.web_common import is_common
from fwsim.observations.web_iis import is_iis

_GLANCE = 1 << 16
_PACKED = (
    (b"\x1f\x8b", "is packed with gzip"),
    (b"PK\x03\x04", "is a zip archive, as workbooks of a spreadsheet are"),
    (b"BZh", "is packed with bzip2"),
    (b"\xfd7zXZ\x00", "is packed with xz"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive"),
)
_OTHERS = (
    (b"SQLite format 3\x00", "is a database of SQLite; export its table as CSV"),
    (b"%PDF", "is a PDF; export the list as CSV"),
    (b"\x89PNG", "is a picture"),
    (b"\xd0\xcf\x11\xe0", "is a workbook of an old spreadsheet; save it as CSV"),
    (b"MZ", "is a program"),
    (b"\x7fELF", "is a program"),
)


class Kind(Enum):
    """What a file is written in."""

    PARQUET = "Parquet"
    XES = "XES"
    JSON_LINES = "JSON lines"
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
    for mark, text in _PACKED:
        if raw.startswith(mark):
            complaints.refuse(f"{text}; unpack it first")
    for mark, text in _OTHERS:
        if raw.startswith(mark):
            complaints.refuse(f"{text}")


def kind_of_bytes(raw: bytes) -> Kind | None:
    """Return what bytes are, as far as that shows before they are text."""
    if raw.startswith(b"PAR1"):
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
    return Kind.COMMON if is_common(first) else Kind.DELIMITED
