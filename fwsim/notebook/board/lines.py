"""The fullest lines as strips: how much of what updates may take they took, hour by hour."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fwsim.measures.amounts import shown_duration, shown_rate, shown_share
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.notebook.board.axis import HOUR, TimeAxis
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.line_hours import hour_edges, line_hours

MOST_LINES = 3
"""Beside the repository's uplink."""
FULL = 0.9
"""Share of an hour's capacity from which on the hour counts as full."""
OFTEN = 0.5
"""Share of the runs in which an hour is full from which on it is told and drawn as full."""
QUARTER = 15 * 60_000


@dataclass(frozen=True)
class Strip:
    """How full a line is.

    Parameters
    ----------
    name
        The site or hub; the repository has a name of its own.
    capacity
        In words.
    edges
        Times between the cells, milliseconds; shape (cells + 1,).
    full
        Share of the capacity in each cell, mean over the runs; shape (cells,).
    is_full
        Whether the hour of each cell is full in half of the runs or more; shape (cells,).
    full_hours
        How many hours are.
    peak
        Its fullest hour; median over the runs.
    as_full
        How many other lines are told the same.
    at_least
        Whether there may be more of them.
    """

    name: str
    capacity: str
    edges: tuple[int, ...]
    full: tuple[float, ...]
    is_full: tuple[bool, ...]
    full_hours: float
    peak: float
    as_full: int = 0
    at_least: bool = False

    @property
    def told(self) -> str:
        """How full it is, in words."""
        if self.full_hours:
            hours = shown_duration(self.full_hours * HOUR)
            return say("board.tile.full_for", time=hours)
        return say("board.tile.at_most", share=shown_share(self.peak))

    def as_data(self, axis: TimeAxis) -> dict[str, Any]:
        """Return what of it lies on the axis, as the browser gets it."""
        cells = [
            [a, b, round(share, 3), is_full]
            for a, b, share, is_full in zip(
                self.edges[:-1], self.edges[1:], self.full, self.is_full, strict=True
            )
            if share > 0.0005 and b > axis.begin and a < axis.end
        ]
        text = say("board.strip", name=self.name, capacity=self.capacity, use=self.told)
        return {
            "name": self.name,
            "text": text,
            "cells": cells,
            "beyond": self._full_from(axis.end),
        }

    def _full_from(self, at: int) -> int:
        """Return for how long it is told to be full after a time, milliseconds."""
        cells = zip(self.edges[:-1], self.edges[1:], self.is_full, strict=True)
        return sum(max(0, b - max(a, at)) for a, b, is_full in cells if is_full)


def strips_of(shown: Answer, rollout: Rollout) -> list[Strip]:
    """Return the repository's strip, then those of the fullest lines, the fullest first.

    A line is measured by what others leave of it, hour by hour: that is what updates may take.
    It is so in each run of what the line carries in that run, which doubt may have drawn.
    """
    ends = hour_edges(shown.setting)
    hours = len(ends) - 1
    drawn = np.array([run.sites.link for run in shown.replications], np.float64)
    shares = np.zeros((len(shown.setting.sites), hours))
    for run, rates in zip(shown.replications, drawn, strict=True):
        line, hour, size = run.timeline.site_hours
        keep = hour < hours
        of_hour = np.maximum(rates[line[keep]], 1.0) * (HOUR / 1000)
        np.add.at(shares, (line[keep], hour[keep]), size[keep] / of_hour)
    lines, names = rollout.lines(), rollout.line_names()
    candidates = np.argsort(-_rough(shares / shown.runs), kind="stable")[: 4 * MOST_LINES]
    edges = tuple(ends.tolist())
    strips = []
    for number in candidates.tolist():
        steps = rollout.steps_where_it_carries(lines[number], drawn[:, number])
        hourly = {id(of_run): _hourly(of_run, ends) for of_run in steps}
        may_take = np.maximum([hourly[id(of_run)] for of_run in steps], 1.0)
        full = np.minimum(1.0, line_hours(shown, number) / may_take)
        if full.any():
            capacity = shown_rate(lines[number].carries)
            busiest = [run.sites.busy_hour[number] for run in shown.replications]
            strips.append(_strip(names[number], capacity, edges, full, busiest))
    strips.sort(key=lambda s: (-s.full_hours, -s.peak, s.name))
    # Those behind the last that carries something carry nothing.
    unseen = len(strips) == len(candidates) < len(names)
    kept = [_beside(strip, strips, unseen=unseen) for strip in strips[:MOST_LINES]]
    return [_repository(shown, rollout), *kept]


