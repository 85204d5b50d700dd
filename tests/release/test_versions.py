"""A version comes from the tags of a history, and from nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from build_version import UNTAGGED, version
from tests.test_docs import ROOT

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.net", "-c", "commit.gpgsign=false"]


@pytest.fixture
def tree(tmp_path):
    """A history of two commits."""
    if shutil.which("git") is None:
        pytest.skip("no git here")
    git(tmp_path, "init", "-q")
    for number in range(2):
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", str(number))
    return tmp_path


def git(folder, *arguments):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run([shutil.which("git"), *IDENTITY, *arguments], cwd=folder, check=True, env=clean)


def test_without_a_tag_it_is_the_release_that_is_being_made(tree):
    assert version(tree) == UNTAGGED


def test_a_tagged_commit_bears_its_tag_whatever_lies_about(tree):
    git(tree, "tag", "v1.4.2")
    (tree / "uncommitted").write_text("x", encoding="utf-8")
    assert version(tree) == "1.4.2"


def test_what_comes_after_a_tag_is_counted_towards_the_next(tree):
    git(tree, "tag", "v1.4.2", "HEAD~1")
    git(tree, "tag", "some-other-tag")
    assert version(tree) == "1.4.3.dev1"


def test_an_exported_tree_within_another_history_has_none_of_its_tags(tree):
    git(tree, "tag", "v1.4.2")
    inside = tree / "vendor" / "fwsim"
    inside.mkdir(parents=True)
    assert version(inside) == UNTAGGED


def test_a_source_distribution_keeps_its_own(tmp_path):
    text = "Metadata-Version: 2.4\nName: fwsim\nVersion: 1.2.3.dev4\n"
    (tmp_path / "PKG-INFO").write_text(text, encoding="utf-8")
    assert version(tmp_path) == "1.2.3.dev4"


def test_the_release_that_is_being_made_is_named_alike_everywhere():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    [first, *_] = re.findall(r"^## (\S+) \(", changes, re.MULTILINE)
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert first == UNTAGGED
    assert f"\nversion: {UNTAGGED}\n" in cited


def test_no_dependency_is_in_the_lock_by_an_address():
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.+!]+", line), line


def test_every_dependency_is_locked():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for names in data["optional-dependencies"].values() for name in names]
    locked = {
        normal(line.partition("==")[0])
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    wanted = {normal(re.split(r"[\[<>=]", name)[0]) for name in [*data["dependencies"], *extras]}
    assert wanted - {"fwsim"} <= locked


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
