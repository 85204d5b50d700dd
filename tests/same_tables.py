"""Whether two runs gave the same table, where how it is written is not the point."""

from __future__ import annotations

import hashlib

import pandas as pd


def digest(table: pd.DataFrame) -> str:
    """Return a hash of a table's columns: their names, their order and every value."""
    hashed = hashlib.blake2b(digest_size=16)
    for name in table.columns:
        hashed.update(f"{name} ".encode())
        hashed.update(pd.util.hash_pandas_object(table[name], index=False).to_numpy().tobytes())
    return hashed.hexdigest()


def difference(one: pd.DataFrame, other: pd.DataFrame) -> str:
    """Return the first line in which two tables differ, as both have it; empty if none does."""
    if digest(one) == digest(other):
        return ""
    if [*one.columns] != [*other.columns]:
        return f"columns\n  {[*one.columns]}\n  {[*other.columns]}"
    rows, others = (
        [[str(value) for value in row] for row in table.to_numpy().tolist()]
        for table in (one, other)
    )
    for number in range(max(len(rows), len(others))):
        mine, theirs = (side[number : number + 1] for side in (rows, others))
        if mine != theirs:
            shown = (" ".join(side[0]) if side else "(no line)" for side in (mine, theirs))
            return "\n  ".join((f"line {number}", *shown))
    return f"the same words, of other types\n  {[*one.dtypes]}\n  {[*other.dtypes]}"


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Fail unless two tables are the same; says where they first differ."""
    where = difference(one, other)
    assert not where, where
