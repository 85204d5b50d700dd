"""Counts out of logs: faults by phase, sites that can be woken, devices left on or not heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.policies import IdfCheckOrder
from fwsim.learning.begun import begun_apart, by_line
from fwsim.learning.failed_in import PHASES, has_detail
from fwsim.learning.habits_then import power_then
from fwsim.learning.journeys import Ints, Journeys
from fwsim.learning.presence_clock import PresenceClock, zone_of_units
from fwsim.learning.shares import Counts
from fwsim.learning.told_twice import APART
from fwsim.model.rollout import REPOSITORY, Rollout
from fwsim.observations.observed import LONG_AGO, What
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.sections import FaultPhase

FAULTS: dict[FaultPhase, Detail] = {
    "idf": Detail.IDF_NOT_AVAILABLE,
    "idf_signature": Detail.IDF_SIGNATURE_INVALID,
    "package": Detail.PACKAGE_NOT_FOUND,
    "transfer": Detail.TRANSFER_FAILED,
    "package_signature": Detail.PACKAGE_SIGNATURE_INVALID,
    "installation": Detail.INSTALLATION_FAILED,
}
"""By what a phase's fault is known."""
_WRITTEN = (What.WRITTEN, What.RESTARTING)
_FETCHED = (What.FETCHED, What.WRITING, *_WRITTEN)
_CHECKED = (What.QUEUED, What.FETCHING, *_FETCHED)
_PAST: dict[FaultPhase, tuple[What, ...]] = {
    "idf": (What.NOT_NEEDED, *_CHECKED),
    "idf_signature": _CHECKED,
    "package": _FETCHED,
    "transfer": _FETCHED,
    "package_signature": (What.WRITING, *_WRITTEN),
    "installation": _WRITTEN,
}
"""By what it is known that a device has passed a phase."""
MAYBE_OFF: frozenset[FaultPhase] = frozenset({"idf_signature", "package_signature"})
"""Phases that a configuration may leave out, so that none failing says nothing."""
_OVER_THE_LINE = frozenset({"idf", "transfer"})
"""Phases that fail while a line is cut."""
_LATER: dict[FaultPhase, tuple[Detail, ...]] = {
    phase: tuple(FAULTS[other] for after in PHASES[stage + 1 :] for other in after)
    for stage, phases in enumerate(PHASES)
    for phase in phases
}
"""What goes wrong only for a device that has passed a phase."""
_OF_INSTALLING = frozenset({"package_signature", "installation"})
"""Phases that a delivery does not have."""
FEWEST_TRIES = 3
"""At a site where so many wake-ups failed, and none worked, wake-up does not work."""
_WEEK = 7 * 24 * 3600 * 1000


@dataclass(frozen=True)
class Tally:
    """How many of how many, by cluster and rollout; arrays have shape (clusters, rollouts).

    Parameters
    ----------
    hits, of
        Counts.
    """

    hits: Counts
    of: Counts

    @property
    def total(self) -> tuple[int, int]:
        """All together."""
        return int(self.hits.sum()), int(self.of.sum())


def _tally(hit: NDArray[np.bool_], cluster: Ints, rollout: Ints, rollouts: int) -> Tally:
    shape = (int(cluster.max(initial=0)) + 1, rollouts)
    hits, of = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    np.add.at(of, (cluster, rollout), 1)
    np.add.at(hits, (cluster[hit], rollout[hit]), 1)
    return Tally(hits, of)


