"""Times that clocks skip or show twice, and the jobs of a scheduler: what is told of them."""

from __future__ import annotations

import fwsim
from fwsim.forewarning.whole import warnings_beside_commands
from fwsim.messages import GERMAN, speaking
from fwsim.run import prepare, warnings_of
from tests.forewarning.sound_scenario import GOOD
from tests.messages.translations import english_left

CHANGES = {
    "start": "2026-03-28 08:00",
    "horizon": "2 d",
    "commands": "[{update: DE, inform_user: 1 min, once: 2026-03-29 02:30, "
    "force_at: 2026-03-29 04:00}]",
    "outages": "[{start: 2026-03-29 02:10, end: 2026-03-29 03:30}]",
}


def told_of_clocks(**changes):
    keys = GOOD | CHANGES | changes
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    found = warnings_of(prepare(fwsim.loads(text)))
    return {w.path: w.message for w in found if "clock" in w.message or "Uhr" in w.message}


def test_a_time_that_the_clocks_skip_or_show_twice_is_told():
    skipped = "the clock skips 2026-03-29 02:{}; 2026-03-29 03:00 is meant, to which it jumps"
    told = {"commands.0.once": skipped.format(30), "outages.0.start": skipped.format(10)}
    assert told_of_clocks() == told
    del told["commands.0.once"]
    assert told_of_clocks(assumptions="{skipped_hour: after_gap}") == told
    assert "commands.0.once" in told_of_clocks(assumptions="{doubled_hour: second}")
    assert told_of_clocks(zone="UTC") == {}
    twice = "the clock shows 2026-10-25 02:30 twice; the first is meant, UTC+02:00"
    back = {"start": "2026-10-25 02:30", "outages": "[]"}
    once = "[{scmd: -update -to DE -once -at 25.10.2026 02:30}]"
    assert told_of_clocks(**back, commands=once) == {"start": twice, "commands.0.scmd": twice}
    with speaking(GERMAN):
        assert "die Uhr überspringt 2026-03-29 02:30" in told_of_clocks()["commands.0.once"]


def test_of_a_time_that_the_clocks_skip_it_is_told_what_a_scenario_leaves_out():
    """It was told to lie after the horizon, and nothing of users that are forced all the same."""
    at = "[{update: DE, inform_user: 1 min, once: 2026-03-29 02:30, force_at: 2026-03-29 02:40}]"
    left_out = {"commands": at, "assumptions": "{skipped_hour: skip}", "outages": "[]"}
    told = told_of_clocks(**left_out)
    assert told["commands.0.once"].startswith("it never runs: the clock skips its time")
    assert told["commands.0.force_at"].endswith("2026-03-29 03:00 is meant, to which it jumps")
    with speaking(GERMAN):
        assert not english_left(told_of_clocks(**left_out)["commands.0.once"])
    assert told_of_clocks(**left_out | {"assumptions": "{skipped_hour: after_gap}"}) == {}


def test_a_line_too_thin_for_what_is_left_after_a_job_is_told_in_both_languages(tmp_path):
    (tmp_path / "jobs.ini").write_text("[Job1]\nId=evening\nType=1\nSchedule=20:00\n")
    thin = {"network": "{sites: {default: {link: 1 Mbit/s}}}", "scheduler": "jobs.ini"}
    keys = {**GOOD, **thin, "commands": "[]", "horizon": "38 h"}
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    wide = prepare(fwsim.loads(text, folder=tmp_path))
    assert not [one for one in warnings_of(wide) if one.path == "scheduler"]
    short = prepare(fwsim.loads(text.replace("38 h", "14 h"), folder=tmp_path))
    told = [one.message for one in warnings_of(short) if one.path == "scheduler"]
    assert told == [
        "job 'evening': every run ends 2 h 00 min after it (horizon), but the line of DE needs "
        "3 h 20 min if all its devices fetch what they lack; 1 site may not finish by then"
    ]
    with speaking(GERMAN):
        texts = [one.message for one in warnings_of(short) if one.path == "scheduler"]
    assert texts[0].startswith("Job 'evening': ")
    assert not english_left(texts[0])


