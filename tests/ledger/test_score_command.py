"""`fwsim run --ledger` and `fwsim score`: what they keep, print, write and refuse."""

import json
from datetime import UTC, datetime

import pytest

import fwsim as package
from fwsim.ledger.in_words import told_scores
from fwsim.ledger.kept import forecast_of
from fwsim.ledger.store import append, read_ledger
from fwsim.messages import speaking
from fwsim.results.output.score_again import scores_again
from fwsim.run import prepare
from tests.cli.command_line import fwsim
from tests.learning.as_events import as_events
from tests.ledger.scored import NOW, scored
from tests.messages.translations import english_left
from tests.results.small_rollout import SMALL

WITHOUT_UPDATES = """\
name: without updates
zone: UTC
start: 2018-08-20 11:00
horizon: 1 d
image: {name: new.idf, packages: [{name: a, size: 4 MB}]}
uefi: {A: {version: "1.12", size: 16 MB}}
fleet: {units: {DE: {devices: 4, installed: old.idf, attributes: {Device type: A, BIOS: "1.0"}}}}
commands: [{%s: DE}]
"""


def test_what_was_run_is_what_is_kept(place):
    [kept] = read_ledger(place / "l.sqlite").forecasts.values()
    answer = package.load_answer(place / "answer")
    assert kept == forecast_of(answer, made_at=kept.made_at)
    assert kept.scenario_sha256 == package.loads(SMALL).digest()
    assert (kept.runs, kept.seed, kept.data_up_to) == (20, 1, None)
    assert kept.made_at.tzinfo is not None
    assert {told.words for told in kept.measures} >= {"time to 95 %", "cancels", "prompts"}


def test_a_german_report_tells_scores_again_as_they_are_told_in_german(place):
    log, past = place / "truth", [place / "before", place / "longer-ago"]
    for given in ({}, {"past": past}, {"until": datetime(2018, 8, 20, 11, 30, tzinfo=UTC)}):
        found = package.score(place / "l.sqlite", log, scored_at=NOW, **given)
        told = told_scores(found)
        with speaking("de"):
            again, german = scores_again(told), told_scores(found)
            shown = found._repr_html_()  # in a notebook
        assert again == german
        assert scores_again(told) == told
        texts = [*german.sentences, *german.notes, *(t.title for t in german.tables)]
        assert not english_left(" ".join(texts))
        assert all(f"<td>{cell}</td>" in shown for t in german.tables for cell in t.rows[0][1:2])
        assert "data_up_to" not in shown


@pytest.mark.usefixtures("undrawn")
def test_the_score_is_printed_written_and_reported(place):
    ended = scored(place, "--out", place / "answer", "--by", "2018-08-20 12:00")
    assert ended.code == 0, ended.text
    for part in ("time to 95 %", "in 1 of 1", "15 % to 100 %", "chance of 95 % by", "--past LOG"):
        assert part in ended.text
    data = json.loads((place / "answer/score.json").read_text(encoding="utf-8"))["numbers"]
    [forecast] = data["forecasts"]
    half = next(s for s in forecast["scores"] if s["measure"] == "time to 50 %")
    assert half["crps"] > 0
    assert half["actual"] > 0
    table = (place / "answer/scores.csv").read_text(encoding="utf-8")
    assert len(table.splitlines()) == 1 + len(forecast["scores"])
    for name in ("score-forecasts.png", "score-places.png", "score-coverage.png"):
        assert (place / "answer" / name).stat().st_size
    assert fwsim("report", place / "answer").code == 0
    page = (place / "answer/report.html").read_text(encoding="utf-8")
    assert "How good the forecasts were" in page
    assert page.count("How often the result lay in the range") >= 1


