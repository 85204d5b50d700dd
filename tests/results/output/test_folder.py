"""A folder of results is whole or not at all: at any kill, beside any file, under two writers."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import os
import signal
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path

import pytest

from fwsim.problems import InputError, NotWrittenError
from fwsim.results.output.folder import drafts, writing
from fwsim.results.output.folder import exchange as exchanging
from fwsim.results.output.folder.exchange import can_be_exchanged
from fwsim.results.output.folder.lock import FolderInUseWarning
from fwsim.results.output.folder.manifest import MANIFEST
from fwsim.results.output.folder.reading import Saved, parts_of, read_saved
from fwsim.results.output.folder.writing import NewPart, check_parts, write_parts
from fwsim.results.output.writing import check_folder, text_writer, write_all
from tests.results.small_rollout import small_result
from tests.tiers import in_both_tiers

OLD = {"a.csv": "old a", "b.csv": "old b", "only-old.csv": "old"}
NEW = {"a.csv": "new a", "b.csv": "new b", "only-new.parquet": "new"}
MINE = {"notes.txt": "mine", "thesis.doc": "mine, too"}
CALLS = ("mkdir", "rename", "replace", "link", "unlink", "rmdir", "chown", "chmod")
MOST_CALLS = 200


def part(texts: dict[str, str]) -> dict[str, NewPart]:
    return {"run": NewPart({name: text_writer(text) for name, text in texts.items()}, "x")}


def texts_in(folder: Path) -> dict[str, str]:
    """Return what a person sees in a folder, but for the manifest."""
    return {p.name: p.read_text() for p in folder.iterdir() if p.is_file() and p.name != MANIFEST}


def texts_read(folder: Path) -> dict[str, str]:
    """Return what fwsim reads there."""

    def read(saved: Saved) -> dict[str, str]:
        files = (saved.parts or {})["run"].files
        return {name: saved.path(name).read_text() for name in files}

    return read_saved(folder, read)


def drafts_near(folder: Path) -> list[str]:
    return [
        p.name
        for place in (folder, folder.parent)
        for p in place.iterdir()
        if p.name.startswith(drafts.DRAFT)
    ]


@pytest.fixture
def folder(tmp_path):
    """A folder with old results and files of its owner."""
    place = tmp_path / "out"
    write_parts(place, part(OLD))
    for name, text in MINE.items():
        (place / name).write_text(text)
    return place


@pytest.fixture(params=["exchanged", "one by one"])
def way(request, monkeypatch):
    """Both ways a draft takes its place: where folders can be exchanged, and where not."""
    if request.param == "one by one":
        monkeypatch.setattr(drafts, "can_be_exchanged", lambda _: False)
    elif exchanging._renameat2() is None:
        pytest.skip("folders cannot be exchanged here")
    return request.param


def killed_at(number: int, work) -> bool:
    """Do some work in a process that dies before its n-th call to the system; tell if it did."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads beside a fork
        child = os.fork()
    if child == 0:
        die_before_call(number)
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def die_before_call(number: int) -> None:
    counter = itertools.count()

    def counted(call):
        def counting(*arguments, **options):
            if next(counter) == number:
                os._exit(9)
            return call(*arguments, **options)

        return counting

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    drafts.exchange = counted(drafts.exchange)
    io_open = Path.open
    Path.open = counted(io_open)


every = in_both_tiers("step", short=5, long=1)
"""Kill before each fifth call to the system, or before each."""


def kills(work, step):
    """Kill the work before its calls in turn; give the number of each."""
    for number in range(0, MOST_CALLS, step):
        yield number
        if not killed_at(number, work):
            return
    raise AssertionError("more calls than expected")


