"""Named plans side by side, and how they are kept: as a file, or as text in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from fwsim.commands.command import Sent
from fwsim.messages import say
from fwsim.notebook.first_look import is_first_look
from fwsim.planning.levers import Levers
from fwsim.quantities.units import write_duration
from fwsim.results.statistics.answer import Answer
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.schema import COMMANDED_ELSEWHERE, Scenario

MOST_PLANS = 12
LONGEST_NAME = 40
LARGEST = 1_000_000
"""Characters of kept plans that are read."""
FORM = "fwsim plans 1"
_WHOLE = ("start_later", "devices_wait", "inform_user", "deferments", "spread", "apart")
_MISFIT = (ValueError, TypeError, KeyError, AttributeError)
"""What a plan raises that does not fit the scenario, or is none."""
Reminder = tuple[int, tuple[int, ...]] | None
ReadCommands = Callable[[Any], tuple[Sent, ...]]


@dataclass(frozen=True)
class PlanState:
    """What one changes of a plan.

    Parameters
    ----------
    commands
        In their order.
    reminder
        Allowed deferments and delays in milliseconds; None leaves the scenario's.
    levers
        What is turned on top.
    """

    commands: tuple[Sent, ...]
    reminder: Reminder = None
    levers: Levers = field(default_factory=Levers)

    def in_scenario(self, base: Scenario) -> Scenario:
        """Return a scenario with these commands and this reminder; no lever is turned.

        Raises
        ------
        ValueError
            If there is nothing to do, or it does not hold together.
        """
        data = {**base.as_data(), "commands": [command_data(c) for c in self.commands]}
        if self.reminder is not None:
            deferments, delays = self.reminder
            reminder = {"deferments": deferments, "delays": [write_duration(d) for d in delays]}
            data["firmware"] = {**data.get("firmware", {}), "reminder": reminder}
        made = Scenario.model_validate(data, context=COMMANDED_ELSEWHERE)
        if not made.has_something_to_do:
            raise ValueError(say("desk.nothing_to_do", add=say("front.add")))
        return made.beside(base)


@dataclass(frozen=True)
class NamedPlan:
    """A plan with its name, and the last answer to it while this session lasts."""

    name: str
    state: PlanState
    answer: Answer | None = None

    @property
    def full_answer(self) -> Answer | None:
        """The answer, if it is more than a first look."""
        return None if self.answer is None or is_first_look(self.answer) else self.answer


@dataclass(frozen=True)
class ShelfState:
    """What one changes of the plans: their names, what they are, which of them is on the desk."""

    plans: tuple[tuple[str, PlanState], ...]
    current: int


@dataclass(frozen=True)
class BroughtBack:
    """Under which names plans are here again; how many do not fit the scenario, or had no room."""

    names: tuple[str, ...]
    misfits: int
    too_many: int


class Shelf:
    """The plans, and which of them is on the desk.

    Parameters
    ----------
    first
        The plan to begin with.
    """

    def __init__(self, first: PlanState) -> None:
        self.plans: list[NamedPlan] = [NamedPlan(_letter(0), first)]
        self.current = 0

    @property
    def on_desk(self) -> NamedPlan:
        """The plan that is worked on."""
        return self.plans[self.current]

    @property
    def beside(self) -> NamedPlan | None:
        """The plan it is compared with: the first one, unless that is on the desk."""
        return self.plans[0] if self.current else None

    @property
    def state(self) -> ShelfState:
        """The plans as undo knows them."""
        return ShelfState(tuple((one.name, one.state) for one in self.plans), self.current)

    def restore(self, state: ShelfState) -> None:
        """Put the plans back as they were; an answer stays where its plan is as it is now."""
        known = {one.state: one.answer for one in self.plans if one.answer is not None}
        known |= {one.state: full for one in self.plans if (full := one.full_answer) is not None}
        self.plans = [NamedPlan(name, one, known.get(one)) for name, one in state.plans]
        self.current = state.current

    def forget_answers(self) -> None:
        """Say that no answer holds: the world under the plans is another one."""
        self.plans = [replace(one, answer=None) for one in self.plans]

    def lay(self, state: PlanState) -> None:
        """Take what has become of the plan on the desk; its answer goes if it changed."""
        if state != self.on_desk.state:
            self.plans[self.current] = NamedPlan(self.on_desk.name, state)

    def answered(self, answer: Answer | None) -> None:
        """Keep the answer to the plan on the desk."""
        self.plans[self.current] = replace(self.on_desk, answer=answer)

    def copy(self) -> bool:
        """Keep the plan on the desk and go on with a copy; False if there are too many."""
        return self.add(self.on_desk.state, self.on_desk.answer)

    def add(self, state: PlanState, answer: Answer | None = None) -> bool:
        """Go on with a plan that gets a name of its own; False if there are too many."""
        if len(self.plans) >= MOST_PLANS:
            return False
        names = {plan.name for plan in self.plans}
        name = next(n for i in range(len(names) + 1) if (n := _letter(i)) not in names)
        self.plans.append(NamedPlan(name, state, answer))
        self.current = len(self.plans) - 1
        return True

    def switch(self, number: int) -> None:
        """Put another plan on the desk."""
        if 0 <= number < len(self.plans):
            self.current = number

    def rename(self, number: int, name: str) -> None:
        """Give a plan another name, if no other has it."""
        plain = " ".join(name.split())[:LONGEST_NAME]
        if plain and 0 <= number < len(self.plans) and plain not in {p.name for p in self.plans}:
            self.plans[number] = replace(self.plans[number], name=plain)

    def drop(self, number: int) -> None:
        """Take a plan away; the last one stays."""
        if 0 <= number < len(self.plans) and len(self.plans) > 1:
            del self.plans[number]
            if self.current >= number:
                self.current = max(0, self.current - 1)

    def as_text(self, **of: str) -> str:
        """Return the plans as text to be kept, and of what they are plans."""
        data = {
            "form": FORM,
            **of,
            "current": self.current,
            "plans": [{"name": plan.name, **_state_data(plan.state)} for plan in self.plans],
        }
        return json.dumps(data, ensure_ascii=False, indent=1)

    def take(self, text: str, read: ReadCommands) -> int:
        """Take plans that were kept; those that do not fit the scenario any more are left out.

        Parameters
        ----------
        text
            As `as_text` wrote it; it may come from anywhere.
        read
            Reads commands as a scenario's file has them; raises a `ValueError` for what does not
            fit the scenario.

        Returns
        -------
        int
            How many were left out.

        Raises
        ------
        ValueError
            If it is no such text.
        """
        data = _read(text)
        plans, left_out = _plans_of(data, read)
        if plans:
            self.plans = plans
            current = data.get("current")
            self.current = current if isinstance(current, int) and 0 <= current < len(plans) else 0
        return left_out

    def bring_back(self, text: str, read: ReadCommands) -> BroughtBack:
        """Put plans that were put aside beside those here, and go on with the first of them.

        One that is here already, whatever its name, is not put here twice.

        Parameters
        ----------
        text, read
            As for `take`.

        Raises
        ------
        ValueError
            If it is no such text.
        """
        plans, misfits = _plans_of(_read(text), read)
        here = {one.state for one in self.plans}
        fresh = [one for one in plans if one.state not in here]
        room = MOST_PLANS - len(self.plans)
        names: list[str] = []
        for one in fresh[:room]:
            names.append(_free_name(one.name, {other.name for other in self.plans}))
            self.plans.append(replace(one, name=names[-1]))
        if names:
            self.current = len(self.plans) - len(names)
        return BroughtBack(tuple(names), misfits, len(fresh) - len(names))


def as_read(text: str, read: ReadCommands) -> str:
    """Return plans that were kept as they would be now; those that do not fit stay as they are.

    Parameters
    ----------
    text, read
        As for `Shelf.take`.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    data = _read(text)
    plans = [_entry_as_read(entry, read) for entry in data["plans"]]
    return json.dumps({**data, "plans": plans}, ensure_ascii=False, indent=1)


