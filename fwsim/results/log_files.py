"""Status logs as files, however long: written part by part, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fwsim.results.tables import log_tables
from fwsim.results.writing import write_all
from fwsim.rollout import Rollout
from fwsim.status_log import LogColumns


def parquet_writer(rollout: Rollout, log: LogColumns) -> Callable[[Path], None]:
    """Return a function that writes a log as Parquet, thinned as the scenario wishes.

    It takes memory for a part of the log at a time, not for all its texts.
    """

    def write(path: Path) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        writer = None
        for rows in log_tables(rollout, log, rollout.scenario.log):
            part = pa.Table.from_pandas(rows, preserve_index=False)
            if writer is None:
                writer = parquet.ParquetWriter(path, part.schema, compression="zstd")
            writer.write_table(part)
        if writer is not None:
            writer.close()

    return write


def write_log(rollout: Rollout, log: LogColumns, path: Path) -> None:
    """Write a log as Parquet.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    write_all(path.parent, {path.name: parquet_writer(rollout, log)})
