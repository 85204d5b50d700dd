"""*Learn from a log*, in the Doubt tab: files in, in words what they tell. It shows `FromLogs`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from fwsim.learning.figure import fits_picture
from fwsim.learning.shown import learnt_in_html
from fwsim.messages import say
from fwsim.notebook.field import WHOLE, button, explained, field, heading, note, say_wrong, tick
from fwsim.notebook.field import say as show
from fwsim.notebook.from_logs import FromLogs
from fwsim.notebook.picture import DOTS_PER_INCH, in_html
from fwsim.notebook.upload import UploadField
from fwsim.screen import escaped


class FromLogsView:
    """The widgets.

    Parameters
    ----------
    logs
        What they show.
    target
        Returns where a file of an ending is to be written; raises a `ValueError` if the name will
        not do.
    overwrite
        The box that allows one save to replace files.
    """

    def __init__(
        self, logs: FromLogs, target: Callable[[str], Path], overwrite: w.Checkbox
    ) -> None:
        self.logs, self._target, self._overwrite = logs, target, overwrite
        self._make_fields()
        self._make_buttons()
        self.status, self.wrong = note("from-logs-status"), note("from-logs-wrong")
        self.words = w.HTML()
        self.words.add_class("fwsim-from-logs-words")
        self.fits_hint = explained(say("learn.fits_hint"))
        self.fits = w.HTML(layout={"max_width": "100%", "align_self": "flex-start"})
        for trait in ("is_running", "problem", "remark", "is_on_desk"):
            logs.observe(self._show_progress, trait)
        logs.observe(self._show_result, "result")
        row = w.Layout(display="flex", flex_flow="row wrap", align_items="center")
        files = [self.upload, self.chosen] + [self.paths] * logs.may_name_files
        ticks = [self.together, self.pseudonymise]
        buttons = [self.learn, self.back, self.again, self.save]
        self.widget = w.VBox(
            [
                heading(escaped(say("from_logs.title"))),
                explained(say("from_logs.hint")),
                w.Box(files, layout=row),
                w.Box(ticks, layout=row),
                w.Box([*buttons, self.status], layout=row),
                self.wrong,
                self.words,
                self.fits_hint,
                self.fits,
            ]
        )
        self._show_progress()
        self._show_result()

    def go_on(self, before: FromLogsView) -> None:
        """Read what was chosen in another view of the same logs."""
        self.upload.files, self.paths.value = before.upload.files, before.paths.value
        self.together.value = before.together.value
        self.pseudonymise.value = before.pseudonymise.value
        self._show_chosen()

    def _make_fields(self) -> None:
        self.upload = UploadField(
            multiple=True,
            description=say("from_logs.upload"),
            tooltip=say("from_logs.upload_hint"),
            layout=w.Layout(width="auto"),
        )
        self.upload.add_class("fwsim-from-logs-upload")
        self.chosen = note("from-logs-chosen")
        self.upload.observe(self._show_chosen, "files")
        self.paths = field(
            w.Textarea, say("from_logs.paths"), placeholder=say("from_logs.paths_hint"), **WHOLE
        )
        self.paths.layout.height = "4em"
        self.together, self.pseudonymise = (
            tick(
                say(f"from_logs.{name}"),
                value=False,
                hint=say(f"from_logs.{name}_hint"),
                margin="2px 2em 2px 0",
            )
            for name in ("together", "pseudonymise")
        )

    def _make_buttons(self) -> None:
        self.learn = button(say("from_logs.learn"), say("from_logs.learn_hint"), style="primary")
        self.back, self.again, self.save = (
            button(say(f"from_logs.{name}"), say(f"from_logs.{name}_hint"))
            for name in ("back", "again", "save")
        )
        self.learn.on_click(lambda _: self._on_learn())
        self.back.on_click(lambda _: self.logs.back())
        self.again.on_click(lambda _: self.logs.take())
        self.save.on_click(lambda _: self._on_save())

    def _on_learn(self) -> None:
        lines = self.paths.value.splitlines() if self.logs.may_name_files else []
        self.logs.start(
            self.upload.files,
            [line.strip() for line in lines if line.strip()],
            together=self.together.value,
            pseudonymise=self.pseudonymise.value,
        )

    def _on_save(self) -> None:
        try:
            path = self._target(".yaml")
        except ValueError as error:
            self.logs.remark = str(error)
            return
        self.logs.save(path, overwrite=self._overwrite.value)
        self._overwrite.value = False

    # What is shown

    def _show_chosen(self, _: Any = None) -> None:
        show(self.chosen, ", ".join(one.name for one in self.upload.files))

    def _show_progress(self, _: Any = None) -> None:
        logs = self.logs
        self.learn.disabled = logs.is_running
        has_result = logs.result is not None and not logs.is_running
        for item, is_shown in (
            (self.back, has_result and logs.is_on_desk),
            (self.again, has_result and not logs.is_on_desk),
            (self.save, has_result),
        ):
            item.layout.display = None if is_shown else "none"
        name = "on_desk" if logs.is_on_desk else "as_written"
        where = say(f"from_logs.{name}") if has_result else ""
        show(self.status, say("from_logs.working") if logs.is_running else logs.remark or where)
        if logs.problem:
            say_wrong(self.wrong, logs.problem)
        else:
            self.wrong.value = ""

    def _show_result(self, _: Any = None) -> None:
        learnt = self.logs.result
        has_law = learnt is not None and any(one.fit for one in learnt.learnt)
        for item in (self.fits_hint, self.fits):
            item.layout.display = None if has_law else "none"
        self.words.value = "" if learnt is None else learnt_in_html(learnt, self.logs.read)
        if learnt is not None and has_law:
            drawn = fits_picture(learnt, DOTS_PER_INCH)
            self.fits.value = in_html(drawn, say("tabs.drawn.fits"))
