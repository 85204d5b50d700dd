"""Compiled code on disk: used only if it is whole and nobody else could have written it."""

from __future__ import annotations

import ast
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import pytest

import fwsim
from fwsim import clock_sources
from fwsim.compiled import code_names, kept_code, machine_code, safe_folder
from fwsim.compiled.kept_code import CodeCacheWarning, code_kept_or_made, is_kept
from fwsim.compiled.safe_folder import UnsafeFolderError, check_folder
from fwsim.compiled.wrapped_code import DIGEST_SIZE, MAGIC, wrapped
from fwsim.model.rollout import REPOSITORY, UNKNOWN_IMAGE

CODE = bytes(range(256)) * 40
NAME = "clock-1.bin"
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes")


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Return the folder for code, below a safe one, not made yet."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    found = home / "fwsim" / "machine-code"
    monkeypatch.setattr(kept_code, "code_folder", lambda: found)
    monkeypatch.setattr(kept_code, "_SAID", set())
    return found


def used(code: bytes = CODE) -> tuple[bytes, bool, list[str]]:
    """Use the clock; return the code, whether it was compiled, and what was said."""
    made = []

    def make() -> bytes:
        made.append(1)
        return code

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = code_kept_or_made(NAME, make)
    assert all(warning.category is CodeCacheWarning for warning in said)
    return found, bool(made), [str(warning.message) for warning in said]


def test_code_is_compiled_once_and_then_read(folder):
    assert not is_kept(NAME)
    assert used() == (CODE, True, [])
    assert is_kept(NAME)
    assert used(b"other") == (CODE, False, [])


@posix
def test_the_folder_is_made_for_its_owner_alone_whatever_the_umask(folder):
    before = os.umask(0)
    try:
        used()
    finally:
        os.umask(before)
    assert [place.stat().st_mode & 0o777 for place in (folder, folder.parent)] == [0o700, 0o700]
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def damages() -> dict[str, object]:
    """Return forty ways in which an object can be damaged, each a function of its path."""
    head = len(MAGIC) + DIGEST_SIZE
    size = head + len(CODE)
    cut = {f"cut to {n}": n for n in (0, 1, 5, 13, 14, 15, 30, head - 1, head, head + 1, 4096)}
    cut |= {f"cut by {n}": size - n for n in (1, 2, 64, 1000)}
    bits = [0, 7, 13, 14, 20, 31, head - 1, head, head + 1, 1000, 4095, 4096, size - 2, size - 1]
    ways: dict[str, object] = {
        name: lambda path, n=n: path.write_bytes(path.read_bytes()[:n]) for name, n in cut.items()
    }
    ways |= {
        f"bit {n} flipped": lambda path, n=n: path.write_bytes(flipped(path.read_bytes(), n))
        for n in bits
    }

    def in_its_place(make):
        def put(path):
            path.unlink()
            make(path)

        return put

    def socket_at(path):
        with socket.socket(socket.AF_UNIX) as end:
            before = Path.cwd()
            os.chdir(path.parent)
            try:
                end.bind(path.name)
            finally:
                os.chdir(before)

    def full_folder(path):
        path.mkdir()
        (path / "within").write_text("x")

    other = wrapped(CODE, "clock-2.bin")
    ways |= {
        "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        "twice": lambda path: path.write_bytes(path.read_bytes() * 2),
        "zeros": lambda path: path.write_bytes(bytes(size)),
        "a text": lambda path: path.write_text("name: Head office\n" * 300),
        "another version's": lambda path: path.write_bytes(other),
        "a bare object": lambda path: path.write_bytes(CODE),
    }
    ways |= {
        "a folder": in_its_place(Path.mkdir),
        "a full folder": in_its_place(full_folder),
        "a link": in_its_place(lambda path: path.symlink_to("/etc/passwd")),
        "a dangling link": in_its_place(lambda path: path.symlink_to("nowhere")),
        "a FIFO": in_its_place(os.mkfifo),
        "a socket": in_its_place(socket_at),
        "a device": in_its_place(lambda path: path.symlink_to("/dev/zero")),
        "open to others": lambda path: path.chmod(0o666),
    }
    return ways


WAYS = damages()


@posix
@pytest.mark.parametrize("way", WAYS)
def test_what_is_odd_is_thrown_away_with_a_word_and_compiled_anew(folder, way):
    assert len(WAYS) >= 40
    used()
    WAYS[way](folder / NAME)
    found, was_compiled, said = used()
    assert (found, was_compiled) == (CODE, True)
    assert len(said) == 1
    assert said[0].startswith(f"the compiled clock in {folder / NAME} cannot be used (")
    assert used() == (CODE, False, [])
    assert [path.name for path in folder.iterdir()] == [NAME]


@posix
def test_a_link_to_good_code_elsewhere_is_not_followed(folder, tmp_path):
    used()
    (folder / NAME).rename(tmp_path / NAME)
    (folder / NAME).symlink_to(tmp_path / NAME)
    assert used()[1]
    assert (tmp_path / NAME).exists()