@every
def test_a_kill_at_any_moment_leaves_the_old_set_or_the_new_one(tmp_path, way, step):
    seen = set()
    numbers = itertools.count()

    def fresh() -> Path:
        place = tmp_path / f"out-{next(numbers)}"
        write_parts(place, part(OLD))
        for name, text in MINE.items():
            (place / name).write_text(text)
        return place

    for number in range(0, MOST_CALLS, step):
        place = fresh()
        was_killed = killed_at(number, lambda place=place: write_parts(place, part(NEW)))
        found = texts_read(place)
        assert found in (OLD, NEW), number
        seen.add("old" if found == OLD else "new")
        lying = texts_in(place)
        assert MINE.items() <= lying.items(), number
        if way == "exchanged":
            assert lying in ({**OLD, **MINE}, {**NEW, **MINE}), number
        write_parts(place, part(NEW))  # whoever comes next
        assert texts_in(place) == {**NEW, **MINE}, number
        assert not drafts_near(place), number
        if not was_killed:
            break
    else:
        raise AssertionError("more calls than expected")
    assert seen == {"old", "new"}
    assert number > 10


@pytest.mark.slow
def test_a_kill_of_the_one_who_tidies_up_is_tidied_up_in_turn(tmp_path, way):
    """The next writer is killed, too, wherever it is; a third one ends it."""
    for first, second in ((12, 3), (14, 1), (16, 2), (18, 4), (20, 6), (22, 2), (25, 5)):
        place = tmp_path / f"out-{first}-{second}"
        write_parts(place, part(OLD))
        (place / "notes.txt").write_text("mine")
        killed_at(first, lambda place=place: write_parts(place, part(NEW)))
        killed_at(second, lambda place=place: write_parts(place, part(OLD)))
        assert texts_read(place) in (OLD, NEW)
        write_parts(place, part(NEW))
        assert texts_in(place) == {**NEW, "notes.txt": "mine"}
        assert not drafts_near(place)


@every
def test_the_first_writing_is_whole_or_nothing(tmp_path, way, step):
    for number in kills(lambda: write_parts(tmp_path / "out", part(NEW)), step):
        place = tmp_path / "out"
        if place.is_dir() and (place / MANIFEST).exists():
            assert texts_read(place) == NEW
        else:
            assert not place.exists() or not texts_in(place) or way == "one by one", number
        write_parts(place, part(NEW))
        assert texts_in(place) == NEW
        assert not drafts_near(place)
        for path in place.iterdir():
            path.unlink()
        place.rmdir()


def test_new_results_leave_none_of_the_old_ones_and_all_of_others(folder, way):
    (folder / "mine").mkdir()
    (folder / "mine" / "deep.txt").write_text("x")
    (folder / "link").symlink_to("notes.txt")
    paths = write_parts(folder, part(NEW))
    assert [path.name for path in paths] == list(NEW)
    (folder / "link").unlink()
    assert texts_in(folder) == {**NEW, **MINE}
    assert (folder / "mine" / "deep.txt").read_text() == "x"


def test_a_file_somebody_saves_meanwhile_is_not_lost(folder, monkeypatch):
    def exchange(one, other):
        (folder / "notes.txt~").write_text("later")
        (folder / "notes.txt~").replace(folder / "notes.txt")  # as editors save
        (folder / "fresh.txt").write_text("fresh")
        (folder / "made").mkdir()
        exchanging.exchange(one, other)

    monkeypatch.setattr(drafts, "exchange", exchange)
    write_parts(folder, part(NEW))
    assert texts_in(folder) == {**NEW, **MINE, "notes.txt": "later", "fresh.txt": "fresh"}
    assert (folder / "made").is_dir()


@pytest.mark.parametrize("change", ["edited", "foreign", "linked", "folder"])
def test_what_is_not_fwsims_is_never_overwritten(folder, change):
    if change == "edited":
        (folder / "a.csv").write_text("by hand")
    elif change == "foreign":
        (folder / "only-new.parquet").write_text("mine")
    elif change == "linked":
        (folder / "only-new.parquet").symlink_to("notes.txt")
    else:
        (folder / "only-new.parquet").mkdir()
    before = texts_in(folder)
    for refuse in (lambda: check_parts(folder, NEW), lambda: write_parts(folder, part(NEW))):
        with pytest.raises(InputError, match=r"what fwsim wrote|is a folder there"):
            refuse()
    assert texts_in(folder) == before
    assert not drafts_near(folder)


def test_an_edited_file_that_is_not_replaced_stays(folder):
    (folder / "only-old.csv").write_text("by hand")
    write_parts(folder, part(NEW))
    assert texts_in(folder)["only-old.csv"] == "by hand"


