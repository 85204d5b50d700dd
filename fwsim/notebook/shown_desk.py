"""What the desk shows: board, rail, top and progress as plain data. No widget in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fwsim.forewarning.whole import warnings_beside_commands
from fwsim.messages import ENGLISH, speaking
from fwsim.model.rollout import Rollout
from fwsim.notebook.board.axis import TimeAxis
from fwsim.notebook.board.board import axis_for, board_data, frame_data, unplayable
from fwsim.notebook.clock_in_the_making import ClockInTheMaking
from fwsim.notebook.desk_data import progress_data, rail_data, top_data
from fwsim.notebook.history import History
from fwsim.notebook.plan import USUAL_RUNS, Plan
from fwsim.notebook.rail import Rail
from fwsim.notebook.remark import Remark
from fwsim.notebook.shelf import Shelf, ShelfState
from fwsim.results.run.beside_commands import what_else_happens
from fwsim.results.run.plan_again import plan_again
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.spread_answer import Fan

MOST_WARNINGS = 4
Data = dict[str, Any]
Show = Callable[[str, Data], None]


class ShownDesk:
    """Plan, rail, named plans and undo, as a screen shows them.

    Parameters
    ----------
    plan
        What is planned.
    show
        Called with what is to be shown: ``board``, ``rail``, ``top`` or ``progress``.

    Attributes
    ----------
    is_held
        Whether a hand is moving something: it is shown in passing, and only what it moves.
    when_at_rest
        Called when everything has been shown, and no hand moves.
    """

    _clock: ClockInTheMaking

    def __init__(self, plan: Plan, show: Show) -> None:
        self.plan, self._show = plan, show
        self.rail = Rail(plan)
        self.shelf = Shelf(plan.state)
        self.history: History[ShelfState] = History(self.shelf.state)
        self.runs = USUAL_RUNS
        self.fan: Fan | None = None
        self.when_at_rest: Callable[[], None] = lambda: None
        self.is_held = False
        self._frame: tuple[TimeAxis, Data] | None = None
        self._seen: Answer | None = None
        self._sequence = 0
        self._remark = ""
        self._limits: list[Data] = []
        self._warned: tuple[Rollout, list[str], tuple[str, ...]] | None = None

    def speak(self) -> None:
        """Show everything in the language that is spoken now."""
        self._warned = None
        self._remark, self.plan.remark = "", Remark()
        if self.plan.answer is None:
            self.plan.first_look()  # why there is none is told in words
        self.show_all()

    def tell(self, text: str) -> None:
        """Say something in the line below the tiles."""
        self._remark = text
        self._show_progress()

    # What is shown

    @property
    def shown(self) -> Answer | None:
        """The answer, or the first look."""
        return self.plan.answer or self.plan.look

    @property
    def ghost(self) -> Answer | None:
        """The answer to plan A, while another plan is on the desk."""
        beside = self.shelf.beside
        return beside.answer if beside is not None else None

    def show_all(self) -> None:
        """Show everything; first that an answer does not hold any more."""
        self._show_progress()
        self.show_board()
        self.show_rail()
        self.show_top()
        if not self.is_held:
            self.when_at_rest()

    def show_board(self) -> None:
        """Show what comes of the plan."""
        plan, shown = self.plan, self.shown
        if shown is None or plan.whole is None:
            self._limits = []
            self._show("board", {**unplayable(plan.problem), "sequence": self._sequence})
            return
        beside = self.shelf.beside
        self._seen = plan.answer
        if self._frame is None or not self.is_held:
            axis = axis_for(plan.whole, shown, self.ghost)
            self._frame = axis, frame_data(plan.whole, axis)
        axis, frame = self._frame
        data = board_data(
            plan.whole,
            plan.commands,
            shown,
            ghost=self.ghost,
            ghost_name=beside.name if beside is not None else "",
            axis=axis,
            frame=frame,
            known=self.fan,
        )
        self._limits = data["all_limits"]
        self._show("board", {**data, "sequence": self._sequence})

    def show_rail(self) -> None:
        """Show commands and fields."""
        limits, (warnings, others) = self._limits, self._told_of_whole()
        data = rail_data(self.rail, limits, warnings, others, is_held=self.is_held)
        self._show("rail", data)

    def _told_of_whole(self) -> tuple[list[str], tuple[str, ...]]:
        """Return the warnings beside the commands, and what there is beside them.

        Both are of the plan as it was when a hand last rested. Of one that cannot be played there
        are none: it is said why.
        """
        whole = self.plan.whole
        if self.is_held and self._warned is not None:
            return self._warned[1:]
        if whole is None:
            return [], ()
        if self._warned is None or self._warned[0] is not whole:
            with speaking(ENGLISH):  # as results keep it, for one way into German
                others = what_else_happens(whole)
            warnings = warnings_beside_commands(whole)[:MOST_WARNINGS]
            self._warned = whole, warnings, plan_again(others)
        return self._warned[1:]

    def show_top(self) -> None:
        """Show scenario, plans, undo and redo."""
        self._show("top", top_data(self.plan, self.shelf, self.history))

    def _show_progress(self) -> None:
        runs, remark = str(self.runs), self._remark
        self._show(
            "progress", progress_data(self.plan, self.shown, runs, remark, self._clock.compiled)
        )
