"""What logs tell of places and power: lines, wake-up, habits of the power switch, faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from fwsim.fleet.busy_times import largest_shares
from fwsim.fleet.week import intervals, read_week
from fwsim.learning.before import line_belief, stated_share
from fwsim.learning.counted import (
    MAYBE_OFF,
    Tally,
    fault_tallies,
    power_tallies,
    waking,
)
from fwsim.learning.journeys import NOBODY, Ints, Journeys, known_devices
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.lines import (
    STATUS_LOG_ERROR,
    WEB_LOG_ERROR,
    Downloads,
    LineFit,
    fit_line,
    waits_for_repository,
)
from fwsim.learning.shares import clustered, next_rollout, share_after, share_between
from fwsim.learning.took import UNKNOWN, Sizes, transfers
from fwsim.learning.writing import Asked, digits, moved, ranged, share_cells
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Transfers, What
from fwsim.quantities.beliefs import ENOUGH_ROLLOUTS, NOTHING, About, Belief, Scale
from fwsim.quantities.elementary import Floats
from fwsim.scenario.belief_values import SHARE, written
from fwsim.scenario.default_beliefs import LEAST_FACTOR
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.sections import LineSection, PowerSection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 3600 * 1000
_DIGITS = 3
_WAITS = 0.25
"""Share of a site's bytes from which on a full repository hides its line."""


def share_input(
    place: tuple[str, ...],
    tally: Tally,
    before: Belief | None,
    noun: str,
    asked: Asked,
    *,
    kept: Kept,
) -> Input:
    """Return a share from counts, by cluster and rollout.

    Parameters
    ----------
    place
        Its keys.
    tally
        Counts.
    before
        What the scenario believes of it; None if it is not in doubt.
    noun
        What is counted.
    asked
        How many draws.
    kept
        Why it is kept where nothing was counted.
    """
    _, of = tally.total
    if not of:
        return Input(place=place, noun=noun, kept=kept)
    belief, rollouts = _counted(tally, before)
    chances = asked.luck(place).random((asked.rows, 1))
    drawn = moved(belief.quantile(chances)[:, 0], asked.steps(place, rollouts)[:, 0], Scale.LOGIT)
    return Input(
        place=place,
        value=written(_with_few_digits(belief), SHARE),
        noun=noun,
        observations=of,
        rollouts=rollouts,
        columns={".".join(place): share_cells(drawn)},
    )


def _with_few_digits(belief: Belief) -> Belief:
    """Return a belief as a person would write it."""
    if not isinstance(belief, About):
        return belief
    share, worth = (digits(number, _DIGITS) for number in (belief.share, belief.worth))
    return replace(belief, share=share, worth=int(worth) if worth.is_integer() else worth)


def _counted(tally: Tally, before: Belief | None) -> tuple[Belief, int]:
    """Return what counts leave to be believed, and of how many rollouts they are."""
    told = tally.of.sum(axis=0) > 0
    rollouts = int(told.sum())
    if rollouts >= ENOUGH_ROLLOUTS:
        return share_between(tally.hits.sum(axis=0)[told], tally.of.sum(axis=0)[told]), rollouts
    counts = clustered(tally.hits.sum(axis=1), tally.of.sum(axis=1))
    return share_after(before, counts.hits, counts.of, NOTHING), rollouts


