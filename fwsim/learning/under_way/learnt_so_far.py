"""What the log so far tells of this rollout's doubts: its past, met by what was believed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from fwsim.commands.lifecycle import State
from fwsim.learning.before import line_belief
from fwsim.learning.behind_hubs import StillUnderWay, hidden_hubs, known_factors, sites_behind
from fwsim.learning.device_times import device_inputs
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.fetching import Doubts
from fwsim.learning.journeys import Journeys, journeys_of
from fwsim.learning.learnt import Input, Learnt
from fwsim.learning.line_inputs import line_inputs
from fwsim.learning.lines import STATUS_LOG_ERROR, TOLD_ERROR
from fwsim.learning.people import people_inputs
from fwsim.learning.places import count_inputs
from fwsim.learning.under_way.line_by_ends import EndsInRuns, LinesByEnds, runs_by_ends
from fwsim.learning.under_way.missing_sites import MissingSites, SilentSites
from fwsim.learning.under_way.open_transfers import Begun, most_carried, open_by_site
from fwsim.learning.under_way.prior import Prior, prior_of
from fwsim.learning.under_way.runs_of_plan import Played, look_at_runs, runs_of_plan
from fwsim.learning.under_way.so_far import SoFar
from fwsim.learning.writing import Asked, ranged_line
from fwsim.model.doubt import doubted, with_values
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Transfers
from fwsim.quantities.beliefs import (
    ENOUGH_ROLLOUTS,
    Z95,
    Between,
    Drawn,
    PerPlace,
    Support,
    rounded,
)
from fwsim.quantities.doubted import DoubtedFloat, belief_of
from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import LEAST_FACTOR, line_place
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario

_ROWS = 200
_DEVIATIONS = np.linspace(-8.0, 8.0, 1601)
"""Where a line's factor is looked at, in standard deviations of what was believed of it."""
_CHANCES = (np.arange(1000) + 0.5) / 1000
NOT_FETCHING = 0.05
"""Chance that a device whose last line says that it fetches does so no more: it is off [A]."""
_BELIEFS = ("between", "about", "seen", "resampled")


@dataclass(frozen=True)
class LearntSoFar:
    """What was learnt of a rollout from its own past.

    Parameters
    ----------
    scenario
        With what is believed now.
    inputs
        What was learnt.
    unlike
        Sites whose devices ended as in no run of the plan, by a log that tells only ends.
    missing
        Sites that the log has nothing of, where runs of the plan have lines by then.
    """

    scenario: Scenario
    inputs: tuple[Input, ...] = ()
    unlike: tuple[str, ...] = ()
    missing: MissingSites = field(default_factory=MissingSites)


def runs_to_learn(
    rollout: Rollout, so_far: SoFar, silent: SilentSites, web: Transfers | None = None
) -> int:
    """Return how many runs of the plan are played at most to learn from; 0 where none are.

    Parameters
    ----------
    rollout, so_far, silent, web
        As of `learn_so_far`.
    """
    has_served = web is not None and len(web) > 0  # that tells of lines instead
    by_ends = 0 if has_served else runs_by_ends(rollout, so_far)
    return by_ends if silent.is_through else runs_of_plan(rollout)


def learn_so_far(
    rollout: Rollout,
    so_far: SoFar,
    web: Transfers | None = None,
    silent: SilentSites | None = None,
    *,
    only_lines: bool = False,
    tell: Played | None = None,
) -> LearntSoFar:
    """Return the scenario with what its log so far tells of what is in doubt.

    Only what is in doubt is learnt, and only where something was seen; the rest stays as it is, to
    the last draw. What is learnt is of this very rollout, so no difference between rollouts comes
    on top.

    Parameters
    ----------
    rollout
        Of the scenario as it was planned.
    so_far
        What was seen.
    web
        What the repository's web server saw up to then.
    silent
        The sites that are silent by the log, if somebody has looked for them; no run was shown to
        them.
    only_lines
        Whether all but the lines stays as it was believed.
    tell
        Told how many runs of the plan have been played to learn from.
    """
    silent = silent or SilentSites(rollout, so_far)
    if not rollout.doubts or so_far.is_empty:
        look_at_runs(rollout, [silent], tell=tell)
        return LearntSoFar(rollout.scenario, missing=silent.missing())
    prior = prior_of(rollout)
    before = rollout.under(prior.scenario)
    journeys = journeys_of([so_far.observed], before)
    asked = Asked(_ROWS, seed=1, between=0.0, families=(LOGNORMAL,))
    found = []
    if not only_lines:
        found += people_inputs(journeys, before, asked)
        found += device_inputs(journeys, before, asked)
        found += count_inputs(journeys, before, asked)
    learnt = [one for one in found if one.is_learnt and prior.covers(one.place)]
    ends = None
    if any(place.endswith(".line_factor") for place in prior.doubts):
        of_lines = lines_so_far(journeys, rollout, so_far, web, asked)
        learnt += of_lines
        if not of_lines and (web is None or not len(web)) and runs_by_ends(rollout, so_far):
            ends = EndsInRuns(rollout, so_far, journeys)
    by_ends, missing = _by_runs(rollout, silent, ends, tell)
    learnt += by_ends.inputs
    believed, own = _with_learnt(rollout, prior, learnt)
    return LearntSoFar(believed, own, by_ends.unlike, missing)


