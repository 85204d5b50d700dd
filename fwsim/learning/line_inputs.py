"""What logs tell of lines: what each carries of its label, and what others take of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from fwsim.fleet.spans import merged
from fwsim.learning.before import line_belief
from fwsim.learning.behind_hubs import StillUnderWay
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.hub_inputs import Hubs, line_cells
from fwsim.learning.journeys import Journeys
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.line_hours import Hours, hours_of
from fwsim.learning.line_loads import own_rate
from fwsim.learning.lines import (
    STATUS_LOG_ERROR,
    Cuts,
    LineDownloads,
    LineFit,
    fit_line,
)
from fwsim.learning.lines_above import LineAbove, waits_for, waits_for_hub
from fwsim.learning.shares import next_rollout
from fwsim.learning.writing import (
    Asked,
    not_measured,
    ranged_line,
    share_text,
)
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Transfers, What
from fwsim.quantities.beliefs import (
    ENOUGH_ROLLOUTS,
    NOTHING,
    Z95,
    Between,
    PerPlace,
    Scale,
    Support,
)
from fwsim.scenario.default_beliefs import LEAST_FACTOR, line_place
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.network_section import LineSection, SiteSection

_WAITS = 0.25
"""Share of a site's bytes from which on a full repository or hub hides its line."""
_TOO_FAST = 2.0
"""Times a device's own rate from which on a download's time cannot be right."""
SITES = ("network", "sites")
BOUND = "bound"
"""What is told beside a line that was learnt by itself: the share of the bytes it bound."""


def line_inputs(
    journeys: Journeys,
    rollout: Rollout,
    web: Transfers | None,
    asked: Asked,
    error: float = STATUS_LOG_ERROR,
    still: StillUnderWay | None = None,
    standing: Mapping[str, Cuts] | None = None,
) -> list[Input]:
    """Return what every line carries of its label, and what others take of those of sites.

    Parameters
    ----------
    journeys
        What was seen of the devices.
    rollout
        Of the scenario.
    web
        What the repository's web server saw, if anything.
    asked
        How many draws.
    error
        Standard error, on the logarithm, of what a status log alone tells.
    still
        Of a rollout that is under way.
    standing
        When lines seem to have stood still, by site: they are learnt without that.
    """
    seen = DownloadsSeen.of(journeys, rollout, web)
    hubs = Hubs.seen(seen, rollout, asked, error, still)
    reader = _Reader(seen, rollout, error, hubs, standing or {})
    found: list[Input] = []
    hours: list[Input] = []
    told: dict[str, float] = {}
    rollouts, of_all = _rollouts_seen(journeys, rollout)
    lines = zip(rollout.fleet.site.values, rollout.sites(), strict=True)
    for code, (name, line) in enumerate(lines):
        place = line_place("sites", name)
        fit = reader.fit(code, name, line)
        if isinstance(fit, Input):
            found.append(hubs.told_of(fit, rollouts[code]))
            continue
        told[name] = fit.line.factor
        found.append(_line(place, fit.line, line, asked, rollouts[code]))
        if fit.hours is not None:
            hours.append(_taken(name, fit.line, fit.hours, rollouts[code]))
    found += hubs.inputs(of_all)
    unseen = _unseen(rollout, told, asked, of_all, 0.0 if seen.is_web else error)
    return [*found, *_hours_told(hours), *unseen]


def _rollouts_seen(journeys: Journeys, rollout: Rollout) -> tuple[list[int], int]:
    """Return in how many rollouts each site's devices were seen fetching, and any of them.

    Where status logs tell of none, the web server's log may be of all.
    """
    site = rollout.fleet.site
    fetching = np.flatnonzero(journeys.of(What.FETCHING) & (journeys.device >= 0))
    log = journeys.rollout[fetching]
    pairs = np.unique(np.stack([site.codes[journeys.device[fetching]], log]), axis=1)
    counts = np.bincount(pairs[0].astype(np.int64), minlength=len(site.values))
    every = journeys.rollouts
    return np.where(counts > 0, counts, every).tolist(), len(np.unique(log)) or every


@dataclass(frozen=True)
class _Told:
    """What downloads tell of one line.

    Parameters
    ----------
    line
        What it carries.
    hours
        What others take of it by the hour; None where nobody asks, because the scenario says it or
        no web server's log does.
    """

    line: LineFit
    hours: Hours | None


