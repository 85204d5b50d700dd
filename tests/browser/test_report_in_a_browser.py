"""The report, opened as a colleague who got it by mail opens it."""

from __future__ import annotations

import re

import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results.output.report import report
from tests.browser.conftest import ARTEFACTS
from tests.conftest import figures_undrawn
from tests.results.small_rollout import SMALL, small_answer, small_result

WIDTH, HEIGHT = 695, 1039
"""What A4 leaves between the margins, in pixels of 1/96 inch."""


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
    watched.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
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
    assumptions = watched.page.locator("details.assumptions summary").last
    assumptions.click()
    assert watched.page.get_by_text("install_rate").is_visible()


def test_no_column_is_cut_off_beside_a_long_name(watched, tmp_path):
    name = "DE/Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik"
    answer = Experiment(fwsim.loads(SMALL.replace("West", name))).run(2, workers=1)
    file = tmp_path / "long.html"
    with figures_undrawn():
        file.write_text(report(answer), encoding="utf-8")
    watched.page.goto(file.as_uri())
    for width in (1280, 1024, 480):
        watched.page.set_viewport_size({"width": width, "height": HEIGHT})
        beyond = watched.page.eval_on_selector_all(
            "#lines .wide", "parts => Math.max(...parts.map(p => p.scrollWidth - p.clientWidth))"
        )
        assert beyond <= 1
    watched.page.emulate_media(media="print")
    watched.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    far = watched.page.eval_on_selector_all(
        "td, th", "cells => cells.map(cell => cell.getBoundingClientRect().right)"
    )
    assert max(far) <= WIDTH + 1


def test_it_prints_to_two_pages_of_which_the_first_has_the_decision(watched, path):
    watched.page.goto(path.as_uri())
    made = watched.page.pdf(prefer_css_page_size=True)
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    (ARTEFACTS / "report.pdf").write_bytes(made)
    assert len(re.findall(rb"/Type\s*/Page[^s]", made)) == 2
    watched.page.emulate_media(media="print")
    watched.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    watched.keep("report-printed")
    bottom = watched.page.locator("#why").evaluate("e => e.getBoundingClientRect().bottom")
    assert bottom <= HEIGHT
    assert not watched.page.get_by_text("install_rate").is_visible()