def test_a_file_that_was_changed_since_is_not_read(folder):
    (folder / "a.csv").write_text("OLD A")
    with pytest.raises(InputError, match=r"a\.csv was changed or damaged since fwsim wrote it"):
        texts_read(folder)


def test_only_what_the_manifest_names_is_read(folder):
    saved = Saved.at(folder)
    assert saved.has("a.csv")
    assert not saved.has("notes.txt")
    assert saved.table("only-old") == "only-old.csv"


def test_a_folder_written_anew_while_it_is_read_is_read_again(folder):
    tries = itertools.count()

    def read(saved):
        one = saved.path("a.csv").read_text()
        if next(tries) == 0:
            write_parts(folder, part({**NEW, "b.csv": "other b"}))
        return one, saved.path("b.csv").read_text()

    assert read_saved(folder, read) == ("new a", "other b")


def test_parts_are_replaced_each_by_itself(folder):
    write_parts(folder, {"other": NewPart({"c.csv": text_writer("c")}, "y")})
    assert texts_in(folder) == {**OLD, **MINE, "c.csv": "c"}
    write_parts(folder, part(NEW), belonging={"other": "x"})
    assert texts_in(folder) == {**NEW, **MINE}
    write_parts(folder, {"other": NewPart({"a.csv": text_writer("taken over")})}, without=["run"])
    assert texts_in(folder) == {**MINE, "a.csv": "taken over"}
    assert set(parts_of(folder)) == {"other"}


def test_results_written_anew_meanwhile_are_told(folder):
    before = parts_of(folder)
    write_parts(folder, part(NEW))
    with pytest.raises(InputError, match="rewritten in the meantime"):
        write_parts(folder, {"other": NewPart({"c.csv": text_writer("c")})}, only_if=before)


