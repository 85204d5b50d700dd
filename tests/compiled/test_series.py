"""Long rows of numbers, as NumPy and as compiled code work them out: the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fwsim.compiled import tables
from fwsim.compiled.interpreted.clock import interpreted_machine
from fwsim.compiled.interpreted.memory import CheckedMemory, record_at
from fwsim.compiled.machine_code import machine_code
from fwsim.model.chances import BLOCK, Chances
from fwsim.model.purposes import Purpose
from fwsim.quantities import elementary
from fwsim.quantities.series import faster, work_with

NUMBERS = {
    "exponential": (elementary.exponential, st.floats(-800, 800)),
    "logarithm": (elementary.logarithm, st.floats(5e-324, 1.7e308)),
    "normal_quantile": (elementary.normal_quantile, st.floats(2**-53, 1 - 2**-53)),
}
STREAMS = st.tuples(
    st.integers(0, 2**63), st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 2**40)
)


@pytest.fixture
def by_numpy():
    """Return a function that makes a call with nothing faster at hand."""

    def call(function, *arguments):
        before = faster()
        work_with(None)
        try:
            with np.errstate(over="ignore"):
                return function(*arguments)
        finally:
            work_with(before)

    return call


@pytest.mark.parametrize("name", NUMBERS)
def test_compiled_code_gives_the_bits_of_numpy(name, by_numpy):
    function, numbers = NUMBERS[name]
    compiled = getattr(machine_code().series, name)

    @given(arrays(np.float64, array_shapes(max_dims=2, min_side=7, max_side=9), elements=numbers))
    def check(values):
        found = compiled(values)
        assert found.shape == values.shape
        assert found.tobytes() == by_numpy(function, values).tobytes()

    check()


@given(STREAMS)
def test_a_stream_has_the_same_chances_however_they_are_made(stream):
    seed, replication, count, blocks = stream
    chances = Chances(seed, replication)
    assert faster() is not None or machine_code()
    made = chances.draw(Purpose.ANSWER, 0, count, BLOCK * blocks)
    key = chances._key("ANSWER/0")
    raw = np.random.Philox(key=key, counter=blocks).random_raw(count)
    assert made.tolist() == [((bits >> 12) + 0.5) * 2.0**-52 for bits in raw.tolist()]


@pytest.mark.parametrize("name", [*NUMBERS, "chances"])
def test_the_plain_python_of_compiled_code_gives_its_bits(name):
    source, found = np.linspace(0.01, 0.99, 9), np.zeros(9)
    record = np.zeros(1, tables.SERIES)
    record[0] = source.ctypes.data, found.ctypes.data, len(found), 3, 2**63 + 7, 2**64 - 1
    memory = CheckedMemory()
    for table_name, table in (("source", source), ("found", found), ("series", record)):
        memory.note(table_name, table)
    getattr(interpreted_machine()["series"], name)(record_at(tables.SERIES)(record.ctypes.data, 0))
    memory.forget_all()
    compiled = getattr(machine_code().series, name)
    keys = np.array([2**63 + 7, 2**64 - 1], np.uint64)
    told = compiled(keys, len(found), 3) if name == "chances" else compiled(source)
    assert found.tobytes() == told.tobytes()


def test_numbers_that_lie_apart_in_memory_are_worked_out_too():
    values = np.linspace(0.1, 0.9, 40)
    apart = values.reshape(2, 20).T
    series = machine_code().series
    assert series.logarithm(apart).tolist() == series.logarithm(np.array(apart.tolist())).tolist()
    assert series.exponential(values[::2]).tolist() == series.exponential(values).tolist()[::2]
