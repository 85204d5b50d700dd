"""Where named plans are kept: in the notebook's folder, or by the visitor's own browser."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from fwsim.commands.command import Sent
from fwsim.messages import say
from fwsim.notebook.plan import Plan
from fwsim.notebook.shelf import LARGEST, Shelf
from fwsim.results.output.writing import bytes_writer, write_all
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.schema import Scenario

ENDING = ".plans.json"
ASIDE = ".plans.old-{number}.json"
TOUR = ".fwsim-tour-is-over"
"""An empty file: no plan of any scenario has to be written for it."""


class KeptPlans:
    """Keeps the plans of a shelf.

    Parameters
    ----------
    plan
        Whose scenario they are plans of.
    shelf
        The plans.
    folder
        Where the file lies; by default the folder the notebook runs in. A plan whose place is
        confined is kept by the browser instead: visitors share nothing.

    Attributes
    ----------
    holds_more
        Whether what was kept has not been taken whole: it is put aside, not overwritten.
    """

    def __init__(self, plan: Plan, shelf: Shelf, folder: Path | None = None) -> None:
        self.plan, self.shelf = plan, shelf
        self.is_in_browser = plan.place.is_confined
        self._last = shelf.as_text()
        self.holds_more = False
        is_kept_here = plan.source is not None and not self.is_in_browser
        self.path: Path | None = None
        if is_kept_here and plan.source is not None:
            self.path = (folder or Path.cwd()) / f"{plan.source.stem}{ENDING}"

    @property
    def key(self) -> str:
        """The name under which a browser keeps them; empty if none does."""
        return f"fwsim plans of {self.plan.base.name}" if self.is_in_browser else ""

    def for_browser(self) -> dict[str, str]:
        """Return what a browser keeps, and how the tour stands where it is not for it to know."""
        if self.key:
            aside = "yes" if self.holds_more else ""
            return {"key": self.key, "text": self.shelf.as_text(), "aside": aside}
        if self.path is None:
            return {}
        return {"tour": "over" if (self.path.parent / TOUR).exists() else "new"}

    def end_tour(self) -> None:
        """Remember, beside the plans, that the tour was taken or skipped."""
        if self.path is not None:
            with suppress(OSError):  # a folder that cannot be written to offers it again
                (self.path.parent / TOUR).touch()

    def read(self) -> str:
        """Return what the file holds; empty if there is none that can be read."""
        if self.path is None or not self.path.is_file() or self.path.is_symlink():
            return ""
        self.holds_more = True  # until all of it has been taken
        if self.path.stat().st_size > LARGEST:
            return ""
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def take(self, text: str) -> str:
        """Put plans that were kept on the shelf, and say how that went.

        What is on the shelf then is no change to be written.
        """
        try:
            left_out = self.shelf.take(text, self.read_commands)
        except ValueError as error:
            remark, self.holds_more = self._with_place(str(error)), True
        else:
            some = self._with_place(say("desk.some_left_out"))
            remark, self.holds_more = some if left_out else say("desk.back"), bool(left_out)
        self._last = self.shelf.as_text()
        return remark

    def _with_place(self, text: str) -> str:
        """Return what was wrong with kept plans, and where a browser has put them."""
        return say("desk.put_aside", text=text, key=self.key) if self.key else text

    def write(self) -> str:
        """Write the file if anything has changed; return what went wrong, in words.

        A file that could not be taken whole is put aside first, under a name that is free.
        """
        text = self.shelf.as_text()
        if self.path is None or text == self._last or self.path.is_symlink():
            return ""
        try:
            if self.holds_more and self.path.is_file():
                self.path.rename(_free_beside(self.path))
            self.holds_more = False
            write_all(self.path.parent, {self.path.name: bytes_writer(text.encode())})
        except (OSError, ValueError) as error:
            return in_plain_words(error)
        self._last = text
        return ""

    def read_commands(self, entries: Any) -> tuple[Sent, ...]:
        """Return commands as a file has them; checked as those of the scenario are.

        Raises
        ------
        ValueError
            If they do not fit the scenario.
        """
        data = {**self.plan.base.as_data(), "commands": entries}
        scenario = Scenario.model_validate(data)
        return tuple(section.command() for section in scenario.commands)


def _free_beside(path: Path) -> Path:
    stem = path.name.removesuffix(ENDING)
    places = (path.with_name(stem + ASIDE.format(number=number)) for number in count(1))
    return next(place for place in places if not place.exists() and not place.is_symlink())
