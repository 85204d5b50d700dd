"""Notifications, the scheduler, checks for a new version: devices start by themselves."""

from __future__ import annotations

import pytest

from tests.simulation.own_starts import JOB, NIGHTS_OFF, PLAIN, later

OFF_TILL_NOON = {"default": {"on": "12:00-17:00"}}


# Notifications


def test_a_notification_waits_for_the_next_connection(own, told):
    result = own(notifications=[{"update": "DE"}], power=OFF_TILL_NOON)
    assert told(result) == later(PLAIN, 3645)
    assert [run.label for run in result.columns.runs] == ["notification 1"]


def test_a_device_that_is_on_is_not_disturbed_until_it_connects_again(own, told):
    result = own(notifications=[{"update": "DE"}], power=NIGHTS_OFF)
    assert told(result)[0] == f"{21 * 3600 + 45} CHECKING"  # the next morning


def test_a_notification_works_once(own):
    result = own(
        notifications=[{"update": "DE"}],
        power=NIGHTS_OFF,
        horizon="4 d",
        faults={"installation": "100 %"},
    )
    assert result.log.state.tolist().count("FAILED") == 1


def test_several_notifications_take_one_connection_each(own, told):
    result = own(
        notifications=[{"delivery": "DE"}, {"update": "DE"}], power=NIGHTS_OFF, horizon="4 d"
    )
    runs = result.log.groupby("command", sort=False).state.last().to_dict()
    assert runs == {"notification 1": "SUCCESS", "notification 2": "SUCCESS"}


def test_a_notification_set_later_is_seen_at_the_connection_after_it(own, told):
    result = own(
        notifications=[{"update": "DE", "set": "2018-08-21 09:00"}], power=NIGHTS_OFF, horizon="3 d"
    )
    assert float(told(result)[0].split()[0]) == 45 * 3600 + 45


def test_a_notifications_url_is_the_servers_at_the_connection(own):
    result = own(
        notifications=[{"update": "DE"}],
        power=OFF_TILL_NOON,
        changes=[{"at": "2018-08-20 11:30", "firmware": {"server": "new.example.net"}}],
    )
    assert result.log.detail.iloc[0].startswith("https://new.example.net/")


# The check for a new version


AT_START = {"firmware": {"new_version": {"at_start": True}}}


def test_a_device_checks_at_its_start(own, told):
    result = own(**AT_START, power=OFF_TILL_NOON)
    assert told(result)[: len(PLAIN)] == later(PLAIN, 3645)


def test_a_device_that_is_up_to_date_is_left_alone_the_next_day(own):
    result = own(**AT_START, power=OFF_TILL_NOON)
    assert result.log.groupby("command", sort=False).state.last().to_dict() == {
        "start/1": "SUCCESS",
        "start/2": "NOT_NEEDED",  # at its own restart
        "start/3": "NOT_NEEDED",
    }


def test_the_restart_of_an_update_is_a_start(play):
    """The image has changed since the device was started; a UEFI update restarts it."""
    result = play(
        commands=[{"uefi_update": "DE", "once": "2018-08-20 12:00"}],
        firmware={"new_version": {"at_start": True}, "image_file": "old.idf"},
        image=None,
        images={
            "old": {"name": "old.idf", "packages": [{"name": "a", "size": "1 MB"}]},
            "new": {"name": "new.idf", "packages": [{"name": "a", "size": "2 MB"}]},
        },
        uefi={"M1": {"version": "2"}},
        fleet={
            "units": {
                "DE": {"devices": 1, "installed": "old.idf", "attributes": {"Device type": "M1"}}
            }
        },
        changes=[{"at": "2018-08-20 11:30", "firmware": {"image_file": "new.idf"}}],
    )
    ends = result.log.groupby("command", sort=False).state.last().to_dict()
    assert ends == {"1": "SUCCESS", "start/1": "SUCCESS", "start/2": "NOT_NEEDED"}


def test_with_confirmation_the_notice_stays_until_a_click(own, told):
    asking = {"firmware": {"new_version": {"at_start": True, "confirm": True}}}
    result = own(
        **asking,
        power={"default": {"on": "12:00-24:00"}},
        people={"default": {"present": "never"}},
        horizon="12 h",
    )
    assert told(result)[-1] == "3647 NOTIFYING"


def test_a_check_at_shutdown_updates_and_then_goes_off(own, told):
    result = own(
        firmware={"new_version": {"at_shutdown": True, "confirm": True}},
        power=NIGHTS_OFF,
        horizon="12 h",
    )
    assert told(result) == later(
        [
            "0 CHECKING",
            "2 VERIFY_IDF",
            "2 TRANSFER",
            "10 VERIFY_PACKAGES",
            "13 INSTALL",
            "23 REBOOT",
            "23 SUCCESS",
            "23 HALTING",
            "33 HALTED",
        ],
        6 * 3600,
    )


