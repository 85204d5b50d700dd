"""The earliest each device can be successful in any run: closed forms, no simulation.

Everything that can only delay a device further is left out: boot and installation time, faults,
other downloads on its line. So a bound is never contradicted by a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, DeliveryCommand, UefiUpdateCommand, UpdateCommand
from fwsim.commands.details import Detail
from fwsim.commands.image import fetch_plan, is_modified
from fwsim.commands.notice import NEVER
from fwsim.messages import say
from fwsim.model.assignments import assigned_of
from fwsim.model.configuration import Address
from fwsim.model.device_jobs import checking_devices, notifications_of, scheduled_jobs_of
from fwsim.model.first_due import may_mean_anybody
from fwsim.model.order import force_at_of
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.model.set_up import SetUp
from fwsim.planning.bounds.consent import NO_WAY, consent_of

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_KEPT = "planning.bounds.earliest"


@dataclass(frozen=True)
class Earliest:
    """What holds every targeted device back; arrays have shape (targeted,).

    Parameters
    ----------
    device
        Which, ascending.
    site
        Index of its line.
    turn
        When it is its turn under its command at the earliest, milliseconds.
    sent
        When its command is handed out then: windows may hold it back; `NO_WAY` for ever.
    ready
        When it can be successful at the earliest, if its user agrees at once and it has the line
        to itself; `NO_WAY` if it never can.
    size
        Bytes that must reach it, at least.
    over_line
        Whether they come over its site's line: not where a proxy may hand them on.
    consent
        Largest chance that its user agrees at once; 1 where nobody is asked.
    held
        Milliseconds by which it comes later if its user does not.
    needs
        Whether it certainly needs the update.
    first_command
        When the first update was due.
    due
        When the first command that may bring it bytes was due.
    site_due
        When the first bytes may come over each site's line, whoever fetches them; shape (sites,).
    by_site
        Their places here, site by site, those with the fewest bytes first.
    """

    device: NDArray[np.int32]
    site: Whole
    turn: Whole
    sent: Whole
    ready: Whole
    size: Whole
    over_line: NDArray[np.bool_]
    consent: Floats
    held: Whole
    needs: NDArray[np.bool_]
    first_command: int
    due: Whole
    site_due: Whole
    by_site: Whole

    @property
    def traffic_from(self) -> int:
        """When the first bytes can flow."""
        return min(self.first_command, int(self.due.min(initial=NO_WAY)))


def why_unbounded(rollout: Rollout) -> str | None:
    """Return what makes closed forms impossible; None if nothing does."""
    scenario = rollout.scenario
    own = (notifications_of, scheduled_jobs_of, checking_devices, assigned_of)
    if any(found(rollout) for found in own):
        return say("bounds.own_updates")
    if scenario.changes:
        return say("bounds.changes")
    if any(may_mean_anybody(command.target, rollout) for _, command in _updates(rollout)):
        return say("bounds.groups")
    if not _updates(rollout):
        return say("bounds.no_update")
    return None


def _updates(rollout: Rollout) -> list[tuple[int, Command]]:
    return [
        (run.at, run.command)
        for run in rollout.runs
        if isinstance(run.command, UpdateCommand) and not isinstance(run.command, UefiUpdateCommand)
    ]


def earliest(rollout: Rollout) -> Earliest:
    """Return what holds each targeted device back.

    Parameters
    ----------
    rollout
        One for which `why_unbounded` finds nothing.
    """
    whom = _certain(rollout)
    asked, devices = whom.asked, whom.devices
    # Whoever is asked by several commands, or again after a loss of power, may agree every time.
    prompted = asked.prompted & (asked.times_sent == 1) & ~_may_lose_power(rollout)
    sent = asked.sent[devices]
    consent, held = consent_of(
        rollout, devices, prompted[devices], asked.cancels[devices], asked.notice[devices], sent
    )
    size = 0 if whom.delivered else whom.size
    ready = sent + _alone(rollout, devices, whom.site, size, whom.proxied)
    return Earliest(
        devices,
        whom.site,
        asked.turn[devices],
        sent,
        np.where(whom.size >= NO_WAY, NO_WAY, np.minimum(ready, NO_WAY)),
        whom.size,
        ~whom.proxied,
        consent,
        held,
        whom.needs,
        asked.first,
        whom.due[devices],
        whom.site_due,
        whom.by_site,
    )


@dataclass(frozen=True)
class _Certain:
    """What hangs on nothing that is in doubt; arrays have shape (targeted,).

    Parameters
    ----------
    asked
        Of the fleet.
    devices, site, size, needs, site_due, by_site
        As in `Earliest`.
    proxied
        Whether a proxy may hand on their bytes.
    delivered
        Whether anything is delivered ahead.
    due
        As in `Earliest`, of the fleet; shape (devices,).
    """

    asked: _Asked
    devices: NDArray[np.int32]
    site: Whole
    size: Whole
    needs: NDArray[np.bool_]
    site_due: Whole
    by_site: Whole
    proxied: NDArray[np.bool_]
    delivered: bool
    due: Whole


def _certain(rollout: Rollout) -> _Certain:
    """Return what is the same in every world; looked up once for those of one fleet."""
    if rollout.origin is None:
        return _looked_up(rollout)
    if _KEPT not in rollout.kept:
        rollout.kept[_KEPT] = _looked_up(rollout)
    found: _Certain = rollout.kept[_KEPT]
    return found


def _looked_up(rollout: Rollout) -> _Certain:
    asked = _asked(rollout)
    devices = np.flatnonzero(asked.times_sent).astype(np.int32)
    size, needs, proxied = _bytes(rollout, devices, asked.formats)
    proxied |= np.isin(devices, [*rollout.static_proxies])
    site = rollout.fleet.site.codes[devices].astype(np.int64)
    due = _due(rollout, asked.due)
    site_due = np.full(len(rollout.hub_of), NO_WAY, np.int64)
    np.minimum.at(site_due, rollout.fleet.site.codes, due)
    by_site = np.lexsort((size, site))
    delivered = any(isinstance(run.command, DeliveryCommand) for run in rollout.runs)
    return _Certain(asked, devices, site, size, needs, site_due, by_site, proxied, delivered, due)


def _due(rollout: Rollout, updates: Whole) -> Whole:
    """Return when the first update or delivery of each device was due; shape (devices,)."""
    due = updates.copy()
    for run in rollout.runs:
        if isinstance(run.command, DeliveryCommand):
            # Who is in a group may not be known before it runs.
            target = run.command.target
            whom = slice(None) if may_mean_anybody(target, rollout) else rollout.find(target)
            due[whom] = np.minimum(due[whom], run.at)
    return due


@dataclass(frozen=True)
class _Asked:
    """What the updates ask of each device of the fleet; arrays have shape (devices,).

    Parameters
    ----------
    turn, sent
        When it is its turn at the earliest, and when a command is handed out then.
    prompted, cancels, formats
        Whether every command asks its user, any lets it cancel, every one formats the system.
    times_sent
        How many commands are sent to it.
    notice
        Milliseconds that the shortest notice stands.
    due
        When the first update of it was due; `NO_WAY` if none.
    first
        When the first update was due.
    """

    turn: Whole
    sent: Whole
    prompted: NDArray[np.bool_]
    cancels: NDArray[np.bool_]
    formats: NDArray[np.bool_]
    times_sent: Whole
    notice: Whole
    due: Whole
    first: int


def _asked(rollout: Rollout) -> _Asked:
    count = len(rollout.fleet)
    turn, sent, due = np.full((3, count), NO_WAY, np.int64)
    prompted, cancels, formats = np.ones((3, count), bool)
    cancels[:] = False
    times_sent = np.zeros(count, np.int64)
    notice = np.full(count, NO_WAY, np.int64)
    firsts = []
    for at, command in _updates(rollout):
        assert isinstance(command, UpdateCommand)  # noqa: S101 - `_updates` chose them
        targets = rollout.find(command.target)
        if not len(targets):
            continue
        firsts.append(at)
        due[targets] = np.minimum(due[targets], at)
        turns = at + np.arange(len(targets), dtype=np.int64) * command.devices_wait
        turn[targets] = np.minimum(turn[targets], turns)
        turns = assigned_of(rollout).commands_open(targets.astype(np.int64), turns)
        sent[targets] = np.minimum(sent[targets], turns)
        prompted[targets] &= command.inform_user is not None
        cancels[targets] |= command.user_can_cancel
        formats[targets] &= command.format_system_partition
        times_sent[targets] += 1
        length = NO_WAY if command.inform_user == 0 else 1000 * (command.inform_user or 0)
        force_at = force_at_of(command, rollout)
        forced = NO_WAY if force_at == NEVER else np.maximum(force_at - turns, 0)
        notice[targets] = np.minimum(notice[targets], np.minimum(length, forced))
    first = min(firsts, default=0)
    return _Asked(turn, sent, prompted, cancels, formats, times_sent, notice, due, first)


def _may_lose_power(rollout: Rollout) -> NDArray[np.bool_]:
    """Return which devices' power may be lost; shape (devices,)."""
    lost = np.array([p.mean_time_between_losses is not None for p in rollout.power()], bool)
    may_lose: NDArray[np.bool_] = lost[rollout.fleet.power.codes]
    return may_lose


