"""How much memory a run will take, said before it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import cpu_count

from fwsim.commands.scheduler_file import JobType
from fwsim.compiled import coupling, tables
from fwsim.compiled.coupling import Part, division_of
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.part_tables import SCATTERED
from fwsim.compiled.shelf import memory_for
from fwsim.messages import localised, say
from fwsim.problems import InputError, Problem

LINES_OF_AN_UPDATE = 12
"""Lines of status log that an update leaves, and the questions before it; usually."""

LINES_OF_A_LOOK = 3
"""Lines of a device that has the image already, or is off."""

ROWS_OF_LUCK = 8
"""Draws that each device usually comes to, beside those of its switch."""

LINE_OF_LOG = 26
"""Bytes of a line as the result keeps it."""

EVENTS_OF_A_DEVICE = 2
SMALL = 10_000_000
"""Bytes that a run may need without anybody looking whether they are there."""

GB = 1_000_000_000


@dataclass(frozen=True)
class Footprint:
    """The memory of a run, in bytes.

    Parameters
    ----------
    updates
        Runs of a command on a device, as far as they are known beforehand.
    least
        What it cannot do without: a row for each of them and a line of its log.
    likely
        What it takes at its peak, as far as a scenario tells; right within a factor of two.
    """

    updates: int
    least: int
    likely: int


def footprint(inventory: Inventory, end: int, *, keeps_log: bool = True) -> Footprint:
    """Estimate the memory of a run.

    Parameters
    ----------
    inventory
        Of which rollout.
    end
        Milliseconds at which it stops at the latest.
    keeps_log
        Whether somebody asks for the log; else parts of a fleet forget theirs.
    """
    fleet = len(inventory.rollout.fleet)
    certain, possible = sum(_certain(inventory, end)), sum(_possible(inventory, end))
    words = inventory.numbers["words"]
    of_update = tables.JOB.itemsize + 8 * words
    updates = certain + possible
    parts = division_of(inventory, end, has_past=False).parts
    lines = LINES_OF_A_LOOK * updates
    if keeps_log or not parts:
        lines += LINES_OF_AN_UPDATE * min(fleet, updates)
    kept = lines * tables.LINE.itemsize + fleet * (8 * words + _luck(inventory, end))
    if parts:
        if _are_scattered(inventory, end, parts):
            kept += fleet * tables.DEVICE.itemsize  # they share the rows of all, and their luck
        else:
            kept -= fleet * 8 * ROWS_OF_LUCK  # each part draws its own
        kept += updates * (tables.WAITING.itemsize + 2 * tables.HANDED.itemsize)
        kept += lines * (tables.LINE.itemsize + 8)  # their logs, and turns
        kept += _played_now(parts, of_update, keeps_log=keeps_log)
        copied = lines * LINE_OF_LOG
    else:
        kept += updates * of_update + fleet * tables.DEVICE.itemsize
        kept += EVENTS_OF_A_DEVICE * fleet * (tables.PLACE.itemsize + tables.EVENT.itemsize)
        copied = max(
            lines * LINE_OF_LOG,
            _copied(64 + fleet, updates) * of_update,
            _copied(256 + 16 * fleet, lines) * tables.LINE.itemsize,
        )
    if keeps_log or not parts:
        kept += _minutes(inventory, end) * tables.LOAD.itemsize
    return Footprint(certain, _least(inventory, end), kept + copied)


def _played_now(parts: Sequence[Part], of_update: int, *, keeps_log: bool) -> int:
    """Return the bytes of the parts that are played at the same time: a site may be large."""
    of_device = of_update + tables.DEVICE.itemsize + 8 * ROWS_OF_LUCK
    of_device += EVENTS_OF_A_DEVICE * (tables.PLACE.itemsize + tables.EVENT.itemsize)
    if not keeps_log:
        of_device += LINES_OF_AN_UPDATE * (tables.LINE.itemsize + 8)
    return of_device * min(cpu_count(), len(parts)) * max(part.devices for part in parts)


def _are_scattered(inventory: Inventory, end: int, parts: Sequence[Part]) -> bool:
    """Tell whether devices of a part lie too far apart for rows and luck of theirs alone."""
    own = np.array([max(part.devices, coupling.DEVICES_OF_A_PART) for part in parts])
    return bool((coupling.reaches(inventory, end, parts) > SCATTERED * own).any())


def _least(inventory: Inventory, end: int) -> int:
    """Return the bytes of a row for each certain update and of one line of its log.

    A fleet in parts keeps only who waits and whom it has handed over; where it has to be played
    as a whole after all, memory may run out on the way.
    """
    row = tables.JOB.itemsize + 8 * inventory.numbers["words"]
    if division_of(inventory, end, has_past=False).parts:
        row = tables.WAITING.itemsize + tables.HANDED.itemsize
    return sum(_certain(inventory, end)) * (row + tables.LINE.itemsize)


def refuse_what_cannot_fit(inventory: Inventory, end: int, *, keeps_log: bool = True) -> None:
    """Say beforehand that the memory will not do; parameters as of `footprint`.

    Raises
    ------
    InputError
        If even the least that the run takes is more than there is.
    """
    if (least := _least(inventory, end)) <= SMALL:
        return  # it costs more to look than to play
    free = memory_for(least)
    if free is None or least <= free:
        return
    needed = footprint(inventory, end, keeps_log=keeps_log)
    likely, left = (localised(f"{size / GB:,.1f}") for size in (needed.likely, free))
    text = say("memory.needed", needed=likely, updates=needed.updates, free=left)
    raise InputError([Problem(text, source="memory")])


def _copied(room: int, rows: int) -> int:
    """Return how many rows are moved when a table grows for the last time, doubling each time."""
    if rows <= room:
        return 0
    return room << (((rows - 1) // room).bit_length() - 1)


def _certain(inventory: Inventory, end: int) -> Iterator[int]:
    """Yield how many devices a run of a command or an assignment is for, where that is known."""
    for number, run in enumerate(inventory.rollout.runs):
        targets = inventory.targets(number) if run.at <= end else ()
        yield len(targets) if targets is not None else 0
    for assignment in inventory.assigned.assignments:
        yield len(assignment.devices) if assignment.at <= end else 0


def _possible(inventory: Inventory, end: int) -> Iterator[int]:
    """Yield how many devices may begin an update that nobody can be sure of."""
    fleet = len(inventory.rollout.fleet)
    for number, run in enumerate(inventory.rollout.runs):
        if run.at <= end and inventory.targets(number) is None:
            yield fleet
    for notification in inventory.notifications:
        yield len(notification.devices)
    for scheduled in inventory.scheduled:
        if scheduled.job.type is JobType.UPDATE:
            yield len(scheduled.devices) * sum(at <= end for at in scheduled.firings)
    yield round(len(inventory.checking) * (1 + _windows(inventory, end) * _started(inventory)))


def _started(inventory: Inventory) -> float:
    """Return in what share of windows a device starts at most: who is left on does not."""
    return 1.0 - min((habits.left_on for habits in inventory.rollout.power()), default=0.0)


def _windows(inventory: Inventory, end: int) -> int:
    """Return how often a device is switched on at most."""
    starts = inventory.arrays["span_starts"]
    spans = inventory.arrays["spans_of_windows"]
    firsts, counts = spans["first"].tolist(), spans["count"].tolist()
    return max(
        (
            int(np.count_nonzero(starts[first : first + count] <= end))
            for first, count in zip(firsts, counts, strict=True)
        ),
        default=0,
    )


def _luck(inventory: Inventory, end: int) -> int:
    """Return the bytes of luck that a device takes: numbers take eight, coins are kept twice."""
    power = inventory.rollout.power()
    of_window = 16 * any(habits.jitter for habits in power) + sum(
        2 * any(0 < getattr(habits, name) < 1 for habits in power)
        for name in ("left_on", "suspends", "unreported")
    )
    orders = sum(order.run.at <= end for order in inventory.orders)
    check_ins = (end // a.every for a in inventory.assigned.assignments if a.jitter)
    rows = ROWS_OF_LUCK + max(check_ins, default=0)
    return 8 * rows + of_window * (1 + _windows(inventory, end)) + 2 * orders


def _minutes(inventory: Inventory, end: int) -> int:
    """Return in how many minutes the lines of all sites carry anything, if each fetches once."""
    rollout = inventory.rollout
    size = max((image.size for image in rollout.images), default=0)
    sites = inventory.lines.sites[: inventory.numbers["sites_count"]]
    devices = np.bincount(rollout.fleet.site.codes, minlength=len(sites))[: len(sites)]
    rates = np.maximum(sites["rate_now"].astype(np.float64), 1.0)
    minutes = 2 + devices * size / rates / 60
    return int(np.minimum(minutes, 2 + end / 60_000).sum())
