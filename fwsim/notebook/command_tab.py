"""The tab Command: the console's dialog as a form, appended to the plan or put in a place of it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from fwsim.messages import say
from fwsim.notebook.command_form import CommandForm
from fwsim.notebook.desk import Desk
from fwsim.notebook.draft import Draft, draft_of
from fwsim.notebook.field import button, note
from fwsim.notebook.field import say as show
from fwsim.notebook.remark import Remark


class CommandTab:
    """The tab's widgets.

    Parameters
    ----------
    desk
        Whose plan it changes.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk, self.plan = desk, desk.plan
        self.form = CommandForm(self.plan.rollout)
        self.add = button(say("form.add"), say("form.add_hint"), style="primary")
        self.put = button(say("form.replace"), say("form.replace_hint"))
        self.told = note("commands-status")
        self.add.on_click(lambda _: self._on_add())
        self.put.on_click(lambda _: self._on_put())
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox([self.form.widget, w.Box([self.add, self.put, self.told], layout=row)])
        self.plan.observe(self._show_remark, "remark")
        self.edit()

    def compose(self) -> None:
        """Begin a new command."""
        self.form.fill(Draft(at=self.form.draft_time()))

    def edit(self) -> None:
        """Show the picked command, where the form has a field for all of it."""
        command = self.desk.rail.command
        draft = None if command is None else draft_of(command)
        if draft is not None:
            self.form.fill(draft)

    def _draft(self) -> Draft | None:
        try:
            draft = self.form.draft()
        except ValueError:
            draft = None
        if draft is None or draft.problems():
            self.plan.remark = Remark("commands", say("desk.first_correct"))
            return None
        return draft

    def _on_add(self) -> None:
        if draft := self._draft():
            self.plan.remind(*self.form.reminder())
            self.plan.add(draft)
            self.desk.rail.pick(len(self.plan.commands) - 1)
            self.desk.show_rail()

    def _on_put(self) -> None:
        number = self.desk.rail.picked
        if number is None:
            self.plan.remark = Remark("commands", say("desk.pick_first"))
        elif draft := self._draft():
            self.plan.remind(*self.form.reminder())
            self.plan.put(number, draft)

    def _show_remark(self, _: Any = None) -> None:
        remark = self.plan.remark
        show(self.told, remark.text if remark.about == "commands" else "")
