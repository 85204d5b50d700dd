"""How each kind of measure is computed from a run, one function each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS
from fwsim.commands.lifecycle import State
from fwsim.fleet.grouping import MOST_GROUPS, Grouping, groups_of
from fwsim.fleet.week import Week
from fwsim.measures.amounts import NEVER, REACHED_BEFORE
from fwsim.measures.catalogue import OF_PEOPLE, Kind
from fwsim.measures.measure import Measure
from fwsim.measures.members import members_of
from fwsim.measures.outcomes import ALL_OUTCOMES, OUTCOME_NAMES, STILL_IN_PROGRESS
from fwsim.messages import by_door, say
from fwsim.model.line_units import STRETCH
from fwsim.model.rollout import Rollout
from fwsim.model.tally import MINUTE, PeopleLoad, Whole
from fwsim.problems import InputError, Problem
from fwsim.quantities.elementary import Floats
from fwsim.results.run.asked import is_metered
from fwsim.results.run.counts import Counts
from fwsim.results.run.ends import NOT_YET, Ends
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.outcomes import told_detail
from fwsim.results.run.record import RunRecord

Compute = Callable[[Counts, Measure], float]
Devices = NDArray[np.int32]


_PARTS: WeakKeyDictionary[Counts, dict[tuple[str | None, str | None], Ends]] = WeakKeyDictionary()


def _ends(run: Counts, measure: Measure) -> Ends:
    """Return how those ended whom a measure counts; several measures ask of each group."""
    if measure.is_of_all:
        return run.ends
    parts = _PARTS.setdefault(run, {})
    part = measure.unit, measure.group
    if part not in parts:
        members = members_of(measure, run.rollout.fleet, run.ends.targeted)
        parts[part] = run.ends.of(members)
    return parts[part]


def _share(chosen: NDArray[np.bool_]) -> float:
    return float(chosen.sum() / len(chosen)) if len(chosen) else 0.0


def _by(run: Counts, measure: Measure) -> int:
    return NOT_YET if measure.time is None else run.rollout.milliseconds_of(measure.time) + 1


def _successful(run: Counts, measure: Measure) -> float:
    return _share(_ends(run, measure).success_time < _by(run, measure))


def _up_to_date(run: Counts, measure: Measure) -> float:
    ends, by = _ends(run, measure), _by(run, measure)
    not_needed = (ends.state == State.NOT_NEEDED) & (ends.time < by)
    return _share(not_needed | (ends.success_time < by))


def _outcome(run: Counts, measure: Measure) -> float:
    ends = _ends(run, measure)
    chosen = _IS_OUTCOME[measure.outcome or ""][ends.state]
    if measure.detail is not None:
        code = next(detail for detail, text in DETAIL_TEXTS.items() if text == measure.detail)
        chosen = chosen & (ends.detail == code)
    return _share(chosen)


def _reached_at(run: Counts, measure: Measure) -> int:
    ends = _ends(run, measure)
    of = len(ends.targeted) if measure.of_targeted else ends.needed
    if not of and len(ends.targeted):
        return ends.first_command  # all of those that need it have it, for none does
    return ends.time_to(measure.share or 0.0, of)


def _time_to(run: Counts, measure: Measure) -> float:
    reached = _reached_at(run, measure)
    return NEVER if reached == NOT_YET else float(reached - run.ends.first_command)


def _time_since(run: Counts, measure: Measure) -> float:
    reached = _reached_at(run, measure)
    since = 0 if measure.since is None else run.rollout.milliseconds_of(measure.since)
    ends = _ends(run, measure)
    if len(ends.targeted) and not ends.needed and not measure.of_targeted:
        return 0.0  # none needs it
    if reached == NOT_YET:
        return NEVER
    return float(max(REACHED_BEFORE, reached - since))  # 0 is that none needs it


_MEMBERS: WeakKeyDictionary[Rollout, dict[tuple[str | None, str | None], Devices]]
_MEMBERS = WeakKeyDictionary()


def _of_each(run: Counts, measure: Measure, counted: Whole | Devices) -> Whole | Devices:
    """Return what was counted on each device that a measure counts, targeted or not."""
    if measure.is_of_all:
        return counted
    known = _MEMBERS.setdefault(run.rollout, {})
    part = measure.unit, measure.group
    if part not in known:
        everyone = np.arange(len(run.rollout.fleet), dtype=np.int32)
        known[part] = everyone[members_of(measure, run.rollout.fleet, everyone)]
    return counted[known[part]]


def _added(pick: Callable[[PeopleLoad], Whole | Devices]) -> Compute:
    """Return how what people were asked, did or bore is added up."""
    return lambda run, measure: float(_of_each(run, measure, pick(_people(run, measure))).sum())


def _people(run: Counts, measure: Measure) -> PeopleLoad:
    return run.people if measure.week is None else run.people_within(measure.week)


def _devices_prompted(run: Counts, measure: Measure) -> float:
    return float(np.count_nonzero(_of_each(run, measure, _people(run, measure).prompts)))


def _most_prompts(run: Counts, measure: Measure) -> float:
    return float(_of_each(run, measure, _people(run, measure).prompts).max(initial=0))


def _sites(run: Counts) -> int:
    return len(run.rollout.fleet.site.values)


def peak_shares(run: Counts, week: Week | None) -> Floats:
    """Return the largest share of each line in one minute; a line is full at most.

    Of a rollout under way it may have carried more than a run has it carry.
    """
    return np.minimum(run.peak_rates(week) / run.links, 1.0)


def _peak_sites(run: Counts, measure: Measure) -> float:
    return float(peak_shares(run, measure.week)[: _sites(run)].max(initial=0))


def _peak_hubs(run: Counts, measure: Measure) -> float:
    return float(peak_shares(run, measure.week)[_sites(run) :].max(initial=0))


def _peak_link(run: Counts, measure: Measure) -> float:
    number = run.rollout.line_names().index(measure.site or "")
    return float(peak_shares(run, measure.week)[number])


def _peak_rates(run: Counts, week: Week | None) -> Floats:
    """Return the largest rate on each line in one minute; what rounding of bytes adds is left out.

    Of a rollout under way it may have carried more than a run has it carry, and that is told.
    """
    rates = run.peak_rates(week)
    more = _sites(run) * 1000 / STRETCH  # of each site's line there are whole bytes
    is_rounded = (rates > run.links) & (rates <= run.links + more)
    return np.where(is_rounded, run.links, rates)


def _peak_site_rate(run: Counts, measure: Measure) -> float:
    fleet = run.rollout.fleet
    rates = _peak_rates(run, measure.week)[: _sites(run)]
    if measure.unit is not None:
        members = fleet.in_unit(measure.unit, subordinate_units=True)
        rates = rates[np.unique(fleet.site.codes[members])]
    return float(rates.max(initial=0))


def _peak_hub_rate(run: Counts, measure: Measure) -> float:
    hubs = run.rollout.hubs_for(measure.unit)
    return float(_peak_rates(run, measure.week)[_sites(run) :][hubs].max(initial=0))


def _peak_workers(run: Counts) -> float:
    return run.busiest_workers / (MINUTE * run.rollout.assumptions.dispatch_workers)


_IS_OUTCOME = {
    outcome: np.array([OUTCOME_NAMES.get(state, STILL_IN_PROGRESS) == outcome for state in State])
    for outcome in ALL_OUTCOMES
}
"""Which states each outcome stands for; shape (states,)."""
_COMPUTE: dict[Kind, Compute] = {
    Kind.SUCCESSFUL: _successful,
    Kind.UP_TO_DATE: _up_to_date,
    Kind.OUTCOME: _outcome,
    Kind.TIME_TO: _time_to,
    Kind.TIME_SINCE: _time_since,
    Kind.CHANCE_OF: lambda run, m: float(_reached_at(run, m) < _by(run, m)),
    Kind.TARGETED: lambda run, m: float(len(_ends(run, m).targeted)),
    Kind.DEVICES_SUCCESSFUL: lambda run, m: float((_ends(run, m).success_time < _by(run, m)).sum()),
    Kind.PROMPTS: _added(lambda people: people.prompts),
    Kind.DEVICES_PROMPTED: _devices_prompted,
    Kind.MOST_PROMPTS: _most_prompts,
    Kind.DEFERMENTS: _added(lambda people: people.deferments),
    Kind.CANCELS: _added(lambda people: people.cancels),
    Kind.FORCED_STARTS: _added(lambda people: people.forced_starts),
    Kind.USER_TIME_LOST: _added(lambda people: people.time_lost),
    Kind.PEAK_REPOSITORY: lambda run, m: run.peak_repository(m.week),
    Kind.PEAK_SITES: _peak_sites,
    Kind.PEAK_HUBS: _peak_hubs,
    Kind.PEAK_LINK: _peak_link,
    Kind.PEAK_SITE_RATE: _peak_site_rate,
    Kind.PEAK_HUB_RATE: _peak_hub_rate,
    Kind.BUSY_HOUR_REPOSITORY: lambda run, _: run.busy_hour_repository,
    Kind.BUSY_HOUR_SITES: lambda run, _: float(run.busy_hour_lines[: _sites(run)].max(initial=0)),
    Kind.BUSY_HOUR_HUBS: lambda run, _: float(run.busy_hour_lines[_sites(run) :].max(initial=0)),
    Kind.PEAK_PROVIDERS: lambda run, _: run.busiest_proxy,
    Kind.PEAK_WORKERS: lambda run, _: _peak_workers(run),
    Kind.WAN: lambda run, m: float(run.line_bytes(m.week)[: _sites(run)].sum()),
    Kind.FROM_PROXIES: lambda run, _: run.from_proxies,
    Kind.UNFINISHED: lambda run, m: float(run.unfinished(m.week)) if m.week else 0.0,
    Kind.ON_FOR_NOTHING: lambda run, _: float(run.on_for_nothing),
}


def value_of(run: Counts | RunRecord, measure: Measure) -> float:
    """Return what a measure comes to in one run, in its unit; `NEVER` if it is not reached."""
    counts = LogCounts(run) if isinstance(run, RunRecord) else run
    return _COMPUTE[measure.kind](counts, measure)


def outcome_measures(run: Counts | RunRecord) -> list[Measure]:
    """Return a measure for every outcome and reason that occurs in a run."""
    measures: dict[Measure, None] = {}
    counts = LogCounts(run) if isinstance(run, RunRecord) else run
    pairs = counts.ends.state.astype(np.int64) * 128 + counts.ends.detail
    for pair in np.flatnonzero(np.bincount(pairs)).tolist():
        state, detail = divmod(pair, 128)
        name = OUTCOME_NAMES.get(State(state), STILL_IN_PROGRESS)
        measures[Measure(Kind.OUTCOME, outcome=name)] = None
        if reason := told_detail(detail):
            measures[Measure(Kind.OUTCOME, outcome=name, detail=reason)] = None
    return list(measures)


USUAL_SHARES = (0.5, 0.9, 0.95, 0.99)
"""Of the devices; it is told when so many of them have it."""


def usual_measures(rollout: Rollout) -> list[Measure]:
    """Return the measures every answer holds, besides the outcomes that occur."""
    scenario = rollout.scenario
    measures = [Measure(Kind.SUCCESSFUL), Measure(Kind.UP_TO_DATE)]
    measures += [Measure(Kind.TIME_TO, share=share) for share in USUAL_SHARES]
    measures += [Measure(Kind.TIME_TO, share=share, of_targeted=True) for share in USUAL_SHARES]
    measures += [Measure(kind) for kind in (*OF_PEOPLE, Kind.ON_FOR_NOTHING, Kind.WAN)]
    measures.append(Measure(Kind.WAN, week=scenario.busy_hours))
    measures += [Measure(Kind.FROM_PROXIES)] if rollout.configuration.has_proxies else []
    hubs = bool(scenario.network.hubs)
    for kind in (Kind.PEAK_REPOSITORY, Kind.PEAK_SITES, *([Kind.PEAK_HUBS] if hubs else [])):
        measures += [Measure(kind), Measure(kind, week=scenario.busy_hours)]
    measures += [Measure(Kind.BUSY_HOUR_REPOSITORY), Measure(Kind.BUSY_HOUR_SITES)]
    measures += [Measure(Kind.BUSY_HOUR_HUBS)] if hubs else []
    measures += [Measure(Kind.PEAK_PROVIDERS), Measure(Kind.PEAK_WORKERS)]
    if scenario.window is not None:
        measures.append(Measure(Kind.UNFINISHED, week=scenario.window))
    return [measure for measure in measures if is_metered(rollout, measure)]


PEOPLE_OF_A_GROUP = tuple(map(Measure, (Kind.PROMPTS, Kind.FORCED_STARTS, Kind.USER_TIME_LOST)))
"""What is looked at of the people of each group."""
OF_A_GROUP = (
    Measure(Kind.TARGETED),
    Measure(Kind.SUCCESSFUL),
    Measure(Kind.UP_TO_DATE),
    Measure(Kind.TIME_TO, share=0.95),
    Measure(Kind.OUTCOME, outcome="not successful"),
    Measure(Kind.OUTCOME, outcome="cancelled"),
    Measure(Kind.OUTCOME, outcome="not reached"),
    *PEOPLE_OF_A_GROUP,
)
"""What is looked at of each group of devices."""


def _no_groups(by: Grouping, text: str) -> InputError:
    """Return why devices cannot be told apart so, by the word that was asked for."""
    return InputError([Problem(text, source=by_door(f"--by {by}", f"by={str(by)!r}"))])


def measures_by(rollout: Rollout, by: Grouping) -> list[Measure]:
    """Return what is looked at of each site, model, unit or kind of people by itself.

    Raises
    ------
    InputError
        If there are none of them, or more than `MOST_GROUPS`.
    """
    names = groups_of(rollout.fleet, by)
    if not names:
        why = "by_group.no_model" if by is Grouping.MODEL else "by_group.none"
        raise _no_groups(by, say(why, by=say(f"measure.group.{by}")))
    if len(names) > MOST_GROUPS:
        words = {"count": len(names), "most": MOST_GROUPS}
        raise _no_groups(by, say("by_group.too_many", **words))
    is_unit = by is Grouping.UNIT
    return [
        replace(measure, unit=name) if is_unit else replace(measure, group=f"{by} {name}")
        for name in names
        for measure in OF_A_GROUP
    ]
