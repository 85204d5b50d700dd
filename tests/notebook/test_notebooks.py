"""Every notebook runs from a clean kernel, and is kept without outputs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipywidgets")
pytestmark = pytest.mark.filterwarnings("default")

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SLOWEST = 60


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_a_clean_kernel(tmp_path, path):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    work = tmp_path / "notebooks"
    work.mkdir()
    shutil.copy(path, work)
    book = nbformat.read(work / path.name, as_version=4)
    client = nbclient.NotebookClient(
        book, timeout=SLOWEST, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    )
    client.execute()
    shown = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in shown if output.output_type == "error"] == []
    kinds = {kind for output in shown for kind in getattr(output, "data", {})}
    assert kinds & {"image/png", "application/vnd.jupyter.widget-view+json"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_the_guided_tour_is_complete():
    assert [path.stem for path in NOTEBOOKS] == [
        "01-first-rollout", "02-people-and-notices", "03-links-delivery-and-proxies",
        "04-how-sure-are-we", "05-scenarios-as-tests", "06-find-the-window",
        "plan-a-rollout",
    ]  # fmt: skip
