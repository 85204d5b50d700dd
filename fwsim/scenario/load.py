"""From a file to a checked scenario, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fwsim.arguments import a, a_function, a_path, taking
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.scenario.belief_schema import with_beliefs
from fwsim.scenario.checks_besides import Left, findings_besides, findings_of_images_besides
from fwsim.scenario.commanded import problems_of_fleet
from fwsim.scenario.document import Document, Path_
from fwsim.scenario.document_reading import (
    read_document,
    read_document_as_it_is,
    read_document_file_as_it_is,
)
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.hubs import Finding
from fwsim.scenario.named_files import IDF
from fwsim.scenario.outside import allowed, findings_of_files
from fwsim.scenario.overriding import Change, overridden, overrides_of
from fwsim.scenario.schema import COMMANDED_ELSEWHERE, Scenario
from fwsim.scenario.writing import to_yaml
from fwsim.shell_words import command_line

TABLES = (".csv", ".tsv")
"""Endings of device lists and logs."""
Settings = Mapping[str, Any] | Iterable[str]
ChangesTold = Callable[[tuple[Change, ...]], None]


class ScenarioError(InputError):
    """A scenario's file was refused.

    Parameters
    ----------
    problems
        With it.
    left
        What is left of it; None if that is too little.
    unopened
        Where files are named that cannot be read, or must not be.
    """

    def __init__(
        self,
        problems: Iterable[Problem],
        left: Left | None = None,
        unopened: frozenset[Path_] = frozenset(),
    ) -> None:
        super().__init__(problems)
        self.left, self.unopened = left, unopened


def validated(document: Document, folder: Path, **how: Any) -> Scenario:
    """Return the scenario that a file holds, if there is no mistake in it.

    Parameters
    ----------
    document
        The file.
    folder
        To which other files it names are relative.
    how
        Pydantic's.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    reading = Scenario.as_far_as_readable(document, **how)
    wrong = list(findings_of_files(document.data, FilesBeside(folder)))
    unopened = frozenset(path for path, _ in wrong)
    left: Left | None = None
    problems: list[Problem] = []
    scenario = reading.value
    if scenario is not None:
        scenario = scenario.seen_from(folder, document)
        left = Left(scenario, reading.taken_out, document.data)
        try:
            wrong += findings_besides(left)
            if (IDF,) not in dict(wrong):  # else it may not be opened
                wrong += findings_of_images_besides(left)
        except InputError as error:
            problems += error.problems
        if (
            wrong or problems or reading.mistakes or document.wrong
        ):  # else they are told once all else is right
            problems += _of_fleet(left, document, wrong)
    problems = [*(document.problem(path, text) for path, text in wrong), *problems]
    problems += [*document.wrong.values(), *reading.problems(document)]
    if problems or scenario is None:
        raise ScenarioError(sorted_problems(problems), left, unopened)
    return scenario.seen_from(folder, document.sealed())


def _of_fleet(left: Left, document: Document, wrong: list[Finding]) -> Iterator[Problem]:
    """Yield what is wrong with the device list and with targets; a file's problem has its place."""
    for place, problem in problems_of_fleet(left, frozenset(path for path, _ in wrong)):
        if problem.source is not None:
            yield replace(problem, path=document.problem(place, "").path)
        else:
            path = document.path_of(problem.path) if problem.path else place
            yield document.problem(path, problem.message)


def sorted_problems(problems: list[Problem]) -> list[Problem]:
    """Return problems in the order of their places."""
    return sorted(problems, key=lambda p: (p.source or "", p.line or 0, p.column or 0))


@taking(path=a_path, outside=a("flag", bool), changed=a_function)
def load(
    path: str | Path,
    *,
    outside: bool | None = None,
    settings: Settings = (),
    changed: ChangesTold | None = None,
) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        The file; other files it names are relative to its folder.
    outside
        Whether they may be outside it; by default as FWSIM_ALLOW_OUTSIDE says, else not.
    settings
        Values that replace the file's, by their keys with dots:
        ``{"commands.0.user_can_cancel": False}``. An entry of a list is named by its number, its
        name or, if it is a command, its target. Texts ``KEY=VALUE`` are read as ``--set`` is.
    changed
        Called with what they changed.

    Raises
    ------
    InputError
        With every problem of the file: place, value, expectation, nearest right thing.
    """
    with allowed(outside):
        return _loaded(path, settings, changed)


def load_to_command(
    path: str | Path, settings: Settings = (), changed: ChangesTold | None = None
) -> Scenario:
    """Read a scenario file whose commands stand elsewhere, so that it need not have any.

    Parameters
    ----------
    path, settings, changed
        As of `load`.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    return _loaded(path, settings, changed, context=COMMANDED_ELSEWHERE)


def _loaded(
    path: str | Path, settings: Settings, changed: ChangesTold | None, **how: Any
) -> Scenario:
    file = Path(path)
    document = _document_of(file, str(path))
    problems: list[Problem] = []
    document, changes = overridden(document, overrides_of(settings, problems), problems)
    try:
        scenario = validated(document, file.parent, **how)
    except ScenarioError as error:
        found = sorted_problems([*problems, *error.problems])
        raise ScenarioError(found, error.left, error.unopened) from None
    if problems:
        raise InputError(problems)
    if changed is not None:
        changed(changes)
    return scenario


def _document_of(file: Path, source: str) -> Document:
    """Read a scenario's file; what is a table by its name and no scenario is told to be one."""
    is_table = file.suffix.casefold() in TABLES and file.is_file()
    try:
        document = read_document_file_as_it_is(file, source)
    except InputError:
        if not is_table:
            raise
    else:
        if not is_table or isinstance(document.data, Mapping):
            return document
    text = say("file_kind.table", command=command_line(["fwsim", "new", source]))
    raise InputError([Problem(text, source=source)])


@taking(
    text=a("text", str), source=a("text", str), folder=a("path", str, Path), outside=a("flag", bool)
)
def loads(
    text: str, *, source: str = "scenario", folder: str | Path = ".", outside: bool | None = None
) -> Scenario:
    """Read a scenario from text; see `load`.

    Parameters
    ----------
    text
        What a file would hold.
    source
        What to call it in problems.
    folder
        To which other files it names are relative.
    outside
        Whether they may lie outside of it.
    """
    with allowed(outside):
        return validated(read_document_as_it_is(text, source), Path(folder))


def read_alone(text: str) -> Scenario:
    """Read a scenario from text by itself: the files that it names need not be there yet.

    Raises
    ------
    InputError
        With every problem of the text.
    """
    return Scenario.described_in(read_document(text, "scenario"))


@taking(scenario=a("read_scenario", Scenario))
def dumps(scenario: Scenario) -> str:
    """Write a scenario as its file would read; passwords become ``***``.

    Parameters
    ----------
    scenario
        What is written; what it leaves at its default is left out.
    """
    return to_yaml(scenario.as_data())


def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors; defaults as a file writes them."""
    data: dict[str, Any] = Scenario.model_json_schema(mode="serialization")
    data["title"] = "fwsim scenario"
    del data["$defs"]["AssignmentSection"]["properties"]["force_at"]  # it has a deadline
    return with_beliefs(data)
