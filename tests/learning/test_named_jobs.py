"""Jobs that a server numbers its own way, as in the rows of Scout's update jobs."""

from datetime import UTC, datetime, timedelta

import pytest

import fwsim
from fwsim.learning.earlier_job import of_earlier_job
from fwsim.learning.known_names import devices_of
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
UNNAMED = "Device;StartStatus;Status;Result;TimeCreated;TimeModified\n"
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
    assert told.startswith("20 lines are of jobs (6) that began when no command")
    assert "(6)" in told


def test_a_score_leaves_them_out_too(put):
    source = source_of(put(job(6, "A", 9), job(7, "A", 12, count=2)))
    fleet = prepare(fwsim.loads(SCENARIO + ONE))
    log, told = with_own_jobs(source.read("UTC"), fleet, source)
    assert {log.device[row] for row in range(len(log))} == {"A-01", "A-02"}
    assert "(6) that began when no command" in str(told[0])


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
    assert "(#1) that began when no command" in told


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


def without_names(put, *jobs):
    """Return a log of jobs that does not name them."""
    rows = (row.split(";") for each in jobs for row in each)
    return put([";".join([*cells[:1], *cells[2:]]) for cells in rows], head=UNNAMED)


def test_an_earlier_job_of_a_log_without_names_is_left_out_though_it_is_the_most(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    found = read_so_far(without_names(put, job(6, "A", 9), job(7, "A", 12, count=2)), rollout)
    assert len(found.past.log) == 2
    (told,) = warned(found)
    assert told.startswith("20 lines are from before their devices were commanded")


@pytest.mark.parametrize(
    ("other", "hint"),
    [
        ([*job(6, "A", 9)][2:], "leave out the lines from before 2026-11-02 12:00"),
        (job(6, "PC", 12), "leave out the lines of devices that the scenario does not have"),
    ],
)
def test_a_log_without_names_of_jobs_is_refused_with_the_lines_to_leave_out(put, other, hint):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    rows = [*other]
    log = without_names(put, rows, job(7, "A", 12, count=2))
    with pytest.raises(InputError) as caught:
        read_so_far(log, rollout)
    text = caught.value.problems[0].message
    assert text.startswith(f"{len(rows)} of {len(rows) + 2} lines do not fit this scenario")
    assert " The other 2 fit: if those that do not are of another" in text
    assert hint in text


def look(tmp_path, hour, *, begun, at="12-02"):
    """Write an export that still shows what devices came to in a pilot, but for some of them."""
    rows = [
        f"A-{n:02};Update in progress (transfer started – 2026-11-02 12:0{n}:00)\n"
        if n <= begun
        else f"A-{n:02};Successful – 2026-11-02 {hour:02}:{10 + n}:00\n"
        for n in range(1, 11)
    ]
    path = tmp_path / f"states-2026-11-02T{at}.csv"
    path.write_text("Device;Update State\n" + "".join(rows), encoding="utf-8")
    return path


def test_the_first_export_after_a_command_shows_what_a_pilot_came_to(tmp_path):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    found = read_so_far(look(tmp_path, 9, begun=2), rollout)
    assert len(found.past.log) == 2
    assert warned(found) == [
        "8 lines are from before their devices were commanded, and of an earlier job; left out"
    ]


@pytest.mark.parametrize(
    ("hour", "begun", "zone"),
    [
        (9, 0, "UTC"),  # the command may have begun then
        (11, 2, "UTC"),
        (10, 2, "Europe/Helsinki"),  # the stamps may be UTC
    ],
)
def test_what_may_be_the_command_on_another_clock_is_no_pilot(tmp_path, hour, begun, zone):
    rollout = prepare(fwsim.loads((SCENARIO + ONE).replace("UTC", zone)))
    with pytest.raises(InputError, match="do not fit this scenario"):
        read_so_far(look(tmp_path, hour, begun=begun), rollout)


def test_who_was_commanded_twice_came_to_no_earlier_job(put):
    again = ONE.replace("}]", "}, {update: A, once: 2026-11-02 14:00}]")
    rollout = prepare(fwsim.loads(SCENARIO + again))
    log = without_names(put, job(7, "A", 11), job(8, "A", 14))
    assert not of_earlier_job(read_observed(log, zone="UTC"), rollout).any()


def test_a_pilot_that_came_to_few_of_the_devices_is_left_out_alone(put):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    pilot, others = job(6, "A", 9, count=2), job(6, "B", 11)
    read = read_observed(without_names(put, pilot, others, job(7, "A", 12)), zone="UTC")
    left = read.where(of_earlier_job(read, rollout))
    assert len(left) == 4
    assert {left.device[row] for row in range(4)} == {"A-01", "A-02"}


def early(tmp_path, commands, *lines):
    """Tell which of some lines (device, time, status) are of an earlier job."""
    path = tmp_path / "log.csv"
    rows = [f"{name};2026-11-02 {at}:00;{status}\n" for name, at, status in lines]
    path.write_text("Device;Time;Status\n" + "".join(rows), encoding="utf-8")
    log = read_observed(path, zone="UTC")
    return of_earlier_job(log, prepare(fwsim.loads(SCENARIO + commands))).tolist()


def test_an_earlier_job_shows_in_devices_that_have_only_begun_the_scenarios(tmp_path):
    lines = ("A-01", "09:00", "done"), ("A-01", "12:30", "fetching")
    assert early(tmp_path, ONE, *lines) == [True, False]


def test_what_is_early_goes_by_a_devices_own_first_command(tmp_path):
    """The command of another OU was due long before; its own is due at one."""
    lines = ("B-01", "12:30", "done"), ("B-01", "13:30", "done")
    assert early(tmp_path, TWO, *lines) == [True, False]
    again = TWO.replace("}]", "}, {update: B, once: 2026-11-02 12:00}]")
    assert early(tmp_path, again, *lines) == [False, False]


@pytest.mark.parametrize("first", ["failed", "unreached"])
def test_a_rollout_on_another_clock_is_no_earlier_job_for_one_device_that_was_tried_again(
    tmp_path, first
):
    """All its lines were left out, and a forecast began anew with that device alone."""
    path = tmp_path / "log.csv"
    rows = [f"A-{n:02};2026-11-02 11:{20 + n}:00;done\n" for n in range(1, 10)]
    again = f"A-10;2026-11-02 11:20:00;{first}\nA-10;2026-11-02 12:30:00;done\n"
    path.write_text("Device;Time;Status\n" + "".join(rows) + again, encoding="utf-8")
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    log = read_observed(path, zone="UTC")
    assert of_earlier_job(log, rollout).sum() == (first == "failed")
    with pytest.raises(InputError, match="if they were an hour later"):
        read_so_far(path, rollout)


@pytest.mark.parametrize("own", ["7", "1"])
def test_learning_leaves_jobs_of_other_rollouts_out_and_tells(put, own):
    scenario = fwsim.loads(SCENARIO + ONE)
    alone = learn(scenario, put(job(own, "A", 12, count=2)), rows=50)
    both = learn(scenario, put(job(6, "A", 9, count=8), job(own, "A", 12, count=2)), rows=50)
    assert [(one.name, one.seen) for one in both.learnt] == [
        (one.name, one.seen) for one in alone.learnt
    ]
    told = [text for text in both.remarks() if "left out" in text]
    assert len(told) == 1
    assert "16 lines are of " in told[0]
    assert not any("do not fit" in text for text in both.remarks())


def test_learning_leaves_an_earlier_job_without_a_name_out_and_tells(put):
    scenario = fwsim.loads(SCENARIO + ONE)
    found = learn(scenario, without_names(put, job(6, "A", 9), job(7, "A", 12, count=2)), rows=50)
    assert found["faults.transfer"].observations == 2
    assert any(
        "20 lines are from before their devices were commanded" in text for text in found.remarks()
    )


def test_an_earlier_job_of_other_devices_alone_is_left_out_and_told(put, tmp_path):
    """Learning took its week for the time until the server sends; a forecast was refused."""
    scenario = fwsim.loads(SCENARIO + ONE)
    log = without_names(put, job(6, "B", 9), job(7, "A", 12, count=2))
    found = learn(scenario, log, rows=50)
    assert found["faults.transfer"].observations == 2
    assert any("20 lines are from before" in text for text in found.remarks())
    read = read_so_far(log, prepare(scenario))
    assert len(read.past.log) == 2
    assert any("of an earlier job; left out" in text for text in warned(read))


@pytest.mark.parametrize(
    ("at", "status", "is_one"),
    [("09:00", "done", True), ("11:30", "done", False), ("09:00", "fetching", False)],
)
def test_what_other_devices_came_to_is_an_earlier_job_if_it_was_over(tmp_path, at, status, is_one):
    lines = ("B-01", at, status), ("A-01", "12:30", "fetching")
    assert early(tmp_path, ONE, *lines) == [is_one, False]


@pytest.mark.parametrize("inside", [4, 5])
def test_half_of_a_jobs_devices_make_it_the_commands(put, inside):
    rollout = prepare(fwsim.loads(SCENARIO + ONE))
    rows = [*[*job(70, "A", 9)][inside:], *job(70, "A", 12, count=inside), *job(71, "A", 13)]
    found = named_jobs(read_observed(put(rows), zone="UTC"), rollout)
    assert ("70" in found.command_of) is (inside == 5)


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
