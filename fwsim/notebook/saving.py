"""What the planner writes: whole or not at all, under names that were free, with what it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from fwsim.messages import say
from fwsim.notebook.comments import text_over
from fwsim.notebook.writing_place import WritingPlace
from fwsim.planning.hand_over.inputs import Inputs
from fwsim.results.output.writing import bytes_writer, write_all
from fwsim.scenario.load import dumps
from fwsim.scenario.named_files import places_of_files
from fwsim.scenario.schema import Scenario

Contents = Mapping[str, bytes]


def names_files(scenario: Scenario) -> bool:
    """Tell whether a scenario names files of its own folder."""
    named = places_of_files(scenario.spelled_out())
    return any(not Path(section[key]).is_absolute() for _, section, key in named)


def refusal(scenario: Scenario, place: WritingPlace, path: Path) -> str:
    """Return why a scenario cannot be saved somewhere; empty if it can."""
    is_elsewhere = path.parent.resolve() != scenario.folder.resolve()
    if is_elsewhere and not place.is_confined and names_files(scenario):
        return say("writing.names_files", folder=scenario.files.shown)
    return ""


def inputs_of(
    scenario: Scenario, place: WritingPlace, path: Path, taken: Sequence[str] = ()
) -> Inputs | None:
    """Return the files that are saved with a scenario; None if it is saved where they lie.

    Parameters
    ----------
    scenario
        What is saved.
    place
        Where one may write.
    path
        Of the scenario's file.
    taken
        Names of further files that are written.
    """
    named = [section[key] for _, section, key in places_of_files(scenario.spelled_out())]
    if not any(place.is_confined or Path(file).is_absolute() for file in named):
        return None
    return Inputs(scenario, [path.name, *taken], path.parent)


def scenario_files(scenario: Scenario, place: WritingPlace, path: Path) -> Contents:
    """Return what is written to save a scenario, by name."""
    inputs = inputs_of(scenario, place, path)
    if inputs is None:
        return {path.name: text_over(path, scenario).encode()}
    return {path.name: dumps(inputs.scenario()).encode(), **inputs.contents}


def save(
    place: WritingPlace, paths: Sequence[Path], make: Callable[[], Contents], *, overwrite: bool
) -> str:
    """Write files, and return what was done or what went wrong.

    Parameters
    ----------
    place
        Where one may write.
    paths
        Names to take while the files are made, the first of which is told.
    make
        Returns their contents, and those of what goes with them.
    overwrite
        Whether what lies there may be replaced.
    """
    try:
        with ExitStack() as names:
            for path in paths:
                names.enter_context(place.reserved(path, overwrite=overwrite))
            made = make()
            write_all(paths[0].parent, {name: bytes_writer(text) for name, text in made.items()})
    except ValueError as error:
        return place.error_in_words(error)
    return say("writing.written", file=place.shown(paths[0]))


def save_scenario(scenario: Scenario, place: WritingPlace, path: Path, *, overwrite: bool) -> str:
    """Write a scenario file, beside the files it names or with them; return what was done."""
    if text := refusal(scenario, place, path):
        return text
    return save(place, [path], lambda: scenario_files(scenario, place, path), overwrite=overwrite)
