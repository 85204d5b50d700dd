"""The names of a fleet become cells of a table as they are written, without a text for each."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.fleet.packed_texts import PackedTexts
from fwsim.results.run import cells_in_arrow, cells_in_python
from fwsim.results.run.cells import Picked

NAMES = [[], ["A"], ["KA-1", "", "Köln 💡", "KA-1"]]


@pytest.mark.parametrize("names", NAMES, ids=map(str, NAMES))
def test_packed_names_are_the_cells_that_names_are(names):
    found = cells_in_arrow.texts(PackedTexts.of(names))
    assert found.to_pylist() == names
    assert found.equals(cells_in_arrow.texts(names))


def test_a_name_that_no_file_can_hold_is_refused():
    with pytest.raises(pa.ArrowInvalid, match="UTF8"):
        cells_in_arrow.texts(PackedTexts.of(["K1", "\ud800"]))


@given(
    words=st.lists(st.text(max_size=3), min_size=1, max_size=6),
    rows=st.lists(st.tuples(st.text(max_size=3), st.integers(-1, 5)), max_size=9),
    size=st.integers(1, 4),
)
def test_pieces_are_put_together_alike_however_many_rows_at_a_time(words, rows, size):
    index = np.array([min(place, len(words) - 1) for _, place in rows], np.int64)
    texts = [words[place] if place >= 0 else "" for place in index]
    expected = [f"<{made}|{text}>" for (made, _), text in zip(rows, texts, strict=True)]
    for kept in (cells_in_arrow, cells_in_python):
        made = kept.texts([made for made, _ in rows])
        pieces = ("<", made, "|", Picked(kept.texts(words), index), ">")
        assert kept.listed(kept.joined(*pieces)) == expected
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cells_in_arrow, "_AT_A_TIME", size)
            assert b"".join(kept.in_bytes(*pieces)) == "".join(expected).encode()
