"""Exports of the console show what lasts, and not what comes and goes between two of them."""

import csv
from datetime import datetime, timedelta

import pytest

from fwsim.learning.families import LOGNORMAL
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.learning.reading import read_logs
from tests.observations.test_gaps import PILOT, WORDS


def learnt_from_looks(folder, step, of=""):
    """Learn from what the pilot's console showed every now and then, in words of its own."""
    words = WORDS | {"DEFERRED": "deferred", "CANCELLED": "cancelled"}
    with PILOT.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["state"] in words]
    rest = [
        (datetime.fromisoformat(row["time"]), row["device"], words[row["state"]])
        for row in rows
        if row["device"].startswith(of)
    ]
    at = datetime.fromisoformat("2026-10-02T15:30:00+02:00")
    states, lines = dict.fromkeys(sorted({device for _, device, _ in rest}), ""), []
    while rest:
        at += step
        while rest and rest[0][0] <= at:
            _, device, state = rest.pop(0)
            states[device] = state
        lines += [f"{device};{at.isoformat()};{state}" for device, state in states.items()]
    path = folder / "states.csv"
    path.write_text("\n".join(["Device;Time;Update State", *lines, ""]), encoding="utf-8")
    mapping = path.with_name("mapping.yaml")
    mapping.write_text("form: snapshots\n", encoding="utf-8")
    [seen] = read_logs([path], mapping=mapping, zone="Europe/Berlin").observed
    assert seen.accounts[0].is_of_console
    return learn("scenarios/learnt/before.yaml", seen, rows=20, families=(LOGNORMAL,))


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Learn from looks every five minutes."""
    return learnt_from_looks(tmp_path_factory.mktemp("looks"), timedelta(minutes=5))


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


def test_what_lasts_for_many_looks_is_learnt_and_what_may_come_and_go_is_not(tmp_path):
    learnt = learnt_from_looks(tmp_path, timedelta(seconds=10), "B31")
    for name in ("assumptions.restart_time", "assumptions.install_rate"):
        assert learnt[name].is_learnt
    line = learnt["network.sites.Branch 31.line_factor"]
    assert line.by["factor"] == pytest.approx(0.735, rel=0.05)  # as of the log itself
    for name in ("assumptions.package_check_time", "people.counter.answer"):
        assert learnt[name].kept == Kept.ONLY_LOOKED_AT


def test_a_transfer_began_between_two_looks_and_not_at_the_later_one(tmp_path):
    learnt = learnt_from_looks(tmp_path, timedelta(minutes=1), "B31")
    line = learnt["network.sites.Branch 31.line_factor"]
    assert line.by["factor"] == pytest.approx(0.735, rel=0.02)  # 0.77 from the later one
