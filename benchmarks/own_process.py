"""A measurement in a process of its own, with its own memory."""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def code_of(commit: str) -> Iterator[Path | None]:
    """Yield a folder with the code of a commit; None where it is not in the clone."""
    archive = subprocess.run(["git", "archive", commit], capture_output=True, cwd=ROOT, check=False)
    if archive.returncode:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)


def told(ratios: list[float]) -> str:
    """Return the median of ratios, and the least and the most of them."""
    return f"{statistics.median(ratios):5.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
