"""Cells kept by Arrow, and by Python as where Arrow is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from fwsim.results.run.cells import cells


@contextmanager
def without_arrow() -> Iterator[None]:
    """Keep cells as where Arrow is not installed."""
    with mock.patch("fwsim.results.run.cells.find_spec", return_value=None):
        cells.cache_clear()
        assert cells().__name__.endswith("_in_python")
        try:
            yield
        finally:
            cells.cache_clear()


def with_and_without_arrow() -> Iterator[bool]:
    """Have the body of a loop done both ways."""
    assert cells().__name__.endswith("_in_arrow")
    yield True
    with without_arrow():
        yield False
