"""The notebooks on the site: code folded, and played where that is quick."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from fwsim import __file__ as _package

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
QUICK = (
    "01-first-rollout",
    "02-people-and-notices",
    "03-links-delivery-and-proxies",
    "05-scenarios-as-tests",
    "08-friday-at-five",
)
"""Those that are played when the site is built; the others show their code."""
_PATIENCE = 600
_ELSEWHERE = re.compile(r"\]\(\.\./docs/([^)]+)\)")
_IN_LAB = (
    "\n\n*Run › Run All Cells* shows everything; the code is folded, a click on its bar opens it."
)
_FOLD = "hide-input"
_PLAYED_BEFORE = "fwsim_made_of"


def write_notebooks(folder: Path) -> str:
    """Write each notebook as the site shows it, and return the page that lists them.

    Parameters
    ----------
    folder
        Made if it is not there.
    """
    folder.mkdir(exist_ok=True)
    names = [path.stem for path in sorted(NOTEBOOKS.glob("0*.ipynb"))]
    for name in names:
        _write(NOTEBOOKS / f"{name}.ipynb", folder / f"{name}.ipynb")
    listed = "\n".join(f"notebooks/{name}" for name in names)
    return (
        "# Notebooks\n\nOne question each, and a picture worth a slide. The code is folded. "
        f"In a clone `make lab` opens them; {len(QUICK)} were played when this site was built, and "
        "the others show what they show there.\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"
    )


def _write(source: Path, shown: Path) -> None:
    import nbformat

    now = made_of(source)
    if shown.is_file() and _told(shown).get(_PLAYED_BEFORE) == now:
        return
    book = nbformat.read(source, as_version=4)
    for cell in book.cells:
        cell.source = _ELSEWHERE.sub(r"](../../\1)", cell.source.replace(_IN_LAB, ""))
        if cell.cell_type == "code":
            cell.metadata["tags"] = [_FOLD]
    if source.stem in QUICK:
        _play(book)
    book.metadata[_PLAYED_BEFORE] = now
    nbformat.write(book, shown)


def made_of(*sources: Path) -> str:
    """Return what tells whether files, or the code of fwsim, are others than they were."""
    digest = hashlib.sha256()
    for path in (*sources, *sorted(Path(_package or "").parent.rglob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _told(shown: Path) -> dict[str, Any]:
    import nbformat

    return dict(nbformat.read(shown, as_version=4).metadata)


def _play(book: Any) -> None:
    from nbclient import NotebookClient

    where = {"metadata": {"path": str(NOTEBOOKS)}}
    client = NotebookClient(book, timeout=_PATIENCE, kernel_name="python3", resources=where)
    client.extra_arguments = ["--log-level=ERROR"]  # it warns of its own transport
    client.execute()
