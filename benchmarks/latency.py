"""``make latency``: how long a dragged slider and a large table keep a person waiting.

Milliseconds on this machine, in the kernel and, where there is a Chromium, from the key press to
the new picture in the page. They are measured, not promised.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fwsim
from fwsim.notebook.device_table import DeviceTable
from fwsim.notebook.plan import Plan
from fwsim.notebook.planner_view import PlannerView

DEMO = Path(__file__).parent.parent / "scenarios" / "branch-offices.yaml"
MOVES = 10
MOVE_AND_WAIT = """async () => {
  const image = document.querySelector('img.fwsim-completion');
  const before = image.src, begin = performance.now();
  const handle = document.querySelectorAll('.fwsim-planner .noUi-handle')[4];
  handle.focus();
  handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft', bubbles: true}));
  while (image.src === before) await new Promise(done => setTimeout(done, 5));
  return performance.now() - begin;
}"""


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


def drags(scenario: Any) -> float:
    """Return the median time of a slider's move in the kernel."""
    view = PlannerView(Plan(scenario))
    view.follow.value = False
    shares = range(95, 95 - 5 * MOVES, -5)
    return statistics.median(
        milliseconds(lambda share=share: view.levers.share.slide_to(share / 100))
        for share in shares
    )


def table_of_ten_thousand() -> float:
    """Return the time until a table of 10,000 devices stands, once its run is made."""
    story = fwsim.simulate(ten_thousand())
    _ = story.devices
    return milliseconds(lambda: DeviceTable().show(story))


def drags_in_the_page() -> float | None:
    """Return the median time from a key press on a slider to the new picture in JupyterLab."""
    path = shutil.which("chromium")
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import OPTIONS
    from tests.browser.servers import jupyter_lab
    from tests.browser.test_planner_in_a_browser import opened

    class Page:
        def __init__(self, page: Any) -> None:
            self.page = page

    with (
        tempfile.TemporaryDirectory() as folder,
        jupyter_lab(Path(folder)) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=path, args=[*OPTIONS])
        page = opened(Page(browser.new_page()), address, "plan-a-rollout.ipynb")
        page.get_by_label("run again after every turn").uncheck()
        times = [page.evaluate(MOVE_AND_WAIT) for _ in range(MOVES)]
        browser.close()
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    rows: list[tuple[str, float | None, int]] = [
        ("a dragged slider, 1,600 devices, in the kernel", drags(DEMO), 300),
        ("a dragged slider, 1,600 devices, in the page", drags_in_the_page(), 300),
        ("a dragged slider, 10,000 devices, in the kernel", drags(ten_thousand()), 1000),
        ("a table of 10,000 devices of a run that is made", table_of_ten_thousand(), 2000),
    ]
    for name, value, most in rows:
        shown = "not measured: no chromium" if value is None else f"{value:6.0f} ms"
        print(f"{name:<50} {shown}   wanted <= {most} ms")


if __name__ == "__main__":
    main()
