"""The eLux Command Scheduler's file."""

from __future__ import annotations

import pytest

from fwsim.commands.scheduler_file import JobType, read_scheduler_file
from fwsim.problems import InputError

GOOD = """
; nightly
[Job1]
Id=night
Type=1
Schedule=Mon..Fri 18:00
SpreadFactor=600
Persistent=true
WakeSystem=false
InformUser=300
UserCanCancel=true
Deferments=2
Delays=1800, 7200

[Job2]
type = 5
schedule = daily
Command = rm -rf /
"""


def test_jobs_are_read_as_they_stand():
    night, off = read_scheduler_file(GOOD)
    assert (night.id, night.type, night.spread, night.persistent) == (
        "night",
        JobType.UPDATE,
        600,
        True,
    )
    assert (night.inform_user, night.user_can_cancel, night.deferments, night.delays) == (
        300,
        True,
        2,
        (1800, 7200),
    )
    assert (off.id, off.type, off.schedule.text, off.spread) == (
        "Job2",
        JobType.SHUT_DOWN,
        "daily",
        0,
    )


def test_all_problems_are_told_with_their_lines():
    text = (
        "Type=1\n[Jbo1]\n[Job2]\nType=6\nSchedule=Mno 18:00\nSpreadFactor=-1\nPersistent=maybe\n"
        "Wake=1\nnonsense\n[Job3]\nType=1\n[Job3]\nType=1\nSchedule=daily\n"
    )
    with pytest.raises(InputError) as caught:
        read_scheduler_file(text, "schedule.ini")
    told = [(p.line, p.message.split(";")[0]) for p in caught.value.problems]
    assert told == [
        (1, "stands before the first section"),
        (2, "section 'Jbo1' is not a job"),
        (2, "Jbo1: Type, Schedule missing"),
        (4, "Type: '6' is not a type of job"),
        (5, "Schedule: 'Mno 18:00' is not a calendar event: 'Mno' is not a weekday"),
        (6, "SpreadFactor: '-1' is not a whole number of seconds from 0 to 604800"),
        (7, "Persistent: 'maybe' is neither true nor false"),
        (8, "unknown key 'Wake'"),
        (9, "'nonsense' is neither a section nor a key with a value"),
        (10, "Job3: Schedule missing"),
        (12, "section 'Job3' stands there twice"),
    ]


@pytest.mark.parametrize("text", ["", "; nothing\n"])
def test_a_file_without_jobs_is_refused(text):
    with pytest.raises(InputError, match="holds no job"):
        read_scheduler_file(text)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Schedule=06:00", "Schedule"),
        ("type = 5", "Type"),
        ("TYPE=6", "Type"),
        ("Id=b", "Id"),
        ("Command=x", "Command"),
        ("spreadfactor=wrong", "SpreadFactor"),
    ],
)
def test_a_key_that_stands_twice_is_told_with_both_lines(line, key):
    text = f"[Job1]\nType=1\nSchedule=18:00\nId=a\nCommand=y\nSpreadFactor=1\n{line}\n"
    with pytest.raises(InputError) as caught:
        read_scheduler_file(text, "schedule.ini")
    first = 1 + next(n for n, t in enumerate(text.splitlines()) if t.startswith(key))
    told = [(p.line, p.message) for p in caught.value.problems]
    assert told == [(7, f"{key} stands there twice, first in line {first}")]


@pytest.mark.parametrize("ids", [("a", "a"), ("Job2", "")])
def test_two_jobs_of_one_name_are_told_with_both_lines(ids):
    first, second = (f"Type=1\nSchedule=18:00\nId={one}\n" for one in ids)
    with pytest.raises(InputError) as caught:
        read_scheduler_file(f"[Job1]\n{first}[Job2]\n{second}", "schedule.ini")
    told = [(p.line, p.message) for p in caught.value.problems]
    name = ids[0]
    assert told == [
        (5, f"{name!r} is the name of the job in line 1, too; expected an Id of its own")
    ]


def test_deferments_without_delays_are_refused_as_those_of_a_reminder_are():
    with pytest.raises(InputError, match=r"s\.ini:1: error: Job1: Deferments need Delays, such as"):
        read_scheduler_file("[Job1]\nType=1\nSchedule=18:00\nDeferments=2\n", "s.ini")


def test_each_job_has_its_own_keys():
    jobs = read_scheduler_file("[Job1]\nType=1\nSchedule=daily\n[Job2]\nType=1\nSchedule=daily\n")
    assert len(jobs) == 2


def test_a_schedule_may_name_the_devices_clock():
    text = "[Job1]\nType=1\nSchedule=18:00 CEST\n"
    assert read_scheduler_file(text, None, ("CET", "CEST"))[0].schedule.clock == "CEST"
    with pytest.raises(InputError, match="'CEST' is neither a time zone"):
        read_scheduler_file(text, None, ("EST", "EDT"))


@pytest.mark.parametrize(
    ("schedule", "refusal"),
    [
        ("*~29..31 18:00", "expected 1 to 28"),
        ("*-*~7/7 18:00", "its first repetition, 0"),
        ("2026~11-22 18:00", "~ stands only before the day"),
        ("18/7:00", "its first repetition, 25"),
        ("0/24:00", "its first repetition, 24"),
        ("*:0/60", "its first repetition, 60"),
        ("*:*/15", "takes no repetition; write 0/15"),
        ("*:*,5", "stands alone"),
        ("Fri..Mon 18:00", "write Fri..Sun,Mon"),
        ("*-*~1..7/2 18:00", None),
        ("biannually", None),
        ("18:00 CET", None),
        ("18:00 GMT", None),
        ("18:00 utc", None),
    ],
)
def test_schedules_are_taken_and_refused_as_systemd_does(schedule, refusal):
    text = f"[Job1]\nType=1\nSchedule={schedule}\n"
    if refusal is None:
        assert read_scheduler_file(text)[0].schedule.text == schedule
        return
    with pytest.raises(InputError, match=refusal) as caught:
        read_scheduler_file(text)
    assert [p.line for p in caught.value.problems] == [3]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("SpreadFactor=10 min", "seconds from 0 to 604800; did you mean 600?"),
        ("InformUser=5 min", "seconds from 0 to 604800; did you mean 300?"),
        ("Delays=30 min, 2 h", "'30 min' is not a whole number of seconds from 0 to 604800; did"),
        ("SpreadFactor=500 ms", "seconds from 0 to 604800"),
        ("Persistent=ja", "'ja' is neither true nor false; did you mean true?"),
        ("WakeSystem=Nein", "'Nein' is neither true nor false; did you mean false?"),
    ],
)
def test_a_value_in_another_unit_or_language_meets_the_right_one(line, told):
    with pytest.raises(InputError) as caught:
        read_scheduler_file(f"[Job1]\nType=1\nSchedule=18:00\nDeferments=1\n{line}\n", "s.ini")
    [problem] = [one for one in caught.value.problems if one.line == 5]
    assert told in problem.message
