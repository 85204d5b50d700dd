"""The planner: commands, levers, the run, and what came of it. It shows a `Plan`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.measures.catalogue import Kind
from fwsim.notebook import picture
from fwsim.notebook.command_form import CommandForm, CommandList
from fwsim.notebook.device_table import DeviceTable
from fwsim.notebook.doubt_view import DoubtView
from fwsim.notebook.doubting import Doubting
from fwsim.notebook.draft import draft_of, scmd_lines
from fwsim.notebook.entries import RUNS
from fwsim.notebook.field import (
    ValueField,
    button,
    field,
    heading,
    note,
    say,
    tick,
    without_null,
)
from fwsim.notebook.find_view import FindView
from fwsim.notebook.finding import Finding
from fwsim.notebook.following import Following
from fwsim.notebook.following_view import FollowingView
from fwsim.notebook.from_logs import FromLogs
from fwsim.notebook.from_logs_view import FromLogsView
from fwsim.notebook.levers_view import LeversView
from fwsim.notebook.plan import USUAL_RUNS, Plan, Remark
from fwsim.planning.levers import Levers
from fwsim.results import figures
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import median_head, range_head
from fwsim.results.statistics.sentences import tail_in_words

AS_DRAWN = {"max_width": "100%", "align_self": "flex-start"}
TABS = ("Answer", "Completion", "Load", "People", "Devices", "Tail", "Doubt", "Find", "Live")
_PEOPLE = (
    Kind.PROMPTS,
    Kind.DEVICES_PROMPTED,
    Kind.DEFERMENTS,
    Kind.CANCELS,
    Kind.FORCED_STARTS,
    Kind.USER_TIME_LOST,
)


class PlannerView:
    """The planner's widgets.

    Parameters
    ----------
    plan
        What is planned.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._lock = threading.Lock()
        self.form = CommandForm(plan.rollout)
        self.commands = CommandList(self._on_pick)
        self.levers = LeversView(self._on_turn)
        self.devices = DeviceTable()
        self._make_buttons()
        self.find = FindView(Finding(plan), self.target)
        self.doubt = DoubtView(Doubting(plan), lambda: self.runs.value)
        self.live = FollowingView(Following(plan), lambda: self.runs.value)
        self.from_logs = FromLogsView(FromLogs(plan), self.target, self.overwrite)
        self._make_answer()
        self._arrange()
        plan.observe(self._show_answer, "answer")
        for trait in ("is_running", "done", "remark", "answer", "problem"):
            plan.observe(self._show_progress, trait)
        plan.observe(self._show_commands, "commands")
        plan.observe(self._show_levers, "levers")
        plan.observe(self._follow, "base")
        self._show_commands()
        if plan.commands:
            self.commands.list.value = 0
        without_null(self.widget)

    def _make_buttons(self) -> None:
        self.add = button("Add command", "append the command in the form", style="info")
        self.put = button("Replace", "replace the picked command by the one in the form")
        self.runs = ValueField(
            "Runs", RUNS, USUAL_RUNS, width="18em", hint="more runs, narrower intervals"
        )
        self.run = button("Run plan", "make the runs", style="primary", width="8em")
        self.stop = button("Stop", "stop after the current run", style="warning")
        self.ghost = button("Keep as plan A", "leave this curve on screen as a ghost")
        self.follow = tick(
            "run again after every change", value=True, margin="0 1em", hint="when the hand rests"
        )
        self.bar = w.IntProgress(value=0, min=0, max=1, layout=w.Layout(width="14em"))
        self.notes = {
            "commands": note("commands-status"),
            "list": self.commands.note,
            "runs": note("status"),
            "files": note("files-status"),
        }
        self.status = self.notes["runs"]
        self.path = field(w.Text, "Folder", value=str(self.plan.base.folder), width="26em")
        self.name = field(w.Text, "File name", value="my-plan", width="24em")
        if self.plan.place.is_confined:
            self.path.layout.display = "none"
        self.overwrite = tick(
            "Overwrite", value=False, margin="0 1em", hint="replace an existing file of that name"
        )
        self.save = button(
            "Save scenario", "as NAME.yaml; a file that is replaced loses its comments"
        )
        self.save_report = button("Save report", "as NAME.html")
        self.stop.disabled = True
        self.add.on_click(lambda _: self._on_add())
        self.put.on_click(lambda _: self._on_put())
        self.run.on_click(lambda _: self._on_run())
        self.stop.on_click(lambda _: self.plan.stop())
        self.ghost.on_click(lambda _: self._on_ghost())
        self.save.on_click(lambda _: self._on_save(self.plan.save_scenario, ".yaml"))
        self.save_report.on_click(lambda _: self._on_save(self.plan.save_report, ".html"))
        picked = {self.commands.up: (self.plan.move, -1), self.commands.down: (self.plan.move, 1)}
        for item, (move, by) in picked.items():
            item.on_click(lambda _, move=move, by=by: self._on_picked(move, by))
        self.commands.copy.on_click(lambda _: self._on_picked(self.plan.copy))
        self.commands.remove.on_click(lambda _: self._on_picked(self.plan.remove))

    def _make_answer(self) -> None:
        self.headline = w.HTML()
        self.headline.add_class("fwsim-headline")
        self.details = w.HTML()
        self.completion = w.Image(format="png", layout=AS_DRAWN)
        self.completion.add_class("fwsim-completion")
        names = ("outcomes", "load", "heat", "prompts", "spent")
        self.pictures = {name: w.Image(format="png", layout=AS_DRAWN) for name in names}
        self.people, self.tail, self.load_hint = w.HTML(), w.HTML(), w.HTML()
        self.lines = field(w.Textarea, "scmd lines", width="97%")
        self.lines.layout.height = "6em"
        self.tabs = w.Tab(
            children=[
                w.VBox([self.details, self.pictures["outcomes"]]),
                w.VBox([self.completion]),
                w.VBox([self.load_hint, self.pictures["load"], self.pictures["heat"]]),
                w.VBox([self.people, self.pictures["prompts"]]),
                self.devices.widget,
                w.VBox([self.tail, self.pictures["spent"]]),
                w.VBox([self.doubt.widget, self.from_logs.widget]),
                self.find.widget,
                self.live.widget,
            ],
            titles=TABS,
            selected_index=1,
        )
        self._clear_answer()

    def _arrange(self) -> None:
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        title = w.HTML(f"<h2 style='margin:0'>{escape(self.plan.base.name)}</h2>")
        self.widget = w.VBox(
            [
                title,
                heading("1. Compose commands"),
                self.form.widget,
                w.Box([self.add, self.put, self.notes["commands"]], layout=row),
                self.commands.widget,
                heading("2. Turn"),
                self.levers.widget,
                heading("3. Run"),
                w.Box(
                    [
                        self.runs.widget,
                        self.run,
                        self.stop,
                        self.ghost,
                        self.follow,
                        self.bar,
                        self.status,
                    ],
                    layout=row,
                ),
                self.headline,
                self.tabs,
                heading("4. Hand over"),
                self.lines,
                w.Box(
                    [
                        self.path,
                        self.name,
                        self.overwrite,
                        self.save,
                        self.save_report,
                        self.notes["files"],
                    ],
                    layout=row,
                ),
            ],
            layout=w.Layout(width="100%", max_width="1200px"),
        )
        self.widget.add_class("fwsim-planner")

    # What a person does

    def target(self, ending: str = "") -> Path:
        """Return where a file of an ending, or a folder, is to be written.

        Raises
        ------
        ValueError
            If the name or the folder will not do, in words.
        """
        return self.plan.place.path(self.path.value, self.name.value, ending)

    def _on_save(self, save: Callable[..., None], ending: str) -> None:
        try:
            path = self.target(ending)
        except ValueError as error:
            self.plan.remark = Remark("files", str(error))
            return
        save(path, overwrite=self.overwrite.value)
        self.overwrite.value = False

    def _on_run(self) -> None:
        if not self.runs.problem:
            self.plan.start(self.runs.value)

    def _draft(self) -> Any:
        try:
            draft = self.form.draft()
        except ValueError:
            draft = None
        if draft is None or draft.problems():
            self.plan.remark = Remark("commands", "first correct what is marked with ⚠ above")
            return None
        return draft

    def _on_add(self) -> None:
        if draft := self._draft():
            self.plan.remind(*self.form.reminder())
            self.plan.add(draft)

    def _on_put(self) -> None:
        number = self.commands.number
        if number is None:
            self.plan.remark = Remark("commands", "pick the command to replace in the list")
        elif draft := self._draft():
            self.plan.remind(*self.form.reminder())
            self.plan.put(number, draft)

    def _on_picked(self, act: Any, *more: int) -> None:
        number = self.commands.number
        if number is None:
            self.plan.remark = Remark("list", "pick a command in the list first")
        else:
            act(number, *more)

    def _on_pick(self, number: int) -> None:
        draft = draft_of(self.plan.commands[number])
        if draft is not None:
            self.form.fill(draft)

    def _on_turn(self, levers: Levers) -> None:
        if levers == self.plan.levers:
            return
        self.plan.turn(levers)
        self._follow()

    def _follow(self, _: Any = None) -> None:
        """Show at once what a change is about to do; the full runs follow when the hand rests."""
        self._take_a_look()
        if self.follow.value and not (self.runs.problem or self.plan.problem):
            self.plan.start_when_quiet(self.runs.value)

    def _on_ghost(self) -> None:
        self.plan.keep_as_ghost()
        self._draw_completion()

    # What is shown

    def _take_a_look(self) -> None:
        """Redraw from a first look; moves that come while one is taken are caught up with."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self.plan.first_look()
            self._draw_completion()
            self.lines.value = self.plan.scmd()
        finally:
            self._lock.release()

    def _draw_completion(self) -> None:
        """Show what is known of the plan as it is; of one that cannot be played, why."""
        plan = self.plan
        colour = "#fdecea" if plan.look is None else "#eef5fa"
        text = escape(plan.headline).replace("\n", "<br>")
        self.headline.value = (
            f"<p style='font-size:1.1em;line-height:1.4;background:{colour};padding:.5em .8em;"
            f"margin:.4em 0'>{text}</p>"
        )
        shown = plan.answer or plan.look
        self.completion.layout.visibility = "hidden" if shown is None else "visible"
        if shown is not None:
            is_look = plan.answer is None
            self.completion.value = picture.completion(shown, plan.ghost, is_look=is_look)

    def _show_commands(self, _: Any = None) -> None:
        lines = [scmd_lines([command]).removeprefix("scmd ") for command in self.plan.commands]
        self.commands.show(lines)
        self._take_a_look()

    def _show_levers(self, _: Any = None) -> None:
        if self.levers.levers() != self.plan.levers:
            self.levers.fill(self.plan.levers)

    def _show_progress(self, _: Any = None) -> None:
        plan = self.plan
        self.run.disabled = plan.is_running or bool(plan.problem)
        self.ghost.disabled = plan.answer is None and plan.look is None
        self.stop.disabled = not plan.is_running
        self.bar.max, self.bar.value = max(1, plan.wanted), plan.done if plan.is_running else 0
        for about, place in self.notes.items():
            say(place, plan.remark.text if plan.remark.about == about else "")
        if not self.status.value:
            progress = f"{plan.done} of {plan.wanted} runs" if plan.is_running else ""
            say(self.status, progress or ("done" if plan.answer else ""))

    def _show_answer(self, _: Any = None) -> None:
        answer = self.plan.answer
        self.devices.show(self.plan.sample_run if answer is not None else None)
        if answer is None:
            self._clear_answer()
            return
        self._draw_completion()
        self.details.value = answer._repr_html_()
        self.people.value = _people(answer)
        self.tail.value = f"<p>{escape(tail_in_words(answer))}</p>"
        drawn: tuple[tuple[str, Callable[[Answer, Any], Any]], ...] = (
            ("outcomes", figures.outcomes),
            ("load", figures.load),
            ("heat", figures.site_heat_map),
            ("prompts", figures.prompts_by_hour),
            ("spent", figures.time_spent),
        )
        for name, draw in drawn:
            size = (8.4, 5.2) if name in {"outcomes", "heat"} else picture.SIZE
            self.pictures[name].value = picture.picture(partial(draw, answer), size)
            self.pictures[name].layout.display = None
        self.load_hint.value = ""

    def _clear_answer(self) -> None:
        """Show no answer that is not one to the plan as it is now."""
        for place in (self.details, self.people, self.tail, self.load_hint):
            place.value = "<p>Run the plan to see this.</p>"
        for drawn in self.pictures.values():
            drawn.layout.display = "none"


def _people(answer: Answer) -> str:
    def row(tag: str, *texts: str) -> str:
        left = "style='padding-right:1.5em;text-align:left'"
        return f"<tr>{''.join(f'<{tag} {left}>{escape(t)}</{tag}>' for t in texts)}</tr>"

    heads = row("th", "", median_head(answer.runs), range_head(answer.runs))
    rows = ""
    for measure in answer.measures:
        if measure.kind in _PEOPLE:
            estimate = answer.cells(measure)
            rows += row("td", measure.name, estimate.middle, estimate.range)
    return f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"
