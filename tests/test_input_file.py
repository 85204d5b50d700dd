"""A file is read whole and without waiting; whatever else has a name is refused by its kind."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path

import pytest

from fwsim.input_file import check_file, digest_of, nearest_file, read_bytes, read_text
from fwsim.ledger.store import check_ledger
from fwsim.messages import speaking
from fwsim.observations.transfers import is_web_log
from fwsim.planning.hand_over.manifest import handed_files
from fwsim.planning.search.study import Study
from fwsim.problems import InputError
from fwsim.results.output.folder.manifest import FORMAT, MADE_BY, Content
from fwsim.results.output.folder.reading import read_saved

LARGEST = 1000


def told(path: Path, largest: int = LARGEST) -> str:
    with pytest.raises(InputError) as refused:
        read_bytes(path, "x", largest=largest)
    (problem,) = refused.value.problems
    assert problem.source == "x"
    return problem.message


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def listening(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as it:
        it.bind("socket")
        yield tmp_path / "socket"


def test_what_is_no_file_is_refused_by_its_kind(tmp_path, pipe, listening):
    assert told(tmp_path) == "is a folder; expected a file"
    assert told(pipe) == "is a pipe (FIFO); expected a file"
    assert told(listening) == "is a socket; expected a file"
    for device in ("/dev/zero", "/dev/null", "/dev/full"):
        assert told(Path(device)) == "is a device; expected a file"


def test_a_link_is_what_it_leads_to(tmp_path, pipe):
    (tmp_path / "link").symlink_to(pipe)
    assert told(tmp_path / "link").startswith("is a pipe")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    assert told(tmp_path / "nowhere").startswith("no such file")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    assert told(tmp_path / "round").startswith("cannot be read")


def test_a_file_that_hands_out_what_comes_is_not_waited_for(tmp_path, pipe, monkeypatch):
    """The system calls /proc/kmsg a file; to read it takes until the kernel says something."""
    (tmp_path / "file").touch()  # they all say that they are empty
    look = os.stat
    plain = look(tmp_path / "file")
    writer = os.open(pipe, os.O_RDWR)
    monkeypatch.setattr(os, "stat", lambda path, **k: plain if path == pipe else look(path, **k))
    monkeypatch.setattr(os, "fstat", lambda _: plain)
    message = "is a stream without end; expected a file"
    assert told(pipe) == message
    assert is_web_log(pipe) is False
    os.write(writer, b"a line of it\n")
    assert told(pipe) == message
    with pytest.raises(InputError, match=message):
        digest_of([pipe], largest=LARGEST)
    for refuses in (check_ledger, lambda path: check_file(path, "x"), Content.of):
        with pytest.raises(InputError, match=message):
            refuses(pipe)
    os.close(writer)


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path, pipe, monkeypatch):
    (tmp_path / "file").write_text("x")
    look = os.stat
    monkeypatch.setattr(os, "stat", lambda _, **more: look(tmp_path / "file", **more))
    assert told(pipe) == "is a pipe (FIFO); expected a file"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    assert told(tmp_path / "sparse", 5_000_000) == "is larger than 5 MB"


def test_a_file_that_grows_is_read_no_further_than_allowed(tmp_path, monkeypatch):
    """A file whose size the system does not tell, as under /proc, is bounded all the same."""
    path = tmp_path / "grows"
    path.write_bytes(b"x" * 5_000)
    look = os.fstat

    def before_it_grew(descriptor: int) -> os.stat_result:
        found = list(look(descriptor))
        found[6] = 0
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", before_it_grew)
    monkeypatch.setattr(os, "stat", lambda *_, **__: before_it_grew(os.open(path, os.O_RDONLY)))
    assert told(path) == "is larger than 0 MB"


def test_a_file_of_exactly_the_size_is_read(tmp_path):
    (tmp_path / "x").write_bytes(b"x" * LARGEST)
    assert len(read_bytes(tmp_path / "x", "x", largest=LARGEST)) == LARGEST
    assert told(tmp_path / "x", LARGEST - 1) == "is larger than 0 MB"


def test_a_name_that_is_none_is_told(tmp_path):
    assert told(tmp_path / "a\0b") == "cannot be read: is not the name of a file"
    assert told(tmp_path / ("a" * 5000)).startswith("cannot be read")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a\0b", "is not text: it holds a character 0"),
        (
            "zone".encode("utf-16-le") * 9,
            "is UTF-16 without the mark that says so; save it as UTF-8",
        ),
        (b"\xff\xfea", "begins like UTF-16 but is not; save it as UTF-8"),
        (b"K\xf6ln", "is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_told(tmp_path, raw, message):
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(InputError, match=message):
        read_text(tmp_path / "x", "x", largest=LARGEST)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_by_its_mark(tmp_path, encoding):
    (tmp_path / "x").write_text("Köln\r\n", encoding=encoding, newline="")
    assert read_text(tmp_path / "x", "x", largest=LARGEST) == "Köln\r\n"


def test_what_is_wrong_with_a_file_is_german_where_german_is_spoken(tmp_path):
    (tmp_path / "plan.yaml").write_text("a")
    with speaking("de"):
        assert told(tmp_path / "x") == "keine solche Datei"
        assert told(tmp_path / "plan.yml") == "keine solche Datei; meinten Sie 'plan.yaml'?"
        assert told(tmp_path) == "ist ein Ordner; erwartet: eine Datei"


def test_a_study_is_a_file(tmp_path, pipe):
    for place in (pipe, tmp_path, Path("/dev/null")):
        with pytest.raises(InputError, match="expected a file"):
            Study(place, {})
    check_file(tmp_path / "new", "new")


def test_a_pipe_in_the_place_of_a_result_is_not_waited_for(tmp_path, pipe):
    part = {"made by": MADE_BY, "format": FORMAT, "parts": {"answer": {"files": {}}}}
    part["parts"]["answer"]["files"]["pipe"] = {"size": 0, "sha256": "0" * 64}
    (tmp_path / "fwsim-manifest.json").write_text(json.dumps(part))
    with pytest.raises(InputError, match=r"is a pipe \(FIFO\); expected a file"):
        read_saved(tmp_path, lambda saved: saved.path(pipe.name))


@pytest.mark.usefixtures("pipe")
def test_a_folder_of_pipes_is_looked_through_without_waiting(tmp_path):
    (tmp_path / "plan.json").write_text(
        '{"made by": "fwsim hand-over", "files": {"pipe": "1", "x": "2"}}'
    )
    assert handed_files(tmp_path) == []
    (tmp_path / "plan.json").unlink()
    os.mkfifo(tmp_path / "plan.json")
    reader = threading.Thread(target=handed_files, args=(tmp_path,), daemon=True)
    reader.start()
    reader.join(20)
    assert not reader.is_alive()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\x1f\x8b\x08\x00\xff\xff", "is packed with gzip; unpack it first"),
        (b"PK\x03\x04\xff\0xl/workbook.xml", "is a workbook of a spreadsheet; expected text"),
        (b"PAR1\xff\0", "is Parquet; expected text"),
        (b"\x7fELF\xff\0", "is a program; expected text"),
        (b"name: \xff\0", "is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_told_by_what_it_is(tmp_path, raw, message):
    (tmp_path / "x").write_bytes(raw)
    with pytest.raises(InputError) as refused:
        read_text(tmp_path / "x", "x", largest=LARGEST)
    assert [problem.message for problem in refused.value.problems] == [message]


def test_a_name_nearby_is_told_in_letters_that_can_be_printed(tmp_path):
    (tmp_path / os.fsdecode(b"K\xf6ln.yaml")).touch()
    hint = nearest_file(tmp_path / "Kln.yaml")
    assert "ln.yaml" in hint
    hint.encode()