@pytest.mark.usefixtures("undrawn")
def test_ranges_of_few_runs_are_not_said_to_hold_nine_rollouts_in_ten(place, tmp_path):
    few = ("--replications", 6, "--ledger", tmp_path / "l.sqlite", "--quiet")
    for _ in range(2):  # two forecasts, one sentence
        assert fwsim("run", place / "small.yaml", *few).code == 0
    told = scored(place, "--out", tmp_path / "out", ledger=tmp_path / "l.sqlite").text
    assert "9 in 10" not in told
    assert "90 % band" not in told
    assert "with a chance below 90 %: 71.4 % with 6 runs (forecast 1, 2)." in told
    written = json.loads((tmp_path / "out/score.json").read_text(encoding="utf-8"))
    assert written["told"]["level"] == pytest.approx(5 / 7)
    assert "a chance below 90 %" not in scored(place).text


def test_past_rollouts_are_there_to_be_beaten(place):
    ended = scored(place, "--past", place / "longer-ago", "--past", place / "before")
    assert ended.code == 0, ended.text
    assert "Better than the last rollout" in ended.text
    assert "--past LOG" not in ended.text
    assert " −" in ended.text
    assert " -" not in ended.text  # a minus sign, as everywhere else
    assert '"Better than" is empty where the other forecast was exactly right' in ended.text
    assert scored(place, "--past", place / "truth").code == 2


@pytest.mark.parametrize(("day", "warned"), [("2018-08-13", False), ("2018-08-27", True)])
def test_a_past_that_comes_after_the_rollout_is_told(place, tmp_path, day, warned):
    package.simulate(package.loads(SMALL.replace("2018-08-20", day)), seed=8).save(
        tmp_path / "past"
    )
    ended = scored(place, "--past", tmp_path / "past")
    assert ended.code == 0, ended.text
    assert ("past/status-log.csv: warning: begins on Mon 27 Aug 2018" in ended.text) is warned
    assert ("expected the log of a rollout before" in ended.text) is warned


def test_what_is_wrong_with_lines_of_a_past_is_told(place, tmp_path):
    past = tmp_path / "past.csv"
    lines = ["TC-1;2018-08-13 13:10;done", "TC-2;2018-08-13 13:15;done", "TC-3;once;done"]
    past.write_text("\n".join(["device;time;status", *lines, ""]), encoding="utf-8")
    ended = scored(place, "--past", past)
    assert ended.code == 0, ended.text
    assert "past.csv:4:6: error" in ended.text


def test_files_as_learn_reads_them_do_as_well(place):
    files = scored(place, log="truth/status-log.csv")
    assert files.code == 0, files.text
    assert "whose log" not in files.text


AGAIN = """\
zone: Europe/Berlin
start: 2021-09-24 13:00
horizon: 1 d
doubt: none
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE: {devices: 20, installed: old.idf}}}
people: {default: {answer: {now: 60 %, cancel: 40 %}}}
commands:
  - {update: DE, inform_user: 5 min, user_can_cancel: true, once: 2021-09-24 13:15}
  - {update: DE, once: 2021-09-24 18:00}
"""


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """A rollout with a second command, and its log of the time before that."""
    folder = tmp_path_factory.mktemp("again")
    (folder / "s.yaml").write_text(AGAIN, encoding="utf-8")
    ended = fwsim(
        "run", folder / "s.yaml", "--replications", 20, "--ledger", folder / "l.sqlite", "--quiet"
    )
    assert ended.code == 0, ended.text
    package.simulate(package.loads(AGAIN), seed=5).save(folder / "truth")
    lines = (folder / "truth/status-log.csv").read_text(encoding="utf-8").splitlines()
    early = [line for line in lines if line < "2021-09-24T17:00" or line == lines[0]]
    (folder / "cut.csv").write_text("\n".join([*early, ""]), encoding="utf-8")
    return folder


def row_of(text, measure):
    return next(line for line in text.splitlines() if line.startswith(f"{measure} "))


@pytest.mark.parametrize("given", [True, False])
def test_what_a_later_command_may_still_bring_is_open(again, given):
    more = ("--scenario", again / "s.yaml") if given else ()
    text = scored(again, *more, log="cut.csv").text
    assert "did not have it by then" in text
    assert "not yet" in row_of(text, "time to 95 %")
    assert "open" in row_of(text, "time to 95 %")
    assert ("the scenario has more for them" in text) is given
    assert ("only --scenario FILE tells" in text) is not given