@posix
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives away")
def test_a_file_of_another_user_is_not_used(folder):
    used()
    os.chown(folder / NAME, 12345, -1)
    assert "belongs to another user" in used()[2][0]


def opened(place, mode):
    place.chmod(mode)


def linked(place, _):
    place.rename(place.with_name("moved"))
    place.symlink_to(place.with_name("moved"))


def given_away(place, _):
    if os.getuid() != 0:
        pytest.skip("only root gives away")
    os.chown(place, 12345, -1)


REFUSED = [
    (opened, 0o777, 0),
    (opened, 0o770, 0),
    (opened, 0o702, 0),
    (opened, 0o1777, 0),
    (opened, 0o777, 1),
    (opened, 0o722, 1),
    (opened, 0o773, 2),
    (opened, 0o757, 2),
    (linked, None, 0),
    (linked, None, 1),
    (given_away, None, 0),
    (given_away, None, 1),
    (given_away, None, 2),
]


@posix
@pytest.mark.parametrize(("change", "mode", "above"), REFUSED)
def test_a_folder_that_is_not_ones_own_is_neither_read_nor_written(folder, change, mode, above):
    used()
    change([folder, *folder.parents][above], mode)
    found, was_compiled, said = used(b"other")
    assert (found, was_compiled) == (b"other", True)
    assert len(said) == 1
    assert said[0].startswith(f"the compiled clock cannot be kept in {folder} (")
    assert said[0].endswith("; it is compiled anew each time")
    assert used(b"third")[1:] == (True, []), "said once"


@posix
def test_a_folder_that_others_may_read_is_closed_to_them(folder):
    used()
    folder.chmod(0o755)
    assert used() == (CODE, False, [])
    assert folder.stat().st_mode & 0o777 == 0o700


@posix
def test_a_folder_below_one_like_tmp_is_ones_own(folder):
    used()
    folder.parent.parent.chmod(0o1777)
    assert used() == (CODE, False, [])


@posix
def test_links_on_the_way_are_followed_and_what_they_pass_is_checked(tmp_path):
    real, open_to_all = tmp_path / "real", tmp_path / "open"
    for place in (real, open_to_all):
        place.mkdir(mode=0o700)
    (real / "fwsim" / "code").mkdir(parents=True)
    (open_to_all / "second").symlink_to("../real")
    (tmp_path / "first").symlink_to("open/second")
    folder = tmp_path / "first" / "fwsim" / "code"
    check_folder(folder)
    open_to_all.chmod(0o777)
    with pytest.raises(UnsafeFolderError, match=r"others may write into .*open"):
        check_folder(folder)
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(OSError, match="symbolic links"):
        check_folder(tmp_path / "round" / "fwsim" / "code")


def test_a_cache_that_cannot_be_written_is_told_once_and_the_code_used(folder):
    folder.parent.write_text("a file in its place")
    found, was_compiled, said = used()
    assert (found, was_compiled, len(said)) == (CODE, True, 1)
    assert said[0].startswith(f"the compiled clock cannot be kept in {folder} (")
    assert used()[2] == []


def test_a_cache_that_cannot_be_looked_into_has_no_code_at_hand(folder, monkeypatch):
    odd = folder / ("x" * 300)  # the system refuses to look there, as in a folder of root's
    monkeypatch.setattr(kept_code, "code_folder", lambda: odd)
    assert not is_kept(NAME)
    found, was_compiled, said = used()
    assert (found, was_compiled, len(said)) == (CODE, True, 1)


