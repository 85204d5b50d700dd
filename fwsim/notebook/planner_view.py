"""The planner: one screen with a board, and what lies below it. It shows a `Desk`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets as w

from fwsim.beside_files import loads
from fwsim.messages import LANGUAGES, language, say, speak
from fwsim.notebook.board.widget import DeskWidget
from fwsim.notebook.desk import Desk
from fwsim.notebook.desk_data import plan_in_words, scenarios_beside
from fwsim.notebook.devices.grid import DeviceGrid, Wish
from fwsim.notebook.field import close, explained, without_null
from fwsim.notebook.hand_over_view import HandOverView
from fwsim.notebook.page import Page, in_one_language
from fwsim.notebook.plan import Plan
from fwsim.notebook.shelf import PlanState
from fwsim.notebook.tabs import Tabs

if TYPE_CHECKING:
    from fwsim.notebook.command_tab import CommandTab
    from fwsim.notebook.doubt_view import DoubtView
    from fwsim.notebook.find_view import FindView
    from fwsim.notebook.following_view import FollowingView
    from fwsim.notebook.from_logs_view import FromLogsView
    from fwsim.notebook.live.widget import LiveWidget
    from fwsim.scenario.schema import Scenario

Open = Callable[[Plan], None]
Again = Callable[["PlannerView"], None]
T = TypeVar("T")
_Begun = tuple["PlanState", "Scenario"]
_GOES_ON = ("hand_over", "command", "find", "live", "doubt", "from_logs")
"""Views of the tabs; what was typed in them stays."""


class PlannerView:
    """The planner's widgets.

    Parameters
    ----------
    plan
        What is planned.
    open_other
        Called with the plan of another scenario, which then takes the place of this one.
    show_again
        Called with this view when its desk is to be shown in another language.
    follows
        Whether the full runs follow by themselves when the hand rests.
    before
        A view that this one goes on with: its plans, answers and undo, what is being made for it,
        what came of that, and what was typed.
    """

    def __init__(
        self,
        plan: Plan,
        open_other: Open = lambda _: None,
        show_again: Again = lambda _: None,
        *,
        follows: bool = True,
        before: PlannerView | None = None,
    ) -> None:
        self.plan, self._open_other, self._show_again = plan, open_other, show_again
        self.models: dict[str, Any] = {} if before is None else before.models
        self.begun: _Begun | None = None if before is None else before.begun
        self._wish: tuple[Wish, str] | None = None
        self.desk: Desk = Desk(plan, self._show, follows=follows) if before is None else before.desk
        self.screen = DeskWidget(self.desk.hear, kept=self.desk.kept.for_browser())
        if before is not None:
            self.desk.move(self._show)
        self.tabs = self._make_tabs()
        self.widget = w.VBox([self.screen, self.tabs.widget], layout=w.Layout(width="100%"))
        self.widget.add_class("fwsim-planner")
        self.desk.others.update(
            compose=lambda _: self._to_form(new=True),
            edit=lambda _: self._to_form(new=False),
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
            toured=lambda _: self.desk.kept.end_tour(),
            too_large=lambda message: self._refuse(str(message["name"])),
        )
        self.desk.when_at_rest = self._show_tabs
        for trait in ("answer", "sample_run"):
            plan.observe(self._show_tabs, trait)
        without_null(self.widget)
        if before is None:
            self.tabs.go_to("devices")
            self.desk.open()
        else:
            self._go_on(before)

    def _go_on(self, before: PlannerView) -> None:
        """Show what another view of this desk has shown, and make all of it anew."""
        for model in self.models.values():
            model.watch()
            model.speak()
        made = vars(before)
        if "played" in made:
            vars(self)["played"] = self._play(before.played)
        for name in _GOES_ON:
            if name in made:
                getattr(self, name).go_on(made[name])
        if "doubt" in self.models:
            self._on_told_apart()
        self.tabs.go_to(before.tabs.name)
        self.desk.speak()

    def close(self, *, goes_on: bool = False) -> None:
        """Stop what goes on, and forget all widgets: another view takes the place of this one.

        Parameters
        ----------
        goes_on
            Whether the desk is shown by the other view.
        """
        if not goes_on:
            self.desk.follows = False
            self.plan.outdate()
            self.plan.rest()
            self._stop_below()
        close(self.widget)

    def stop(self) -> None:
        """End what is being made; a hand may begin it again."""
        self.plan.rest()
        self._stop_below()

    def _stop_below(self) -> None:
        made = vars(self)
        if "played" in made:
            self.played.leave()
        if "live" in made:
            self.live.leave()
        for name in {"find", "doubt"} & set(self.models):
            self.models[name].stop()

    # The tabs below, each made when it is first looked at: a page of many fields opens slowly

    def _make_tabs(self) -> Tabs:
        return Tabs(
            self.desk,
            {
                "devices": lambda: self.devices.widget,
                "doubt": lambda: w.VBox([self.doubt.widget, self.from_logs.widget]),
                "find": lambda: self.find.widget,
                "live": self._live_tab,
                "command": lambda: self.command.widget,
                "hand_over": lambda: self.hand_over.widget,
                "new": self._new,
            },
            {"hand_over": self._show_hand_over, "command": self._show_command},
        )

    @cached_property
    def devices(self) -> DeviceGrid:
        """The devices of one run."""
        return DeviceGrid()

    @cached_property
    def hand_over(self) -> HandOverView:
        """What is handed over."""
        return HandOverView(self.plan)

    def _show_hand_over(self) -> None:
        self.hand_over.show()

    def _show_command(self) -> None:
        self.command.refresh()

    @cached_property
    def command(self) -> CommandTab:
        """The form with everything that the console's dialog asks."""
        from fwsim.notebook.command_tab import CommandTab

        return CommandTab(self.desk)

    @cached_property
    def find(self) -> FindView:
        """The search for a plan."""
        from fwsim.notebook.find_view import FindView
        from fwsim.notebook.finding import Finding

        return FindView(self._model("find", Finding), self.hand_over.target)

    @cached_property
    def doubt(self) -> DoubtView:
        """Where the spread comes from."""
        from fwsim.notebook.doubt_view import DoubtView
        from fwsim.notebook.doubting import Doubting

        view = DoubtView(self._model("doubt", Doubting), lambda: self.desk.runs)
        view.doubting.observe(self._on_told_apart, "result")
        return view

    @cached_property
    def live(self) -> FollowingView:
        """A rollout under way."""
        from fwsim.notebook.following import Following
        from fwsim.notebook.following_view import FollowingView

        return FollowingView(self._model("live", Following), lambda: self.desk.runs)

    @cached_property
    def played(self) -> LiveWidget:
        """The plan on the desk in accelerated real time."""
        return self._play()

    def _play(self, before: LiveWidget | None = None) -> LiveWidget:
        from fwsim.notebook.live.run import LiveRun
        from fwsim.notebook.live.widget import LiveWidget

        def begin() -> LiveRun:
            self.begun = self.plan.state, self.plan.base
            return LiveRun(self.plan.scenario())

        # Only looked at: whether the plan can be played is nobody's question while a run is shown.
        return LiveWidget(begin, lambda _: self.begun == (self.plan.state, self.plan.base), before)

    def _live_tab(self) -> w.Widget:
        return w.VBox([explained(say("play.hint")), self.played.widget, self.live.widget])

    @cached_property
    def from_logs(self) -> FromLogsView:
        """What logs teach."""
        from fwsim.notebook.from_logs import FromLogs
        from fwsim.notebook.from_logs_view import FromLogsView

        hand = self.hand_over
        return FromLogsView(self._model("from_logs", FromLogs), hand.target, hand.overwrite)

    def _model(self, name: str, make: Callable[[Plan], T]) -> T:
        """Return what a tab works on; it outlives the widgets of a language."""
        if name not in self.models:
            self.models[name] = make(self.plan)
        made: T = self.models[name]
        return made

    def _new(self) -> w.Widget:
        from fwsim.notebook.new_scenario import NewScenario
        from fwsim.notebook.new_view import NewView

        return NewView(NewScenario(self.plan.place, self._on_created)).widget

    # What is shown

    def _show(self, name: str, data: dict[str, Any]) -> None:
        self.screen.show(name, data, in_passing=self.desk.is_held)
        if name == "top":
            self.screen.kept = self.desk.kept.for_browser()

    def _show_tabs(self, _: Any = None) -> None:
        plan = self.plan
        self.devices.show(plan.sample_run if plan.answer is not None else None)
        self.tabs.show()
        self._grant()

    def _on_told_apart(self, _: Any = None) -> None:
        found = self.doubt.doubting.result
        self.desk.fan = None if found is None else found.fan
        if found is not None:
            self.desk.show_board()

    # What a click on the board leads to

    def _to_form(self, *, new: bool) -> None:
        if new:
            self.command.compose()
        else:
            self.command.edit()
        self.tabs.go_to("command")

    def _to_hand_over(self) -> None:
        self.tabs.go_to("hand_over")

    def _on_tile(self, measure: str) -> None:
        self.find.add_goal(measure)
        self.tabs.go_to("find")
        self.desk.tell(say("desk.into_find", measure=measure))

    def _list_devices(self, wish: Wish, sort: str) -> None:
        """List some devices; where they are still being made, once they are."""
        self.tabs.go_to("devices")
        self._wish = wish, sort
        self._grant()

    def _grant(self) -> None:
        if (wish := self._wish) is not None:
            self.desk.tell(self.devices.only(*wish))
            if self.devices.has_run:
                self._wish = None

    def _on_point(self, at: int) -> None:
        self._list_devices(lambda rows: rows.late_at(at), "why")

    def _on_cause(self, name: str) -> None:
        self._list_devices(lambda rows: rows.late_because(name), "ends")

    def _on_site(self, name: str) -> None:
        self._list_devices(lambda rows: rows.at_site(name), "ends")

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
        self._show_again(self)
        in_one_language()

    def _on_created(self, path: Path) -> None:
        self._open(path.name, lambda: Plan(path))

    def _on_upload(self, name: str, text: str) -> None:
        place = self.plan.place
        folder = place.folder if place.is_confined else self.plan.base.files.shown
        self._open(name, lambda: Plan(loads(text, source=Path(name).name, folder=folder)))

    def _open(self, name: str, make: Callable[[], Plan]) -> None:
        try:
            plan = make()
        except (ValueError, OSError) as error:
            why = self.plan.place.error_in_a_line(error) if isinstance(error, ValueError) else ""
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
        self.view = PlannerView(plan, self.open, self.again)
        self.widget = Page([self.view.widget], self._told, lambda: self.again(self.view), self.stop)

    def _told(self) -> list[str]:
        return plan_in_words(self.view.plan, self.view.desk.shelf)

    def open(self, plan: Plan) -> None:
        """Show a plan in the place of what is shown."""
        old, self.view = self.view, PlannerView(plan, self.open, self.again)
        self.widget.children = (self.view.widget,)
        old.close()

    def stop(self) -> None:
        """End what is being made for it."""
        self.view.stop()

    def again(self, view: PlannerView) -> None:
        """Show the same desk by widgets that are made anew."""
        self.widget.spoken = language()
        self.view = PlannerView(view.plan, self.open, self.again, before=view)
        self.widget.children = (self.view.widget,)
        view.close(goes_on=True)
