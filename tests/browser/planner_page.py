"""What the tests do on the planner's page, in JupyterLab and in Voilà."""

from __future__ import annotations

from typing import Any

from fwsim.notebook.kept_plans import TOUR

KERNEL_IS_READY = """async () => {
  const w = jupyterapp.shell.currentWidget;
  await w.context.ready;
  await w.sessionContext.ready;
  await w.sessionContext.session.kernel.info;
}"""
RUN_ALL = "() => jupyterapp.commands.execute('notebook:run-all-cells')"
SLOW = 120_000
BOARD = ".fwsim-board path.middle:not(.stale)"


def forget_plans(folder: Any, *, tour_is_over: bool = True) -> None:
    """Remove the plans that an earlier visit left behind; the tour has been taken, or not."""
    for file in (folder / "notebooks").glob("*.plans.json"):
        file.unlink()
    tour = folder / "notebooks" / TOUR
    tour.touch() if tour_is_over else tour.unlink(missing_ok=True)


def opened(watched: Any, address: str, notebook: str) -> Any:
    """Open a notebook in JupyterLab and run it; return the page, the board on it."""
    page = watched.page
    page.goto(f"{address}/lab/tree/notebooks/{notebook}?reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=SLOW)
    page.evaluate(KERNEL_IS_READY)
    page.evaluate(RUN_ALL)
    page.wait_for_selector(BOARD, timeout=SLOW, state="attached")
    return page


def told(page: Any, place: str, text: str) -> None:
    """Wait until a place says something."""
    page.wait_for_function(
        "([place, text]) => document.querySelector(place)?.textContent.includes(text)",
        arg=[place if place.startswith(".") else f".fwsim-{place}", text],
        timeout=SLOW,
    )


def answered(page: Any, runs: int) -> None:
    """Wait for the full answer."""
    page.wait_for_function(
        "runs => document.querySelector('.fwsim-progressPart .word')?.textContent === runs",
        arg=f"{runs} runs",
        timeout=SLOW,
    )


def with_runs(page: Any, runs: int) -> None:
    """Ask for so many runs."""
    field = page.locator(".fwsim-progressPart input")
    field.fill(str(runs))
    field.press("Enter")


def curve(page: Any) -> str:
    """Return the curve as it is drawn."""
    return page.locator(BOARD).get_attribute("d")


def changed(page: Any, before: str) -> None:
    """Wait until another curve is drawn."""
    page.wait_for_function(
        "([board, before]) => document.querySelector(board)?.getAttribute('d') !== before",
        arg=[BOARD, before],
        timeout=SLOW,
    )


def drawn(page: Any, line: str) -> None:
    """Wait until a curve is drawn that was drawn before."""
    page.wait_for_function(
        "([board, line]) => document.querySelector(board)?.getAttribute('d') === line",
        arg=[BOARD, line],
        timeout=SLOW,
    )


def told_other(page: Any, place: str, before: str) -> None:
    """Wait until a place says something else."""
    page.wait_for_function(
        "([place, before]) => (document.querySelector(place)?.innerText ?? before) !== before",
        arg=[place, before],
        timeout=SLOW,
    )


def stands_at(page: Any, part: str, text: str) -> None:
    """Wait until the first command's handle says something."""
    page.wait_for_function(
        "([handle, text]) =>"
        " document.querySelector(handle)?.getAttribute('aria-valuetext') === text",
        arg=[f".handle.{part}[data-command='0']", text],
        timeout=SLOW,
    )


def handle(page: Any, part: str, command: int = 0) -> Any:
    """Return a bar's handle."""
    return page.locator(f".handle.{part}[data-command='{command}']")


def value(page: Any, part: str) -> str:
    """Return what a bar's handle says."""
    return handle(page, part).get_attribute("aria-valuetext")


def click(page: Any, name: str, role: str = "button") -> None:
    """Click what has a name."""
    page.get_by_role(role, name=name, exact=True).first.click()


def fill(page: Any, label: str, text: str) -> None:
    """Write into a field, and leave it."""
    page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label(label, exact=True).first.press("Tab")


FOCUS = """() => {
  const at = document.activeElement;
  const name = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || "";
  return `${at.getAttribute("role") || at.tagName.toLowerCase()} ${name.trim().slice(0, 60)}`;
}"""
"""What has the focus: its role or element, and its name."""
MOST_STEPS = 250


def reach(page: Any, wanted: str, *, back: bool = False) -> None:
    """Go with the tabulator until what has the focus is called so: a role and how its name begins.

    Raises
    ------
    AssertionError
        If it cannot be reached; tells what was.
    """
    met = [page.evaluate(FOCUS)]
    while not met[-1].startswith(wanted):
        assert len(met) < MOST_STEPS, f"{wanted!r} is not reached; {list(dict.fromkeys(met))}"
        page.keyboard.press("Shift+Tab" if back else "Tab")
        met.append(page.evaluate(FOCUS))


def typed(page: Any, wanted: str, text: str, *, back: bool = False) -> None:
    """Reach a field, and write into it instead of what it held."""
    reach(page, wanted, back=back)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def pressed(page: Any, wanted: str, *, back: bool = False) -> None:
    """Reach a button, and press it."""
    reach(page, wanted, back=back)
    page.keyboard.press("Enter")
