"""The rail: the picked command's options and the plan's settings as fields, and what they change.

Each field is plain data for the browser; what comes back is text, read as a form field reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from fwsim.commands.command import Sent, UpdateCommand
from fwsim.commands.schedule import Every, Now, Once
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.notebook import entries
from fwsim.notebook.entries import Entry
from fwsim.notebook.plan import Plan
from fwsim.notebook.what_stays import own_proxies, own_reminders
from fwsim.planning.levers import with_start
from fwsim.planning.search.axes import proxies_in_words
from fwsim.quantities.units import write_duration
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.server_clock import ShownTwiceError

USUAL_NOTICE = 300
"""Seconds a notice is shown that is switched on."""
USUAL_DELAY = 30 * entries.MINUTE
Data = dict[str, Any]
_DEFERMENTS = Entry(entries.DEFERMENTS.read, entries.DEFERMENTS.write, entries.DEFERMENTS.stops)


@dataclass(frozen=True)
class Kept:
    """What a field could not take: it stays there, with the reason."""

    text: str
    problem: str


class Rail:
    """The fields, and what was typed into them that could not be taken.

    Parameters
    ----------
    plan
        What they change.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._picked: int | None = 0 if plan.commands else None
        self._wrong: dict[str, Kept] = {}
        self._is_setting = False
        self._setters: dict[str, Callable[[str], None]] = {
            "start": self._set_start,
            "asks": self._set_asks,
            "notice": self._set_notice,
            "cancel": self._set_cancel,
            "pause": self._set_pause,
            "only_on": self._set_only_on,
            "deferments": self._set_deferments,
            "delays": self._set_delay,
            "delivery_first": self._set_delivery_first,
            "proxies": self._set_proxies,
            "share": self._set_share,
        }

    @property
    def picked(self) -> int | None:
        """The picked command's number; what could not be taken stood in the fields of another."""
        return self._picked

    @picked.setter
    def picked(self, number: int | None) -> None:
        if number != self._picked:
            self._picked = number
            self._wrong.clear()

    @property
    def command(self) -> Sent | None:
        """The picked command."""
        commands = self.plan.commands
        if self.picked is None or self.picked >= len(commands):
            return None
        return commands[self.picked]

    def watch(self) -> None:
        """Follow what becomes of the plan."""
        self.plan.observe(lambda _: self._on_change(), "revision")

    def pick(self, number: int | None) -> None:
        """Pick a command."""
        count = len(self.plan.commands)
        self.picked = number if number is not None and 0 <= number < count else None
        self._wrong.clear()

    def _on_change(self) -> None:
        """Show the plan as it is, unless it is a field that changes it: others stay as typed."""
        if not self._is_setting:
            self._wrong.clear()

    # What a person sets

    def set(self, name: str, text: str) -> None:
        """Take what was typed, chosen or switched in a field; what is wrong stays beside it."""
        if name not in self._setters:
            return
        self._wrong.pop(name, None)  # before the change is shown
        self._is_setting = True
        try:
            self._setters[name](text[:200])
        except ValueError as error:
            self._wrong[name] = Kept(text[:200], in_plain_words(error))
        finally:
            self._is_setting = False

    def label(self, name: str) -> str:
        """Return what a field is called; nothing if there is none of that name."""
        return say(f"rail.{name}") if name in self._setters else ""

    def _change(self, **options: Any) -> None:
        if (command := self.command) is not None:
            self._put(replace(command, **options))

    def _put(self, command: Sent) -> None:
        if self.picked is not None:
            self.plan.replace(self.picked, command)

    def _set_start(self, text: str) -> None:
        command = self.command
        if command is None:
            return
        is_every = isinstance(command.schedule, Every)
        if not text:  # as a browser tells a field that lacks a part
            raise ValueError(say("rail.half_time" if is_every else "rail.half_moment"))
        if isinstance(command.schedule, Every):
            try:
                at = time.fromisoformat(text)
            except ValueError:
                raise ValueError(say("rail.no_time", text=text[:40])) from None
            self._change(schedule=replace(command.schedule, at=at.replace(microsecond=0)))
            return
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0)
            started = with_start(command, Once(moment), self.plan.rollout.scenario)
        except ShownTwiceError:
            raise
        except (ValueError, OverflowError):
            raise ValueError(say("rail.no_moment", text=text[:40])) from None
        self._put(started)

    def _set_asks(self, text: str) -> None:
        command = self.command
        if not isinstance(command, UpdateCommand):
            return
        if text == "on":
            self._change(inform_user=USUAL_NOTICE)
        else:
            self._change(inform_user=None, user_can_cancel=False, force_at=None)

    def _set_notice(self, text: str) -> None:
        self._change(inform_user=entries.NOTICE.read(text))

    def _set_cancel(self, text: str) -> None:
        self._change(user_can_cancel=text == "on")

    def _set_pause(self, text: str) -> None:
        self._change(devices_wait=entries.WAIT.read(text))

    def _set_only_on(self, text: str) -> None:
        if text == "on":
            self._change(only_switched_on=True)
        else:
            self._change(only_switched_on=False, check_reachability=False)

    def reminder(self) -> tuple[int, tuple[int, ...]]:
        """Return how often one may defer, and by how many milliseconds."""
        if self.plan.reminder is not None:
            return self.plan.reminder
        deferments, delays = self.plan.base.firmware.settings().reminder
        return deferments, tuple(1000 * delay for delay in delays)

    def _set_deferments(self, text: str) -> None:
        deferments, delays = entries.DEFERMENTS.read(text), self.reminder()[1]
        if self.plan.levers.deferments is not None:
            self.plan.turn(replace(self.plan.levers, deferments=None))
        allowed = self.plan.rollout.assumptions.delays
        usual = USUAL_DELAY if USUAL_DELAY in allowed else allowed[0]
        self.plan.remind(deferments, delays or (usual,))

    def _set_delay(self, text: str) -> None:
        deferments, delays = self.reminder()
        known = {write_duration(delay): delay for delay in self._delays()}
        if text not in known:
            raise ValueError(say("rail.no_delay", text=text[:40]))
        chosen = {*delays} ^ {known[text]}
        self.plan.remind(deferments, tuple(sorted(chosen)))

    def _delays(self) -> list[int]:
        return sorted({*self.plan.rollout.assumptions.delays, *self.reminder()[1]})

    def _set_delivery_first(self, text: str) -> None:
        self.plan.turn(replace(self.plan.levers, delivery_first=text == "on"))

    def _proxies(self) -> dict[str, bool | tuple[str, ...] | None]:
        own = self.plan.levers.proxies
        known: dict[str, bool | tuple[str, ...] | None] = {
            say("rail.as_scenario"): None,
            say("rail.on"): True,
            say("rail.off"): False,
        }
        return known | ({proxies_in_words(own): own} if isinstance(own, tuple) else {})

    def _set_proxies(self, text: str) -> None:
        known = self._proxies()
        if text not in known:
            raise ValueError(say("rail.no_choice", text=text[:40]))
        self.plan.turn(replace(self.plan.levers, proxies=known[text]))

    def _set_share(self, text: str) -> None:
        self.plan.turn(replace(self.plan.levers, link_share=entries.SHARE.read(text)))

    # What is shown

    def fields(self, rollout: Rollout) -> list[Data]:
        """Return the picked command's fields."""
        command = self.command
        if command is None:
            return []
        fields = [self._start(command, rollout)]
        if isinstance(command, UpdateCommand):
            asks = command.inform_user is not None
            fields.append(self._switch("asks", on=asks))
            if command.inform_user is not None:
                fields.append(self._stops("notice", entries.NOTICE, command.inform_user))
                fields.append(self._switch("cancel", on=command.user_can_cancel))
        fields.append(self._stops("pause", entries.WAIT, command.devices_wait))
        fields.append(self._switch("only_on", on=command.only_switched_on))
        return fields

    def plan_fields(self) -> list[Data]:
        """Return the fields of the whole plan."""
        levers = self.plan.levers
        deferments, delays = self.reminder()
        shown = deferments if levers.deferments is None else levers.deferments
        whole = self.plan.whole
        stays = own_reminders(whole) if whole is not None else ""
        fields = [{**self._stops("deferments", _DEFERMENTS, shown), "remark": stays}]
        if deferments:
            options = [
                {"text": write_duration(delay), "on": delay in delays} for delay in self._delays()
            ]
            fields.append({**self._field("delays", "chips"), "options": options})
        proxies = [
            {"text": text, "on": value == levers.proxies} for text, value in self._proxies().items()
        ]
        is_turned = isinstance(levers.proxies, bool)
        stays = own_proxies(whole) if whole is not None and is_turned else ""
        return [
            *fields,
            self._switch("delivery_first", on=levers.delivery_first),
            {**self._field("proxies", "choice"), "options": proxies, "remark": stays},
            self._stops("share", entries.SHARE, levers.link_share),
        ]

    def _field(self, name: str, kind: str) -> Data:
        kept = self._wrong.get(name)
        return {
            "name": name,
            "kind": kind,
            "label": self.label(name),
            "hint": say(f"rail.{name}_hint"),
            "problem": kept.problem if kept else "",
            "remark": "",
        }

    def _start(self, command: Sent, rollout: Rollout) -> Data:
        match command.schedule:
            case Once(at):
                text, kind, told = _day_and_time(at)
            case Every(at):
                text, kind, told = f"{at:%H:%M}", "time", f"{at:%H:%M}"
            case Now():
                text, kind, told = _day_and_time(rollout.local_time(0))
        kept = self._wrong.get("start")
        shown = kept.text if kept else text
        # A browser writes the field as its own language does, whichever is spoken here.
        said = say("rail.said", at=told, zone=rollout.scenario.zone)
        return {**self._field("start", "moment"), "text": shown, "input": kind, "said": said}

    def _switch(self, name: str, *, on: bool) -> Data:
        return {**self._field(name, "switch"), "on": on}

    def _stops(self, name: str, entry: Entry, value: Any) -> Data:
        stops = sorted({*entry.stops, value})
        kept = self._wrong.get(name)
        return {
            **self._field(name, "stops"),
            "text": kept.text if kept else entry.write(value),
            "stops": [entry.write(stop) for stop in stops],
            "index": stops.index(value),
        }


def _day_and_time(at: datetime) -> tuple[str, str, str]:
    """Return a moment as a browser's field takes it, the field's kind, and the moment in words."""
    return f"{at:%Y-%m-%dT%H:%M}", "datetime-local", moment_in_words(at)
