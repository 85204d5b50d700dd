"""Writing a folder of results: all of it or nothing, one writer at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fwsim.messages import say
from fwsim.problems import InputError, Problem, told_as_not_written
from fwsim.put_in_place import putting
from fwsim.results.output.folder.drafts import drafting, made_if_missing, settle
from fwsim.results.output.folder.lock import locked
from fwsim.results.output.folder.manifest import (
    MANIFEST,
    Content,
    Part,
    Parts,
    read_manifest,
    written,
)
from fwsim.results.output.folder.reading import parts_of, untouched

Write = Callable[[Path], None]


@dataclass(frozen=True)
class NewPart:
    """Files to be written together.

    Parameters
    ----------
    files
        What writes each, by name.
    origin
        What they come from.
    """

    files: Mapping[str, Write]
    origin: str = ""


def write_parts(
    folder: Path,
    new: Mapping[str, NewPart],
    *,
    without: Collection[str] = (),
    belonging: Mapping[str, str] | None = None,
    only_if: Parts | None = None,
) -> list[Path]:
    """Write parts of a folder, each in the place of the one of that name; all or nothing.

    What else fwsim wrote there stays, and so does whatever is not fwsim's. At any kill the folder
    holds the old parts or the new ones.

    Parameters
    ----------
    folder
        Made if it is not there.
    new
        Parts by name.
    without
        Names of parts that no longer hold.
    belonging
        Parts that hold only if they come from this origin.
    only_if
        Parts that must still be there as they are.

    Raises
    ------
    NotWrittenError
        If the folder cannot be written to.
    InputError
        If a file in the way is not fwsim's.
    """
    with told_as_not_written(str(folder)):
        place = folder.resolve()
        with made_if_missing(place), locked(place):
            settle(place)
            _write(place, folder, new, without, belonging or {}, only_if or {})
    return [folder / name for part in new.values() for name in part.files]


def _write(
    place: Path,
    folder: Path,
    new: Mapping[str, NewPart],
    without: Collection[str],
    belonging: Mapping[str, str],
    only_if: Parts,
) -> None:
    old = parts_of(place)
    if any(old.get(name) != part for name, part in only_if.items()):
        text = say("saved.rewritten")
        raise InputError([Problem(text, source=str(folder))])
    names = [name for part in new.values() for name in part.files]
    own = untouched(place, old)
    _refuse_others(place, folder, [*names, MANIFEST], own)
    left = {
        name: part.without(names)
        for name, part in old.items()
        if name not in new
        and name not in without
        and (name not in belonging or part.origin == belonging[name])
    }
    stay = {file for part in left.values() for file in part.files}
    gone = (own - stay) | {MANIFEST} | set(names)
    with drafting(place) as draft:
        made = {name: Part(_made(part.files, draft.new), part.origin) for name, part in new.items()}
        (draft.new / MANIFEST).write_text(written({**left, **made}), "utf-8", newline="\n")
        with putting(folder):
            draft.take_place(gone)


def _made(files: Mapping[str, Write], folder: Path) -> dict[str, Content]:
    """Write files and return what each holds, read back while the next one is written."""
    with ThreadPoolExecutor(1) as reader:
        held: dict[str, Future[Content]] = {}
        for name, write in files.items():
            write(folder / name)
            held[name] = reader.submit(Content.of, folder / name)
        return {name: content.result() for name, content in held.items()}


def _refuse_others(place: Path, folder: Path, names: Iterable[str], own: Collection[str]) -> None:
    """Refuse to put anything in the place of what is not, or no longer, what fwsim wrote.

    Raises
    ------
    InputError
        With each such file.
    """
    problems = []
    for name in names:
        path = place / name
        if path.is_dir():
            text = say("saved.is_folder", name=name)
            problems.append(Problem(text, source=str(folder)))
        elif name == MANIFEST and read_manifest(path) is not None:
            continue
        elif path.is_symlink() or (path.exists() and name not in own):
            text = say("saved.of_others")
            problems.append(Problem(text, source=str(folder / name)))
    if problems:
        raise InputError(problems)


def check_parts(folder: Path, names: Iterable[str]) -> None:
    """Refuse files that could not be written, before there is anything to write.

    Raises
    ------
    InputError
        If something in the way is not fwsim's.
    """
    if folder.is_dir():
        parts = parts_of(folder)
        _refuse_others(folder, folder, [*names, MANIFEST], untouched(folder, parts))
