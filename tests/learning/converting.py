"""A run of fwsim as an administrator would see it: its status log in the neutral form."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.fleet.fleet import Column
from fwsim.observations.observed import Observed, Transfers, What

MEANING = {
    State.SKIPPED: (What.UNREACHED,),
    State.WAKING: (What.OFF,),
    State.UNREACHED: (What.UNREACHED,),
    State.REJECTED: (What.UNREACHED,),
    State.CHECKING: (What.CHECKING,),
    State.NOTIFYING: (What.ASKED,),
    State.DEFERRED: (What.DEFERRED,),
    State.VERIFY_IDF: (What.CHECKING,),
    State.TRANSFER: (What.FETCHING,),
    State.VERIFY_PACKAGES: (What.FETCHED,),
    State.INSTALL: (What.WRITING,),
    State.REBOOT: (What.WRITTEN, What.RESTARTING),
    State.SUCCESS: (What.DONE,),
    State.FAILED: (What.FAILED,),
    State.NOT_NEEDED: (What.NOT_NEEDED,),
    State.CANCELLED: (What.CANCELLED,),
    State.HALTED: (What.OFF,),
}
NO_REASON = {Detail.NONE, Detail.URL, Detail.DEFERRED_FOR}


def observed_in(result, until=None):
    """Return what an administrator sees of a run, until a time in milliseconds after its start."""
    log, rollout = result.columns, result.rollout
    begun = round(rollout.start.timestamp() * 1000)
    rows = []
    order = np.lexsort((np.arange(len(log)), log.device))
    for i in order.tolist():
        if until is not None and log.time[i] > until:
            continue
        state, detail = State(int(log.state[i])), Detail(int(log.detail[i]))
        for what in MEANING.get(state, ()):
            amount = int(log.amount[i]) if what is What.DEFERRED else -1
            reason = "" if detail in NO_REASON else DETAIL_TEXTS[detail]
            rows.append(
                (int(log.device[i]), int(log.time[i]) + begun, what, amount, reason, log.run[i])
            )
    device, time, what, amount, reason, run = zip(*rows, strict=True)
    names = rollout.fleet.shown_names
    end = max(time) if until is None else begun + until
    return Observed(
        device=Column(tuple(names), np.array(device, np.int32)),
        earliest=np.array(time, np.int64),
        latest=np.array(time, np.int64),
        what=np.array(what, np.int8),
        amount=np.array(amount, np.int64),
        detail=Column.of(reason),
        command=np.array(run, np.int32),
        line=np.arange(1, len(rows) + 1),
        source=np.zeros(len(rows), np.int16),
        sources=("run",),
        until=end,
    )


def transfers_in(result):
    """Return the downloads of a run as the web server would have logged them, those cut off too."""
    log, rollout = result.columns, result.rollout
    begun = round(rollout.start.timestamp() * 1000)
    order = np.lexsort((np.arange(len(log)), log.device))
    rows = []
    for one, other in pairwise(order.tolist()):
        same = log.device[one] == log.device[other]
        ended = log.state[other] in {State.VERIFY_PACKAGES, State.INSTALL}
        failed = log.detail[other] == Detail.TRANSFER_FAILED
        if same and (ended or failed) and log.state[one] == State.TRANSFER:
            times = (int(log.time[one]) + begun, int(log.time[other]) + begun)
            size = int(log.amount[one if ended else other])
            rows.append((int(log.device[one]), *times, size, 200 if ended else 499))
    device, begin, end, size, status = (np.array(column) for column in zip(*rows, strict=True))
    return Transfers(
        device=Column(tuple(rollout.fleet.shown_names), device.astype(np.int32)),
        file=Column.constant("package", len(rows)),
        begin=begin,
        end=end,
        size=size,
        status=status.astype(np.int16),
    )
