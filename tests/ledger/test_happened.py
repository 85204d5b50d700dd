"""What a log tells of a rollout is what its run came to."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

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
from tests.results.small_rollout import SMALL

OF_USERS = ("prompts", "devices prompted", "most prompts on one device", "deferments", "cancels")
WEEKS = ("always", "daily 12:00-12:30", "mon-fri 10:00-12:00")
SCENARIOS = Path(__file__).parents[2] / "scenarios"
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


@cache
def result_of(name):
    return fwsim.simulate(fwsim.loads(SMALL) if name == "small" else SCENARIOS / f"{name}.yaml")


def kept_of(result):
    """Return a forecast of a run's scenario that says nothing, for when it began."""
    rollout, updates = result.rollout, result.record.judged
    return kept_forecast(
        {},
        start=rollout.start,
        zone=rollout.scenario.zone,
        horizon=rollout.horizon,
        first_command=updates.first_command,
        targeted=len(updates.targeted),
    )


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


@pytest.mark.parametrize("kept_back", [0, 3])
def test_of_devices_that_a_log_leaves_out_nobody_knows_what_became(tmp_path, kept_back):
    """They may have been successful at once, or not at all; what does not hang on them is known."""
    result = result_of("small")
    kept = kept_of(result)
    result.save(tmp_path)
    path = tmp_path / "status-log.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    column = head.split(",").index("device")
    names = sorted({row.split(",")[column] for row in rows})
    left_out = set(names[:kept_back])
    rows = [row for row in rows if row.split(",")[column] not in left_out]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    observed = with_fields(read_observed(path), result.rollout)
    seen = seen_in(observed, epoch(kept.start), kept.ends_at)
    asked = [read_measure(words) for words in ("time to 50 %", "time to 100 %", "deferments")]
    given = {"log_sha256": "0" * 64, "kept_at": START}
    open_, told = (
        happened_of(seen, kept, asked, until=until, **given) for until in (None, kept.ends_at)
    )
    assert told.between == {}
    assert told.value(asked[2]) is not None
    if not kept_back:
        assert seen.absent_of(kept.targeted) == 0
        assert open_.between == {}
        return
    assert seen.absent_of(kept.targeted) == kept_back
    low, high = open_.span(asked[0])
    assert low < open_.value(asked[0]) == high
    assert open_.span(asked[1]) is None  # some failed, so it never came
    assert open_.value(asked[2]) is None


@pytest.mark.parametrize("until", [None, "end"])
def test_of_devices_that_may_have_ended_in_a_gap_nobody_knows_what_became(tmp_path, until):
    """What came lies between what it would be if they were successful there, and if none was."""
    result = fwsim.simulate(SCENARIOS / "pilot-of-thirty.yaml", seed=9, replication=30)
    kept = kept_of(result)
    result.save(tmp_path)
    path = tmp_path / "status-log.csv"
    asked = [read_measure(words) for words in ("time to 50 %", "successful", "deferments")]
    given = {"log_sha256": "0" * 64, "kept_at": START, "until": until and kept.ends_at}

    def found():
        seen = seen_in(read_observed(path), epoch(kept.start), kept.ends_at)
        return seen, happened_of(seen, kept, asked, **given)

    _, truth = found()
    assert truth.between == {}
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    kept_rows = [row for row in rows if not "16:30" <= row[11:16] < "17:10"]
    path.write_text("\n".join([head, *kept_rows]) + "\n", encoding="utf-8")
    seen, told = found()
    assert 0 < len(seen.lost) <= seen.under_way
    low, high = told.span(asked[0])
    assert low <= value_of(result.record, asked[0]) < high == told.value(asked[0])
    if until:
        low, high = told.span(asked[1])
        assert low < value_of(result.record, asked[1]) <= high
    assert told.value(asked[2]) is None  # clicks may have been among what is missing


EXPORTS = {
    "13-00": ("A;Update in progress", "B;Update in progress", "C;Successful", "D;Deferred"),
    "15-00": ("B;Update in progress", "D;Successful"),
    "15-05": ("E;Update in progress",),
}


