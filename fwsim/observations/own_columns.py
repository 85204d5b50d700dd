"""fwsim's own status log, as columns, in the neutral form that learning takes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.commands.status_text import StatusField
from fwsim.fleet.fleet import Column
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.observations.gaps import with_gaps
from fwsim.observations.observed import OWN_FORM, Account, Observed
from fwsim.observations.own_log import LogRows, piece_of
from fwsim.observations.pieces import joined
from fwsim.observations.stamps import ReadTimes
from fwsim.quantities.units import write_duration


def observed_in(log: LogColumns, rollout: Rollout, until: int) -> Observed:
    """Return what a status log tells of devices up to a moment.

    Parameters
    ----------
    log
        Its lines up to then, in order of time.
    rollout
        Whose log it is.
    until
        Milliseconds after the start.
    """
    begun = rollout.epoch
    at = log.time + begun
    labels = tuple(run.label for run in log.runs) or ("",)
    deliveries = [run.command.status_field is StatusField.DELIVERY for run in log.runs] or [False]
    names = tuple(rollout.fleet.shown_names) or ("",)
    rows = LogRows(
        device=Column(names, log.device),
        command=Column(labels, log.run),
        detail=_details(log),
        status=Column(("Update", "Delivery"), np.array(deliveries, np.int32)[log.run]),
        state=log.state,
        amount=log.amount,
        times=ReadTimes(at, at, np.ones(len(log), bool), 1),
        line=np.arange(1, len(log) + 1, dtype=np.int64),
        has_amounts=True,
    )
    piece = piece_of(rows, 0, _notice(rollout), begun + until)
    is_uefi = (run for run in log.runs if run.command.status_field is StatusField.UEFI)
    piece.uefi = frozenset(run.label for run in is_uefi)
    account = Account("the log so far", OWN_FORM, len(log))
    return with_gaps(joined([piece], [account], [], None), ZoneInfo(rollout.scenario.zone))


def _notice(rollout: Rollout) -> int | None:
    """Return how long notices were shown, milliseconds; None if nobody can say."""
    shown = {
        run.command.inform_user
        for run in rollout.runs
        if isinstance(run.command, UpdateCommand) and run.command.inform_user
    }
    return 1000 * shown.pop() if len(shown) == 1 else None


def _details(log: LogColumns) -> Column:
    """Return the details as texts, a deferment's with how long it is."""
    values = [DETAIL_TEXTS[detail] for detail in Detail]
    codes: NDArray[np.int32] = log.detail.astype(np.int32)
    deferred = np.flatnonzero((log.state == State.DEFERRED) & (log.detail == Detail.DEFERRED_FOR))
    delays, back = np.unique(log.amount[deferred], return_inverse=True)
    texts = [f"{DETAIL_TEXTS[Detail.DEFERRED_FOR]} {write_duration(int(d))}" for d in delays]
    codes[deferred] = len(values) + back
    return Column((*values, *texts), codes)
