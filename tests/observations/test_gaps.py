"""A log that lacks lines in its midst is told; a night, a weekend or a slow line are not."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fwsim.messages import speaking
from fwsim.observations.gaps import gaps_in, stretches_of
from fwsim.observations.reading import read_observed

PILOT = Path("scenarios/learnt/pilot-status-log.csv")
WORDS = {
    "CHECKING": "checking",
    "NOTIFYING": "asked",
    "TRANSFER": "fetching",
    "VERIFY_PACKAGES": "fetched",
    "INSTALL": "writing",
    "REBOOT": "restarting",
    "SUCCESS": "done",
}


def pilot_without(path, begin, end, words=None):
    """Write the pilot's log without the lines between two times of day."""
    with PILOT.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not begin <= row["time"][11:16] < end]
    if words is not None:
        rows = [
            {"Gerät": row["device"], "Zeit": row["time"][:19], "Status": words[row["state"]]}
            for row in rows
            if row["state"] in words
        ]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";" if words else ",")
        writer.writeheader()
        writer.writerows(rows)
    return path


def written(path, lines):
    path.write_text("\n".join(["device;time;status", *lines, ""]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("begin", "end"), [("16:00", "17:00"), ("16:30", "16:45")])
def test_an_export_that_stops_and_goes_on_is_told_with_its_times(tmp_path, begin, end):
    path = pilot_without(tmp_path / "log.csv", begin, end)
    seen = read_observed(path, zone="Europe/Berlin")
    [gap] = seen.gaps
    [told] = [each for each in seen.problems if "lines are missing" in each.message]
    assert told.severity == "warning"
    assert (told.source, told.line) == (str(path), gap.line)
    first = path.read_text(encoding="utf-8").splitlines()[gap.line - 1]
    assert end <= first[11:16]
    assert f"to 2026-10-02 {first[11:16]}, though {gap.devices} devices" in told.message
    with speaking("de"):
        german = read_observed(path, zone="Europe/Berlin").problems
    assert any("Hier fehlen Zeilen" in each.message for each in german)


def test_it_is_seen_in_a_table_of_events_and_splits_the_log_in_two(tmp_path):
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00", WORDS)
    seen = read_observed(path, zone="Europe/Berlin")
    [gap] = seen.gaps
    stretch, until = stretches_of(seen)
    before = seen.latest <= gap.begin
    assert (stretch == ~before).all()
    assert set(until[before]) == {gap.begin}
    assert set(until[~before]) == {seen.until}


@pytest.mark.parametrize("words", [None, WORDS], ids=["own", "events"])
def test_the_whole_log_and_one_that_was_cut_have_none(tmp_path, words):
    for begin in ("18:00", "24:00"):
        path = pilot_without(tmp_path / "log.csv", begin, "25:00", words)
        assert not read_observed(path, zone="Europe/Berlin").gaps


def test_a_night_is_none(tmp_path):
    steps = (("10", "asked"), ("12", "fetching"), ("20", "writing"), ("22", "done"))
    lines = []
    for number in range(20):
        hour, day = divmod(number, 10)
        lines += [f"TC-{number};2026-11-{2 + day:02} {16 + hour}:{at}:00;{w}" for at, w in steps]
    for number in range(20, 30):  # asked in the evening, gone, and asked again
        lines.append(f"TC-{number};2026-11-02 17:{number}:00;asked")
        lines += [f"TC-{number};2026-11-03 08:{at}:00;{word}" for at, word in steps]
    assert not read_observed(written(tmp_path / "log.csv", lines), zone="UTC").gaps


def test_devices_on_a_slow_line_that_fetch_last_are_none(tmp_path):
    lines = []
    for number in range(20):
        lines += [
            f"TC-{number};2026-11-02 10:{at}:00;{word}"
            for at, word in (("10", "fetching"), ("14", "writing"), ("16", "done"))
        ]
    lines += [f"TC-{number};2026-11-02 10:16:00;fetching" for number in range(20, 30)]
    lines.append("TC-0;2026-11-02 11:16:00;off")
    assert not read_observed(written(tmp_path / "log.csv", lines), zone="UTC").gaps


def test_a_slow_delivery_in_words_that_do_not_name_it_is_none(tmp_path):
    """Who is done right after fetching may have been delivered to: nothing is written then."""
    delivery = (("07:30:00", "checking"), ("07:30:02", "fetching"), ("10:06:00", "done"))
    update = (("00", "checking"), ("01", "fetching"), ("02", "writing"), ("05", "done"))
    lines = []
    for number in range(10):
        lines += [f"TC-{number};2026-11-02 {at};{word}" for at, word in delivery]
        lines += [f"TC-{number};2026-11-02 20:{at}:00;{word}" for at, word in update]
    assert not read_observed(written(tmp_path / "log.csv", lines), zone="UTC").gaps


def lossy(lines):
    """Return the lines without one in 17, apart from ends."""
    return [line for number, line in enumerate(lines) if number % 17 or line.endswith("done")]


def test_lines_that_are_lost_here_and_there_are_none(tmp_path):
    steps = ("checking", "fetching", "fetched", "writing", "restarting", "done")
    lines = [
        f"TC-{number};2026-10-02T{22 + (step > 1)}:{20 + step}:00;{word}"
        for number in range(60)
        for step, word in enumerate(steps)
    ]
    assert not read_observed(written(tmp_path / "log.csv", lossy(lines)), zone="UTC").gaps


def test_neither_do_they_hide_one(tmp_path):
    path = pilot_without(tmp_path / "log.csv", "16:00", "17:00", WORDS)
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *lossy(lines), ""]), encoding="utf-8")
    assert len(read_observed(path, zone="Europe/Berlin").gaps) == 1


