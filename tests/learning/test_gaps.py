"""What lines would tell that are missing in the midst of a log is not learnt from the others."""

import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import fwsim
from fwsim.commands.status_text import StatusField
from fwsim.learning.journeys import journeys_of
from fwsim.learning.took import restarts, transfers
from fwsim.learning.under_way import runs_of_plan
from fwsim.learning.under_way.not_heard_of import may_have_ended
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.learning.under_way.unheard import unheard
from fwsim.observations.reading import read_observed
from fwsim.run import prepare
from fwsim.scenario.load import load, loads
from tests.learning.under_way.plan_runs import played_once
from tests.observations.test_gaps import PILOT, WORDS, pilot_without

BEFORE = Path("scenarios/learnt/before.yaml")


@pytest.fixture(scope="module")
def rollout():
    return prepare(load(BEFORE))


def test_no_time_is_learnt_across_a_gap_and_what_was_under_way_is_cut(tmp_path, rollout):
    path = pilot_without(tmp_path / "log.csv", "15:40", "16:00")
    log = read_observed(path, zone="Europe/Berlin")
    [gap] = log.gaps
    seen = journeys_of([log], rollout)
    for found in (restarts(seen, rollout), transfers(seen)):
        begins = seen.early[found.line]
        is_whole = found.spans.whole
        ends = begins + np.where(is_whole, found.spans.high, 0)
        assert not (is_whole & (begins <= gap.begin) & (ends >= gap.end)).any()
        open_before = ~is_whole & (begins <= gap.begin)
        assert (found.spans.low == gap.begin - begins)[open_before].all()
    assert open_before.any()


@pytest.fixture(scope="module")
def pilot():
    text = (
        BEFORE.read_text(encoding="utf-8")
        .replace("start: 2026-10-16", "start: 2026-10-02")
        .replace("once: 2026-10-16", "once: 2026-10-02")
        .replace("update: Germany", "update: Pilot")
    )
    found = prepare(loads(text, folder=BEFORE.parent))
    with played_once(found):
        yield found


def test_a_forecast_from_a_log_with_a_gap_says_so(tmp_path, pilot):
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00")
    told = [each for each in read_so_far(path, pilot).contradictions if "missing" in str(each)]
    assert [(each.source, each.line) for each in told] == [(str(path), None)]


def successful(path):
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["time"][11:] <= "18:00"]
    return {row["device"] for row in rows if row["state"] == "SUCCESS"}, rows


def test_who_may_have_ended_in_a_gap_is_not_told_as_under_way(tmp_path, pilot):
    """Nor is a rollout behind that may be where it was expected to be."""
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00")
    found = fwsim.forecast(pilot, path, at="2026-10-02 18:00", runs=1, workers=1)
    shown, rows = successful(path)
    later = {row["device"] for row in rows if row["time"][11:16] >= "17:00"}
    unseen = successful(PILOT)[0] - shown - later
    assert unseen
    assert len(unseen) <= found.unheard < 60
    assert found.most_done == pytest.approx((len(shown) + found.unheard) / 60)
    assert any(
        f"{found.unheard} devices were under way when last seen" in each
        for each in found.sentences()
    )
    assert found.as_data()["may_have_ended"] == found.unheard
    expected = found.expected.middle.value
    assert found.done < expected
    assert found.gap == pytest.approx(min(found.most_done - expected, 0))
    looks = tmp_path / "looks.csv"
    first = ("HQ-001;2026-10-02 16:00", "hq-002;2026-10-02 16:00")
    last = ("HQ-002;2026-10-02 18:00", "HQ-003;2026-10-02 18:00")
    rows = [f"{row};Update in progress" for row in (*first, *last)]
    looks.write_text("\n".join(["Device;Time;Update State", *rows, ""]), encoding="utf-8")
    so_far = read_so_far(looks, pilot)
    assert len(unheard(so_far, pilot, StatusField.UPDATE)) == 1
    shown = SimpleNamespace(so_far=so_far, unheard=1)
    assert "later exports do not show it" in next(may_have_ended(shown, "10.0 %"))
    whole = read_so_far(PILOT, pilot, "2026-10-02 18:00")
    assert not len(unheard(whole, pilot, StatusField.UPDATE))


@pytest.mark.parametrize(("at", "count"), [("15:50", 0), ("17:00", 0), ("18:30", 2), ("20:00", 0)])
def test_of_exports_only_those_up_to_then_tell_who_is_shown_no_more(tmp_path, pilot, at, count):
    """As do the times at which they were: not what was exported later."""
    shown = {"16": ("001", "002", "003"), "18": ("001",), "20": ("001", "002", "003")}
    rows = [f"HQ-{n};2026-10-02 {h}:00;Update in progress" for h in shown for n in shown[h]]
    path = tmp_path / "looks.csv"
    path.write_text("\n".join(["Device;Time;Update State", *rows, ""]), encoding="utf-8")
    so_far = read_so_far(path, pilot, f"2026-10-02 {at}")
    assert len(unheard(so_far, pilot, StatusField.UPDATE)) == count


def test_no_export_is_missed_before_it_was_made(tmp_path, pilot):
    rows = [f"HQ-{n};2026-10-02 16:00;Update in progress" for n in ("001", "002")]
    rows += ["HQ-001;2026-10-02 18:00;Update in progress"]
    path = tmp_path / "looks.csv"
    path.write_text("\n".join(["Device;Time;Update State", *rows, ""]), encoding="utf-8")
    for at, count in (("17:00", 0), ("18:00", 1)):
        so_far = read_so_far(path, pilot, f"2026-10-02 {at}")
        assert len(unheard(so_far, pilot, StatusField.UPDATE)) == count


