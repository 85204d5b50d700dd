"""What the console shows at a time: looks and events, in the words of its fields."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import LONG_AGO, What
from fwsim.observations.reading import read_observed
from tests.observations.seen import events, ms, whats

BERLIN = "Europe/Berlin"


def test_many_looks_at_the_console_bound_what_has_no_stamp(put):
    form = "Device name,Update State\nTC-1,{}\nTC-2,{}\n"
    first = put(
        form.format("", "Update in progress (Transfer started – 2026-11-02 09:01:10)"),
        "states-2026-11-02T09-05.csv",
    )
    second = put(
        form.format("Update in progress", "Successful"),
        "states-2026-11-02T09-15.csv",
    )
    observed = read_observed([second, first], zone="UTC")
    assert events(observed) == [
        ("TC-1", "CHECKING", ms("2026-11-02T09:05+00:00")),
        ("TC-2", "FETCHING", ms("2026-11-02T09:01:10+00:00")),
        ("TC-2", "DONE", ms("2026-11-02T09:05+00:00")),
    ]
    late = [ms(f"2026-11-02T09:{at}+00:00") for at in ("15:00", "01:10", "15:00")]
    assert observed.latest.tolist() == late
    assert observed.until == ms("2026-11-02T09:15+00:00")
    assert observed.accounts[0].form == "Update States of the console (CSV)"


def test_one_export_with_a_column_of_times_holds_many_looks(put):
    rows = ["Name;Stand;Aktualisierungsstatus"]
    rows += ["TC-1;02.11.2026 09:00;Deferred", "TC-1;02.11.2026 09:10;Deferred"]
    rows += ["TC-1;02.11.2026 09:20;Not successful – 2026-11-02 09:12:00"]
    observed = read_observed(put("\n".join(rows)), zone="UTC")
    assert whats(observed, "TC-1") == ["DEFERRED", "FAILED"]
    assert observed.earliest.tolist() == [LONG_AGO, ms("2026-11-02T09:12+00:00")]


GERMAN_CONSOLE = """\
Gerätename;Aktualisierungsstatus
B-1;Erfolgreich – {day} 04:12:00
B-2;Nicht erfolgreich – {day} 04:13:00
B-3;Nicht notwendig
B-4;Verschoben – {day} 04:14:00
"""


@pytest.mark.parametrize("day", ["2021-10-29", "29.10.2021"])
def test_a_german_console_is_read_as_an_english_one(put, day):
    path = put(GERMAN_CONSOLE.format(day=day), "states-2021-10-31T06-03.csv")
    observed = read_observed(path, zone="UTC")
    assert events(observed) == [
        ("B-1", "DONE", ms("2021-10-29T04:12+00:00")),
        ("B-2", "FAILED", ms("2021-10-29T04:13+00:00")),
        ("B-3", "NOT_NEEDED", LONG_AGO),
        ("B-4", "DEFERRED", ms("2021-10-29T04:14+00:00")),
    ]


@pytest.mark.parametrize("header", ["UEFI update state", "UEFI-Aktualisierungsstatus"])
@pytest.mark.parametrize("time", ["", "Time;"])
def test_states_of_uefi_updates_are_no_states_of_updates(put, header, time):
    stamp = "2026-11-02 09:14;" * bool(time)
    text = f"Device;{time}{header}\nTC-1;{stamp}Successful – 2026-11-02 09:12:40\n"
    export = put(text, "states-2026-11-02T09-15.csv")
    with pytest.raises(fwsim.InputError, match="tells only of UEFI updates") as caught:
        read_observed(export, zone="UTC")
    advice = str(caught.value).partition("mapping file says so: ")[2]
    assert advice == f"columns: {{update state: {header}}}"
    mapping = put(f"{advice}\n", "mapping.yaml")
    observed = read_observed(export, zone="UTC", mapping=mapping)
    assert whats(observed, "TC-1") == ["DONE"]


def test_states_of_uefi_updates_beside_those_of_updates_are_left_aside_with_a_word(put):
    export = put(
        "Device;UEFI update state;Update State\nTC-1;Successful – 2026-11-02 09:12:40;Deferred\n",
        "states-2026-11-02T09-15.csv",
    )
    observed = read_observed(export, zone="UTC")
    assert whats(observed, "TC-1") == ["DEFERRED"]
    assert "the column of UEFI updates is left aside" in str(observed.problems[0])


@pytest.mark.parametrize("time", ["", "Time"])
@pytest.mark.parametrize(("header", "cell"), [("Status", "On"), ("Status", ""), ("State", "Off")])
def test_the_consoles_own_field_is_read_before_whether_a_device_is_on(put, header, cell, time):
    at = "2026-11-02 09:30" if time else ""
    text = f"Name;{header};Update State;{time}\nTC-1;{cell};Successful – 2026-11-02 09:12:40;{at}\n"
    observed = read_observed(put(text, "states-2026-11-02T09-30.csv"), zone=BERLIN)
    assert events(observed) == [("TC-1", "DONE", ms("2026-11-02T09:12:40+01:00"))]
    assert f"column '{header}' is left aside" in str(observed.problems[0])
    assert observed.accounts[0].is_of_console


def test_a_mapping_reads_another_column_than_the_consoles_own(put):
    log = put("Name;Update State;Vorgang;Time\nTC-1;Deferred;done;2026-11-02 09:30\n")
    mapping = put("columns: {status: Vorgang}\n", "mapping.yaml")
    observed = read_observed(log, zone=BERLIN, mapping=mapping)
    assert whats(observed, "TC-1") == ["DONE"]
    assert "column 'Update State' is left aside" in str(observed.problems[0])


def test_a_stamp_may_stand_behind_a_word_of_a_mapping(put):
    path = put(
        "Name;Update State\nA;Fertig – 29.10.2021 04:12:00\nB;Fertig\n", "s-2021-10-31T06-03.csv"
    )
    mapping = put("words: {Fertig: done}\n", "mapping.yaml")
    observed = read_observed(path, zone="UTC", mapping=mapping)
    assert observed.accounts[0].form == "Update States of the console (CSV)"
    assert events(observed) == [
        ("A", "DONE", ms("2021-10-29T04:12+00:00")),
        ("B", "DONE", LONG_AGO),
    ]


def test_unknown_words_of_an_update_state_are_told_as_such(put):
    path = put("Name;Update State\nA;Gereed – 2021-10-29 04:12:00\n", "s-2021-10-31T06-03.csv")
    with pytest.raises(fwsim.InputError, match="unknown Update State 'Gereed"):
        read_observed(path, zone="UTC")


@pytest.mark.parametrize("state", ["", "Delivery successful"])
def test_an_export_in_which_no_device_has_begun_tells_when_that_was(put, state):
    text = f"Device,Update State\nA,{state}\nB,{state}\n"
    observed = read_observed(put(text, "states-2026-11-02T09-15.csv"), zone="UTC")
    assert len(observed) == 0
    assert observed.until == ms("2026-11-02T09:15:00+00:00")


def test_a_look_that_shows_a_delivery_bounds_what_is_seen_later(put):
    looks = [
        put(f"Device,Update State\nA,{state}\n", f"states-2026-11-02T{hour}-00.csv")
        for hour, state in (("09", "Delivery successful"), ("10", "Deferred"))
    ]
    observed = read_observed(looks, zone="UTC")
    assert events(observed) == [("A", "DEFERRED", ms("2026-11-02T09:00:00+00:00"))]


def test_names_that_stand_in_two_ous_are_told_with_their_ou(put):
    rows = "Name,OU,Time,Status\nTC-1,DE/A,2026-11-02 09:00,done\nTC-1,DE/B,2026-11-02 09:00,done\n"
    assert {name for name, _, _ in events(read_observed(put(rows), zone="UTC"))} == {
        "DE/A/TC-1",
        "DE/B/TC-1",
    }


def test_texts_that_a_spreadsheet_keeps_as_texts_are_looks_all_the_same(put):
    plain = "Device;Time;Update State\nTC-1;2026-11-02 12:10;Successful\n"
    kept = plain.replace("Successful", '="Successful"')
    one, other = (read_observed(put(text), zone="UTC") for text in (plain, kept))
    assert one.accounts[0].is_of_console
    assert (other.accounts, events(other)) == (one.accounts, events(one))


@pytest.mark.parametrize(("header", "count"), [("Update State", 3), ("Status", 4)])
def test_the_consoles_field_in_words_of_a_mapping_is_looked_at_all_the_same(put, header, count):
    rows = ["TC-1;09:00;En cours", "TC-2;09:00;Réussi", "TC-1;10:00;Réussi", "TC-2;10:00;Réussi"]
    lines = (row.replace(";", ";2026-11-02 ", 1) for row in rows)
    log = put("\n".join([f"Device;Time;{header}", *lines, ""]))
    mapping = LogMapping(words={"Réussi": (What.DONE,), "En cours": (What.FETCHING,)})
    assert len(read_observed(log, zone="UTC", mapping=mapping)) == count


@pytest.mark.parametrize(
    ("header", "done", "begun"),
    [
        ("Device;Time;Status", "Successful", "Update in progress"),
        ("Gerät;Zeit;Aktualisierungsstatus", "Erfolgreich", "Verschoben"),
    ],
)
@pytest.mark.parametrize("devices", [4, 20])
def test_texts_of_the_console_at_a_time_of_their_own_are_events(put, header, done, begun, devices):
    """Half of the time since the command was taken for what a device had needed."""
    rows = [f"TC-{n};2026-11-02 09:{n:02};{begun}" for n in range(devices)]
    rows += [f"TC-{n};2026-11-02 09:{n + 30:02};{done}" for n in range(devices)]
    log = read_observed(put("\n".join([header, *rows, ""])), zone="UTC")
    ended = log.what == What.DONE
    at = [ms(f"2026-11-02T09:{n + 30:02}+00:00") for n in range(devices)]
    assert log.earliest[ended].tolist() == at
    (told,) = log.problems
    assert "each line is at a time of its own" in told.message
    asked = LogMapping(form="snapshots")
    looked = read_observed(put("\n".join([header, *rows, ""])), zone="UTC", mapping=asked)
    assert (looked.earliest[looked.what == What.DONE] < at).all()


@pytest.mark.parametrize("deferred", ["Deferred", "Verschoben"])
def test_that_people_defer_again_makes_no_look_of_an_event(put, deferred):
    """The later deferments were left out, and who fetched was done in half the time."""
    rows = [
        f"TC-{n};2026-11-02 {hour:02}:{n:02};{deferred if hour < 12 else 'Successful'}"
        for hour in range(9, 13)
        for n in range(20)
    ]
    log = read_observed(put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC")
    assert np.count_nonzero(log.what == What.DEFERRED) == 60
    assert (log.earliest >= ms("2026-11-02T09:00+00:00")).all()


def test_ous_that_take_turns_are_looks_without_a_column_too(put):
    """Events at minutes that devices share are none: those who begin together end apart."""
    turns = [
        f"T{u}-{n};2026-11-02 {9 + look:02}:{u:02};{word}"
        for look, word in enumerate(["Update in progress", "Successful"])
        for u in range(12)
        for n in range(5 - (u == 3 and look))
    ]
    events = [
        f"T{n};2026-11-02 {at};{word}"
        for n in range(60)
        for at, word in (("09:00", "Update in progress"), (f"09:{10 + n // 4}", "Successful"))
    ]
    for rows, are_looks in ((turns, True), (events, False)):
        log = read_observed(put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC")
        assert log.accounts[0].is_of_console == are_looks
    assert "each line is at a time of its own" in log.problems[0].message


@pytest.mark.parametrize("devices", [1, 2])
def test_that_so_few_may_be_events_is_told(put, devices):
    rows = [
        f"T{n};2026-11-02 09:{at + n};{word}"
        for n in range(devices)
        for at, word in ((10, "Deferred"), (20, "Update in progress"), (30, "Successful"))
    ]
    log = read_observed(put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC")
    assert log.accounts[0].is_of_console
    (told,) = log.problems
    assert "(form: events)" in told.message
    asked = LogMapping(form="events")
    assert not read_observed(
        put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC", mapping=asked
    ).problems


@pytest.mark.parametrize("words", [["Successful"], ["Update in progress", "Successful"]])
def test_ous_that_were_exported_one_by_one_are_looks(put, words):
    rows = [
        f"T{u}-{n};DE/{u};2026-11-02 {9 + look:02}:{u:02};{word}"
        for look, word in enumerate(words)
        for u in range(12)
        for n in range(4)
    ]
    log = read_observed(put("\n".join(["Device;OU;Time;Status", *rows, ""])), zone="UTC")
    assert log.accounts[0].form == "Update States of the console (CSV)"


def test_texts_of_the_console_that_several_looks_show_are_looks(put):
    looks = [
        f"TC-{n};2026-11-02 {hour:02}:00;{'Successful' if n < hour else 'Deferred'}"
        for hour in range(9, 21)
        for n in range(hour % 3, 20, 3)  # a third of the devices at a time
    ]
    log = read_observed(put("\n".join(["Device;Time;Status", *looks, ""])), zone="UTC")
    assert log.accounts[0].form == "Update States of the console (CSV)"
