"""Parts of a long file are made by several threads, and come in their order."""

from collections.abc import Iterator

import pytest
from joblib import cpu_count

from fwsim.results.output.made_ahead import made_ahead


def test_parts_come_in_the_order_of_their_rows() -> None:
    stretches = [slice(first, first + 3) for first in range(0, 300, 3)]
    parts = list(made_ahead(lambda rows: list(range(rows.start, rows.stop)), stretches))
    assert parts == [(rows, [rows.start, rows.start + 1, rows.start + 2]) for rows in stretches]


def test_no_more_parts_wait_to_be_written_than_there_are_processors() -> None:
    begun = 0

    def stretches() -> Iterator[slice]:
        nonlocal begun
        for begun in range(1, 100):
            yield slice(begun, begun + 1)

    for written, _ in enumerate(made_ahead(lambda rows: rows, stretches())):
        assert begun - written <= cpu_count() + 1


def test_what_cannot_be_made_is_told_once_what_comes_before_it_is_written() -> None:
    parts = made_ahead(lambda rows: 10 // (2 - rows.start), [slice(n, n + 1) for n in range(9)])
    assert [next(parts), next(parts)] == [(slice(0, 1), 5), (slice(1, 2), 10)]
    with pytest.raises(ZeroDivisionError):
        next(parts)
