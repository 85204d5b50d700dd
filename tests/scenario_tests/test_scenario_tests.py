"""Scenario files as tests, on the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from fwsim.cli import main
from fwsim.problems import InputError
from fwsim.run import prepare
from tests.planning.small_office import MISSED, SCENARIO
from tests.results.small_rollout import SOME_LEFT_ON


def fwsim(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def office(tmp_path):
    path = tmp_path / "office.yaml"
    path.write_text(SCENARIO)
    (tmp_path / "compose.yaml").write_text("services: {expect: nothing}\n")
    return path


def test_what_held_is_told_with_by_how_much(office):
    code, out, _ = fwsim("test", office.parent, "--workers", 1)
    assert code == 0
    assert "office    successful by 2018-08-20 18:00: >= 10 %" in out
    assert "yes" in out
    assert "everything expected was met" in out


def test_where_nothing_is_expected_nothing_is_said_to_hold(office):
    office.write_text(SCENARIO.partition("expect:")[0])
    code, out, _ = fwsim("test", office, "--workers", 1)
    assert code == 0
    assert out.endswith("so nothing was tested; an expect: block says what has to hold\n")
    assert "held" not in out.splitlines()[-1]


def test_what_was_missed_is_told_with_its_causes(office):
    office.write_text(SCENARIO + MISSED)
    code, out, _ = fwsim("test", office, "--workers", 1)
    assert code == 1
    assert "office.yaml: time to 95 %: <= 1 h" in out
    assert "got not reached" in out
    assert "not successful because installation failed" in out


def test_that_no_command_is_for_a_part_is_told_as_the_cause(office):
    units = "units: {DE/Lager: {devices: 1}, "
    text = SCENARIO.replace("units: {", units)
    assert units in text
    office.write_text(text.replace("successful by", "successful in DE/Lager by"))
    code, out, err = fwsim("test", office, "--workers", 1)
    assert code == 1
    assert "devices targeted in DE/Lager: none in any run" in out
    assert "no device in DE/Lager is targeted" in err


def test_all_mistakes_of_all_files_are_told_before_anything_runs(office):
    office.write_text(SCENARIO.replace("successful by", "sucessful by"))
    other = office.with_name("other.yaml")
    other.write_text(SCENARIO.replace("DE/Office}]", "DE/Ofice}]"))
    code, out, err = fwsim("test", office, other)
    assert (code, out) == (2, "")
    assert f"{office}:10:5: error: expect.0: 'sucessful by 2018-08-20 18:00' is no" in err
    assert f"{other}:7:12: error: commands.0: " in err
    assert "did you mean 'DE/Office'?" in err
    assert "2 problems; nothing was done" in err


@pytest.mark.parametrize(
    ("measure", "part"),
    [
        ("successful in DE/Ofice", "unknown organisational unit 'DE/Ofice'; did you mean"),
        ("peak link utilisation of nowhere", "no device is at a site 'nowhere'"),
        ("successful by 2017-08-20 18:00", "2017-08-20 18:00:00 is before the start"),
    ],
)
def test_an_expectation_that_leads_nowhere_is_told_with_its_place(office, measure, part):
    office.write_text(SCENARIO.replace("successful by 2018-08-20 18:00", measure))
    code, _, err = fwsim("validate", office)
    assert code == 2
    assert f"{office}:10:5: error: expect.0: {part}" in err


def test_an_expectation_of_an_ou_without_devices_is_told_as_that(scenario):
    units = {"DE/C": {"devices": 2}, "DE/B": {"devices": 0}}
    model = scenario(
        update={"update": "DE", "subordinate_units": True},
        fleet={"units": units},
        expect=[{"successful in DE/B": ">= 50 %"}],
    )
    with pytest.raises(InputError, match="no device is in the organisational unit 'DE/B'"):
        prepare(model)


def test_a_folder_without_anything_to_test_is_told(tmp_path):
    code, _, err = fwsim("test", tmp_path)
    assert code == 2
    assert "no scenario here has an expect: block or a golden log" in err
    assert fwsim("test", tmp_path / "nothing.yaml")[0] == 2


@pytest.mark.slow
def test_a_golden_log_is_kept_compared_and_written_anew(office):
    golden = office.parent / "golden" / "office@Office-01.log"
    assert fwsim("test", office, "--golden", "Office-01")[0] == 0
    assert golden.read_text().startswith("Office-01  (")
    assert "1 golden log" in fwsim("test", office, "--workers", 1)[1]
    golden.write_text(golden.read_text().replace("VERIFY_PACKAGES", "VERIFIED"))
    code, out, _ = fwsim("test", office, "--workers", 1)
    assert code == 1
    assert "the log of Office-01 is no longer what a person has read" in out
    assert any(line.strip().startswith("-2018-08-20 11:") for line in out.splitlines())
    assert any(line.strip().startswith("+2018-08-20 11:") for line in out.splitlines())
    assert "1 golden log written" in fwsim("test", office, "--update-golden")[1]
    assert fwsim("test", office, "--workers", 1)[0] == 0


def test_a_golden_log_of_no_device_is_refused_and_nothing_written(office):
    code, _, err = fwsim("test", office, "--golden", "Ofice-01")
    assert code == 2
    assert "did you mean 'Office-01'?" in err
    assert not (office.parent / "golden").exists()


@pytest.fixture
def two_with_golden_logs(office):
    """Have two scenarios, each with a golden log that nobody has read."""
    logs = []
    for name in ("a", "b"):
        folder = office.parent / name / "golden"
        folder.mkdir(parents=True)
        (folder.parent / f"{name}.yaml").write_text(SCENARIO)
        logs.append(folder / f"{name}@Office-01.log")
        logs[-1].write_text("unread\n")
    return logs


def test_no_golden_log_is_written_if_another_cannot_be(office, two_with_golden_logs):
    first, second = two_with_golden_logs
    gone = second.with_name("b@GONE.log")
    gone.write_text("unread\n")
    code, _, err = fwsim("test", office.parent, "--update-golden")
    assert code == 2
    assert f"{gone}: error: no device 'GONE'" in err
    assert "; remove this log, or name it after a device of the list\n" in err
    told = fwsim("--lang", "de", "test", office.parent, "--update-golden")[2]
    assert f"{gone}: Fehler: kein Gerät 'GONE'" in told
    assert "; entfernen Sie dieses Protokoll, oder" in told
    assert first.read_text() == second.read_text() == "unread\n"
    assert f"{gone}: error: no device 'GONE'" in fwsim("test", second.parents[1])[1]
    gone.unlink()
    assert "2 golden logs written" in fwsim("test", office.parent, "--update-golden")[1]


def test_all_that_keeps_golden_logs_from_being_written_is_told(office, two_with_golden_logs):
    for log in two_with_golden_logs:
        log.with_name(log.name.replace("Office-01", "GONE")).write_text("")
    code, _, err = fwsim("test", office.parent, "--update-golden")
    assert code == 2
    assert "2 problems; nothing was done" in err


def test_our_own_scenarios_hold(scenarios):
    code, out, _ = fwsim("test", scenarios, "--replications", 10, "--workers", 1)
    assert code == 0, out


def test_a_share_of_those_that_came_is_told_with_who_did_not(tmp_path):
    path = tmp_path / "some.yaml"
    path.write_text(f"{SOME_LEFT_ON}expect: [{{successful: '>= 95 %'}}]\n", encoding="utf-8")
    code, out, _ = fwsim("test", path, "--replications", 6, "--workers", 1)
    assert code == 0
    assert f"{path}: what devices start by themselves is meant for 8 devices: " in out
    assert out.endswith("everything expected was met\n")


COUNTERS = """\
name: Counters beside an office
zone: UTC
start: 2018-08-20 09:00
horizon: 6 h
image: {name: new.idf, packages: [{name: os, size: 60 MB}]}
fleet:
  units: {DE/Office: {devices: 6}, DE/Branches: {devices: 6, people: Counters}}
people:
  default: {answer: {now: 0 %, defer: 0 %, cancel: 0 %}}
  Counters: {present: mon-fri 12:00-18:00}
commands: [{update: DE, subordinate_units: true, inform_user: 5 min, once: 2018-08-20 09:00}]
replications: 3
expect:
"""


@pytest.mark.parametrize("words", ["forced starts", "user time lost"])
def test_a_limit_of_some_of_the_people_is_missed_by_theirs_alone(tmp_path, words):
    path = tmp_path / "counters.yaml"
    spared = f'  - {words} for people Counters: "<= 0"\n'
    path.write_text(COUNTERS + spared.replace("<= 0", "<= 0 s" if "time" in words else "<= 0"))
    code, out, _ = fwsim("test", path, "--workers", 1)
    assert (code, "everything expected was met" in out) == (0, True), out
    path.write_text(path.read_text().replace("for people Counters", "in DE/Office"))
    code, out, _ = fwsim("test", path, "--workers", 1)
    assert code == 1
    assert f"{words} in DE/Office: <= 0" in out
