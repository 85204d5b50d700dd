"""When a rollout begins does not depend on luck."""

import pytest

import fwsim
from fwsim.commands.status_text import StatusField
from fwsim.experiments.experiment import Experiment
from fwsim.model.first_due import what_is_due
from fwsim.run import prepare

HOUR = 3_600_000
OFFICE = {
    "doubt": "none",
    "zone": "UTC",
    "start": "2018-08-20 00:00",
    "horizon": "20 h",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
    "fleet": {"units": {"DE": {"devices": 3, "installed": "old.idf"}}},
    "power": {"default": {"on": "daily 08:00-18:00", "jitter": "2 h"}},
    "commands": [],
}
AT_START = {"firmware": {"new_version": {"at_start": True}}}
LATE = {"update": "DE", "once": "2018-08-20 19:00"}
BY_THEMSELVES = {
    "check at the start": (AT_START, 0),
    "check, set later": (
        {"changes": [{"at": "2018-08-20 07:00", **AT_START}], "commands": [LATE]},
        7 * HOUR,
    ),
    "notification": ({"notifications": [{"update": "DE"}]}, 0),
    "notification, set later": (
        {"notifications": [{"update": "DE", "set": "2018-08-20 06:00"}]},
        6 * HOUR,
    ),
    "assignment": ({"assignments": [{"update": "DE", "check_in": {"every": "1 h"}}]}, 0),
}


def scenario(**changes):
    return fwsim.Scenario.model_validate({**OFFICE, **changes})


@pytest.mark.parametrize("what", BY_THEMSELVES)
def test_what_devices_start_by_themselves_counts_from_when_it_was_set(what):
    changes, first = BY_THEMSELVES[what]
    answer = Experiment(scenario(**changes)).run(5, workers=1)
    assert {run.first_command for run in answer.replications} == {first}


def test_a_job_of_the_scheduler_counts_from_when_it_is_due(tmp_path):
    (tmp_path / "jobs.ini").write_text(
        "[Job1]\nId=x\nType=1\nSchedule=*-*-* 09:00:00\nSpreadFactor=3600\n"
    )
    answer = Experiment(scenario(scheduler="jobs.ini").seen_from(tmp_path)).run(5, workers=1)
    assert {run.first_command for run in answer.replications} == {9 * HOUR}


def test_a_command_that_means_nobody_is_not_the_first():
    units = {"DE": {"devices": 3}, "FR": {"devices": 0}}
    commands = [{"update": "FR"}, {"update": "DE", "once": "2018-08-20 10:00"}]
    due = what_is_due(prepare(scenario(fleet={"units": units}, commands=commands)))
    assert due.first(StatusField.UPDATE) == 10 * HOUR


AGAIN = {"group": "Update state = Not successful"}


def test_a_group_of_those_that_failed_means_nobody_before_the_first_update():
    every = {"days": ["mon-sun"], "at": "02:00"}
    commands = [{"update": "DE", "once": "2018-08-21 10:00"}, {"update": AGAIN, "every": every}]
    made = scenario(commands=commands, horizon="3 d", faults={"installation": "60 %"})
    assert what_is_due(prepare(made)).first(StatusField.UPDATE) == 34 * HOUR
    answer = Experiment(made).run(5, workers=1)
    assert {run.first_command for run in answer.replications} == {34 * HOUR}


@pytest.mark.parametrize(
    ("update", "more", "first"),
    [
        (AGAIN, {}, None),
        (AGAIN, {"notifications": [{"update": "DE"}]}, 0),
        ({"group": "IDF name = new.idf OR Update state = Not successful"}, {}, 2),
        ({"group": "Host name = DE"}, {}, 2),
    ],
)
def test_other_groups_may_mean_somebody_from_the_start(update, more, first):
    made = scenario(commands=[{"update": update, "once": "2018-08-20 02:00"}], **more)
    due = what_is_due(prepare(made)).fields
    assert due.get(StatusField.UPDATE) == (None if first is None else first * HOUR)


@pytest.mark.parametrize(
    ("commands", "judged"),
    [
        ([{"delivery": "DE"}], StatusField.DELIVERY),
        ([{"delivery": "DE"}, {"uefi_update": "DE"}], StatusField.UEFI),
        ([{"delivery": "DE"}, {"uefi_update": "DE"}, {"update": "DE"}], StatusField.UPDATE),
    ],
)
def test_a_rollout_is_judged_by_its_updates_else_by_what_there_is(commands, judged):
    assert what_is_due(prepare(scenario(commands=commands))).judged is judged


@pytest.mark.parametrize(
    ("others", "first"),
    [([], 10 * HOUR), ([{"uefi_update": "DE", "once": "2018-08-20 08:00"}], 9 * HOUR)],
)
def test_a_bios_changes_only_where_a_uefi_update_is_commanded(others, first):
    units = {"DE": {"devices": 3, "attributes": {"Device type": "LES", "BIOS": "1.0"}}}
    commands = [
        {"update": {"group": "BIOS = 1.1"}, "once": "2018-08-20 09:00"},
        {"update": "DE", "once": "2018-08-20 10:00"},
        *others,
    ]
    uefi = {"LES": {"version": "1.1"}}
    rollout = prepare(scenario(fleet={"units": units}, uefi=uefi, commands=commands))
    assert what_is_due(rollout).first(StatusField.UPDATE) == first


STARTERS = {
    "check": (AT_START, [0, 1, 2]),
    "notification": ({"notifications": [{"update": "DE"}]}, [0, 1, 2]),
    "notification beside a command": (
        {"notifications": [{"update": "DE"}], "commands": [LATE]},
        [0, 1, 2],
    ),
    "delivery that is not judged": (
        {"notifications": [{"delivery": "DE"}], "commands": [LATE]},
        [],
    ),
    "assignment": ({"assignments": [{"update": "DE", "check_in": {"every": "1 h"}}]}, []),
    "command": ({"commands": [LATE]}, []),
}


@pytest.mark.parametrize("what", STARTERS)
def test_who_starts_what_is_judged_by_themselves(what):
    changes, starters = STARTERS[what]
    assert what_is_due(prepare(scenario(**changes))).starters.tolist() == starters
