"""The worked example in scenarios/learnt: made again, it is what lies there."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__

import fwsim as package
from tests.cli.command_line import fwsim
from tests.tiers import in_both_tiers

FOLDER = Path(__file__).parent.parent.parent / "scenarios" / "learnt"
MADE = ("devices.csv", "truth.yaml", "pilot-status-log.csv", "pilot-web.log")
LEARNT = ("learnt.yaml", "learnt-draws.csv")
ROOT = FOLDER.parent.parent
PAGE = ROOT / "docs" / "learning.md"


def remake():
    """The script that makes the example."""
    spec = importlib.util.spec_from_file_location("remake", FOLDER / "remake.py")
    module = sys.modules["remake"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script():
    return remake()


@pytest.fixture(scope="module")
def made(script, tmp_path_factory):
    """A folder with the pilot as it is made now."""
    folder = tmp_path_factory.mktemp("learnt")
    script.write_inputs(folder)
    return folder


@pytest.fixture(scope="module")
def again(script, made):
    """The folder with what is learnt of it now."""
    folder = made
    with contextlib.chdir(folder):
        ended = fwsim(*script.LEARN, "--quiet", "--pseudonymise")
    assert ended.code == 0, ended.text
    (folder / "printed").write_bytes(ended.out)
    return folder


@pytest.mark.parametrize("processor", ["Haswell", pytest.param("Nehalem", marks=pytest.mark.slow)])
def test_the_same_is_learnt_whatever_libraries_of_numbers_make_of_the_processor(
    made, tmp_path, processor
):
    folder = tmp_path / "learnt"
    shutil.copytree(made, folder)
    shutil.copy(FOLDER / "before.yaml", folder)
    code = "import sys; from fwsim.cli import main; main(sys.argv[1:])"
    words = [*remake().LEARN, "--quiet"]
    subprocess.run(
        [sys.executable, "-c", code, *(word for word in words if word != "--report")],
        cwd=folder,
        env={
            **os.environ,
            "OPENBLAS_CORETYPE": processor,
            "NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__),
            "PYTHONPATH": str(ROOT),
        },
        check=True,
        capture_output=True,
    )
    for name in LEARNT:
        assert (folder / name).read_bytes() == (FOLDER / name).read_bytes(), "run make learnt"


@pytest.mark.parametrize("name", MADE)
def test_the_pilot_is_made_as_it_lies_there(made, name):
    assert (made / name).read_bytes() == (FOLDER / name).read_bytes(), "run make learnt"


@pytest.mark.slow
@pytest.mark.parametrize("name", LEARNT)
def test_what_is_learnt_of_it_lies_there_byte_by_byte(again, name):
    """With pseudonyms, while the script has none: they change nothing of what is learnt."""
    assert (again / name).read_bytes() == (FOLDER / name).read_bytes(), "run make learnt"


def test_the_docs_name_the_command_that_the_script_gives(script):
    assert " ".join(["fwsim", *script.LEARN]) in PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_docs_show_what_the_command_prints(again):
    page = PAGE.read_text(encoding="utf-8")
    printed = (again / "printed").read_text(encoding="utf-8").partition("\n\nWritten to")[0]
    assert "\n".join(line.rstrip() for line in printed.splitlines()) in page, "run make docs"


@in_both_tiers("now", short=False, long=True)
def test_no_device_of_the_pilot_is_named_in_what_was_learnt(script, now, request):
    """Neither in what lies there nor in what is learnt now."""
    folder = request.getfixturevalue("again") if now else FOLDER
    names = [device.name for device in script.devices()]
    for file in (*LEARNT, "learnt-fits.png"):
        content = (folder / file).read_bytes()
        assert [name for name in names if name.encode() in content] == []


def test_what_was_learnt_is_nearer_to_the_truth_than_what_was_believed():
    """Every belief of a share of answers moved towards what is true."""
    before, learnt, truth = (
        package.load(FOLDER / f"{name}.yaml") for name in ("before", "learnt", "truth")
    )
    for kind in ("office", "counter"):
        for button in ("now", "defer"):
            told = [float(getattr(s.people[kind].answer, button)) for s in (before, learnt, truth)]
            assert abs(told[1] - told[2]) < abs(told[0] - told[2])


def test_lines_that_the_pilot_used_are_known_to_a_few_per_cent(script):
    learnt, truth = (package.load(FOLDER / f"{name}.yaml") for name in ("learnt", "truth"))
    for site in script.PILOT_SITES:
        found = learnt.network.sites[site].line_factor
        assert float(found) == pytest.approx(float(truth.network.sites[site].line_factor), rel=0.15)