def _entry_as_read(entry: Any, read: ReadCommands) -> Any:
    try:
        plan = _plan_of(entry, read)
    except _MISFIT:
        return entry
    return {"name": plan.name, **_state_data(plan.state)}


def _free_name(name: str, taken: set[str]) -> str:
    numbered = (f"{name[: LONGEST_NAME - 5]} ({number})" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one not in taken)


def _plans_of(data: dict[str, Any], read: ReadCommands) -> tuple[list[NamedPlan], int]:
    """Return the plans that fit the scenario, and how many do not."""
    plans: list[NamedPlan] = []
    left_out = 0
    for entry in data["plans"][:MOST_PLANS]:
        try:
            plan = _plan_of(entry, read)
        except _MISFIT:
            left_out += 1
            continue
        if plan.name not in {other.name for other in plans}:
            plans.append(plan)
    return plans, left_out


def _letter(number: int) -> str:
    return say("desk.plan", letter=chr(ord("A") + number) if number < 26 else str(number + 1))


def _state_data(state: PlanState) -> dict[str, Any]:
    levers, usual = state.levers, Levers()
    turned = {
        name: getattr(levers, name)
        for name in levers.__dataclass_fields__
        if getattr(levers, name) != getattr(usual, name)
    }
    return {
        "commands": [command_data(command) for command in state.commands],
        "reminder": state.reminder,
        "levers": turned,
    }


def _read(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise ValueError(say("desk.kept_too_large"))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(say("desk.kept_unreadable")) from None
    is_known = isinstance(data, dict) and data.get("form") == FORM
    if not is_known or not isinstance(data.get("plans"), list):
        raise ValueError(say("desk.kept_unreadable"))
    return cast("dict[str, Any]", data)


def _plan_of(entry: dict[str, Any], read: ReadCommands) -> NamedPlan:
    name = " ".join(str(entry["name"]).split())[:LONGEST_NAME]
    if not name:
        raise ValueError("a plan has a name")
    commands = read(entry["commands"])
    reminder = entry["reminder"]
    if reminder is not None:
        deferments, delays = reminder
        reminder = _count(deferments), tuple(map(_count, delays))
    return NamedPlan(name, PlanState(commands, reminder, _levers_of(entry["levers"])))


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**12:
        raise ValueError(f"{value!r} is not a count")
    return value


def _levers_of(turned: dict[str, Any]) -> Levers:
    known: dict[str, Any] = {}
    for name, value in turned.items():
        if name == "link_share":
            known[name] = min(1.0, max(0.001, float(value)))
        elif name in _WHOLE and isinstance(value, int) and abs(value) < 10**12:
            known[name] = value
        elif name in {"delivery_first", "only_switched_on"}:
            known[name] = bool(value)
        elif name == "proxies":
            known[name] = value if isinstance(value, bool) else tuple(map(str, value))
        else:
            raise ValueError(f"{name}: no such lever, or no such value")
    return Levers(**known)
