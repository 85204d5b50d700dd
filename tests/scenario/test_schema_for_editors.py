"""What fwsim takes, an editor that holds it against ``fwsim schema`` takes as well."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

import fwsim
from fwsim.scenario.document_reading import read_document

ROOT = Path(__file__).parents[2]
EDITOR = jsonschema.Draft202012Validator(fwsim.schema())
GOOD = """zone: UTC
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
commands: [{update: DE}]
"""
# Beside whole scenarios there are files of what one does next; they have no zone.
FILES = [
    *(p for p in sorted((ROOT / "scenarios").rglob("*.yaml")) if "\nzone:" in p.read_text("utf-8")),
    ROOT / "tests" / "data" / "secrets" / "everywhere.yaml",
    ROOT / "tests" / "data" / "format-1" / "scenario.yaml",
]


def written(text: str):
    return read_document(text, "s.yaml").data


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_and_what_is_saved_of_it_fit_the_schema(path):
    EDITOR.validate(written(path.read_text(encoding="utf-8")))
    EDITOR.validate(fwsim.load(path).as_data())


@pytest.mark.parametrize("password", ["secret", "''", "'5'", "true", "false", "null", "'***'"])
def test_a_password_is_text_or_whether_there_is_one(tmp_path, password):
    text = f"{GOOD}firmware: {{user: bob, password: {password}}}\n"
    scenario = fwsim.loads(text, folder=tmp_path)
    EDITOR.validate(written(text))
    EDITOR.validate(scenario.as_data())


@pytest.mark.parametrize("password", ["5", "5.0", "[a]", "{a: 1}"])
def test_a_password_that_is_no_text_is_refused_by_both(tmp_path, password):
    text = f"{GOOD}firmware: {{user: bob, password: {password}}}\n"
    with pytest.raises(fwsim.InputError, match="expected text"):
        fwsim.loads(text, folder=tmp_path)
    assert not EDITOR.is_valid(written(text))