def test_a_job_brings_its_own_reminder(own, told):
    job = JOB + "InformUser=60\nUserCanCancel=true\nDeferments=1\nDelays=900\n"
    users = {"default": {"answer": {"defer": "100 %", "after": "1 s"}}}
    lines = told(own(job, people=users, horizon="3 h"))
    assert lines[:5] == later(
        ["0 CHECKING", "2 NOTIFYING", "3 DEFERRED", "903 CHECKING", "905 NOTIFYING"], 3600
    )


def test_an_ou_can_shut_out_the_jobs_from_above(own, tmp_path):
    units = {"DE": {"devices": 1}, "AT": {"devices": 1, "scheduler": {"inherit": False}}}
    result = own(JOB, fleet={"units": units}, horizon="3 h")
    assert set(result.log.device) == {"DE-1"}


def test_jobs_of_both_levels_run_where_they_are_inherited(own, tmp_path):
    (tmp_path / "own.ini").write_text("[Job7]\nType=1\nSchedule=13:00\n")
    units = {"DE": {"devices": 1, "scheduler": "own.ini"}}
    result = own(JOB, fleet={"units": units}, horizon="3 h")
    assert set(result.log.command) == {"Job1/1", "Job7/1"}


# Whose configuration


def test_a_device_uses_the_configuration_it_has_loaded_and_the_server_its_own(own, told, play):
    """Changed at 11:30; the device was last started before that, the command runs after it."""
    change = [{"at": "2018-08-20 11:30", "firmware": {"server": "new.example.net"}}]
    own_url = own(JOB, changes=change, horizon="3 h").log.detail.iloc[0]
    server_url = play({"once": "2018-08-20 12:00"}, changes=change).log.detail.iloc[1]
    assert own_url.startswith("https://scout.example.net/")
    assert server_url.startswith("https://new.example.net/")


@pytest.mark.parametrize(
    ("first", "server"),
    [(2, "new.example.net"), (3, "new.example.net"), (4, "scout.example.net")],
)
def test_a_synchronisation_or_a_restart_brings_the_new_configuration(own, first, server):
    jobs = f"[Job1]\nType={first}\nSchedule=11:45\n[Job2]\nType=1\nSchedule=12:00\n"
    change = [{"at": "2018-08-20 11:30", "firmware": {"server": "new.example.net"}}]
    assert server in own(jobs, changes=change, horizon="3 h").log.detail.iloc[0]


def test_a_job_can_shut_devices_down(own):
    jobs = "[Job1]\nType=5\nSchedule=11:30\n[Job2]\nType=1\nSchedule=12:00\n"
    assert len(own(jobs, horizon="3 h").log) == 0


# Together with commands


def test_a_command_meets_a_device_at_work_by_itself_as_busy(scenario, tmp_path, engine):
    import fwsim

    (tmp_path / "schedule.ini").write_text(JOB)
    both = scenario(
        commands=[{"update": "DE", "once": "2018-08-20 12:00:10"}],
        scheduler="schedule.ini",
        horizon="3 h",
    ).seen_from(tmp_path)
    log = fwsim.simulate(both, engine=engine).log
    assert log[log.command == "1"].state.iloc[-1] == "REJECTED"
    assert log[log.command == "Job1/1"].state.iloc[-1] == "SUCCESS"


@pytest.mark.slow
def test_wrong_files_and_targets_are_told_before_the_clock_starts(own):
    import fwsim

    with pytest.raises(fwsim.InputError, match=r"schedule\.ini:2: error: Type"):
        own("[Job1]\nType=9\nSchedule=daily\n")
    with pytest.raises(fwsim.InputError, match=r"notifications\.0: no OU and no device 'DEE'"):
        own(notifications=[{"update": "DEE"}])
    with pytest.raises(fwsim.InputError, match="runs more than 100,000 times"):
        own("[Job1]\nType=1\nSchedule=*:*:*\n")


def test_keep_alive_bounds_how_long_a_device_is_shown_as_on(play, told):
    unreported = {"default": {"on": "mon-fri 08:00-11:30", "unreported": "100 %"}}
    options = {"only_switched_on": True, "once": "2018-08-20 12:10"}
    wrongly_on = told(play(options, power=unreported))
    known = told(play(options, power=unreported, assumptions={"keep_alive": "30 min"}))
    assert wrongly_on[-1].startswith("4220 UNREACHED")
    assert known[-1] == "4200 SKIPPED skipped: shown as switched off"


def test_a_restart_while_deferred_updates_first_and_then_starts_again(own, told):
    jobs = (
        "[Job1]\nType=1\nSchedule=12:00\nInformUser=0\nDeferments=1\nDelays=14400\n"
        "[Job2]\nType=3\nSchedule=13:00\n[Job3]\nType=1\nSchedule=14:00\n"
    )
    users = {"default": {"answer": {"defer": "100 %", "after": "1 s"}}}
    result = own(jobs, people=users, horizon="4 h")
    assert told(result)[2:] == [
        "3603 DEFERRED",
        "7200 CHECKING",
        "7202 VERIFY_IDF",
        "7202 TRANSFER",
        "7210 VERIFY_PACKAGES",
        "7213 INSTALL",
        "7223 REBOOT",
        "7223 SUCCESS",
        "7223 HALTING",
        "7233 HALTED",
        "10800 CHECKING",
        "10802 NOT_NEEDED",
    ]


