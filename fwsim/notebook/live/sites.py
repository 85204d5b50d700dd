"""Sites coloured by when they finished, as a rollout is played; the browser draws them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.measures.amounts import counted
from fwsim.messages import number_marks, say
from fwsim.model.first_due import JUDGED_FIRST
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.notebook.board.axis import HOUR, short_moment
from fwsim.notebook.board.widget import ELEMENTS, script_of
from fwsim.results.run.jobs import Jobs
from fwsim.results.run.stages import ENDS

FRONT = Path(__file__).parent / "front"
SCRIPT = script_of((ELEMENTS, FRONT / "sites.js"))
HOURS = (1, 2, 4, 8, 24)
"""After the first command: by when a site finished is told by these, so that colours stay."""
FINISHED = (*(f"in_{hours}" for hours in HOURS), "later")
LOOKS = (*FINISHED, "under_way", "not_begun")
NOT_YET = -1
_HAS_IT = np.array([state in {State.SUCCESS, State.NOT_NEEDED} for state in State])
Data = dict[str, Any]


class SitePicture(anywidget.AnyWidget):
    """The picture, and the same as a table.

    Attributes
    ----------
    sites
        What stays while a run is played: names, devices, words.
    shown
        How the sites stand.
    """

    _esm = SCRIPT
    _css = (FRONT / "sites.css").read_text(encoding="utf-8")

    sites: Data = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]
    shown: Data = traitlets.Dict().tag(sync=True)  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Concerned:
    """The sites that a plan's commands go to.

    Parameters
    ----------
    names
        In the order of the fleet.
    devices
        How many of their devices are targeted; shape (sites,).
    site_of
        Index into `names`, `NOT_YET` for a device that no command is for; shape (devices,).
    first
        When the first command starts, milliseconds after the scenario's start.
    """

    names: tuple[str, ...]
    devices: NDArray[np.int64]
    site_of: NDArray[np.int64]
    first: int


@dataclass(frozen=True, eq=False)
class Standing:
    """How sites stand at a time; every array has shape (sites,).

    Parameters
    ----------
    with_it
        How many devices have the update, or need none.
    ended
        How many came to an end, with it or without.
    has_begun
        Whether a device there has been told.
    finish
        When the last device came to its end, milliseconds; `NOT_YET` while one has not.
    """

    with_it: NDArray[np.int64]
    ended: NDArray[np.int64]
    has_begun: NDArray[np.bool_]
    finish: NDArray[np.int64]


def _field(rollout: Rollout) -> StatusField:
    """Return what a site finishes: the update if the plan has one."""
    fields = {run.command.status_field for run in rollout.runs}
    return min(fields, key=JUDGED_FIRST.index, default=StatusField.UPDATE)


def concerned(rollout: Rollout) -> Concerned:
    """Return the sites that a plan's commands go to."""
    fleet, field = rollout.fleet, _field(rollout)
    runs = [run for run in rollout.runs if run.command.status_field is field]
    is_targeted = np.zeros(len(fleet), bool)
    for target in {run.command.target for run in runs}:
        is_targeted[rollout.find(target)] = True
    codes = fleet.site.codes
    counts = np.bincount(codes[is_targeted], minlength=len(fleet.site.values))
    places = np.full(len(counts), NOT_YET, np.int64)
    kept = np.flatnonzero(counts)
    places[kept] = np.arange(len(kept))
    names = tuple(fleet.site.values[place] for place in kept.tolist())
    first = min((run.at for run in runs), default=0)
    return Concerned(names, counts[kept], np.where(is_targeted, places[codes], NOT_YET), first)


def standing(log: LogColumns, sites: Concerned, field: StatusField) -> Standing:
    """Return how sites stand after the lines of a log."""
    meant = log.of_field(field)
    meant = meant.where(sites.site_of[meant.device] != NOT_YET)
    jobs = Jobs.of(meant)
    last = jobs.outcome_line[jobs.of_devices(meant)]
    site, state = sites.site_of[meant.device[last]], meant.state[last]
    count = len(sites.names)
    ended = np.bincount(site[ENDS[state]], minlength=count)
    finish = np.full(count, NOT_YET, np.int64)
    np.maximum.at(finish, site, meant.time[last])
    finish[ended < sites.devices] = NOT_YET
    with_it = np.bincount(site[_HAS_IT[state]], minlength=count)
    return Standing(with_it, ended, np.bincount(site, minlength=count) > 0, finish)


