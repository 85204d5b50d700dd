"""The lines whose fullest hour is fullest, and how many others are told the same number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.amounts import shown_share, shown_size
from fwsim.messages import say
from fwsim.results.run.lines_in_words import others_in_words

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer


def fullest_first(fullest: NDArray[np.floating], in_all: NDArray[np.floating]) -> list[int]:
    """Return lines by how full they are; of those told the same, the one that is so for longest.

    Parameters
    ----------
    fullest
        The share of each line in its fullest hour.
    in_all
        What each carried in all, as a share of its rate or the time that takes at its rate.
    """
    shares, carried = fullest.tolist(), in_all.tolist()
    told = [shown_share(share) for share in shares]
    highest = dict[str, float]()
    for text, share in zip(told, shares, strict=True):
        highest[text] = max(share, highest.get(text, share))
    return sorted(range(len(told)), key=lambda line: (-highest[told[line]], -carried[line]))


def fullest_line(answer: Answer) -> int | None:
    """Return the line that is told to be the fullest; none where nothing is carried."""
    order = _order(answer)
    any_carries = any(run.sites.busy_hour.any() for run in answer.replications)
    return order[0] if order and any_carries else None


def _order(answer: Answer) -> list[int]:
    runs = [run.sites for run in answer.replications]
    hour = np.mean([sites.busy_hour for sites in runs], axis=0, dtype=float)
    time = np.mean([sites.size / np.maximum(sites.link, 1) for sites in runs], axis=0)
    return fullest_first(hour, time)


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
    order = _order(answer)
    rows: list[tuple[str, ...]] = [
        (
            answer.setting.sites[line],
            shown_share(peak[line]),
            shown_share(hour[line]),
            shown_size(size[line]),
        )
        for line in order[:most]
    ]
    last = rows[-1][2] if rows else ""
    others = sum(shown_share(hour[line]) == last for line in order[most:])
    if others and hour[order[most - 1]] > 0:
        rows.append((say("table.as_full", count=others), "", last, ""))
    return rows


def others_use_lines(answer: Answer) -> str:
    """Return what else fills lines, which no share tells; empty where nothing is carried."""
    setting = answer.setting
    if not any(run.sites.size.any() for run in answer.replications):
        return ""
    return others_in_words(len(setting.shared_lines), len(setting.held_lines), len(setting.sites))


def as_full_as(answer: Answer, line: int) -> int:
    """Return how many other lines are told the same number for their fullest hour."""
    hour = np.mean([run.sites.busy_hour for run in answer.replications], axis=0)
    told = shown_share(hour[line])
    return sum(shown_share(share) == told for share in hour.tolist()) - 1
