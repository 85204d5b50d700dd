"""Parquet files that take far more memory than they look like."""

import io

import pyarrow as pa
import pytest
from pyarrow import parquet

from fwsim.parquet_table import UnpacksLargerError, read_parquet_table

MOST = 1_000_000


def file_of(table, **options):
    raw = io.BytesIO()
    parquet.write_table(table, raw, compression="zstd", **options)
    raw.seek(0)
    return raw


@pytest.mark.parametrize("has_arrow_types", [True, False])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary()])
def test_a_text_written_once_for_many_rows_counts_as_often_as_it_comes(kind, has_arrow_types):
    column = pa.array(["x" * 1000] * 2000, kind)
    raw = file_of(pa.table({"device": column}), store_schema=has_arrow_types)
    assert raw.getbuffer().nbytes < 10_000
    with pytest.raises(UnpacksLargerError):
        read_parquet_table(raw, MOST)


def test_texts_that_came_as_a_dictionary_count_as_often_as_they_come():
    table = pa.table({"device": pa.array(["x" * 1000] * 2000).dictionary_encode()})
    with pytest.raises(UnpacksLargerError):
        read_parquet_table(file_of(table), MOST)


@pytest.mark.parametrize("kind", [pa.int64(), pa.binary(1000)])
def test_numbers_and_bytes_of_one_width_count_as_often_as_they_come(kind):
    cell = 7 if kind == pa.int64() else b"x" * 1000
    raw = file_of(pa.table({"n": pa.array([cell] * 200_000, kind)}))
    assert raw.getbuffer().nbytes < 100_000
    with pytest.raises(UnpacksLargerError):
        read_parquet_table(raw, MOST)


def test_what_is_no_larger_is_read_as_it_was_written():
    table = pa.table(
        {
            "device": ["a", None, "a", ""],
            "kind": pa.array(["x", "y", None, "x"]).dictionary_encode(),
            "n": [1, 2, None, 4],
            "of": pa.array([b"1", None, b"2", b"1"]),
        }
    )
    read = read_parquet_table(file_of(table), MOST)
    assert read.to_pylist() == table.to_pylist()
    assert not any(pa.types.is_dictionary(field.type) for field in read.schema)


def test_a_table_without_rows_or_columns_is_read():
    assert (
        read_parquet_table(file_of(pa.table({"a": pa.array([], pa.string())})), MOST).num_rows == 0
    )
    assert read_parquet_table(file_of(pa.table({})), MOST).num_columns == 0
