"""Reading a folder of results: only what its manifest names, and only as it was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fwsim.input_file import check_file
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.results.output.folder.before_manifests import FORMS, parts_before_manifests
from fwsim.results.output.folder.drafts import READY
from fwsim.results.output.folder.manifest import MANIFEST, Content, Parts, read_manifest

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
_TRIES = 3


class _ChangedError(Exception):
    """A file is not what the manifest says."""


@dataclass(frozen=True)
class Saved:
    """A folder of results as it was written.

    Parameters
    ----------
    folder
        Where it lies.
    parts
        What its manifest names; None for a folder from before there were manifests.
    """

    folder: Path
    parts: Parts | None

    @classmethod
    def at(cls, folder: Path) -> Saved:
        """Look what a folder holds.

        Raises
        ------
        InputError
            If its manifest is damaged, or of a later format.
        """
        ready = read_manifest(folder / READY / MANIFEST)
        return cls(folder, ready if ready is not None else read_manifest(folder / MANIFEST))

    def has(self, name: str) -> bool:
        """Tell whether a file is there, and is fwsim's."""
        if self.parts is None:
            return (self.folder / name).is_file()
        return self._content(name) is not None

    def table(self, name: str) -> str | None:
        """Return the file of a table, in whatever form it is."""
        return next((f"{name}.{form}" for form in FORMS if self.has(f"{name}.{form}")), None)

    def path(self, name: str) -> Path:
        """Return where a file lies, which holds what was written.

        Raises
        ------
        InputError
            If it was changed or damaged since, or is no file.
        """
        path = self.folder / name
        content = self._content(name)
        if content is None:
            check_file(path, str(path))
            return path
        for place in (self.folder / READY / name, path):
            if content.is_that_of(place):
                return place
        raise _ChangedError(name)

    def model(
        self, name: str, kind: type[M], *, largest: int, fits: Callable[[M], bool]
    ) -> M | None:
        """Return what a JSON file holds; None if it is not there.

        Parameters
        ----------
        name
            Of the file.
        kind
            What fwsim writes into it.
        largest
            Bytes that it has at the most.
        fits
            Tells whether its parts go together.

        Raises
        ------
        InputError
            If it is not what fwsim writes.
        """
        if not self.has(name):
            return None
        path = self.path(name)
        if path.stat().st_size > largest:
            raise InputError([Problem(say("saved.too_large", name=name), str(self.folder))])
        try:
            found = kind.model_validate_json(path.read_bytes())
        except ValidationError:
            found = None
        if found is None or not fits(found):
            raise InputError([Problem(say("saved.strange", name=name), str(self.folder))])
        return found

    def _content(self, name: str) -> Content | None:
        for part in (self.parts or {}).values():
            if name in part.files:
                return part.files[name]
        return None


def read_saved(folder: Path, use: Callable[[Saved], T]) -> T:
    """Return what is made of a folder's files, all of them of one writing.

    Parameters
    ----------
    folder
        The folder.
    use
        Reads what it needs; again, if the folder was written anew meanwhile.

    Raises
    ------
    InputError
        If a file was changed or damaged since fwsim wrote it, or nobody may read it.
    """
    for _ in range(_TRIES):
        saved = Saved.at(folder)
        try:
            return use(saved)
        except (_ChangedError, FileNotFoundError) as error:
            name = str(error) if isinstance(error, _ChangedError) else str(error.filename)
            if Saved.at(folder).parts == saved.parts:
                break
    text = say("saved.changed", name=name, manifest=MANIFEST)
    refused = _refused(folder / name)
    if refused:
        raise InputError(
            [Problem(say("file.unreadable", reason=refused), source=str(folder / name))]
        )
    raise InputError([Problem(text, source=str(folder))])


def _refused(path: Path) -> str:
    """Return why the system does not let a file be read; empty if it does, or it is not there."""
    check_file(path, str(path))
    try:
        path.open("rb").close()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    return ""


def parts_of(folder: Path) -> Parts:
    """Return the parts of a folder, from its manifest or from before there were any."""
    parts = Saved.at(folder).parts
    return parts_before_manifests(folder) if parts is None else parts


def untouched(folder: Path, parts: Parts) -> set[str]:
    """Return the files of some parts that still hold what fwsim wrote."""
    return {
        name
        for part in parts.values()
        for name, content in part.files.items()
        if content.is_that_of(folder / name)
    }
