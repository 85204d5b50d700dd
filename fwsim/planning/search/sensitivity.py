"""What to fix first: a line, a proxy, a habit; each changed alone, in pairs with the plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from fwsim.engine import choose_engine
from fwsim.experiments.experiment import RunsProgress
from fwsim.experiments.run_spec import RunSpec, values_of_run
from fwsim.experiments.workers import all_in_order
from fwsim.measures.measure import Measure
from fwsim.model.rollout import Rollout
from fwsim.planning.levers import Levers, turned
from fwsim.planning.search.question import Question
from fwsim.quantities.doubted import times
from fwsim.quantities.units import write_share
from fwsim.results.statistics.difference import Difference, difference
from fwsim.results.statistics.estimate import USUAL_LEVEL
from fwsim.scenario.belief_values import RATE, TOGETHER, write_number
from fwsim.scenario.network_section import LineSection
from fwsim.scenario.schema import Scenario

PAIRS = 12
DOUBLE = 2
MOST_LINES = 3


@dataclass(frozen=True)
class Fix:
    """One thing changed, and what comes of it.

    Parameters
    ----------
    kind
        A line, a proxy, a habit, the repository, the devices.
    change
        In words.
    differences
        What each measure comes to with it, less without.
    kept, kept_without
        In how many runs every limit was kept with it, and without; 0 where none was asked for.
    keeps_limits
        Whether its runs keep the limits.
    """

    kind: str
    change: str
    differences: tuple[Difference, ...]
    kept: int = 0
    kept_without: int = 0
    keeps_limits: bool = False

    @property
    def pairs(self) -> int:
        """Runs with it and without."""
        return self.differences[0].runs

    @property
    def helps(self) -> tuple[bool, ...]:
        """Whether it certainly makes each measure better."""
        return tuple(d.settled and d.shows and d.is_better for d in self.differences)


Change = tuple[str, str, Scenario]


def _with(scenario: Scenario, data: dict[str, Any]) -> Scenario:
    return Scenario.model_validate(data).beside(scenario)


def _lines(rollout: Rollout) -> Iterator[Change]:
    """Double each of the lines that have most to carry for their rates, and all together."""
    scenario = rollout.scenario
    lines, names = rollout.lines(), rollout.line_names()
    links = np.array([max(line.most_for_updates, 1) for line in lines], np.float64)
    devices = np.bincount(rollout.fleet.site.codes, minlength=len(rollout.hub_of))
    behind = [int(devices[rollout.hub_of == hub].sum()) for hub in range(len(rollout.hubs()))]
    busy = np.append(devices, behind) / links
    sites = scenario.network.sites
    for line in np.argsort(-busy, kind="stable")[:MOST_LINES].tolist():
        name, section = names[line], lines[line]
        data = scenario.as_data()
        network = data.setdefault("network", {})
        faster = _twice_as_fast(section)
        if line >= len(devices):
            network["hubs"][name] = faster
            yield "line", f"the line of hub {name} twice as fast", _with(scenario, data)
            continue
        network.setdefault(
            "sites",
            {other: s.model_dump(mode="json", exclude_defaults=True) for other, s in sites.items()},
        )
        network["sites"][name] = faster
        yield "line", f"the line of {name} twice as fast", _with(scenario, data)
    if len(links) > 1:
        data = scenario.as_data()
        network = data.setdefault("network", {})
        network["sites"] = {other: _twice_as_fast(site) for other, site in sites.items()}
        for other, hub in scenario.network.hubs.items():
            network["hubs"][other] = _twice_as_fast(hub)
        yield "line", "all lines twice as fast", _with(scenario, data)


def _twice_as_fast(line: LineSection) -> dict[str, Any]:
    """Return a line of twice the rate, as an entry of a scenario; updates get twice as much."""
    entry: dict[str, Any] = line.model_dump(mode="json", exclude_defaults=True)
    entry["link"] = write_number(times(line.link, DOUBLE), RATE)
    if line.updates_at_most is not None:
        entry["updates_at_most"] = write_number(times(line.updates_at_most, DOUBLE), RATE)
    return entry


def _repository(scenario: Scenario) -> Iterator[Change]:
    repository = scenario.network.repository
    for field, value, words in (
        (
            "uplink",
            write_number(times(repository.uplink, DOUBLE), RATE),
            "the repository's uplink twice as fast",
        ),
        ("connections", DOUBLE * repository.connections, "twice the downloads at a time"),
    ):
        data = scenario.as_data()
        data.setdefault("network", {}).setdefault("repository", {})[field] = value
        yield "repository", words, _with(scenario, data)


def _proxies(scenario: Scenario) -> Iterator[Change]:
    if not scenario.firmware.settings().has_proxy:
        words = "a dynamic proxy in each subnet"
        yield "proxy", words, turned(scenario, Levers(proxies=True))


def _habits(scenario: Scenario) -> Iterator[Change]:
    """Let half of those who defer or cancel click *now*; leave twice as many devices on."""
    data, named = scenario.as_data(), scenario.people
    for name, people in named.items():
        now, defer, cancel = people.answer.shares()
        answer = {
            "now": write_share(round(now + (defer + cancel) / 2, 9)),
            "defer": write_share(round(defer / 2, 9)),
            "cancel": write_share(round(cancel / 2, 9)),
        }
        own = data["people"].setdefault(name, {})
        kept = {key: value for key, value in own.get("answer", {}).items() if key not in TOGETHER}
        own["answer"] = {**kept, **answer}
    if named:
        words = "half of those who defer or cancel click now instead"
        yield "habit", words, _with(scenario, data)
    data = scenario.as_data()
    left = {name: power.left_on for name, power in scenario.power.items() if not power.on.is_always}
    for name, share in left.items():
        data["power"][name]["left_on"] = write_share(round(share + (1 - share) / 2, 9))
    if left:
        words = "half of the devices that are switched off in the evening stay on"
        yield "habit", words, _with(scenario, data)


def _devices(scenario: Scenario) -> Iterator[Change]:
    faults = scenario.faults
    broken = {name: share for name, share in faults if share}
    if broken:
        data = scenario.as_data()
        data["faults"] = {name: write_share(round(share / 2, 9)) for name, share in broken.items()}
        yield "devices", "half of the faults", _with(scenario, data)
    data = scenario.as_data()
    rate = times(scenario.assumptions.install_rate, DOUBLE)
    data.setdefault("assumptions", {})["install_rate"] = write_number(rate, RATE)
    yield "devices", "writing twice as fast", _with(scenario, data)


def changes(rollout: Rollout) -> list[Change]:
    """Return what may be fixed of a plan: kind, words, the scenario with it fixed."""
    scenario = rollout.scenario
    return [
        *_lines(rollout),
        *_repository(scenario),
        *_proxies(scenario),
        *_habits(scenario),
        *_devices(scenario),
    ]


def what_to_fix(
    plan: Scenario,
    measures: Sequence[Measure],
    *,
    question: Question | None = None,
    pairs: int = PAIRS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: RunsProgress | None = None,
) -> list[Fix]:
    """Return what each change alone would do, the greatest help for the first measure first.

    Parameters
    ----------
    plan
        The plan.
    measures
        What is to get better.
    question
        Its limits are to be kept; then what keeps them in most runs comes first.
    pairs
        Runs of the plan and of each change; run n of all meets the same luck.
    seed
        Names the experiment; by default one that no plan was chosen by.
    workers, executor, progress
        As in `Experiment.run`.
    """
    rollout = Rollout(plan)
    possible = changes(rollout)
    name = plan.seed + 1 if seed is None else seed
    engine = choose_engine().engine
    rollouts = [rollout, *(Rollout(scenario, rollout.fleet) for _, _, scenario in possible)]
    limited = question.measures if question is not None else ()
    wanted = tuple(dict.fromkeys([*measures, *limited]))
    orders = [RunSpec(r, name, wanted, engine=engine) for r in rollouts]
    jobs = [(order, number) for order in orders for number in range(pairs)]
    runs: list[dict[Measure, float]] = []
    for run in all_in_order(jobs, values_of_run, workers=workers, executor=executor):
        runs.append(run)
        if progress is not None:
            progress(len(runs), len(jobs))
    by_plan = [runs[pairs * at : pairs * (at + 1)] for at in range(len(rollouts))]
    fixes = _fixes(possible, by_plan, measures, question)
    return sorted(fixes, key=_by_help)


def _fixes(
    possible: Sequence[Change],
    by_plan: Sequence[Sequence[Mapping[Measure, float]]],
    measures: Sequence[Measure],
    question: Question | None,
) -> list[Fix]:
    """Return what each change does; runs of the plan without any of them come first."""
    # All intervals together hold at the usual level (Bonferroni).
    level = 1 - (1 - USUAL_LEVEL) / max(1, len(possible) * len(measures))

    def keeps(at: int) -> tuple[int, bool]:
        if question is None:
            return 0, False
        values = {m: [run[m] for run in by_plan[at]] for m in question.measures}
        return sum(question.kept(values)), question.holds(values)

    def fix(at: int, kind: str, words: str) -> Fix:
        mine, base = by_plan[at], by_plan[0]
        differences = tuple(
            difference(m, [r[m] for r in mine], [r[m] for r in base], level) for m in measures
        )
        kept, holds = keeps(at)
        return Fix(kind, words, differences, kept, keeps(0)[0], holds)

    return [fix(at, kind, words) for at, (kind, words, _) in enumerate(possible, 1)]


def _by_help(fix: Fix) -> tuple[tuple[bool, float], ...]:
    return tuple((not helps, _loss(d)) for helps, d in zip(fix.helps, fix.differences, strict=True))


def _loss(difference: Difference) -> float:
    """Return by how much a measure gets worse; no number is no change."""
    if math.isnan(difference.value):
        return 0.0
    return -difference.value if difference.measure.more_is_better else difference.value
