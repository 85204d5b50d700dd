"""The files beside a scenario that it names, and what they said when they were read."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fwsim.input_file import as_text, first_bytes, not_there, read_bytes, refuse_larger
from fwsim.messages import say
from fwsim.problems import InputError, Problem

_PACKED_FAST = 1


def _absolute(folder: Path) -> Path:
    try:
        return Path(os.path.abspath(folder))  # noqa: PTH100 - links stay as they are written
    except OSError:  # the working folder is gone
        return folder


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        pass
    return False


class FilesBeside:
    """The files of a folder, by their names as the scenario writes them.

    Parameters
    ----------
    folder
        As it was typed; it stays the same folder wherever the program goes.
    keeps
        Whether what was read once is what they say, whatever becomes of them: in every run, in
        other processes, and on other machines.
    closed
        Those that are not opened: it is told already why they cannot be read, or must not be.
    """

    def __init__(
        self, folder: Path = Path(), *, keeps: bool = False, closed: frozenset[str] = frozenset()
    ) -> None:
        self.closed = closed
        self.folder = _absolute(folder)
        self._typed = folder
        self._said: dict[str, bytes] | None = {} if keeps else None

    @property
    def keeps(self) -> bool:
        """Whether what was read once is what the files say."""
        return self._said is not None

    def kept(self, closed: frozenset[str] = frozenset()) -> FilesBeside:
        """Return the same files as they are from now on, each from when it is first read.

        Parameters
        ----------
        closed
            As of the class.
        """
        if self.keeps and not closed:
            return self
        files = FilesBeside(self._typed, keeps=True, closed=closed)
        files.folder = self.folder
        return files

    @property
    def shown(self) -> Path:
        """The folder as it was typed, as long as that leads there."""
        return self._typed if _absolute(self._typed) == self.folder else self.folder

    def read_bytes(self, file: str, *, largest: int) -> bytes:
        """Return a file's content.

        Parameters
        ----------
        file
            Its name in the scenario.
        largest
            Bytes it may have.

        Raises
        ------
        InputError
            As `fwsim.input_file.read_bytes`; what is not there is told with the folder.
        """
        if self._said is None:
            return self._read(file, largest)
        if file not in self._said:
            self._said.setdefault(file, zlib.compress(self._read(file, largest), _PACKED_FAST))
        content = zlib.decompress(self._said[file])
        refuse_larger(len(content), file, largest)
        return content

    def read_text(self, file: str, *, largest: int) -> str:
        """Return a file's text; see `read_bytes`.

        Raises
        ------
        InputError
            As `fwsim.input_file.read_text`.
        """
        return as_text(self.read_bytes(file, largest=largest), file)

    def fault_of(self, file: str, *, is_near_told: bool = True) -> str:
        """Return why a file cannot be read; empty if it can, whatever it says.

        Parameters
        ----------
        file
            Its name in the scenario.
        is_near_told
            As for `fwsim.input_file.not_there`.
        """
        if self._said is not None and file in self._said:
            return ""
        try:
            self._opened(file, partial(first_bytes, count=1), is_near_told=is_near_told)
        except InputError as error:
            return error.problems[0].message
        return ""

    def _read(self, file: str, largest: int) -> bytes:
        return self._opened(file, partial(read_bytes, largest=largest))

    def _opened(
        self, file: str, read: Callable[[Path, str], bytes], *, is_near_told: bool = True
    ) -> bytes:
        path = self.folder / file
        if file in self.closed:
            raise InputError([Problem(say("file.none"), source=file)])
        if _is_missing(path):
            is_beside = self.shown != Path() and not Path(file).is_absolute()
            folder = str(self.shown) if is_beside else ""
            text = not_there(path, folder, is_near_told=is_near_told)
            raise InputError([Problem(text, source=file)])
        return read(path, file)