def test_a_whole_log_says_by_when_it_was_over_as_the_forecast_does(again):
    """By the next whole minute: who has it at 18:05:45 has it by 18:06."""
    text = scored(again, "--scenario", again / "s.yaml", log="truth/status-log.csv").text
    lines = (again / "truth/status-log.csv").read_text(encoding="utf-8").splitlines()
    times = sorted(line[11:19] for line in lines if ",SUCCESS," in line)
    hour, minute, second = map(int, times[round(0.95 * 20) - 1].split(":"))
    assert second
    assert f"had it by Fri 24 Sep 2021 {hour}:{minute + 1:02d}." in text
    assert "yes" in row_of(text, "time to 95 %")
    assert "successful" in text
    said = fwsim("run", again / "s.yaml", "--replications", 20, "--quiet").text
    sure = next(line for line in text.splitlines() if "90 % sure by" in line)
    assert sure.split("sure by ")[1].rstrip(".") in said


def test_rollouts_add_up(place, tmp_path):
    """Two weekends; what is kept of the first counts at the second."""
    ledger = tmp_path / "two.sqlite"
    for day in ("20", "27"):
        scenario = package.loads(SMALL.replace("2018-08-20", f"2018-08-{day}"))
        answer = package.Experiment(scenario).run(20, workers=1)
        package.keep_forecast(answer, ledger, made_at=NOW)
        package.simulate(scenario, seed=5).save(tmp_path / day)
        ended = scored(tmp_path, "--keep", ledger=ledger, log=day)
        assert ended.code == 0, ended.text
        assert "What happened is kept in" in ended.text
    assert "of 2 " in ended.text
    assert len(read_ledger(ledger).rollouts) == 2
    alone = scored(tmp_path, ledger=ledger, log="20/status-log.csv")
    assert alone.code == 2
    assert "holds forecasts of 2 scenarios" in alone.text
    assert "--scenario FILE names one" in alone.text


def test_devices_of_another_fleet_are_noticed(place, tmp_path):
    renamed = (
        SMALL.replace("DE/South", "DE/Mid")
        .replace("DE/North", "DE/Top")
        .replace("DE/West", "DE/Far")
    )
    package.simulate(package.loads(renamed)).save(tmp_path / "other")
    log = tmp_path / "other/status-log.csv"
    ended = scored(place, "--scenario", place / "small.yaml", log=log)
    assert ended.code == 2
    assert "40 of its 40 devices are none of the scenario's" in ended.text


def with_strangers(place, log, names):
    """Write the log of what became of the rollout with devices of another fleet in it."""
    text = (place / "truth/status-log.csv").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines()[1:] if ",SUCCESS," in line)
    name = first.split(",")[1]
    log.write_text(text + "".join(f"{first.replace(name, one)}\n" for one in names), "utf-8")
    return log


@pytest.mark.parametrize("with_scenario", [False, True])
def test_a_log_in_the_time_of_another_zone_is_refused_as_a_forecast_refuses_it(
    place, tmp_path, with_scenario
):
    more = ["--scenario", place / "small.yaml"] if with_scenario else []
    log = as_events(place / "truth/status-log.csv", tmp_path / "events.csv", hours=-2)
    ended = scored(place, *more, log=log)
    assert ended.code == 2
    assert "lines do not fit this scenario" in ended.text
    assert "2 hours later: are they times of another zone than Europe/Berlin, or did" in ended.text


@pytest.mark.parametrize("with_scenario", [False, True])
def test_what_devices_did_in_the_morning_makes_a_log_of_the_afternoon_no_other_zones(
    place, tmp_path, with_scenario
):
    more = ["--scenario", place / "small.yaml"] if with_scenario else []
    log = as_events(place / "truth/status-log.csv", tmp_path / "events.csv")
    alone = scored(place, *more, log=log)
    earlier = as_events(place / "truth/status-log.csv", tmp_path / "earlier.csv", hours=-4)
    rows = earlier.read_text(encoding="utf-8").splitlines()[1:]
    own = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join([*own[:-1], *rows, ""]), encoding="utf-8")
    both = scored(place, *more, log=log)
    assert both.code == alone.code == 0, both.text
    assert "do not fit" not in both.text


