"""Runs of a plan that many tests hold a log against: played once, and cut where each test cuts."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

from fwsim.experiments.run_spec import RunSpec, played
from fwsim.learning.under_way import runs_of_plan
from fwsim.model.rollout import Rollout
from fwsim.results.run.record import RunRecord


@contextmanager
def played_once(*rollouts: Rollout):
    """Have what learns of these rollouts' plans play each of their runs once, to the horizon."""
    whole: dict[Hashable, RunRecord] = {}

    def cut(order: RunSpec, number: int) -> RunRecord:
        if not any(order.rollout is one for one in rollouts):
            return played(order, number)
        key = id(order.rollout), order.seed, order.engine, order.past, order.crossed, number
        if key not in whole:
            whole[key] = played(replace(order, until=None), number)
        return until(whole[key], order.until)

    with mock.patch.object(runs_of_plan, "played", cut):
        yield


def until(whole: RunRecord, end: int | None) -> RunRecord:
    """Return a run as it is when it is stopped."""
    if end is None:
        return whole
    log = whole.log.where(whole.log.time <= end)
    return RunRecord(whole.rollout, log, whole.load, min(whole.ended, end), end=end)
