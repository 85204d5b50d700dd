"""Takes the pictures of the planner anew, in a real browser: ``make pictures``."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import OPTIONS
from tests.browser.planner_page import (
    BOARD,
    answered,
    changed,
    click,
    curve,
    fill,
    forget_plans,
    handle,
    told,
    with_runs,
)
from tests.browser.servers import jupyter_lab

FOLDER = Path(__file__).parent / "img"
WIDTH, HEIGHT = 1366, 768
HIGH = 2400
"""So high that nothing has to be scrolled to."""
RUNS = 200
LONG = 300_000
COLOURS = 128
LONGEST = 1000
FRAMES, FAR = 9, 12
MOVING_COLOURS = 80
"""Of the animated picture: steps and pixels a step; colours."""
NOTEBOOK = "plan-a-rollout.ipynb"


@contextmanager
def browser() -> Iterator[Any]:
    """Run a browser; gives a function that opens a page."""
    with sync_playwright() as driver:
        path = shutil.which("chromium")
        started = driver.chromium.launch(executable_path=path, args=[*OPTIONS])
        context = started.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        yield context.new_page
        started.close()


def open_planner(page: Any, address: str, notebook: str) -> None:
    """Open a notebook in JupyterLab and run its first cell."""
    page.goto(f"{address}/lab/tree/notebooks/{notebook}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=LONG)
    page.evaluate(
        """async () => {
          const w = jupyterapp.shell.currentWidget;
          await w.context.ready;
          await w.sessionContext.ready;
          await w.sessionContext.session.kernel.info;
          await jupyterapp.commands.execute('notebook:run-all-cells');
        }"""
    )
    page.wait_for_selector(BOARD, timeout=LONG, state="attached")


def says(page: Any, place: str, text: str) -> None:
    """Wait until a place beside a button says something."""
    page.wait_for_function(
        "([place, text]) => document.querySelector('.fwsim-' + place).innerText.includes(text)",
        arg=[place, text],
        timeout=LONG,
    )


def with_height(page: Any, height: int) -> None:
    """Make the window so high; the board has the time to follow."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.wait_for_timeout(500)


def keep(
    page: Any, selector: str, name: str, height: int | None = None, *, moves_away: bool = True
) -> None:
    """Keep the picture of a part of the page, in few colours; cut to a height if one is given."""
    if moves_away:
        page.mouse.move(0, 0)
    page.wait_for_timeout(1000)
    taken = Image.open(io.BytesIO(page.locator(selector).last.screenshot())).convert("RGB")
    if height is not None:
        taken = taken.crop((0, 0, taken.width, min(height, taken.height)))
    in_few_colours(taken, palette_of(taken, COLOURS)).save(FOLDER / f"{name}.png", optimize=True)