def test_two_writers_wait_for_each_other(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    release = threading.Timer(0.3, os.close, [descriptor])
    release.start()
    begin = time.monotonic()
    with pytest.warns(FolderInUseWarning, match="another fwsim is writing to .*out; waiting"):
        write_parts(folder, part(NEW))
    assert time.monotonic() - begin > 0.2
    assert texts_read(folder) == NEW


def test_writers_at_the_same_time_leave_one_of_their_sets(folder):
    sets = [{name: f"{name} {n}" for name in ("a.csv", f"{n}.csv")} for n in range(8)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FolderInUseWarning)
        threads = [threading.Thread(target=write_parts, args=(folder, part(s))) for s in sets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert texts_read(folder) in sets
    assert texts_in(folder) == {**texts_read(folder), **MINE}
    assert not drafts_near(folder)


def test_a_writer_that_fails_leaves_everything_as_it_was(folder, way):
    def breaks(path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    before = texts_in(folder), (folder / MANIFEST).read_bytes()
    files = {"run": NewPart({"a.csv": text_writer("new"), "b.csv": breaks})}
    with pytest.raises(InputError, match="cannot write there: No space left on device"):
        write_parts(folder, files)
    assert (texts_in(folder), (folder / MANIFEST).read_bytes()) == before
    assert not drafts_near(folder)
    with pytest.raises(InputError):
        write_parts(folder.parent / "fresh", files)
    assert not (folder.parent / "fresh").exists()


def test_a_folder_somebody_stands_in_keeps_its_place(folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = folder.stat().st_ino
    assert not can_be_exchanged(folder)
    write_parts(Path(), part(NEW))
    assert folder.stat().st_ino == before
    assert texts_in(folder) == {**NEW, **MINE}


def test_rights_and_links_to_a_folder_stay(folder, tmp_path):
    folder.chmod(0o750)
    (tmp_path / "link").symlink_to(folder)
    write_parts(tmp_path / "link", part(NEW))
    assert (tmp_path / "link").is_symlink()
    assert folder.stat().st_mode & 0o777 == 0o750
    assert texts_in(folder) == {**NEW, **MINE}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"made by": "fwsim", "format": 2}', "is of format 2; this fwsim reads 1"),
        ('{"made by": "fwsim", "format": 1}', "is damaged: parts"),
        (
            '{"made by": "fwsim", "format": 1, "parts": {"run": {"files": {"../x": {"size": 1, '
            '"sha256": "' + 64 * "0" + '"}}}}}',
            "is damaged",
        ),
        (
            '{"made by": "fwsim", "format": 1, "parts": {"run": {"files": {"x": {"size": -1, '
            '"sha256": "' + 64 * "0" + '"}}}}}',
            "is damaged",
        ),
        ("[" * 100_000, "is damaged: it cannot be read"),
        ('"\\ud800', "is damaged: it cannot be read"),
    ],
)
def test_a_manifest_that_is_none_is_told(folder, content, words):
    (folder / MANIFEST).write_text(content)
    for use in (texts_read, lambda place: write_parts(place, part(NEW))):
        with pytest.raises(InputError, match=words):
            use(folder)


def test_a_manifest_of_somebody_else_is_not_overwritten(tmp_path):
    (tmp_path / MANIFEST).write_text('{"name": "my app"}')
    with pytest.raises(InputError, match="what fwsim wrote; name another folder"):
        write_parts(tmp_path, part(NEW))
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


def test_the_manifest_says_what_each_file_holds(folder):
    data = json.loads((folder / MANIFEST).read_text())
    assert (data["made by"], data["format"]) == ("fwsim", 1)
    assert data["parts"]["run"]["origin"] == "x"
    digest = hashlib.sha256(b"old a").hexdigest()
    assert data["parts"]["run"]["files"]["a.csv"] == {"size": 5, "sha256": digest}


@every
def test_files_by_themselves_leave_no_drafts_either(tmp_path, step):
    def work() -> None:
        write_all(tmp_path / "golden", {"a.log": text_writer("a"), "b.log": text_writer("b")})

    for _ in kills(work, step):
        write_all(tmp_path / "golden", {"c.log": text_writer("c")})
        assert not drafts_near(tmp_path / "golden")


def _stopping(call, number, calls, *, after):
    """Return a call of the system before or behind which Ctrl-C comes, if it is the one."""

    def stopped(*arguments, **options):
        is_it = next(calls) == number
        if is_it and not after:
            signal.raise_signal(signal.SIGINT)
        try:
            return call(*arguments, **options)
        finally:
            if is_it and after:
                signal.raise_signal(signal.SIGINT)

    return stopped


def stage(place):
    """Write files that come in over a long time, and put them there at the end."""
    with drafts.staging(place) as holder:
        (holder / "a.log").write_text("a", encoding="utf-8")
        write_parts(place, part(NEW))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "work",
    [
        check_folder,
        lambda place: write_all(place, {"a.log": text_writer("a"), "b.log": text_writer("b")}),
        lambda place: write_parts(place, part(NEW)),
        stage,
    ],
    ids=["check", "files", "parts", "staging"],
)
def test_ctrl_c_at_any_call_leaves_all_or_nothing_and_no_draft(
    tmp_path, monkeypatch, work, *, after
):
    for number in itertools.count():
        place = tmp_path / str(number) / "out"
        place.parent.mkdir()
        calls = itertools.count()
        with monkeypatch.context() as changed:
            for name in CALLS:
                changed.setattr(os, name, _stopping(getattr(os, name), number, calls, after=after))
            with suppress(KeyboardInterrupt):
                work(place)
        assert not [p for p in place.parent.rglob("*") if p.name.startswith(drafts.DRAFT)], number
        assert not place.exists() or len([*place.iterdir()]) in {0, 2, 4}
        if next(calls) <= number:
            break
    assert number > 1


def test_a_name_at_which_nobody_may_look_is_told_in_words(tmp_path):
    long = "n" * 300
    with pytest.raises(NotWrittenError, match="name too long"):
        write_all(tmp_path, {long: text_writer("a")})
    with pytest.raises(NotWrittenError, match="name too long"):
        small_result().to_excel(tmp_path / f"{long}.xlsx")
    assert not [*tmp_path.iterdir()]


def test_writing_is_the_same_bytes_again(tmp_path):
    for name in ("one", "two"):
        write_parts(tmp_path / name, part(NEW))
    assert (tmp_path / "one" / MANIFEST).read_bytes() == (tmp_path / "two" / MANIFEST).read_bytes()
    assert writing.MANIFEST == MANIFEST
