"""What no command file holds is told wherever the commands are."""

from __future__ import annotations

import re

import icalendar
import pytest

from fwsim.planning.hand_over.by_hand import held_back, seen_to_by_hand
from fwsim.planning.hand_over.hand_over import hand_over

NIGHTS = {"times": "daily 22:00-05:00", "run_time": "45 min", "zone": "server"}


@pytest.mark.usefixtures("undrawn")
def test_windows_that_stop_stand_in_the_summary_the_command_file_and_the_calendar(
    scenario, tmp_path
):
    plan = scenario({"once": "2018-08-20 12:00"}, windows=NIGHTS)
    hand_over(plan, plan, runs=2, workers=1).save(tmp_path)
    (said,) = held_back(plan)
    assert said.startswith("Scout knows no windows that stop")
    summary = (tmp_path / "plan.md").read_text()
    assert f"## Set first\n\n- {said}\n\n" in summary
    (commands,) = tmp_path.glob("*.cmd")
    assert f'rem "{said}"' in commands.read_text()
    (entry,) = icalendar.Calendar.from_ical((tmp_path / "plan.ics").read_bytes()).walk("VEVENT")
    assert said in str(entry["description"])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "daily 22:00-05:00 (the server's clock, UTC); only with 45 min left"),
        ({"zone": "device"}, "(its own clock)"),
        ({"zone": "Asia/Tokyo"}, "(Asia/Tokyo)"),
        ({"holidays": {"file": "of\\ours\\off.ics"}}, "left; not on the holidays of off.ics."),
        ({"holidays": {"country": "DE", "subdivision": "BW"}}, "the holidays of DE-BW."),
        ({"holidays": {"country": "DE", "file": "off.ics"}}, "the holidays of DE and off.ics."),
    ],
)
def test_when_a_command_may_start_is_told_in_full(scenario, more, words):
    (said,) = held_back(scenario(windows=NIGHTS | more))
    assert words in said


def test_of_many_blackouts_a_few_are_told(scenario):
    days = [{"start": f"2018-08-{d} 22:00", "end": f"2018-08-{d} 23:00"} for d in range(20, 28)]
    (said,) = held_back(scenario(windows={"blackouts": days}))
    assert re.search(r"always .*; not 2018-08-20 22:00 to 2018-08-20 23:00, .*, 3 more", said)


def test_assignments_beside_the_commands_are_told(scenario):
    assert seen_to_by_hand(scenario()) == []
    (said,) = seen_to_by_hand(scenario(assignments=[{"update": "DE"}]))
    assert said == "Played beside the commands: 1 assignment; a hand-over holds commands only."