def _alone(
    rollout: Rollout,
    devices: NDArray[np.int32],
    site: Whole,
    size: Whole | int,
    proxied: NDArray[np.bool_],
) -> Whole:
    """Return how long the bytes take a device that has all lines to itself, milliseconds."""
    rates = rollout.fleet.device_rate[devices].astype(np.float64)
    rates = np.where(rates > 0, rates, np.inf)
    rate = np.minimum(
        np.minimum(rollout.path_rates[site], rates), rollout.scenario.network.repository.carries
    )
    alone: Floats = np.where(proxied, 0.0, size * 1000 / np.maximum(rate, 1))
    sizes = np.broadcast_to(np.asarray(size, np.int64), site.shape)
    set_up = SetUp(rollout).least_of(site, rollout.fleet.device_rate[devices], sizes)
    alone += np.where(proxied, 0, set_up)
    return np.minimum(alone, NO_WAY).astype(np.int64)


def _bytes(
    rollout: Rollout, devices: NDArray[np.int32], formats: NDArray[np.bool_]
) -> tuple[Whole, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each device the fewest bytes, whether it needs them, whether proxies may help."""
    classes, first = rollout.configuration.address_classes()
    installed = rollout.fleet.installed
    choices = rollout.installed_choices()
    count = len(installed.values)
    pairs, of_device = np.unique(
        (classes[devices] * count + installed.codes[devices]) * 2 + formats[devices],
        return_inverse=True,
    )
    size = np.full(len(pairs), NO_WAY, np.int64)
    needs, proxied = np.zeros((2, len(pairs)), bool)
    for number, pair in enumerate(pairs.tolist()):
        kind, format_first = divmod(pair, 2)
        which, code = divmod(kind, count)
        address = rollout.configuration.address(int(first[which]), 0)
        proxied[number] = address.settings.has_proxy
        fetches = [*_fetches(rollout, address, choices[code], bool(format_first))]
        wanted = [total for total in fetches if total is not None]
        size[number] = min(wanted, default=NO_WAY)
        needs[number] = len(wanted) == len(fetches)
    return size[of_device], needs[of_device], proxied[of_device]


def _fetches(
    rollout: Rollout, address: Address, choices: list[tuple[int, float]], format_first: bool
) -> Iterator[int | None]:
    """Yield the bytes for each image a device may run; None where it needs no update."""
    offered = rollout.configuration.served(address, 0)
    for number, share in choices:
        if isinstance(offered, Detail) or offered < 0:
            yield NO_WAY
            continue
        if not share:
            continue
        image = rollout.images[offered]
        runs = None if number == UNKNOWN_IMAGE else rollout.images[number]
        newer_only = rollout.assumptions.newer_only
        if is_modified(runs, image, newer_only=newer_only):
            yield fetch_plan(runs, image, format_first=format_first).total
        else:
            yield None
