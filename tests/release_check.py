"""``make release-check``: build the package, install it where nothing else is, and use it.

For every Python at hand: an environment of its own, an empty home, no make and no compiler on the
way to programs; there a newcomer's path is walked, each step timed, and what it leaves is the same
on all, byte for byte. For the others it is only asked whether binary wheels would do; that is said.
With ``--show`` it prints what a newcomer reads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from build_version import version
from fwsim.compiled.processor import is_common
from fwsim.messages import say
from tests.newcomers_path import StrayedError, walked

ROOT = Path(__file__).parent.parent
SUPPORTED = ("3.11", "3.12", "3.13")
EXTRAS = "app,excel,notebook,plan"
IN_THE_WHEEL = (
    "fwsim/py.typed",
    "fwsim/messages/english.toml",
    "fwsim/results/output/report.html.j2",
    "fwsim/notebook/app/jupyter/voila/templates/fwsim/index.html.j2",
)
NOT_IN_IT = ("tests/", "docs/", ".venv/", "build_version.py")
HEAVIEST = 600
"""MB that fwsim and what it cannot do without may weigh, the environment's pip included."""


SAME_EVERYWHERE = ("out/*/*.csv", "out/*/runs.npz", "plan/scenario.yaml", "ours.yaml")
"""What a newcomer has made that names neither the Python nor the moment of its making."""


class CheckFailedError(Exception):
    """A release that must not be made."""


def run(*command: object, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command; return what it printed."""
    words = [str(word) for word in command]
    env = {**(os.environ if env is None else env), "PYTHONPATH": ""}  # not the clone's fwsim
    done = subprocess.run(
        words, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise CheckFailedError(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def built(folder: Path) -> Path:
    """Build the wheel with the locked build tools, and look into it."""
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    code = run(sys.executable, "-m", "fwsim.compiled.shipped_code", folder, cwd=ROOT).strip()
    env = {**os.environ, "FWSIM_MACHINE_CODE": code}
    run(*pip, "--wheel-dir", folder, ROOT, cwd=folder, env=env)
    [wheel] = folder.glob("fwsim-*.whl")
    if f"-{version()}-" not in wheel.name:
        raise CheckFailedError(f"{wheel.name} is not of version {version()}")
    names = zipfile.ZipFile(wheel).namelist()
    shipped = (f"fwsim/compiled/shipped/{Path(code).name}",) if code else ()
    missing = [name for name in (*IN_THE_WHEEL, *shipped) if name not in names]
    strange = [name for name in names if name.startswith(NOT_IN_IT)]
    if missing or strange:
        raise CheckFailedError(f"{wheel.name}: missing {missing}, not to be there {strange}")
    return wheel


def pythons() -> dict[str, str]:
    """Return the supported Pythons at hand, by their version."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    others = {name: path for name in SUPPORTED if (path := _python(name))}
    return others | {here: sys.executable}


def _python(version: str) -> str | None:
    """Return a Python that runs: on the path, or kept by pyenv, whose shim alone is none."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = shutil.which(f"python{version}")
    for path in (named, *sorted(map(str, kept.glob(f"{version}.*/bin/python{version}")))):
        if path and _runs(path):
            return path
    return None


def _runs(python: str) -> bool:
    asked = subprocess.run([python, "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def use(wheel: Path, name: str, python: str, folder: Path) -> dict[str, str]:
    """Install the wheel for a Python, weigh it, and use it as a newcomer would.

    Returns
    -------
    dict
        Digests of the files that are the same wherever they are made, by their names.
    """
    place = folder / "environment"
    run(python, "-m", "venv", place, cwd=folder)
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    began = time.monotonic()
    lock = ("--constraint", ROOT / "constraints.txt")
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:")
    run(*pip, wheel, *lock, cwd=folder)
    took = time.monotonic() - began
    weight, code = weights(place)
    print(f"Python {name}: installed in {took:.0f} s; {weight} MB, {code} MB of it byte code")
    if weight > HEAVIEST:
        raise CheckFailedError(f"it weighs more than {HEAVIEST} MB")
    told = run(programs / "fwsim", "--version", cwd=folder)
    if not told.rstrip().endswith(version()):
        raise CheckFailedError(f"it says of itself {told!r}")
    whole = 0.0
    for step, seconds, told in walked(programs, folder):
        whole += seconds
        print(f"{seconds:6.1f} s  {' '.join(step.typed)}", flush=True)
        if is_common() and say("engine.compiling") in told:
            raise CheckFailedError("the clock was compiled, although machine code came with it")
        if "--show" in sys.argv:
            print(told)
    print(f"Python {name}: from nothing to a plan handed over in {took + whole:.0f} s")
    shutil.rmtree(place)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for form in SAME_EVERYWHERE
        for path in folder.glob(f"work/{form}")
    }


def compare(made: dict[str, dict[str, str]]) -> None:
    """Refuse a release that makes other files on one Python than on another."""
    first, *others = made
    for other in others:
        digests = made[first].items() ^ made[other].items()
        if different := sorted({name for name, _ in digests}):
            raise CheckFailedError(f"Python {first} and {other} differ in {', '.join(different)}")
    print(f"the same {len(made[first])} files on Python {', '.join(made)}")


def weights(folder: Path) -> tuple[int, int]:
    """Return what a folder weighs, and what of it is Python's byte code, in MB."""
    sizes = [(file.stat().st_size, file.suffix) for file in folder.rglob("*") if file.is_file()]
    whole = sum(size for size, _ in sizes)
    code = sum(size for size, suffix in sizes if suffix == ".pyc")
    return round(whole / 1e6), round(code / 1e6)


def exact(program: str | None, python: str) -> str:
    """Return the version of a Python at hand to the last digit: 3.11 alone would be 3.11.0."""
    if program is None:
        return python
    code = "import platform; print(platform.python_version())"
    return run(program, "-c", code, cwd=ROOT).strip()


def resolved(wheel: Path, python: str, folder: Path) -> None:
    """Ask whether there are binary wheels of everything, all extras among it."""
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed")
    only = ("--only-binary", ":all:", "--python-version", python, "--target", folder / "nowhere")
    lock = ("--constraint", ROOT / "constraints.txt")
    run(*pip, *only, f"{wheel}[{EXTRAS}]", *lock, cwd=folder)


def main() -> None:
    """Check a release; the exit code says whether it may be made."""
    with tempfile.TemporaryDirectory(prefix="fwsim-release-") as name:
        folder = Path(name)
        try:
            wheel = built(folder)
            print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
            at_hand, made = pythons(), {}
            for python in SUPPORTED:
                own = folder / python
                own.mkdir()
                if python in at_hand:
                    made[python] = use(wheel, python, at_hand[python], own)
                resolved(wheel, exact(at_hand.get(python), python), own)
                rest = "" if python in at_hand else "; not run, for it is not here"
                print(f"Python {python}: binary wheels for [{EXTRAS}]{rest}")
            compare(made)
        except (CheckFailedError, StrayedError) as error:
            print(error)
            sys.exit(1)


if __name__ == "__main__":
    main()
