"""A Parquet file as a table, unless it unpacks to more than it may.

A text that comes a million times is written once, so neither the size of a file nor what it says
of its size tells how much memory its cells will take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

_BYTES = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
_TEXT = "BYTE_ARRAY"
_OFFSET = 8


class UnpacksLargerError(ValueError):
    """A file unpacks to more than it may."""


def read_parquet_table(source: BinaryIO | pa.NativeFile, largest: int) -> pa.Table:
    """Return the table in a Parquet file; texts that are written once are texts again.

    Parameters
    ----------
    source
        The file, which can be sought in.
    largest
        Bytes its cells may take.

    Raises
    ------
    UnpacksLargerError
        If they take more; it is known before they are made.
    pyarrow.lib.ArrowException
        If it is no such file, or damaged.
    """
    from pyarrow import parquet

    described = parquet.ParquetFile(source)
    if _least_size(described) > largest:
        raise UnpacksLargerError
    columns = map(described.schema.column, range(len(described.schema)))
    texts = [column.path for column in columns if column.physical_type == _TEXT]
    source.seek(0)
    table = parquet.ParquetFile(source, read_dictionary=texts).read()
    if sum(map(_size_of_texts, table.columns)) > largest:
        raise UnpacksLargerError
    return _plain(table)


def _least_size(file: parquet.ParquetFile) -> int:
    """Return how many bytes the cells take at least, by what the file says of itself."""
    size = 0
    for group in map(file.metadata.row_group, range(file.metadata.num_row_groups)):
        for place in range(group.num_columns):
            chunk, kind = group.column(place), file.schema.column(place)
            width = _BYTES.get(kind.physical_type) or max(kind.length, _OFFSET)
            size += max(chunk.total_uncompressed_size, chunk.num_values * width)
    return size


def _size_of_texts(column: pa.ChunkedArray) -> int:
    """Return how many bytes the texts of a column take when each stands by itself."""
    from pyarrow import compute

    if not _is_of_texts(column.type):
        return 0
    size = 0
    for chunk in column.chunks:
        lengths = compute.binary_length(chunk.dictionary).fill_null(0).to_numpy(False)
        used = chunk.indices.drop_null().to_numpy(False)
        size += int(np.bincount(used, minlength=len(lengths)) @ lengths.astype(np.int64))
    return size


def _plain(table: pa.Table) -> pa.Table:
    """Return a table whose columns of texts are no longer written by a dictionary."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if _is_of_texts(field.type):
            kind = pa.large_string() if pa.types.is_string(field.type.value_type) else None
            plain = table.column(place).cast(kind or field.type.value_type)
            table = table.set_column(place, field.with_type(plain.type), plain)
    return table


def _is_of_texts(kind: pa.DataType) -> bool:
    import pyarrow as pa

    if not pa.types.is_dictionary(kind):
        return False
    is_of = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_binary,
        pa.types.is_large_binary,
    )
    return any(of(kind.value_type) for of in is_of)
