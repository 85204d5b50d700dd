"""The desk: what a hand does is taken, and what follows from it is done. No widget in sight.

It holds the plan, the rail, undo and the named plans together; whoever shows it listens.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Any

from fwsim.engine import choose_engine
from fwsim.messages import say
from fwsim.notebook import entries
from fwsim.notebook.board.bars import PARTS, moved
from fwsim.notebook.clock_in_the_making import ClockInTheMaking
from fwsim.notebook.history import History, Words
from fwsim.notebook.in_background import ENDS, what_went_wrong
from fwsim.notebook.kept_plans import KeptPlans
from fwsim.notebook.plan import Plan
from fwsim.notebook.shelf import PlanState, ShelfState
from fwsim.notebook.shown_desk import Data, Show, ShownDesk
from fwsim.scenario.complaints import in_plain_words
from fwsim.spelling import seen

SOON = 0.05
"""Seconds from the release of a bar to the full runs."""
LONGEST_KEY = 300
"""Letters of the name under which a browser has put plans aside."""
TELL_EVERY = 0.2
"""Seconds between two words on how far the runs are."""

_COMPOSED: Words = partial(say, "desk.composed")


class Desk(ShownDesk):
    """What the desk does with what it is told.

    Parameters
    ----------
    plan, show
        As for `ShownDesk`.
    follows
        Whether the full runs follow by themselves when the hand rests.
    """

    def __init__(self, plan: Plan, show: Show, *, follows: bool = True) -> None:
        super().__init__(plan, show)
        self.kept = KeptPlans(plan, self.shelf)
        self.follows = follows
        self.others: dict[str, Callable[[Data], None]] = {}
        self._unplayable: PlanState | None = None
        self._what: Words = _COMPOSED
        self._merge: Any = None
        self._lock = threading.RLock()
        self._told_at = 0.0
        self._clock = ClockInTheMaking(self._show_progress, self._on_clock)
        self._watch()

    def _watch(self) -> None:
        self.rail.watch()
        self.plan.observe(lambda _: self._on_world(), "base")
        self.plan.observe(self._on_change, "revision")
        self.plan.observe(self._on_answer, "answer")
        self.plan.observe(lambda _: self._show_progress(), "is_running")
        self.plan.observe(self._on_remark, "remark")
        self.plan.observe(lambda _: self._on_run(), "done")

    def move(self, show: Show) -> None:
        """Be shown by another screen; nobody else watches the plan any more."""
        with self._lock:
            self.plan.unobserve_all()
            self._show, self.when_at_rest = show, lambda: None
            self.others.clear()
            self._watch()

    def open(self) -> None:
        """Show everything for the first time, kept plans too; the clock and full runs follow."""
        self._clock.begin()
        if text := self.kept.read():
            self._take_kept(text)
        else:
            self.plan.restore(self.plan.state)
            self.tell(self.kept.unread or self.kept.place)

    def _on_clock(self) -> None:
        with self._lock:
            self.plan.part = None  # more devices are quick to play now
            self._look_at_plan_a(anew=True)
            if self.plan.answer is None:
                self.plan.first_look()
            self._remark = choose_engine().why
            self.show_all()

    # What is told

    def hear(self, message: Data) -> None:
        """Take what a hand did; anything may be in it."""
        name = str(message.get("do"))
        act = getattr(self, f"_do_{name}", None) or self.others.get(name)
        with self._lock:
            try:
                if act is not None:
                    act(message)
            except ENDS as end:
                if isinstance(end, Exception):
                    self.tell(what_went_wrong(end))
                else:
                    self._on_interrupt()

    def _on_interrupt(self) -> None:
        """Show the plan as it is now: the kernel was interrupted between it and a look at it."""
        self.is_held = False
        if not self.plan.is_answered:
            self.plan.outdate()
            self.plan.first_look()
        self.show_all()
        self.tell(say("desk.stopped"))

    def _do_drag(self, message: Data) -> None:
        number, part, value = int(message["command"]), str(message["part"]), int(message["value"])
        is_final = message.get("final") is True
        if part not in PARTS or not 0 <= number < len(self.plan.commands):
            return
        self._sequence = int(message.get("sequence", 0))
        self.is_held = not is_final
        self.rail.picked = number
        before, merge = self.plan.revision, ("drag", number, part)
        if message.get("back") is True:
            self._put_back(merge)
        else:
            self._as_step(partial(say, "desk.dragged"), merge)
            try:
                changed = moved(self.plan.commands[number], part, value, self.plan.rollout)
                self.plan.replace(number, changed)
            except ValueError as error:
                self.tell(in_plain_words(error))
        self._after_hand(before)
        if is_final:
            self._follow(SOON)

    def _put_back(self, merge: Hashable) -> None:
        """Have what is dragged as it was written, which its place on the board may not tell."""
        state = self.history.take_back(merge)
        if state is not None:
            self.shelf.restore(state)
            self._put_on_desk()

    def _do_set(self, message: Data) -> None:
        name, text = str(message["name"]), str(message["text"])
        self.is_held = message.get("sliding") is True
        if self.is_held:
            self._sequence = int(message.get("sequence", 0))
        before = self.plan.revision
        self._as_step(
            lambda: say("desk.set", field=seen(self.rail.label(name))),
            ("set", self.rail.picked, name),
        )
        self.rail.set(name, text)
        self._after_hand(before)
        if not self.is_held:
            self._follow()

    def _after_hand(self, before: int) -> None:
        """Show and keep what a hand left as it was; a change has been shown, and kept at rest."""
        is_as_before = self.plan.revision == before
        if is_as_before:
            self.show_all()
        if not self.is_held:
            self.history.seal()
            if is_as_before:
                self._keep()

    def _do_pick(self, message: Data) -> None:
        self.rail.pick(int(message["number"]))
        self.show_rail()

    def _do_command(self, message: Data) -> None:
        number, act = int(message["number"]), message["act"]
        if not 0 <= number < len(self.plan.commands):
            return
        self._as_step(_COMPOSED)
        if act in {"up", "down"}:
            by = -1 if act == "up" else 1
            if 0 <= number + by < len(self.plan.commands):
                self.rail.picked = number + by
                self.plan.move(number, by)
        elif act == "copy":
            self._pick_along(number, 1)
            self.plan.copy(number)
        elif act == "remove":
            self._pick_along(number, -1)
            self.plan.remove(number)

    def _pick_along(self, number: int, by: int) -> None:
        """Let the picked command stay so, where one above it is copied or goes."""
        if self.rail.picked is not None and number < self.rail.picked:
            self.rail.picked += by

    def _do_undo(self, _: Data) -> None:
        self._restore(say("desk.undone", what=self.history.undoes), self.history.undo())

    def _do_redo(self, _: Data) -> None:
        self._restore(say("desk.redone", what=self.history.redoes), self.history.redo())

    def _restore(self, text: str, state: ShelfState | None) -> None:
        if state is not None:
            self.shelf.restore(state)
            self._put_on_desk()
            self.tell(text)

    def _do_new_plan(self, _: Data) -> None:
        self.shelf.answered(self.plan.answer or self.plan.look)
        if not self.shelf.copy():
            self.tell(say("desk.too_many_plans"))
        self._named(partial(say, "desk.copied", name=self.shelf.on_desk.name))

    def _do_switch(self, message: Data) -> None:
        self.shelf.switch(int(message["number"]))
        self._as_step(partial(say, "desk.switched", name=self.shelf.on_desk.name))
        self._put_on_desk()

    def _do_drop(self, message: Data) -> None:
        number = int(message["number"])
        self._as_step(partial(say, "desk.dropped", name=self.shelf.plans[number].name))
        self.shelf.drop(number)
        self._put_on_desk()

    def _do_rename(self, message: Data) -> None:
        number = int(message["number"])
        self.shelf.rename(number, str(message["name"]))
        self._named(partial(say, "desk.renamed", name=self.shelf.plans[number].name))

    def _named(self, what: Words) -> None:
        """Show that the plans have changed, and none of what they do."""
        self.history.record(self.shelf.state, what)
        self._changed_plans()

    def _put_on_desk(self) -> None:
        """Go on with the plan that is chosen; one that is as the plan on the desk changes none."""
        chosen, plan = self.shelf.on_desk, self.plan
        if chosen.state != plan.state or (chosen.full_answer and not plan.is_answered):
            plan.restore(chosen.state, chosen.full_answer)
            return
        if plan.is_answered:
            self.shelf.answered(plan.answer)
        self._look_at_plan_a()
        self._remark = ""
        self._named(self._what)
        self._as_step(_COMPOSED)

    def _changed_plans(self) -> None:
        self._keep()
        self.show_all()
        self._follow()

    def _keep(self) -> None:
        """Write the plans, and say what there is to say of that."""
        if told := self.kept.write():
            self.tell(told)

    def _do_stored(self, message: Data) -> None:
        """Take the plans that the visitor's own browser has kept."""
        if self.kept.is_in_browser and not self.history.undoes:
            self._take_kept(str(message["text"]))

    def _do_put_aside(self, message: Data) -> None:
        """Tell where the visitor's browser has put plans aside."""
        if self.kept.is_in_browser:
            name, of_another = seen(str(message["name"])[:LONGEST_KEY]), message["of_another"]
            self.tell(self.kept.in_browser_aside(name, of_another=of_another is True))

    def _do_not_kept(self, _: Data) -> None:
        """Tell that the visitor's browser keeps nothing."""
        if self.kept.is_in_browser:
            self.tell(say("desk.not_kept"))

    def _do_bring_back(self, message: Data) -> None:
        """Put plans that the visitor's browser has put aside beside the others."""
        if not self.kept.is_in_browser:
            return
        self.shelf.answered(self.plan.answer or self.plan.look)
        names, told = self.kept.bring_back(str(message["text"]))
        if names:
            self._as_step(partial(say, "desk.brought_back", names=names))
            self._put_on_desk()
        self.show_top()
        self.tell(told)

    def _take_kept(self, text: str) -> None:
        """Put plans that were kept on the shelf, and the one they were left at on the desk."""
        remark = self.kept.take(text)
        self.history = History(self.shelf.state)
        self.rail.pick(0)
        self.plan.restore(self.shelf.on_desk.state, self.shelf.on_desk.full_answer)
        self.tell(remark)

    def _look_at_plan_a(self, *, anew: bool = False) -> None:
        """Take a first look at plan A beside, unless there was one or there is an answer."""
        beside = self.shelf.beside
        if beside is None or beside.full_answer is not None:
            return
        if not anew and (beside.answer is not None or beside.state == self._unplayable):
            return
        try:
            look = self.plan.look_of(beside.state)[-1]
        except ValueError:
            look, self._unplayable = None, beside.state  # it is shown why once it is on the desk
        self.shelf.plans[0] = replace(beside, answer=look)

    def _do_run(self, _: Data) -> None:
        self.tell("")
        self.plan.start(self.runs)

    def _do_stop(self, _: Data) -> None:
        self.plan.stop()

    def _do_runs(self, message: Data) -> None:
        try:
            runs = entries.RUNS.read(str(message["text"])[:20])
        except ValueError as error:
            self.tell(str(error))
            return
        if runs != self.runs:
            self.runs = runs
            self.plan.outdate()
        self.tell("")
        self.show_board()
        self.show_rail()  # limits, too, are those of the first look again
        self._follow()

    # What follows from it

    def _as_step(self, what: Words, merge: Any = None) -> None:
        self._what, self._merge = what, merge

    def _on_world(self) -> None:
        """Forget what came of plans in another world: one is compared with others of its own."""
        with self._lock:
            self.shelf.forget_answers()
            self._unplayable = None

    def _on_change(self, _: Any) -> None:
        with self._lock:
            self.shelf.lay(self.plan.state)
            self.history.record(self.shelf.state, self._what, self._merge)
            self._as_step(_COMPOSED)
            self.fan = None
            self._remark = ""
            count = len(self.plan.commands)
            if self.rail.picked is None or self.rail.picked >= count:
                self.rail.picked = count - 1 if count else None
            if not self.is_held:
                self._look_at_plan_a()
            self.plan.first_look(quick=self.is_held)
            if self.is_held:
                self._show_progress()
                self.show_board()
            else:
                self._changed_plans()

    def _follow(self, seconds: float | None = None) -> None:
        """Make the full runs once the hand rests."""
        if self.follows and not self.plan.problem and self.plan.answer is None:
            more = {} if seconds is None else {"seconds": seconds}
            self.plan.start_when_quiet(self.runs, **more)

    def _on_answer(self, change: Data) -> None:
        if change["new"] is None or change["new"] is self._seen:
            return
        with self._lock:
            if self.plan.is_answered and change["new"] is not self.plan.answer:
                return  # another plan is on the desk, and its answer was known
            if not self.plan.is_answered:  # a hand was quicker, and has shown what it did
                self.plan.drop_old_answer()
                self.show_all()
                self._follow()
                return
            self.shelf.answered(change["new"])
            self.is_held = False
            self.show_board()
            self.show_rail()
            self._show_progress()

    def _on_remark(self, change: Data) -> None:
        if change["new"].about == "runs" and change["new"].text:
            self._remark = ""  # what was said before does not hide how the runs ended
        self._show_progress()

    def _on_run(self) -> None:
        """Show how far the runs are, but not each of hundreds: showing takes longer than some."""
        if time.monotonic() - self._told_at >= TELL_EVERY:
            self._told_at = time.monotonic()
            self._show_progress()
