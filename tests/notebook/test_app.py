"""What an app says before any page is open: in the language of who started it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from fwsim.messages import GERMAN, speaking
from fwsim.notebook.writing_place import VARIABLE


def test_an_app_says_in_german_that_its_folder_is_not_there(tmp_path):
    command = [sys.executable, "-m", "fwsim.notebook.app", "plan.ipynb"]
    german = {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "PYTHONUTF8": "1"}
    surroundings = {**os.environ, **german, VARIABLE: str(tmp_path / "none")}
    ended = subprocess.run(
        command, capture_output=True, env=surroundings, encoding="utf-8", check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == f"{VARIABLE}: Fehler: es gibt keinen Ordner {tmp_path / 'none'}\n"


def test_a_visitor_too_many_is_sent_away_in_german():
    kernels = pytest.importorskip("fwsim.notebook.app.kernels").FewKernels(most=0)
    with speaking(GERMAN), pytest.raises(Exception, match="Gerade planen zu viele") as refused:
        asyncio.run(kernels.start_kernel())
    assert refused.value.reason.isascii()  # a line of HTTP has room for no more
