"""The version of the package, from the tags of its history: ``v1.2.0`` and what came after.

On a tag it is the tag's; later it is the next one's with a count, ``1.2.1.dev3``: no date, no mark
of uncommitted changes, so that results of the same commit bear the same version. Without tags, git
or a history (an exported tree) it is `UNTAGGED`; a source distribution keeps its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

UNTAGGED = "0.1.0"
"""The release that is being made."""
_DESCRIBED = re.compile(r"v(\d+)\.(\d+)\.(\d+)-(\d+)-g[0-9a-f]+")
_OF_SDIST = re.compile(r"^Version: (\S+)$", re.MULTILINE)


def version(root: Path | None = None) -> str:
    """Return the version of the tree at `root`, by default the one this file lies in."""
    place = root or Path(__file__).resolve().parent
    told = place / "PKG-INFO"
    if told.is_file() and (found := _OF_SDIST.search(told.read_text(encoding="utf-8"))):
        return found[1]
    # A tree that was exported into somebody else's repository has nothing to do with its tags.
    git = shutil.which("git") if (place / ".git").exists() else None
    if git is None:
        return UNTAGGED
    command = [git, "describe", "--tags", "--long", "--match", "v[0-9]*.[0-9]*.[0-9]*"]
    done = subprocess.run(  # noqa: S603 - nothing in it comes from anybody
        command, cwd=place, capture_output=True, text=True, check=False
    )
    described = _DESCRIBED.fullmatch(done.stdout.strip())
    if done.returncode or described is None:
        return UNTAGGED
    major, minor, patch, since = map(int, described.groups())
    return f"{major}.{minor}.{patch + 1}.dev{since}" if since else f"{major}.{minor}.{patch}"