def palette_of(picture: Image.Image, count: int) -> list[int]:
    """Return colours: half of them those seen most, the rest what is rare, such as a green line."""
    most = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    often = [value for _, colour in most[: count // 2] for value in colour]
    rare = picture.quantize(count - len(often) // 3, Image.Quantize.MAXCOVERAGE).getpalette()
    return [*often, *(rare or [])][: 3 * count]


def in_few_colours(picture: Image.Image, palette: list[int]) -> Image.Image:
    """Return a picture in the nearest colours of a palette; PIL takes near ones, grey for white."""
    seen, place = np.unique(np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True)
    far = np.abs(seen[:, None, :].astype(int) - np.array(palette).reshape(-1, 3)).sum(axis=2)
    drawn = Image.fromarray(far.argmin(axis=1)[place].astype(np.uint8).reshape(picture.size[::-1]))
    drawn.putpalette(palette)
    return drawn


def take_planner(page: Any) -> None:
    """Take a plan beside plan A, and the same in mid-drag."""
    with_runs(page, RUNS)
    answered(page, RUNS)
    click(page, "New plan")
    told(page, ".fwsim-topLine .plans", "Plan B")
    before = curve(page)
    fill(page, "Deferments", "1")
    changed(page, before)
    answered(page, RUNS)
    keep(page, ".fwsim-host", "planner")
    grip = handle(page, "start")
    grip.hover()
    box, before = grip.bounding_box(), curve(page)
    x, y = box["x"] + 4, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + 6 * step, y + 4)
    changed(page, before)
    page.wait_for_timeout(2000)
    keep(page, ".fwsim-host", "drag", moves_away=False)
    page.mouse.up()
    answered(page, RUNS)
    take_moving(page)


def take_moving(page: Any) -> None:
    """Take a drag to and fro, picture by picture, each once the board has followed."""
    grip = handle(page, "start")
    grip.hover()
    box = grip.bounding_box()
    x, y = box["x"] + 4, box["y"] + box["height"] / 2
    frames = []
    page.mouse.move(x, y)
    page.mouse.down()
    for step in (*range(FRAMES), *range(FRAMES, 0, -1)):
        before = curve(page)
        page.mouse.move(x + FAR * step, y + 4)
        if step:
            changed(page, before)
        taken = page.locator(".fwsim-host").screenshot()
        frames.append(Image.open(io.BytesIO(taken)).convert("RGB"))
    page.mouse.up()
    answered(page, RUNS)
    width, height = frames[0].size
    both = Image.new("RGB", (width, 2 * height))
    both.paste(frames[0])
    both.paste(frames[FRAMES], (0, height))
    palette = palette_of(both, MOVING_COLOURS)
    drawn = [in_few_colours(frame, palette) for frame in frames]
    drawn[0].save(FOLDER / "drag.gif", save_all=True, append_images=drawn[1:], duration=220, loop=0)


def take_find(page: Any) -> None:
    """Take a search and its plans."""
    with_height(page, HIGH)
    click(page, "Find", "tab")
    page.get_by_label("as text", exact=True).check()
    page.get_by_label("Goals, one a line").fill("time to 80 %\nuser time lost")
    page.get_by_label("Limits, one a line").fill("successful by 2021-09-24 22:00: >= 80 %")
    fill(page, "Runs to spend", "300")
    page.get_by_label("as text", exact=True).uncheck()
    click(page, "Find")
    says(page, "find-status", "found")
    page.wait_for_selector(".fwsim-found tbody tr", timeout=LONG)
    keep(page, ".fwsim-planner .widget-tab", "find")


def take_live(page: Any) -> None:
    """Take the live view, when the first sites have finished."""
    with_height(page, HIGH)
    click(page, "Live", "tab")
    page.wait_for_selector(".fwsim-live", timeout=LONG)
    page.get_by_label("Speed").select_option("1800 ×")
    page.locator(".fwsim-live").get_by_role("button", name="Play", exact=True).click()
    says(page, "clock", "2021-09-24 19:")
    click(page, "Pause")
    says(page, "clock", "paused")
    keep(page, ".fwsim-live", "live")


def take_learn(page: Any, example: Path) -> None:
    """Take what the logs of the worked example tell."""
    with_height(page, HIGH)
    click(page, "Doubt", "tab")
    with page.expect_file_chooser() as chooser:
        page.locator(".fwsim-from-logs-upload").click()
    chooser.value.set_files([example / "pilot-status-log.csv", example / "pilot-web.log"])
    says(page, "from-logs-chosen", "pilot-web.log")
    click(page, "Learn from these logs")
    says(page, "from-logs-status", "now use what was learnt")
    keep(page, ".fwsim-planner .widget-tab", "learn", LONGEST)


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as temporary, browser() as new_page:
        folder = Path(temporary)
        with jupyter_lab(folder) as address:
            work = folder / "work"
            forget_plans(work)
            text = (work / "notebooks" / NOTEBOOK).read_text(encoding="utf-8")
            learning = text.replace("branch-offices.yaml", "learnt/before.yaml")
            (work / "notebooks" / "learn.ipynb").write_text(learning, encoding="utf-8")
            page = new_page()
            open_planner(page, address, "learn.ipynb")
            take_learn(page, work / "scenarios" / "learnt")
            page = new_page()
            open_planner(page, address, NOTEBOOK)
            take_planner(page)
            take_find(page)
            forget_plans(work)
            (work / "notebooks" / "live.ipynb").write_text(text, encoding="utf-8")
            page = new_page()
            open_planner(page, address, "live.ipynb")
            with_runs(page, 20)
            answered(page, 20)
            take_live(page)


if __name__ == "__main__":
    main()
