"""What tests say of two tables that differ."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.same_tables import assert_same, difference, digest

TABLE = pd.DataFrame({"time": [1, 2], "text": ["a", None], "share": [0.5, float("nan")]})


def test_the_same_table_has_the_same_digest_and_no_difference():
    assert digest(TABLE) == digest(TABLE.copy())
    assert_same(TABLE, TABLE.set_index(pd.Index([7, 8])))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (TABLE.assign(time=[1, 3]), "line 1\n  2 nan nan\n  3 nan nan"),
        (TABLE[:1], "line 1\n  2 nan nan\n  (no line)"),
        (TABLE.rename(columns={"time": "at"}), "columns\n  ['time', 'text'"),
        (TABLE[["text", "time", "share"]], "columns"),
        (TABLE.astype({"time": "category"}).assign(text=["a", "nan"]), "the same words"),
    ],
)
def test_a_table_that_differs_says_where(other, told):
    assert digest(other) != digest(TABLE)
    assert difference(TABLE, other).startswith(told)
    with pytest.raises(AssertionError, match=r"line|columns|words"):
        assert_same(TABLE, other)
