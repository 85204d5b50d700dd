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

from fwsim.messages import begin_to_speak, language_of, say, speak

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
        ``en`` or ``de``, for everything that this kernel shows; it can be switched in the planner,
        too. By default nothing is switched: it is the language chosen last, or at first the one
        that the environment asks for (``LANG``).
    """
    from fwsim.notebook.plan import Plan
    from fwsim.notebook.planner_view import Planner

    _speak(language)
    return _or_problems(lambda: Planner(Plan(scenario)).widget)


def live_view(scenario: str | Path | Scenario, *, language: str | None = None) -> Any:
    """Return the live view as a widget: a rollout played in accelerated real time.

    Parameters
    ----------
    scenario, language
        As for `planner`.
    """
    from fwsim.notebook.field import close
    from fwsim.notebook.live.run import LiveRun
    from fwsim.notebook.live.widget import LiveWidget
    from fwsim.notebook.page import Page

    _speak(language)

    def make() -> Any:
        run = LiveRun(scenario)
        shown = LiveWidget(lambda: run)

        def told() -> list[str]:
            return [say("page.live", name=run.scenario.name), say("page.run_it")]

        def again() -> None:
            nonlocal shown
            old, shown = shown, LiveWidget(lambda: run, before=shown)
            page.children = (shown.widget,)
            close(old.widget)

        page = Page([shown.widget], told, again, run.stop)
        return page

    return _or_problems(make)


def _speak(asked: str | None) -> None:
    if asked:
        speak(asked)
    else:
        begin_to_speak(language_of(os.environ))


def _or_problems(make: Callable[[], Any]) -> Any:
    """Return a widget, or what is wrong with its scenario: no traceback reaches a user."""
    import ipywidgets

    from fwsim.environment import check_numbers
    from fwsim.notebook.app.memory import limit_memory
    from fwsim.notebook.page import Page, in_one_language, stop_before_it_is_shown_anew
    from fwsim.problems import InputError
    from fwsim.screen import escaped

    limit_memory()
    stop_before_it_is_shown_anew()
    in_one_language()
    try:
        check_numbers(os.environ)
        return make()
    except InputError as error:
        cannot, why = say("page.cannot"), str(error)
        pre = "<pre style='white-space:pre-wrap;overflow-wrap:anywhere'>"
        shown = f"<div role='alert'><b>{escaped(cannot)}</b>{pre}{escaped(why)}</pre></div>"
        return Page([ipywidgets.HTML(shown)], lambda: [cannot, why])