def count_inputs(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return faults by phase, wake-up, and habits of the power switch."""
    scenario, found = rollout.scenario, []
    for phase, tally in fault_tallies(journeys, rollout).items():
        is_silent = phase in MAYBE_OFF and not tally.total[0]
        some = Tally(tally.hits[:0], tally.of[:0]) if is_silent else tally
        found.append(
            share_input(
                ("faults", phase),
                some,
                stated_share(scenario.faults, phase),
                "update",
                asked,
                kept=Kept.NO_FAULT if is_silent else Kept.PHASE_NOT_REACHED,
            )
        )
    woken = waking(journeys, rollout)
    for name, tally, noun in (
        ("wake_up_sites", woken.sites, "site"),
        ("wake_up_devices", woken.devices, "wake-up"),
    ):
        before = stated_share(scenario.assumptions, name)
        found.append(
            share_input(("assumptions", name), tally, before, noun, asked, kept=Kept.NOBODY_WOKEN)
        )
    tallies = power_tallies(journeys, rollout)
    names = (name if name in scenario.power else DEFAULT for name in rollout.fleet.power.values)
    for kind in dict.fromkeys(names):
        section = scenario.power.get(kind, PowerSection())
        for name in ("left_on", "unreported"):
            seen = tallies.get((kind, name), Tally(_NONE, _NONE))
            before = stated_share(section, name)
            found.append(
                share_input(
                    ("power", kind, name), seen, before, "device", asked, kept=Kept.NONE_OFF
                )
            )
    return found


_NONE = np.zeros((0, 1), np.int64)


def line_inputs(
    journeys: Journeys, rollout: Rollout, web: Transfers | None, asked: Asked
) -> list[Input]:
    """Return what every site's line carries of its label."""
    sites = from_web_log(web, rollout) if web is not None and web.timed else {}
    is_web = bool(sites)
    sites = sites or _from_log(journeys, rollout)
    uplink = float(rollout.scenario.network.repository.uplink)
    waits = waits_for_repository(sites, uplink)
    error = WEB_LOG_ERROR if is_web else STATUS_LOG_ERROR
    found, told = [], {}
    for code, (name, line) in enumerate(
        zip(rollout.fleet.site.values, rollout.sites(), strict=True)
    ):
        place = ("network", "sites", name, "line_factor")
        downloads = sites.get(name)
        if downloads is None or not len(downloads):
            found.append(Input(place=place, noun="download", kept=Kept.NO_DOWNLOAD))
            continue
        rate = float(np.median(rollout.fleet.device_rate[rollout.fleet.site.codes == code]))
        fit = fit_line(downloads, rate, float(line.link), _busy(line, downloads, rollout), error)
        if waits[name] > _WAITS or not fit.tells:
            kept = Kept.REPOSITORY_FULL if waits[name] > _WAITS else Kept.LINE_NEVER_FULL
            found.append(Input(place=place, noun="download", observations=fit.downloads, kept=kept))
            continue
        told[name] = fit.factor
        found.append(_line(place, fit, line, asked, journeys.rollouts))
    return [*found, *_unseen(rollout, told, asked)]


def _line(
    place: tuple[str, ...], fit: LineFit, line: LineSection, asked: Asked, rollouts: int
) -> Input:
    """Return what is believed of one line's factor: normal laws on the logarithm that meet."""
    before, unsure = line_belief(line)
    weight = unsure**2 / (unsure**2 + fit.error**2)
    middle = before + weight * (np.log(fit.factor) - before)
    drawn = np.exp(
        middle + np.sqrt(weight) * fit.error * asked.luck(place).standard_normal(asked.rows)
    )
    drawn = np.clip(drawn, LEAST_FACTOR, 1.0)
    return Input(
        place=place,
        value=ranged(drawn, SHARE),
        noun="download",
        observations=fit.downloads,
        rollouts=rollouts,
        columns={".".join(place): _cells(place, drawn, asked, rollouts)},
        by={"factor": fit.factor, "error": fit.error, "bound": fit.bound},
    )


def _cells(place: tuple[str, ...], drawn: Floats, asked: Asked, rollouts: int) -> tuple[Any, ...]:
    steps = asked.steps(place, min(rollouts, 1))[:, 0]
    inside = np.minimum(drawn, 1 - 1e-6)
    return share_cells(np.maximum(moved(inside, steps, Scale.LOGIT), LEAST_FACTOR))


def _unseen(rollout: Rollout, told: Mapping[str, float], asked: Asked) -> Iterable[Input]:
    """Yield what the lines seen say of those that were not: Student's law over sites."""
    scenario, place = rollout.scenario, ("network", "sites", DEFAULT, "line_factor")
    named = scenario.network.sites
    own = [factor for name, factor in told.items() if name not in named]
    is_needed = any(name not in named and name not in told for name in rollout.fleet.site.values)
    if DEFAULT not in named or not is_needed or len(own) < ENOUGH_ROLLOUTS:
        return
    law = next_rollout(np.log(np.minimum(own, 1.0)))
    drawn = np.clip(np.exp(law.draws(asked.rows, asked.seed)), LEAST_FACTOR, 1.0)
    yield Input(
        place=place,
        value=ranged(drawn, SHARE) | {"each": "site"},
        noun="site",
        observations=len(own),
    )


def from_web_log(web: Transfers, rollout: Rollout) -> dict[str, Downloads]:
    """Return downloads by site, of devices that the scenario knows."""
    device = _devices_of(web, rollout)[web.device.codes]
    counted = device >= 0
    site = rollout.fleet.site.codes[np.maximum(device, 0)]
    return {
        name: Downloads(web.begin[mine], web.end[mine], web.size[mine])
        for code, name in enumerate(rollout.fleet.site.values)
        if (mine := counted & (site == code)).any()
    }


def strangers_to(rollout: Rollout, web: Transfers | None) -> int:
    """Return how many addresses of a web server's log are no devices of the scenario."""
    if web is None:
        return 0
    is_stranger = _devices_of(web, rollout)[: len(web.device.values)] == NOBODY
    return int(is_stranger.sum())


def _devices_of(web: Transfers, rollout: Rollout) -> Ints:
    devices = known_devices(rollout, web.renamed)
    return np.array([devices.get(name, NOBODY) for name in web.device.values] or [NOBODY], np.int64)


def _from_log(journeys: Journeys, rollout: Rollout) -> dict[str, Downloads]:
    """Return transfers by site, with the bytes that the log or the images tell."""
    found = transfers(journeys)
    found = found.where(found.spans.whole & (journeys.device[found.line] >= 0))
    line = found.line
    job, fetching = journeys.job, journeys.of(What.FETCHING)
    pieces = np.bincount(job[fetching], minlength=int(job.max(initial=0)) + 1)[job[line]]
    sizes, _ = Sizes(rollout).of(journeys.device[line], journeys.run[line])
    amount = journeys.amount[line]
    size = np.where(amount > 0, amount, np.where(sizes == UNKNOWN, 0, sizes / pieces))
    begin = journeys.late[line]
    end = begin + found.spans.middles.astype(np.int64)
    site = rollout.fleet.site.codes[journeys.device[line]]
    return {
        name: Downloads(begin[mine], end[mine], size[mine].astype(np.int64))
        for code, name in enumerate(rollout.fleet.site.values)
        if (mine := site == code).any()
    }


def _busy(line: LineSection, downloads: Downloads, rollout: Rollout) -> list[tuple[int, float]]:
    """Return which share others take from each time on, milliseconds since the epoch."""
    if not line.busy:
        return []
    first = int(downloads.begin.min()) - _DAY
    start = _EPOCH + timedelta(milliseconds=first)
    end = _EPOCH + timedelta(milliseconds=int(downloads.end.max()) + _DAY)
    spans = [
        (intervals(read_week(text), rollout.zone, start, end), float(share))
        for text, share in line.busy.items()
    ]
    return [(first + at, share) for at, share in largest_shares(spans)]
