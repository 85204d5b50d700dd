"""What tests share: their surroundings, a profile for hypothesis, and short stories.

In the stories every second is known. The surroundings are the same however the tests are started:
from a terminal, by a service, in the background, with colours asked for or forbidden.
"""

from __future__ import annotations

import gc
import os
import runpy
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import platformdirs
import pytest
from hypothesis import HealthCheck, settings

import fwsim
from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.messages import ENGLISH, language_of

ROOT = Path(__file__).parent.parent
collect_ignore = ["data"]
"""Samples of files: what they expect is no test of fwsim's."""
TERMINAL = (
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "FORCE_COLOR",
    "JUPYTER_COLUMNS",
    "JUPYTER_LINES",
    "LINES",
    "NO_COLOR",
    "PY_COLORS",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)
"""Variables by which a terminal's user changes what is printed."""
LANGUAGE = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

IGNORABLE = (signal.SIGINT, signal.SIGTERM, *([signal.SIGCHLD] if os.name == "posix" else []))
MOST_SECONDS = 45
"""CPU seconds of a test that is not marked slow; to compile the clock takes more, and on a busy
machine everything does."""


def _settle() -> None:
    """Make the surroundings the usual ones, for this process and those it starts."""
    for name in TERMINAL:
        os.environ.pop(name, None)
    if language_of(os.environ) != ENGLISH:
        for name in LANGUAGE:
            os.environ.pop(name, None)
        os.environ["LANG"] = "C.UTF-8"
    # Tests give processes other homes; the compiled clock is found all the same.
    usual = platformdirs.user_cache_path()
    there = next(place for place in (usual, *usual.parents) if place.exists())
    kept = usual if os.access(there, os.W_OK) else ROOT / ".pytest_cache" / "home"
    os.environ["XDG_CACHE_HOME"] = str(kept)
    # What one process compiles of Python's files the next one need not: dozens are started.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # jsonschema would build a grammar of IRIs, for seconds; no schema of ours names one.
    sys.modules.setdefault("rfc3987_syntax", None)


def _compile_catalogues() -> None:
    """Compile what is translated as a build does, so that no test reads what it was."""
    runpy.run_path(str(ROOT / "hatch_build.py"))["compile_catalogues"](ROOT)


_settle()
_compile_catalogues()