def _by_runs(
    rollout: Rollout, silent: SilentSites, ends: EndsInRuns | None, tell: Played | None
) -> tuple[LinesByEnds, MissingSites]:
    """Return what runs of the plan say of lines, and of sites that a log has nothing of."""
    if ends is None:
        look_at_runs(rollout, [silent], tell=tell)
        return LinesByEnds(), silent.missing()
    look_at_runs(rollout, [silent, ends], tell=tell)
    missing = silent.missing()
    return ends.lines().without(missing.sites), missing


def _with_learnt(
    rollout: Rollout, prior: Prior, learnt: list[Input]
) -> tuple[Scenario, tuple[Input, ...]]:
    """Return the scenario with what was learnt of it, and that as of this very rollout."""
    if not learnt:
        return rollout.scenario, ()
    own = tuple(replace(one, value=_of_this_rollout(one.value)) for one in learnt)
    base = rollout.scenario
    if base.draws is not None:  # what is drawn there would go before what was learnt
        base = prior.scenario.model_copy(update={"draws": None}).beside(base)
    return _believing(Learnt(base, own).scenario(), own, base), own


def never_learnt(rollout: Rollout, inputs: tuple[Input, ...]) -> list[str]:
    """Return the places of what is in doubt and that no log of its own tells of a rollout.

    What others take of lines, labels, and what every place draws, lines apart; and lines that are
    hidden, unless a web server's log told of them: behind proxies, and hubs that are not alone.

    Parameters
    ----------
    rollout
        As it was planned.
    inputs
        What was learnt.
    """
    learnt, served = {one.place for one in inputs}, _served(rollout)
    hidden = {line_place("sites", name) for name in served}
    hidden |= {
        line_place("hubs", hub) for hub in hidden_hubs(rollout, sites_behind(rollout), served)
    }
    hidden -= learnt
    return [
        placed.doubt.place
        for placed in doubted(rollout).doubts
        if (
            hidden.issuperset((*leaf.above, leaf.key) for leaf in placed.leaves)
            if placed.doubt.place.endswith(".line_factor")
            else placed.doubt.targets[0].path[0] == "network" or placed.doubt.each is not None
        )
    ]


def _served(rollout: Rollout) -> set[str]:
    """Return the sites of devices that may have from a proxy what they fetch."""
    site = rollout.fleet.site
    served = np.unique(site.codes[rollout.configuration.may_be_served])
    return {site.values[code] for code in served.tolist()}


def not_learnt(rollout: Rollout, inputs: tuple[Input, ...]) -> list[str]:
    """Return the same, and hubs of which the log so far tells nothing.

    Parameters
    ----------
    rollout
        As it was planned.
    inputs
        What was learnt.
    """
    learnt = {one.name for one in inputs}
    hubs = [".".join(line_place("hubs", name)) for name in rollout.scenario.network.hubs]
    doubts = {doubt.place for doubt in rollout.doubts}
    never = never_learnt(rollout, inputs)
    return [*never, *(hub for hub in hubs if hub in doubts - learnt and hub not in never)]


def _believing(scenario: Scenario, learnt: tuple[Input, ...], base: Scenario) -> Scenario:
    """Return a scenario with what is believed of lines as it is; its text says nearly that.

    A line meets the same chance as before anything was learnt of it.
    """
    lines: dict[str, dict[str, dict[str, DoubtedFloat]]] = {}
    for one in learnt:
        if one.belief is not None:
            _, kind, name, key = one.place
            support = Support(each=_who_draws(base, name), rollouts=ENOUGH_ROLLOUTS)
            is_joint = isinstance(one.belief, Drawn) and one.belief.together
            belief = one.belief if is_joint else replace(one.belief, support=support)
            number = DoubtedFloat.of(belief.middle[0], belief)
            lines.setdefault(kind, {})[name] = {key: number}
    return with_values(scenario, {"network": lines}) if lines else scenario


