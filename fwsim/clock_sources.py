"""Files that the compiled clock is made of, and what they were when fwsim was imported.

Code that is compiled of newer files than this process has imported reads its memory otherwise than
this process writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PACKAGE = Path(__file__).parent
SOURCES = (
    "compiled/machine",
    "compiled/compiling_process.py",
    "compiled/linking.py",
    "compiled/object_files.py",
    "compiled/tables.py",
    "compiled/codes.py",
    "commands",
    "model/event_rank.py",
    "model/line_units.py",
    "model/outages.py",
    "model/purposes.py",
    "quantities/elementary.py",
)
"""Files, and folders of them, below the package."""


def source_files() -> Iterator[Path]:
    """Yield all of them in a fixed order."""
    for name in SOURCES:
        place = _PACKAGE / name
        if place.is_dir():
            # Editors lay links that lead nowhere beside what they edit, such as .#codes.py.
            yield from sorted(file for file in place.rglob("*.py") if file.name[0] != ".")
        else:
            yield place


def _text() -> bytes:
    """Return the text of all of them; nothing where there are no files, as in a zip."""
    with suppress(OSError):
        return b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in source_files())
    return b""


IMPORTED = _text()
"""What they were; when they were written says less, for a copy or a checkout writes them anew."""


def are_as_imported() -> bool:
    """Tell whether the files hold what they held when fwsim was imported."""
    return _text() == IMPORTED
