"""The command that opens the planner: in JupyterLab, or as an app without code."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from fwsim.cli.group import DRAWS_WITH, example, main
from fwsim.cli.options import PATH, checked
from fwsim.cli.outside import allow_outside
from fwsim.messages import language, language_of, say
from fwsim.optional import missing

_LARGEST_MESSAGE = 60_000_000
"""Bytes of what a page sends at once, such as logs: Tornado would cut the connection at 10 MiB."""


@main.command(
    "open",
    short_help="Open the planner on a scenario.",
    epilog=example("fwsim open ours.yaml"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@click.option("--app", is_flag=True, help="Serve it as an app without code, for others, too.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the app or of JupyterLab.")
@click.option("--no-browser", is_flag=True, help="Start only the server; it prints its address.")
def open_planner(scenario: Path, port: int | None, *, app: bool, no_browser: bool) -> None:
    """Open the planner on SCENARIO, in JupyterLab; Ctrl-C ends it.

    Needs fwsim[notebook], or with --app fwsim[app,notebook].
    """
    from fwsim.put_in_place import temporary
    from fwsim.run import prepared

    checked(lambda: _check_libraries(app=app), lambda: prepared(scenario))
    # Below the current folder, so that JupyterLab shows it; not hidden, for it opens no such thing.
    with _ending(_leave), temporary(Path.cwd(), "fwsim-planner-") as folder:
        notebook = folder / "plan-a-rollout.ipynb"
        notebook.write_text(planner_notebook(scenario), encoding="utf-8", newline="\n")
        code = _served(_command(notebook, port, app=app, no_browser=no_browser))
    raise SystemExit(code)


def _served(command: list[str]) -> int:
    """Wait for a server to end; whoever ends this command ends it. Return how it ended."""
    import subprocess

    # Notebooks show figures as they like.
    surroundings = {name: value for name, value in os.environ.items() if name != DRAWS_WITH}
    with (
        _left_to_the_server() as interrupts,
        subprocess.Popen(command, env=surroundings) as server,  # noqa: S603 - our own interpreter
        _ending(lambda *_: server.terminate()),
    ):
        code = server.wait()
    return 0 if interrupts else max(code, 0)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """End as the signal would, but tidy up."""
    raise SystemExit(128 + number)


@contextmanager
def _ending(end: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Take the signals that end a program, or that its terminal is closed, for a while.

    Under ``nohup`` a closed terminal ends nothing.
    """
    taken = [signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        taken.append(signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in taken}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _left_to_the_server() -> Iterator[list[int]]:
    """Note Ctrl-C, and go on: the terminal tells the server, which asks, or needs a while to close.

    JupyterLab takes a second one for a yes. Whoever has ignored Ctrl-C has the server ignore it.
    """
    interrupts: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):
        yield interrupts
        return
    signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)


def _check_libraries(*, app: bool) -> None:
    notebook = ("ipywidgets", "ipykernel", "anywidget", "matplotlib", "pyarrow")
    wanted = dict.fromkeys(notebook, "notebook")
    wanted |= {"voila": "app,notebook"} if app else {"jupyterlab": "notebook"}
    for module, extra in wanted.items():
        if find_spec(module) is None:
            raise missing(module, extra, say("optional.planner"))


def _command(notebook: Path, port: int | None, *, app: bool, no_browser: bool) -> list[str]:
    more = [f"--port={port}"] if port is not None else []
    more += ["--no-browser"] if no_browser else []
    if app:
        spoken = f"--lang={language()}"
        return [sys.executable, "-m", "fwsim.notebook.app", str(notebook), spoken, *more]
    largest = json.dumps({"websocket_max_message_size": _LARGEST_MESSAGE})
    settings = f"--ServerApp.tornado_settings={largest}"
    return [sys.executable, "-m", "jupyterlab", str(notebook), settings, *more]


def planner_notebook(scenario: Path) -> str:
    """Return a notebook that shows the planner on a scenario; its code is folded.

    Parameters
    ----------
    scenario
        Its file; the notebook names it from the root, wherever it lies itself.
    """
    given = ascii(str(scenario.absolute()))
    if language() != language_of(os.environ):  # else the kernel finds it out itself
        given += f", language={language()!r}"
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "planner",
        "execution_count": None,
        "metadata": {"jupyter": {"source_hidden": True}},
        "outputs": [],
        "source": f"from fwsim.notebook import planner\n\nplanner({given})",
    }
    text = {
        "cell_type": "markdown",
        "id": "title",
        "metadata": {},
        "source": say("optional.planner_notebook"),
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {
        "cells": [text, cell],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"
