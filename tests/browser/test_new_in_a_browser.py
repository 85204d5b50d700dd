"""From a device list to the first forecast, in a browser, without a line of code."""

from __future__ import annotations

import sys
import time

import nbformat
import pytest

from tests.browser.planner_page import SLOW
from tests.browser.servers import desk, free_port, running
from tests.first_scenario.lists import branches

CELL = """
from pathlib import Path
import ipywidgets as w
import fwsim
from fwsim.notebook.new_scenario import NewScenario
from fwsim.notebook.new_view import NewView
from fwsim.notebook.writing_place import WritingPlace

said = w.Label()
said.add_class("first-forecast")

def forecast(path):
    said.value = fwsim.Experiment(path).run(20, workers=1).headline

w.VBox([NewView(NewScenario(WritingPlace.of_surroundings(Path.cwd()), forecast)).widget, said])
"""
FIVE_MINUTES = 300


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new")
    work, port = desk(folder), free_port()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, work / "new.ipynb")
    command = [sys.executable, "-m", "fwsim.notebook.app", "new.ipynb", "--no-browser"]
    command += [f"--port={port}", "--Voila.ip=127.0.0.1"]
    with running(command, f"http://127.0.0.1:{port}/static/favicon.ico", folder):
        yield f"http://127.0.0.1:{port}/"


def test_from_a_list_to_the_first_forecast_in_five_minutes(watched, address, tmp_path):
    began = time.monotonic()
    page = watched.page
    page.goto(address)
    page.wait_for_selector(".fwsim-new-upload", timeout=SLOW)
    with page.expect_file_chooser() as chooser:
        page.locator(".fwsim-new-upload").click()
    chooser.value.set_files(branches(tmp_path / "devices.csv", sites=20, each=60, head_office=400))
    page.get_by_text("1,600 devices in 21 OUs at 21 sites").wait_for(timeout=SLOW)
    watched.keep("new-list")

    line = page.locator(".fwsim-new-line input")
    line.fill("2 Mbit/s")
    line.press("Tab")
    page.get_by_text("60 devices on 2 Mbit/s need 40 h 00 min").wait_for(timeout=SLOW)
    watched.keep("new-warned")
    line.fill("50 Mbit/s")
    line.press("Tab")
    page.get_by_text("60 devices on 2 Mbit/s").wait_for(state="detached", timeout=SLOW)

    page.locator(".fwsim-new-file input").fill("first")
    page.get_by_role("button", name="Create scenario").click()
    forecast = page.locator(".first-forecast")
    forecast.get_by_text("of the targeted devices").wait_for(timeout=SLOW)
    watched.keep("new-created")
    page.locator(".fwsim-new-status").get_by_text("Written to first.yaml.", exact=True).wait_for()
    assert time.monotonic() - began < FIVE_MINUTES
    assert watched.complaints == []
