"""Where named plans are kept: in the notebook's folder, or by the visitor's own browser."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

from fwsim.commands.command import Sent
from fwsim.messages import say
from fwsim.notebook.plan import Plan
from fwsim.notebook.shelf import LARGEST, PlanState, Shelf, as_read
from fwsim.results.output.writing import bytes_writer, write_all
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.schema import Scenario

ENDING = ".plans.json"
NUMBERED = ".plans-{number}.json"
"""Where several scenarios have one name; no name of a scenario before `ENDING` comes to this."""
MOST_ALIKE = 20
"""Scenarios of one name whose plans are kept in one folder."""
ASIDE = ".old-{number}.json"
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
    place
        Where they are kept, in words, if another scenario of the same name is kept there, too.
    unread
        Why nothing of the file was read, in words, if there is one.
    """

    def __init__(self, plan: Plan, shelf: Shelf, folder: Path | None = None) -> None:
        self.plan, self.shelf = plan, shelf
        self.is_in_browser = plan.place.is_confined
        self._written = PlanState(tuple(section.command() for section in plan.base.commands))
        self._of = {"written": self._digest()}
        if not self.is_in_browser:
            self._of["by"] = token_hex(4)  # a file is known by it as one planner's
        self.holds_more = False
        self.path: Path | None = None
        self.place = self.unread = self._taken = ""
        if plan.source is not None and not self.is_in_browser:
            home = folder or Path.cwd()
            self._of["scenario"] = own = seen_from(home, plan.source)
            self.path = file_for(home, plan.source, own)
            if self.path is not None and self.path.name != f"{plan.source.stem}{ENDING}":
                self.place = say("desk.kept_apart", name=self.path.name)
        self._last = self.text
        self._on_disk = ""
        self._read: dict[str, str] = {}

    @property
    def text(self) -> str:
        """The plans as they are kept."""
        return self.shelf.as_text(**self._of)

    def _digest(self) -> str:
        """Return by what it is known whether the scenario's own plan is what it was."""
        data = self.plan.base.as_data()
        reminder = (data.get("firmware") or {}).get("reminder")
        own = {"commands": data.get("commands"), "reminder": reminder}
        return sha256(json.dumps(own, sort_keys=True, default=str).encode()).hexdigest()[:16]

    @property
    def key(self) -> str:
        """The name under which a browser keeps them; empty if none does."""
        return f"fwsim plans of {self.plan.base.name}" if self.is_in_browser else ""

    def for_browser(self) -> dict[str, str]:
        """Return what a browser keeps, and how the tour stands where it is not for it to know."""
        if self.key:
            aside = "yes" if self.holds_more else ""
            return {"key": self.key, "text": self.text, "aside": aside, **self._read}
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
            self.unread = say("desk.kept_too_large")
            return ""
        self._on_disk = self._in_file()
        self.unread = "" if self._on_disk else say("desk.kept_unreadable")
        return self._on_disk

    def _in_file(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8") if self.path is not None else ""
        except (OSError, UnicodeDecodeError):
            return ""

    def take(self, text: str) -> str:
        """Put plans that were kept on the shelf, and say how that went.

        What is on the shelf then is no change to be written.
        """
        try:
            left_out = self.shelf.take(text, self.read_commands)
        except ValueError as error:
            told, self.holds_more = [str(error)], True
        else:
            told = [say("desk.some_left_out")] if left_out else []
            self.holds_more = bool(left_out)
            if json.loads(text).get("written", self._of["written"]) != self._of["written"]:
                told += filter(None, [self._add_written()])
        self._last = self.text
        self._taken = "; ".join(told) or say("desk.back")
        return self._taken

    def _add_written(self) -> str:
        """Put the scenario's own plan on the desk, which is no longer what plans were kept of."""
        own = self.plan.base.firmware.reminder
        reminder = None if own is None else (own.deferments, own.delays)
        as_written = self._written, replace(self._written, reminder=reminder)
        if any(one.state in as_written for one in self.shelf.plans):
            return ""
        if not self.shelf.add(self._written):
            return say("desk.written_anew_left_out")
        return say("desk.written_anew", name=self.shelf.on_desk.name)

    def in_browser_aside(self, name: str, *, of_another: bool) -> str:
        """Say where a browser has put plans aside: of another tab, or that were not taken whole."""
        if of_another:
            return say("desk.of_another_tab", name=name, button=say("front.aside"))
        return say("desk.put_aside", text=self._taken, name=name)

    def bring_back(self, text: str) -> tuple[str, str]:
        """Put plans that a browser has put aside beside the others.

        It is told how they read here, for by that it sees which of them are here.

        Returns
        -------
        tuple
            Their names, and how it went, in words.
        """
        try:
            back = self.shelf.bring_back(text, self.read_commands)
            self._read = {"was": text, "reads": as_read(text, self.read_commands)}
        except ValueError as error:
            return "", str(error)
        names = ", ".join(back.names)
        told = [say("desk.none_brought_back")]
        if names:
            told = [say("desk.brought_back", names=names)]
        if back.misfits:
            told.append(say("desk.some_misfit"))
        if back.too_many:
            told.append(say("desk.some_too_many"))
        return names, "; ".join(told)

    def write(self) -> str:
        """Write the file if anything has changed; return what went wrong, in words.

        A file that could not be taken whole, or that another planner has written meanwhile, is put
        aside first: under a name that is free, or over what is there of that planner already.
        """
        text = self.text
        if self.path is None or text == self._last or self.path.is_symlink():
            return ""
        told = ""
        try:
            if self.path.is_file():
                if self.holds_more:
                    aside = _beside(self.path)
                    self.path.rename(aside)
                    told = say("desk.kept_aside", name=aside.name)
                elif self._in_file() != self._on_disk:
                    aside = _beside(self.path, _told_in(self.path, "by"))
                    self.path.replace(aside)
                    told = say("desk.of_another", name=aside.name)
            self.holds_more = False
            write_all(self.path.parent, {self.path.name: bytes_writer(text.encode())})
        except (OSError, ValueError) as error:
            return in_plain_words(error)
        self._last = self._on_disk = text
        return told

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


def seen_from(folder: Path, source: Path) -> str:
    """Return where a scenario lies, seen from a folder: plans and scenario travel together."""
    try:
        return Path(os.path.relpath(source.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return source.name


def file_for(folder: Path, source: Path, own: str) -> Path | None:
    """Return the file that holds a scenario's plans, or is to; None if too many are of its name.

    Another scenario may have the same name and lie elsewhere: each has a file of its own.
    """
    endings = (ENDING, *(NUMBERED.format(number=number) for number in range(2, MOST_ALIKE)))
    files = [folder / f"{source.stem}{ending}" for ending in endings]
    whose = {file: _told_in(file, "scenario") for file in files}
    mine = (file for file in files if whose[file] == own)
    free = (file for file in files if _may_be_ours(file, whose[file], is_first=file == files[0]))
    return next(mine, next(free, None))


def _may_be_ours(file: Path, of: str | None, *, is_first: bool) -> bool:
    """Tell whether plans are of nobody else: the scenario they name may have been moved here.

    Plans that name none are of the scenario that has the first place.
    """
    if of is None:
        return is_first or not (file.exists() or file.is_symlink())
    return not (file.parent / of).is_file()


def _told_in(file: Path, name: str) -> str | None:
    """Return of which scenario, or by which planner, kept plans are; None if that is not told."""
    try:
        if file.is_symlink() or file.stat().st_size > LARGEST:
            return None
        told = json.loads(file.read_text(encoding="utf-8")).get(name)
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return told if isinstance(told, str) and told else None


def _beside(path: Path, by: str | None = None) -> Path:
    """Return a name beside a file that is free, or under which older plans of a planner lie."""
    places = (path.with_name(path.stem + ASIDE.format(number=number)) for number in count(1))
    return next(
        place
        for place in places
        if not (place.exists() or place.is_symlink())
        or (by is not None and _told_in(place, "by") == by)
    )