@pytest.fixture(scope="session", autouse=True)
def usual_signals() -> Iterator[None]:
    """Heed the signals that tests send.

    What is started in the background or by a service may have to ignore them, and so would its
    children. SIGHUP stays ignored: that is what ``nohup`` is asked for.
    """
    ignored = [number for number in IGNORABLE if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        is_interrupt = number == signal.SIGINT
        signal.signal(number, signal.default_int_handler if is_interrupt else signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


def _cpu_seconds() -> float:
    """Return what this process and those it has waited for have used."""
    return sum(os.times()[:4])


def _is_compiled() -> bool:
    """Tell whether the clock is; once it is, nobody looks again."""
    global _CLOCK  # noqa: PLW0603
    if not _CLOCK:
        from fwsim.compiled.code_names import code_name
        from fwsim.compiled.kept_code import code_folder

        _CLOCK = (code_folder() / code_name()).exists()
    return _CLOCK


_CLOCK = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail what takes long without being marked so: most of all, to compile the clock again."""
    is_free = item.get_closest_marker("slow") or "browser" in item.path.parts or not _is_compiled()
    before = _cpu_seconds()
    result = yield
    if not is_free and (took := _cpu_seconds() - before) > MOST_SECONDS:
        pytest.fail(
            f"took {took:.0f} CPU seconds, more than {MOST_SECONDS}: share its work, mark it slow, "
            "or let its processes find the compiled clock (XDG_CACHE_HOME)",
            pytrace=False,
        )
    return result


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(report: pytest.TestReport | pytest.CollectReport) -> Any:
    """Send to the process that counts only what it reads: thousands of tests have keywords."""
    data = yield
    if data and report.passed and "keywords" in data:
        data["keywords"] = {}
    return data


gc.disable()


def pytest_collection_finish() -> None:
    """Spare the garbage collector what thousands of tests and their imports hold to the end."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()


settings.register_profile(
    "fixed",
    derandomize=True,
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", settings.get_profile("fixed"), max_examples=300)
settings.load_profile("fixed")

STORY: dict[str, Any] = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",  # a Monday
    "horizon": "2 d",
    "image": {"name": "new.idf", "packages": [{"name": "baseos", "size": "100 MB"}]},
    "fleet": {"units": {"DE": {"devices": 1, "installed": "old.idf"}}},
    "network": {"sites": {"default": {"link": "100 Mbit/s"}}},
    "assumptions": {
        "send_time": "0 s",
        "boot_time": "45 s",
        "restart_time": "60 s",
        "install_rate": "10 MB/s",
        "install_spread": 1.0,
        "outage": "10 min",
        "bricked": "0 %",
        "wake_up_sites": "100 %",
    },
}
"""One device, 8 s of transfer, 3 s of checks, 10 s of installation, 60 s of restart."""


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `changes` put over it, map by map."""
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = merged(old, value) if both else value
    return result


@pytest.fixture
def scenario() -> Callable[..., fwsim.Scenario]:
    """Build the story's scenario with changes; a command's options are keywords of `update`."""

    def build(update: dict[str, Any] | None = None, **changes: Any) -> fwsim.Scenario:
        command = {"update": "DE", **(update or {})}
        data = merged(STORY, {"commands": [command], **changes})
        return fwsim.Scenario.model_validate(data)

    return build


@pytest.fixture
def play(scenario: Callable[..., fwsim.Scenario]) -> Callable[..., fwsim.Result]:
    """Run the story with changes."""

    def run(update: dict[str, Any] | None = None, **changes: Any) -> fwsim.Result:
        return fwsim.simulate(scenario(update, **changes))

    return run


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """Return a device's log as short lines: seconds since the start, state, reason."""

    def lines(result: fwsim.Result, device: int = 0) -> list[str]:
        columns = result.columns
        mine = columns.device == device
        reasons = {**DETAIL_TEXTS, Detail.URL: "", Detail.DEFERRED_FOR: ""}
        return [
            " ".join(
                part
                for part in (f"{time / 1000:g}", State(state).name, reasons[Detail(detail)])
                if part
            )
            for time, state, detail in zip(
                columns.time[mine].tolist(),
                columns.state[mine].tolist(),
                columns.detail[mine].tolist(),
                strict=True,
            )
        ]

    return lines


@contextmanager
def figures_undrawn() -> Iterator[None]:
    """Have a report with places for its figures and none in them."""
    with mock.patch("fwsim.results.output.report_figures.drawn", return_value=("", "")):
        yield


@pytest.fixture
def undrawn() -> Iterator[None]:
    """Spare a test the figures of a report that is not its point."""
    with figures_undrawn():
        yield


@contextmanager
def figures_unrendered() -> Iterator[None]:
    """Have a report's figures made but not rendered: that takes long, and is tested by itself."""

    def made(draw: Callable[[], Any]) -> tuple[str, str]:
        from matplotlib import pyplot as plt

        plt.close(draw().figure)
        return "", ""

    with mock.patch("fwsim.results.output.report_figures.drawn", made):
        yield


@pytest.fixture
def unrendered() -> Iterator[None]:
    """Spare a test the rendering of a report's figures."""
    with figures_unrendered():
        yield


@pytest.fixture(scope="session")
def scenarios() -> Path:
    """Return the folder of the worked examples."""
    return Path(__file__).parent.parent / "scenarios"


@pytest.fixture(scope="session")
def branch_offices(tmp_path_factory: pytest.TempPathFactory, scenarios: Path) -> Path:
    """Return the demo's scenario with each tenth of its devices, some at every site."""
    folder = tmp_path_factory.mktemp("scenarios")
    shutil.copy(scenarios / "branch-offices.yaml", folder)
    header, *rows = (scenarios / "branch-offices.csv").read_text(encoding="utf-8").splitlines(True)
    (folder / "branch-offices.csv").write_text("".join([header, *rows[::10]]), encoding="utf-8")
    return folder / "branch-offices.yaml"
