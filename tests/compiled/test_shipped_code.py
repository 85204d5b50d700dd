"""Machine code that a wheel carries: used on processors it was made for, if it is whole."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from fwsim.compiled import kept_code, machine_code, processor, shipped_code
from fwsim.compiled.code_names import shipped_name
from fwsim.compiled.kept_code import CodeCacheWarning
from fwsim.compiled.processor import COMMON, Processor
from fwsim.compiled.wrapped_code import wrapped

ROOT = Path(__file__).parents[2]
CODE = b"\x7fELF" + bytes(range(256))
ABLE = Processor("rocketlake", f"{COMMON.features},+avx512f")
OLD = Processor("sandybridge", COMMON.features.replace("+avx2", "-avx2"))


@pytest.fixture
def came(monkeypatch, tmp_path):
    """Return the file of code that has come with fwsim, on a Linux that can run it."""
    monkeypatch.setattr(shipped_code, "shipped_folder", lambda: tmp_path)
    monkeypatch.setattr(kept_code, "_SAID", set())
    on(monkeypatch, ABLE)
    file = tmp_path / shipped_name()
    file.write_bytes(wrapped(CODE, file.name))
    return file


def on(monkeypatch, made_for, triple="x86_64-unknown-linux-gnu"):
    import llvmlite.binding as llvm

    monkeypatch.setattr(processor, "this_processor", lambda: made_for)
    monkeypatch.setattr(llvm, "get_process_triple", lambda: triple)


def test_code_that_came_is_used(came):
    assert shipped_code.shipped_code() == CODE


def test_a_clone_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped_code, "shipped_folder", lambda: tmp_path / "nowhere")
    assert shipped_code.shipped_code() is None


def test_code_of_other_sources_is_left_alone(came):
    came.rename(came.with_name(f"clock-{COMMON.name}-0.bin"))
    assert shipped_code.shipped_code() is None


@pytest.mark.parametrize(
    ("made_for", "triple"),
    [
        (OLD, "x86_64-unknown-linux-gnu"),
        (ABLE, "x86_64-pc-windows-msvc"),
        (ABLE, "aarch64-unknown-linux-gnu"),
    ],
)
def test_a_machine_that_cannot_run_it_compiles_its_own(came, monkeypatch, made_for, triple):
    on(monkeypatch, made_for, triple)
    assert shipped_code.shipped_code() is None


@pytest.mark.parametrize(
    "data", [b"", CODE, wrapped(CODE, "clock-1.bin"), wrapped(CODE, shipped_name())[:-1]]
)
def test_what_is_damaged_or_of_another_name_is_said_and_not_used(came, data):
    came.write_bytes(data)
    with pytest.warns(CodeCacheWarning, match=f"{came.name} cannot be used"):
        assert shipped_code.shipped_code() is None
    assert not shipped_code.is_shipped()


def test_with_it_nothing_is_compiled_and_nothing_looked_for_in_the_cache(came, monkeypatch):
    loaded = []
    monkeypatch.delenv("FWSIM_INTERPRET", raising=False)
    monkeypatch.setattr(machine_code, "is_interpreted", lambda: False)
    monkeypatch.setattr(machine_code, "_LOADED", loaded)
    monkeypatch.setattr(machine_code, "_load", lambda code: SimpleNamespace(code=code, series=None))
    monkeypatch.setattr(kept_code, "code_folder", lambda: came.parent / "empty")
    monkeypatch.setattr(machine_code, "work_with", lambda _: None)
    assert machine_code.is_at_hand()
    assert machine_code.machine_code(lambda: pytest.fail("it was compiled")).code == CODE


def test_where_it_cannot_be_made_nothing_is(monkeypatch, tmp_path, capsys):
    on(monkeypatch, OLD)
    shipped_code.main(tmp_path / "code")
    assert not (tmp_path / "code").exists()
    assert capsys.readouterr().err == "no machine code is made: this is no Linux on x86-64-v3\n"


def test_it_is_made_for_common_processors_and_its_place_is_printed(monkeypatch, tmp_path, capsys):
    on(monkeypatch, ABLE)
    made_for = []
    monkeypatch.setattr(
        shipped_code, "compiled_elsewhere", lambda processor: made_for.append(processor) or CODE
    )
    shipped_code.main(tmp_path)
    [file] = tmp_path.iterdir()
    assert capsys.readouterr().out == f"{file}\n"
    assert (made_for, file.read_bytes()) == ([COMMON], wrapped(CODE, shipped_name()))


def test_a_wheel_has_it_where_fwsim_looks_for_it(monkeypatch):
    pytest.importorskip("hatchling")
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))["WhatIsMade"]
    monkeypatch.setenv("FWSIM_MACHINE_CODE", "out/clock-1.bin")
    build_data = {"force_include": {}, "artifacts": []}
    hook.initialize(SimpleNamespace(root=ROOT), "standard", build_data)
    place = build_data["force_include"]["out/clock-1.bin"]
    package = Path(shipped_code.__file__).parents[2]
    assert package / place == shipped_code.shipped_folder() / "clock-1.bin"
