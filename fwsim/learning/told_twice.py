"""Logs that tell of one another's rollouts, such as several exports of a console: lines count once.

Each log stands for a rollout of its own, unless it is another, a part of another, or shows what an
earlier rollout came to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.messages import by_door, say
from fwsim.observations.alike import first_alike
from fwsim.observations.observed import Observed, What
from fwsim.observations.roundings import told_in_both
from fwsim.observations.text_table import compact, mapped
from fwsim.problems import Problem, Severity

APART = 5 * 24 * 3600 * 1000
"""So long nothing at all is seen only between two rollouts: a long weekend is shorter [A]."""

_MOST_NAMED = 3


@dataclass(frozen=True)
class _Numbered:
    """A log, and the number of each of its lines: those that say the same have the same number."""

    log: Observed
    number: NDArray[np.int64]
    columns: tuple[NDArray[np.integer], ...]
    """Device and what, as numbers that all logs have in common, and times."""

    @property
    def source(self) -> str:
        """Its first file."""
        return self.log.sources[0]

    def where(self, kept: NDArray[np.bool_]) -> _Numbered:
        """Return some of its lines, and their devices."""
        left = self.log.where(kept)
        columns = tuple(column[kept] for column in self.columns)
        return _Numbered(replace(left, device=compact(left.device)), self.number[kept], columns)

    def with_word(self, text: str, of: Observed | None = None) -> _Numbered:
        """Return the same with one more warning, of a log; by default of itself."""
        problem = Problem(text, (of or self.log).sources[0], severity=Severity.WARNING)
        return self.with_problems((*self.log.problems, problem))

    def with_problems(self, problems: tuple[Problem, ...]) -> _Numbered:
        """Return the same with other problems."""
        return replace(self, log=replace(self.log, problems=problems))

    def stands_in(self, other: _Numbered) -> NDArray[np.bool_]:
        """Tell which of its lines stand in another log, too, be it with rounded times."""
        times = self.log.latest, other.log.latest
        steps = self.log.resolution, other.log.resolution
        if not all(map(len, times)) or max(t.min() for t in times) > min(
            t.max() for t in times
        ) + max(steps):
            return np.zeros(len(self.log), bool)
        if steps[0] == steps[1]:
            return np.isin(self.number, other.number)
        is_own = np.arange(len(self.log) + len(other.log)) < len(self.log)
        columns = [np.concatenate(pair) for pair in zip(self.columns, other.columns, strict=True)]
        is_coarse = is_own == (steps[0] > steps[1])
        source = np.concatenate([self.log.source, other.log.source])
        found = told_in_both(columns[:2], columns[2:], is_coarse, max(steps), source)
        return found[: len(self.log)]

    def is_part_of(self, other: _Numbered) -> bool:
        """Tell whether all of its lines stand in another log."""
        found = self.stands_in(other)
        return bool(len(found) and found.all())


def each_once(logs: Sequence[Observed]) -> list[Observed]:
    """Return logs that each tell of a rollout of their own; each says what it does without.

    Parameters
    ----------
    logs
        As they were read.
    """
    if len(logs) < 2:
        return list(logs)
    kept: list[_Numbered] = []
    for log in _numbered(logs):
        number = next((i for i, one in enumerate(kept) if _tells_the_same(one.log, log.log)), None)
        if number is None:
            _put_in(log, kept)
            continue
        text = say("learn.same_rollout", log=kept[number].source)
        kept[number] = kept[number].with_word(text, log.log)
    return [one.log for one in kept]


def _numbered(logs: Sequence[Observed]) -> list[_Numbered]:
    devices = Column.join([_in_any_case(log) for log in logs]).codes
    # Whether a notice ran out shows only where others did.
    whats = [np.where(log.what == What.RAN_OUT, What.STARTED, log.what) for log in logs]
    times = [[getattr(log, name) for log in logs] for name in ("earliest", "latest")]
    columns = [devices, *map(np.concatenate, (whats, *times))]
    ends = np.cumsum([len(log) for log in logs])[:-1]
    number = np.split(first_alike(columns), ends)
    parts = zip(*(np.split(column, ends) for column in columns), strict=True)
    return [_Numbered(*each) for each in zip(logs, number, parts, strict=True)]


def _in_any_case(log: Observed) -> Column:
    """Return a log's devices in small letters; of pseudonyms nobody sees the case."""
    return log.device if log.renamed else mapped(log.device, str.casefold)


def _put_in(log: _Numbered, kept: list[_Numbered]) -> None:
    """Add a log to others, unless it is a part of one; those that are a part of it go."""
    for number, one in enumerate(kept):
        log, kept[number] = _without_a_rollout_before(log, one)
    for number, one in enumerate(kept):
        if not log.is_part_of(one):
            continue
        if log.log.resolution < one.log.resolution and one.is_part_of(log):
            continue  # the same in finer times, which is kept
        kept[number] = one.with_word(say("learn.part_of", log=one.source), log.log)
        return
    parts = [one for one in kept if one.is_part_of(log)]
    kept[:] = [one for one in kept if all(one is not part for part in parts)]
    for part in parts:
        log = log.with_problems((*part.log.problems, *log.log.problems))
        log = log.with_word(say("learn.part_of", log=log.source), part.log)
    # One line, or one device's, may stand in both by chance.
    shares = [
        one.source for one in kept if len(np.unique(log.log.device.codes[log.stands_in(one)])) > 1
    ]
    if shares:
        named = ", ".join(shares[:_MOST_NAMED]) + (" …" if len(shares) > _MOST_NAMED else "")
        log = log.with_word(say("learn.shares_lines", log=named, option=_together()))
    kept.append(log)


def _without_a_rollout_before(log: _Numbered, other: _Numbered) -> tuple[_Numbered, _Numbered]:
    """Return two logs, of which neither shows what it tells of a rollout before beside the other.

    A console goes on showing what became of a pilot: its lines are those of the pilot's log.
    """
    shared = log.stands_in(other)
    if not shared.any():
        return log, other
    if _are_long_before(log.log, shared):
        return _cut(log, shared, other), other
    shared = other.stands_in(log)
    if _are_long_before(other.log, shared):
        return log, _cut(other, shared, log)
    return log, other


def _are_long_before(log: Observed, some: NDArray[np.bool_]) -> bool:
    """Tell whether after some lines of a log there is nothing for long, and then there is."""
    end = log.latest[some].max()
    after = log.latest[log.latest > end]
    return bool(len(after) and after.min() - end >= APART)


def _cut(log: _Numbered, some: NDArray[np.bool_], other: _Numbered) -> _Numbered:
    count = int(some.sum())
    text = say("learn.rollout_before", count=count, log=other.source, option=_together())
    return log.where(~some).with_word(text)


def _together() -> str:
    return by_door("--together", "read_logs(…, together=True)")


def _tells_the_same(one: Observed, other: Observed) -> bool:
    """Tell whether two logs have the same lines: no two rollouts come at the same times."""
    columns = ((log.earliest, log.latest, log.what, log.device.codes) for log in (one, other))
    return (
        len(one) > 0
        and _in_any_case(one).values == _in_any_case(other).values
        and all(map(np.array_equal, *columns))
    )
