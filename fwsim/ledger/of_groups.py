"""What a rollout came to for a part of its devices: an OU, a site, a model, a kind of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime

from fwsim.learning.known_names import devices_of, indices_of
from fwsim.ledger.decided import with_settled
from fwsim.ledger.happened import Happened, happened_of
from fwsim.ledger.kept import KeptForecast, epoch
from fwsim.ledger.seen import Seen, seen_in
from fwsim.ledger.sendings import sendings_of
from fwsim.ledger.to_come import Sendings, ToCome
from fwsim.measures.measure import Measure
from fwsim.measures.members import members_of
from fwsim.model.device_jobs import checking_devices
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.gaps import idle_in
from fwsim.observations.observed import Observed

_Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class LogOfAll:
    """The log of a rollout, and what it tells of all devices.

    Parameters
    ----------
    observed
        The log, as `fwsim.ledger.judged.with_fields` gives it.
    seen
        What it tells of all.
    sha256
        Of its content.
    until, kept_at
        As of `fwsim.ledger.happened.happened_of`.
    sendings
        What the scenario sends to devices.
    """

    observed: Observed
    seen: Seen
    sha256: str
    until: int | None
    kept_at: AwareDatetime
    sendings: Sendings


def with_groups(
    happened: Happened,
    log: LogOfAll,
    rollout: Rollout,
    kept: KeptForecast,
    measures: Iterable[Measure],
) -> Happened:
    """Return what a rollout came to, with the measures of groups that its log tells.

    Only of groups of which it is known whom the rollout is for: not where that shows only when a
    command runs.

    Parameters
    ----------
    happened
        What it came to for all devices.
    log
        Its log.
    rollout
        The scenario made ready: it says who belongs where.
    kept
        A forecast of it.
    measures
        What is wanted.
    """
    targeted = _targeted(rollout)
    parts: dict[tuple[str | None, str | None], list[Measure]] = {}
    for measure in measures:
        if not measure.is_of_all and measure.site is None:
            parts.setdefault((measure.unit, measure.group), []).append(measure)
    if not parts or targeted is None or targeted.sum() != kept.targeted:
        return happened
    everyone = np.arange(len(rollout.fleet), dtype=np.int32)
    whose = _Whose.of(log.observed, rollout)
    values, between = dict(happened.values), dict(happened.between)
    settled = dict(happened.settled_at)
    for several in parts.values():
        members = members_of(several[0], rollout.fleet, everyone)
        count = int((members & targeted).sum())
        if not count:
            continue
        seen = _seen_of(members, log, whose, rollout, kept)
        own_kept, of_all = kept.model_copy(update={"targeted": count}), [m.of_all for m in several]
        found = happened_of(
            seen,
            own_kept,
            of_all,
            log_sha256=log.sha256,
            until=log.until,
            is_over=log.sendings.to_come(log.seen.until, members) is ToCome.NOTHING,
            kept_at=log.kept_at,
        )
        found = with_settled(found, seen, own_kept, of_all, log.sendings.given_up(members))
        names = [(measure.name, measure.of_all.name) for measure in several]
        values |= {own: found.values[name] for own, name in names if name in found.values}
        between |= {own: found.between[name] for own, name in names if name in found.between}
        settled |= {own: found.settled_at[name] for own, name in names if name in found.settled_at}
    told = {"values": values, "between": between, "settled_at": settled}
    return happened.model_copy(update=told)


def _targeted(rollout: Rollout) -> _Flags | None:
    """Return whom the rollout is for; None where that shows only when a command runs."""
    field = what_is_due(rollout).judged
    found = np.zeros(len(rollout.fleet), np.bool_)
    found[what_is_due(rollout).starters] = True
    if checking_devices(rollout) and not found.any():
        return None
    for sent in sendings_of(rollout):
        if sent.field is not field or sent.at > rollout.horizon:
            continue
        if sent.is_for_anybody:
            return None
        found[sent.devices] = True
    return found


@dataclass(frozen=True)
class _Whose:
    """Whose the lines of a log are, and whom it shows idle: looked up once for all groups."""

    device: NDArray[np.int64]
    idle: NDArray[np.int64]

    @classmethod
    def of(cls, observed: Observed, rollout: Rollout) -> _Whose:
        idle = sorted(idle_in(observed))
        found = indices_of(idle, rollout, observed.renamed, observed.placed, observed.macs)
        return cls(devices_of(observed, rollout)[observed.device.codes], found[found >= 0])


def _seen_of(
    members: _Flags, log: LogOfAll, whose: _Whose, rollout: Rollout, kept: KeptForecast
) -> Seen:
    """Return what a log tells of some devices; what it tells of all holds for them, too."""
    whole = log.seen
    is_mine = (whose.device >= 0) & members[np.maximum(whose.device, 0)]
    seen = seen_in(
        log.observed.where(is_mine),
        epoch(kept.start),
        kept.ends_at,
        field=what_is_due(rollout).judged,
        due=kept.first_command_at,
        tells_of_others=True,
    )
    if seen is None:
        none = np.zeros(0)
        seen = Seen(whole.first, whole.until, 0, none, none, {}, 0, None, None, None, coarseness=0)
    nobody = np.zeros(0, np.int64)
    return replace(
        seen,
        until=whole.until,
        notices=None if whole.notices is None else _or(seen.notices, nobody),
        deferments=None if whole.deferments is None else seen.deferments or 0,
        cancels=None if whole.cancels is None else seen.cancels or 0,
        idle=int(members[whose.idle].sum()),
    )


def _or(notices: NDArray[np.int64] | None, nobody: NDArray[np.int64]) -> NDArray[np.int64]:
    return nobody if notices is None else notices
