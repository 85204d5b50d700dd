"""Jobs that a server numbers its own way, as in the rows of Scout's update jobs."""

from datetime import UTC, datetime, timedelta

import pytest

import fwsim
from fwsim.learning.journeys import devices_of
from fwsim.learning.learn import learn
from fwsim.learning.named_jobs import named_jobs
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.ledger.logs import source_of
from fwsim.ledger.matching import with_own_jobs
from fwsim.observations.reading import read_observed
from fwsim.problems import InputError
from fwsim.run import prepare

SCENARIO = """\
name: Two floors
zone: UTC
start: 2026-11-02 08:00
horizon: 1 d
image: {name: new.idf, packages: [{name: base, size: 100 MB}]}
fleet: {units: {A: {devices: 10, installed: old.idf}, B: {devices: 10, installed: old.idf}}}
"""
ONE = "commands: [{update: A, once: 2026-11-02 12:00}]\n"
TWO = ONE.replace("}]", "}, {update: B, once: 2026-11-02 13:00}]")
START = datetime(2026, 11, 2, tzinfo=UTC)
HEAD = "Device;UpdateJobID;StartStatus;Status;Result;TimeCreated;TimeModified\n"


def job(name, unit, hour, count=10):
    """Return the rows of a job that devices of an OU came through."""
    for n in range(1, count + 1):
        made = START + timedelta(hours=hour, seconds=7 * n)
        ended = made + timedelta(minutes=20, seconds=11 * n)
        yield f"{unit}-{n:02};{name};3;5;0;{made.timestamp():.0f};{ended.timestamp():.0f}\n"


@pytest.fixture
def put(tmp_path):
    def put(*rows, head=HEAD):
        path = tmp_path / "jobs.csv"
        path.write_text(head + "".join(row for each in rows for row in each), encoding="utf-8")
        return path

    return put


def warned(found):
    return [problem.message for problem in found.contradictions]


def test_jobs_are_matched_to_commands_by_whom_and_when_they_came_to(put):
    rollout = prepare(fwsim.loads(SCENARIO + TWO))
    found = read_so_far(put(job(71, "B", 13), job(70, "A", 12)), rollout)
    assert (len(found.past.log), set(found.past.log.run.tolist())) == (20, {0, 1})
    (told,) = warned(found)
    assert told.endswith("they are taken for the scenario's commands: 71 → 2, 70 → 1")


def test_learning_matches_them_too_and_tells(put):
    learnt = learn(fwsim.loads(SCENARIO + TWO), put(job(70, "A", 12), job(71, "B", 13)), rows=50)
    assert any("70 → 1, 71 → 2" in text for text in learnt.remarks())


@pytest.mark.parametrize("other", [("A", 9), ("PC", 12)])
def test_rows_of_another_job_are_left_out_though_they_are_the_most(put, other):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    found = read_so_far(put(job(6, *other), job(7, "A", 12, count=2)), rollout)
    assert len(found.past.log) == 2
    (told,) = [text for text in warned(found) if "another rollout's" in text]
    assert told.startswith("20 lines are of jobs for whose devices no command")
    assert "(6)" in told


def test_a_score_leaves_them_out_too(put):
    source = source_of(put(job(6, "A", 9), job(7, "A", 12, count=2)))
    fleet = prepare(fwsim.loads(SCENARIO + ONE))
    log, told = with_own_jobs(source.read("UTC"), fleet, source)
    assert {log.device[row] for row in range(len(log))} == {"A-01", "A-02"}
    assert "(6); left out as another rollout's" in str(told[0])


def test_two_jobs_that_are_taken_for_one_command_are_told(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    found = read_so_far(put(job(7, "A", 12, count=2), job(8, "A", 14)), rollout)
    assert "7 → 1, 8 → 1" in warned(found)[0]


def test_one_job_for_one_command_goes_without_saying(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    assert warned(read_so_far(put(job(7, "A", 12)), rollout)) == []


def test_names_of_commands_that_the_scenario_has_stay(put):
    rollout = prepare(fwsim.loads(SCENARIO + TWO))
    log = read_observed(put(job(2, "B", 13), job(70, "A", 12)), zone="UTC")
    assert named_jobs(log, rollout).log is log


def test_the_first_job_of_a_server_is_not_command_1_that_was_not_due_then(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    found = read_so_far(put(job(1, "A", 9), job(3, "A", 12, count=6)), rollout)
    assert len(found.past.log) == 6
    (told,) = warned(found)
    assert "(#1); left out as another rollout's" in told


def test_many_jobs_are_matched_at_once(put, monkeypatch):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    log = read_observed(put(*(job(60 + n, "A", n, count=1) for n in range(12, 20))), zone="UTC")
    asked = []
    monkeypatch.setattr(
        "fwsim.learning.named_jobs.devices_of",
        lambda *given: asked.append(1) or devices_of(*given),
    )
    assert len(named_jobs(log, rollout).command_of) == 8
    assert asked == [1]


def test_lines_of_a_command_that_the_scenario_does_not_have_are_left_out(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    found = read_so_far(put(job(1, "A", 12, count=6), job(2, "A", 14, count=4)), rollout)
    assert len(found.past.log) == 6
    (told,) = warned(found)
    assert told == "8 lines are of commands that are not in the scenario; left out"


def test_jobs_of_which_none_fits_stay_for_the_clock_may_be_another(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    log = read_observed(put(job(7, "A", 9)), zone="UTC")
    assert named_jobs(log, rollout).log is log


@pytest.mark.parametrize(
    ("other", "hint"),
    [
        (("A", 9), "leave out the lines from before 2026-11-02 12:00"),
        (("PC", 12), "leave out the lines of devices that the scenario does not have"),
    ],
)
def test_a_log_without_names_of_jobs_is_refused_with_the_lines_to_leave_out(put, other, hint):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    rows = [*job(6, *other), *job(7, "A", 12, count=2)]
    rows = [row.replace(";6;", ";").replace(";7;", ";") for row in rows]
    with pytest.raises(InputError) as caught:
        read_so_far(put(rows, head=HEAD.replace("UpdateJobID;", "")), rollout)
    text = caught.value.problems[0].message
    assert text.startswith("10 of 12 lines do not fit this scenario")
    assert " The other 2 fit: if those that do not are of another" in text
    assert hint in text


def test_a_forecast_takes_a_mapping(tmp_path):
    path = tmp_path / "log.csv"
    rows = [f"A-{n:02};2026-11-02 12:{10 + n};fertig\n" for n in range(1, 11)]
    path.write_text("Rechner;Wann;Vorgang\n" + "".join(rows), encoding="utf-8")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "columns: {device: Rechner, time: Wann, status: Vorgang}\nwords: {fertig: done}\n",
        encoding="utf-8",
    )
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    assert len(read_so_far(path, rollout, mapping=mapping).past.log) == 10
