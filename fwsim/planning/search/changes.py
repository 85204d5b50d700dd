"""What may be fixed of a plan: lines, the repository, a proxy, habits, faults.

What is a number of the world is changed in the world of each run, after it is drawn: with the
change and without, a run then has the same line, the same people, the same share of faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel

from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.levers import Levers, turned
from fwsim.quantities.doubted import times
from fwsim.run import InWorld
from fwsim.scenario.copying import copied
from fwsim.scenario.doubts import are_faults_among
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.network_section import LineSection, NetworkSection
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import AnswerSection, FaultsSection, PeopleSection, PowerSection

DOUBLE = 2
MOST_LINES = 3
L = TypeVar("L", bound=LineSection)


@dataclass(frozen=True)
class Change:
    """One thing changed of a plan.

    Parameters
    ----------
    kind
        A line, a proxy, a habit, the repository, the devices.
    words
        What is changed, in the language that is spoken.
    scenario
        The plan with it changed, where it is nothing that a run draws.
    in_world
        Changes the world of a run; None where `scenario` says it all.
    """

    kind: str
    words: str
    scenario: Scenario
    in_world: InWorld | None = None


def changes(rollout: Rollout) -> list[Change]:
    """Return what may be fixed of a plan."""
    return [
        *_lines(rollout),
        *_repository(rollout.scenario),
        *_proxies(rollout.scenario),
        *_habits(rollout.scenario),
        *_devices(rollout),
    ]


def _with(rollout: Rollout, **sections: Any) -> Rollout:
    """Return a run's rollout with other sections."""
    scenario = copied(rollout.scenario, sections)
    return rollout.under(scenario, fault_shares=rollout.drawn_fault_shares)


# Lines


def _lines(rollout: Rollout) -> Iterator[Change]:
    """Double each of the lines that have most to carry for their rates, and all together."""
    scenario = rollout.scenario
    lines, names = rollout.lines(), rollout.line_names()
    links = np.array([max(line.most_for_updates, 1) for line in lines], np.float64)
    devices = np.bincount(rollout.fleet.site.codes, minlength=len(rollout.hub_of))
    behind = [int(devices[rollout.hub_of == hub].sum()) for hub in range(len(rollout.hubs()))]
    busy = np.append(devices, behind) / links
    fullest = np.argsort(-busy, kind="stable")[:MOST_LINES]
    for line in fullest.tolist():
        name, is_hub = names[line], line >= len(devices)
        words = say("fix.hub_faster", hub=name) if is_hub else say("fix.line_faster", site=name)
        alike = int((busy == busy[line]).sum())
        if alike > (busy[fullest] == busy[line]).sum():  # others are no less worth a try
            words = say("fix.of_alike", change=words, count=alike)
        faster = _hubs_faster if is_hub else _sites_faster
        yield Change("line", words, scenario, partial(faster, names=(name,)))
    if len(links) > 1:
        yield Change("line", say("fix.all_lines_faster"), scenario, _all_faster)


def _sites_faster(rollout: Rollout, names: Iterable[str]) -> Rollout:
    network = rollout.scenario.network
    sites = dict(network.sites)
    for name in names:
        sites[name] = _twice_as_fast(sites.get(name) or sites[DEFAULT])
    return _with(rollout, network=copied(network, {"sites": sites}))


def _hubs_faster(rollout: Rollout, names: Iterable[str]) -> Rollout:
    network = rollout.scenario.network
    faster = {name: _twice_as_fast(network.hubs[name]) for name in names}
    return _with(rollout, network=copied(network, {"hubs": {**network.hubs, **faster}}))


def _all_faster(rollout: Rollout) -> Rollout:
    network = rollout.scenario.network
    faster = _sites_faster(rollout, network.sites)
    return _hubs_faster(faster, network.hubs)


def _twice_as_fast(line: L) -> L:
    """Return a line of twice the rate; updates get twice as much."""
    most = line.updates_at_most
    return copied(
        line,
        {
            "link": times(line.link, DOUBLE),
            "updates_at_most": None if most is None else times(most, DOUBLE),
        },
    )


# The repository


def _repository(scenario: Scenario) -> Iterator[Change]:
    yield Change("repository", say("fix.uplink_faster"), scenario, _repository_faster)
    data = scenario.as_data()
    repository = data.setdefault("network", {}).setdefault("repository", {})
    repository["connections"] = DOUBLE * scenario.network.repository.connections
    more = Scenario.model_validate(data).beside(scenario)
    yield Change("repository", say("fix.more_downloads"), more)


def _repository_faster(rollout: Rollout) -> Rollout:
    network: NetworkSection = rollout.scenario.network
    uplink = times(network.repository.uplink, DOUBLE)
    repository = copied(network.repository, {"uplink": uplink})
    return _with(rollout, network=copied(network, {"repository": repository}))


def _proxies(scenario: Scenario) -> Iterator[Change]:
    if not scenario.firmware.settings().has_proxy:
        words = say("fix.proxies")
        yield Change("proxy", words, turned(scenario, Levers(proxies=True)))


# Habits


def _habits(scenario: Scenario) -> Iterator[Change]:
    """Let half of those who defer or cancel click *now*; leave twice as many devices on."""
    if scenario.people:
        words = say("fix.more_now")
        yield Change("habit", words, scenario, partial(_each, kind="people", change=_more_now))
    if any(map(_goes_off, scenario.power.values())):
        words = say("fix.more_left_on")
        yield Change("habit", words, scenario, partial(_each, kind="power", change=_more_left_on))


def _each(rollout: Rollout, kind: str, change: Callable[[Any], BaseModel]) -> Rollout:
    """Return a run's rollout with every section of people, or of power, changed."""
    sections: Mapping[str, BaseModel] = getattr(rollout.scenario, kind)
    return _with(rollout, **{kind: {name: change(one) for name, one in sections.items()}})


def _more_now(people: PeopleSection) -> PeopleSection:
    now, defer, cancel = people.answer.shares()
    halved = {"now": now + (defer + cancel) / 2, "defer": defer / 2, "cancel": cancel / 2}
    answer: AnswerSection = copied(people.answer, halved)
    return copied(people, {"answer": answer})


def _goes_off(power: PowerSection) -> bool:
    return not power.on.is_always or power.holidays is not None


def _more_left_on(power: PowerSection) -> PowerSection:
    if not _goes_off(power):
        return power
    return copied(power, {"left_on": power.left_on + (1 - power.left_on) / 2})


# Devices


def _devices(rollout: Rollout) -> Iterator[Change]:
    scenario = rollout.scenario
    if are_faults_among(rollout.doubts) or any(share for _, share in scenario.faults):
        yield Change("devices", say("fix.fewer_faults"), scenario, _half_of_the_faults)
    yield Change("devices", say("fix.writing_faster"), scenario, _writing_faster)


def _half_of_the_faults(rollout: Rollout) -> Rollout:
    scenario = rollout.scenario
    faults: FaultsSection = copied(
        scenario.faults, {phase: share / 2 for phase, share in scenario.faults}
    )
    by_place = {phase: shares / 2 for phase, shares in rollout.drawn_fault_shares.items()}
    return rollout.under(copied(scenario, {"faults": faults}), fault_shares=by_place)


def _writing_faster(rollout: Rollout) -> Rollout:
    assumptions = rollout.scenario.assumptions
    rate = times(assumptions.install_rate, DOUBLE)
    return _with(rollout, assumptions=copied(assumptions, {"install_rate": rate}))
