"""Every command, scenario and Python line in the docs works and shows what it says."""

from __future__ import annotations

import contextlib
import doctest
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from jsonschema.validators import validator_for

import fwsim
from docs.console import output_of, recipe, refreshed
from docs.generate import PAGES, SCMD_EXAMPLE
from fwsim.commands.scmd import read_scmd, write_scmd
from fwsim.run import prepare
from fwsim.scenario.document_reading import read_document

ROOT = Path(__file__).parent.parent
TEXTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONG = (
    "make demo",
    "fwsim plan ",
    "fwsim run out/october/",
    "fwsim stages scenarios/waves",
    "fwsim learn ",
    "fwsim products scenarios",
)
"""Commands that take long, or stand on what such a one has written."""

WHOLE = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 11:00",
    "image": {"name": "a.idf", "packages": [{"name": "b", "size": "1 MB"}]},
    "fleet": {
        "units": {
            "DE/Karlsruhe": {"devices": 1},
            "DE/Branches": {"devices": 1},
        }
    },
    "commands": [{"update": "DE/Karlsruhe"}],
}


@cache
def schema_that_editors_use():
    """The schema, found to be one: that takes longer than to hold a scenario against it."""
    schema = fwsim.schema()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def blocks(kind: str) -> list:
    return [
        pytest.param(match[2], id=f"{text.name}-{number}")
        for text in TEXTS
        for number, match in enumerate(BLOCK.finditer(text.read_text()), 1)
        if match[1] == kind
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name):
    assert (ROOT / "docs" / name).read_text() == PAGES[name](), "run make docs"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that looks like a fresh clone."""
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's results; what is shown of them is the first run's, so two are as good as fifty."""
    clone = tmp_path_factory.mktemp("clone")
    (clone / "scenarios").symlink_to(ROOT / "scenarios")
    with contextlib.chdir(clone):
        run, _ = recipe("demo")
        output_of(f"{run} --replications 2")
    return clone / "out"


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_commands_in_the_docs_run_and_print_what_is_shown(folder, demo, text):
    page = text.read_text()
    shutil.copytree(demo, folder / "out")
    assert refreshed(page, left=LONG) == page, "run make docs"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["README.md", *(f"docs/{name}.md" for name in ("find-the-window", "learning", "products"))],
)
def test_what_takes_long_in_the_docs_print_what_is_shown(folder, name):
    page = (ROOT / name).read_text()
    assert any(f"\n$ {beginning}" in page for beginning in LONG)
    assert refreshed(page) == page, "run make docs"


def test_the_stages_in_the_docs_have_the_rows_that_are_shown(folder):
    """With a tenth of the runs it is other numbers that stand in them."""
    [(command, shown)] = re.findall(
        r"^\$ (fwsim stages .*)\n((?:.*\n)*?)```$",
        (ROOT / "docs/find-the-window.md").read_text(),
        re.MULTILINE,
    )
    rows = [
        [line[:24].rstrip() for line in lines]
        for lines in (shown.splitlines()[1:], output_of(f"{command} --replications 2")[1:])
    ]
    assert rows[0] == rows[1]


def test_ci_calls_make_test():
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test\nmake test-browser")


@pytest.mark.parametrize("block", blocks("yaml"))
def test_scenarios_in_the_docs_are_valid(tmp_path, block):
    data = {**WHOLE, **read_document(block, "docs").data}
    if "images" in data:
        del data["image"]
    schema_that_editors_use().validate(data)
    for line in ("people: office", "people: counter"):
        name = line.split()[1]
        if line in block and name not in data.get("people", {}):
            data.setdefault("people", {})[name] = {}
    prepare(fwsim.Scenario.model_validate(data))


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_python_in_the_docs_prints_what_is_shown(text, monkeypatch):
    monkeypatch.chdir(ROOT)
    examples = doctest.DocTestParser().get_doctest(
        "\n".join(m[2] for m in BLOCK.finditer(text.read_text()) if m[1] == "python"),
        {},
        text.name,
        str(text),
        0,
    )
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_the_packages_own_example_works(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(fwsim).failed == 0


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_scenario_fits_the_json_schema_that_editors_use(path):
    schema_that_editors_use().validate(read_document(path.read_text(), path.name).data)


def test_the_scmd_example_reads_back_as_it_stands():
    assert write_scmd(read_scmd(SCMD_EXAMPLE)) == SCMD_EXAMPLE


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_links_lead_somewhere(text):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text.read_text()):
        assert (text.parent / target).exists(), target