def looks(now: Standing, sites: Concerned) -> NDArray[np.int64]:
    """Return how each site is drawn: index into `LOOKS`; shape (sites,)."""
    after = np.array([hours * HOUR for hours in HOURS])
    by = np.searchsorted(after, now.finish - sites.first)
    unfinished = LOOKS.index("under_way") + ~now.has_begun
    shown: NDArray[np.int64] = np.where(now.finish == NOT_YET, unfinished, by)
    return shown


def fixed_data(sites: Concerned) -> Data:
    """Return what stays while a run is played, as the browser gets it."""
    heads = ("site", "devices", "with_it", "state")
    return {
        "names": list(sites.names),
        "devices": sites.devices.tolist(),
        "title": say("play.sites.title"),
        "table": say("play.sites.table"),
        "marks": number_marks(),
        "heads": [say(f"play.sites.head.{name}") for name in heads],
    }


def sites_data(rollout: Rollout, log: LogColumns | None, sites: Concerned) -> Data:
    """Return how the sites stand, as the browser gets it.

    Parameters
    ----------
    rollout
        What is played.
    log
        Its lines so far; None before there are any.
    sites
        As `concerned` returns them.

    Returns
    -------
    dict
        Of each site ``looks``, ``with_it``, ``lacking`` (devices that ended without the update)
        and ``states`` in words; ``legend``; ``summary``, one sentence.
    """
    count, now = len(sites.names), _standing_so_far(rollout, log, sites)
    look = looks(now, sites)
    lacking = np.where(now.finish == NOT_YET, 0, sites.devices - now.with_it)
    states = [
        _state(rollout, LOOKS[number], finish, without)
        for number, finish, without in zip(
            look.tolist(), now.finish.tolist(), lacking.tolist(), strict=True
        )
    ]
    return {
        "looks": [LOOKS[number] for number in look.tolist()],
        "with_it": now.with_it.tolist(),
        "lacking": lacking.tolist(),
        "states": states,
        "legend": _legend(look, int((lacking > 0).sum()), _field(rollout)),
        "summary": say(
            "play.sites.summary",
            sites=counted(count, "site"),
            finished=int((now.finish != NOT_YET).sum()),
            under_way=int((look == LOOKS.index("under_way")).sum()),
        ),
    }


def _standing_so_far(rollout: Rollout, log: LogColumns | None, sites: Concerned) -> Standing:
    if log is not None:
        return standing(log, sites, _field(rollout))
    none = np.zeros(len(sites.names), np.int64)
    return Standing(none, none, none > 0, none + NOT_YET)


def _state(rollout: Rollout, look: str, finish: int, lacking: int) -> str:
    if finish == NOT_YET:
        return say(f"play.sites.{look}")
    at = short_moment(rollout.local_time(finish), rollout.local_time(0))
    if lacking:
        return say("play.sites.finished_without", at=at, devices=counted(lacking, "device"))
    return say("play.sites.finished", at=at)


def _legend(look: NDArray[np.int64], lacking: int, field: StatusField) -> list[Data]:
    counts = np.bincount(look, minlength=len(LOOKS)).tolist()
    names = [say(f"play.sites.within.{field.name.lower()}", hours=HOURS[0])]
    between = pairwise(HOURS)
    names += [say("play.sites.between", low=low, high=high) for low, high in between]
    names += [say("play.sites.later", hours=HOURS[-1])]
    names += [say("play.sites.under_way_legend"), say("play.sites.not_begun")]
    rows = [
        {"look": name, "name": text, "count": count}
        for name, text, count in zip(LOOKS, names, counts, strict=True)
    ]
    return [*rows, {"look": "lacking", "name": say("play.sites.lacking"), "count": lacking}]
