"""Two tiers: what `make test` plays in a minute or two, and what `make verify` plays at length.

A property has a short form with fixed examples, and a long one with thousands that are drawn anew
each time: `--hypothesis-seed` names them, and `make verify` prints it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.database import DirectoryBasedExampleDatabase

EXAMPLES = int(os.environ.get("FWSIM_EXAMPLES", "2000"))
"""Random scenarios of each property in `make verify`."""

FAILED = DirectoryBasedExampleDatabase(Path(__file__).parents[1] / ".hypothesis" / "examples")
"""What has failed is played first the next time: drawn anew, it might not come again for long."""


def in_both_tiers(names: str, *, short: Any, long: Any) -> Any:
    """Parametrise a test by how much it plays: `short` in `make test`, `long` in `make verify`."""
    values = long if "," in names else (long,)
    return pytest.mark.parametrize(names, [short, pytest.param(*values, marks=pytest.mark.slow)])


def at_length(*drawn: Any, share: float = 1.0, **named: Any) -> Callable[[Any], Any]:
    """Make a test of the slow tier that plays a property with thousands of examples.

    Parameters
    ----------
    drawn, named
        As for `hypothesis.given`.
    share
        Of `EXAMPLES`; less than 1 where an example takes long.
    """
    number = max(1, round(share * EXAMPLES))
    chosen = settings(max_examples=number, derandomize=False, database=FAILED, print_blob=True)

    def decorate(test: Any) -> Any:
        return pytest.mark.slow(chosen(given(*drawn, **named)(test)))

    return decorate
