"""The docs as a site: what is made from the code names everything, and no inner link is broken."""

from __future__ import annotations

import re

import click
import pytest

import fwsim
from docs.site import command_line, python
from fwsim.cli import main
from tests.test_docs import ROOT


def test_every_command_and_option_is_on_the_page():
    page = command_line()
    for name, command in main.commands.items():
        assert f"\n## {name}\n" in page
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                assert option.opts[0] in page


def test_every_public_name_is_on_the_page():
    page = python()
    missing = [name for name in fwsim.__all__ if f":: fwsim.{name}\n" not in page]
    assert missing == ["figures"]  # which have a page of their own


def test_every_page_of_the_docs_is_in_the_table_of_contents():
    docs = ROOT / "docs"
    named = set()
    for page in docs.rglob("*.md"):
        for block in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            lines = [line for line in block.splitlines() if line and not line.startswith(":")]
            named |= {(page.parent / f"{line}.md").resolve() for line in lines}
    pages = {
        page.resolve()
        for page in docs.rglob("*.md")
        if not {"_build", "_generated"} & {*page.relative_to(docs).parts}
    }
    assert pages - named == {docs / "index.md"}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_site_is_built_without_a_warning(tmp_path):
    build = pytest.importorskip("sphinx.cmd.build")
    words = ["-q", "-W", "--keep-going", "-b", "html", str(ROOT / "docs"), str(tmp_path)]
    assert build.build_main(words) == 0
    first = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|link)[^>]*(?:src|href)=\"https?:", first)  # offline, too