def test_of_many_updates_of_a_scheduler_the_first_is_told_of_at_its_own_ou(tmp_path):
    """Whoever fetches at eight has it at nine, and there may be a thousand jobs."""
    job = "[Job{0}]\nId=at {1}\nType=1\nSchedule={1}:00\n"
    (tmp_path / "a.ini").write_text("[Job1]\nType=1\nSchedule=2030-01-01\n")
    (tmp_path / "b.ini").write_text("".join(job.format(n, n) for n in (21, 20, 19)))
    units = "{A: {devices: 1, scheduler: a.ini}, B: {devices: 3, scheduler: b.ini}}"
    thin = {"network": "{sites: {default: {link: 1 Mbit/s}}}", "horizon": "14 h"}
    keys = {**GOOD, **thin, "commands": "[]", "fleet": f"{{units: {units}}}"}
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    found = warnings_of(prepare(fwsim.loads(text, folder=tmp_path)))
    told = {one.path: one.message for one in found if one.path.endswith("scheduler")}
    assert list(told) == ["fleet.units.A.scheduler", "fleet.units.B.scheduler"]
    assert "Job1" in told["fleet.units.A.scheduler"]
    assert told["fleet.units.B.scheduler"].startswith("job 'at 19': every run ends 3 h 00 min")
    assert sum("every run ends" in one.message for one in found) == 1


def test_of_many_jobs_that_never_run_the_first_are_told_and_how_many_more(tmp_path):
    """An old file of a large fleet has a thousand: each was a warning of two lines."""
    jobs = "".join(f"[Job{n}]\nType=1\nSchedule=2030-01-01\n" for n in range(1, 41))
    (tmp_path / "a.ini").write_text(jobs)
    text = "".join(f"{key}: {value}\n" for key, value in GOOD.items())
    found = warnings_of(prepare(fwsim.loads(f"{text}scheduler: a.ini\n", folder=tmp_path)))
    told = [one.message for one in found if one.path == "scheduler"]
    assert len(told) == 21
    assert told[-1].endswith("and 19 more of this kind")


JOBS = """\
[Job1]
Id=evening
Type=1
Schedule=18:00
Deferments=2
Delays=1800
[Job2]
Type=1
Schedule=19:00
UserCanCancel=true
[Job3]
Type=3
Schedule=20:00
InformUser=30
[Job4]
Type=1
Schedule=21:00
InformUser=30
Delays=1800
[Job5]
Type=1
Schedule=22:00
InformUser=30
UserCanCancel=true
Deferments=1
Delays=1800
"""


def test_what_a_job_says_of_a_notice_that_nobody_sees_is_told_with_its_line(tmp_path):
    (tmp_path / "jobs.ini").write_text(JOBS)
    text = "".join(f"{key}: {value}\n" for key, value in GOOD.items() if key != "commands")
    rollout = prepare(fwsim.loads(f"{text}scheduler: jobs.ini\n", folder=tmp_path))
    found = [str(one) for one in warnings_of(rollout) if one.source == "jobs.ini"]
    assert found == [
        "jobs.ini:5: warning: evening: without InformUser nobody is asked; so this does nothing: "
        "Deferments, Delays",
        "jobs.ini:10: warning: Job2: without InformUser nobody is asked; so this does nothing: "
        "UserCanCancel",
        "jobs.ini:14: warning: Job3: fwsim asks users before updates (Type=1) only; here this "
        "does nothing: InformUser",
        "jobs.ini:19: warning: Job4: Delays do nothing without Deferments, such as Deferments=2",
    ]
    beside = warnings_beside_commands(rollout)
    assert any(one.startswith("jobs.ini, line 5: ") for one in beside)
