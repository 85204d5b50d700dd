"""What an app says before any page is open: in the language of who started it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader

from fwsim.cli import opening
from fwsim.messages import GERMAN, language, speak, speaking
from fwsim.notebook.app import __main__ as app
from fwsim.notebook.writing_place import VARIABLE
from tests.cli.command_line import DATA, fwsim

SMALL = DATA / "misc" / "s.yaml"
TEMPLATES = app.SHARE / "voila" / "templates" / "fwsim"


def test_an_app_says_in_german_that_its_folder_is_not_there(tmp_path):
    command = [sys.executable, "-m", "fwsim.notebook.app", "plan.ipynb"]
    german = {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "PYTHONUTF8": "1"}
    surroundings = {**os.environ, **german, VARIABLE: str(tmp_path / "none")}
    ended = subprocess.run(
        command, capture_output=True, env=surroundings, encoding="utf-8", check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == f"{VARIABLE}: Fehler: es gibt keinen Ordner {tmp_path / 'none'}\n"


def test_an_app_speaks_the_language_that_it_was_opened_in(monkeypatch, tmp_path):
    served = []
    voila = SimpleNamespace(launch_instance=lambda given, **_: served.append(given))
    for name in ("voila", "voila.app"):
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(Voila=voila))
    monkeypatch.setattr(opening, "_check_libraries", lambda **_: None)
    monkeypatch.setattr(opening, "_served", lambda command: app.main(command[3:]))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("JUPYTER_PATH", "")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    before = language()
    try:
        ended = fwsim("open", SMALL, "--app", "--lang", "de", "--no-browser", "--port", 9999)
    finally:
        speak(before)
    assert "Was Besucher speichern" in ended.text
    [[notebook, *options]] = served
    assert notebook.endswith(".ipynb")
    assert options == ["--port=9999", "--no-browser"]


def test_the_apps_pages_name_their_language():
    """Screen readers read a page out as one of the language that it names."""
    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    with speaking(GERMAN):
        given = app.settings()
    told = given["Voila"]["tornado_settings"]["jinja_template_vars"]
    assert '<html lang="de">' in pages.get_template("page.html").render(told)
    assert given["HTMLExporter"] == {"language_code": "de"}


def test_a_visitor_too_many_is_sent_away_in_german():
    kernels = pytest.importorskip("fwsim.notebook.app.kernels").FewKernels(most=0)
    with speaking(GERMAN), pytest.raises(Exception, match="Gerade planen zu viele") as refused:
        asyncio.run(kernels.start_kernel())
    assert refused.value.reason.isascii()  # a line of HTTP has room for no more
