"""The names of a fleet become cells of a table as they are written, without a text for each."""

from __future__ import annotations

import pyarrow as pa
import pytest

from fwsim.fleet.packed_texts import PackedTexts
from fwsim.results.run import cells_in_arrow

NAMES = [[], ["A"], ["KA-1", "", "Köln 💡", "KA-1"]]


@pytest.mark.parametrize("names", NAMES, ids=map(str, NAMES))
def test_packed_names_are_the_cells_that_names_are(names):
    found = cells_in_arrow.texts(PackedTexts.of(names))
    assert found.to_pylist() == names
    assert found.equals(cells_in_arrow.texts(names))


def test_a_name_that_no_file_can_hold_is_refused():
    with pytest.raises(pa.ArrowInvalid, match="UTF8"):
        cells_in_arrow.texts(PackedTexts.of(["K1", "\ud800"]))
