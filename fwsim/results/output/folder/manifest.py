"""The manifest: which files of a folder are fwsim's, in which parts, and what each holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from fwsim.input_file import check_file
from fwsim.messages import say
from fwsim.problems import InputError, Problem

MANIFEST = "fwsim-manifest.json"
MADE_BY = "fwsim"
FORMAT = 1
LARGEST = 50_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Parameters
    ----------
    size
        Bytes.
    sha256
        In hexadecimal.
    """

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Content:
        """Return what a file holds now.

        Raises
        ------
        OSError
            If it cannot be read.
        InputError
            If it is none.
        """
        check_file(path, str(path))
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
                size += len(block)
        return cls(size, digest.hexdigest())

    def is_that_of(self, path: Path) -> bool:
        """Tell whether a file still holds it."""
        try:
            is_alike = path.is_file() and path.stat().st_size == self.size
            return is_alike and Content.of(path) == self
        except (OSError, ValueError):
            return False


@dataclass(frozen=True)
class Part:
    """Files that were written together and are replaced together.

    Parameters
    ----------
    files
        What each holds, by name.
    origin
        What they come from, so that it can be told whether two parts belong together.
    """

    files: Mapping[str, Content]
    origin: str = ""

    def without(self, names: Collection[str]) -> Part:
        """Return the part without files that another part has taken over."""
        return Part({n: c for n, c in self.files.items() if n not in names}, self.origin)


Parts = Mapping[str, Part]


def _file_name(name: str) -> str:
    if name != Path(name).name or name in {"", ".", "..", MANIFEST} or "\\" in name:
        raise ValueError("no name of a file beside the manifest")
    return name


class _Saved(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _SavedContent(_Saved):
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class _SavedPart(_Saved):
    origin: str = ""
    files: dict[Annotated[str, AfterValidator(_file_name)], _SavedContent]


class _SavedManifest(_Saved):
    format: Literal[1]
    parts: dict[str, _SavedPart]


def written(parts: Parts) -> str:
    """Return a manifest as its file holds it."""
    data = {
        name: {
            **({"origin": part.origin} if part.origin else {}),
            "files": {
                file: {"size": content.size, "sha256": content.sha256}
                for file, content in sorted(part.files.items())
            },
        }
        for name, part in sorted(parts.items())
        if part.files
    }
    whole = {"made by": MADE_BY, "format": FORMAT, "parts": data}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_manifest(path: Path) -> Parts | None:
    """Return the parts a manifest names; None if there is none, or one that is not fwsim's.

    Raises
    ------
    InputError
        If it is fwsim's, but damaged or of a later format, or nobody may read it.
    """
    try:
        if path.stat().st_size > LARGEST or not path.is_file():
            return None
        check_file(path, str(path))
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        text = say("file.unreadable", reason=error.strerror or error)
        raise InputError([Problem(text, source=str(path))]) from None
    except (ValueError, RecursionError):
        raise InputError([_damaged(path, say("saved.manifest_unreadable"))]) from None
    if not isinstance(data, dict) or data.get("made by") != MADE_BY:
        return None
    if isinstance(data.get("format"), int) and data["format"] > FORMAT:
        text = say("saved.later_format", number=data["format"], last=FORMAT)
        raise InputError([Problem(text, source=str(path))])
    return _parts(path, data)


def _parts(path: Path, data: dict[str, Any]) -> Parts:
    try:
        saved = _SavedManifest.model_validate(data)
    except ValidationError as error:
        raise InputError([_damaged(path, told_of(error))]) from None
    return {
        name: Part(
            {file: Content(content.size, content.sha256) for file, content in part.files.items()},
            part.origin,
        )
        for name, part in saved.parts.items()
    }


def told_of(error: ValidationError) -> str:
    """Return the first thing that is wrong with what was saved."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return say("saved.lacks" if first["type"] == "missing" else "saved.otherwise", name=place)


def _damaged(path: Path, why: str) -> Problem:
    text = say("saved.manifest_damaged", why=why)
    return Problem(text, source=str(path))
