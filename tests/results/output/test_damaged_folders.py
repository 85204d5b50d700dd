"""Damaged folders of results: each gets a sentence, none builds what it only declares."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fwsim.messages import GERMAN, speaking
from fwsim.problems import InputError
from fwsim.results.output import properties, report_figures
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.output.folder.manifest import MANIFEST, read_manifest
from fwsim.results.output.properties import properties_window
from fwsim.results.output.report import write_report
from tests.tiers import EXAMPLES

SAMPLE = Path(__file__).parent / "data" / "c1a5ff8"


def test_a_run_without_a_measure_that_every_run_has_is_told(answer):
    measures = json.loads((answer / "setting.json").read_text(encoding="utf-8"))["measures"]
    values = arrays_of(answer / "runs.npz")["values"].copy()
    values[1, measures.index("time to 90 %")] = np.nan
    with_array(answer / "runs.npz", "values", npy(values))
    assert "is not a number in some run" in told(answer)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("setting.json", b"{", "setting.json ist kein JSON mehr"),
        ("setting.json", b"{}", "measures fehlt"),
        ("summary.json", b'{"precision": null}', "provenance fehlt"),
        ("runs.npz", b"PK", "runs.npz ist abgeschnitten oder beschädigt"),
    ],
)
def test_in_german_damage_is_told_in_german(answer, name, content, words):
    (answer / name).write_bytes(content)
    with speaking(GERMAN):
        assert f"können nicht gelesen werden: {words}" in told(answer)


def test_in_german_a_wrong_value_and_wrong_arrays_are_told_in_german(answer):
    setting = json.loads((answer / "setting.json").read_text(encoding="utf-8"))
    kept, setting["horizon"] = json.dumps(setting), 0
    (answer / "setting.json").write_text(json.dumps(setting), encoding="utf-8")
    with speaking(GERMAN):
        assert "horizon ist nicht so, wie fwsim es schreibt" in told(answer)
        (answer / "setting.json").write_text(kept, encoding="utf-8")
        with_array(answer / "runs.npz", "step", npy(np.array([0])))
        assert "step ist nicht so, wie fwsim es schreibt" in told(answer)
        with_array(answer / "runs.npz", "step", npy(np.array([1, 2])))
        assert "step hat die Form (2,); erwartet: (1,)" in told(answer)


def test_a_measure_whose_name_is_a_number_is_told(answer):
    setting = json.loads((answer / "setting.json").read_text(encoding="utf-8"))
    setting["measures"][0] = 0
    (answer / "setting.json").write_text(json.dumps(setting), encoding="utf-8")
    assert "these results cannot be read" in told(answer)


SHORT, LONG = 20, 20 + EXAMPLES
DEVICE = "020000000000"
ODD = (
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    float("nan"),
    float("-inf"),
    "",
    "x",
    "\ud800",
    [],
    {},
    [None],
    [[]],
    {"a": 1},
    "a" * 10_000,
    "Europe/Berlin",
    "9999-12-31T23:59:59+00:00",
    "<b>",
    "\x1b[2J",
)


@pytest.fixture
def answer(tmp_path):
    """An answer without a manifest, so that whatever lies there is read."""
    shutil.copytree(SAMPLE / "answer", tmp_path / "answer")
    return tmp_path / "answer"


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as arrays:
        return {name: arrays[name] for name in arrays.files}


def with_array(path: Path, name: str, content: bytes) -> None:
    """Put other bytes in the place of one array."""
    with zipfile.ZipFile(path) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    files[f"{name}.npy"] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in files.items():
            archive.writestr(entry, data)


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def declaring(shape: tuple[int, ...]) -> bytes:
    """Return an array that says it has this shape, and has eight bytes."""
    buffer = io.BytesIO()
    header = {"descr": "<i8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + 8 * b"\0"


def told(folder: Path) -> str:
    with pytest.raises(InputError) as refused:
        load_answer(folder)
    with pytest.raises(InputError):
        write_report(folder)
    return str(refused.value)


def test_a_head_that_declares_seven_tebibytes_builds_nothing(answer):
    with_array(answer / "runs.npz", "stages", declaring((10**12,)))
    assert "stages.npy declares 8,000,000,000,000 bytes and holds others" in told(answer)
    with_array(answer / "runs.npz", "stages", declaring((2**62, 2**62)))
    assert "cannot be read" in told(answer)


@pytest.mark.parametrize("name", ["summary.json", "setting.json"])
@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "",
        "null",
        "[]",
        "9" * 9999,
        '{"measures": "\\ud800"}',
        "\x00",
        "NaN",
    ],
)
def test_json_that_is_none_of_fwsims_is_told(answer, name, content):
    (answer / name).write_text(content)
    assert "these results cannot be read" in told(answer)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("stages", np.zeros((3, 11, 5), np.int32)),
        ("stages", np.zeros(0)),
        ("number", np.array([0, 1], np.int64)),
        ("number", np.array(3)),
        ("number", np.array(["a", "b", "c"])),
        ("number", np.array([{}], object)),
        ("values", np.full((3, 46), -1.0)),
        ("step", np.array([0], np.int64)),
        ("first_command", np.array([-1, 0, 0], np.int64)),
        ("first_command", np.array([2**62] * 3, np.int64)),
        ("site_hours", np.array([[99], [0], [1]], np.int64)),
        ("site_hours", np.array([[0], [10**6], [1]], np.int64)),
        ("spent_by_all", np.full((3, 9), np.nan)),
        ("evil", np.zeros(3)),
    ],
)
def test_arrays_of_another_answer_are_told(answer, name, array):
    with_array(answer / "runs.npz", name, npy(array))
    assert "these results cannot be read" in told(answer)


def test_a_table_that_is_none_is_told(answer):
    for content in (b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'"', b"device,device\n1,2\n"):
        (answer / "devices.csv").write_bytes(content)
        with pytest.raises(InputError):
            properties_window(answer, DEVICE)


def test_a_table_that_unpacks_to_far_more_than_it_says_is_told(answer, monkeypatch):
    monkeypatch.setattr(properties, "LARGEST_TABLE", 10**6)
    devices = pd.read_csv(answer / "devices.csv", dtype=str)
    (answer / "devices.csv").unlink()
    many = pd.concat([devices.assign(detail="x" * 1000)] * 2000)
    many.to_parquet(answer / "devices.parquet")
    assert (answer / "devices.parquet").stat().st_size < 100_000
    with pytest.raises(InputError, match="unpacks to more than"):
        properties_window(answer, DEVICE)


def test_a_code_no_server_writes_is_shown_as_it_is(answer):
    text = (answer / "jobs.csv").read_text().splitlines()
    (answer / "jobs.csv").write_text(f"{text[0]}\nDE-1,1,x,99,7\n")
    window = properties_window(answer, DEVICE)
    assert "start state 'x', state 99 (unknown), result 7 (unknown)" in window


def test_a_log_that_no_clock_writes_is_not_drawn(answer):
    log = (answer / "status-log.csv").read_text()
    for odd in (
        log.replace("PROBING", "NOWHERE"),
        log.replace("2024-01-08T", "2024-13-08T"),
        log.replace("T09:", "T99:"),
    ):
        (answer / "status-log.csv").write_text(odd)
        with pytest.raises(InputError, match="status-log holds what fwsim does not write"):
            write_report(answer)


def flipped(raw: bytes, rng: random.Random) -> bytes:
    bent = bytearray(raw)
    for _ in range(rng.randint(1, 20)):
        bent[rng.randrange(len(bent))] = rng.randrange(256)
    return bytes(bent)


OF_BYTES = {
    "cut": lambda raw, rng: raw[: rng.randrange(len(raw))],
    "flip": flipped,
    "noise": lambda _, rng: rng.randbytes(rng.randrange(3000)),
    "empty": lambda _, __: b"",
    "double": lambda raw, _: raw + raw,
}


def damage(folder: Path, rng: random.Random) -> str:
    """Damage a folder in one of many ways; say how."""
    path = rng.choice(sorted(p for p in folder.iterdir() if p.is_file()))
    way = rng.choice((*OF_BYTES, "gone", "folder", "value", "value", "array", "array"))
    if way in OF_BYTES:
        path.write_bytes(OF_BYTES[way](path.read_bytes(), rng))
    elif way in {"gone", "folder"}:
        path.unlink()
        if way == "folder":
            path.mkdir()
    elif way == "value":
        path = folder / rng.choice(("setting.json", "summary.json"))
        data = json.loads(path.read_text())
        put_odd(data, rng)
        path.write_text(json.dumps(data))
    else:
        path = folder / "runs.npz"
        bend_an_array(path, rng)
    return f"{way} of {path.name}"


def bend_an_array(path: Path, rng: random.Random) -> None:
    """Put an odd number into one of the arrays."""
    arrays = arrays_of(path)
    name = rng.choice(sorted(arrays))
    array = arrays[name].copy()
    odd = rng.choice((0, 1, -1, 2**31 - 1, 1e300, np.nan, np.inf, -np.inf))
    if array.dtype.kind != "f" and not abs(odd) < 2**31:
        odd = np.iinfo(array.dtype).max
    if array.size:
        with np.errstate(over="ignore"):
            array.flat[rng.randrange(array.size)] = array.dtype.type(odd)
    with_array(path, name, npy(array))


def put_odd(data: dict, rng: random.Random) -> None:
    """Put something odd somewhere into plain data."""
    here = data
    while True:
        key = rng.choice(sorted(here)) if isinstance(here, dict) else rng.randrange(len(here))
        below = here[key]
        if isinstance(below, (dict, list)) and below and rng.random() < 0.7:
            here = below
            continue
        here[key] = rng.choice(ODD)
        return


def check(number: int, folder: Path, name: str) -> None:
    rng = random.Random(number)  # noqa: S311 - a game of chance
    shutil.copytree(SAMPLE / name, folder)
    how = damage(folder, rng)
    for use in (write_report, lambda place: properties_window(place, DEVICE)):
        try:
            with suppress(InputError):
                use(folder)
        except Exception as error:
            raise AssertionError(f"seed {number}, {how}: {type(error).__name__}") from error
    shutil.rmtree(folder)


@pytest.mark.slow
def test_damaged_folders_get_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(report_figures, "drawn", lambda _: ("", ""))
    for number in range(SHORT):
        check(number, tmp_path / str(number), "answer")


@pytest.mark.slow
def test_many_damaged_folders_get_a_sentence(tmp_path):
    for number in range(SHORT, LONG):
        check(number, tmp_path / str(number), "answer")


def test_a_manifest_that_may_not_be_read_is_not_told_to_be_damaged(answer):
    path = answer / ("x" * 300) / MANIFEST  # the system refuses it, as it does what is root's
    with pytest.raises(InputError, match=r"error: cannot be read: \w") as caught:
        read_manifest(path)
    assert "damaged" not in str(caught.value)


def test_what_was_damaged_since_is_told_by_the_manifest(answer):
    save_answer(load_answer(answer), answer.parent / "new")
    path = answer.parent / "new" / "runs.npz"
    path.write_bytes(path.read_bytes()[:-1])
    assert "runs.npz was changed or damaged since fwsim wrote it" in told(answer.parent / "new")
    (answer.parent / "new" / MANIFEST).unlink()
    assert "these results cannot be read: runs.npz is cut off or damaged" in told(
        answer.parent / "new"
    )


@pytest.mark.skipif(os.name != "posix", reason="links to themselves")
def test_a_file_that_may_not_be_read_is_not_told_to_be_damaged(answer):
    save_answer(load_answer(answer), answer.parent / "new")
    path = answer.parent / "new" / "runs.npz"
    path.unlink()
    path.symlink_to(path)  # the system refuses it, as it does what is root's
    assert f"{path}: error: cannot be read: " in told(answer.parent / "new")
