"""What the compiled clock counts itself is what its log comes to, to the last bit."""

from __future__ import annotations

import signal
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import fwsim
from fwsim.compiled import counting
from fwsim.compiled.counting import Counting
from fwsim.fleet.grouping import Grouping, groups_of
from fwsim.fleet.week import read_week
from fwsim.measures.catalogue import OF_HUBS, OF_PEOPLE, SUMS_OF_PEOPLE, Kind
from fwsim.measures.measure import Measure, read_measure
from fwsim.model.rollout import Rollout
from fwsim.results.run.counts import Counts
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.measuring import usual_measures, value_of
from fwsim.results.run.replication import measured
from fwsim.results.run.tallied import AskedWeeks, weeks_of
from fwsim.run import count_once, play_once, prepare
from tests.compiled.random_rollouts import rollouts
from tests.compiled.test_two_clocks import UNTIL
from tests.shipped import SCENARIOS, shipped
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length

WEEKS = [
    None,
    *map(read_week, ("always", "mon-fri 08:00-18:00", "mon 11:20-11:40, mon 12:00-13:00")),
]
TOGETHER = [*map(read_week, ("daily 00:00-11:30", "daily 11:30-24:00"))]
"""Every time, in two halves."""
PLAIN = (Kind.SUCCESSFUL, Kind.UP_TO_DATE, *OF_PEOPLE)


def groups_in(rollout: Rollout, by: Grouping) -> list[str]:
    return [f"{by} {name}" for name in groups_of(rollout.fleet, by)]


def asked_of(rollout: Rollout) -> list[Measure]:
    """Return measures beside the usual ones, with all that their words may hold."""
    unit, site = rollout.fleet.unit.values[0], rollout.line_names()[-1]
    noon = rollout.local_time(3_600_000).replace(tzinfo=None)
    measures = [Measure(kind) for kind in PLAIN]
    for week in WEEKS:
        measures += [Measure(kind, week=week) for kind in (Kind.WAN, Kind.PEAK_REPOSITORY)]
        measures += [Measure(Kind.PEAK_LINK, site=site, week=week)]
        measures += [Measure(Kind.PEAK_SITE_RATE, unit=unit, week=week)]
        if week is not None:
            measures.append(Measure(Kind.UNFINISHED, week=week))
        if rollout.hubs():
            measures += [Measure(kind) for kind in OF_HUBS]
    measures += [
        Measure(Kind.SUCCESSFUL, unit=unit, time=noon),
        Measure(Kind.UP_TO_DATE, unit=unit, time=noon),
        *(Measure(kind, unit=unit) for kind in OF_PEOPLE),
        *(Measure(kind, week=week) for kind in OF_PEOPLE for week in [*WEEKS, *TOGETHER]),
        *(Measure(kind, unit=unit, week=WEEKS[-1]) for kind in OF_PEOPLE),
        *(Measure(kind, group=groups_in(rollout, Grouping.SITE)[-1]) for kind in OF_PEOPLE),
        Measure(Kind.CHANCE_OF, share=0.5, time=noon),
        read_measure("outcome successful"),
        read_measure("outcome not successful because installation failed"),
    ]
    return measures


def assert_same(first: Any, second: Any, name: str = "run") -> None:
    """Fail unless two things hold the same bits."""
    if is_dataclass(first):
        assert type(first) is type(second), name
        for field in fields(first):
            parts = (getattr(side, field.name) for side in (first, second))
            assert_same(*parts, f"{name}.{field.name}")
    elif isinstance(first, np.ndarray):
        assert first.dtype == second.dtype, name
        assert first.shape == second.shape, name
        assert first.tobytes() == second.tobytes(), name
    else:
        assert first == second, name
        assert repr(first) == repr(second), name


def assert_counted_alike(rollout: Rollout, seed: int, **how: Any) -> None:
    more = asked_of(rollout)
    record = play_once(rollout, seed, 0, **how)
    counts = count_once(rollout, seed, 0, weeks_of([*usual_measures(rollout), *more]), **how)
    assert_same(measured(record, 0, more), measured(counts, 0, more))
    assert_same(record.judged.ends, counts.ends)
    assert_same(LogCounts(record).people, counts.people)
    assert_groups_make_the_whole(counts)
    assert_halves_make_the_whole(counts)


def assert_groups_make_the_whole(counts: Counts) -> None:
    """Fail unless sites, and kinds of people, add up to the fleet in all that people bear."""
    for by in (Grouping.SITE, Grouping.PEOPLE):
        for kind in OF_PEOPLE:
            parts = [
                value_of(counts, Measure(kind, group=group))
                for group in groups_in(counts.rollout, by)
            ]
            together = sum(parts) if kind in SUMS_OF_PEOPLE else max(parts)
            assert together == value_of(counts, Measure(kind)), (kind, by)


