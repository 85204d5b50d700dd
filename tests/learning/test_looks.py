"""Exports of the console show what lasts, and not what comes and goes between two of them."""

import csv
from datetime import datetime, timedelta

import pytest

from fwsim.learning.families import LOGNORMAL
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.learning.reading import read_logs
from tests.observations.test_gaps import PILOT, WORDS

STEP = timedelta(minutes=5)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Learn from what the pilot's console showed every five minutes, in words of its own."""
    words = WORDS | {"DEFERRED": "deferred", "CANCELLED": "cancelled"}
    with PILOT.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["state"] in words]
    at = datetime.fromisoformat("2026-10-02T15:30:00+02:00")
    states, lines, rest = dict.fromkeys(sorted({row["device"] for row in rows}), ""), [], rows
    while rest:
        at += STEP
        past = [row for row in rest if datetime.fromisoformat(row["time"]) <= at]
        rest = rest[len(past) :]
        states |= {row["device"]: words[row["state"]] for row in past}
        lines += [f"{device};{at.isoformat()};{state}" for device, state in states.items()]
    path = tmp_path_factory.mktemp("looks") / "states.csv"
    path.write_text("\n".join(["Device;Time;Update State", *lines, ""]), encoding="utf-8")
    mapping = path.with_name("mapping.yaml")
    mapping.write_text("form: snapshots\n", encoding="utf-8")
    [seen] = read_logs([path], mapping=mapping, zone="Europe/Berlin").observed
    assert seen.accounts[0].is_of_console
    return learn("scenarios/learnt/before.yaml", seen, rows=20, families=(LOGNORMAL,))


@pytest.mark.parametrize(
    "name",
    [
        "people.counter.answer",
        "people.counter.answer.after",
        "people.counter.persistence",
        "assumptions.restart_time",
    ],
)
def test_it_is_kept_and_said_why(learnt, name):
    assert learnt[name].kept == Kept.ONLY_LOOKED_AT
    assert any(each.startswith(f"{name}: kept") for each in learnt.remarks())


def test_who_was_seen_fetching_does_not_tell_what_the_line_carries(learnt):
    assert learnt["network.sites.Branch 07.line_factor"].kept == Kept.LINE_NOT_TIMED


def test_since_when_a_first_export_shows_something_is_not_known(learnt):
    assert learnt["power.office.left_on"].kept == Kept.FIRST_EXPORT
    assert learnt["power.office.unreported"].kept == Kept.NONE_OFF


def test_what_came_of_updates_is_learnt(learnt):
    assert learnt["faults.installation"].is_learnt
