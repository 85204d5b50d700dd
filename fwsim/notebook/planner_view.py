"""The planner: one screen with a board, and what lies below it. It shows a `Desk`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.messages import LANGUAGES, language, say, speak
from fwsim.notebook.board.widget import DeskWidget
from fwsim.notebook.command_form import CommandForm
from fwsim.notebook.desk import Desk
from fwsim.notebook.desk_data import scenarios_beside
from fwsim.notebook.device_table import DeviceTable
from fwsim.notebook.doubt_view import DoubtView
from fwsim.notebook.doubting import Doubting
from fwsim.notebook.draft import Draft, draft_of
from fwsim.notebook.field import button, note, without_null
from fwsim.notebook.field import say as show
from fwsim.notebook.find_view import FindView
from fwsim.notebook.finding import Finding
from fwsim.notebook.following import Following
from fwsim.notebook.following_view import FollowingView
from fwsim.notebook.from_logs import FromLogs
from fwsim.notebook.from_logs_view import FromLogsView
from fwsim.notebook.hand_over_view import HandOverView
from fwsim.notebook.new_scenario import NewScenario
from fwsim.notebook.new_view import NewView
from fwsim.notebook.plan import Plan
from fwsim.notebook.remark import Remark
from fwsim.notebook.tabs import Tabs
from fwsim.scenario.load import loads

Open = Callable[[Plan], None]


class PlannerView:
    """The planner's widgets.

    Parameters
    ----------
    plan
        What is planned.
    open_other
        Called with the plan of another scenario, which then takes the place of this one.
    follows
        Whether the full runs follow by themselves when the hand rests.
    """

    def __init__(
        self, plan: Plan, open_other: Open = lambda _: None, *, follows: bool = True
    ) -> None:
        self.plan, self._open_other = plan, open_other
        self._wish: Callable[[], str] | None = None
        self.desk = Desk(plan, self._show, follows=follows)
        self.screen = DeskWidget(self.desk.hear)
        self._make_form()
        self._make_tabs()
        self.widget = w.VBox([self.screen, self.tabs.widget], layout=w.Layout(width="100%"))
        self.widget.add_class("fwsim-planner")
        self.desk.others.update(
            compose=lambda _: self._on_compose(),
            edit=lambda _: self._on_edit(),
            save=lambda _: self._to_hand_over(),
            report=lambda _: self._to_hand_over(),
            hand_over=lambda _: self._to_hand_over(),
            tell_apart=lambda _: self.tabs.go_to("doubt"),
            tile=lambda message: self._on_tile(str(message["measure"])),
            point=lambda message: self._on_point(int(message["at"])),
            cause=lambda message: self._on_cause(str(message["name"])),
            site=lambda message: self._on_site(str(message["name"])),
            new=lambda _: self.tabs.go_to("new"),
            language=lambda message: self._on_language(str(message["name"])),
            scenario=lambda message: self._on_scenario(str(message["name"])),
            upload=lambda message: self._on_upload(str(message["name"]), str(message["text"])),
            too_large=lambda message: self._refuse(str(message["name"])),
        )
        self.desk.when_at_rest = self._show_tabs
        for trait in ("answer", "sample_run"):
            plan.observe(self._show_tabs, trait)
        plan.observe(self._show_remark, "remark")
        self.doubt.doubting.observe(self._on_told_apart, "result")
        self.desk.open()
        without_null(self.widget)

    def _make_form(self) -> None:
        self.form = CommandForm(self.plan.rollout)
        self.add = button(say("form.add"), say("form.add_hint"), style="primary")
        self.put = button(say("form.replace"), say("form.replace_hint"))
        self.told = note("commands-status")
        self.add.on_click(lambda _: self._on_add())
        self.put.on_click(lambda _: self._on_put())
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        buttons = w.Box([self.add, self.put, self.told], layout=row)
        self.form_tab = w.VBox([self.form.widget, buttons])
        if (draft := self._picked_draft()) is not None:
            self.form.fill(draft)

    def _make_tabs(self) -> None:
        plan = self.plan
        self.devices = DeviceTable()
        self.hand_over = HandOverView(plan)
        self.find = FindView(Finding(plan), self.hand_over.target)
        self.doubt = DoubtView(Doubting(plan), lambda: self.desk.runs)
        self.live = FollowingView(Following(plan), lambda: self.desk.runs)
        self.from_logs = FromLogsView(
            FromLogs(plan), self.hand_over.target, self.hand_over.overwrite
        )
        others = {
            "devices": self.devices.widget,
            "doubt": w.VBox([self.doubt.widget, self.from_logs.widget]),
            "find": self.find.widget,
            "live": self.live.widget,
            "command": self.form_tab,
            "hand_over": self.hand_over.widget,
            "new": NewView(NewScenario(plan.place, self._on_created)).widget,
        }
        self.tabs = Tabs(self.desk, others, {"hand_over": self.hand_over.show})

    # What is shown

    def _show(self, name: str, data: dict[str, Any]) -> None:
        setattr(self.screen, name, data)
        if name == "top" and self.desk.kept.key:
            self.screen.kept = {"key": self.desk.kept.key, "text": self.desk.kept.text()}

    def _show_tabs(self, _: Any = None) -> None:
        plan = self.plan
        self.devices.show(plan.sample_run if plan.answer is not None else None)
        self.tabs.show()
        self._grant()

    def _show_remark(self, _: Any = None) -> None:
        remark = self.plan.remark
        show(self.told, remark.text if remark.about == "commands" else "")

    def _on_told_apart(self, _: Any = None) -> None:
        found = self.doubt.doubting.result
        self.desk.fan = None if found is None else found.fan
        if found is not None:
            self.desk.show_board()

    # The form with all options

    def _picked_draft(self) -> Draft | None:
        command = self.desk.rail.command
        return None if command is None else draft_of(command)

    def _on_compose(self) -> None:
        self.form.fill(Draft(at=self.form.draft_time()))
        self.tabs.go_to("command")

    def _on_edit(self) -> None:
        draft = self._picked_draft()
        if draft is not None:
            self.form.fill(draft)
        self.tabs.go_to("command")

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

    # What a click on the board leads to

    def _to_hand_over(self) -> None:
        self.tabs.go_to("hand_over")

    def _on_tile(self, measure: str) -> None:
        self.find.add_goal(measure)
        self.tabs.go_to("find")
        self.desk.tell(say("desk.into_find", measure=measure))

    def _list_devices(self, wish: Callable[[], str]) -> None:
        """List some devices; where they are still being made, once they are."""
        self.tabs.go_to("devices")
        self._wish = wish
        self._grant()

    def _grant(self) -> None:
        if self._wish is not None:
            self.desk.tell(self._wish())
            if self.devices.has_run:
                self._wish = None

    def _on_point(self, at: int) -> None:
        self._list_devices(lambda: self.devices.only_late_at(at))

    def _on_cause(self, name: str) -> None:
        self._list_devices(lambda: self.devices.only_because(name))

    def _on_site(self, name: str) -> None:
        self._list_devices(lambda: self.devices.only_at(name))

    # Another scenario

    def _on_scenario(self, name: str) -> None:
        source = self.plan.source
        if source is not None and name in scenarios_beside(self.plan):
            self._open(name, lambda: Plan(source.parent / name))

    def _on_language(self, name: str) -> None:
        """Show the same plan in another language."""
        if name not in LANGUAGES or name == language():
            return
        speak(name)
        plan = Plan(self.plan.source or self.plan.base)
        plan.restore(self.plan.state, self.plan.answer)
        self.plan.stop()
        self._open_other(plan)

    def _on_created(self, path: Path) -> None:
        self._open(path.name, lambda: Plan(path))

    def _on_upload(self, name: str, text: str) -> None:
        place = self.plan.place
        folder = place.folder if place.is_confined else self.plan.base.folder
        self._open(name, lambda: Plan(loads(text, source=Path(name).name, folder=folder)))

    def _open(self, name: str, make: Callable[[], Plan]) -> None:
        try:
            plan = make()
        except (ValueError, OSError) as error:
            why = self.plan.place.error_in_words(error) if isinstance(error, ValueError) else ""
            self.desk.tell(say("desk.no_scenario", name=name[:60], why=why or str(error)))
            return
        self.plan.stop()
        self._open_other(plan)

    def _refuse(self, name: str) -> None:
        self.desk.tell(say("desk.too_large", name=name[:60]))


class Planner:
    """The place on the page: a view of one scenario, until another is opened.

    Parameters
    ----------
    plan
        To begin with.
    """

    def __init__(self, plan: Plan) -> None:
        self.widget = w.VBox(layout=w.Layout(width="100%"))
        self.open(plan)

    def open(self, plan: Plan) -> None:
        """Show a plan in the place of what is shown."""
        self.view = PlannerView(plan, self.open)
        self.widget.children = (self.view.widget,)
