"""In which phase devices failed: by the reason a log gives, else by the last state it tells."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.learning.journeys import Ints, Journeys
from fwsim.observations.observed import What
from fwsim.observations.reasons import detail_of
from fwsim.observations.words import ENDS
from fwsim.scenario.sections import FaultPhase

_STAGE_OF = {
    What.FETCHING: 1,
    What.FETCHED: 2,
    What.WRITING: 3,
    What.WRITTEN: 4,
    What.RESTARTING: 4,
    What.DONE: 5,
}
"""How far a line shows a device to be; 0 is before it fetches."""
_LAST = 3
"""The last stage in which a device fails."""
PHASES: tuple[tuple[FaultPhase, ...], ...] = (
    ("idf", "idf_signature"),
    ("package", "transfer"),
    ("package_signature",),
    ("installation",),
)
"""What may go wrong in each stage."""
_TOLD = 0.9
"""Share of the devices that got past a stage which shows that a log tells it [A]."""
_DETAIL_IN = {
    (1, 1): Detail.TRANSFER_FAILED,
    (1, 2): Detail.TRANSFER_FAILED,
    (2, 2): Detail.PACKAGE_SIGNATURE_INVALID,
    (2, 3): Detail.INSTALLATION_FAILED,
    (3, 3): Detail.INSTALLATION_FAILED,
}
"""What a failure is taken for, by the first and the last stage it may be of: the likeliest [A]."""


@dataclass(frozen=True)
class Failures:
    """Why lines say that something failed.

    Parameters
    ----------
    detail
        `Detail` of each line, as a number; shape (lines,).
    untold
        How many devices failed in a phase that the log does not tell.
    phases
        Those in which they may have failed.
    """

    detail: Ints
    untold: int = 0
    phases: frozenset[FaultPhase] = frozenset()


def failures_in(journeys: Journeys) -> Failures:
    """Return why lines say that something failed, and of how many that is not told.

    A failure without a reason that is known happened in the state that was told last, as far as
    the log tells the states in between: who is seen fetching before it failed in the transfer.
    """
    found = _KNOWN.get(journeys)
    if found is None:
        found = _KNOWN[journeys] = _failures_in(journeys)
    return found


def has_detail(journeys: Journeys, *details: Detail) -> NDArray[np.bool_]:
    """Tell which lines give one of some reasons, or can only mean it."""
    return np.isin(failures_in(journeys).detail, [int(detail) for detail in details])


_KNOWN: WeakKeyDictionary[Journeys, Failures] = WeakKeyDictionary()
"""All phases are counted of the same lines."""


def _failures_in(journeys: Journeys) -> Failures:
    known = np.array([int(detail_of(text)) for text in journeys.detail.values], np.int64)
    detail = known[journeys.detail.codes] if len(known) else np.zeros(len(journeys), np.int64)
    open_lines = np.flatnonzero(journeys.of(What.FAILED) & (detail == Detail.NONE))
    if not len(open_lines):
        return Failures(detail)
    stage, tries = _stages(journeys)
    tells = _tells(journeys, stage, tries)
    untold: list[int] = []
    phases: set[FaultPhase] = set()
    for line, first in zip(
        open_lines.tolist(), _stage_before(stage, tries, open_lines), strict=True
    ):
        told = tells[int(journeys.rollout[line])]
        last = next((at - 1 for at in range(first + 1, _LAST + 1) if told[at]), _LAST)
        found = _DETAIL_IN.get((min(first, _LAST), last), Detail.NONE)
        detail[line] = found
        if found is Detail.NONE:
            untold.append(int(journeys.owner[line]))
            phases.update(phase for at in range(first, last + 1) for phase in PHASES[at])
    return Failures(detail, len(set(untold)), frozenset(phases))


def _stages(journeys: Journeys) -> tuple[Ints, Ints]:
    """Return how far each line shows its device to be, -1 for no matter, and which try it is of."""
    by_what = np.array([_STAGE_OF.get(what, -1) for what in What], np.int64)
    order = np.argsort(journeys.job, kind="stable")
    job, what = journeys.job[order], journeys.what[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (job[1:] != job[:-1]) | np.isin(what[:-1], [int(one) for one in ENDS])
    tries = np.empty(len(order), np.int64)
    tries[order] = np.cumsum(begins) - 1
    return by_what[journeys.what], tries


def _tells(journeys: Journeys, stage: Ints, tries: Ints) -> list[NDArray[np.bool_]]:
    """Return, log by log, which stages those show who get past them.

    Where nobody got past a stage, nothing says that the log would have told it.
    """
    count = int(tries.max(initial=-1)) + 1
    shows = np.zeros((count, max(_STAGE_OF.values()) + 1), bool)
    shows[tries[stage >= 0], stage[stage >= 0]] = True
    log = np.zeros(count, np.int64)
    log[tries] = journeys.rollout
    found = []
    for number in range(journeys.rollouts):
        mine = shows[log == number]
        past = np.array([mine[:, at + 1 :].any(axis=1).sum() for at in range(_LAST + 1)])
        both = [(mine[:, at] & mine[:, at + 1 :].any(axis=1)).sum() for at in range(_LAST + 1)]
        found.append(np.asarray((past > 0) & (np.array(both) >= _TOLD * past)))
    return found


def _stage_before(stage: Ints, tries: Ints, lines: Ints) -> list[int]:
    """Return how far the last line before each line, of the same try, shows its device to be."""
    order = np.argsort(tries, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    staged = np.where(stage[order] >= 0, np.arange(len(order)), -1)
    last = np.maximum.accumulate(staged)[place[lines]]
    is_own = (last >= 0) & (tries[order][np.maximum(last, 0)] == tries[lines])
    found: list[int] = np.where(is_own, stage[order][np.maximum(last, 0)], 0).tolist()
    return found
