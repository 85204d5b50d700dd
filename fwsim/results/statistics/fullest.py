"""The lines whose fullest hour is fullest, and how many others are told the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fwsim.measures.amounts import shown_share, shown_size
from fwsim.messages import say

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer


def fullest_rows(answer: Answer, most: int) -> list[tuple[str, ...]]:
    """Return a row a line, the fullest first: busiest minute, fullest hour, bytes; means of runs.

    Where lines beyond the last row are as full as it, a row more says how many.

    Parameters
    ----------
    answer
        The results.
    most
        How many lines to show.
    """
    runs = [run.sites for run in answer.replications]
    peak, hour, size = (
        np.mean([getattr(sites, name) for sites in runs], axis=0)
        for name in ("peak", "busy_hour", "size")
    )
    order = np.argsort(-hour, kind="stable")
    rows: list[tuple[str, ...]] = [
        (
            answer.setting.sites[line],
            shown_share(peak[line]),
            shown_share(hour[line]),
            shown_size(size[line]),
        )
        for line in order[:most].tolist()
    ]
    last = rows[-1][2] if rows else ""
    others = sum(shown_share(hour[line]) == last for line in order[most:].tolist())
    if others and hour[order[most - 1]] > 0:
        rows.append((say("table.as_full", count=others), "", last, ""))
    return rows


def as_full_as(answer: Answer, line: int) -> int:
    """Return how many other lines are told the same number for their fullest hour."""
    hour = np.mean([run.sites.busy_hour for run in answer.replications], axis=0)
    told = shown_share(hour[line])
    return sum(shown_share(share) == told for share in hour.tolist()) - 1
