"""How far runs in the background are: a bar, a word, and the buttons that begin and stop them."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from fwsim.messages import say
from fwsim.notebook.field import note
from fwsim.notebook.field import say as show
from fwsim.notebook.in_background import CountedRuns


class RunsBar:
    """The widgets.

    Parameters
    ----------
    runs
        What they show.
    begin, stop
        The buttons.
    name
        Of the word, for styles and tests.
    """

    def __init__(self, runs: CountedRuns, begin: w.Button, stop: w.Button, name: str) -> None:
        self._runs, self._begin, self._stop = runs, begin, stop
        self.bar = w.IntProgress(value=0, min=0, max=1, layout=w.Layout(width="14em"))
        self.status = note(name)
        for trait in ("is_running", "done", "problem"):
            runs.observe(self._show, trait)
        self._show()

    def _show(self, _: Any = None) -> None:
        runs = self._runs
        self._begin.disabled, self._stop.disabled = runs.is_running, not runs.is_running
        self.bar.max = max(1, runs.wanted)
        self.bar.value = min(runs.done, self.bar.max)
        progress = say("doubt.progress", done=runs.done, wanted=runs.wanted)
        show(self.status, runs.problem or (progress if runs.is_running else ""))
