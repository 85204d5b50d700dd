"""What a run has written, read out of its tables into columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fwsim.compiled.addressed import Table
from fwsim.model.past import Past
from fwsim.model.past_load import sent_with_the_past, with_bytes_of_the_past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, LinkLoad, LogColumns, ProxyLoad


def read_log(lines: Table, runs: Sequence[CommandRun]) -> LogColumns:
    """Return lines of a status log as columns, in memory of their own."""
    return LogColumns(
        time=lines["at"].copy(),
        device=lines["device"].copy(),
        run=lines["run"].copy(),
        state=lines["state"].astype(np.int8),
        detail=lines["detail"].astype(np.int8),
        amount=lines["amount"].copy(),
        runs=tuple(runs),
    )


def read_load(rows: Table) -> LinkLoad:
    """Return what every line carried, minute by minute, in memory of its own."""
    return LinkLoad(rows["minute"].copy(), rows["site"].astype(np.int32), rows["size"].copy())


def read_load_with_past(rows: Table, past: Past, rollout: Rollout) -> LinkLoad:
    """Return what lines carried; bytes that only a log tells of are spread over their minutes."""
    missing = rows["minute"] < 0
    told = rows[missing]
    return with_bytes_of_the_past(
        read_load(rows[~missing]),
        past,
        rollout,
        -1 - told["minute"],
        told["site"],
        told["size"],
    )


def read_proxy_load(rows: Table, past: Past | None, rollout: Rollout) -> ProxyLoad:
    """Return what providers sent; bytes that only a log tells of are spread over their minutes."""
    missing = rows["minute"] < 0
    told, played = rows[missing], rows[~missing]
    load = ProxyLoad.of(played["minute"], played["provider"], played["size"])
    provider = told["provider"].astype(np.int64)
    return sent_with_the_past(load, past, rollout, -1 - told["minute"], provider, told["size"])
