"""The report, opened as a colleague who got it by mail opens it."""

from __future__ import annotations

import pytest

from fwsim.results.output.report import report
from tests.results.small_rollout import small_answer, small_result


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report(small_answer(), small_result().log), encoding="utf-8")
    return file


def test_it_opens_without_an_error_and_asks_nobody(watched, path):
    watched.page.goto(path.as_uri())
    watched.keep("report")
    assert watched.complaints == []
    assert [url for url in watched.asked if not url.startswith("data:")] == [path.as_uri()]


def test_every_figure_is_drawn_and_fits_the_page(watched, path):
    watched.page.goto(path.as_uri())
    sizes = watched.page.eval_on_selector_all(
        "img", "images => images.map(i => [i.naturalWidth, i.getBoundingClientRect().right])"
    )
    assert len(sizes) == 9
    assert all(width > 300 and right <= 1366 for width, right in sizes)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_it_reads_in_its_order(watched, path):
    watched.page.goto(path.as_uri())
    assert watched.page.locator("h1").inner_text() == "Three offices"
    assert "of the targeted devices were successful" in watched.page.locator(".answer").inner_text()
    assumptions = watched.page.locator("details summary").first
    assumptions.click()
    assert watched.page.get_by_text("install_rate").is_visible()
