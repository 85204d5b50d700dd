"""A real browser: Debian's Chromium driven by Playwright, with a fresh profile for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.planner_page import SLOW

playwright = pytest.importorskip("playwright.sync_api")

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TOUR_IS_OVER = """
  try { localStorage.setItem("fwsim tour seen", "yes"); } catch { /* it has no origin */ }
"""
ARTEFACTS = Path(__file__).parent.parent.parent / "out" / "browser"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the browser once."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine, and make could not install it")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=[*OPTIONS])
        yield browser
        browser.close()


class Watched:
    """A page that remembers what it complained of and whom it asked."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def keep(self, name: str) -> None:
        """Keep a screenshot as an artefact of the tests."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@contextmanager
def profile(browser: Any) -> Iterator[Any]:
    """Open a fresh profile; a slow machine is waited for."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.set_default_timeout(SLOW)
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def watched(chromium) -> Iterator[Watched]:
    """Open a page in a profile of its own."""
    with profile(chromium) as context:
        context.add_init_script(TOUR_IS_OVER)
        yield Watched(context.new_page())
