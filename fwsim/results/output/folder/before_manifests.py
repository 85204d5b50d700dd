"""Folders that fwsim wrote before it kept manifests: known by what lies in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fwsim.input_file import first_bytes, read_bytes
from fwsim.problems import InputError
from fwsim.results.output.folder.manifest import Content, Part, Parts

LARGEST = 50_000_000
FORMS = ("csv", "parquet", "jsonl")
SAMPLE_RUN_TABLES = ("status-log", "devices", "jobs", "update-log", "link-load")
ANSWER_TABLES = ("measures", "replications")
_HEADS = {
    "comparison": ("comparison.csv", b"measure,plan,against,"),
    "stages": ("stages.csv", b"policy,"),
}
_BESIDE = {"stages": ("stages.png",)}
_SEARCH = ("search.json", "plans.csv", "plans.png")
HANDED_BY = "fwsim hand-over"


def parts_before_manifests(folder: Path) -> Parts:
    """Return the parts of a folder that has no manifest; empty if it is not fwsim's."""
    parts: dict[str, Part] = {}
    handed = _handed(folder)
    if handed.files:
        parts["plan"] = handed
    summary = _json(folder / "summary.json")
    versions = summary.get("provenance", {})
    if isinstance(versions, dict) and "scenario_sha256" in versions:
        parts |= _of_a_run(folder, is_answer="requested" in summary)
    for name, (file, head) in _HEADS.items():
        if _begins(folder / file, head):
            parts[name] = _present(folder, (file, *_BESIDE.get(name, ())))
    if {"question", "verdict", "provenance"} <= _json(folder / "search.json").keys():
        parts["search"] = _present(folder, _SEARCH).without(handed.files)
    return parts


def _of_a_run(folder: Path, *, is_answer: bool) -> dict[str, Part]:
    sample_run = [f"{table}.{form}" for table in SAMPLE_RUN_TABLES for form in FORMS]
    answer = [f"{table}.{form}" for table in ANSWER_TABLES for form in FORMS]
    answer += ["runs.npz", "setting.json"]
    (answer if is_answer else sample_run).append("summary.json")
    parts = {"story": _present(folder, sample_run), "report": _present(folder, ["report.html"])}
    return {**parts, "answer": _present(folder, answer)} if is_answer else parts


def _present(folder: Path, names: Any) -> Part:
    return Part({name: Content.of(folder / name) for name in names if (folder / name).is_file()})


def _handed(folder: Path) -> Part:
    """Return what a hand-over lists, each with the hash it had then."""
    listed = _json(folder / "plan.json")
    files = listed.get("files")
    if listed.get("made by") != HANDED_BY or not isinstance(files, dict):
        return Part({})
    contents = {
        name: Content((folder / name).stat().st_size, digest)
        for name, digest in files.items()
        if isinstance(digest, str)
        and digest
        and name == Path(name).name
        and (folder / name).is_file()
    }
    if not contents:
        return Part({})
    return Part({**contents, "plan.json": Content.of(folder / "plan.json")})


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_bytes(path, path.name, largest=LARGEST))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _begins(path: Path, head: bytes) -> bool:
    try:
        return first_bytes(path, str(path), len(head)) == head
    except InputError:
        return False