def assert_halves_make_the_whole(counts: Counts) -> None:
    """Fail unless what people bear in each half of every day adds up to what they bear."""
    halves = [counts.people_within(week) for week in TOGETHER]
    for field in fields(counts.people):
        both = sum(getattr(half, field.name) for half in halves)
        np.testing.assert_array_equal(both, getattr(counts.people, field.name), field.name)


def from_data(data):
    return prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_is_counted_as_its_log_says(path):
    rollout = shipped(path)
    assert_counted_alike(rollout, rollout.scenario.seed)


SEVERAL = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 1 d
images:
  a: {name: a.idf, packages: [{name: a, version: "1", size: 60 MB}]}
  b: {name: b.idf, packages: [{name: a, version: "2", size: 60 MB}]}
uefi: {LES v5: {version: "2", size: 20 MB}}
firmware: {image_file: a.idf}
fleet: {units: {DE: {devices: 40, attributes: {Device type: LES v5, BIOS: "1"}}}}
power: {default: {on: "daily 08:00-18:00", jitter: 1 h}}
people: {default: {answer: {now: 30 %, defer: 20 %, cancel: 20 %}}}
faults: {installation: 20 %, transfer: 10 %}
changes: [{at: 2018-08-20 10:00, firmware: {image_file: b.idf}}]
commands:
  - {delivery: DE}
  - {update: DE, once: 2018-08-20 09:00, inform_user: 5 min, user_can_cancel: true}
  - {uefi_update: DE, once: 2018-08-20 10:30, inform_user: 5 min}
  - {update: DE, once: 2018-08-20 12:00, inform_user: 5 min, user_can_cancel: true}
  - {update: DE, once: 2018-08-20 20:00}
"""


@pytest.mark.parametrize("kept", [(0,), (2,), (0, 2), (0, 1, 2, 3, 4)])
def test_several_kinds_of_commands_are_counted_as_their_log_says(kept):
    scenario = fwsim.loads(SEVERAL)
    commands = tuple(scenario.commands[number] for number in kept)
    rollout = prepare(scenario.model_copy(update={"commands": commands}))
    for seed in range(3):
        assert_counted_alike(rollout, seed)


@pytest.mark.parametrize("week", ["mon 11:00-11:01", "mon 11:01-11:02", "mon 11:02-11:03"])
def test_what_begins_in_a_window_is_counted_as_the_log_says_be_it_transfer_or_installation(
    scenario, week
):
    """The transfer takes from 11:00 to 11:01, the installation begins thereafter."""
    rollout = prepare(scenario(network={"sites": {"default": {"link": "10 Mbit/s"}}}))
    measure = Measure(Kind.UNFINISHED, week=read_week(week))
    record = play_once(rollout, 1, 0)
    counts = count_once(rollout, 1, 0, weeks_of([*usual_measures(rollout), measure]))
    expected = float(week != "mon 11:02-11:03")
    assert value_of(record, measure) == value_of(counts, measure) == expected


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rollouts(), UNTIL)
def test_several_threads_count_a_log_as_one_does(monkeypatch, data, until):
    monkeypatch.setattr(counting, "FEWEST_A_THREAD", 3)
    monkeypatch.setattr(counting, "cpu_count", lambda: 3)
    assert_counted_alike(from_data(data), data["seed"], until=until)


def test_an_interrupt_while_a_log_is_counted_waits_for_who_counts(monkeypatch):
    rollout, over, tally = shipped(SCENARIOS[0]), [], Counting.tally

    def interrupted(*told):
        signal.raise_signal(signal.SIGINT)
        over.append(tally(*told))
        return over[0]

    monkeypatch.setattr(Counting, "tally", interrupted)
    with pytest.raises(KeyboardInterrupt):
        count_once(rollout, 1, 0, AskedWeeks())
    assert over


@settings(max_examples=8)
@given(rollouts(), UNTIL)
def test_whatever_a_scenario_says_is_counted_as_its_log_says(data, until):
    assert_counted_alike(from_data(data), data["seed"], until=until)


@at_length(rollouts(), UNTIL)
def test_thousands_of_scenarios_are_counted_as_their_logs_say(data, until):
    assert_counted_alike(from_data(data), data["seed"], until=until)


@pytest.mark.slow
@pytest.mark.usefixtures("interpreted", "tight")
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rollouts(), UNTIL)
def test_the_plain_python_clock_counts_alike(data, until):
    assert_counted_alike(from_data(data), data["seed"], until=until)
