"""Who agrees to an update at once at best, and when everybody else is updated at the earliest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Instead, buttons, share_of_now
from fwsim.commands.policies import UnattendedPolicy
from fwsim.fleet.week import Week
from fwsim.model.assigned import LATER_THAN_ALL
from fwsim.model.hours import Hours
from fwsim.model.purposes import NO_EVENING
from fwsim.model.rollout import Rollout

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
NO_WAY = LATER_THAN_ALL
"""Milliseconds or bytes beyond everything."""
_KEPT = "planning.bounds.consent"


def consent_of(
    rollout: Rollout,
    devices: NDArray[np.int32],
    prompted: NDArray[np.bool_],
    cancels: NDArray[np.bool_],
    notice: Whole,
    sent: Whole,
) -> tuple[Floats, Whole]:
    """Return the largest chance of a *now* at once, and how long everybody else takes at least.

    Parameters
    ----------
    rollout
        The plan in one world.
    devices
        Those that are targeted, ascending; all that follows has a number for each of them.
    prompted, cancels
        Whether its user is asked, and may cancel.
    notice, sent
        How long the notice stands, and when the command is handed out; milliseconds.

    Returns
    -------
    tuple of ndarray
        Chances, and milliseconds; shape (targeted,).
    """
    consent = np.ones(len(devices))
    held = np.zeros(len(devices), np.int64)
    skips = rollout.assumptions.unattended_policy is UnattendedPolicy.SKIP_DIALOG
    alike = {"answer", "own_answer"} & rollout.scenario.chances.keys()
    if alike or skips or not prompted.any():
        return consent, held
    of_device, kinds, waits = _kinds(rollout, devices, prompted, cancels, notice)
    instead, habits = Instead[rollout.assumptions.missing_button.name], rollout.people()
    shares = []
    for kind in kinds:
        people = habits[kind // 4]
        shown = buttons(True, bool(kind % 2), kind // 2 % 2)
        shares.append(share_of_now(shown, people.now, people.defer, people.cancel, instead))
    consent[prompted] = np.array(shares)[of_device]
    held[prompted] = waits
    return consent, np.minimum(held, _until_switched_off(rollout, devices, sent))


_Kinds = tuple[Whole, list[int], Whole]


def _kinds(
    rollout: Rollout,
    devices: NDArray[np.int32],
    prompted: NDArray[np.bool_],
    cancels: NDArray[np.bool_],
    notice: Whole,
) -> _Kinds:
    """Return which kind of notice each prompted device shows, the kinds, and how long they stand.

    The same in every world. A kind is the people's code, then a bit for a button to defer, and one
    to cancel.
    """
    key = f"{_KEPT}.kinds"
    if rollout.origin is not None and key in rollout.kept:
        found: _Kinds = rollout.kept[key]
        return found
    classes, first = rollout.configuration.address_classes()
    reminders = [rollout.configuration.settings(d, 0).reminder for d in first.tolist()]
    offers = np.array([bool(times and delays) for times, delays in reminders])
    least = np.array([1000 * min(delays, default=0) for _, delays in reminders], np.int64)
    can_defer = offers[classes[devices]]
    codes = rollout.fleet.people.codes[devices].astype(np.int64)
    kinds, of_device = np.unique(
        ((codes * 2 + can_defer) * 2 + cancels)[prompted], return_inverse=True
    )
    waits = np.where(can_defer, np.minimum(notice, least[classes[devices]]), notice)
    known = of_device, kinds.tolist(), waits[prompted]
    if rollout.origin is not None:
        rollout.kept[key] = known
    return known


def _until_switched_off(rollout: Rollout, devices: NDArray[np.int32], sent: Whole) -> Whole:
    """Return how long a device certainly stays on: a shutdown runs the update."""
    habits = rollout.power()
    longest = max((p.jitter for p in habits), default=0)
    left = np.full(len(devices), NO_WAY, np.int64)
    ends_of_kinds, of_device = _switched_off(rollout, [p.on for p in habits])
    for kind, ends_on_time in enumerate(ends_of_kinds):
        mine = np.flatnonzero(of_device[devices] == kind)
        ends = ends_on_time - longest
        if len(mine) and len(ends):
            place = np.searchsorted(ends, sent[mine] - 2 * longest)
            next_end = np.append(ends, NO_WAY)[place]
            left[mine] = np.maximum(next_end - sent[mine], 0)
    return left


def _switched_off(rollout: Rollout, on: list[Week]) -> tuple[list[Whole], Whole]:
    """Return when devices of each kind are switched off, and the kind of each device."""
    key = tuple(on)
    known: dict[object, tuple[list[Whole], Whole]]
    known = {} if rollout.origin is None else rollout.kept.setdefault(f"{_KEPT}.off", {})
    if key not in known:
        hours = Hours(rollout)
        spans, kinds = hours.by_kind(rollout.fleet.power, on)
        before = hours.ended_before(rollout.fleet.power, on)
        ends = [
            np.array(
                [
                    *([before[kind]] if before[kind] != NO_EVENING else []),
                    *(end for _, end in stretches if end < rollout.horizon),
                ],
                np.int64,
            )
            for kind, stretches in enumerate(spans)
        ]
        known[key] = ends, np.array(kinds, np.int64)
    return known[key]