class _Reader:
    """Looks at one line after the other.

    Parameters
    ----------
    seen
        Downloads by site.
    rollout
        Of the scenario.
    error
        Of what a status log alone tells.
    hubs
        What was learnt of hubs.
    standing
        When lines seem to have stood still.
    """

    def __init__(
        self,
        seen: DownloadsSeen,
        rollout: Rollout,
        error: float,
        hubs: Hubs,
        standing: Mapping[str, Cuts],
    ) -> None:
        self._rollout, self._seen, self._hubs, self._standing = rollout, seen, hubs, standing
        self._error = 0.0 if seen.is_web else error
        uplink = float(rollout.scenario.network.repository.carries)
        self._waits = waits_for(seen.crossing, LineAbove(uplink), seen.cuts)
        self._waits_for_hub = waits_for_hub(seen, rollout, hubs.least)

    def fit(self, code: int, name: str, line: SiteSection) -> _Told | Input:
        """Return what is told of a line, or why it is kept as it was."""
        downloads, place = self._seen.sites.get(name), line_place("sites", name)
        if downloads is None or not len(downloads):
            is_begun = name in self._seen.begun
            kept = Kept.LINE_NOT_TIMED if is_begun else Kept.NO_DOWNLOAD
            return Input(place=place, noun="download", kept=kept)
        hidden = self._hidden(name, line)
        if hidden is not None:
            count = len(downloads.that_count)
            return Input(place=place, noun="download", observations=count, kept=hidden)
        label, rate = line.payload, own_rate(self._rollout, code, line)
        zone, cuts = self._rollout.zone, self._seen.cuts[name]
        busy = self._seen.taken_of(line, downloads, zone, cuts)
        fit = self._fit(downloads, rate, label, busy)
        if not fit.tells:
            count = fit.downloads
            kept = self._never_full(downloads, rate) if count else self._not_timed(name, rate)
            return Input(place=place, noun="download", observations=count, kept=kept)
        if stood := self._standing.get(name):
            # How much of what was under way came before and after it, nobody knows.
            downloads, cuts = downloads.apart_from(stood), merged([*cuts, *stood])
            busy = self._seen.taken_of(line, downloads, zone, cuts)
            count, fit = fit.downloads, self._fit(downloads, rate, label, busy)
            if not fit.tells:
                kept = Kept.STOOD_STILL
                return Input(place=place, noun="download", observations=count, kept=kept)
        if line.busy or not self._seen.is_web:
            return _Told(fit, None)
        free = self._seen.free_on(line)
        hours = hours_of(downloads, rate, label, fit.factor, zone, cuts, free)
        if hours.taken:
            busy = self._seen.taken_of(line, downloads, zone, cuts, hours.taken)
            fit = self._fit(downloads, rate, label, busy)
        return _Told(fit, hours)

    def _hidden(self, name: str, line: SiteSection) -> Kept | None:
        """Return what else than a line held its downloads back; None if nothing did."""
        if name in self._seen.served:
            return Kept.PROXY_SERVES
        if self._waits[name] > _WAITS:
            return Kept.REPOSITORY_FULL
        if name in self._hubs.fitted_with or self._waits_for_hub[name] > _WAITS:
            return Kept.HUB_FULL
        return Kept.LINE_HELD if line.updates_at_most is not None else None

    def _never_full(self, downloads: LineDownloads, rate: float) -> Kept:
        """Return why the line was not seen, as far as its downloads tell a time."""
        if self._seen.is_web and _is_too_fast(downloads, rate):
            return Kept.FASTER_THAN_DEVICES
        return Kept.LINE_NEVER_FULL

    def _not_timed(self, name: str, rate: float) -> Kept:
        """Return why no download over a line has a time that counts."""
        if self._seen.is_web and _is_too_fast(self._seen.as_told[name], rate):
            return Kept.FASTER_THAN_DEVICES
        return Kept.LINE_NOT_TIMED

    def _fit(
        self,
        downloads: LineDownloads,
        rate: float,
        label: float,
        busy: list[tuple[int, float]],
    ) -> LineFit:
        counted = downloads.that_count
        hidden = 1.0 - counted.is_told.mean() if self._seen.is_web and len(counted) else 0.0
        # Those that have ended first had more than their share of the line.
        error = float(np.hypot(self._error, STATUS_LOG_ERROR * hidden))
        return fit_line(downloads, rate, label, busy, step=self._seen.step, error=error)


