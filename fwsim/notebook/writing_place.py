"""Where the planner may write, and under which names: files of others stay as they are."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fwsim.messages import say
from fwsim.problems import InputError, Problem, first_lines
from fwsim.scenario.complaints import in_plain_words

VARIABLE = "FWSIM_WRITE_FOLDER"
"""Names the folder that all writing is confined to; `make app` sets it."""
LONGEST_NAME = 80
MOST_ENTRIES = 1000
"""Files and folders that a folder which strangers write to may hold."""
MOST_IN_A_LINE = 10
"""Problems of a file that are told in one line."""
_FORBIDDEN = '<>:"|?*'
_RESERVED = re.compile(
    r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE
)


def name_problems(name: str) -> list[str]:
    """Return what is wrong with the name of a file or folder, without its ending."""
    if not name.strip():
        return [say("writing.no_name")]
    problems = []
    if "/" in name or "\\" in name:
        problems.append(say("writing.slash"))
    if name.startswith("."):
        problems.append(say("writing.dot"))
    if name != name.strip() or (name.endswith(".") and not name.startswith(".")):
        problems.append(say("writing.blank"))
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in name):
        problems.append(say("writing.control"))
    if any(c in _FORBIDDEN for c in name):
        problems.append(say("writing.forbidden", signs=" ".join(_FORBIDDEN)))
    if _RESERVED.fullmatch(name.strip()):
        problems.append(say("writing.reserved", name=name.strip()))
    if len(name) > LONGEST_NAME or len(name.encode("utf-8", "replace")) > 2 * LONGEST_NAME:
        problems.append(say("writing.long", most=LONGEST_NAME))
    return problems


class WritingPlace:
    """The folders that may be written to.

    Parameters
    ----------
    folder
        The usual one.
    is_confined
        Whether nothing is written anywhere else. Then only what was written here is replaced.
    """

    def __init__(self, folder: Path, *, is_confined: bool = False) -> None:
        self.folder = folder.resolve() if is_confined else folder
        self.is_confined = is_confined
        self._own: set[Path] = set()

    @classmethod
    def of_surroundings(
        cls, usual: Path, surroundings: Mapping[str, str] = os.environ
    ) -> WritingPlace:
        """Return the place of this process: confined where a folder is named, or under Voilà.

        Parameters
        ----------
        usual
            Where JupyterLab writes.
        surroundings
            The environment's variables.

        Raises
        ------
        InputError
            If the folder named is none.
        """
        named = surroundings.get(VARIABLE)
        if named:
            if not Path(named).is_dir():
                raise InputError([Problem(f"{named} is not a folder", source=VARIABLE)])
            return cls(Path(named), is_confined=True)
        if any(name.startswith("VOILA_") for name in surroundings):
            return cls(Path(tempfile.mkdtemp(prefix="fwsim-")), is_confined=True)
        return cls(usual)

    def shown(self, path: Path) -> str:
        """Return a path as it is told: a stranger is not told where the server keeps its files."""
        return path.name if self.is_confined else str(path)

    def error_in_words(self, error: ValueError) -> str:
        """Return an error in words, without places on the server where strangers read it."""
        if self.is_confined and isinstance(error, InputError):
            return "\n".join(problem.message for problem in error.problems)
        return in_plain_words(error)

    def error_in_a_line(self, error: ValueError) -> str:
        """Return an error as `error_in_words` does, in one line: all problems, no excerpts."""
        if not isinstance(error, InputError):
            return self.error_in_words(error)
        told = (p.message if self.is_confined else str(p) for p in error.problems[:MOST_IN_A_LINE])
        lines = [one.splitlines()[0] for one in told]
        return " · ".join(first_lines(lines, len(error.problems)).splitlines())

    def path(self, folder: str, name: str, ending: str = "") -> Path:
        """Return the place of a file or, without an ending, of a folder.

        Parameters
        ----------
        folder
            Where; a confined place takes its own.
        name, ending
            As typed, and what is put behind it.

        Raises
        ------
        ValueError
            With everything that is wrong, in words.
        """
        problems = name_problems(name)
        inside = self.folder if self.is_confined else Path(folder.strip())
        if not self.is_confined:
            problems += _folder_problems(folder)
        if problems:
            raise ValueError("; ".join(problems))
        return inside / f"{unicodedata.normalize('NFC', name)}{ending}"

    def may_replace(self, path: Path) -> bool:
        """Tell whether a file lies there that may be replaced, if somebody says so."""
        is_own = not self.is_confined or path in self._own
        return is_own and path.is_file() and not path.is_symlink()

    @contextmanager
    def reserved(self, path: Path, *, overwrite: bool, is_folder: bool = False) -> Iterator[Path]:
        """Take a name while something is made for it, so that nobody else has it; then keep it.

        Parameters
        ----------
        path
            As `path` returns it.
        overwrite
            Whether what lies there may be replaced.
        is_folder
            Whether a folder is made.

        Raises
        ------
        ValueError
            If it may not be written, in words. Nothing has been done then.
        """
        self._check(path, is_folder=is_folder)
        is_new = self._take(path, overwrite=overwrite, is_folder=is_folder)
        try:
            yield path
        except BaseException:
            if is_new:
                shutil.rmtree(path) if is_folder else path.unlink()
            raise
        self._own.add(path)

    def _check(self, path: Path, *, is_folder: bool) -> None:
        stem = path.name if is_folder else path.stem
        problems = name_problems(stem)
        if self.is_confined and path.parent.resolve() != self.folder:
            problems.append(say("writing.elsewhere"))
        if problems:
            raise ValueError("; ".join(problems))
        if not path.parent.is_dir():
            raise ValueError(say("writing.no_folder", folder=path.parent))
        if path.is_symlink():
            raise ValueError(say("writing.link", name=path.name))
        if path.exists() and path.is_dir() != is_folder:
            kind = "folder_there" if path.is_dir() else "file_there"
            raise ValueError(say(f"writing.{kind}", name=path.name))
        if is_folder and path.is_dir() and any(p.is_symlink() for p in path.iterdir()):
            raise ValueError(say("writing.links", name=path.name))

    def _take(self, path: Path, *, overwrite: bool, is_folder: bool) -> bool:
        """Make an empty file or folder; return False if there is one that may be replaced."""
        if self.is_confined and len(os.listdir(self.folder)) >= MOST_ENTRIES:  # noqa: PTH208
            raise ValueError(say("writing.full", most=MOST_ENTRIES))
        try:
            path.mkdir() if is_folder else path.touch(exist_ok=False)
        except FileExistsError:
            if self.is_confined and path not in self._own:
                raise ValueError(say("writing.of_others", name=path.name)) from None
            if not overwrite:
                raise ValueError(say("writing.there", name=path.name)) from None
            return False
        except OSError as error:
            reason = error.strerror or str(error)
            raise ValueError(say("writing.cannot", file=self.shown(path), reason=reason)) from None
        return True


def _folder_problems(folder: str) -> list[str]:
    if not folder.strip():
        return [say("writing.type_folder")]
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in folder):
        return [say("writing.folder_control")]
    if not Path(folder.strip()).is_dir():
        return [say("writing.no_folder", folder=folder.strip())]
    return []
