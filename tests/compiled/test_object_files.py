"""Object files travel as one piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fwsim.compiled.compiling_process import ENTRIES, LINKED
from fwsim.compiled.object_files import packed, unpacked


@given(st.lists(st.binary(max_size=30)))
def test_what_is_packed_comes_out_as_it_was(objects):
    assert unpacked(packed(objects)) == objects


def test_each_entry_is_in_one_object_file():
    assert len({*ENTRIES}) == len(ENTRIES) == sum(map(len, LINKED))