@pytest.mark.parametrize("hours", [0, -4, -240])
def test_a_log_of_strangers_alone_is_said_to_be_of_strangers_whenever_it_is_of(
    place, tmp_path, hours
):
    log = as_events(
        place / "truth/status-log.csv", tmp_path / "events.csv", hours, rename="Z{}".format
    )
    ended = scored(place, "--scenario", place / "small.yaml", log=log)
    assert ended.code == 2
    assert "devices are none of the scenario's, such as 'Z" in ended.text


def test_names_in_other_letters_are_taken_for_the_same_and_told(place, tmp_path):
    log = as_events(place / "truth/status-log.csv", tmp_path / "events.csv", rename=str.lower)
    ended = scored(place, "--scenario", place / "small.yaml", log=log)
    assert ended.code == 0, ended.text
    assert "devices go by names in other letters, such as 'north-01' for" in ended.text


def test_a_log_of_a_whole_console_is_scored_by_the_scenarios_devices(place, tmp_path):
    log = with_strangers(place, tmp_path / "status-log.csv", [f"X{n}" for n in range(50)])
    ended = scored(place, "--scenario", place / "small.yaml", log=log)
    assert ended.code == 0, ended.text
    assert "50 devices of the log are not in the scenario, and are left out." in ended.text


def test_devices_that_are_not_the_scenarios_are_not_counted(place, tmp_path):
    log = with_strangers(place, tmp_path / "status-log.csv", [f"X{n}" for n in range(30)])
    own = scored(place, "--scenario", place / "small.yaml", log="truth/status-log.csv")
    both = scored(place, "--scenario", place / "small.yaml", log=log)
    assert both.code == 0, both.text
    assert "30 devices of the log are not in the scenario, and are left out." in both.text
    sentence = next(line for line in own.text.splitlines() if "were successful" in line)
    assert "of 40 were successful" in sentence
    assert sentence in both.text


def test_without_a_scenario_the_first_sentence_says_that_there_are_too_many(place, tmp_path):
    log = with_strangers(place, tmp_path / "status-log.csv", [f"X{n}" for n in range(100)])
    told = scored(place, log=log).text.splitlines()
    assert told[1].startswith("The log covers 140 devices, the forecast is for 40")


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize(("command", "what"), [("delivery", "deliveries"), ("uefi_update", "UEFI")])
def test_a_forecast_of_deliveries_or_uefi_updates_is_scored_as_such(tmp_path, command, what, given):
    scenario, ledger, out = (tmp_path / name for name in ("s.yaml", "l.sqlite", "out"))
    scenario.write_text(WITHOUT_UPDATES % command, encoding="utf-8")
    ran = fwsim("run", scenario, "--replications", 5, "--ledger", ledger, "--out", out, "--quiet")
    assert ran.code == 0, ran.text
    ended = fwsim("score", ledger, out, *(("--scenario", scenario) if given else ()))
    assert ended.code == 0, ended.text
    assert "4 devices of 4 were successful" in ended.text
    assert f"All of this is about {what}" in ended.text


def test_a_log_of_updates_tells_nothing_of_deliveries(place, tmp_path):
    [kept] = read_ledger(place / "l.sqlite").forecasts.values()
    append(tmp_path / "l.sqlite", kept.model_copy(update={"judged": "delivery"}))
    ended = scored(place, ledger=tmp_path / "l.sqlite")
    assert ended.code == 2
    assert "tells of no delivery at all; is it another" in ended.text


