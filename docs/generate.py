"""Writes the pages of the docs that are made from the code: ``make docs``."""

from __future__ import annotations

import contextlib
import runpy
import tempfile
from collections.abc import Callable
from pathlib import Path

from docs.console import refreshed
from docs.from_code.assumptions import assumptions
from docs.from_code.device_list import device_list
from docs.from_code.lifecycle import lifecycle
from docs.from_code.measures import measures
from docs.from_code.scenario_keys import scenario_keys
from docs.from_code.scmd import scmd

FOLDER = Path(__file__).parent

PAGES: dict[str, Callable[[], str]] = {
    "assumptions.md": assumptions,
    "lifecycle.md": lifecycle,
    "scmd.md": scmd,
    "device-list.md": device_list,
    "scenario-keys.md": scenario_keys,
    "measures.md": measures,
}


def main() -> None:
    """Write every page that is made from the code, and what commands in the docs print."""
    root = FOLDER.resolve().parent
    # What is German in the docs would be English where the catalogue is not compiled.
    runpy.run_path(str(root / "hatch_build.py"))["compile_catalogues"](root)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8", newline="\n")
    # The first hour shows nothing of what it prints.
    shown = sorted({*(root / "docs").glob("*.md")} - {root / "docs" / "first-hour.md"})
    pages = [root / "README.md", *shown]
    # As in a fresh clone: results that lie about here change nothing.
    with tempfile.TemporaryDirectory() as clone, contextlib.chdir(clone):
        Path("scenarios").symlink_to(root / "scenarios")
        for path in pages:
            text = refreshed(path.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
