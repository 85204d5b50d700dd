"""Stands in for `fwsim.compiled.machine.memory`: the same tables, every touch of them checked.

An index outside its table, a record fetched before its table grew, a table of another kind and a
number too wide for its field are errors that say where and by whom.
"""

from __future__ import annotations

import ctypes
import math
import struct
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Record: TypeAlias = Any
"""A row of a table; its fields are attributes that can be read and set."""

Array: TypeAlias = NDArray[Any]
_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
_CODES = {
    "int64": "q",
    "int32": "i",
    "int8": "b",
    "uint64": "Q",
    "uint8": "B",
    "float64": "d",
    "bool": "?",
}


class OutsideTableError(IndexError):
    """An index lies outside its table."""


class StaleRecordError(RuntimeError):
    """A record or a table was fetched before the table grew; it must be fetched anew."""


class OtherTableError(TypeError):
    """A table is read as something that it is not."""


class TooWideError(OverflowError):
    """A number does not fit the field it is put into."""


def _caller() -> str:
    """Return the function of the clock that touches memory."""
    frame = sys._getframe(1)  # noqa: SLF001 - for the message of an error only
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}, line {frame.f_lineno}"


class CheckedTable:
    """A table as it lies in memory until it grows.

    Parameters
    ----------
    name
        What it is called in errors.
    array
        Its rows.
    """

    __slots__ = ("array", "is_gone", "length", "name", "views")

    def __init__(self, name: str, array: Array) -> None:
        self.name = name
        self.array = array
        self.length = len(array)
        self.is_gone = False
        whole = memoryview(array.view(np.uint8).data)
        size = array.dtype.itemsize
        codes = {_CODES[k.name] for k in _kinds(array.dtype) if size % k.itemsize == 0} - {"B"}
        self.views = {"B": whole, **{code: whole.cast(code) for code in codes}}  # type: ignore[call-overload]

    def check(self, index: int) -> None:
        """Refuse an index that lies outside, and a table that has grown since."""
        if self.is_gone:
            raise StaleRecordError(
                f"table {self.name} has grown since it was fetched (its length was {self.length});"
                f" index {index}, in {_caller()}"
            )
        if not 0 <= index < self.length:
            raise OutsideTableError(
                f"table {self.name} has length {self.length}; index {index}, in {_caller()}"
            )


def _kinds(dtype: np.dtype[Any]) -> list[np.dtype[Any]]:
    return [dtype] if dtype.fields is None else [field[0] for field in dtype.fields.values()]


_BY_ADDRESS: dict[int, CheckedTable] = {}


class CheckedMemory:
    """The tables of one run, for as long as it is played."""

    def __init__(self) -> None:
        self._by_name: dict[str, tuple[int, CheckedTable]] = {}

    def note(self, name: str, array: Array) -> None:
        """Take a table, which may take the place of one with the same name."""
        self._forget(name)
        address, table = array.ctypes.data, CheckedTable(name, array)
        self._by_name[name] = address, table
        _BY_ADDRESS[address] = table

    def forget_all(self) -> None:
        """Forget every table; whoever still holds a record of one holds a stale one."""
        for name in list(self._by_name):
            self._forget(name)

    def _forget(self, name: str) -> None:
        address, table = self._by_name.pop(name, (0, None))
        if table is not None:
            table.is_gone = True
            if _BY_ADDRESS.get(address) is table:
                del _BY_ADDRESS[address]


def _table_at(address: int, dtype: np.dtype[Any], index: int) -> CheckedTable:
    table = _BY_ADDRESS.get(address)
    if table is None:
        raise StaleRecordError(
            f"no table lies at address {address}; it was fetched before the table grew, or is none;"
            f" index {index}, in {_caller()}"
        )
    if table.array.dtype != dtype:
        raise OtherTableError(f"table {table.name} is read as {dtype}, in {_caller()}")
    table.check(index)
    return table


class _Row:
    """A row of a table; one class for each kind of table gives it its fields."""

    __slots__ = ("index", "table")

    def __init__(self, table: CheckedTable, index: int) -> None:
        self.table = table
        self.index = index


def _packed_field(name: str, kind: np.dtype[Any], offset: int, size: int) -> property:
    """Return a field of rows without gaps, which may begin at any byte."""
    number = struct.Struct("=" + _CODES[kind.name])

    def read(row: _Row) -> Any:
        table = row.table
        if table.is_gone:
            table.check(row.index)
        return number.unpack_from(table.views["B"], row.index * size + offset)[0]

    def write(row: _Row, value: Any) -> None:
        table = row.table
        if table.is_gone:
            table.check(row.index)
        try:
            number.pack_into(table.views["B"], row.index * size + offset, value)
        except struct.error:
            raise _too_wide(value, name, kind, row) from None

    return property(read, write)


