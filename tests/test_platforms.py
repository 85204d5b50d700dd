"""Nothing that only POSIX has is taken for granted: modules, constants, encodings, fork."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

import fwsim
from tests.cli.command_line import fwsim as command
from tests.test_docs import ROOT

SOURCES = sorted((ROOT / "fwsim").rglob("*.py"))
POSIX_ALONE = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty"}
NEEDS_ENCODING = {"read_text", "write_text"}
NOT_ON_WINDOWS = {
    ("os", name)
    for name in (
        "fork",
        "forkpty",
        "getuid",
        "geteuid",
        "getgid",
        "kill",
        "killpg",
        "mkfifo",
        "nice",
        "sched_getaffinity",
        "setsid",
        "uname",
        "wait",
        "O_CLOEXEC",
        "O_DIRECTORY",
        "O_NOCTTY",
        "O_NOFOLLOW",
        "O_NONBLOCK",
    )
} | {("signal", name) for name in ("SIGALRM", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGUSR1", "alarm")}
GUARDED = {
    "fwsim/cli/group.py": "hasattr",
    "fwsim/compiled/safe_folder.py": "hasattr",
    "fwsim/compiled/kept_code.py": "hasattr",
    "fwsim/results/output/folder/lock.py": "win32",
}
"""Files that ask first whether there is such a thing, and how they ask."""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree_of(path)))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports_posix_perhaps(path: Path) -> bool:
    """Tell whether a file may: to parse it takes a hundred times as long as to look."""
    lines = rf"^(?:import|from)\b.*\b(?:{'|'.join(POSIX_ALONE)})\b"
    return re.search(lines, path.read_text(encoding="utf-8"), re.MULTILINE) is not None


@pytest.mark.parametrize("module", sorted(POSIX_ALONE))
def test_what_only_posix_has_is_imported_where_it_is_used(module):
    for path in filter(imports_posix_perhaps, SOURCES):
        top = [node for node in tree_of(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in top:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert module not in [*names, getattr(node, "module", None)], named(path)


@pytest.mark.slow
def test_what_windows_lacks_is_asked_for_first():
    for path in SOURCES:
        used = {
            (node.value.id, node.attr)
            for node in nodes_of(path)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        if used & NOT_ON_WINDOWS:
            how = GUARDED.get(named(path), "nobody asks")
            assert how in path.read_text(encoding="utf-8"), (named(path), used & NOT_ON_WINDOWS)


@pytest.mark.slow
def test_texts_are_read_and_written_in_an_encoding_that_is_named():
    """In what encoding Windows has by default nobody knows."""
    for path in SOURCES:
        for node in nodes_of(path):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            keywords = {keyword.arg for keyword in node.keywords}
            place = f"{named(path)}:{node.lineno}"
            if name in NEEDS_ENCODING:
                assert "encoding" in keywords or len(node.args) > (name == "write_text"), place
            if name == "open" and any(_is_text_mode(arg) for arg in node.args):
                assert "encoding" in keywords, place
            if "text" in keywords and name in {"run", "Popen", "check_output"}:
                assert "encoding" in keywords, place


def _is_text_mode(argument: ast.expr) -> bool:
    mode = argument.value if isinstance(argument, ast.Constant) else None
    return isinstance(mode, str) and mode in {"r", "w", "a", "x", "rt", "wt", "r+", "w+"}


@pytest.mark.slow
def test_no_process_is_forked_but_on_linux():
    forking = {
        named(path)
        for path in SOURCES
        for node in nodes_of(path)
        if isinstance(node, ast.Constant) and node.value in {"fork", "forkserver"}
    }
    assert forking == {"fwsim/experiments/copied_processes.py"}
    [path] = (path for path in SOURCES if named(path) in forking)
    assert 'sys.platform == "linux"' in path.read_text(encoding="utf-8")


@pytest.fixture
def like_windows(tmp_path, monkeypatch):  # pytest makes the folder first: it asks who we are
    """Without what Windows lacks, as far as fwsim itself asks for it."""
    for name in POSIX_ALONE - {"posix"}:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr("fwsim.results.output.folder.lock.sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr("fwsim.results.output.folder.exchange._renameat2", lambda: None)
    monkeypatch.setattr(shutil, "_use_fd_functions", False)
    for name in ("getuid", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY"):
        monkeypatch.delattr(os, name)


def test_a_run_is_written_and_read_back_without_what_windows_lacks(like_windows, tmp_path):
    out = tmp_path / "Zürich – 東京 & 100%"
    example = ROOT / "scenarios" / "manual-example.yaml"
    few = ("--engine", "simpy", "--workers", 1, "--quiet")
    for _ in range(2):  # the second takes the place of the first
        ended = command("run", example, "--replications", 2, "--out", out, *few)
        assert ended.code == 0, ended.text
    assert fwsim.load_answer(out).runs == 2


def test_names_of_files_that_fwsim_makes_are_names_on_windows(tmp_path):
    example = ROOT / "scenarios" / "manual-example.yaml"
    assert command("run", example, "--replications", 1, "--out", tmp_path / "out").code == 0
    reserved = {"con", "prn", "aux", "nul"}
    for path in tmp_path.rglob("*"):
        assert not set(path.name) & set('<>:"|?*\\')
        assert path.stem.lower() not in reserved
        assert not path.name.endswith((" ", "."))