@pytest.mark.parametrize("more", [{}, {"pseudonymise": "a long key"}])
def test_who_is_in_no_later_export_may_have_ended(tmp_path, more):
    """Those that others show minutes later are as good as shown; so are those with later events."""
    paths = []
    for at, rows in EXPORTS.items():
        paths.append(tmp_path / f"states-2024-03-01T{at}.csv")
        paths[-1].write_text("\n".join(["Device;Update State", *rows, ""]), encoding="utf-8")
    kept = kept_forecast({}, targeted=5)
    observed = read_observed(paths, zone="UTC", **more)
    assert sorted(observed.last_looks.values()) == [
        round(epoch(START) + hours * HOUR) for hours in (1, 1, 3, 3, 3 + 1 / 12)
    ]
    seen = seen_in(observed, epoch(kept.start), kept.ends_at)
    assert seen.under_way == 3
    assert seen.lost.tolist() == [epoch(START) + HOUR]
    asked = [read_measure("successful by 2024-03-01 15:00")]
    told = happened_of(seen, kept, asked, log_sha256="0" * 64, kept_at=START)
    assert told.span(asked[0]) == (0.4, 0.6)
    events = tmp_path / "events.csv"
    events.write_text("Device;Time;Status\nA;2024-03-01 14:59;writing\n", encoding="utf-8")
    observed = read_observed([*paths, events], zone="UTC", **more)
    assert not len(seen_in(observed, epoch(kept.start), kept.ends_at).lost)


@pytest.mark.parametrize(("targeted", "absent"), [(3, 0), (4, 1), (5, 2), (2, 1)])
def test_who_is_shown_with_nothing_to_the_end_is_no_device_that_a_log_leaves_out(
    tmp_path, targeted, absent
):
    """Where more are shown than are targeted, nobody knows whether these are among them."""
    shown = {"13-00": "A;Successful\nB;\nC;\nD;", "15-00": "A;Successful\nB;\nC;"}
    paths = []
    for at, rows in shown.items():
        paths.append(tmp_path / f"states-2024-03-01T{at}.csv")
        paths[-1].write_text(f"Device;Update State\n{rows}\n", encoding="utf-8")
    seen = seen_in(read_observed(paths, zone="UTC"), round(epoch(START)))
    assert seen.absent_of(targeted) == absent


@pytest.mark.parametrize(("at", "absent"), [("14:20", 2), ("15:05", 2), ("15:10", 4)])
def test_so_it_is_beside_a_log_of_events_that_ends_as_the_export_was_made(tmp_path, at, absent):
    export, events = tmp_path / "states-2024-03-01T15-00.csv", tmp_path / "events.csv"
    export.write_text("Device;Update State\nA;Successful\nB;\nC;\n", encoding="utf-8")
    events.write_text(f"Device;Time;Status\nA;2024-03-01 {at};done\n", encoding="utf-8")
    seen = seen_in(read_observed([export, events], zone="UTC"), round(epoch(START)))
    assert seen.absent_of(5) == absent


@pytest.mark.parametrize(
    ("what", "ends", "count"),
    [
        ("fetching", "14:30", 1),
        ("fetching", "14:29", 0),
        ("deferred", "14:30", 0),
        ("fetching\nA;2024-03-01 14:05;off", "14:40", 0),
    ],
)
def test_who_was_at_work_long_before_a_log_of_events_ends_is_not_heard_of(
    tmp_path, what, ends, count
):
    lines = [f"A;2024-03-01 14:00;{what}", f"B;2024-03-01 {ends};done"]
    events = tmp_path / "events.csv"
    events.write_text("\n".join(["Device;Time;Status", *lines, ""]), encoding="utf-8")
    seen = seen_in(read_observed(events, zone="UTC"), round(epoch(START)))
    assert (seen.unheard, seen.under_way, len(seen.lost)) == (count, 1, 0)


def test_whom_exports_go_on_to_show_at_work_is_heard_of(tmp_path):
    for at in ("13-00", "15-00"):
        path = tmp_path / f"states-2024-03-01T{at}.csv"
        path.write_text("Device;Update State\nA;Update in progress\n", encoding="utf-8")
    seen = seen_in(read_observed(sorted(tmp_path.iterdir()), zone="UTC"), round(epoch(START)))
    assert (seen.unheard, seen.under_way) == (0, 1)


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