def _too_wide(value: Any, name: str, kind: np.dtype[Any], row: _Row) -> TooWideError:
    return TooWideError(
        f"{value} does not fit {name} of table {row.table.name} ({kind}), index {row.index},"
        f" length {row.table.length}, in {_caller()}"
    )


def _field(name: str, kind: np.dtype[Any], offset: int, size: int) -> property:
    if size % kind.itemsize or offset % kind.itemsize:
        return _packed_field(name, kind, offset, size)
    code, step, place = _CODES[kind.name], size // kind.itemsize, offset // kind.itemsize

    def read(row: _Row) -> Any:
        table = row.table
        if table.is_gone:
            table.check(row.index)
        return table.views[code][row.index * step + place]

    def write(row: _Row, value: Any) -> None:
        table = row.table
        if table.is_gone:
            table.check(row.index)
        try:
            table.views[code][row.index * step + place] = value
        except ValueError:
            raise _too_wide(value, name, kind, row) from None

    return property(read, write)


def record_at(dtype: np.dtype[Any]) -> Callable[[int, int], Record]:
    """Return a function from (address of a table, index) to one of its rows.

    Parameters
    ----------
    dtype
        Of the table's rows.
    """
    fields = {
        name: _field(name, kind, offset, dtype.itemsize)
        for name, (kind, offset, *_) in (dtype.fields or {}).items()
    }
    row_class = type("Row", (_Row,), {"__slots__": (), **fields})

    def row_at(address: int, index: int) -> Record:
        return row_class(_table_at(address, dtype, index), index)

    return row_at


def copier(dtype: np.dtype[Any]) -> Callable[[int, int, int, int], None]:
    """Return a function that copies a row: (to a table, index, of a table, index)."""

    def copy(to: int, to_index: int, of: int, of_index: int) -> None:
        source = _table_at(of, dtype, of_index)
        _table_at(to, dtype, to_index).array[to_index] = source.array[of_index]

    return copy


def _scalar_at(dtype: np.dtype[Any]) -> Callable[[int, int], Any]:
    code = _CODES[dtype.name]

    def value_at(address: int, index: int) -> Any:
        return _table_at(address, dtype, index).views[code][index]

    return value_at


def _put_at(dtype: np.dtype[Any]) -> Callable[[int, int, Any], None]:
    code = _CODES[dtype.name]

    def put(address: int, index: int, value: Any) -> None:
        table = _table_at(address, dtype, index)
        try:
            table.views[code][index] = value
        except ValueError:
            raise TooWideError(
                f"{value} does not fit table {table.name} ({dtype}), index {index},"
                f" length {table.length}, in {_caller()}"
            ) from None

    return put


_WHOLE, _BITS = np.dtype(np.int64), np.dtype(np.uint64)
_NUMBER, _SMALL = np.dtype(np.float64), np.dtype(np.uint8)

whole_at: Callable[[int, int], int] = _scalar_at(_WHOLE)
small_at: Callable[[int, int], int] = _scalar_at(_SMALL)
bits_at: Callable[[int, int], int] = _scalar_at(_BITS)
number_at: Callable[[int, int], float] = _scalar_at(_NUMBER)
put_whole: Callable[[int, int, int], None] = _put_at(_WHOLE)
put_bits: Callable[[int, int, int], None] = _put_at(_BITS)
put_number: Callable[[int, int, float], None] = _put_at(_NUMBER)
put_small: Callable[[int, int, int], None] = _put_at(_SMALL)


square_root = math.sqrt


def fetch_ahead(address: int) -> None:
    """Do nothing: it is for processors only."""


def lowest_bit(bits: int) -> int:
    """Return the place of the lowest bit that is set in a number other than 0."""
    return (bits & -bits).bit_length() - 1


def call_python(function: int, what: int, first: int, second: int) -> None:
    """Call the Python function at an address with three numbers; it returns none."""
    _CALLBACK(function)(what, first, second)


def span_of_numbers(table: int, first: int, count: int) -> Array:
    """Return `count` numbers of a table as an array."""
    numbers = _table_at(table, _NUMBER, first + count - 1 if count else 0)
    return numbers.array[first : first + count]
