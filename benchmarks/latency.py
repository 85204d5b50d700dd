"""``make latency``: how long the planner keeps a person waiting.

Milliseconds on this machine: in the kernel and, where there is a Chromium, in JupyterLab's page,
from the pointer to the redrawn board. They are measured, not promised.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fwsim
from fwsim.notebook.desk import Desk
from fwsim.notebook.devices.grid import DeviceGrid
from fwsim.notebook.plan import Plan

DEMO = Path(__file__).parent.parent / "scenarios" / "branch-offices.yaml"
NOTEBOOK = "plan-a-rollout.ipynb"
MOVES, ROUNDS = 60, 3
BETWEEN = 16
"""Milliseconds from one move of the pointer to the next, as a mouse tells them."""
RUNS = 200
SNAP = 300_000
MEASURED = "() => performance.getEntriesByName('fwsim-drag').map(entry => entry.duration)"


def ten_thousand() -> fwsim.Scenario:
    """Return the demo with 10,000 devices at 251 sites, its list of devices left out."""
    data = fwsim.load(DEMO).as_data()
    data["fleet"] = {
        "units": {
            "DE/Headquarters": {
                "devices": 2500,
                "people": "office",
                "power": "office",
                "installed": "UC_RP6-2106.idf",
                "site": "Headquarters",
            },
            "DE/Branches/*": {
                "devices": 30,
                "sites": 250,
                "people": "counter",
                "power": "counter",
                "installed": "UC_RP6-2106.idf",
            },
        }
    }
    data["expect"] = []
    return fwsim.Scenario.model_validate(data)


def milliseconds(act: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def late(times: list[float]) -> float:
    """Return what 95 % of the times do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def processor_milliseconds(act: Callable[[], Any]) -> float:
    begin = time.process_time()
    act()
    return (time.process_time() - begin) * 1000


def drags(scenario: Any, measure: Callable[[Callable[[], Any]], float]) -> list[float]:
    """Return how long the kernel takes for each move of a bar."""
    desk = Desk(Plan(scenario), lambda *_: None, follows=False)
    desk.open()
    message = {"do": "drag", "command": 0, "part": "start", "final": False, "sequence": 1}
    return [
        measure(lambda step=step: desk.hear({**message, "value": step * SNAP}))
        for step in range(1, 21)
    ]


def table_of_ten_thousand() -> float:
    """Return the time until a table of 10,000 devices stands, once its run is made."""
    story = fwsim.simulate(ten_thousand())
    _ = story.devices
    return milliseconds(lambda: DeviceGrid().show(story))


@contextmanager
def lab() -> Iterator[tuple[str, Path, Any]]:
    """Run JupyterLab and a browser; gives its address, its folder, and a function for a page."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import OPTIONS
    from tests.browser.planner_page import forget_plans
    from tests.browser.servers import jupyter_lab

    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as driver:
        folder = Path(temporary)
        with jupyter_lab(folder) as address:
            path = shutil.which("chromium")
            browser = driver.chromium.launch(executable_path=path, args=[*OPTIONS])
            context = browser.new_context(viewport={"width": 1366, "height": 900})
            forget_plans(folder / "work")
            yield address, folder / "work", context.new_page
            browser.close()


class InThePage:
    """What is measured in JupyterLab's page.

    Parameters
    ----------
    page, address, notebook
        Where.
    """

    def __init__(self, page: Any, address: str, notebook: str) -> None:
        from tests.browser.planner_page import BOARD, KERNEL_IS_READY, RUN_ALL, SLOW

        self.page = page
        page.goto(f"{address}/lab/tree/notebooks/{notebook}?reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SLOW)
        page.evaluate(KERNEL_IS_READY)
        begin = time.perf_counter()
        page.evaluate(f"() => {{ ({RUN_ALL})(); }}")
        page.wait_for_selector(BOARD, timeout=SLOW, state="attached")
        self.opening = (time.perf_counter() - begin) * 1000
        self.answers: list[float] = []
        self.times: list[float] = []

    def drag(self) -> None:
        """Drag the bar to and fro, let go, and wait for the answer."""
        from tests.browser.planner_page import answered, handle, with_runs

        with_runs(self.page, RUNS)
        answered(self.page, RUNS)
        for _ in range(ROUNDS):
            grip = handle(self.page, "start")
            grip.hover()
            box = grip.bounding_box()
            x, y = box["x"] + 5, box["y"] + box["height"] / 2
            self.page.mouse.move(x, y)
            self.page.mouse.down()
            for step in range(MOVES):
                self.page.mouse.move(x + 2 * min(step, MOVES - step), y)
                self.page.wait_for_timeout(BETWEEN)
            self.page.mouse.move(x + 12, y)
            self.page.mouse.up()
            begin = time.perf_counter()
            answered(self.page, RUNS)
            self.answers.append((time.perf_counter() - begin) * 1000)

    @property
    def moves(self) -> list[float]:
        """From the pointer to the redrawn board."""
        return list(self.page.evaluate(MEASURED))


def in_pages() -> dict[str, InThePage] | None:
    """Return what is measured at 1,600 and at 10,000 devices; None without a browser."""
    if shutil.which("chromium") is None:
        return None
    with lab() as (address, work, new_page):
        book = json.loads((work / "notebooks" / NOTEBOOK).read_text(encoding="utf-8"))
        large = work / "scenarios" / "ten-thousand.yaml"
        large.write_text(fwsim.dumps(ten_thousand()), encoding="utf-8")
        measured = {}
        for devices, scenario in ((1_600, DEMO.name), (10_000, large.name)):
            cell = next(cell for cell in book["cells"] if cell["id"] == "planner")
            cell["source"] = [
                "from fwsim.notebook import planner\n",
                f'planner("../scenarios/{scenario}")',
            ]
            own = {**book, "cells": [cell]}
            name = f"latency-{devices}.ipynb"
            (work / "notebooks" / name).write_text(json.dumps(own), encoding="utf-8")
            page = InThePage(new_page(), address, name)
            page.drag()
            page.times = page.moves  # the page is gone later
            measured[f"{devices:,}"] = page
        return measured


def row(name: str, value: float | None, most: int) -> None:
    """Print one line."""
    shown = "not measured: no chromium" if value is None else f"{value:6.0f} ms"
    print(f"{name:<58} {shown}   target <= {most} ms")


def main() -> None:
    """Measure and print."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    for devices, scenario, most in (("1,600", DEMO, 100), ("10,000", ten_thousand(), 300)):
        for name, measure in (("", milliseconds), (", processor", processor_milliseconds)):
            taken = statistics.median(drags(scenario, measure))
            row(f"a dragged bar, {devices} devices, in the kernel{name}", taken, most)
    row("a table of 10,000 devices of a run that is made", table_of_ten_thousand(), 2000)
    pages = in_pages()
    for devices, middle, most in (("1,600", 100, 250), ("10,000", 300, 600)):
        page = pages[devices] if pages else None
        name = f"pointer to redraw, {devices} devices"
        row(f"{name}, median", statistics.median(page.times) if page else None, middle)
        row(f"{name}, 95 %", late(page.times) if page else None, most)
        if page:
            answer = statistics.median(page.answers)
            row(f"answer of {RUNS} runs after release, {devices} devices", answer, 3000)
            row(f"opening once the kernel is ready, {devices} devices", page.opening, 3000)


if __name__ == "__main__":
    main()