def _beside(strip: Strip, strips: Sequence[Strip], *, unseen: bool) -> Strip:
    """Return a strip with how many others are told the same.

    Parameters
    ----------
    strip
        The one.
    strips
        Of all lines looked at, itself among them.
    unseen
        Whether there are lines that nobody looked at; where all are told the same, so may these be.
    """
    alike = sum(other.told == strip.told for other in strips)
    return replace(strip, as_full=alike - 1, at_least=unseen and alike == len(strips))


def _strip(
    name: str, capacity: str, edges: tuple[int, ...], full: Any, busiest: Any = 0.0
) -> Strip:
    """Return the strip of a line from its runs.

    Parameters
    ----------
    name, capacity, edges
        As a `Strip` has them.
    full
        Shares of what it may take; shape (runs, cells).
    busiest
        Share of the whole line in the fullest 60 minutes, wherever they begin; shape (runs,).
    """
    is_full = (full >= FULL).mean(axis=0) >= OFTEN
    hours = float(np.diff(edges)[is_full].sum() / HOUR)
    peak = statistics.median(np.maximum(full.max(axis=1), busiest).tolist())
    mean = tuple(full.mean(axis=0).tolist())
    return Strip(name, capacity, edges, mean, tuple(is_full.tolist()), hours, peak)


def _rough(shares: Any) -> Any:
    """Return how full lines are about: in their fullest hours, against their whole rate."""
    return shares.max(axis=1) + shares.sum(axis=1) / 24


def _hourly(steps: list[tuple[int, int]], edges: Any) -> Any:
    """Return what a rate that changes over time carries between edges, bytes."""
    at = np.array([step[0] for step in steps] + [edges[-1]], np.float64)
    rate = np.array([step[1] for step in steps], np.float64)
    inside = np.minimum(np.maximum(at, 0), edges[-1])
    total = np.append(0.0, np.cumsum(np.diff(inside) / 1000 * rate))
    return np.diff(np.interp(edges, inside, total))


def _repository(shown: Answer, rollout: Rollout) -> Strip:
    """Return the repository's strip: drawn by the quarter of an hour, full by the hour."""
    sent = np.array([run.timeline.repository for run in shown.replications], np.float64)
    step = shown.replications[0].timeline.step
    drawn, hourly = (_sent_in(shown, sent, step, cell) for cell in (QUARTER, HOUR))
    uplink = shown_rate(float(rollout.scenario.network.repository.uplink))
    name = say("board.repository")
    try:
        busiest = shown.values(Measure(Kind.BUSY_HOUR_REPOSITORY))
    except KeyError:  # the caller chose what is measured
        busiest = [0.0] * shown.runs
    by_hours = _strip(name, uplink, *hourly, busiest)
    by_quarters = _strip(name, uplink, *drawn)
    last = len(by_hours.is_full) - 1
    hour_of = np.searchsorted(by_hours.edges, by_quarters.edges[:-1], side="right") - 1
    return replace(
        by_hours,
        edges=by_quarters.edges,
        full=by_quarters.full,
        is_full=tuple(by_hours.is_full[min(hour, last)] for hour in hour_of.tolist()),
    )


def _sent_in(shown: Answer, sent: Any, step: int, cell: int) -> tuple[tuple[int, ...], Any]:
    """Return the edges of cells of a length, and how full the uplink was in each of them."""
    together = max(1, cell // step)
    count = -(-sent.shape[1] // together)
    padded = np.pad(sent, ((0, 0), (0, count * together - sent.shape[1])))
    sizes = padded.reshape(len(sent), count, together).sum(axis=2)
    edges = np.minimum(np.arange(count + 1) * (together * step), shown.setting.end)
    may_send = np.maximum(np.diff(edges) * (shown.setting.uplink / 1000), 1.0)
    return tuple(edges.tolist()), np.minimum(1.0, sizes / may_send)
