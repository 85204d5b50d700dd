"""Files of logs, read for learning: recognised, pseudonymised, refused all at once."""

from datetime import UTC, datetime, timedelta

import pytest

import fwsim as package
from fwsim.learning.reading import read_logs
from fwsim.observations.observed import What
from fwsim.problems import InputError
from fwsim.scenario.load import loads
from tests.cli.command_line import fwsim
from tests.learning.as_events import as_events
from tests.learning.test_learning import GUESSED, TEXT

NAMES = {
    "Berlin: {devices: 300": "Berlin: {devices: 12",
    "Bonn: {devices: 300": "Bonn: {devices: 9",
}
IIS = """\
#Fields: date time cs-method cs-uri-stem c-ip sc-status sc-win32-status sc-bytes time-taken
2021-09-24 07:30:00 GET /a/baseos.fpm 10.0.0.1 200 0 300000000 60000
"""


def smaller(text):
    for old, new in NAMES.items():
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a scenario, the saved run of its true world, and a web server's log."""
    folder = tmp_path_factory.mktemp("logs")
    (folder / "pilot.yaml").write_text(smaller(GUESSED), encoding="utf-8")
    package.simulate(loads(smaller(TEXT)), seed=5).save(folder)
    (folder / "web.log").write_text(IIS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def names(place):
    return set(package.run.prepare(package.load(place / "pilot.yaml")).fleet.names)


def test_a_web_servers_log_is_known_wherever_it_is_named(place):
    log, web = place / "status-log.csv", place / "web.log"
    for read in (read_logs([log, web], zone="UTC"), read_logs([log], [web], zone="UTC")):
        assert len(read.observed) == 1
        assert len(read.transfers) == 1
        assert [account.source for account in read.accounts] == [str(log), str(web)]


def test_everything_that_is_wrong_is_told_at_once(place, tmp_path):
    (tmp_path / "empty.csv").write_text("\n")
    (tmp_path / "map.yaml").write_text("forn: events\n")
    with pytest.raises(InputError) as refused:
        read_logs(
            [tmp_path / "empty.csv", tmp_path / "nosuch.csv", place / "status-log.csv"],
            [place / "pilot.yaml"],
            mapping=tmp_path / "map.yaml",
        )
    text = str(refused.value)
    for name in ("empty.csv: error: is empty", "nosuch.csv", "pilot.yaml", "map.yaml"):
        assert text.count(name) == 1


def test_a_log_is_not_blamed_for_a_slip_in_its_mapping(tmp_path):
    (tmp_path / "log.csv").write_text("Rechner;Wann;Vorgang\nR1;2021-06-05 10:00;fertig\n")
    (tmp_path / "map.yaml").write_text(
        "duration: min\ncolumns: {device: Rechner, time: Wann, status: Vorgang}\n"
    )
    with pytest.raises(InputError) as refused:
        read_logs([tmp_path / "log.csv"], mapping=tmp_path / "map.yaml")
    (problem,) = refused.value.problems
    assert problem.source == str(tmp_path / "map.yaml")


def test_the_web_log_of_another_image_is_told(place, tmp_path):
    lines = IIS.splitlines()
    asks = lines[1].replace("/a/baseos.fpm", "/a/august.idf").replace("300000000", "9000")
    (tmp_path / "web.log").write_text("\n".join([*lines, asks, ""]))
    ended = fwsim(
        "learn", place / "pilot.yaml", place / "status-log.csv", tmp_path / "web.log", "--rows", 10
    )
    assert ended.code == 0
    assert "nobody asks for september.idf here, but for august.idf" in ended.text


def test_a_web_servers_log_alone_is_not_enough(place):
    with pytest.raises(InputError, match="no log of devices was given"):
        read_logs([place / "web.log"])


def test_a_device_is_found_by_the_address_in_the_device_list(place, tmp_path):
    rows = "".join(f"Berlin-{n:02};10.0.0.{n};Berlin\n" for n in range(1, 4))
    (tmp_path / "devices.csv").write_text(f"Name;IP address;OU\n{rows}")
    scenario = loads(
        TEXT.replace("  units:\n", "  inventory: devices.csv\n  units:\n"), folder=tmp_path
    )
    logs = read_logs([place / "status-log.csv"], [place / "web.log"], pseudonymise=True)
    learnt = package.learn(scenario, logs.observed, logs.transfers, rows=50)
    assert learnt.web_strangers == 0
    assert learnt["network.sites.Berlin.line_factor"].observations == 1


def test_addresses_that_nobody_knows_are_told_and_the_status_log_tells_the_lines(place):
    learnt = package.learn(
        place / "pilot.yaml", place / "status-log.csv", place / "web.log", rows=50
    )
    assert learnt.web_strangers == 1
    assert "1 address in the web server's log is not a device" in str(learnt)
    assert learnt["network.sites.Berlin.line_factor"].is_learnt


def test_logs_of_another_fleet_are_refused(place, tmp_path):
    other = smaller(GUESSED).replace("Europe/Berlin", "Europe/Paris")
    other = other.replace("Berlin", "Wien").replace("Bonn", "Graz")
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    ended = fwsim("learn", tmp_path / "other.yaml", place / "status-log.csv")
    assert ended.code == 2
    assert "none of the 21 devices of the logs, such as 'Berlin-" in ended.text
    ended = fwsim("learn", tmp_path / "other.yaml", place / "status-log.csv", "--pseudonymise")
    assert "none of the 21 devices of the logs is in the scenario" in ended.text


def test_files_and_what_has_been_read_of_files_do_not_mix(place):
    logs = read_logs([place / "status-log.csv"])
    with pytest.raises(InputError, match="some of both"):
        package.learn(place / "pilot.yaml", logs.observed, place / "web.log")


def test_nothing_that_is_shown_or_written_names_a_device(place, names, tmp_path):
    """Not even what is wrong with a line."""
    text = (place / "status-log.csv").read_text(encoding="utf-8")
    log = tmp_path / "status-log.csv"
    log.write_text(text.replace(",SUCCESS,", ",SUCESS,", 1), encoding="utf-8")
    (tmp_path / "pilot.yaml").write_text(smaller(GUESSED), encoding="utf-8")
    ended = fwsim(
        "learn", tmp_path / "pilot.yaml", log, "--pseudonymise", "--rows", 50, "--quiet",
        "--out", tmp_path / "learnt.yaml", "--report",
    )  # fmt: skip
    assert ended.code == 0, ended.text
    assert "1 left out" in ended.text
    shown = [ended.out, ended.err]
    written = [
        (tmp_path / f"learnt{end}").read_bytes() for end in (".yaml", "-draws.csv", "-fits.png")
    ]
    assert [name for name in names for text in (*shown, *written) if name.encode() in text] == []


def test_a_rollout_that_is_told_twice_counts_once(place, tmp_path):
    again = tmp_path / "again.csv"
    again.write_bytes((place / "status-log.csv").read_bytes())
    logs = read_logs([place / "status-log.csv", again])
    assert len(logs.observed) == 1
    told = [str(problem) for problem in logs.problems]
    assert told == [
        f"{again}: warning: tells the same as {place / 'status-log.csv'}; "
        "left out, for it is the same rollout"
    ]


def parts_of(place, tmp_path, first, second):
    head, *rows = (place / "status-log.csv").read_text(encoding="utf-8").splitlines()
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path, (begin, end) in zip(paths, (first, second), strict=True):
        some = rows[int(begin * len(rows)) : int(end * len(rows))]
        path.write_text("\n".join([head, *some, ""]), encoding="utf-8")
    return paths


@pytest.mark.parametrize("cuts", [((0, 0.5), (0, 1)), ((0, 1), (0, 0.5))])
def test_a_log_that_is_the_beginning_of_another_is_no_rollout_of_its_own(place, tmp_path, cuts):
    paths = parts_of(place, tmp_path, *cuts)
    logs = read_logs(paths)
    whole = cuts.index((0, 1))
    assert [log.sources for log in logs.observed] == [(str(paths[whole]),)]
    told = f"is a part of {paths[whole]}; left out, so that nothing counts twice"
    assert told in [problem.message for problem in logs.problems]


def test_logs_that_share_lines_are_said_to_be_parts_of_one_rollout(place, tmp_path):
    paths = parts_of(place, tmp_path, (0, 0.6), (0.4, 1))
    logs = read_logs(paths)
    assert len(logs.observed) == 2
    told = f"has lines that stand in {paths[0]}, too; parts of one rollout are read as one"
    assert any(problem.message.startswith(told) for problem in logs.problems)
    together = read_logs(paths, together=True).observed
    whole = read_logs([place / "status-log.csv"]).observed
    assert len(together[0]) == len(whole[0])


def test_many_parts_of_one_rollout_are_told_once_each(tmp_path):
    """Every pair was told: 1,225 lines of fifty exports."""
    head, paths = "Device;Time;Update State", []
    for hour in range(10, 15):
        rows = [f"{name};2021-06-01 {hour}:00;Successful – 2021-06-01 09:00" for name in "AB"]
        rows += [f"C;2021-06-01 {hour}:00;Successful – 2021-06-01 {hour}:00"]
        paths.append(tmp_path / f"{hour}.csv")
        paths[-1].write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    told = [each.message for each in read_logs(paths, zone="UTC").problems]
    assert len(told) == 4
    assert f"stand in {paths[0]}, {paths[1]}, {paths[2]} …, too" in told[-1]


def exports(tmp_path, **texts):
    """Write exports of a console, of rows (device, day and hour in June, Update State)."""
    paths = []
    for name, rows in texts.items():
        path = tmp_path / f"{name}.csv"
        lines = [f"{device};2021-06-{at};{state}" for device, at, state in rows]
        path.write_text("\n".join(["Device;Time;Update State", *lines, ""]), encoding="utf-8")
        paths.append(path)
    return paths


def done(device, at, look):
    return device, look, f"Successful – 2021-06-{at}"


PILOT = [done(f"T{n}", f"01 09:0{n}", "02 12:00") for n in range(3)]
WHOLE = [done(f"T{n}", f"01 09:0{n}", "21 12:00") for n in range(3)]
WHOLE += [done(f"T{n}", f"20 21:0{n}", "21 12:00") for n in range(3, 9)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_pilot_that_a_later_export_still_shows_stays_a_rollout_of_its_own(tmp_path, turned):
    paths = exports(tmp_path, pilot=PILOT, whole=WHOLE)
    logs = read_logs(paths[::-1] if turned else paths, zone="UTC")
    counts = {log.sources[0]: (len(log), len(log.device.values)) for log in logs.observed}
    assert counts == {str(paths[0]): (3, 3), str(paths[1]): (6, 6)}
    (told,) = [str(problem) for problem in logs.problems]
    assert told.startswith(
        f"{paths[1]}: warning: 3 lines of an earlier rollout left out, for {paths[0]} has them, too"
    )


def test_lines_count_once_where_names_are_pseudonyms_too(tmp_path):
    evening = [*PILOT, done("T3", "02 08:00", "02 18:00"), done("T4", "04 08:00", "02 18:00")]
    paths = exports(tmp_path, noon=PILOT, evening=evening, whole=WHOLE)

    def told(**more):
        logs = read_logs(paths, zone="UTC", **more)
        return [len(log) for log in logs.observed], [str(one) for one in logs.problems]

    assert told(pseudonymise=True) == told()
    hidden = read_logs(paths, zone="UTC", pseudonymise=True).observed[0].device.values
    assert all(name.startswith("d-") for name in hidden)
    assert hidden == read_logs(paths[::-1], zone="UTC", pseudonymise=True).observed[1].device.values


def test_an_export_at_noon_is_a_part_of_the_evenings(tmp_path):
    evening = [*PILOT, done("T3", "02 08:00", "02 18:00"), done("T4", "04 08:00", "02 18:00")]
    paths = exports(tmp_path, noon=PILOT, evening=evening)
    logs = read_logs(paths, zone="UTC")
    assert [log.sources for log in logs.observed] == [(str(paths[1]),)]


def test_one_line_that_two_logs_share_by_chance_makes_them_no_parts_of_one_rollout(tmp_path):
    other = [PILOT[0], *(done(f"T{n}", f"01 1{n}:00", "02 12:00") for n in (1, 2))]
    logs = read_logs(exports(tmp_path, one=PILOT, other=other), zone="UTC")
    assert len(logs.observed) == 2
    assert logs.problems == ()
    other[1] = PILOT[1]
    logs = read_logs(exports(tmp_path, one=PILOT, other=other), zone="UTC")
    assert "read_logs(…, together=True)" in str(logs.problems[0])


def test_a_log_that_takes_up_another_says_once_what_it_shares_with_a_third(tmp_path):
    third = [*PILOT[:2], done("T2", "01 11:00", "02 12:00")]
    part, whole = [PILOT[2]], [*PILOT, done("T4", "01 12:00", "02 12:00")]
    paths = exports(tmp_path, third=third, part=part, whole=whole)
    logs = read_logs(paths, zone="UTC")
    assert [log.sources for log in logs.observed] == [(str(paths[0]),), (str(paths[2]),)]
    told = [str(problem) for problem in logs.problems]
    assert len(told) == 2
    assert sum("read_logs(…, together=True)" in text for text in told) == 1


def test_a_log_in_the_time_of_another_zone_is_told_as_a_forecast_tells_it(place, tmp_path):
    path = as_events(place / "status-log.csv", tmp_path / "events.csv", hours=-2)
    told = str(package.learn(place / "pilot.yaml", path, rows=10))
    assert f"{path}: " in told
    assert "All would come after their commands if they were 2 hours later" in told
    for hours in (0, -26):  # as it was, and a pilot of the day before
        as_events(place / "status-log.csv", path, hours)
        assert "do not fit" not in str(package.learn(place / "pilot.yaml", path, rows=10))


def test_names_in_other_letters_are_taken_for_the_same_and_told(place, tmp_path):
    path = as_events(place / "status-log.csv", tmp_path / "events.csv", rename=str.lower)
    told = str(package.learn(place / "pilot.yaml", path, rows=10))
    assert "21 devices go by names in other letters, such as 'b" in told
    assert "for 'B" in told
    hidden = str(package.learn(place / "pilot.yaml", path, rows=10, pseudonymise=True))
    assert "other letters" not in hidden


def jobs_of(n):
    """Return when jobs of devices were made and changed: no two at one second of a minute."""
    begun = datetime(2021, 6, 1, 9, tzinfo=UTC)
    return begun + timedelta(seconds=17 * n), begun + timedelta(seconds=1201 + 97 * n)


SPELLED = {
    "unix": lambda at: f"{at.timestamp():.0f}",
    "milliseconds": lambda at: f"{1000 * at.timestamp() + 437:.0f}",
    "minutes": lambda at: f"{at:%d.%m.%Y %H:%M}",
    "rounded": lambda at: f"{at + timedelta(seconds=30):%d.%m.%Y %H:%M}",
}


def in_times(tmp_path, name, *, form="jobs", devices="T{}"):
    """Write jobs of twenty devices, with times as they are spelled."""
    spelled, path = SPELLED[name], tmp_path / f"{name}-{form}.csv"
    lines = ["Device;UpdateJobID;StartStatus;Status;Result;TimeCreated;TimeModified"]
    if form == "events":
        lines = ["Device;Time;Status"]
    for n in range(20):
        made, changed = map(spelled, jobs_of(n))
        device = devices.format(n)
        rest = f"{changed};done" if form == "events" else f"7;3;5;0;{made};{changed}"
        lines.append(f"{device};{rest}")
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("form", ["jobs", "events"])
@pytest.mark.parametrize(
    ("finer", "coarser"),
    [
        ("unix", "minutes"),
        ("unix", "rounded"),
        ("milliseconds", "unix"),
        ("milliseconds", "minutes"),
    ],
)
def test_times_that_are_rounded_count_nothing_twice(tmp_path, finer, coarser, form, turned):
    fine, coarse = (in_times(tmp_path, name, form=form) for name in (finer, coarser))
    alone = read_logs([fine], zone="UTC").observed[0]
    paths = [coarse, fine] if turned else [fine, coarse]
    logs = read_logs(paths, zone="UTC")
    assert [log.sources for log in logs.observed] == [(str(fine),)]
    assert f"{coarse}: warning: is a part of {fine}; left out" in "\n".join(map(str, logs.problems))
    (together,) = read_logs(paths, zone="UTC", together=True).observed
    assert together.resolution == alone.resolution
    assert sorted(together.latest.tolist()) == sorted(alone.latest.tolist())
    told = f"{coarse}:2: warning: 20 lines say what another file says more exactly; left out"
    assert told in "\n".join(map(str, together.problems))


@pytest.mark.parametrize("coarser", ["minutes", "rounded"])
def test_three_exports_of_jobs_of_which_one_is_in_minutes_are_of_the_same_jobs(tmp_path, coarser):
    finer = in_times(tmp_path, "unix")
    before = tmp_path / "before.csv"
    before.write_text(finer.read_text(encoding="utf-8").replace(";3;5;0;", ";3;4;;"))
    paths = [in_times(tmp_path, coarser), before, finer]
    (together,) = read_logs(paths, zone="UTC", together=True).observed
    assert len(together) == len(read_logs([finer], zone="UTC").observed[0])


def test_a_list_of_ends_in_minutes_counts_nothing_beside_the_jobs(tmp_path):
    jobs, ends = in_times(tmp_path, "unix"), in_times(tmp_path, "minutes", form="events")
    (together,) = read_logs([ends, jobs], zone="UTC", together=True).observed
    assert len(together) == len(read_logs([jobs], zone="UTC").observed[0])


@pytest.mark.parametrize("coarser", ["minutes", "rounded"])
def test_another_event_that_only_the_file_in_minutes_tells_is_no_repeat(tmp_path, coarser):
    fine, coarse = (in_times(tmp_path, name, form="events") for name in ("unix", coarser))
    spelled = SPELLED[coarser]
    apart = timedelta(seconds=35 if coarser == "minutes" else -35)
    more = []
    for n in range(20):
        told, other = (spelled(jobs_of(n)[1] + each) for each in (timedelta(), apart))
        more += [f"T{n};{other};done\n"] if other != told else []
    assert len(more) > 5
    coarse.write_text(coarse.read_text(encoding="utf-8") + "".join(more), encoding="utf-8")
    (together,) = read_logs([fine, coarse], zone="UTC", together=True).observed
    assert len(together) == 20 + len(more)


@pytest.mark.parametrize(
    ("ended", "updating"),
    [
        ("01.06.2021 09:20", "2021-06-01 09:20:10"),  # 09:20:40, cut off
        ("2021-06-01 09:20:45", "01.06.2021 09:21"),  # 09:20:35, rounded
        ("2021-06-01 09:20:30", "01.06.2021 09:20"),
        ("01.06.2021 09:21", "2021-06-01 09:20:40"),
    ],
)
def test_an_end_whose_minute_is_rounded_stays_beside_a_row_of_what_went_on(
    tmp_path, ended, updating
):
    paths = []
    for rest in (f"5;0;2021-06-01 09:00;{ended}", f"4;;2021-06-01 09:00;{updating}"):
        path = tmp_path / f"{rest[:1]}.csv"
        head = "Device;UpdateJobID;StartStatus;Status;Result;TimeCreated;TimeModified"
        path.write_text(f"{head}\nT1;7;3;{rest}\n", encoding="utf-8")
        paths.append(path)
    (together,) = read_logs(paths, zone="UTC", together=True).observed
    assert [What(what).name for what in together.what.tolist()] == ["ON", "DONE"]


@pytest.mark.parametrize("together", [False, True])
def test_logs_that_write_names_in_other_letters_count_nothing_twice(tmp_path, together):
    jobs = in_times(tmp_path, "unix")
    other = in_times(tmp_path, "unix", form="events", devices="t{}")
    small = tmp_path / "small.csv"
    small.write_text(jobs.read_text().replace("\nT", "\nt"), encoding="utf-8")
    (log,) = read_logs([jobs, small], zone="UTC", together=together).observed
    assert (len(log), len(log.device.values)) == (40, 20)
    (log,) = read_logs([jobs, other], zone="UTC", together=True).observed
    assert len(log.device.values) == 20


def test_two_devices_that_only_letters_tell_apart_stay_two(tmp_path):
    paths = exports(
        tmp_path, one=[done(n, "01 09:00", "02 12:00") for n in ("T1", "t1")], two=PILOT
    )
    (log,) = read_logs(paths, zone="UTC", together=True).observed
    assert sorted(log.device.values) == ["T0", "T1", "T2", "t1"]
