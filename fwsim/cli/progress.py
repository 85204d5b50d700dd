"""Progress on a terminal: on standard error, gone when done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from fwsim.planning.search import SearchProgress


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
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        console = Console(stderr=True)
        columns: list[ProgressColumn] = [TextColumn(what), BarColumn(), MofNCompleteColumn()]
        columns += [TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()]
        self._progress = Progress(
            *columns, TextColumn("{task.description}"),
            console=console, transient=True, disable=hidden or not console.is_terminal,
        )  # fmt: skip
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
            self._task, completed=done, total=targeted, description=f"{hours:.1f} h simulated"
        )

    def tell_runs(self, done: int, total: int | None) -> None:
        """Move the bar of an experiment; without a total a precision decides."""
        self._progress.update(
            self._task, completed=done, total=total,
            description="" if total else "until the interval is narrow enough",
        )  # fmt: skip

    def tell_search(self, where: SearchProgress) -> None:
        """Move the bar of a search; the best plan so far stands beside it."""
        text = f"{where.phase}, {where.plans} plans"
        if where.ruled_out:
            text += f", {where.ruled_out} ruled out"
        if where.best is not None:
            text += f"; best so far: {where.best.title}"
        self._progress.update(self._task, completed=where.spent, total=where.of, description=text)
