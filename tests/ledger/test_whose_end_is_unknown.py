"""Of whom a log does not tell what became, and who is heard of after all."""

import pytest

import fwsim
from fwsim.ledger.happened import happened_of
from fwsim.ledger.judged import with_fields
from fwsim.ledger.kept import epoch
from fwsim.ledger.seen import seen_in
from fwsim.measures.measure import read_measure
from fwsim.observations.reading import read_observed
from fwsim.results.run.measuring import value_of
from tests.ledger.kept_forecasts import HOUR, START, kept_forecast
from tests.ledger.results_told import SCENARIOS, kept_of, result_of


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
