"""Logs of the repository's web server: what was downloaded by whom, when and how fast."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.observations.transfers import read_transfers
from tests.observations.seen import ms

IIS = """\
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2026-11-02 08:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip sc-status sc-win32-status \
sc-bytes time-taken
2026-11-02 08:01:00 10.0.0.1 GET /elias/UC/new.idf - 80 10.1.0.7 200 0 2048 15
2026-11-02 08:02:30 10.0.0.1 GET /elias/UC/base%20os.fpm - 80 10.1.0.7 200 0 350000000 60000
2026-11-02 08:02:31 10.0.0.1 HEAD /elias/UC/base%20os.fpm - 80 10.1.0.8 200 0 300 3
2026-11-02 08:03:00 10.0.0.1 GET /elias/UC/app.fpm - 80 10.1.0.8 200 64 1000 5000
2026-11-02 08:03:10 10.0.0.1 GET /elias/UC/app.fpm - 80 10.1.0.8 206 0 5000000 9000
2026-11-02 08:03:20 10.0.0.1 GET /elias/UC/none.fpm - 80 10.1.0.8 404 2 1245 3
2026-11-02 08:03:30 10.0.0.1 GET /elias/UC/app.fpm.sig - 80 10.1.0.8 200 0 900 3
"""
COMMON = """\
10.1.0.7 - - [02/Nov/2026:09:01:30 +0100] "GET /UC/base.fpm HTTP/1.1" 200 350000000{}
10.1.0.8 - frank [02/Nov/2026:09:02:00 +0100] "GET /UC/base.fpm HTTP/1.1" 499 77{}
10.1.0.8 - - [02/Nov/2026:09:03:00 +0100] "HEAD /UC/base.fpm HTTP/1.1" 200 0{}
"""


@pytest.fixture
def put(tmp_path):
    def put(text, name="web.log", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return put


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_iis_tells_begin_end_bytes_and_status(put, encoding):
    read = read_transfers(put(IIS, encoding=encoding), image="new.idf")
    assert [read.device[i] for i in range(3)] == ["10.1.0.7", "10.1.0.8", "10.1.0.8"]
    assert [read.file[i] for i in range(3)] == ["base os.fpm", "app.fpm", "app.fpm"]
    assert read.end.tolist()[0] == ms("2026-11-02T08:02:30+00:00")
    assert (read.end - read.begin).tolist() == [60_000, 5000, 9000]
    assert read.size.tolist() == [350_000_000, 1000, 5_000_000]
    # The client went away in the middle: Windows says so, not the status.
    assert read.status.tolist() == [200, 499, 206]
    assert read.cut.tolist() == [False, True, True]
    assert read.accounts[0].aside == {
        "HEAD and other requests that fetch nothing": 1,
        "image definitions and the like": 2,
        "not there or refused": 1,
        "smaller than 100 kB": 0,
    }
    assert read.accounts[0].lines == 7
    assert not read.problems


@pytest.mark.parametrize(
    ("tail", "begins", "length"),
    [
        (' "-" "Wget/1.1" 60000000', "2026-11-02T09:01:30+01:00", 60_000),
        (' "-" "Wget/1.1" 60.000', "2026-11-02T09:00:30+01:00", 60_000),
        (" 1500000", "2026-11-02T09:01:30+01:00", 1500),
        ("", "2026-11-02T09:01:30+01:00", 0),
        (' "-" "Wget/1.1"', "2026-11-02T09:01:30+01:00", 0),
    ],
)
def test_the_common_form_has_its_duration_at_the_end_or_nowhere(put, tail, begins, length):
    read = read_transfers(put(COMMON.format(tail, tail, tail)))
    assert read.begin[0] == ms(begins)
    assert read.end[0] - read.begin[0] == length
    assert read.timed is (length > 0)
    assert read.cut.tolist() == [False, True]
    assert ("how long" in str(read.problems)) is (length == 0)


def test_a_mapping_says_what_the_last_number_counts_and_who_has_an_address(put):
    mapping = put("duration: s\ndevices: {10.1.0.7: TC-7}\n", "map.yaml")
    read = read_transfers(put(COMMON.format(" 60", " 1", " 0")), mapping=mapping)
    assert read.end[0] - read.begin[0] == 60_000
    assert read.device[0] == "TC-7"


@pytest.mark.parametrize(
    ("tail", "is_told"), [(" 60", True), (" 60000", True), (" 0", True), (" 60000000", False)]
)
def test_downloads_faster_than_any_device_are_told_with_the_way_out(put, tail, is_told):
    log = put(COMMON.format(tail, tail, tail))
    assert ("duration: s" in str(read_transfers(log).problems)) is is_told
    mapping = put("duration: us\n", "map.yaml")  # whoever says so, knows
    assert not read_transfers(log, mapping=mapping).problems


def test_the_log_of_another_image_is_told(put):
    [problem] = read_transfers(put(IIS), image="UC/newer.idf").problems
    text = "nobody asks for newer.idf here, but for new.idf; did you mean 'new.idf'?"
    assert text in problem.message


def test_addresses_become_pseudonyms(put):
    read = read_transfers(put(IIS), pseudonymise=True)
    assert all(name.startswith("d-") for name in read.device.values)


def test_several_logs_are_one_in_order_of_time(put):
    read = read_transfers([put(COMMON.format(*[" 1"] * 3), "b.log"), put(IIS, "a.log")])
    assert (read.begin[1:] >= read.begin[:-1]).all()
    assert len(read) == 5


def test_fields_that_iis_has_to_log_are_named(put):
    text = IIS.replace("sc-bytes ", "")
    with pytest.raises(fwsim.InputError, match=r"web.log:4: error: #Fields lacks sc-bytes.*tick"):
        read_transfers(put(text))


def test_fields_may_change_within_a_log(put):
    second = IIS.replace("s-ip ", "").replace(" 10.0.0.1 ", " ")
    assert len(read_transfers(put(IIS + second))) == 6


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_last_line_that_may_be_cut_is_left_out(put, end):
    """What is left of 60 s in microseconds would be 60 ms."""
    text = COMMON.format(*[" 60000000"] * 3) + COMMON.splitlines()[0].format(" 60000")
    read = read_transfers(put(text + end))
    assert len(read) == (3 if end else 2)
    assert [problem.line for problem in read.problems if "may be cut" in problem.message] == (
        [] if end else [4]
    )


def test_a_last_line_of_iis_that_may_be_cut_is_left_out(put):
    (account,) = read_transfers(put(IIS.rstrip())).accounts
    assert (account.lines, account.bad) == (7, 1)


@pytest.mark.parametrize(
    "address",
    ["::ffff:10.1.0.7", "10.1.0.7:50123", "[::ffff:10.1.0.7]:50123", "10.1.0.7, 10.9.9.9"],
)
def test_an_address_is_the_same_however_the_server_writes_it(put, address):
    text = COMMON.format("", "", "").replace("10.1.0.7", address)
    assert read_transfers(put(text)).device[0] == "10.1.0.7"


def test_what_is_no_address_stays_as_it_is(put):
    text = COMMON.format("", "", "").replace("10.1.0.7", "tc-7:x")
    assert read_transfers(put(text)).device[0] == "tc-7:x"


def downloads(*seconds):
    """Return a log of one device behind an address for each second."""
    head = "#Fields: date time cs-method cs-uri-stem c-ip sc-status sc-bytes time-taken\n"
    lines = (
        f"2026-11-02 08:{s // 60:02d}:{s % 60:02d} GET /a/b.fpm 10.0.0.1 200 300000 900\n"
        for s in seconds
    )
    return head + "".join(lines)


def test_downloads_that_stand_in_two_logs_count_once_and_that_is_said(put):
    part, whole = put(downloads(1, 2, 2), "part.log"), put(downloads(1, 2, 2, 2, 3), "all.log")
    for paths in ([part, whole], [whole, part]):
        read = read_transfers(paths)
        assert sorted((read.end // 1000 % 60).tolist()) == [1, 2, 2, 2, 3]
        assert read.accounts[1].aside["the same as in a file before"] == 3
        told = "3 lines say the same as in a file before it; left out"
        assert [problem.message for problem in read.problems if "same" in problem.message] == [told]


def test_downloads_of_one_second_behind_one_address_are_as_many(put):
    read = read_transfers(put(downloads(1, 1, 1, 1, 1, 1, 1, 2, 2)))
    assert len(read) == 9


def test_a_log_that_was_put_together_twice_counts_once(put):
    read = read_transfers(put(downloads(*range(7), *range(7))))
    assert len(read) == 7
    assert "7 downloads stand in this file again" in str(read.problems)


@pytest.mark.parametrize("copies", [2, 3])
def test_a_log_put_together_several_times_counts_once_with_equal_downloads_in_it(put, copies):
    once = (0, 1, 1, 2, 3, 3, 3, 4, 5, 1)
    read = read_transfers(put(downloads(*once * copies)))
    assert len(read) == len(once)
    again = len(once) * (copies - 1)
    assert f"{again} downloads stand in this file again" in str(read.problems)
    assert "twice or more" not in str(read.problems)


@pytest.mark.parametrize("others", [0, 3, 40])
def test_a_log_of_which_many_lines_stand_twice_is_told(put, others):
    read = read_transfers(put(downloads(*sorted([*range(5), *range(5)]), *range(10, 10 + others))))
    assert len(read) == 10 + others
    told = f"10 of its {10 + others} downloads stand in this file twice or more"
    assert told in str(read.problems)


def test_devices_behind_one_address_are_alike_in_a_log_of_whole_seconds(put):
    seconds = (*sorted([*range(5), *range(5)]), *range(10, 50))
    log = put(downloads(*seconds).replace(" 900", " 1000"))
    assert not read_transfers(log).problems


def test_a_log_put_together_from_many_ends_that_overlap_counts_once(put):
    once = [(second, copy) for second in range(2800) for copy in range(1 + second % 2)]
    ends = np.cumsum([200, *(10 + 7 * np.arange(80) % 79)]).tolist()
    several = [second for end in ends for second, _ in once[end - 200 : end]]
    assert len(read_transfers(put(downloads(*several)))) == ends[-1]


def common(*stamps, seconds="60.0"):
    """Return a log of nginx with a download that ended at each of some times."""
    asked = '"GET /UC/base.fpm HTTP/1.1" 200 350000000'
    return "".join(f"10.1.0.7 - - [{stamp}] {asked} {seconds}\n" for stamp in stamps)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("31/Oct/2021:02:30:00 +0200", "31/Oct/2021:02:30:00 +0100", 60),
        ("2021-10-31T02:59:30+02:00", "2021-10-31T02:00:30+01:00", 1),
        ("28/Mar/2021:01:59:30 +0100", "28/Mar/2021:03:00:30 +0200", 1),
    ],
)
def test_offsets_tell_the_hours_apart_where_the_clocks_are_set(put, one, other, apart):
    read = read_transfers(put(common(one, other)))
    assert (read.end[1] - read.end[0]) == apart * 60_000
    assert not read.problems


@pytest.mark.parametrize("local", ["31/Oct/2021:02:30:00", "2021-10-31T02:30:00"])
def test_a_time_without_an_offset_is_told_as_that(put, local):
    read = read_transfers(put(common(f"{local} +0200", f"{local} +0200", local)))
    assert len(read) == 2
    assert f"time '{local}' names no offset from UTC; expected one as in 24/Sep" in str(
        read.problems
    )
    with pytest.raises(fwsim.InputError, match="names no offset from UTC"):
        read_transfers(put(common(local)))