@pytest.mark.parametrize("later", ["Update in progress", ""])
def test_who_a_later_export_shows_by_its_name_in_small_letters_is_shown(tmp_path, pilot, later):
    names = "001", "002", "003"
    rows = [f"HQ-{n};2026-10-02 16:00;Update in progress" for n in names]
    rows += [f"hq-{n};2026-10-02 18:00;{later}" for n in names[:2]]
    rows += [f"HQ-001;2026-10-02 20:00;{later}"]
    path = tmp_path / "looks.csv"
    path.write_text("\n".join(["Device;Time;Update State", *rows, ""]), encoding="utf-8")
    for at, count in (("19:00", 1), ("21:00", 2)):
        so_far = read_so_far(path, pilot, f"2026-10-02 {at}")
        assert len(unheard(so_far, pilot, StatusField.UPDATE)) == count


def test_a_gap_that_later_lines_of_its_own_log_show_is_known_at_any_time_in_it(tmp_path, pilot):
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00")
    whole = read_so_far(path, pilot)
    [gap] = whole.observed.gaps
    for at in ("16:30", "17:05"):
        so_far = read_so_far(path, pilot, f"2026-10-02 {at}")
        assert so_far.observed.gaps == (gap,)
        assert len(unheard(so_far, pilot, StatusField.UPDATE))
        assert any("missing" in str(each) for each in so_far.contradictions)
    assert read_so_far(whole.past, pilot, "2026-10-02 16:30").observed.gaps == (gap,)
    before = read_so_far(path, pilot, "2026-10-02 15:45")
    assert not before.observed.gaps
    assert not any("missing" in str(each) for each in before.contradictions)


def test_of_two_gaps_that_which_begins_after_the_moment_is_not_told(tmp_path, pilot):
    path = pilot_without(tmp_path / "log.csv", "15:40", "16:00")
    with path.open(encoding="utf-8") as file:
        rows = [
            line
            for line in file
            if not any(f"2026-10-02{t}16:{m}" in line for t in " T" for m in range(30, 45))
        ]
    path.write_text("".join(rows), encoding="utf-8")

    def told(at):
        so_far = read_so_far(path, pilot, f"2026-10-02 {at}")
        return len(so_far.observed.gaps), sum("missing" in str(p) for p in so_far.contradictions)

    assert told("17:30") == (2, 2)
    assert told("16:10") == (1, 1)


def test_nor_is_a_later_gap_of_a_log_that_is_not_of_fwsims_own(tmp_path, pilot):
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00", WORDS)
    for at, count in (("17:05", 1), ("15:45", 0)):
        so_far = read_so_far(path, pilot, f"2026-10-02 {at}")
        assert sum("missing" in str(each) for each in so_far.contradictions) == count


def test_who_is_silent_and_may_have_ended_is_said_to_be_both(tmp_path, pilot):
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00")
    found = fwsim.forecast(pilot, path, at="2026-10-02 16:50", runs=1, workers=1)
    assert 0 < found.silent_or_ended <= found.unheard
    silent = round(sum(found.silent.values()))
    both = "Each" if found.silent_or_ended == silent else f" {found.silent_or_ended}"
    assert any(f"{both} of them may" in each for each in found.sentences())


def test_devices_without_a_line_are_told_where_a_log_tells_more_than_ends(tmp_path, pilot):
    path = pilot_without(tmp_path / "log.csv", "24:00", "25:00", WORDS)
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("HQ-01", "HQ-02"))]
    path.write_text("\n".join([*kept, ""]), encoding="utf-8")
    told = [
        each
        for each in fwsim.forecast(pilot, path, at="2026-10-02 18:00", runs=1).sentences()
        if "has no line of" in each
    ]
    missing = 60 - len({line.split(";")[0] for line in kept[1:]})
    assert missing >= 10
    assert len(told) == 1
    assert told[0].startswith(f"The log has no line of {missing} of 60 devices")
    assert "lines carry" not in told[0]
    early = fwsim.forecast(pilot, path, at="2026-10-02 15:31", runs=1, workers=1)
    assert not any("has no line of" in each for each in early.sentences())


TWO_UNITS = """\
name: two units
zone: UTC
start: 2024-03-01 09:00
horizon: 8 h
image: {name: new.idf, packages: [{name: a, size: 4 MB}]}
fleet: {units: {DE/A: {devices: 2, installed: old.idf}, DE/B: {devices: 2, installed: old.idf}}}
commands:
  - {%s: DE, subordinate_units: true, once: 2024-03-01 09:30}
  - {update: DE/A, once: 2024-03-01 10:00}
"""


@pytest.mark.parametrize(("first", "told"), [("delivery", []), ("update", ["DE/B ("])])
def test_who_is_sent_only_what_the_rollout_is_not_judged_by_counts_not_as_not_done(
    tmp_path, monkeypatch, first, told
):
    monkeypatch.setattr(runs_of_plan, "_MOST_RUNS", 100)
    rollout, path = prepare(loads(TWO_UNITS % first)), tmp_path / "log.csv"
    rows = [f"A-{n};2024-03-01 10:00;{what}" for n in "12" for what in ("checking", "fetching")]
    path.write_text("\n".join(["Device;Time;Status", *rows, ""]), encoding="utf-8")
    found = fwsim.forecast(rollout, path, at="2024-03-01 11:10", runs=1, workers=1).sentences()
    lines = [each for each in found if "has no line of" in each]
    assert [each.split("line of ")[1][:6] for each in lines] == told
