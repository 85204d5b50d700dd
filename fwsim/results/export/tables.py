"""What every result can give: its tables as frames, as Parquet files, as one workbook."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from fwsim.arguments import a_path, taking
from fwsim.messages import say
from fwsim.optional import needed
from fwsim.problems import InputError, Problem, told_as_not_written
from fwsim.put_in_place import putting
from fwsim.results.export.workbook import workbook

if TYPE_CHECKING:
    import pandas as pd


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
        return _written(
            Path(folder), {f"{name}.parquet": writer(table) for name, table in tables.items()}
        )

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
            raise InputError([Problem("expected a name that ends in .xlsx", source=str(path))])
        content = workbook(self.to_pandas())
        return _written(file.parent, {file.name: lambda draft: _write_bytes(draft, content)})[0]


def _of_one_type(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns of mixed values are texts: a column of Parquet has one type."""
    mixed = [name for name in table.columns if table[name].dtype == object]
    return table.assign(**{n: ["" if v is None else str(v) for v in table[n]] for n in mixed})


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _written(folder: Path, files: Mapping[str, Callable[[Path], None]]) -> list[Path]:
    """Write files beside their places; only when all are complete do they take their names."""
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
        for draft in drafts.values():
            with suppress(OSError):  # nothing lies in what is no folder
                draft.unlink()
    return [folder / name for name in files]
