"""The front door for people who never wrote Python: forms, planner and live view in JupyterLab.

>>> from fwsim.notebook import planner  # doctest: +SKIP
>>> planner("../scenarios/branch-offices.yaml")  # doctest: +SKIP

Everything that thinks lies in plain models (`draft`, `plan`, `live.run`); the widgets only show it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwsim.messages import language_of, say, speak

if TYPE_CHECKING:
    from fwsim.scenario.schema import Scenario

__all__ = ["live_view", "planner"]


def planner(scenario: str | Path | Scenario, *, language: str | None = None) -> Any:
    """Return the planner as a widget: the commands, the board, what comes of the plan.

    Parameters
    ----------
    scenario
        A scenario, or the path of its file.
    language
        ``en`` or ``de``; by default what the environment asks for (``LANG``). It can be switched
        in the planner, too.
    """
    from fwsim.notebook.plan import Plan
    from fwsim.notebook.planner_view import Planner

    speak(language or language_of(os.environ))
    return _or_problems(lambda: Planner(Plan(scenario)).widget)


def live_view(scenario: str | Path | Scenario, *, language: str | None = None) -> Any:
    """Return the live view as a widget: a rollout played in accelerated real time.

    Parameters
    ----------
    scenario, language
        As for `planner`.
    """
    from fwsim.notebook.live.run import LiveRun
    from fwsim.notebook.live.widget import LiveWidget
    from fwsim.notebook.page import Page

    speak(language or language_of(os.environ))

    def make() -> Any:
        run = LiveRun(scenario)
        told = [say("page.live", name=run.scenario.name), say("page.run_it")]
        return Page([LiveWidget(lambda: run).widget], lambda: told)

    return _or_problems(make)


def _or_problems(make: Callable[[], Any]) -> Any:
    """Return a widget, or what is wrong with its scenario: no traceback reaches a user."""
    import ipywidgets

    from fwsim.environment import check_numbers
    from fwsim.notebook.app.memory import limit_memory
    from fwsim.notebook.page import Page, in_one_language
    from fwsim.problems import InputError
    from fwsim.screen import escaped

    limit_memory()
    in_one_language()
    try:
        check_numbers(os.environ)
        return make()
    except InputError as error:
        cannot, why = say("page.cannot"), str(error)
        pre = "<pre style='white-space:pre-wrap;overflow-wrap:anywhere'>"
        shown = f"<div role='alert'><b>{escaped(cannot)}</b>{pre}{escaped(why)}</pre></div>"
        return Page([ipywidgets.HTML(shown)], lambda: [cannot, why])
