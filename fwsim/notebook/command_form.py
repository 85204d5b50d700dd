"""The command form, as the console's dialog asks; it shows a `Draft` and tells when it changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import ipywidgets as w

from fwsim.commands.schedule import Weekday
from fwsim.forewarning.commands import command_warnings
from fwsim.forewarning.whole import warnings_beside_commands
from fwsim.measures.amounts import counted
from fwsim.messages import localised, say, translated
from fwsim.model.rollout import Rollout
from fwsim.notebook.draft import (
    SCHEDULES,
    Draft,
    count_targets,
    next_firings,
    scmd_lines,
    yaml_text,
)
from fwsim.notebook.entries import DEFERMENTS
from fwsim.notebook.field import ValueField, field, say_wrong, tick
from fwsim.notebook.option_fields import KINDS, applying, option_fields
from fwsim.quantities.units import write_duration
from fwsim.scenario.complaints import in_plain_words
from fwsim.screen import escaped

_OF_FIRMWARE = ("deferments", "delays")


FILTER = "Device type = LES AND Memory = 4"
"""An example: filters are written as in the console, whatever the language."""


def _several(label: str, options: list[tuple[str, Any]], **more: Any) -> Any:
    """Return a list of which several can be picked."""
    return field(w.SelectMultiple, label, options=options, **more)


def unit_options(rollout: Rollout) -> list[tuple[str, str]]:
    """Return the OU tree as lines: indented name with its devices, and path."""
    fleet = rollout.fleet
    options = []
    for path in fleet.unit_paths:
        depth, name = path.count("/"), path.rsplit("/", 1)[-1]
        devices = localised(f"{len(fleet.in_unit(path, subordinate_units=True)):,}")
        options.append(("\u2003" * depth + f"{name} ({devices})", path))
    return options


class CommandForm:
    """Fields for one command, and beside them what it comes to.

    Parameters
    ----------
    rollout
        Whose OUs and devices.
    changed
        Called after every change of a field.
    """

    def __init__(self, rollout: Rollout, changed: Callable[[], None] = lambda: None) -> None:
        self._rollout = rollout
        self._changed = changed
        self._is_filling = False
        self._of_scenario = warnings_beside_commands(rollout)
        self._make_fields()
        self._make_echo()
        own = rollout.scenario.firmware.reminder
        self.fill_reminder(*((own.deferments, own.delays) if own is not None else (0, ())))
        for item in self._fields.values():
            names = ["value", "problem"] if isinstance(item, ValueField) else ["value"]
            item.observe(self._on_change, names)

    def _make_fields(self) -> None:
        later = self._rollout.local_time(3_600_000).replace(tzinfo=None, second=0, microsecond=0)
        units = unit_options(self._rollout)
        kinds = [(translated("command kind", kind), kind) for kind in KINDS]
        targets = [(say("form.by_unit"), False), (say("form.by_group"), True)]
        schedules = [(translated("schedule", name), name) for name in SCHEDULES]
        days = list(zip(say("clock.weekdays").split(), Weekday, strict=True))
        most, hint = DEFERMENTS, say("form.deferments_hint")
        self._fields: dict[str, Any] = {
            "kind": field(w.Dropdown, say("form.kind"), options=kinds),
            "by_group": field(w.Dropdown, say("form.targets"), options=targets),
            "units": _several(say("form.units"), units, rows=min(8, len(units) + 1)),
            "subordinate_units": tick(say("form.below"), value=True),
            "group": field(w.Text, say("form.filter"), placeholder=FILTER),
            **option_fields(of_notice=True),
            "deferments": ValueField(say("form.deferments"), most, 0, hint=hint),
            "delays": _several(say("form.delays"), self._delays(), rows=5),
            **option_fields(of_notice=False),
            "schedule": field(w.Dropdown, say("form.schedule"), options=schedules, value="Once"),
            "at": field(w.NaiveDatetimePicker, say("form.at"), value=later),
            "every_at": field(w.TimePicker, say("form.every_at"), value=Draft().every_at),
            "weekdays": _several(say("form.weekdays"), days, value=(Weekday.FRI,), rows=7),
            "days": field(w.Text, say("form.days"), placeholder="1, 15"),
        }

    def _delays(self) -> list[tuple[str, int]]:
        """Return the delays that can be ticked, and those the firmware configuration has."""
        own = self._rollout.scenario.firmware.reminder
        allowed = {*self._rollout.assumptions.delays, *(own.delays if own else ())}
        return [(write_duration(delay), delay) for delay in sorted(allowed)]

    def _make_echo(self) -> None:
        self._told = w.HTML()
        self._scmd = field(w.Textarea, say("form.scmd"), width="97%", disabled=False)
        self._yaml = field(w.Textarea, say("form.yaml"), width="97%", disabled=False)
        for area, name, height in (
            (self._scmd, "scmd-line", "6em"),
            (self._yaml, "yaml-text", "15em"),
        ):
            area.layout.height = height
            area.add_class(f"fwsim-{name}")
        shown = [i.widget if isinstance(i, ValueField) else i for i in self._fields.values()]
        fields = w.VBox(shown, layout=w.Layout(flex="1 1 32em"))
        echo = w.VBox([self._told, self._scmd, self._yaml], layout=w.Layout(flex="1 1 26em"))
        self.widget = w.Box(
            [fields, echo], layout=w.Layout(display="flex", flex_flow="row wrap", width="100%")
        )

    # What it holds

    def _days(self) -> tuple[int, ...]:
        text = self._fields["days"].value.replace(",", " ")
        if not all(part.isdecimal() for part in text.split()):
            raise ValueError(say("form.wrong_days"))
        return tuple(sorted({int(part) for part in text.split()}))

    def draft(self) -> Draft:
        """Return what stands in the fields.

        Raises
        ------
        ValueError
            If there is something in a field that cannot be taken; with all that is wrong.
        """
        values = {name: i.value for name, i in self._fields.items() if name not in _OF_FIRMWARE}
        values["units"] = tuple(values["units"])
        values["weekdays"] = tuple(values["weekdays"])
        values["every_at"] = values["every_at"] or Draft().every_at
        wrong = [say("form.first_correct")] if self._has_wrong_field() else []
        try:
            values["days"] = self._days() if values["schedule"] == "Every" else ()
        except ValueError as error:
            wrong.append(str(error))
            values["days"] = (1,)
        draft = Draft(**values)
        if wrong:
            raise ValueError("\n".join([*wrong, *draft.problems()]))
        return draft

    def _has_wrong_field(self) -> bool:
        """Tell whether something is wrong in a field that applies; it says itself what."""
        return any(
            item.problem and item.layout.display != "none"
            for item in self._fields.values()
            if isinstance(item, ValueField)
        )

    def reminder(self) -> tuple[int, tuple[int, ...]]:
        """Return deferments and delays in milliseconds, of the firmware configuration."""
        return self._fields["deferments"].value, tuple(self._fields["delays"].value)

    def own_reminder(self) -> tuple[int, tuple[int, ...]] | None:
        """Return deferments and delays if they were changed in the form; None if as filled."""
        return self.reminder() if self.reminder() != self._filled else None

    def is_reminder_typed(self) -> bool:
        """Tell whether somebody has typed deferments or delays, be they right or not."""
        return bool(self._fields["deferments"].problem) or self.own_reminder() is not None

    def fill_reminder(self, deferments: int, delays: tuple[int, ...]) -> None:
        """Show how often one may defer in the plan, and for how long."""
        self._is_filling = True
        try:
            item = self._fields["delays"]
            known = {delay for _, delay in item.options}
            if not known.issuperset(delays):
                both = sorted(known.union(delays))
                item.options = [(write_duration(delay), delay) for delay in both]
            item.value = delays
            self._fields["deferments"].fill(deferments)
        finally:
            self._is_filling = False
        self._filled = self.reminder()
        self._on_change()

    def type_reminder(self, deferments: int, delays: tuple[int, ...]) -> None:
        """Show deferments and delays as typed: they are not yet those of the plan."""
        filled = self._filled
        self.fill_reminder(deferments, delays)
        self._filled = filled

    def fill(self, draft: Draft) -> None:
        """Show another command."""
        self._is_filling = True
        try:
            for name, item in self._fields.items():
                if name in _OF_FIRMWARE:
                    continue
                value = getattr(draft, name)
                if name == "days":
                    item.value = ", ".join(map(str, value))
                elif name == "at":
                    item.value = value or item.value
                elif name == "units":
                    self._offer(value)
                    item.value = value
                elif isinstance(item, ValueField):
                    item.fill(value)
                else:
                    item.value = value
        finally:
            self._is_filling = False
        self._on_change()

    def _offer(self, units: tuple[str, ...]) -> None:
        """Offer targets by name that are no OUs, too: single devices."""
        item = self._fields["units"]
        known = {path for _, path in item.options}
        if more := [(unit, unit) for unit in units if unit not in known]:
            item.options = [*item.options, *more]

    def draft_time(self) -> datetime | None:
        """Return the date and time that stands in the form."""
        at: datetime | None = self._fields["at"].value
        return at

    def set(self, **values: Any) -> None:
        """Set some fields, as a person would."""
        for name, value in values.items():
            self._fields[name].value = value

    # What it says

    def _on_change(self, _: Any = None) -> None:
        if self._is_filling:
            return
        self._show_what_applies()
        try:
            draft = self.draft()
            commands = draft.commands()
            count = count_targets(commands, self._rollout)
            reminder = self.reminder() if draft.inform_user else None
            self._scmd.value, self._yaml.value = scmd_lines(commands), yaml_text(commands, reminder)
            self._told.value = self._sentences(commands, count)
        except ValueError as error:
            self._scmd.value = self._yaml.value = ""
            say_wrong(self._told, in_plain_words(error))
        self._changed()

    def _sentences(self, commands: list[Any], count: int) -> str:
        firings = next_firings(commands[0], self._rollout)
        times = ", ".join(firings) or say("form.never")
        warned = command_warnings(commands, self._rollout)
        deferments, delays = self.reminder()
        if deferments and not delays:
            warned.append(say("form.no_delay"))
        warned += self._of_scenario
        warnings = "".join(f"<li>⚠ {escaped(text)}</li>" for text in warned)
        told = say("form.told", devices=counted(count, "device"), times=times)
        style = "style='line-height:1.4'"
        return f"<p {style}>{escaped(told)}</p><ul {style}>{warnings}</ul>"

    def _show_what_applies(self) -> None:
        """Hide the fields that mean nothing for what is chosen."""
        values = {name: item.value for name, item in self._fields.items()}
        of_options = applying(values)
        asks = of_options["seconds"]
        shown = of_options | {
            "units": not values["by_group"],
            "subordinate_units": not values["by_group"],
            "group": values["by_group"],
            "deferments": asks,
            "delays": asks and values["deferments"] > 0,
            "at": values["schedule"] == "Once",
            "every_at": values["schedule"] == "Every",
            "weekdays": values["schedule"] == "Every",
            "days": values["schedule"] == "Every",
        }
        for name, is_shown in shown.items():
            self._fields[name].layout.display = None if is_shown else "none"
