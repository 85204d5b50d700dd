"""What is hinted at where a number has no unit, or one that is none."""

from __future__ import annotations

import re

import pytest

from fwsim.quantities import units
from fwsim.quantities.slips import in_24_hours


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (units.read_duration, "30", "is not a duration; write for example 30 s"),
        (units.read_duration, "30 dys", "'dys' is not a unit; did you mean 'days'?"),
        (units.read_duration, "30 MB", "'MB' is the unit of a size"),
        (units.read_duration, "30 m", "'m' is not a unit; did you mean 'min'?"),
        (units.read_duration, "-1 s", "is negative"),
        (units.read_duration, "1 s and", "is not a duration"),
        (units.read_duration, "1e9 s", "is not a duration"),
        (units.read_duration, "9" * 5000 + " s", "is not a duration"),
        (units.read_size, "12 Mb", "'Mb' is not a unit"),
        (units.read_rate, "20 Mbit", "'Mbit' is the unit of a size"),
        (units.read_share, "101 %", "a share is 0 % to 100 %"),
        (units.read_share, "-1", "is not a share"),
        (units.read_share, "nan", "is not a share"),
        (units.read_share, "1e-5", "is not a share"),
        (units.read_rate, "3 bit/s", "is less than 1 B/s"),
        (units.read_size, "0.1 B", "is less than 1 B"),
        (units.read_duration, "0.1 ms", "is less than 1 ms"),
        (units.read_duration, "9 months", "write it in days"),
        (units.read_duration, "9 mon", "write it in days"),
        (units.read_duration, "5 se", "'se' is not a unit$"),
        (units.read_rate, "5 pps", "'pps' is not a unit$"),
        (units.read_duration, "8 Uhr", "a time of day is written 22:00"),
        (units.read_size, "1.000,5 MB", "a point separates the decimals, and nothing the thou"),
        (units.read_share, "1e-3 %", "write the number without an exponent"),
    ],
)
def test_what_is_none(read, text, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        read(text)


@pytest.mark.parametrize(
    ("read", "text", "meant"),
    [
        (units.read_share, "60%%", "60 %"),
        (units.read_share, "60 %%", "60 %"),
        (units.read_share, "5 % %", "5 %"),
        (units.read_share, "%60", "60 %"),
        (units.read_share, "60 Prozent", "%"),
        (units.read_share, "2,5 %", "2.5 %"),
        (units.read_duration, "5 min min", "5 min"),
        (units.read_duration, "5m", "min"),
        (units.read_duration, "5 minuts", "min"),
        (units.read_duration, "5 Minuten", "min"),
        (units.read_duration, "3 Std", "h"),
        (units.read_duration, "2 Tage", "d"),
        (units.read_duration, "1h30", "1 h 30 min"),
        (units.read_duration, "1:30", "1 h 30 min"),
        (units.read_duration, "1h30m", "min"),
        (units.read_duration, "4 hrs", "h"),
        (units.read_rate, "50 Mbps", "Mbit/s"),
        (units.read_rate, "50 mbps", "Mbit/s"),
        (units.read_rate, "64 kbps", "kbit/s"),
        (units.read_rate, "64 Kbps", "kbit/s"),
        (units.read_rate, "1 Gbps", "Gbit/s"),
        (units.read_rate, "50 Mb/s", "Mbit/s"),
        (units.read_rate, "50 MBps", "MB/s"),
        (units.read_rate, "50 Mbit", "Mbit/s"),
        (units.read_rate, "50 MBit/s", "Mbit/s"),
        (units.read_rate, "50 mbit/s", "Mbit/s"),
        (units.read_rate, "50 MBit/Sek", "Mbit/s"),
        (units.read_rate, "5 Mo/s", "MB/s"),
        (units.read_rate, "9 KB/s", "kB/s"),
        (units.read_rate, "5 M", "Mbit/s"),
        (units.read_rate, "5 Mbit/s/s", "5 Mbit/s"),
        (units.read_rate, "5 bps", "bit/s"),
        (units.read_size, "5 KB", "kB"),
        (units.read_size, "5 Mo", "MB"),
        (units.read_size, "5 gb", "GB"),
        (units.read_size, "1 pb", "PB"),
        (units.read_size, "5 kiB", "KiB"),
        (units.read_size, "5 G", "GB"),
        (units.read_size, "1,5 GB", "1.5 GB"),
        (units.read_size, "5 MByte", "MB"),
        (units.read_size, "5 gigs", "GB"),
        (units.read_rate, "50 meg", "Mbit/s"),
        (units.read_rate, "50 Mbs", "Mbit/s"),
        (units.read_rate, "50 kbs", "kbit/s"),
        (units.read_rate, "50 mpbs", "Mbit/s"),
        (units.read_rate, "50 Mbyt/s", "MB/s"),
        (units.read_rate, "50 MBit/min", "Mbit/min"),
        (units.read_rate, "50 mbit/hour", "Mbit/h"),
        (units.read_rate, "50 MB/Stunde", "MB/h"),
        (units.read_duration, "5 St.", "h"),
        (units.read_duration, "2 semaines", "w"),
    ],
)
def test_a_hint_names_the_unit_that_was_meant(read, text, meant):
    with pytest.raises(ValueError, match="is not a") as caught:
        read(text)
    assert str(caught.value).endswith(f"; did you mean {meant!r}?")


@pytest.mark.parametrize(
    ("read", "text", "meant"),
    [
        (units.read_rate, "5 MBPS", "'Mbit/s' or 'MB/s'"),
        (units.read_size, "5 Mb", "'MB' or 'Mbit'"),
    ],
)
def test_a_hint_names_both_where_bits_or_bytes_may_be_meant(read, text, meant):
    with pytest.raises(ValueError, match="is not a unit") as caught:
        read(text)
    assert str(caught.value).endswith(f"; did you mean {meant}?")


@pytest.mark.parametrize(
    ("read", "text", "meant"),
    [
        (units.read_rate, "50,5 Mbps", "50.5 Mbit/s"),
        (units.read_rate, "1,5 GB", "1.5 GB/s"),
        (units.read_rate, "1 000 mbit/s", "1000 Mbit/s"),
        (units.read_size, "1,234,567 KB", "1234567 kB"),
        (units.read_size, "1,5 MB/s", "1.5 MB"),
        (units.read_duration, "1,5 Std", "1.5 h"),
        (units.read_rate, "50,5 Mbit/s", "50.5 Mbit/s"),
    ],
)
def test_a_hint_at_a_number_has_its_unit_right_too(read, text, meant):
    with pytest.raises(ValueError, match=f"did you mean '{re.escape(meant)}'"):
        read(text)
    read(meant)


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (units.read_size, "1,5 Mbps", "; 'Mbps' is not a unit; did you mean 'MB' or 'Mbit'?"),
        (units.read_size, "3,5", "350 MB, 1.2 GB"),
        (units.read_duration, "1,5 months", "; 'months' is not a unit; write it in days"),
        (units.read_duration, "1,5 GB", "; 'GB' is the unit of a size"),
        (units.read_rate, "1 foo foo", "; 'foo' is not a unit"),
        (units.read_share, "%150", "60 %, 0.6"),
    ],
)
def test_a_hint_is_never_at_what_would_be_refused(read, text, told):
    with pytest.raises(ValueError, match=f"{re.escape(told)}$"):
        read(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("6:30 pm", "18:30"),
        ("12 am", "0:00"),
        ("12 pm", "12:00"),
        ("8 a.m.", "8:00"),
        ("mon 9 am-5 PM", "mon 9:00-17:00"),
        ("13 pm", "13 pm"),
    ],
)
def test_a_clock_of_two_halves_is_told_in_24_hours(text, plain):
    assert in_24_hours(text) == plain
