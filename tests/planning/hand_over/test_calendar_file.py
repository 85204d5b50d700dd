"""The calendar of a plan, read by a reader written here after RFC 5545."""

from __future__ import annotations

import re

import pytest

from fwsim.model.rollout import Rollout
from fwsim.planning.hand_over.calendar import calendar
from fwsim.planning.waves import WaveEnd, waves_of

HOUR = 3_600_000
ODD = "Sonderzeichen; Köln, Zürich \\ <script>alert(1)</script> & 100 %"


def lines(content: bytes) -> list[str]:
    """Unfold a calendar (3.1); every line must be one of text, of 75 octets at most."""
    assert content.endswith(b"\r\n")
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut in two
        assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line)
    return content.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def text(value: str) -> str:
    """Read a TEXT (3.3.11); what must be escaped must be."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], value)


def read(content: bytes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines(content):
        name, _, value = line.partition(":")
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def written(scenario):
    """Write the calendar of a plan that is over an hour after it starts."""

    def write(promise="", start="2026-10-24 22:00", over=HOUR, **changes):
        model = scenario(
            {"once": start},
            zone="Europe/Berlin",
            start="2026-10-24 08:00",
            horizon="30 h",
            **changes,
        )
        rollout = Rollout(model)
        (wave,) = waves_of(rollout)
        end = WaveEnd(*(float(wave.at + over + i * 60_000) for i in (1, 0, 2, 3)), runs=30)
        return read(calendar(rollout, [(wave, end)], [promise] if promise else []))

    return write


@pytest.mark.parametrize(
    "name",
    [
        ODD,
        "a\\nb;\\,",
        "\\",
        "x" * 200,
        "👩‍👩‍👧‍👦" * 20,
        "ä" * 200,
        "BEGIN:VEVENT",
        " padded ",
        "a\u2028b\x85c\x7fd",
    ],
)
def test_a_name_comes_back_as_it_was(written, name):
    found = written(name=name)
    plain = re.sub("[\u2028\x85\x7f]", " ", name)
    assert [text(value) for value in found["X-WR-CALNAME"]] == [plain]
    assert [text(value) for value in found["CATEGORIES"]] == [plain]
    assert len(found["BEGIN"]) == 2


@pytest.mark.parametrize("letter", ["\r", "\n", "\r\n", "\0", "\x07", "\x1b", "\ud800"])
def test_what_is_no_text_becomes_a_blank(written, letter):
    found = written(promise=f"kept{letter}BEGIN:VEVENT")
    assert len(found["BEGIN"]) == 2
    assert text(found["DESCRIPTION"][0]).splitlines()[-1] == f"kept{' ' * len(letter)}BEGIN:VEVENT"


def test_every_text_is_escaped_and_times_of_the_clock_name_their_zone(written):
    found = written(promise="so; and, so", name=ODD)
    for name in ("SUMMARY", "DESCRIPTION", "CATEGORIES", "UID", "PRODID", "TRANSP"):
        assert all(map(text, found[name]))
    expected, late, promise = text(found["DESCRIPTION"][0]).splitlines()
    assert expected.startswith(
        "Expected end: Sat 2026-10-24 23:01 (23:00 to 23:02; Europe/Berlin), when 95 %"
    )
    assert late.startswith("In 95 % of the runs the last one is successful by Sat 2026-10-24 23:03")
    assert promise == "so; and, so"
    assert (found["DTSTART"], found["DTEND"]) == (["20261024T200000Z"], ["20261024T210100Z"])


def test_an_end_within_a_minute_is_told_as_by_the_next(written):
    found = written(over=HOUR + 45_000)
    expected, late, *_ = text(found["DESCRIPTION"][0]).splitlines()
    assert "Sat 2026-10-24 23:02 (23:01 to 23:03; Europe/Berlin)" in expected
    assert late.startswith("In 95 % of the runs the last one is successful by Sat 2026-10-24 23:04")
    assert found["DTEND"] == ["20261024T210145Z"]


def test_of_two_equal_times_it_says_which(written):
    found = written(start="2026-10-25 02:30")
    assert found["DTSTART"] == ["20261025T003000Z"]
    expected, *_ = text(found["DESCRIPTION"][0]).splitlines()
    assert "Sun 2026-10-25 02:31 CET (02:30 CET to 02:32 CET; Europe/Berlin)" in expected
