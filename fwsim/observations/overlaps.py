"""Lines that stand in more than one file of a rollout: they count once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.observations.complaints import Complaints
from fwsim.observations.context import alike_rows
from fwsim.observations.observed import Account

ASIDE = "the same as in a file before"


def told_before(
    columns: Sequence[NDArray[np.integer]], source: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Tell which rows say in all columns what a row of a file before says.

    Parameters
    ----------
    columns
        Numbers, each of shape (rows,).
    source
        Number of each row's file.
    """
    again = np.zeros(len(source), bool)
    if not len(source) or (source == source[0]).all():
        return again
    values = [np.asarray(column, np.int64) for column in columns]
    some = alike_rows(values)
    if not len(some):
        return again
    table = np.stack([column[some] for column in values], axis=1)
    _, group = np.unique(table, axis=0, return_inverse=True)
    group, number = group.reshape(-1), source[some].astype(np.int64)
    first = np.full(int(group.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, group, number)
    again[some] = number > first[group]
    return again


def told_of(
    complaints: Complaints, account: Account, lines: NDArray[np.integer], count: int
) -> Account:
    """Say of a file that some of its lines stand in a file before; return its account.

    Parameters
    ----------
    complaints
        Of the file.
    account
        Of it.
    lines
        Where these lines are, as far as that is known.
    count
        How many they are.
    """
    if not count:
        return account
    what = "1 line says" if count == 1 else f"{count} lines say"
    first = int(lines.min()) if len(lines) else None
    complaints.warn(f"{what} the same as in a file before it; left out", first)
    return replace(account, aside=dict(account.aside) | {ASIDE: count})
