"""Lines that stand in more than one file of a rollout: they count once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.messages import say
from fwsim.observations.alike import first_alike
from fwsim.observations.complaints import Complaints
from fwsim.observations.observed import Account

ASIDE = "the same as in a file before"
LESS_EXACT = "told more exactly in another file"


def told_before(
    columns: Sequence[NDArray[np.integer]],
    source: NDArray[np.integer],
    some: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Tell which rows say in all columns what a row of a file before says.

    Parameters
    ----------
    columns
        Numbers, each of shape (rows,).
    source
        Number of each row's file.
    some
        Which rows count; by default all.
    """
    if some is not None and not some.all():
        found = np.zeros(len(source), bool)
        found[some] = told_before([column[some] for column in columns], source[some])
        return found
    if not len(source) or (source == source[0]).all():
        return np.zeros(len(source), bool)
    kind, number = first_alike(columns), source.astype(np.int64)
    earliest = number.copy()
    np.minimum.at(earliest, kind, number)
    return np.asarray(number > earliest[kind])


def account_of_overlap(
    complaints: Complaints,
    account: Account,
    lines: NDArray[np.integer],
    count: int,
    reason: str = ASIDE,
) -> Account:
    """Say of a file that some of its lines stand in another; return its account.

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
    reason
        `ASIDE` or `LESS_EXACT`.
    """
    if not count:
        return account
    name = "less_exact" if reason == LESS_EXACT else "told_before"
    first = int(lines.min()) if len(lines) else None
    complaints.warn(say(f"overlap.{name}", count=count), first)
    return replace(account, aside=dict(account.aside) | {reason: count})
