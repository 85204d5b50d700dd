"""What a command is likely to do that nobody wants, said before it is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, UpdateCommand
from fwsim.fleet.week import Week
from fwsim.hours import Hours
from fwsim.measures.amounts import counted, shown_duration
from fwsim.notebook.draft import next_firings
from fwsim.problems import InputError
from fwsim.rollout import Rollout


def warnings_of(commands: Sequence[Command], rollout: Rollout) -> list[str]:
    """Return warnings about the commands, each a sentence; wrong targets are told elsewhere."""
    found: dict[str, None] = {}
    for command in commands:
        try:
            devices = rollout.find(command.target)
        except InputError:
            continue
        for warning in _warnings(command, rollout, devices):
            found[warning] = None
    return list(found)


def _warnings(command: Command, rollout: Rollout, devices: NDArray[np.int32]) -> Iterator[str]:
    if not len(devices):
        yield "No device is targeted."
        return
    if not next_firings(command, rollout, 1):
        yield "It never runs: its time is before the scenario's start."
        return
    yield from _notice(command, rollout, devices)
    yield from _switched_off(command, rollout, devices)
    yield from _too_slow(rollout, devices)


def _notice(command: Command, rollout: Rollout, devices: NDArray[np.int32]) -> Iterator[str]:
    if not isinstance(command, UpdateCommand) or command.inform_user != 0:
        return
    people = rollout.people()
    alone = np.array([not habits.present.windows for habits in people])
    count = int(alone[rollout.fleet.people.codes[devices]].sum())
    if count:
        yield (
            "A notice of 0 seconds waits for a click, and nobody sits at "
            f"{counted(count, 'device')} of these: there it waits for ever."
        )


def _holds(rollout: Rollout, weeks: list[Week], at: int) -> NDArray[np.bool_]:
    """Return whether each device is switched on at a time, by its habit."""
    spans, kinds = Hours(rollout).by_kind(rollout.fleet.power, weeks)
    on = np.array([any(a <= at < b for a, b in stretch) for stretch in spans], bool)
    return on[np.array(kinds, np.int64)]


def _switched_off(command: Command, rollout: Rollout, devices: NDArray[np.int32]) -> Iterator[str]:
    runs = [run for run in rollout.runs if run.command == command]
    if not command.only_switched_on or not runs:
        return
    on = _holds(rollout, [power.on for power in rollout.power()], runs[0].at)[devices]
    if not on.any():
        yield (
            f"It goes only to devices that are switched on, and at that time all "
            f"{len(devices)} are off by habit, unless they were left on."
        )
    elif on.mean() < 0.5:
        yield (
            f"It goes only to devices that are switched on: by habit {int((~on).sum())} of "
            f"{len(devices)} are off at that time and are missed."
        )


def _too_slow(rollout: Rollout, devices: NDArray[np.int32]) -> Iterator[str]:
    """Compare what each site's line must carry with the maintenance window."""
    window = rollout.scenario.window
    if window is None or not rollout.images:
        return
    spans = rollout.week_intervals(window)
    length = max((end - start for start, end in spans), default=0)
    size = sum(package.size for package in rollout.images[-1].packages)
    counts = np.bincount(rollout.fleet.site.codes[devices], minlength=len(rollout.sites()))
    links = np.array([max(site.link, 1) for site in rollout.sites()], np.float64)
    needed = counts * size / links * 1000
    slowest = int(np.argmax(needed))
    if needed[slowest] > length:
        more = int((needed > length).sum())
        yield (
            f"The window {window.text} lasts {shown_duration(length)}, but the line of "
            f"{rollout.fleet.site.values[slowest]} needs {shown_duration(needed[slowest])} if "
            f"every device fetches the whole image; {counted(more, 'site')} may not finish in it."
        )
