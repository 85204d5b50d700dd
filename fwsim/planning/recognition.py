"""Which files are scenarios with something to test; imports nothing, for pytest looks at all."""

from __future__ import annotations

import re
from pathlib import Path

GOLDEN_FOLDER = "golden"
_ENDINGS = (".yaml", ".yml")
_EXPECTS = re.compile(r"^expect\s*:", re.MULTILINE)
_LARGEST_GLANCE = 1_000_000


def golden_files(scenario: Path) -> list[Path]:
    """Return the files of a scenario's golden logs."""
    stem = "".join(f"[{c}]" if c in "*?[" else c for c in scenario.stem)
    return sorted((scenario.parent / GOLDEN_FOLDER).glob(f"{stem}@*.log"))


def is_test(path: Path) -> bool:
    """Tell at a glance whether a file is a scenario with something to test."""
    if path.suffix not in _ENDINGS or not path.is_file():
        return False
    if golden_files(path):
        return True
    with path.open(encoding="utf-8", errors="replace") as file:
        return _EXPECTS.search(file.read(_LARGEST_GLANCE)) is not None