@pytest.mark.usefixtures("undrawn", "unpictured")
def test_what_is_known_and_what_is_open_stand_in_one_table(again, tmp_path):
    ended = scored(again, "--out", tmp_path / "out", log="cut.csv")
    assert ended.code == 0, ended.text
    rows = (tmp_path / "out/scores.csv").read_text(encoding="utf-8").splitlines()
    place = rows[0].split(",").index("is_inside")
    assert {row.split(",")[place] for row in rows[1:]} == {"", "True"}


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("11:30", "0 to 40 devices of 40 were successful by Mon 20 Aug 2018 11:30; the log does"),
        ("13:00", "40 devices of 40 were successful; 95 % of those that needed the update had it"),
    ],
)
def test_what_two_looks_at_the_console_leave_open_is_told_as_open(place, tmp_path, until, told):
    names = prepare(package.loads(SMALL)).fleet.shown_names
    for at, state in (("10-59", ""), ("12-30", "Successful")):
        rows = "".join(f"{name},{state}\n" for name in names)
        (tmp_path / f"states-2018-08-20T{at}.csv").write_text(f"Device,Update State\n{rows}")
    first, last = sorted(tmp_path.iterdir())
    text = scored(place, last, "--until", f"2018-08-20 {until}", log=first).text
    assert told in text.replace("\n", " ")


def test_devices_that_the_log_leaves_out_are_told_as_such_everywhere(place, tmp_path):
    head, *rows = (place / "truth" / "status-log.csv").read_text(encoding="utf-8").splitlines()
    column = head.split(",").index("device")
    left_out = set(sorted({row.split(",")[column] for row in rows})[:5])
    some = [row for row in rows if row.split(",")[column] not in left_out]
    log = tmp_path / "status-log.csv"
    log.write_text("\n".join([head, *some]) + "\n", encoding="utf-8")
    text = scored(place, log=log).text.replace("\n", " ")
    assert "27 to 32 devices of 40 were successful" in text
    assert "The log does not show what became of 5 of 40 devices" in text
    assert "For the devices that are in it, the log is taken as complete until Mon" in text
    assert "The log is taken as complete" not in text
    text = scored(place, "--until", "2018-08-20 20:00", log=log).text.replace("\n", " ")
    assert "27 devices of 40 were successful" in text
    assert "The log is taken as complete until Mon 20 Aug 2018 20:00" in text


def test_who_may_have_ended_in_a_gap_that_nothing_shows_is_told(place, tmp_path):
    names = prepare(package.loads(SMALL)).fleet.shown_names
    begun = [f"{name};2018-08-20 11:00;fetching" for name in names]
    ended = [f"{name};2018-08-20 11:{40 + n};done" for n, name in enumerate(names[:10])]
    log = tmp_path / "events.csv"
    log.write_text("\n".join(["Device;Time;Status", *begun, *ended, ""]), encoding="utf-8")
    told = f"{len(names) - 10} of 40 devices were at work when last heard of, 30 min or more before"
    text = scored(place, log=log).text.replace("\n", " ")
    assert told in text
    assert "Except for lines that may be missing, the log is taken as complete" in text
    assert "were at work" not in scored(place, "--until", "2018-08-20 20:00", log=log).text


def test_a_site_of_which_the_log_has_no_line_is_named(place, tmp_path):
    names = prepare(package.loads(SMALL)).fleet.shown_names
    west = set(names[35:])
    lines = (place / "truth/status-log.csv").read_text(encoding="utf-8").splitlines()
    log = tmp_path / "log.csv"
    log.write_text("\n".join(one for one in lines if not west & set(one.split(","))) + "\n")
    ended = scored(place, "--scenario", place / "small.yaml", "--out", tmp_path / "o", log=log)
    assert (
        "no line of West (5 devices), which the scenario commands together"
        in ended.text.replace("\n", " ")
    )
    data = json.loads((tmp_path / "o/score.json").read_text(encoding="utf-8"))["numbers"]
    assert data["sites_without_a_line"] == ["West"]
    whole = scored(place, "--scenario", place / "small.yaml", log="truth/status-log.csv")
    assert "no line of" not in whole.text
