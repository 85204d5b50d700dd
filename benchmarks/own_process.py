"""A measurement in a process of its own, with its own memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def measured(program: str, folder: Path = ROOT) -> dict[str, float]:
    """Return what a program prints as JSON on its last line, run with the code in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '')\n{program}"],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
