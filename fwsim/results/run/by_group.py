"""What one run came to at each site, model, unit or kind of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fwsim.commands.lifecycle import State
from fwsim.fleet.grouping import Grouping, column_of
from fwsim.results.run.cells import cells
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.people_load import people_load
from fwsim.results.run.record import RunRecord
from fwsim.results.run.stamps import iso_stamp_texts

if TYPE_CHECKING:
    import pandas as pd


def group_table(record: RunRecord, by: Grouping) -> pd.DataFrame:
    """Return one row a group, by name; devices without one are in the row of the empty name.

    Columns: the group; devices; targeted; needed, successful and not_reached, devices;
    last_success, when the last of the successful was, as the status log writes times; prompts,
    times_deferred, forced_starts, user_time_lost (seconds) and bytes, added up over its devices.
    A unit's row counts its own devices, not those below it.

    Parameters
    ----------
    record
        The run.
    by
        What puts devices together.
    """
    import pandas as pd

    fleet, log, ends = record.rollout.fleet, record.log, LogCounts(record).ends
    column = column_of(fleet, by)
    groups, count = column.codes, len(column.values)

    def added(devices: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(groups[devices], weights, minlength=count).astype(np.int64)

    done = ends.success_time < NOT_YET
    last = np.full(count, -1, np.int64)
    np.maximum.at(last, groups[ends.targeted[done]], ends.success_time[done])
    stamps = cells().listed(iso_stamp_texts(record.rollout, np.maximum(last, 0)))
    size = record.jobs.bytes_of_devices(log, len(fleet), record.rollout.assumptions.idf_size)
    everyone, people = np.arange(len(fleet)), people_load(record)
    table = pd.DataFrame(
        {
            str(by): list(column.values),
            "devices": added(everyone),
            "targeted": added(ends.targeted),
            "needed": added(ends.targeted[ends.state != State.NOT_NEEDED]),
            "successful": added(ends.targeted[done]),
            "not_reached": added(ends.targeted[ends.state == State.UNREACHED]),
            "last_success": [
                stamp if at >= 0 else "" for stamp, at in zip(stamps, last.tolist(), strict=True)
            ],
            "prompts": added(everyone, people.prompts),
            "times_deferred": added(everyone, people.deferments),
            "forced_starts": added(everyone, people.forced_starts),
            "user_time_lost": added(everyone, people.time_lost) / 1000,
            "bytes": added(everyone, size.astype(float)),
        }
    )
    there = table["devices"] > 0
    return table[there].sort_values(str(by), kind="stable", ignore_index=True)