def _is_too_fast(downloads: LineDownloads, rate: float) -> bool:
    """Tell whether most downloads are faster than their devices, bytes per second, can be."""
    counted = downloads.that_count
    sized = counted.where(counted.is_told)
    speed = sized.size / (sized.end - sized.begin) * 1000.0
    return bool(len(speed)) and float(np.median(speed)) > _TOO_FAST * rate


def _taken(name: str, fit: LineFit, hours: Hours, rollouts: int) -> Input:
    """Return what others take of one line."""
    place = (*SITES, name, "busy")
    if not hours.taken:
        kept = Kept.HOURS_ALIKE if hours.seen > 1 else Kept.ONE_HOUR
        return Input(place=place, noun="download", observations=fit.downloads, kept=kept)
    return Input(
        place=place,
        value={hour: share_text(share) for hour, share in hours.taken.items()},
        noun="download",
        observations=fit.downloads,
        rollouts=rollouts,
    )


def _hours_told(hours: list[Input]) -> list[Input]:
    """Return what was learnt of hours; of what was kept the most common reason stands for all."""
    learnt = [one for one in hours if one.is_learnt]
    reasons = [one.kept for one in hours if one.kept is not None]
    if not reasons:
        return learnt
    usual = max(Kept, key=reasons.count)
    count = reasons.count(usual)
    place = (*SITES, "busy")
    return [*learnt, Input(place=place, noun="line", observations=count, kept=usual)]


def _line(
    place: tuple[str, ...], fit: LineFit, line: LineSection, asked: Asked, rollouts: int
) -> Input:
    """Return what is believed of one line's factor: normal laws on the logarithm that meet."""
    before, unsure = line_belief(line)
    weight = unsure**2 / (unsure**2 + fit.error**2)
    middle = before + weight * (np.log(fit.factor) - before)
    spread = np.sqrt(weight) * fit.error
    drawn = np.exp(middle + spread * asked.luck(place).standard_normal(asked.rows))
    drawn = np.clip(drawn, LEAST_FACTOR, 1.0)
    return Input(
        place=place,
        value=ranged_line(drawn, not_measured(rollouts)),
        noun="download",
        observations=fit.downloads,
        rollouts=rollouts,
        columns={".".join(place): line_cells(place, drawn, asked, rollouts)},
        by={"factor": fit.factor, "error": fit.error, BOUND: fit.bound},
        belief=cut_at_label(middle - Z95 * spread, middle + Z95 * spread),
    )


def cut_at_label(low: float, high: float, support: Support = NOTHING) -> Between:
    """Return what is believed of a line's factor, which no range of a file says: it is cut at 1.

    Parameters
    ----------
    low, high
        Logarithms of the ends of the range before it is cut.
    support
        What it stands on.
    """
    return Between(float(np.exp(low)), float(np.exp(high)), Scale.LOG, most=1.0, support=support)


def _unseen(
    rollout: Rollout, told: Mapping[str, float], asked: Asked, rollouts: int, error: float
) -> Iterable[Input]:
    """Yield what the lines seen say of those that were not: Student's law over sites.

    By what logs alone tell all may be off alike, which does not show in how they differ.
    """
    scenario, place = rollout.scenario, line_place("sites", DEFAULT)
    named = scenario.network.sites
    own = [factor for name, factor in told.items() if name not in named]
    is_needed = any(name not in named and name not in told for name in rollout.fleet.site.values)
    if DEFAULT not in named or not is_needed or len(own) < ENOUGH_ROLLOUTS:
        return
    law = next_rollout(np.log(np.minimum(own, 1.0)))
    law = replace(law, scale=float(np.hypot(law.scale, error)))
    drawn = np.clip(np.exp(law.draws(asked.rows, asked.luck(place))), LEAST_FACTOR, 1.0)
    low, high = law.quantile(np.array([0.05, 0.95])).tolist()
    yield Input(
        place=place,
        value=ranged_line(drawn, not_measured(rollouts)) | {"each": "site"},
        noun="site",
        observations=len(own),
        rollouts=rollouts,
        belief=cut_at_label(low, high, Support(each=PerPlace.SITE)),
    )