OWN_CERTIFICATE = {
    "image": {"certificate": "house.crt"},
    "firmware": {"security": {"idf": True}, "certificates": ["house.crt"]},
}


def test_a_certificate_the_device_has_loaded_verifies_the_image(play, told):
    assert told(play(**OWN_CERTIFICATE))[-1].endswith("SUCCESS")


def test_without_the_certificate_a_signed_image_is_not_run(play, told):
    firmware = {"security": {"idf": True}}
    lines = told(play(image=OWN_CERTIFICATE["image"], firmware=firmware))
    assert lines[-1] == "3 FAILED IDF signature invalid"


def test_a_certificate_set_now_arrives_at_the_next_start(own, told):
    """Rolled out in one go with the update it comes too late; after a restart it is there."""
    jobs = "[Job1]\nType=1\nSchedule=12:00\n[Job2]\nType=3\nSchedule=13:00\n"
    jobs += "[Job3]\nType=1\nSchedule=14:00\n"
    result = own(
        jobs,
        image=OWN_CERTIFICATE["image"],
        firmware={"security": {"idf": True}},
        changes=[{"at": "2018-08-20 11:30", "firmware": {"certificates": ["house.crt"]}}],
        horizon="4 h",
    )
    last = result.log.groupby("command", sort=False).state.last().to_dict()
    assert last == {"Job1/1": "FAILED", "Job3/1": "SUCCESS"}


def test_synchronising_brings_the_configuration_and_no_certificates(own, told):
    """Certificates come with a start, though the rest of the configuration is there."""
    jobs = "[Job1]\nType=2\nSchedule=12:00\n[Job2]\nType=1\nSchedule=12:30\n"
    jobs += "[Job3]\nType=3\nSchedule=13:00\n[Job4]\nType=1\nSchedule=14:00\n"
    house = {"certificates": ["house.crt"], "security": {"idf": True}}
    result = own(
        jobs,
        image={"certificate": "house.crt"},
        changes=[{"at": "2018-08-20 11:30", "firmware": house}],
        horizon="4 h",
    )
    assert told(result)[:3] == [
        "5400 CHECKING",
        "5402 VERIFY_IDF",
        "5403 FAILED IDF signature invalid",
    ]
    assert told(result)[-1].endswith("SUCCESS")


def test_habits_follow_the_clock_on_the_devices_wall(own):
    """Switched on at 8 in the morning, each where it stands."""
    units = {
        "DE": {"devices": 1, "zone": "Europe/Berlin"},
        "US": {"devices": 1, "zone": "America/New_York"},
    }
    result = own(
        notifications=[{"update": "DE"}, {"update": "US"}],
        fleet={"units": units},
        power={"default": {"on": "08:00-17:00"}},
        start="2018-08-20 02:00",
    )
    first = result.log.groupby("device").time.min().str[:19].to_dict()
    assert first == {"DE-1": "2018-08-20T06:00:45", "US-1": "2018-08-20T12:00:45"}


def test_after_an_update_the_device_takes_what_was_stored_for_it(play):
    result = play(
        commands=[{"update": "DE"}],
        notifications=[{"delivery": "DE", "set": "2018-08-20 11:00:30"}],
    )
    assert result.log.command.unique().tolist() == ["1", "notification 1"]


def test_deferments_per_image_are_not_given_anew_by_a_change_of_something_else(play, told):
    two = [
        {"update": "DE", "inform_user": "1 min", "once": f"2018-08-20 {t}"}
        for t in ("11:00", "13:00")
    ]
    lines = told(
        play(
            commands=two,
            people={"default": {"answer": {"defer": "100 %", "after": "5 s"}}},
            firmware={"reminder": {"deferments": 1, "delays": ["4 h"]}},
            changes=[{"at": "2018-08-20 12:00", "firmware": {"certificates": ["x"]}}],
            assumptions={"defer_counter_scope": "idf", "missing_button": "ignored"},
        )
    )
    assert "7262 VERIFY_IDF" in lines


def test_where_nobody_is_there_a_reminder_is_left_out_too(play, told):
    lines = told(
        play(
            {"inform_user": "until answered"},
            people={
                "default": {
                    "present": "mon 10:00-12:00",
                    "answer": {"defer": "100 %", "after": "5 s"},
                }
            },
            firmware={"reminder": {"deferments": 1, "delays": ["4 h"]}},
            assumptions={"unattended_policy": "skip_dialog", "idf_check_order": "before"},
        )
    )
    assert lines[4] == "14407 VERIFY_IDF"