def _by_job(journeys: Journeys, lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which jobs have one of some lines."""
    job = journeys.job
    found = np.zeros(int(job.max(initial=-1)) + 1, bool)
    found[job[lines]] = True
    return found


def first_lines(journeys: Journeys) -> Ints:
    """Return the first line of each job."""
    return np.unique(journeys.job, return_index=True)[1].astype(np.int64)


def _in_outage(journeys: Journeys, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines came while nothing got to a device, by the outages the scenario states."""
    found = np.zeros(len(journeys), bool)
    site = journeys.attribute(rollout.fleet.site, journeys.device)
    begun = rollout.epoch
    for code, start, end in rollout.outages(since=LONG_AGO - begun):  # logs are older
        during = (journeys.late >= begun + start) & (journeys.early < begun + end)
        found |= during & ((site == code) | (code == REPOSITORY))
    return found


def _of_before(journeys: Journeys, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines are of a rollout before, in logs that reach into this one.

    A console goes on showing what became of it. A log of another date is older, too, and all of it
    is meant; so is a command that began earlier than planned.
    """
    earlier = np.minimum(by_line(journeys, begun_apart(journeys, rollout)), 0)
    is_before = journeys.late < rollout.epoch + earlier - APART
    reaches = np.zeros(journeys.rollouts, bool)
    reaches[journeys.rollout[~is_before]] = True
    return np.asarray(is_before & reaches[journeys.rollout])


def _got_through(journeys: Journeys, phase: FaultPhase, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines say that their job has passed a phase.

    Who is done has passed all of them; what was only delivered has been fetched. Who is asked has
    fetched the image's definition, unless that comes after the answer.
    """
    passed = journeys.of(What.DONE)
    if phase in _OF_INSTALLING:
        passed &= ~journeys.of_deliveries()
    passed |= journeys.of(*_PAST[phase]) | has_detail(journeys, *_LATER[phase])
    if phase == "idf" and rollout.assumptions.idf_check_order is not IdfCheckOrder.AFTER:
        passed |= journeys.of(What.ASKED)
    return passed


def fault_tallies(journeys: Journeys, rollout: Rollout) -> dict[FaultPhase, Tally]:
    """Return how many runs of a command on a device failed in each phase, clustered by model.

    A run that was under way in the phase when the log ended counts in neither number; nor, of
    transfers, one that was taken up, for only the bytes that were left could break. What failed
    during an outage that the scenario states, or stalled in one, was no chance.
    """
    first = first_lines(journeys)
    cut = _in_outage(journeys, rollout)
    now = ~_of_before(journeys, rollout)
    whole = ~_by_job(journeys, journeys.of_taken_up())
    models = rollout.fleet.attributes.get("Device type")
    model = np.maximum(journeys.attribute(models, journeys.device[first]), 0)
    found: dict[FaultPhase, Tally] = {}
    for phase, detail in FAULTS.items():
        is_broken = has_detail(journeys, detail) & ~(cut & (phase in _OVER_THE_LINE))
        failed = _by_job(journeys, now & is_broken)
        tried = failed | _by_job(journeys, now & _got_through(journeys, phase, rollout))
        if phase == "transfer":
            tried &= whole
        found[phase] = _tally(
            failed[tried], model[tried], journeys.rollout[first][tried], journeys.rollouts
        )
    return found


@dataclass(frozen=True)
class Waking:
    """What was seen of wake-up.

    Parameters
    ----------
    sites
        Sites at which it works, of those that tell; by rollout.
    devices
        Devices that woke, of those tried at such sites; a cluster a site.
    in_vain
        Sites at which it does not work, by their number.
    """

    sites: Tally
    devices: Tally
    in_vain: tuple[int, ...] = ()


def waking(journeys: Journeys, rollout: Rollout) -> Waking:
    """Return at how many sites wake-up works, and how many devices woke where it does."""
    first = first_lines(journeys)
    failed = _by_job(journeys, has_detail(journeys, Detail.NOT_SWITCHED_ON))
    after = journeys.following(first)
    reached = np.isin(
        journeys.what[np.maximum(after, 0)],
        [int(What.OFFERED), int(What.CHECKING), int(What.ASKED), int(What.ON)],
    )
    reached |= has_detail(journeys, Detail.BUSY)[np.maximum(after, 0)]
    woken = (journeys.what[first] == What.OFF) & (after >= 0) & reached & ~failed
    tried = (failed | woken) & (journeys.stretch[first] == 0)
    site = np.maximum(journeys.attribute(rollout.fleet.site, journeys.device[first]), 0)
    log = journeys.rollout[first]
    devices = _tally(woken[tried], site[tried], log[tried], journeys.rollouts)
    works = devices.hits.sum(axis=1) > 0
    tells = works | (devices.of.sum(axis=1) >= FEWEST_TRIES)
    by_site = _tally(
        works[tells], np.zeros(int(tells.sum()), np.int64), np.zeros(int(tells.sum()), np.int64), 1
    )
    in_vain = tuple(np.flatnonzero(tells & ~works).tolist())
    return Waking(by_site, Tally(devices.hits[works], devices.of[works]), in_vain)


def power_tallies(journeys: Journeys, rollout: Rollout) -> dict[tuple[str, str], Tally]:
    """Return devices left on, and switch-offs not heard of, by power habit.

    Out of its hours a device that is reached unwoken was left on. One that is off although it is
    shown as on was switched off without a word.

    Returns
    -------
    dict
        By habit and by ``left_on`` or ``unreported``.
    """
    first = first_lines(journeys)
    device = journeys.device[first]
    unheard = _by_job(
        journeys, has_detail(journeys, Detail.CONNECTION_TIMED_OUT, Detail.NO_REPLY_TO_PING)
    )
    shown_off = _by_job(journeys, has_detail(journeys, Detail.SHOWN_AS_OFF, Detail.NOT_SWITCHED_ON))
    shown_off |= journeys.what[first] == What.OFF
    is_off = unheard | shown_off
    reached = _by_job(journeys, journeys.of(What.OFFERED, What.CHECKING, What.ASKED)) & ~is_off
    at_night = _out_of_hours(journeys, first, rollout)
    names = rollout.fleet.power.values
    kinds = [name if name in rollout.scenario.power else DEFAULT for name in names]
    kind = np.array(kinds)[np.maximum(journeys.attribute(rollout.fleet.power, device), 0)]
    log = journeys.rollout[first]
    found: dict[tuple[str, str], Tally] = {}
    for name in dict.fromkeys(kinds):
        mine = (kind == name) & (device >= 0) & (journeys.stretch[first] == 0)
        for field, hit, of in (
            ("left_on", reached, at_night & (reached | is_off)),
            ("unreported", unheard, is_off),
        ):
            chosen = mine & of
            if chosen.any():
                nothing = np.zeros(int(chosen.sum()), np.int64)
                found[name, field] = _tally(hit[chosen], nothing, log[chosen], journeys.rollouts)
    return found


def _out_of_hours(journeys: Journeys, lines: Ints, rollout: Rollout) -> NDArray[np.bool_]:
    """Tell which lines were written when their device, as a habit, is off.

    What an export shows was written at some time since the one before, and in the first at any
    time: the device has to be off all that time, of which no habit makes more than a week.
    """
    device = np.maximum(journeys.device[lines], 0)
    early, late = journeys.early[lines], journeys.late[lines]
    is_told = late - early <= _WEEK
    if not is_told.any():
        return is_told
    power = power_then(rollout, int(early[is_told].min()), int(late[is_told].max()))
    zones, zone_of = zone_of_units(rollout.zones())
    kind = rollout.fleet.power.codes[device].astype(np.int64)
    zone = zone_of[rollout.fleet.unit.codes[device]]
    found = np.zeros(len(lines), bool)
    for key in np.unique(np.stack([kind, zone])[:, is_told], axis=1).T:
        mine = (kind == key[0]) & (zone == key[1]) & is_told
        habit = power[int(key[0])]
        if habit.on.is_always:
            continue
        margin = habit.jitter + round(timedelta(minutes=1) / timedelta(milliseconds=1))
        first, last = int(early[mine].min()) - margin, int(late[mine].max()) + margin
        clock = PresenceClock(habit.on, zones[int(key[1])], first, last)
        found[mine] = clock.read(late[mine] + margin) == clock.read(early[mine] - margin)
    return found


def delays_picked(journeys: Journeys, rollout: Rollout) -> dict[str, dict[int, int]]:
    """Return how often each delay was picked, milliseconds, by kind of people."""
    names = rollout.fleet.people.values
    kinds = [name if name in rollout.scenario.people else DEFAULT for name in names]
    chosen = np.flatnonzero(
        journeys.of(What.DEFERRED) & (journeys.amount > 0) & (journeys.device >= 0)
    )
    kind = np.array(kinds)[journeys.attribute(rollout.fleet.people, journeys.device[chosen])]
    found: dict[str, dict[int, int]] = {}
    for name in dict.fromkeys(kinds):
        delays, counts = np.unique(journeys.amount[chosen[kind == name]], return_counts=True)
        if len(delays):
            found[name] = dict(zip(delays.tolist(), counts.tolist(), strict=True))
    return found
