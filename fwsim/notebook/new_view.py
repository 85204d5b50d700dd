"""*New…* in the planner: a device list in, fields with warnings beside them, a scenario out."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from fwsim.first_scenario.asked import ASKED, OTHER_LINES, SitesFrom, hint, label
from fwsim.first_scenario.shown import found_in_words, site_heads, site_rows
from fwsim.messages import say
from fwsim.notebook.field import (
    WHOLE,
    WRONG,
    button,
    explained,
    field,
    heading,
    note,
    say_wrong,
    without_null,
)
from fwsim.notebook.field import say as show
from fwsim.notebook.new_scenario import NewScenario
from fwsim.notebook.upload import UploadField
from fwsim.notebook.writing_place import name_problems
from fwsim.screen import escaped

MOST_SITES = 8
_YES_OR_NO = "cancel"
_WARNING = "#7a4a00"
_LINE = "margin:0;line-height:1.35;color:"
_CELL = "text-align:left;padding:.1em 1.2em .1em 0"


class _Asked:
    """A field, with what is wrong or doubtful about it right below."""

    def __init__(self, name: str, new: NewScenario) -> None:
        self.name, self._new = name, new
        options: dict[str, Any] = {"tooltip": hint(name), "width": "30em"}
        if name == _YES_OR_NO:
            self.widget = field(w.Dropdown, label(name), **options)
        else:
            kind = w.Textarea if name == OTHER_LINES else w.Text
            self.widget = field(kind, label(name), continuous_update=False, **options)
        self.widget.add_class(f"fwsim-new-{name.replace('_', '-')}")
        self.below = w.HTML("", layout=w.Layout(margin="0 0 0 12em", max_width="18em"))
        self.box = w.VBox([self.widget, self.below], layout=w.Layout(max_width="100%"))
        self.widget.observe(lambda change: new.say(name, change["new"]), "value")

    def show(self, usual: str, problem: str, warnings: list[str]) -> None:
        """Show the usual value as what stands there while nothing is typed, and the words below."""
        if self.name == _YES_OR_NO:
            options = [
                (say("new.assumed", value=usual), ""),
                (say("report.yes"), "yes"),
                (say("report.no"), "no"),
            ]
            if self.widget.options != tuple(options):
                said = self.widget.value or ""
                self.widget.options = options
                self.widget.value = said
        else:
            self.widget.placeholder = say("new.assumed", value=usual) if usual else ""
        lines = [(text, WRONG, "alert") for text in problem.splitlines()]
        lines += [(text, _WARNING, "status") for text in warnings if not problem]
        self.below.value = "".join(
            f"<p role='{role}' style='{_LINE}{colour}'>⚠ {escaped(text)}</p>"
            for text, colour, role in lines
        )


class NewView:
    """The widgets; `widget` holds them all.

    Parameters
    ----------
    new
        What they show.
    """

    def __init__(self, new: NewScenario) -> None:
        self.new = new
        self._make_list()
        self.found = w.HTML()
        self.found.add_class("fwsim-new-found")
        self.asked = {name: _Asked(name, new) for name in ASKED}
        self.file = field(
            w.Text, say("new.file"), tooltip=say("new.file_hint"), width="30em", **WHOLE
        )
        self.file.add_class("fwsim-new-file")
        self.create = button(
            say("new.create"), say("new.create_hint"), style="primary", width="16em"
        )
        self.create.on_click(lambda _: new.create(self.file.value))
        self.status, self.wrong = note("new-status"), note("new-wrong")
        wrap = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        fields = w.Layout(display="flex", flex_flow="row wrap", align_items="flex-start")
        self.rest = w.VBox(
            [
                self.sites,
                self.found,
                w.Box([asked.box for asked in self.asked.values()], layout=fields),
                w.Box([self.file, self.create, self.status], layout=wrap),
            ]
        )
        by_name = [self.path, self.read] if new.may_name_files else []
        self.widget = without_null(
            w.VBox(
                [
                    heading(escaped(say("new.title"))),
                    explained(say("new.intro")),
                    w.Box([self.upload, *by_name], layout=wrap),
                    self.wrong,
                    self.rest,
                ]
            )
        )
        new.observe(self._show, ["source", "said", "problem", "remark"])
        self._show()

    def _make_list(self) -> None:
        self.upload = UploadField(
            multiple=False,
            description=say("new.upload"),
            tooltip=say("new.upload_hint"),
            layout=w.Layout(width="auto"),
        )
        self.upload.add_class("fwsim-new-upload")
        self.upload.observe(self._on_upload, "files")
        self.path = field(w.Text, say("new.path"), placeholder=say("new.path_hint"), **WHOLE)
        self.path.add_class("fwsim-new-path")
        self.read = button(say("new.read"), say("new.read_hint"))
        self.read.on_click(lambda _: self.new.take_file(self.path.value))
        kinds = [(say(f"new.sites_by_{kind.value}"), kind) for kind in SitesFrom]
        self.sites = field(
            w.Dropdown,
            say("new.sites_by"),
            options=[(say("new.sites_by_likely"), None), *kinds],
            tooltip=say("new.sites_by_hint"),
            width="30em",
        )
        self.sites.add_class("fwsim-new-sites")
        self.sites.observe(lambda change: self.new.tell_sites_apart(change["new"]), "value")

    def _on_upload(self, change: dict[str, Any]) -> None:
        for one in change["new"]:
            self.new.take_upload(one)

    def _show(self, _: Any = None) -> None:
        draft = self.new.draft
        self.rest.layout.display = "none" if draft is None else None
        show(self.status, self.new.remark)
        if self.new.problem:
            say_wrong(self.wrong, self.new.problem)
        else:
            self.wrong.value = ""
        if draft is None:
            return
        problems, cautions = draft.problems(), self.new.cautions()
        for name, asked in self.asked.items():
            asked.show(draft.usual(name), problems.get(name, ""), cautions.get(name, []))
        self.create.disabled = bool(problems)
        stem = draft.found.file.rpartition(".")[0]
        if not self.file.value and not name_problems(stem):
            self.file.value = stem
        self.found.value = self._found_in_html()

    def _found_in_html(self) -> str:
        draft = self.new.draft
        if draft is None:
            return ""
        warnings = [str(problem) for problem in draft.found.devices.warnings[:5]]
        texts = "".join(
            f"<p style='margin:.1em 0'>{escaped(text)}</p>"
            for text in (*found_in_words(draft.found), *warnings)
        )
        heads = "".join(f"<th style='{_CELL}' scope='col'>{escaped(h)}</th>" for h in site_heads())
        rows = "".join(
            f"<tr>{''.join(f'<td style={_CELL!r}>{escaped(cell)}</td>' for cell in row)}</tr>"
            for row in site_rows(draft, MOST_SITES)
        )
        return f"{texts}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
