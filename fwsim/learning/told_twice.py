"""Logs that tell of one another's rollouts, such as several exports of a console: lines count once.

Each log stands for a rollout of its own, unless it is another, a part of another, or shows what an
earlier rollout came to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.observations.observed import Observed, What
from fwsim.observations.overlaps import told_before
from fwsim.observations.text_table import compact
from fwsim.problems import Problem, Severity

APART = 5 * 24 * 3600 * 1000
"""So long nothing at all is seen only between two rollouts: a long weekend is shorter [A]."""
_SAME = "left out, for it is the same rollout"
_TWICE = "left out, so that nothing counts twice"
_TOGETHER = "parts of one rollout are read as one with --together"


def each_once(logs: Sequence[Observed]) -> list[Observed]:
    """Return logs that each tell of a rollout of their own; each says what it does without.

    Parameters
    ----------
    logs
        As they were read.
    """
    kept: list[Observed] = []
    for log in logs:
        number = next((i for i, one in enumerate(kept) if _tells_the_same(one, log)), None)
        if number is None:
            _put_in(log, kept)
            continue
        text = f"tells the same as {kept[number].sources[0]}; {_SAME}"
        kept[number] = _with_word(kept[number], log, text)
    return kept


def _put_in(log: Observed, kept: list[Observed]) -> None:
    """Add a log to others, unless it is a part of one; those that are a part of it go."""
    for number, one in enumerate(kept):
        log, kept[number] = _without_a_rollout_before(log, one)
    for number, one in enumerate(kept):
        if _is_part(log, one):
            text = f"is a part of {one.sources[0]}; {_TWICE}"
            kept[number] = _with_word(one, log, text)
            return
    parts = [one for one in kept if _is_part(one, log)]
    kept[:] = [one for one in kept if all(one is not part for part in parts)]
    for part in parts:
        text = f"is a part of {log.sources[0]}; {_TWICE}"
        log = replace(log, problems=(*part.problems, *log.problems))
        log = _with_word(log, part, text)
    for one in kept:
        # One line, or one device's, may stand in both by chance.
        if len(np.unique(log.device.codes[_stands_in(log, one)])) > 1:
            text = f"has lines that stand in {one.sources[0]}, too; {_TOGETHER}"
            log = _with_word(log, log, text)
    kept.append(log)


def _without_a_rollout_before(log: Observed, other: Observed) -> tuple[Observed, Observed]:
    """Return two logs, of which neither shows what it tells of a rollout before beside the other.

    A console goes on showing what became of a pilot: its lines are those of the pilot's log.
    """
    shared = _stands_in(log, other)
    if _are_long_before(log, shared):
        return _cut(log, shared, other), other
    shared = _stands_in(other, log)
    if _are_long_before(other, shared):
        return log, _cut(other, shared, log)
    return log, other


def _are_long_before(log: Observed, some: NDArray[np.bool_]) -> bool:
    """Tell whether after some lines of a log there is nothing for long, and then there is."""
    if not some.any():
        return False
    end = log.latest[some].max()
    after = log.latest[log.latest > end]
    return bool(len(after) and after.min() - end >= APART)


def _cut(log: Observed, some: NDArray[np.bool_], other: Observed) -> Observed:
    count = int(some.sum())
    what = "1 line" if count == 1 else f"{count} lines"
    text = (
        f"{what} of an earlier rollout left out, for {other.sources[0]} has "
        f"{'it' if count == 1 else 'them'}, too; if both logs are of one rollout, --together reads "
        "them as one"
    )
    left = log.where(~some)
    return _with_word(replace(left, device=compact(left.device)), log, text)


def _with_word(log: Observed, of: Observed, text: str) -> Observed:
    """Return a log with one more warning, of another."""
    problem = Problem(text, of.sources[0], severity=Severity.WARNING)
    return replace(log, problems=(*log.problems, problem))


def _is_part(log: Observed, of: Observed) -> bool:
    found = _stands_in(log, of)
    return bool(len(found) and found.all())


def _stands_in(log: Observed, other: Observed) -> NDArray[np.bool_]:
    """Tell which lines of a log stand in another, too."""
    logs = (other, log)
    if not all(map(len, logs)) or max(one.latest.min() for one in logs) > min(
        one.latest.max() for one in logs
    ):
        return np.zeros(len(log), bool)
    devices = Column.join([one.device for one in logs]).codes
    # Whether a notice ran out shows only where others did.
    whats = [np.where(one.what == What.RAN_OUT, What.STARTED, one.what) for one in logs]
    times = [[getattr(one, name) for one in logs] for name in ("earliest", "latest")]
    columns = (devices, *map(np.concatenate, (whats, *times)))
    told = told_before(columns, np.repeat([0, 1], [len(one) for one in logs]))
    return told[len(other) :]


def _tells_the_same(one: Observed, other: Observed) -> bool:
    """Tell whether two logs have the same lines: no two rollouts come at the same times."""
    columns = ((log.earliest, log.latest, log.what, log.device.codes) for log in (one, other))
    return (
        len(one) > 0
        and one.device.values == other.device.values
        and all(map(np.array_equal, *columns))
    )
