"""Options that several commands share: each has its range, its help and its meaning once."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import LARGEST_SEED, MOST_REPLICATIONS, MOST_WORKERS

if TYPE_CHECKING:
    from fwsim.measures.measure import Measure
    from fwsim.model.rollout import Rollout
    from fwsim.scenario.schema import Scenario

T = TypeVar("T")
Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_NEVER_A_PATH = {errno.ENAMETOOLONG, errno.ELOOP}


class _AnyPath(click.Path):
    """A path, whether or not there is anything.

    Refused is what no file can ever have as its name, nothing (a shell's variable that is not set),
    which would be the present folder, and the address of something elsewhere.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        if not str(value):
            self.fail(say("usage.no_name"), param, ctx)
        try:
            path.stat()
        except OSError as error:
            if _ADDRESS.match(str(value)):  # which may hold a password
                self.fail(say("usage.is_address"), param, ctx)
            if error.errno in _NEVER_A_PATH:
                shown = str(path) if len(str(path)) <= SHOWN else f"{str(path)[:SHOWN]}…"
                self.fail(f"{shown}: {error.strerror}", param, ctx)
        return path


SHOWN = 60
"""Characters of a path that is refused."""
PATH = _AnyPath(path_type=Path)
_MEASURE = "--measure"
_DEFAULT_WORKERS = "Number of runs in parallel; default: one per processor."


def replications(help_text: str, fewest: int = 1) -> Wrapper:
    """Return the option of how many runs."""
    return click.option(
        "--replications", type=click.IntRange(fewest, MOST_REPLICATIONS), help=help_text
    )


def seed(help_text: str = "Seed of the random numbers; default: the scenario's.") -> Wrapper:
    """Return the option of the experiment's name."""
    return click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help=help_text)


workers = click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help=_DEFAULT_WORKERS)
scheduler = click.option(
    "--scheduler", help="Use a Dask cluster instead; its scheduler, as in tcp://host:8786."
)
quiet = click.option("--quiet", is_flag=True, help="No progress bar.")


settings = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a value of the scenario, as in commands.0.user_can_cancel=false; select an entry "
    "of a list by its number or its name. May be repeated.",
)


def load_changed(path: Path, settings: Iterable[str], *, to_command: bool = False) -> Scenario:
    """Return a scenario with values of the command line's, and say on stderr what they changed.

    Parameters
    ----------
    path, settings
        As they were given.
    to_command
        Whether its commands stand in files of their own.

    Raises
    ------
    InputError
        With everything that is wrong with the file or with them.
    """
    from fwsim.beside_files import told_with_files
    from fwsim.scenario.load import load, load_to_command

    with told_with_files():
        if to_command:
            return load_to_command(path, settings, _tell_changes)
        return load(path, settings=settings, changed=_tell_changes) if settings else load(path)


def _tell_changes(changes: Iterable[object]) -> None:
    for change in changes:
        click.echo(str(change), err=True)


ledger = click.option(
    "--ledger",
    type=PATH,
    help="File to which the forecast is added, for `fwsim score` later; created if missing.",
)


def measures(help_text: str) -> Wrapper:
    """Return the option of measures wanted beside the usual ones, by their words."""
    return click.option(_MEASURE, "measures", multiple=True, help=help_text)


def read_measures(words: Iterable[str], problems: list[Problem]) -> list[Measure]:
    """Return measures by their words; those that ask for none are told."""
    from fwsim.measures.measure import read_measure

    found: list[Measure] = []
    for text in words:
        try:
            found.append(read_measure(text))
        except ValueError as error:
            problems.append(Problem(str(error), source=_MEASURE))
    return found


def problems_of_measures(rollout: Rollout, measures: Iterable[Measure]) -> list[Problem]:
    """Return what measures ask of a rollout that it does not have."""
    from fwsim.results.run.asked import check_measure

    checks = (partial(check_measure, rollout, measure) for measure in measures)
    return [replace(p, source=p.source or _MEASURE) for p in problems_of(*checks)]


def check_out(out: Path | None, names: Iterable[str] = ()) -> None:
    """Refuse a folder for results that cannot be written, or in which others' files are in the way.

    Raises
    ------
    InputError
        Before there is anything to write.
    """
    if out is None:
        return
    from fwsim.results.output.folder.writing import check_parts
    from fwsim.results.output.writing import check_folder

    check_folder(out)
    check_parts(out, names)


class Checks:
    """Makes one check after the other, so that all that is wrong is told at once.

    Parameters
    ----------
    problems
        What was found before.
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = list(problems)

    def made(self, check: Callable[[], T]) -> T | None:
        """Return what a check makes; None if it finds something wrong, which is kept once."""
        try:
            return check()
        except InputError as error:
            self.problems += [one for one in error.problems if one not in self.problems]
            return None


def problems_of(*checks: Callable[[], object]) -> list[Problem]:
    """Return what several checks find, all of it, in their order."""
    found = Checks()
    for check in checks:
        found.made(check)
    return found.problems


@contextmanager
def in_options(**options: str) -> Iterator[None]:
    """Tell what is wrong with an argument of the library as of the option that gave it.

    Parameters
    ----------
    options
        By the name of the argument.
    """
    try:
        yield
    except InputError as error:
        raise InputError(of_options(error.problems, **options)) from None


def of_options(problems: Iterable[Problem], **options: str) -> list[Problem]:
    """Return problems of arguments of the library as those of the options that gave them.

    Parameters
    ----------
    problems
        What is wrong, or hardly meant.
    options
        As of `in_options`.
    """
    return [replace(one, source=options.get(one.source or "", one.source)) for one in problems]


def checked(*checks: Callable[[], Any]) -> list[Any]:
    """Make several checks; return what each of them makes.

    Raises
    ------
    InputError
        With what all of them find.
    """
    found = Checks()
    made = [found.made(check) for check in checks]
    if found.problems:
        raise InputError(found.problems)
    return made
