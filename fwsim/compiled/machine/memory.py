"""Tables of records that compiled functions read and write in place.

A world is one record that holds the addresses of its tables, so a function takes one argument
instead of forty arrays, and a table can grow while the clock runs. Python keeps the arrays alive.
A record fetched before its own table grows must be fetched anew; where that is to be checked,
`fwsim.compiled.interpreted.memory` stands in for this module.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numba
import numpy as np
from llvmlite import ir
from numba import extending
from numba.core import cgutils, types

Record: TypeAlias = Any
"""A row of a table; its fields are attributes that can be read and set."""

intrinsic: Callable[[Callable[..., Any]], Any] = extending.intrinsic
pointer_to: Any = types.CPointer
array_at: Any = getattr(numba, "carray")  # noqa: B009 - its stubs leave it out
_INT64 = ir.IntType(64)


def _place(builder: Any, args: Any, size: int, kind: Any) -> Any:
    """Return a pointer to a row of a table.

    It is reached from a pointer, not by sums of numbers, which hide from the compiler what lies
    side by side.
    """
    base, index = args[:2]
    bytes_of = ir.IntType(8).as_pointer()
    offset = builder.mul(index, ir.Constant(_INT64, size))
    return builder.bitcast(builder.gep(builder.inttoptr(base, bytes_of), [offset]), kind)


def record_at(dtype: np.dtype[Any]) -> Callable[[int, int], Record]:
    """Return a compiled function from (address of a table, index) to one of its rows.

    Parameters
    ----------
    dtype
        Of the table's rows.
    """
    record = numba.from_dtype(dtype)
    size = dtype.itemsize

    @intrinsic
    def row_at(_typing: Any, _table: Any, _index: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return _place(builder, args, size, context.get_value_type(record))

        return record(types.int64, types.int64), generate

    found: Callable[[int, int], Record] = row_at
    return found


def copier(dtype: np.dtype[Any]) -> Callable[[int, int, int, int], None]:
    """Return a compiled function that copies a row: (to a table, index, of a table, index).

    Parameters
    ----------
    dtype
        Of the tables' rows; their size is a multiple of eight bytes.
    """
    size = dtype.itemsize

    @intrinsic
    def copy(_typing: Any, _to: Any, _to_index: Any, _of: Any, _of_index: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            to, of = (
                _place(builder, two, size, _INT64.as_pointer()) for two in (args[:2], args[2:])
            )
            for word in range(size // 8):  # no memcpy, which would need a library
                at = [ir.Constant(_INT64, word)]
                builder.store(builder.load(builder.gep(of, at)), builder.gep(to, at))
            return context.get_dummy_value()

        return types.void(*[types.int64] * 4), generate

    found: Callable[[int, int, int, int], None] = copy
    return found


def _scalar_at(kind: Any, stored: Any) -> Callable[[int, int], Any]:
    size = kind.bitwidth // 8

    @intrinsic
    def value_at(_typing: Any, _table: Any, _index: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return builder.load(_place(builder, args, size, stored.as_pointer()))

        return kind(types.int64, types.int64), generate

    found: Callable[[int, int], Any] = value_at
    return found


whole_at: Callable[[int, int], int] = _scalar_at(types.int64, _INT64)
small_at: Callable[[int, int], int] = _scalar_at(types.uint8, ir.IntType(8))
bits_at: Callable[[int, int], int] = _scalar_at(types.uint64, _INT64)
number_at: Callable[[int, int], float] = _scalar_at(types.float64, ir.DoubleType())


def _put_at(kind: Any, stored: Any) -> Callable[[int, int, Any], None]:
    size = kind.bitwidth // 8

    @intrinsic
    def put(_typing: Any, _table: Any, _index: Any, _value: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            builder.store(args[2], _place(builder, args, size, stored.as_pointer()))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, kind), generate

    found: Callable[[int, int, Any], None] = put
    return found


put_whole: Callable[[int, int, int], None] = _put_at(types.int64, _INT64)
put_bits: Callable[[int, int, int], None] = _put_at(types.uint64, _INT64)
put_number: Callable[[int, int, float], None] = _put_at(types.float64, ir.DoubleType())


@intrinsic
def _put_small(_typing: Any, _table: Any, _index: Any, _value: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        small = ir.IntType(8)
        place = _place(builder, args, 1, small.as_pointer())
        builder.store(builder.trunc(args[2], small), place)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), generate


put_small: Callable[[int, int, int], None] = _put_small
"""Put a number below 256 down."""


@intrinsic
def _fetch(_typing: Any, _place: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        pointer, small = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, small, small, small])
        insert: Callable[..., Any] = cgutils.get_or_insert_function
        prefetch = insert(builder.module, kind, "llvm.prefetch.p0")
        how = [ir.Constant(small, number) for number in (0, 3, 1)]  # to read, soon, data
        builder.call(prefetch, [builder.inttoptr(args[0], pointer), *how])
        return context.get_dummy_value()

    return types.void(types.int64), generate


fetch_ahead: Callable[[int], None] = _fetch
"""Let the processor bring an address into its cache, for what comes a little later."""


@intrinsic
def _lowest(_typing: Any, _bits: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


lowest_bit: Callable[[int], int] = _lowest
"""Return the place of the lowest bit that is set in a number other than 0."""


@intrinsic
def _root(_typing: Any, _number: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        root = builder.module.declare_intrinsic("llvm.sqrt", [ir.DoubleType()])
        return builder.call(root, args)

    return types.float64(types.float64), generate


square_root: Callable[[float], float] = _root
"""The processor's own, which needs no library."""


@intrinsic
def _call(_typing: Any, _function: Any, _what: Any, _first: Any, _second: Any) -> Any:

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        called = ir.FunctionType(ir.VoidType(), [_INT64] * 3)
        builder.call(builder.inttoptr(args[0], called.as_pointer()), args[1:])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), generate


call_python: Callable[[int, int, int, int], None] = _call
"""Call the Python function at an address with three numbers; it returns none."""


@intrinsic
def _pointer_to_numbers(_typing: Any, _address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return pointer_to(types.float64)(types.int64), generate


@numba.njit
def span_of_numbers(table: int, first: int, count: int) -> Any:
    """Return `count` numbers of a table as an array."""
    return array_at(_pointer_to_numbers(table + 8 * first), (count,))
