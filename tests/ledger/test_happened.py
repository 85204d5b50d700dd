"""What a log tells of a rollout is what its run came to."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

import fwsim
from fwsim.commands.status_text import StatusField
from fwsim.fleet.week import read_week
from fwsim.ledger.happened import Happened, happened_of
from fwsim.ledger.judged import tells_of, with_fields
from fwsim.ledger.kept import epoch
from fwsim.ledger.seen import seen_in
from fwsim.ledger.users import UserLines
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import read_measure
from fwsim.model.first_due import what_is_due
from fwsim.observations.observed import What
from fwsim.observations.own_columns import observed_in
from fwsim.observations.reading import read_observed
from fwsim.results.run.measuring import outcome_measures, usual_measures, value_of
from tests.ledger.kept_forecasts import HOUR, START, kept_forecast
from tests.ledger.results_told import kept_of, result_of

OF_USERS = ("prompts", "devices prompted", "most prompts on one device", "deferments", "cancels")
WEEKS = ("always", "daily 12:00-12:30", "mon-fri 10:00-12:00")
STORIES = (
    "busy-and-superseded",
    "every-friday",
    "interleaved-break",
    "manual-example",
    "power-loss",
    "stale-delivery",
    "start-anyway",
    "wake-up-fails",
    "waves-with-a-gate",
)
TOLD = {
    Kind.SUCCESSFUL,
    Kind.UP_TO_DATE,
    Kind.TIME_TO,
    Kind.PROMPTS,
    Kind.DEVICES_PROMPTED,
    Kind.MOST_PROMPTS,
    Kind.DEFERMENTS,
    Kind.CANCELS,
}


def told_by(result, folder, measures, **more):
    result.save(folder)
    kept = kept_of(result)
    observed = with_fields(read_observed(folder / "status-log.csv"), result.rollout)
    field = what_is_due(result.rollout).judged
    seen = seen_in(observed, epoch(kept.start), kept.ends_at, field=field)
    given = {"until": kept.ends_at, "log_sha256": "0" * 64, "kept_at": START}
    return happened_of(seen, kept, measures, **(given | more))


@pytest.mark.parametrize("name", ["small", *STORIES])
def test_measures_of_a_log_are_those_of_its_run(tmp_path, name):
    result = result_of(name)
    record = result.record
    words = ["t70", "successful by 2018-08-20 12:30", "devices successful"]
    words += [f"{kind} {week}" for kind in OF_USERS for week in WEEKS]
    asked = [read_measure(each) for each in words]
    asked += usual_measures(record.rollout) + outcome_measures(record)
    happened = told_by(result, tmp_path, asked)
    told = {m: happened.value(m) for m in asked if happened.value(m) is not None}
    assert {m.kind for m in told} >= {Kind.SUCCESSFUL, Kind.UP_TO_DATE, Kind.TIME_TO, Kind.OUTCOME}
    if name == "small":
        assert {m.kind for m in told} >= TOLD
        within = [value for m, value in told.items() if m.week is not None and not m.week.is_always]
        assert len(within) == 2 * len(OF_USERS)
        assert all(within)
    for measure, value in told.items():
        assert value == pytest.approx(value_of(record, measure)), measure.name


@pytest.mark.parametrize(
    ("week", "known"), [("daily 09:00-10:03", False), ("daily 09:00-11:00", True)]
)
def test_of_what_may_be_within_times_of_the_week_or_not_nobody_knows(week, known):
    """A log that is looked at every ten minutes tells of a notice that came after 10:00."""
    ten = epoch(datetime(2018, 8, 20, 10, 0, tzinfo=UTC))
    lines = UserLines(*(np.array([number]) for number in (0, What.ASKED, ten, ten + 600_000)))
    kept = kept_forecast({}, start=datetime(2018, 8, 20, 8, 0, tzinfo=UTC), zone="UTC")
    found = lines.value(Kind.PROMPTS, kept.spans(read_week(week)))
    assert found == (1.0 if known else None)


ANOTHER_IMAGE = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 16 h
images:
  a: {name: a.idf, packages: [{name: a, version: "1", size: 60 MB}]}
  b: {name: b.idf, packages: [{name: a, version: "2", size: 60 MB}], missing: [a]}
firmware: {image_file: a.idf}
fleet: {units: {DE: {devices: 4, installed: old.idf}}}
changes: [{at: 2018-08-20 09:00, firmware: {image_file: b.idf}}]
commands: [{update: DE}, {update: DE, once: 2018-08-20 10:00}]
"""


