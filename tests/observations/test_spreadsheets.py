"""Logs as spreadsheets leave them: numbers, days and times of day."""

import pytest

from fwsim.observations.mapping import LogMapping
from fwsim.observations.reading import read_observed
from fwsim.problems import InputError
from tests.observations.seen import events, ms


@pytest.fixture
def read(tmp_path):
    def read(text, **more):
        path = tmp_path / "log.csv"
        path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
        return read_observed(path, zone="Europe/Berlin", **more)

    return read


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("524288000", 524288000),
        ("524.288.000", 524288000),
        ("524,288,000", 524288000),
        ("524 288 000", 524288000),
        ("524288000,0", 524288000),
        ("524288000.00", 524288000),
    ],
)
def test_a_whole_number_is_one_however_a_spreadsheet_shows_it(read, written, amount):
    seen = read(f"Gerät;Zeit;Status;Menge\nTC-1;02.11.2026 09:00;fetching;{written}\n")
    assert seen.amount.tolist() == [amount]


@pytest.mark.parametrize("written", ["524.288", "524,288", "5,5", "1.2.3", "1.234,567.890"])
def test_what_may_be_a_fraction_is_told(read, written):
    rows = f"TC-1;02.11.2026 09:00;fetching;{written}\nTC-2;02.11.2026 09:01;done;\n"
    (problem,) = read(f"Gerät;Zeit;Status;Menge\n{rows}").problems
    assert f"amount '{written}' is not a whole number" in problem.message


@pytest.mark.parametrize("names", ["Datum;Uhrzeit", "Date;Time", "Uhrzeit;Datum"])
def test_a_date_and_a_time_of_day_in_two_columns_are_one_time(read, names):
    cells = "02.11.2026;09:00" if names.startswith("Dat") else "09:00;02.11.2026"
    seen = read(f"Gerät;{names};Status\nTC-1;{cells};done\nTC-2;{cells};done\n")
    at = ms("2026-11-02T08:00+00:00")
    assert events(seen) == [("TC-1", "DONE", at), ("TC-2", "DONE", at)]
    assert seen.problems == ()


@pytest.mark.parametrize("named", ["Wann", "Uhrzeit"])
def test_a_mapping_may_name_the_date_or_the_time_of_day(read, named):
    text = "Gerät;Wann;Uhrzeit;Status\nTC-1;02.11.2026;09:00;done\n"
    if named == "Uhrzeit":
        text = text.replace("Wann", "Datum")
    seen = read(text, mapping=LogMapping(columns={"time": named}))
    assert events(seen) == [("TC-1", "DONE", ms("2026-11-02T08:00+00:00"))]


@pytest.mark.parametrize("named", ["Wann", "Uhrzeit"])
def test_of_two_dates_the_one_that_a_mapping_names_is_the_time(read, named):
    text = "Gerät;Datum;Wann;Uhrzeit;Status\nTC-1;01.01.2020;02.11.2026;09:00;done\n"
    if named == "Uhrzeit":
        text = text.replace("Datum;Wann", "Zeit;Datum").replace("01.01.2020", "07:00")
    seen = read(text, mapping=LogMapping(columns={"time": named}))
    assert events(seen) == [("TC-1", "DONE", ms("2026-11-02T08:00+00:00"))]


def test_whole_times_beside_a_date_stay_what_is_read(read):
    seen = read("Device;Date;Time;Status\nTC-1;2026-11-02 09:00;2026-11-02 10:00;done\n")
    assert events(seen) == [("TC-1", "DONE", ms("2026-11-02T08:00+00:00"))]
    assert "column 'Time' is left aside" in str(seen.problems[0])


def test_seconds_may_have_a_decimal_comma(read):
    seen = read("Gerät;Zeit;Status\nTC-1;1793608200,5;done\n")
    assert events(seen) == [("TC-1", "DONE", 1793608200500)]


@pytest.mark.parametrize("written", ["46328,375", "46328.375"])
def test_days_as_a_spreadsheet_counts_them_are_told_with_the_day(read, written):
    with pytest.raises(InputError, match="a spreadsheet's number for 2026-11-02 09:00: give the"):
        read(f"Gerät;Zeit;Status\nTC-1;{written};done\n")


@pytest.mark.parametrize(
    ("word", "told"), [("fetchng", "'fetching'? A "), ("fertig", "cancelled; a ")]
)
def test_a_word_that_nobody_knows_is_told_with_where_to_say_it(read, word, told):
    with pytest.raises(InputError) as caught:
        read(f"Gerät;Zeit;Status\nTC-1;02.11.2026 09:00;{word}\n")
    assert f"{told}mapping file can say what it means (words:)" in str(caught.value)


@pytest.mark.parametrize("lost", ["2,00E+10", "2.24E+09", "20000000001"])
def test_macs_that_a_spreadsheet_made_numbers_of_are_no_devices(read, lost):
    rows = f"02:00:00:00:00:0a;Erfolgreich;02.11.2026 12:00\n{lost};;02.11.2026 12:00\n"
    seen = read(f"MAC;Update State;Stand\n{rows}")
    assert seen.device.values == ("02000000000A",)
    assert f"'{lost}' is no longer a MAC: a spreadsheet has" in seen.problems[0].message


def test_a_device_without_a_name_goes_by_its_mac(read):
    rows = ";02:00:00:00:00:0a;done", "TC-1;02:00:00:00:00:0b;done", ";;done"
    lines = "".join(f"{row};02.11.2026 12:00\n" for row in rows)
    seen = read(f"Name;MAC;Status;Zeit\n{lines}")
    assert seen.device.values == ("02000000000A", "TC-1")
    assert "the device has no name" in seen.problems[0].message
