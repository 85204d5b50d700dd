"""A result as a notebook shows it: a heading, what is to be said, and its tables folded below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fwsim.messages import say
from fwsim.screen import escaped

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 60


def page(name: str, sentences: Iterable[str], tables: Mapping[str, pd.DataFrame]) -> str:
    """Return HTML; whatever names hold, it is text.

    Parameters
    ----------
    name
        The heading.
    sentences
        A paragraph each.
    tables
        Shown folded, their first `MOST_ROWS` rows.
    """
    said = "".join(f"<p>{escaped(text)}</p>" for text in sentences)
    folded = "".join(_folded(title, table) for title, table in tables.items() if len(table))
    return f"<h3>{escaped(name)}</h3>{said}{folded}"


def _folded(title: str, table: pd.DataFrame) -> str:
    shown = table.head(MOST_ROWS)
    body = shown.to_html(index=False, border=0, escape=True, float_format=lambda x: f"{x:.6g}")
    body = body.replace("<th>", '<th scope="col">')  # no name holds one: all of them are escaped
    more = len(table) - len(shown)
    rest = f"<p>{escaped(say('export.more_rows', count=more))}</p>" if more else ""
    return f"<details><summary>{escaped(title)}</summary>{body}{rest}</details>"