def test_who_fails_in_the_end_was_not_successful(tmp_path):
    result = fwsim.simulate(fwsim.loads(ANOTHER_IMAGE), seed=1)
    asked = [read_measure(words) for words in ("successful", "t95", "outcome not successful")]
    happened = told_by(result, tmp_path, asked)
    assert [happened.value(measure) for measure in asked] == [0, np.inf, 1]
    assert [value_of(result.record, measure) for measure in asked] == [0, np.inf, 1]


TWO_FIELDS = """\
zone: UTC
start: 2018-08-20 21:00
horizon: 12 h
image: {name: new.idf, packages: [{name: baseos, size: 35 MB}]}
uefi: {A: {version: "1.12", size: 16 MB}}
fleet:
  units:
    DE/A: {devices: 3, installed: old.idf, attributes: {Device type: A, BIOS: "1.08"}}
    DE/B: {devices: 6, installed: old.idf, attributes: {Device type: B}}
commands: [%s]
"""
UPDATE = "{update: DE, subordinate_units: true}"
UEFI = "{uefi_update: DE, subordinate_units: true, once: 2018-08-20 22:00, inform_user: 60 s}"
DELIVERY = "{delivery: DE, subordinate_units: true, once: 2018-08-20 23:00}"
RENAMED = "firmware: {uefi_file: les.bin}\n"


@pytest.mark.parametrize("more", ["", RENAMED])
@pytest.mark.parametrize(
    ("commands", "successful"),
    [
        ((UPDATE, UEFI), 9),
        ((UPDATE, UEFI, DELIVERY), 9),
        ((UEFI, DELIVERY), 3),
        ((DELIVERY,), 9),
    ],
)
def test_a_log_is_measured_by_what_its_rollout_is_judged_by(tmp_path, commands, successful, more):
    scenario = fwsim.loads(TWO_FIELDS % ", ".join(commands) + more)
    result = fwsim.simulate(scenario, seed=1)
    asked = usual_measures(result.rollout) + outcome_measures(result.record)
    happened = told_by(result, tmp_path, [*asked, read_measure("devices successful")])
    assert happened.value(read_measure("devices successful")) == successful
    for measure in asked:
        if (value := happened.value(measure)) is not None:
            assert value == pytest.approx(value_of(result.record, measure)), measure.name
    assert ("prompts" in happened.values) == (UEFI in commands)


def test_a_log_says_itself_what_is_of_uefi(tmp_path):
    result = fwsim.simulate(fwsim.loads(TWO_FIELDS % f"{UPDATE}, {UEFI}"), seed=1)
    result.save(tmp_path)
    own = observed_in(result.record.log, result.rollout, result.record.ended)
    for observed in (own, read_observed(tmp_path / "status-log.csv")):
        assert [observed.commands[number] for number in observed.uefi] == ["2"]
        told = tells_of(observed, StatusField.UPDATE)
        assert {observed.commands[number] for number in observed.command[told]} == {"1"}


def test_what_is_only_known_at_the_end_is_not_told_before_it(tmp_path):
    result = result_of("small")
    half = float(np.median(result.record.updates.success_time))
    until = round(epoch(result.rollout.start) + half)
    asked = [read_measure(words) for words in ("successful", "t10", "t95", "prompts")]
    asked += [read_measure(f"successful by 2018-08-20 {at}") for at in ("11:10", "21:00")]
    happened = told_by(result, tmp_path, asked, until=until)
    assert not happened.is_whole
    assert set(happened.values) == {"time to 10 %", "time to 95 %", asked[4].name}
    assert happened.values["time to 95 %"] is None
    assert happened.value(asked[1]) == value_of(result.record, asked[1])


def test_a_log_whose_devices_have_all_ended_goes_to_the_end(tmp_path):
    result = result_of("manual-example")
    kept = kept_of(result)
    assert told_by(result, tmp_path, [], until=None, is_over=True).is_whole
    assert not told_by(result, tmp_path, [], until=None).is_whole  # more may be to come
    result.save(tmp_path)
    seen = seen_in(read_observed(tmp_path / "status-log.csv"))
    more = kept.model_copy(update={"targeted": 2})  # one of them was never heard of
    given = {"log_sha256": "0" * 64, "kept_at": START, "is_over": True}
    assert not happened_of(seen, more, [], **given).is_whole


def test_what_was_over_before_is_of_another_rollout(tmp_path):
    """The console goes on showing how the update before went."""
    log = tmp_path / "console.csv"
    log.write_text(
        "Device;Update State\n"
        "A;Successful – 2024-01-05 08:00:00\n"
        "B;Successful – 2024-03-01 13:00:00\n"
    )
    seen = seen_in(read_observed(log, zone="UTC"), epoch(START), epoch(START) + round(24 * HOUR))
    assert len(seen.done) == 1
    assert seen.done[0] == pytest.approx(epoch(START) + HOUR, abs=60_000)
    assert seen_in(read_observed(log, zone="UTC"), epoch(START) + round(2 * HOUR)) is None


