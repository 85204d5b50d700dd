"""Compiling in a process of its own: what it hands over, and Ctrl-C at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import joblib
import pytest

from fwsim.compiled import building
from fwsim.compiled.building import compiled_elsewhere
from fwsim.compiled.object_files import unpacked

UNITS = "out = sys.stdout.buffer; out.write(b'unit 1 2\\nunit 2 2\\n'); out.flush();"
FOR_EVER = "import sys, time; " + UNITS + " time.sleep(600)"
HALF = "import sys, time; out = sys.stdout.buffer; out.write(b'unit 2 2\\ncode 9\\n1234');"
MOMENTS = {
    "before a word": "import time; time.sleep(600)",
    "in the middle": FOR_EVER,
    "in the code": HALF + " out.flush(); time.sleep(600)",
}
SCENARIO = Path(__file__).parents[2] / "scenarios" / "manual-example.yaml"


def program(monkeypatch, code, parts=1):
    """Let each process, of the parts and the linker, run this instead of the compiler."""
    monkeypatch.setattr(building, "PROGRAM", code)
    monkeypatch.setattr(building, "MOST_PARTS", parts)


def test_the_code_comes_back_whole_and_progress_is_told(monkeypatch):
    program(monkeypatch, "import sys; " + UNITS + " out.write(b'code 4\\n\\x00\\n12')")
    told = []
    code = compiled_elsewhere(lambda *counts: told.append(counts))
    assert unpacked(code) == [b"\x00\n12", b"\x00\n12"]
    assert told == [(1, 2), (2, 2)]


LINKER = """
import sys
what, _name, _features, which, *sizes = sys.argv[2:]
if what == "link":
    code = which.encode() + b": " + b"+".join(sys.stdin.buffer.read(int(size)) for size in sizes)
else:
    code = b"part " + which.encode()
out = sys.stdout.buffer
out.write(b"unit 1 2\\ncode %d\\n" % len(code) + code)
"""


def test_parts_are_compiled_by_processes_and_linked_in_their_order(monkeypatch):
    program(monkeypatch, LINKER, parts=2)
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    told = []
    code = compiled_elsewhere(lambda *counts: told.append(counts))
    assert unpacked(code) == [b"0: part 0+part 1", b"1: part 0+part 1"]
    assert told == [(1, 2), (2, 2)]


def test_a_part_that_dies_ends_the_others(monkeypatch):
    code = "import sys, time; sys.argv[5] == '1' and sys.exit('no room'); time.sleep(600)"
    program(monkeypatch, code, parts=2)
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    with pytest.raises(RuntimeError, match="no room"):
        compiled_elsewhere()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise OSError('no room')", "OSError: no room"),
        ("import sys; sys.exit(3)", "ended without a message"),
        (HALF, "ended without a message"),
        ("import os; os.kill(os.getpid(), 9)", "ended without a message"),
    ],
)
def test_a_compiler_that_dies_is_told_with_its_last_line(monkeypatch, code, said):
    program(monkeypatch, code)
    with pytest.raises(RuntimeError, match=said):
        compiled_elsewhere()


def test_the_present_folder_is_not_on_the_path_of_the_process(monkeypatch, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    code = "import json, sys; sys.stdout.buffer.write(b'code 1\\n1')"
    program(monkeypatch, code)
    assert unpacked(compiled_elsewhere()) == [b"1", b"1"]


def test_ctrl_c_while_progress_is_told_is_raised(monkeypatch):
    program(monkeypatch, FOR_EVER)
    with pytest.raises(KeyboardInterrupt):
        compiled_elsewhere(lambda *_: signal.raise_signal(signal.SIGINT))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_that_something_swallows_is_raised_all_the_same(monkeypatch):
    """In a finaliser, say: an interrupt raised there would be lost."""
    program(monkeypatch, FOR_EVER)

    class Finalised:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        compiled_elsewhere(lambda *_: Finalised() and None)


def test_ctrl_c_at_the_last_moment_is_raised(monkeypatch):
    code = "import sys; " + UNITS + " out.write(b'code 1\\n1')"
    program(monkeypatch, code)
    with pytest.raises(KeyboardInterrupt):
        compiled_elsewhere(
            lambda done, of: signal.raise_signal(signal.SIGINT) if done == of else None
        )


def interrupted_run(cache: Path, code: str) -> tuple[int, str]:
    """Press Ctrl-C for a whole process group, as a terminal does, once the compiler is at work."""
    script = f"""
        import subprocess, sys
        from fwsim.compiled import building
        building.PROGRAM = {code!r}
        listen = building._listen
        def listening(stream, say):
            print("at work", file=sys.stderr, flush=True)
            listen(stream, say)
        building._listen = listening
        from fwsim.cli import main
        main(["run", {str(SCENARIO)!r}])
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stderr=subprocess.PIPE,
        text=True,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    ) as process:
        while "at work" not in process.stderr.readline():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        told = process.stderr.read()
        return process.wait(), told


@pytest.mark.skipif(os.name != "posix", reason="a terminal's process group")
@pytest.mark.parametrize(
    "moment", ["in the middle", *(pytest.param(m, marks=pytest.mark.slow) for m in MOMENTS)]
)
def test_ctrl_c_in_the_first_compile_ends_the_command(tmp_path, moment):
    code, told = interrupted_run(tmp_path, MOMENTS[moment])
    assert code == 130
    assert told.replace("at work\n", "").strip() == "stopped; nothing was written"
    assert not [*tmp_path.rglob("*.*")]
