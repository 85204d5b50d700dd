"""What a run came to by the tallies that counted it, of the whole fleet or of parts of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled.addressed import Table
from fwsim.compiled.growing_tables import sorted_by
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.latest import NOT_YET, are_last
from fwsim.compiled.tally_tables import TallyTables
from fwsim.model.status_log import LinkLoad, ProxyLoad
from fwsim.model.tally import (
    MINUTE,
    PeopleLoad,
    TalliedDevices,
    TalliedLines,
    Tally,
    Wanted,
)

Whole = NDArray[np.int64]


def counted(
    inventory: Inventory,
    wanted: Wanted,
    tallies: Sequence[TallyTables],
    ended: int,
    sent: ProxyLoad,
) -> Tally:
    """Return what a run came to.

    Parameters
    ----------
    inventory
        Of the rollout.
    wanted
        What it was counted by.
    tallies
        Of parts of the fleet; the first has counted the repository's uplink, too.
    ended
        Milliseconds on the clock in the end.
    sent
        What proxies sent to neighbours.
    """
    first, fleet = tallies[0], len(inventory.rollout.fleet)
    devices = _devices(first, fleet)
    done = devices.success < NOT_YET
    last = math.ceil(wanted.tail * int(done.sum()))
    is_late = np.zeros(fleet, bool)
    is_late[devices.device[done][are_last(devices.success[done], last)]] = True
    changes = _sum(tallies, "stage_changes").reshape(wanted.stages, -1)
    asked = _sum(tallies, "prompts").reshape(-1, wanted.bins).astype(np.int32)
    return Tally(
        ended=ended,
        first_command=int(first.numbers["first_command"]),
        devices=devices,
        people=_people(first.arrays["ends"][:fleet]),
        people_by_week=tuple(
            _people(first.arrays["borne"][week * fleet : (week + 1) * fleet])
            for week in range(len(wanted.people_weeks))
        ),
        on_for_nothing=sum(int(each.numbers["for_nothing"]) for each in tallies),
        lines=_lines(tallies),
        sent=sent,
        stages=np.cumsum(changes, axis=1)[:, : wanted.bins + 1].astype(np.int32),
        prompts=asked.sum(axis=0, dtype=np.int32),
        prompts_by_people=asked,
        workers=_sum(tallies, "workers"),
        worker_minutes=_sum(tallies, "worker_minutes")[: ended // MINUTE + 1],
        successful=int(done.sum()),
        last=last,
        by_all=_sum(tallies, "by_all"),
        by_last=np.sum([each.latest.spent_by(is_late) for each in tallies], axis=0),
        unfinished=_sum(tallies, "caught"),
    )


def _sum(tallies: Sequence[TallyTables], name: str) -> Whole:
    found: Whole = tallies[0].arrays[name]
    for each in tallies[1:]:
        found = found + each.arrays[name]
    return found


def _devices(tally: TallyTables, fleet: int) -> TalliedDevices:
    ends = tally.arrays["ends"][:fleet]
    devices = np.flatnonzero(ends["state"] >= 0).astype(np.int32)
    return TalliedDevices(
        device=devices,
        state=ends["state"][devices].astype(np.int8),
        detail=ends["detail"][devices].astype(np.int8),
        time=ends["time"][devices],
        success=ends["success"][devices],
    )


def _people(counts: Table) -> PeopleLoad:
    return PeopleLoad(
        prompts=counts["prompts"].astype(np.int32),
        deferments=counts["deferments"].astype(np.int32),
        cancels=counts["cancels"].astype(np.int32),
        forced_starts=counts["forced"].astype(np.int32),
        time_lost=counts["lost"].astype(np.int64),
    )


def _lines(tallies: Sequence[TallyTables]) -> TalliedLines:
    first = tallies[0]
    arrays, lines = first.arrays, int(first.numbers["lines_count"])
    hours = {
        name: np.concatenate([each.hours[name] for each in tallies])
        for name in ("line", "hour", "size")
    }
    order = sorted_by(hours["line"])
    return TalliedLines(
        stretch=LinkLoad.stretch,
        sizes=arrays["sizes"].reshape(-1, lines),
        peaks=arrays["peaks"].reshape(-1, lines),
        fullest=arrays["fullest"],
        hours=np.stack([column[order] for column in hours.values()]),
        repository=arrays["repository"],
    )
