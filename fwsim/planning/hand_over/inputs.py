"""The files a scenario names, taken along with a plan: each under a name of its own beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from fwsim.commands.command import Command
from fwsim.commands.targets import ListFileTarget
from fwsim.messages import say
from fwsim.planning.hand_over.manifest import handed_files
from fwsim.problems import InputError, Problem
from fwsim.results.output.folder.manifest import Content
from fwsim.scenario.named_files import places_of_files
from fwsim.scenario.schema import LARGEST_NAMED, Scenario


class Inputs:
    """What a scenario needs beside itself.

    Parameters
    ----------
    scenario
        The scenario whose files are taken along.
    taken
        Names that other files of the hand-over have.
    folder
        Where it will lie: what lies there already, and is somebody's own, stays.

    Attributes
    ----------
    contents
        Bytes by new name.

    Raises
    ------
    InputError
        With every file that cannot be read any more.
    """

    def __init__(self, scenario: Scenario, taken: Collection[str], folder: Path) -> None:
        self._scenario, self._folder = scenario, folder
        self._own = set(handed_files(folder))
        self._taken = {name.casefold() for name in taken}
        self._names: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}
        self._data = scenario.spelled_out()
        problems = []
        for _, place, key in places_of_files(self._data):
            try:
                place[key] = self._take(place[key])
            except InputError as error:
                problems += [
                    Problem(say("planning.no_longer_read", fault=p.message), source=p.source)
                    for p in error.problems
                ]
        if problems:
            raise InputError(problems)

    def _take(self, file: str) -> str:
        if file not in self._names:
            content = self._scenario.files.read_bytes(file, largest=LARGEST_NAMED)
            self._names[file] = self.add(Path(file.replace("\\", "/")).name, content)
        return self._names[file]

    def add(self, wanted: str, content: bytes) -> str:
        """Take a file along and return its name: the wanted one, with a number if it is taken."""
        stem, suffix = Path(wanted).stem, Path(wanted).suffix
        name, number = wanted, 1
        while name.casefold() in self._taken or self._is_anothers(name, content):
            number += 1
            name = f"{stem}-{number}{suffix}"
        self._taken.add(name.casefold())
        if name in self._own or not (self._folder / name).exists():
            self.contents[name] = content
        return name

    def _is_anothers(self, name: str, content: bytes) -> bool:
        """Tell whether a file of that name lies there with another content, not handed over."""
        path = self._folder / name
        if name in self._own or not path.exists():
            return False
        return not Content(len(content), hashlib.sha256(content).hexdigest()).is_that_of(path)

    def scenario(self) -> Scenario:
        """Return the scenario with the new names; scmd lines are spelled out."""
        return Scenario.model_validate(self._data).beside(self._scenario)

    def target_of(self, command: Command) -> ListFileTarget | None:
        """Return the target of a command over a list by its new name; None for other targets."""
        if not isinstance(command.target, ListFileTarget):
            return None
        return ListFileTarget(self._names[command.target.file])
