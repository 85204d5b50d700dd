"""Every notebook runs from a clean kernel, and is kept without outputs."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from matplotlib import pyplot as plt

from fwsim.results.figures.alt_text import in_html

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipywidgets")
pytestmark = pytest.mark.filterwarnings("default")

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PLANNER = ROOT / "notebooks" / "plan-a-rollout.ipynb"
QUICK = [path for path in NOTEBOOKS if path != PLANNER and path.stem != "06-find-the-window"]
LONG = {
    "02-people-and-notices",
    "04-how-sure-are-we",
    "07-learn-from-a-pilot",
    "08-friday-at-five",
    "09-one-fleet-nine-products",
}
"""They learn, or play many runs; in `make test` their names are looked up."""
PATIENCE = 600
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def work(tmp_path):
    """A folder in which a notebook finds the scenarios beside its own."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks"


@pytest.fixture
def with_few_devices(work, branch_offices):
    """Have the demo's scenario with a tenth of its devices beside the notebooks."""
    scenarios = work.parent / "scenarios"
    scenarios.unlink()
    shutil.copytree(ROOT / "scenarios", scenarios)
    shutil.copytree(branch_offices.parent, scenarios, dirs_exist_ok=True)
    return work


def executed(cells, work):
    """Run cells on a clean kernel, and return what each shows."""
    book = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(
        book, timeout=PATIENCE, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    )
    client.execute()
    return [cell.get("outputs", []) for cell in book.cells]


def check_shown(outputs):
    shown = [output for cell in outputs for output in cell]
    assert [output for output in shown if output.output_type == "error"] == []
    kept = [getattr(output, "data", {}) for output in shown]
    assert any(WIDGET in data or "<img " in data.get("text/html", "") for data in kept)


def shortened(path):
    """Return a notebook's cells, with few runs where they make a number of them."""
    cells = nbformat.read(path, as_version=4).cells
    for cell in cells:
        cell.source = re.sub(r"\.run\(\d+\)", ".run(2)", cell.source)
        cell.source = re.sub(r"draws=\d+, lucks=2", "draws=10, lucks=2", cell.source)
        cell.source = re.sub(r"lucks=2, runs=\d+", "lucks=2, runs=10", cell.source)
        cell.source = re.sub(r"replications=\d+", "replications=2", cell.source)
        cell.source = re.sub(r"runs=30, before", "runs=5, before", cell.source)
        cell.source = re.sub(r"rows=\d+", "rows=50", cell.source)
        cell.source = re.sub(r"± 8 min at", "± 5 h at", cell.source)
    return cells


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.slow] if path.stem in LONG else [], id=path.stem)
        for path in QUICK
    ],
)
def test_the_cells_of_a_notebook_run_and_draw(with_few_devices, monkeypatch, path):
    """Without a kernel, which takes long to start and to send what is shown."""
    monkeypatch.chdir(with_few_devices)
    names = {}
    for cell in shortened(path):
        if cell.cell_type == "code":
            exec(compile(cell.source, path.name, "exec"), names)  # noqa: S102 - our own notebook
    drawn = [plt.figure(number) for number in plt.get_fignums()]
    assert drawn
    assert all(map(in_html, drawn))  # with its text
    plt.close("all")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_names_is_there(path):
    code = "\n".join(
        cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"
    )
    names: dict[str, object] = {}
    nodes = list(ast.walk(ast.parse(code)))
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            line = ast.unparse(node)
            exec(line, names)  # noqa: S102 - our own notebook
    modules = {name for name, value in names.items() if isinstance(value, ModuleType)}
    named = [
        (node.value.id, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
    ]
    assert names
    assert [place for place in named if not hasattr(names[place[0]], place[1])] == []


def test_the_cells_of_the_planner_make_its_widgets(work, monkeypatch):
    """On a kernel it runs in `make verify`, and in `make test-browser`."""
    from ipywidgets.widgets.widget import _instances

    monkeypatch.chdir(work)
    cells = [cell.source for cell in shortened(PLANNER) if cell.cell_type == "code"]
    made, before = [], set(_instances)
    for source in cells:
        exec(compile(source, PLANNER.name, "exec"), {})  # noqa: S102 - our own notebook
        made.append(len(set(_instances) - before))
        before = set(_instances)
    assert len(made) == 1
    assert min(made) > 5, made


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_a_clean_kernel(work, path):
    shutil.copy(path, work)
    check_shown(executed(nbformat.read(work / path.name, as_version=4).cells, work))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_can_be_read_without_its_code(path):
    first, *cells = nbformat.read(path, as_version=4).cells
    assert "Run All Cells" in first.source
    for cell in cells:
        assert cell.cell_type == "markdown" or cell.metadata.jupyter.source_hidden


def test_the_guided_tour_is_complete():
    assert [path.stem for path in NOTEBOOKS] == [
        "01-first-rollout",
        "02-people-and-notices",
        "03-links-delivery-and-proxies",
        "04-how-sure-are-we",
        "05-scenarios-as-tests",
        "06-find-the-window",
        "07-learn-from-a-pilot",
        "08-friday-at-five",
        "09-one-fleet-nine-products",
        "plan-a-rollout",
    ]
