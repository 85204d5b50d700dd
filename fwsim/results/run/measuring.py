"""How each kind of measure is computed from a run, one function each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import DETAIL_TEXTS
from fwsim.commands.lifecycle import State
from fwsim.fleet.week import Week
from fwsim.measures.amounts import NEVER
from fwsim.measures.catalogue import OF_HUBS, Kind
from fwsim.measures.measure import Measure
from fwsim.measures.outcomes import OUTCOME_NAMES, STILL_IN_PROGRESS
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError, Problem, nearest
from fwsim.results.run import link_use, people_load
from fwsim.results.run.fleet_load import provider_load, worker_load
from fwsim.results.run.outcomes import told_detail
from fwsim.results.run.record import NOT_YET, RunRecord, once_a_run
from fwsim.results.run.stages import ENDS
from fwsim.results.run.timeline import MINUTE

Compute = Callable[[RunRecord, Measure], float]


def check_measure(rollout: Rollout, measure: Measure) -> None:
    """Look up what a measure names in the fleet.

    Raises
    ------
    InputError
        If there is no such OU, no such site or hub, no hub at all where it is about hubs, or its
        time is over before the rollout starts.
    """
    unit, site, time = measure.unit, measure.site, measure.time
    problems = []
    if unit is not None and unit not in rollout.fleet.unit_paths:
        near = nearest(unit, rollout.fleet.unit_paths)
        problems.append(Problem(f"unknown organisational unit {unit!r}{near}"))
    if site is not None and site not in rollout.line_names():
        near = nearest(site, rollout.line_names())
        problems.append(Problem(f"no device is at a site {site!r}{near}"))
    if measure.kind in OF_HUBS and not rollout.hubs():
        problems.append(Problem(f"{measure.name}: there are no hubs; network.hubs defines them"))
    elif measure.kind in OF_HUBS and not problems and not len(rollout.hubs_for(unit)):
        problems.append(Problem(f"{measure.name}: no device in {unit} is behind a hub"))
    if time is not None and rollout.milliseconds_of(time) < 0:
        problems.append(Problem(f"{time} is before the start, {rollout.scenario.start}"))
    if problems:
        raise InputError(problems)


def _members(record: RunRecord, unit: str | None) -> NDArray[np.bool_]:
    """Return which targeted devices are in an OU or below it."""
    targeted = record.updates.targeted
    if unit is None:
        return np.ones(len(targeted), bool)
    fleet = record.rollout.fleet
    inside = np.array([path == unit or path.startswith(f"{unit}/") for path in fleet.unit.values])
    chosen: NDArray[np.bool_] = inside[fleet.unit.codes[targeted]]
    return chosen


def _share(chosen: NDArray[np.bool_], members: NDArray[np.bool_]) -> float:
    return float((chosen & members).sum() / members.sum()) if members.any() else 0.0


def _by(record: RunRecord, measure: Measure) -> int:
    return NOT_YET if measure.time is None else record.rollout.milliseconds_of(measure.time) + 1


def _successful(record: RunRecord, measure: Measure) -> float:
    done = record.updates.success_time < _by(record, measure)
    return _share(done, _members(record, measure.unit))


def _up_to_date(record: RunRecord, measure: Measure) -> float:
    updates, by = record.updates, _by(record, measure)
    not_needed = (updates.outcome_state == State.NOT_NEEDED) & (
        updates.log.time[updates.outcome_line] < by
    )
    return _share(not_needed | (updates.success_time < by), _members(record, measure.unit))


def _outcome(record: RunRecord, measure: Measure) -> float:
    updates = record.updates
    names = [OUTCOME_NAMES.get(state, STILL_IN_PROGRESS) for state in State]
    chosen = np.array([name == measure.outcome for name in names])[updates.outcome_state]
    if measure.detail is not None:
        code = next(detail for detail, text in DETAIL_TEXTS.items() if text == measure.detail)
        chosen &= updates.log.detail[updates.outcome_line] == code
    return _share(chosen, _members(record, measure.unit))


def _reached_at(record: RunRecord, measure: Measure) -> int:
    updates = record.updates
    of = len(updates.targeted) if measure.of_targeted else updates.needed
    return updates.time_to(measure.share or 0.0, of)


def _time_to(record: RunRecord, measure: Measure) -> float:
    reached = _reached_at(record, measure)
    return NEVER if reached == NOT_YET else float(reached - record.updates.first_command)


@once_a_run
def _prompts(record: RunRecord) -> NDArray[np.int64]:
    log = record.log
    return np.bincount(
        log.device[log.in_state(State.NOTIFYING)], minlength=len(record.rollout.fleet)
    )


def _peak_link(record: RunRecord, measure: Measure) -> float:
    number = record.rollout.line_names().index(measure.site or "")
    return float(link_use.peak_lines(record, measure.week)[number])


def _peak_site_rate(record: RunRecord, measure: Measure) -> float:
    fleet = record.rollout.fleet
    rates = link_use.peak_site_rates(record, measure.week)
    if measure.unit is not None:
        members = fleet.in_unit(measure.unit, subordinate_units=True)
        rates = rates[np.unique(fleet.site.codes[members])]
    return float(rates.max(initial=0))


def _peak_hub_rate(record: RunRecord, measure: Measure) -> float:
    hubs = record.rollout.hubs_for(measure.unit)
    return float(link_use.peak_hub_rates(record, measure.week)[hubs].max(initial=0))


def _peak_providers(record: RunRecord) -> float:
    edges = _minutes(record)
    sent = [load.per_bin(edges).max() for load in provider_load(record).values()]
    return float(max(sent, default=0.0)) / (record.rollout.assumptions.lan_rate * MINUTE / 1000)


def _peak_workers(record: RunRecord) -> float:
    busiest = worker_load(record).per_bin(_minutes(record)).max()
    return float(busiest) / (MINUTE * record.rollout.assumptions.dispatch_workers)


def _minutes(record: RunRecord) -> NDArray[np.int64]:
    edges: NDArray[np.int64] = np.arange(record.ended // MINUTE + 2, dtype=np.int64) * MINUTE
    return edges


def _unfinished(record: RunRecord, week: Week) -> int:
    log, jobs = record.log, record.jobs
    if not len(log):
        return 0
    firsts = [jobs.first_line_of(log, s) for s in (State.TRANSFER, State.INSTALL)]
    begins = np.minimum(*(np.where(line >= 0, log.time[line], NOT_YET) for line in firsts))
    over = np.where(ENDS[jobs.state(log)], log.time[jobs.outcome_line], NOT_YET)
    spans = np.array(record.rollout.week_intervals(week), np.int64).reshape(-1, 2)
    stretch = np.searchsorted(spans[:, 0], begins, side="right")
    end = np.append(0, spans[:, 1])[stretch]
    caught = (begins < NOT_YET) & (begins < end) & (over > end)
    return len(np.unique(jobs.device[caught]))


def _on_for_nothing(record: RunRecord) -> float:
    log, updates = record.log, record.updates
    woken, answered = np.zeros((2, len(record.rollout.fleet)), bool)
    woken[log.device[log.in_state(State.WAKING)]] = True
    answered[log.device[log.in_state(State.CHECKING, State.NOTIFYING)]] = True
    answered[updates.targeted[updates.outcome_state == State.SUCCESS]] = False
    return float((woken & answered).sum())


_COMPUTE: dict[Kind, Compute] = {
    Kind.SUCCESSFUL: _successful,
    Kind.UP_TO_DATE: _up_to_date,
    Kind.OUTCOME: _outcome,
    Kind.TIME_TO: _time_to,
    Kind.CHANCE_OF: lambda record, m: float(_reached_at(record, m) < _by(record, m)),
    Kind.PROMPTS: lambda record, _: float(_prompts(record).sum()),
    Kind.DEVICES_PROMPTED: lambda record, _: float((_prompts(record) > 0).sum()),
    Kind.MOST_PROMPTS: lambda record, _: float(_prompts(record).max(initial=0)),
    Kind.DEFERMENTS: lambda record, _: float(record.log.in_state(State.DEFERRED).sum()),
    Kind.CANCELS: lambda record, _: float(record.log.in_state(State.CANCELLED).sum()),
    Kind.FORCED_STARTS: lambda record, _: float(people_load.forced_starts(record)),
    Kind.USER_TIME_LOST: lambda record, _: float(people_load.user_time_lost(record)),
    Kind.PEAK_REPOSITORY: lambda record, m: link_use.peak_repository(record, m.week),
    Kind.PEAK_SITES: lambda record, m: float(link_use.peak_sites(record, m.week).max(initial=0)),
    Kind.PEAK_HUBS: lambda record, m: float(link_use.peak_hubs(record, m.week).max(initial=0)),
    Kind.PEAK_LINK: _peak_link,
    Kind.PEAK_SITE_RATE: _peak_site_rate,
    Kind.PEAK_HUB_RATE: _peak_hub_rate,
    Kind.BUSY_HOUR_REPOSITORY: lambda record, _: link_use.busy_hour_repository(record),
    Kind.BUSY_HOUR_SITES: lambda record, _: float(link_use.busy_hour_sites(record).max(initial=0)),
    Kind.BUSY_HOUR_HUBS: lambda record, _: float(link_use.busy_hour_hubs(record).max(initial=0)),
    Kind.PEAK_PROVIDERS: lambda record, _: _peak_providers(record),
    Kind.PEAK_WORKERS: lambda record, _: _peak_workers(record),
    Kind.WAN: lambda record, m: float(link_use.site_bytes(record, m.week).sum()),
    Kind.UNFINISHED: lambda record, m: float(_unfinished(record, m.week)) if m.week else 0.0,
    Kind.ON_FOR_NOTHING: lambda record, _: _on_for_nothing(record),
}


def value_of(record: RunRecord, measure: Measure) -> float:
    """Return what a measure comes to in one run, in its unit; `NEVER` if it is not reached."""
    return _COMPUTE[measure.kind](record, measure)


def outcome_measures(record: RunRecord) -> list[Measure]:
    """Return a measure for every outcome and reason that occurs in a run."""
    updates = record.updates
    measures: dict[Measure, None] = {}
    pairs = updates.outcome_state.astype(np.int64) * 128 + updates.log.detail[updates.outcome_line]
    for state, detail in (divmod(pair, 128) for pair in np.unique(pairs).tolist()):
        name = OUTCOME_NAMES.get(State(state), STILL_IN_PROGRESS)
        measures[Measure(Kind.OUTCOME, outcome=name)] = None
        if reason := told_detail(detail):
            measures[Measure(Kind.OUTCOME, outcome=name, detail=reason)] = None
    return list(measures)


def usual_measures(rollout: Rollout) -> list[Measure]:
    """Return the measures every answer holds, besides the outcomes that occur."""
    scenario = rollout.scenario
    shares = (0.5, 0.9, 0.95, 0.99)
    measures = [Measure(Kind.SUCCESSFUL), Measure(Kind.UP_TO_DATE)]
    measures += [Measure(Kind.TIME_TO, share=share) for share in shares]
    measures += [Measure(Kind.TIME_TO, share=share, of_targeted=True) for share in shares]
    measures += [
        Measure(kind)
        for kind in (
            Kind.PROMPTS,
            Kind.DEVICES_PROMPTED,
            Kind.MOST_PROMPTS,
            Kind.DEFERMENTS,
            Kind.CANCELS,
            Kind.FORCED_STARTS,
            Kind.USER_TIME_LOST,
            Kind.ON_FOR_NOTHING,
            Kind.WAN,
        )
    ]
    measures.append(Measure(Kind.WAN, week=scenario.busy_hours))
    hubs = bool(scenario.network.hubs)
    for kind in (Kind.PEAK_REPOSITORY, Kind.PEAK_SITES, *([Kind.PEAK_HUBS] if hubs else [])):
        measures += [Measure(kind), Measure(kind, week=scenario.busy_hours)]
    measures += [Measure(Kind.BUSY_HOUR_REPOSITORY), Measure(Kind.BUSY_HOUR_SITES)]
    measures += [Measure(Kind.BUSY_HOUR_HUBS)] if hubs else []
    measures += [Measure(Kind.PEAK_PROVIDERS), Measure(Kind.PEAK_WORKERS)]
    if scenario.window is not None:
        measures.append(Measure(Kind.UNFINISHED, week=scenario.window))
    return measures
