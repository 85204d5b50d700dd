"""Progress on a terminal: on standard error, gone when done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from fwsim.messages import localised, say, translated

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress, ProgressColumn

    from fwsim.planning.search.search import SearchProgress


class ProgressBar:
    """A bar on standard error; nothing where nobody watches.

    Parameters
    ----------
    what
        What is counted.
    hidden
        Show nothing.
    """

    def __init__(self, what: str, *, hidden: bool) -> None:
        from fwsim.console import console_for_progress

        console = console_for_progress()
        self._progress = _bar(what, console, disable=hidden or not console.is_terminal)
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell_devices(self, done: int, targeted: int, milliseconds: int) -> None:
        """Move the bar of one run."""
        hours = milliseconds / 3_600_000
        self._progress.update(
            self._task,
            completed=done,
            total=targeted,
            description=say("progress.simulated", hours=localised(f"{hours:.1f}")),
        )

    def tell_rows(self, done: int, total: int) -> None:
        """Move the bar of tables that are written."""
        self._progress.update(self._task, completed=done, total=total)

    def tell_runs(self, done: int, total: int | None) -> None:
        """Move the bar of an experiment; without a total a precision decides."""
        self._progress.update(
            self._task,
            completed=done,
            total=total,
            description="" if total else say("progress.until_narrow"),
        )

    def tell_search(self, where: SearchProgress) -> None:
        """Move the bar of a search; the best plan so far stands beside it."""
        from fwsim.measures.amounts import counted
        from fwsim.planning.search.plan_in_words import plan_in_words

        phase = translated("progress", where.phase)
        text = say("progress.search", phase=phase, plans=counted(where.plans, "plan"))
        if where.ruled_out:
            text = say("progress.ruled_out", text=text, count=where.ruled_out)
        if where.best is not None:
            text = say("progress.best", text=text, plan=plan_in_words(where.best))
        self._progress.update(self._task, completed=where.spent, total=where.of, description=text)


def _bar(what: str, console: Console, *, disable: bool) -> Progress:
    """Return a bar with a line of its own below for what is being done, cut to the width."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class BarAndLine(Progress):
        def get_renderables(self) -> Iterable[RenderableType]:
            yield self.make_tasks_table(self.tasks)
            for task in self.tasks:
                if task.description:
                    yield Text(task.description, no_wrap=True, overflow="ellipsis")

    columns: list[ProgressColumn] = [
        TextColumn(translated("progress", what)),
        BarColumn(),
        MofNCompleteColumn(),
    ]
    columns += [TimeElapsedColumn(), TextColumn(say("progress.left")), TimeRemainingColumn()]
    return BarAndLine(*columns, console=console, transient=True, disable=disable)
