"""What every result can give: its tables as frames, as Parquet files, as one workbook."""

from __future__ import annotations

import os
import re
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from fwsim.arguments import a_path, taking
from fwsim.interrupts import interrupts_held
from fwsim.messages import say
from fwsim.optional import needed
from fwsim.output_file import refuse_no_files
from fwsim.problems import InputError, Problem, told_as_not_written
from fwsim.put_in_place import putting
from fwsim.results.export.workbook import workbook

if TYPE_CHECKING:
    import pandas as pd

LONGEST_NAME = 200
"""Bytes of the name of a file, without its ending."""
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


class Tables(ABC):
    """A result that is made of tables."""

    @abstractmethod
    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return every table by its name; times are milliseconds, sizes bytes, shares 0 to 1."""

    @taking(folder=a_path)
    def to_parquet(self, folder: str | Path) -> list[Path]:
        """Write every table as a Parquet file of its name; a file that is there is replaced.

        Needs Arrow: ``pip install fwsim[logs]``.

        Parameters
        ----------
        folder
            Made if it is not there.

        Returns
        -------
        list of Path
            Where they lie.

        Raises
        ------
        InputError
            If Arrow is missing, or they cannot be written there.
        """
        needed("pyarrow", "logs", say("optional.parquet"))

        def writer(table: pd.DataFrame) -> Callable[[Path], None]:
            def write(path: Path) -> None:
                with path.open("wb") as file:  # a path with a colon would be taken for an address
                    _of_one_type(table).to_parquet(file, index=False, compression="zstd")

            return write

        tables = self.to_pandas()
        files = dict(zip(_file_names(tables), map(writer, tables.values()), strict=True))
        return _written(Path(folder), files)

    @taking(path=a_path)
    def to_excel(self, path: str | Path) -> Path:
        """Write a workbook with a sheet for every table; a file that is there is replaced.

        Texts stay texts, whatever they begin with; the same tables give the same bytes. Needs
        openpyxl: ``pip install fwsim[excel]``.

        Parameters
        ----------
        path
            Of the file, ``.xlsx``.

        Raises
        ------
        InputError
            If openpyxl is missing, a table has more rows than a sheet, or the file cannot be
            written.
        """
        file = Path(path)
        if file.suffix.lower() != ".xlsx":
            raise InputError([Problem(say("export.xlsx"), source=str(path))])
        tables = self.to_pandas()
        with told_as_not_written(_scratch()):  # sheets are laid aside while it is made
            content = workbook(tables)
        return _written(file.parent, {file.name: lambda draft: _write_bytes(draft, content)})[0]


def _file_names(tables: Iterable[str]) -> list[str]:
    """Return a name for the file of each table: one that every file system takes, and its own."""
    names: dict[str, str] = {}
    for table in tables:
        stem = (
            _NOT_IN_A_NAME.sub("-", table)
            .encode(errors="replace")[:LONGEST_NAME]
            .decode(errors="ignore")
        )
        name, number = f"{stem}.parquet", 1
        while name.casefold() in names:
            number += 1
            name = f"{stem}-{number}.parquet"
        names[name.casefold()] = name
    return list(names.values())


def _scratch() -> str:
    """Return the folder for what is needed for a moment only, if there is one."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return "TMPDIR"


def _of_one_type(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of mixed values are texts: a column of Parquet has one type."""
    mixed = [name for name in table.columns if table[name].dtype == object]
    return table.assign(**{n: ["" if v is None else str(v) for v in table[n]] for n in mixed})


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _written(folder: Path, files: Mapping[str, Callable[[Path], None]]) -> list[Path]:
    """Write files beside their places; only when all are complete do they take their names."""
    refuse_no_files(folder, files)
    mark = uuid4().hex[:8]
    drafts = {name: folder / f".{name}.{mark}~" for name in files}
    try:
        with told_as_not_written(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            for name, write in files.items():
                write(drafts[name])
            with putting(*(folder / name for name in files)):
                for name, draft in drafts.items():
                    os.replace(draft, folder / name)  # noqa: PTH105 - in one step
    finally:
        with interrupts_held():
            for draft in drafts.values():
                with suppress(OSError):  # nothing lies in what is no folder
                    draft.unlink()
    return [folder / name for name in files]