def without(seen, lost):
    return gaps_in(replace(seen.where(~lost), gaps=()))


@pytest.fixture(scope="module")
def friday():
    """Sixty devices over slow lines, and six silences in which nothing had to come."""
    return read_observed("scenarios/friday-at-five-log.csv", zone="Europe/Berlin")


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_neither_are_many_of_them(friday, share):
    """One log in twenty may show one; of ten, five do with a chance below 1e-4."""
    found = 0
    for seed in range(10):
        lost = np.random.default_rng(seed).random(len(friday)) < share
        found += bool(without(friday, lost))
    assert found < 5


@pytest.mark.parametrize("begin", [0.15, 0.3, 0.45, 0.6])
def test_no_other_silence_is_taken_for_the_gap(friday, begin):
    begin = np.quantile(friday.latest, begin)
    end = begin + 40 * 60_000
    [gap] = without(friday, (friday.latest >= begin) & (friday.latest < end))
    assert gap.begin < begin
    assert gap.end >= end


def test_the_hour_that_clocks_go_through_twice_is_none(tmp_path):
    lines = []
    for number in range(20):
        name = f"TC-{number}" if number < 15 else f"Other-{number}"
        lines += [f"{name};2026-10-25 01:5{number % 10}:00;checking"] * (number < 15)
        lines += [
            f"{name};2026-10-25 02:{at}:{number + 10};{word}"
            for at, word in (("05", "fetching"), ("15", "writing"), ("17", "done"))
        ]
    seen = read_observed(written(tmp_path / "log.csv", lines), zone="Europe/Berlin")
    assert any("twice" in each.message for each in seen.problems)
    assert not seen.gaps


def test_of_hundreds_of_devices_lines_may_be_missing(tmp_path):
    """By chance that is less likely than a number can tell."""
    first, *rest = ("10:00 checking", "10:03 writing", "10:04 restarting", "10:05 done")
    late = (first, "10:30 restarting", "10:32 done")
    lines = [
        f"TC-{n};2026-11-02 {at};{word}"
        for n in range(700)
        for at, word in map(str.split, (first, *rest) if n < 500 else late)
    ]
    [gap] = read_observed(written(tmp_path / "log.csv", lines), zone="UTC").gaps
    assert gap.devices == 200


@pytest.mark.parametrize("off_at", ["17:58", "18:00"])
def test_an_evening_at_which_all_are_switched_off_is_none(tmp_path, off_at):
    """Though those at work are not seen again before the log ends."""
    steps = ("checking", "fetching", "fetched", "writing", "restarting", "done")
    lines = []
    for n in range(60):
        begun = 15 * 60 + 3 * n
        for at, word in zip(range(begun, 18 * 60, 3), steps, strict=False):
            lines.append(f"TC-{n};2026-11-02 {at // 60}:{at % 60:02};{word}")
        lines.append(f"TC-{n};2026-11-02 {off_at};off")
    lines += [f"TC-60;2026-11-03 08:0{at};{word}" for at, word in enumerate(steps)]
    assert not read_observed(written(tmp_path / "log.csv", lines), zone="UTC").gaps


@pytest.mark.parametrize("power", [(), ("off", "on")])
def test_a_restart_that_is_told_as_off_and_on_has_its_end_to_come(tmp_path, power):
    """Though nobody that is restarting as the log breaks off is seen again."""
    steps = ("checking", "fetching", "fetched", "writing", "restarting")
    lines = []
    for n in range(60):
        begun = 9 * 60 + 3 * n
        told = [*zip(range(begun, begun + 7), (*steps, *power), strict=False), (begun + 27, "done")]
        lines += [
            f"TC-{n};2026-11-02 {at // 60:02}:{at % 60:02};{word}"
            for at, word in told
            if at < 11 * 60 + 45
        ]
    lines += [f"TC-60;2026-11-02 16:0{at};{word}" for at, word in enumerate((*steps, "done"))]
    [gap] = read_observed(written(tmp_path / "log.csv", lines), zone="UTC").gaps
    assert gap.devices >= 8
