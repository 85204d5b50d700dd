"""A scenario commanded by files of scmd lines, such as a hand-over writes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from fwsim.commands.scmd import ScmdLine, write_scmd
from fwsim.commands.scmd_file import LARGEST_FILE, read_scmd_file
from fwsim.commands.targets import ListFileTarget
from fwsim.input_file import read_text
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.hand_over.manifest import handed_files
from fwsim.problems import InputError, Problem
from fwsim.scenario.checks import findings
from fwsim.scenario.outside import is_allowed, outside_text, place_outside
from fwsim.scenario.schema import MOST_COMMANDS, Scenario


def commanded(scenario: Scenario, files: list[Path]) -> Scenario:
    """Return a scenario commanded by files of scmd lines, in the order of the files.

    Parameters
    ----------
    scenario
        Fleet, people, lines: everything but the commands.
    files
        Such as `hand_over` writes; a folder stands for those in it, in their order.

    Raises
    ------
    InputError
        With every line that is no command or leads nowhere.
    """
    lines: list[tuple[str, int, ScmdLine]] = []
    problems: list[Problem] = []
    for path in (inside for place in files for inside in _command_files(place)):
        here = os.path.relpath(path.parent, scenario.folder).replace(os.sep, "/")
        text = read_text(path, str(path), largest=LARGEST_FILE)
        try:
            commands = read_scmd_file(text, str(path), "" if here == "." else f"{here}/")
        except InputError as error:
            problems += error.problems
        else:
            lines += [(str(path), number, line) for number, line in commands]
            problems += _lists_elsewhere(scenario.folder, path, commands)
    if len(lines) > MOST_COMMANDS:
        text = say("planning.too_many_commands", count=len(lines), most=MOST_COMMANDS)
        problems.append(Problem(text, source=str(files[0])))
    if problems:
        raise InputError(problems)
    data = scenario.as_data()
    data["commands"] = [{"scmd": write_scmd(line)} for _, _, line in lines]
    made = Scenario.model_validate(data).beside(scenario)
    _check(made, lines)
    return made


def _lists_elsewhere(
    folder: Path, path: Path, lines: Sequence[tuple[int, ScmdLine]]
) -> Iterator[Problem]:
    """Yield a problem for each list that lies neither beside the command file nor the scenario."""
    for number, line in lines:
        target = line.command.target
        if is_allowed() or not isinstance(target, ListFileTarget):
            continue
        beside = os.path.relpath((folder / target.file).absolute(), path.parent.absolute())
        real = place_outside(folder, target.file)
        if real and place_outside(path.parent, beside):
            yield Problem(outside_text(target.file, real), source=str(path), line=number)


def _check(scenario: Scenario, lines: list[tuple[str, int, ScmdLine]]) -> None:
    """Refuse targets and times that lead nowhere, with the lines they stand in.

    Raises
    ------
    InputError
        With all of them.
    """
    problems = []
    for path, text in findings(scenario):
        if path[0] == "commands":
            source, number, _ = lines[int(path[1])]
            problems.append(Problem(text, source=source, line=number))
    rollout = Rollout(scenario)
    for source, number, line in lines:
        try:
            rollout.find(line.command.target)
        except InputError as error:
            problems += [_in_line(problem, source, number) for problem in error.problems]
    if problems:
        raise InputError(problems)


def _command_files(path: Path) -> list[Path]:
    """Return the command files a path stands for, in their order.

    Raises
    ------
    InputError
        If a folder has none.
    """
    if not path.is_dir():
        return [path]
    # Beside a hand-over's own files others may lie: then only its own are meant.
    listed = [path / name for name in sorted(handed_files(path)) if name.endswith(".cmd")]
    files = listed or sorted(path.glob("*.cmd"))
    if not files:
        raise InputError([Problem(say("planning.no_command_file"), source=str(path))])
    return files


def _in_line(problem: Problem, source: str, number: int) -> Problem:
    """Return what is wrong with a target with the line that names it, if it has none of its own."""
    if problem.line is not None:
        return problem
    text = problem.message
    if problem.source is not None:
        text = say("file.named", file=problem.source, fault=text)
    return Problem(text, source=source, line=number)
