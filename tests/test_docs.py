"""Every command, scenario and Python line in the docs works and shows what it says."""

from __future__ import annotations

import contextlib
import doctest
import pkgutil
import re
import shlex
import shutil
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import settings
from jsonschema.validators import validator_for

import fwsim
from docs import generate
from docs.console import BLOCK as CONSOLE
from docs.console import output_of, recipe, refreshed
from docs.from_code.scmd import SCMD_EXAMPLE
from docs.generate import PAGES
from fwsim.cli import main
from fwsim.commands.scmd import read_scmd, write_scmd
from fwsim.run import prepare
from fwsim.scenario.document_reading import read_document

ROOT = Path(__file__).parent.parent
WALKED = [ROOT / "docs/first-hour.md", *sorted((ROOT / "docs/howto").glob("*.md"))]
"""Pages whose commands follow one another and take long."""
QUICK = [ROOT / "README.md", *sorted({*(ROOT / "docs").glob("*.md")} - {*WALKED})]
TEXTS = [*QUICK, *WALKED, *sorted((ROOT / "docs/reference").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONG = (
    "make demo",
    "fwsim compare scenarios/ways-direct",
    "fwsim forecast scenarios/friday-at-five.yaml --so-far",
    ".venv/bin/fwsim compare scenarios/branch-offices",
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


def test_the_docs_are_english_where_a_terminal_speaks_german(monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    printed = output_of("fwsim validate scenarios/manual-example.yaml")
    assert printed == ["scenarios/manual-example.yaml: valid, 1 device, 1 command run"]


def test_german_is_compiled_before_what_commands_print_is_written(monkeypatch, tmp_path):
    german = tmp_path / "fwsim/messages/de/LC_MESSAGES"
    for folder in (german, tmp_path / "docs", tmp_path / "scenarios"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "fwsim/messages/de/LC_MESSAGES/fwsim.po", german)
    shutil.copy(ROOT / "hatch_build.py", tmp_path)
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    monkeypatch.setattr(generate, "FOLDER", tmp_path / "docs")
    monkeypatch.setattr(generate, "PAGES", {})
    generate.main()
    assert (german / "fwsim.mo").exists()


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


def commands_of(text: Path) -> list[str]:
    found = [match[1] for match in CONSOLE.finditer(text.read_text(encoding="utf-8"))]
    return [line[2:] for block in found for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("text", WALKED, ids=lambda path: path.name)
def test_commands_of_a_recipe_are_read(text):
    """Names, options and their values; what they do is seen at length."""
    for command in commands_of(text):
        name, verb, *arguments = shlex.split(command)
        assert name == "fwsim"
        main.commands[verb].make_context(verb, arguments)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("text", WALKED, ids=lambda path: path.name)
def test_commands_of_a_recipe_work_one_after_another(folder, text):
    for command in commands_of(text):
        if not command.startswith(LONG) or command.startswith("fwsim learn"):
            output_of(command)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("text", QUICK, ids=lambda path: path.name)
def test_commands_in_the_docs_run_and_print_what_is_shown(folder, demo, text):
    page = text.read_text()
    shutil.copytree(demo, folder / "out")
    assert refreshed(page, left=LONG) == page, "run make docs"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        f"docs/{name}.md"
        for name in ("demo", "find-the-window", "learning", "products", "under-way")
    ],
)
def test_what_takes_long_in_the_docs_print_what_is_shown(folder, name):
    page = (ROOT / name).read_text()
    assert any(f"\n$ {beginning}" in page for beginning in LONG)
    assert refreshed(page) == page, "run make docs"


@pytest.mark.parametrize(("beginning", "tables"), [("fwsim stages ", 2), ("fwsim compare ", 1)])
def test_tables_in_the_docs_have_the_rows_that_are_shown(folder, beginning, tables):
    """With a tenth of the runs it is other numbers that stand in them."""
    [(command, shown)] = re.findall(
        rf"^\$ ({beginning}.*)\n((?:.*\n)*?)```$",
        (ROOT / "docs/find-the-window.md").read_text(),
        re.MULTILINE,
    )
    printed = "\n".join(output_of(f"{command} --replications 2"))
    rows = [
        [
            line[:24].rstrip()
            for table in text.split("\n\n")[1 : tables + 1]
            for line in table.splitlines()
        ]
        for text in (shown, printed)
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) > 9


@pytest.mark.parametrize("page", ["README.md", "docs/how-sure.md"])
def test_the_sentence_that_is_quoted_is_the_demos(page):
    [quoted] = re.findall(r"^> (.*)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert f"\n{quoted}\n" in (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")


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
        if "_generated/" not in target:  # made with the site, whose build checks them
            assert (text.parent / target).exists(), target


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_links_into_a_page_lead_to_a_heading(text):
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text.read_text(encoding="utf-8")):
        assert anchor in anchors_of(text.parent / target if target else text), (target, anchor)


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_python_names_and_files_in_the_text_exist(text):
    page = text.read_text(encoding="utf-8")
    for name in re.findall(r"`(fwsim(?:\.\w+)+)", page):
        assert pkgutil.resolve_name(name) is not None, name
    for name in re.findall(r"`((?:fwsim|tests|scenarios|notebooks)/[\w/.-]+\.\w+)`", page):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_contributors_are_told_how_many_examples_a_property_plays(page):
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    quick, long = (settings.get_profile(name).max_examples for name in ("fixed", "long"))
    assert f"plays {quick} in `make test` and {long} in `make verify`" in text


def test_the_floors_of_the_architecture_are_the_layers_that_are_checked():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    told = {}
    for floor, rooms in re.findall(r"^\| (\d+) \| ([^|]+) \|", page, re.MULTILINE):
        for room in re.findall(r"`(?:fwsim/)?(\w+)(?:\.py|/)`", rooms):
            told[f"fwsim.{room}"] = int(floor)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    checked = [layer.split(" | ") for layer in reversed(layers)]
    assert set(told) == {room for layer in checked for room in layer}
    floors = [{told[room] for room in layer} for layer in checked]
    assert all(max(below) <= min(above) for below, above in pairwise(floors))
    high = [floor for floor in floors if max(floor) > 1]
    assert high == [{number} for number in range(2, 2 + len(high))]