def seen_of(tmp_path, lines, head="time,device,status", **more):
    log = tmp_path / "log.csv"
    log.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return seen_in(read_observed(log, zone="UTC"), **more)


@pytest.mark.parametrize(
    ("then", "successful", "under_way"),
    [
        (["2024-03-01 20:00:00,A,not needed"], True, 0),
        (["2024-03-01 20:00:00,A,checking", "2024-03-01 20:00:03,A,not needed"], True, 0),
        (["2024-03-01 20:00:00,A,unreached"], True, 0),
        (["2024-03-01 20:00:00,A,failed"], False, 0),
        (["2024-03-01 20:00:00,A,checking"], True, 1),
        (["2024-03-01 13:00:00,A,restarting"], True, 0),  # told behind the end of that instant
        (["2024-03-01 20:00:00,B,not needed"], True, 0),
    ],
)
def test_without_names_of_commands_each_end_ends_one(tmp_path, then, successful, under_way):
    first = ["2024-03-01 12:00:00,A,checking", "2024-03-01 13:00:00,A,done"]
    seen = seen_of(tmp_path, first + then)
    assert list(seen.done) == ([epoch(START) + HOUR] if successful else [])
    assert seen.under_way == under_way
    assert len(seen.not_needed) == sum(",B," in line for line in then)


def test_of_several_successes_the_last_stays_with_names_of_commands_and_without(tmp_path):
    lines = [
        "2024-03-01 12:00:00,A,checking,1",
        "2024-03-01 13:00:00,A,done,1",
        "2024-03-01 15:00:00,A,checking,2",
        "2024-03-01 16:00:00,A,done,2",
        "2024-03-01 20:00:00,A,not needed,3",
    ]
    named = seen_of(tmp_path, lines, "time,device,status,command")
    untold = seen_of(tmp_path, [line.rpartition(",")[0] for line in lines])
    assert list(untold.done) == list(named.done) == [epoch(START) + 4 * HOUR]


WAVES = """\
zone: UTC
start: 2018-08-20 08:00
horizon: 16 h
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE/A: {devices: 8, installed: old.idf}, DE/B: {devices: 8, installed: old.idf}}}
faults: {installation: 20 %}
commands:
  - {update: DE/A, once: 2018-08-20 09:00}
  - {update: DE/B, once: 2018-08-20 11:00}
  - {update: DE, subordinate_units: true, once: 2018-08-20 15:00}
"""


def test_waves_in_a_log_without_names_of_commands_are_those_of_their_run(tmp_path):
    result = fwsim.simulate(fwsim.loads(WAVES), seed=1)
    observed = observed_in(result.record.log, result.rollout, result.record.ended)
    untold = replace(observed, command=np.full(len(observed), -1, np.int32), commands=())
    named, nameless = seen_in(observed), seen_in(untold)
    assert len(named.done) > 12
    assert list(nameless.done) == list(named.done)
    assert (nameless.outcomes, nameless.under_way) == (named.outcomes, named.under_way)


def test_in_the_hour_that_comes_twice_times_are_told_as_a_span(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "time,device,status\n2021-10-31 01:45:00,A,done\n2021-10-31 02:15:00,B,done\n"
        "2021-10-31 02:30:00,C,done\n2021-10-31 03:30:00,D,done\n",
        encoding="utf-8",
    )
    begin = datetime(2021, 10, 30, 23, tzinfo=UTC)  # 01:00 in Berlin
    kept = kept_forecast({}, start=begin, targeted=4)
    observed = read_observed(log, zone="Europe/Berlin")
    seen = seen_in(observed, epoch(kept.start), kept.ends_at)
    by = "successful by 2021-10-31 00:30"  # the forecast's clock is UTC's
    asked = [read_measure(words) for words in ("t25", "t50", "t75", "t95", by)]
    given = {"log_sha256": "0" * 64, "kept_at": START, "until": kept.ends_at}
    happened = happened_of(seen, kept, asked, **given)
    assert happened.between == {
        "time to 50 %": (1.25 * HOUR, 2.25 * HOUR),
        "time to 75 %": (1.5 * HOUR, 2.5 * HOUR),
        by: (0.25, 0.75),
    }
    assert happened.value(asked[0]) == 0.75 * HOUR
    assert Happened.model_validate_json(happened.model_dump_json()) == happened