def test_a_full_disk_leaves_nothing_behind(folder, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    found, was_compiled, said = used()
    assert (found, was_compiled) == (CODE, True)
    assert "(No space left on device)" in said[0]
    assert [*folder.iterdir()] == []


def test_an_interrupt_while_it_is_written_leaves_nothing_behind(folder, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        used()
    assert [*folder.iterdir()] == []


@posix
def test_the_draft_of_a_killed_writer_is_removed_at_the_next_use(folder):
    script = f"""
        import os, signal
        from pathlib import Path
        from fwsim.compiled import kept_code
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        kept_code._keep(Path({str(folder)!r}), {NAME!r}, b"code")
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert killed.returncode == -9
    assert [path.name.startswith(".draft-") for path in folder.iterdir()] == [True]
    used()
    assert [path.name for path in folder.iterdir()] == [NAME]


@posix
def test_the_draft_of_a_writer_at_work_is_left_alone(folder):
    used()
    draft = folder / ".draft-of-somebody"
    with draft.open("wb") as file:
        kept_code._lock(file.fileno())
        used()
        assert draft.exists()


def test_without_owners_and_modes_the_digest_still_counts(folder, monkeypatch):
    """As on Windows: no user numbers, no locks, no flag against links."""
    monkeypatch.delattr(os, "getuid", raising=False)
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)
    monkeypatch.setattr(os, "name", "nt")
    monkeypatch.setattr(kept_code, "_lock", lambda *_, **__: False)
    monkeypatch.setattr(kept_code, "Path", type(folder))
    assert used() == (CODE, True, [])
    assert used() == (CODE, False, [])
    (folder / NAME).write_bytes(flipped((folder / NAME).read_bytes(), 999))
    assert used()[1]


@posix
def test_a_group_of_ones_own_counts_as_oneself(monkeypatch):
    import grp
    import pwd

    me = pwd.struct_passwd(("joe", "x", 1000, 1000, "", "/home/joe", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: me)
    groups = {
        1000: ("joe", "x", 1000, []),
        1001: ("staff", "x", 1001, []),
        1002: ("joe", "x", 1000, ["joe", "eve"]),
    }
    monkeypatch.setattr(grp, "getgrgid", lambda number: grp.struct_group(groups[number]))
    assert [safe_folder._is_private_group(number) for number in groups] == [True, False, False]


def test_what_was_made_of_files_that_have_changed_meanwhile_is_not_kept(folder, monkeypatch):
    """Tables of this process would be called with code that lays them out in another way."""
    monkeypatch.setattr(machine_code, "_LOADED", [])
    monkeypatch.setattr(machine_code, "shipped_code", lambda: None)

    def make() -> bytes:
        monkeypatch.setattr(clock_sources, "_text", lambda: b"others")
        return CODE

    with pytest.raises(RuntimeError, match="have changed since it was started; start it anew"):
        machine_code.machine_code(make)
    assert not list(folder.glob("*.bin"))


@pytest.fixture
def copies(monkeypatch, tmp_path):
    """Return a folder with copies of the files that the clock is made of, as they were imported."""
    package = Path(fwsim.__file__).parent
    for name in clock_sources.SOURCES:
        place, copy = package / name, tmp_path / "fwsim" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if place.is_dir() else shutil.copy)(place, copy)
    monkeypatch.setattr(clock_sources, "_PACKAGE", tmp_path / "fwsim")
    monkeypatch.setattr(machine_code, "_LOADED", [])
    monkeypatch.setattr(machine_code, "is_interpreted", lambda: False)
    return tmp_path / "fwsim"


def test_files_that_changed_between_the_import_and_the_first_use_are_noticed(folder, copies):
    """Of the same size, and written at the same time: as an archive lays them out."""
    file = copies / "compiled" / "tables.py"
    before = file.stat()
    file.write_bytes(flipped(file.read_bytes(), 99))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(RuntimeError, match="have changed since it was started; start it anew"):
        machine_code.machine_code(lambda: pytest.fail("it was compiled"))
    assert not folder.exists()


def test_files_that_were_only_written_anew_are_as_they_were(copies):
    """By a checkout there and back, a copy, or an editor that saves what nobody has changed."""
    for file in clock_sources.source_files():
        os.utime(file, ns=(0, 0))
    assert clock_sources.are_as_imported()


def test_files_that_cannot_be_read_give_no_name(monkeypatch, tmp_path):
    """As in a zip: code of one fwsim would be called that of another."""
    monkeypatch.setattr(clock_sources, "_PACKAGE", tmp_path / "fwsim.zip")
    assert clock_sources.are_as_imported() is False
    monkeypatch.setattr(clock_sources, "IMPORTED", clock_sources._text())
    assert clock_sources.are_as_imported()
    with pytest.raises(FileNotFoundError, match="cannot be read"):
        code_names.shipped_name()


@pytest.mark.parametrize("damage", [b"", CODE, wrapped(CODE, NAME)[:-1], wrapped(CODE, "other")])
def test_code_that_is_damaged_is_not_at_hand(folder, monkeypatch, damage):
    monkeypatch.setattr(machine_code, "_LOADED", [])
    monkeypatch.setattr(machine_code, "is_interpreted", lambda: False)
    monkeypatch.setattr(machine_code, "is_shipped", lambda: False)
    monkeypatch.setattr(machine_code, "code_name", lambda: NAME)
    used()
    assert machine_code.is_at_hand()
    (folder / NAME).write_bytes(damage)
    assert not machine_code.is_at_hand()
    assert (folder / NAME).exists()


def test_whatever_is_compiled_in_gives_the_code_its_name():
    """A set of states that a table of the clock is made of, and that changed, needs new code."""
    package = Path(fwsim.__file__).parent
    named = [package / name for name in clock_sources.SOURCES]
    made_of = [place for place in named if place.is_relative_to(package / "compiled")]
    files = [f for place in made_of for f in [place, *place.rglob("*.py")] if f.is_file()]
    elsewhere = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fwsim."):
                source = package.joinpath(*node.module.split(".")[1:])
                places = (source, source.with_suffix(".py"))
                if not any(one.is_relative_to(known) for one in places for known in named):
                    elsewhere |= {(node.module, name.name) for name in node.names}
    compiled = {pair for pair in elsewhere if pair[1].isupper()}
    assert compiled == {  # marks that stand for nothing, and are -1 for ever
        ("fwsim.model.rollout", "REPOSITORY"),
        ("fwsim.model.rollout", "UNKNOWN_IMAGE"),
    }
    assert UNKNOWN_IMAGE == -1
    assert REPOSITORY == -1
