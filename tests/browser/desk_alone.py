"""A widget's front end on a page of its own: what a kernel would say is put there by a test."""

from __future__ import annotations

import json
from typing import Any

from fwsim.notebook.board.widget import FRONT, SCRIPT, words_of_front
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan

QUICK = 10_000
ADDRESS = "http://desk.example/"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>desk</title>
<style>{style}</style></head><body><div class="fwsim-planner"><div id="desk"></div></div>
<script type="module">{script}</script></body></html>"""
MODEL = """
const listeners = {{}}, state = {state};
window.told = [];
window.model = {{
  get: (name) => state[name],
  set: (name, value) => {{
    state[name] = value;
    for (const hear of listeners[`change:${{name}}`] ?? []) hear();
  }},
  on: (name, hear) => (listeners[name] ??= []).push(hear),
  send: (message) => window.told.push(message),
  say: (message) => listeners["msg:custom"].forEach((hear) => hear(message)),
}};
front.render({{ model: window.model, el: document.getElementById("desk") }});
"""
"""What stands between a widget and a kernel, and remembers what the kernel is told."""


def shown(plan: Plan, **kept: str) -> dict[str, Any]:
    """Return the state of the widget of a plan's first look."""
    state: dict[str, Any] = {"words": words_of_front(), "stops": [0], "kept": kept}
    desk = Desk(plan, state.__setitem__, follows=False)
    plan.first_look()
    desk.show_all()
    return state


def open_alone(page: Any, script: str, style: str, state: dict[str, Any]) -> None:
    """Show a widget of a script in a state."""
    model = MODEL.format(state=json.dumps(state).replace("<", "\\u003c"))
    module = script.replace("export default", "const front =") + model
    text = PAGE.format(style=style, script=module)
    page.route(ADDRESS, lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(ADDRESS)


def open_desk(page: Any, state: dict[str, Any]) -> None:
    """Show the desk in a state."""
    open_alone(page, SCRIPT, (FRONT / "desk.css").read_text(encoding="utf-8"), state)
    page.wait_for_selector(".fwsim-board path.middle", timeout=QUICK)


def keep(page: Any, **kept: str) -> None:
    """Let the kernel say what is to be kept."""
    page.evaluate("kept => window.model.set('kept', kept)", kept)


def told_to_kernel(page: Any, do: str) -> list[dict[str, Any]]:
    """Return what the kernel was told, of one kind."""
    return page.evaluate("do_ => window.told.filter(one => one.do === do_)", do)
