"""The tab Hand over: scmd lines, and the files that are written; nothing is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.messages import say
from fwsim.notebook.field import WHOLE, button, field, note, tick
from fwsim.notebook.field import say as show
from fwsim.notebook.plan import Plan
from fwsim.notebook.remark import Remark


class HandOverView:
    """The tab's widgets.

    Parameters
    ----------
    plan
        What is handed over.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines = field(w.Textarea, say("hand.lines"), width="97%")
        self.lines.layout.height = "6em"
        self.path = field(
            w.Text, say("hand.folder"), value=str(plan.base.files.shown), width="26em", **WHOLE
        )
        self.name = field(w.Text, say("hand.name"), value="my-plan", width="24em", **WHOLE)
        if plan.place.is_confined:
            self.path.layout.display = "none"
        self.overwrite = tick(
            say("hand.overwrite"), value=False, margin="0 1em", hint=say("hand.overwrite_hint")
        )
        self.save = button(say("hand.save"), say("hand.save_hint"), style="primary")
        self.report = button(say("hand.report"), say("hand.report_hint"))
        self.yes = button(say("hand.yes"), say("hand.yes_hint"), style="warning")
        self.no = button(say("hand.no"), say("hand.no_hint"))
        self.told = note("files-status")
        self._asked: Callable[[], None] | None = None
        self.save.on_click(lambda _: self._on_save(plan.save_scenario, ".yaml"))
        self.report.on_click(lambda _: self._on_save(plan.save_report, ".html"))
        self.yes.on_click(lambda _: self._on_yes())
        self.no.on_click(lambda _: self._ask(None))
        plan.observe(lambda _: self._show_remark(), "remark")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox(
            [
                self.lines,
                w.Box([self.path, self.name], layout=row),
                w.Box([self.save, self.report, self.told, self.yes, self.no], layout=row),
                self.overwrite,
            ]
        )
        self._ask(None)

    def show(self) -> None:
        """Show the plan's commands."""
        self.lines.value = self.plan.scmd()

    def go_on(self, before: HandOverView) -> None:
        """Write to where another view of the same plan does."""
        self.path.value, self.name.value = before.path.value, before.name.value

    def target(self, ending: str = "") -> Path:
        """Return where a file of an ending, or a folder, is to be written.

        Raises
        ------
        ValueError
            If the name or the folder will not do, in words.
        """
        return self.plan.place.path(self.path.value, self.name.value, ending)

    def _on_save(self, save: Callable[..., None], ending: str) -> None:
        self._ask(None)
        try:
            path = self.target(ending)
        except ValueError as error:
            self.plan.remark = Remark("files", str(error))
            return
        if self.plan.place.may_replace(path):
            self.plan.remark = Remark("files", say("desk.replace_file", name=path.name))
            self._ask(lambda: save(path, overwrite=True))
            return
        save(path)

    def _on_yes(self) -> None:
        asked = self._asked
        self._ask(None)
        if asked is not None:
            asked()

    def _ask(self, act: Callable[[], None] | None) -> None:
        self._asked = act
        for item in (self.yes, self.no):
            item.layout.display = "none" if act is None else None
        if act is None and self.plan.remark.about == "files":
            self.plan.remark = Remark()

    def _show_remark(self, _: Any = None) -> None:
        remark = self.plan.remark
        show(self.told, remark.text if remark.about == "files" else "")