def _who_draws(base: Scenario, site: str) -> PerPlace | None:
    """Return who drew a value of its own of what a site's line carries."""
    sites = base.network.sites
    line = sites[site if site in sites else DEFAULT]
    stated = belief_of(line.line_factor) if "line_factor" in line.model_fields_set else None
    return PerPlace.SITE if stated is None else stated.support.each


def lines_so_far(
    journeys: Journeys, rollout: Rollout, so_far: SoFar, web: Transfers | None, asked: Asked
) -> list[Input]:
    """Return what downloads so far tell of what each site's line carries.

    Parameters
    ----------
    journeys
        What was seen of the devices.
    rollout
        Of the scenario as it was planned.
    so_far
        What was seen.
    web
        What the web server saw.
    asked
        How many draws.
    """
    error = TOLD_ERROR if so_far.is_own else STATUS_LOG_ERROR
    # A log that would not tell the end of a transfer does not tell who is under way.
    tells = State.TRANSFER in so_far.past.tells_end_of
    begun = Begun.of(so_far.past, rollout) if tells else None
    still = StillUnderWay(
        {} if begun is None else open_by_site(begun, rollout),
        rollout.epoch + so_far.until,
        Doubts(error, NOT_FETCHING, so_far.is_own),
        known_factors(rollout),
    )
    found = line_inputs(journeys, rollout, web, asked, error, still)
    learnt = [one for one in found if one.is_learnt]
    if begun is not None:
        most = most_carried(begun, rollout)
        learnt = _not_yet_through(learnt, most, rollout, error, each_counts=so_far.is_own)
    return [one for one in learnt if one.place not in still.known]


def _not_yet_through(
    learnt: list[Input],
    carried: Mapping[str, Floats],
    rollout: Rollout,
    error: float,
    *,
    each_counts: bool,
) -> list[Input]:
    """Return what is learnt of lines, where they have not carried what is under way through.

    In a log that is not fwsim's own, transfers that share a line count as one: those under way are
    the ones with the small shares, and how unfairly it is shared nobody knows [A].
    """
    by_place = {one.place: one for one in learnt}
    sections = dict(zip(rollout.fleet.site.values, rollout.sites(), strict=True))
    for name, times in carried.items():
        section, place = sections[name], line_place("sites", name)
        known = by_place.get(place)
        seen = None if known is None else known.belief
        middle, spread = _log_belief(seen) if isinstance(seen, Between) else line_belief(section)
        factors, before = middle + spread * _DEVIATIONS, np.exp(-(_DEVIATIONS**2) / 2)
        most = np.log(times * section.most_for_updates / section.payload)[:, None]
        each = NOT_FETCHING + (1 - NOT_FETCHING) * ndtr((most - factors) / error)
        likely = np.log(each).sum(axis=0)
        if not each_counts:
            likely /= len(each)
        weight = before * np.exp(likely - likely.max())
        if weight.sum() > 0.99 * before.sum():
            continue  # it says nothing new
        share = weight / weight.sum()
        edges = np.cumsum(share) - share / 2
        kept = rounded(np.clip(np.exp(np.interp(_CHANCES, edges, factors)), LEAST_FACTOR, 1.0))
        by_place[place] = Input(
            place=place,
            value=ranged_line(kept),
            noun="download",
            observations=0 if known is None else known.observations,
            belief=Drawn(tuple(kept.tolist())),
        )
    return list(by_place.values())


def _log_belief(known: Between) -> tuple[float, float]:
    """Return middle and standard deviation, on the logarithm, of a range that was learnt."""
    low, high = np.log([known.low, known.high]).tolist()
    return (low + high) / 2, max((high - low) / (2 * Z95), 1e-4)


def _of_this_rollout(value: Any) -> Any:
    """Return a belief that says that the difference between rollouts is in it."""
    if isinstance(value, dict):
        below = {key: _of_this_rollout(item) for key, item in value.items()}
        is_belief = any(key in below for key in _BELIEFS)
        return below | {"rollouts": ENOUGH_ROLLOUTS} if is_belief else below
    return value
