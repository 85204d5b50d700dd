"""A download breaks off when it has got nothing for its whole patience, and only then."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BEGINS = 2
PATIENCE = 300
SECONDS = 800
"""How long the download of the story takes over the line below, if nothing holds it up."""
LINES = {
    "hubs": {"H": {"link": "100 Mbit/s", "sites": ["DE"], "busy": {}}},
    "sites": {"default": {"link": "100 Mbit/s"}, "DE": {"link": "1 Mbit/s", "busy": {}}},
}
OUTAGES = {"repository": {}, "site": {"site": "DE"}, "hub": {"hub": "H"}}


def clock(second: int) -> str:
    return f"{11 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def with_standstills(reasons: list[tuple[str, int, int]]) -> dict:
    """Return the lines and outages of a story: what holds its download up, from when to when."""
    busy: dict[str, dict] = {"line": {}, "trunk": {}}
    outages = []
    for where, begin, end in reasons:
        if where in busy:
            busy[where][f"mon {clock(begin)[:5]}-{clock(end)[:5]}"] = "100 %"
        else:
            times = {"start": f"2018-08-20 {clock(begin)}", "end": f"2018-08-20 {clock(end)}"}
            outages.append({**times, **OUTAGES[where]})
    hub, site = LINES["hubs"]["H"], LINES["sites"]["DE"]
    network = {
        "hubs": {"H": hub | {"busy": busy["trunk"]}},
        "sites": LINES["sites"] | {"DE": site | {"busy": busy["line"]}},
    }
    return {"network": network, "outages": outages}


def as_expected(reasons: list[tuple[str, int, int]]) -> str:
    """Return how the download ends, second by second."""
    now, left, still = BEGINS, SECONDS, 0
    while left:
        if any(begin <= now < end for _, begin, end in reasons):
            if still == PATIENCE:
                return f"{now} FAILED transfer failed"
            still += 1
        else:
            still = 0
            left -= 1
        now += 1
    return f"{now} VERIFY_PACKAGES"


def minutes(where: str, begin: float, end: float) -> tuple[str, int, int]:
    return where, round(60 * begin), round(60 * end)


APART = {
    "two cuts of a site": [minutes("site", 5, 7), minutes("site", 9.5, 13)],
    "the repository, and a blink of the site": [minutes("repository", 5, 6), ("site", 599, 601)],
    "a site, then its hub": [minutes("site", 5, 7), minutes("hub", 9.5, 13)],
    "a line taken whole twice": [minutes("line", 5, 7), minutes("line", 9, 13)],
    "a hub taken whole twice": [minutes("trunk", 5, 7), minutes("trunk", 9, 13)],
    "a second between two cuts": [("site", 300, 599), ("site", 600, 899)],
    "just as long as the patience": [minutes("site", 5, 10)],
}
JOINED = {
    "the repository, then the site": [minutes("repository", 5, 8), minutes("site", 8, 10.5)],
    "the site, then the same again": [minutes("site", 5, 8), minutes("site", 8, 10.5)],
    "a line taken whole, then cut": [minutes("line", 5, 8), minutes("site", 8, 10.5)],
    "a cut, then a line taken whole": [minutes("site", 5, 8), minutes("line", 8, 11)],
    "a line, then its hub taken whole": [minutes("line", 5, 8), minutes("trunk", 8, 11)],
    "a hub, then its line taken whole": [minutes("trunk", 5, 8), minutes("line", 8, 11)],
    "one within another": [minutes("repository", 5, 11), minutes("site", 6, 7)],
    "after a short one": [minutes("site", 2, 3), minutes("site", 4, 10)],
}


def end_of_download(lines: list[str]) -> str:
    return lines[[line.split()[1] for line in lines].index("TRANSFER") + 1]


@pytest.mark.parametrize("reasons", APART.values(), ids=APART)
def test_short_standstills_break_no_download_however_they_lie(play, told, reasons):
    lines = told(play(**with_standstills(reasons)))
    assert end_of_download(lines) == as_expected(reasons)
    assert lines[-1].split()[1] == "SUCCESS"


@pytest.mark.parametrize("reasons", JOINED.values(), ids=JOINED)
def test_standstills_without_a_gap_are_one(play, told, reasons):
    lines = told(play(**with_standstills(reasons)))
    assert lines[-1] == as_expected(reasons)
    assert lines[-1].endswith("FAILED transfer failed")


@st.composite
def standstills(draw) -> list[tuple[str, int, int]]:
    """Return reasons at which nothing flows, close to each other; busy times by the minute."""
    reasons, begin = [], 60
    for _ in range(draw(st.integers(1, 6))):
        where = draw(st.sampled_from(["repository", "site", "hub", "line", "trunk"]))
        begin += draw(st.sampled_from([0, 0, 1, 59, 60, 180]))
        if where in {"line", "trunk"}:
            begin = -(-begin // 60) * 60
        end = begin + draw(st.sampled_from([60, 120, 240, 300]))
        if where not in {"line", "trunk"}:
            end -= draw(st.sampled_from([0, 0, 1, 58]))
        reasons.append((where, begin, end))
        begin = draw(st.sampled_from([begin, end, end]))
    return reasons


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(standstills())
def test_a_download_breaks_only_after_its_whole_patience_without_a_byte(play, told, reasons):
    lines = told(play(**with_standstills(reasons)))
    assert end_of_download(lines) == as_expected(reasons)


def test_a_proxy_and_whom_it_serves_outlast_two_short_cuts(play, told):
    reasons = [("site", 30, 60), ("site", 329, 331)]
    changes = with_standstills(reasons)
    units = {"DE": {"devices": 4, "installed": "old.idf"}}
    result = play(fleet={"units": units}, firmware={"proxy": {"type": "dynamic"}}, **changes)
    assert [told(result, device)[-1].split()[1] for device in range(4)] == ["SUCCESS"] * 4
