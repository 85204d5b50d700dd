"""The tab Command: the console's dialog as a form, appended to the plan or put in a place of it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from fwsim.commands.command import Sent
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
        self._shown: tuple[int, Sent, Draft] | None = None
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        self.widget = w.VBox([self.form.widget, w.Box([self.add, self.put, self.told], layout=row)])
        self.plan.observe(self._show_remark, "remark")
        self.edit()

    def go_on(self, before: CommandTab) -> None:
        """Show what was typed in another view of the same plan."""
        typed = before._typed()
        if typed is not None and (before._shown is None or before._shown[2] != typed):
            self.form.fill(typed)
        own = before.form.own_reminder()
        if own is not None:
            self.form.type_reminder(*own)

    def compose(self) -> None:
        """Begin a new command."""
        self._shown = None
        self.form.fill_reminder(*self.desk.rail.reminder())
        self.form.fill(Draft(at=self.form.draft_time()))

    def edit(self) -> None:
        """Show the picked command, where the form has a field for all of it."""
        self.form.fill_reminder(*self.desk.rail.reminder())
        self._edit_command()

    def _edit_command(self) -> None:
        self._shown = None
        number, command = self.desk.rail.picked, self.desk.rail.command
        draft = None if command is None else draft_of(command)
        if draft is not None and number is not None and command is not None:
            self.form.fill(draft)
            typed = self._typed()
            self._shown = None if typed is None else (number, command, typed)

    def refresh(self) -> None:
        """Show the plan as it has become, where nobody has typed anything else."""
        reminder = self.desk.rail.reminder()
        if not self.form.is_reminder_typed() and self.form.reminder() != reminder:
            self.form.fill_reminder(*reminder)
        if self._shown is not None:
            number, command, draft = self._shown
            is_another = self.desk.rail.picked == number and self.desk.rail.command != command
            if is_another and self._typed() == draft:
                self._edit_command()

    def _typed(self) -> Draft | None:
        try:
            return self.form.draft()
        except ValueError:
            return None

    def _draft(self) -> Draft | None:
        draft = self._typed()
        if draft is None or draft.problems():
            self.plan.remark = Remark("commands", say("desk.first_correct"))
            return None
        return draft

    def _on_add(self) -> None:
        if draft := self._draft():
            self._remind()
            self.plan.add(draft)
            self.desk.rail.pick(len(self.plan.commands) - 1)
            self.desk.show_rail()

    def _on_put(self) -> None:
        number = self.desk.rail.picked
        if number is None:
            self.plan.remark = Remark("commands", say("desk.pick_first"))
        elif draft := self._draft():
            self._remind()
            self.plan.put(number, draft)
            if draft.commands() == [self.desk.rail.command]:
                self.edit()

    def _remind(self) -> None:
        """Allow the deferments that were set in the form; else those of the plan stay."""
        own = self.form.own_reminder()
        if own is not None:
            self.plan.remind(*own)
            self.form.fill_reminder(*own)

    def _show_remark(self, _: Any = None) -> None:
        remark = self.plan.remark
        show(self.told, remark.text if remark.about == "commands" else "")
