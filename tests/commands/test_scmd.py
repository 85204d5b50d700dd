"""The scmd line in detail: words and columns, dates, canonical spelling, and hidden passwords."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.command import DeliveryCommand, UefiUpdateCommand, UpdateCommand
from fwsim.commands.schedule import Every, Once, Weekday
from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.scmd_options import BY_WORD, OPTIONS
from fwsim.commands.scmd_words import Word, mask_scmd, may_be_password, words_of
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
)
from fwsim.problems import InputError
from tests.commands.scmd_told import others, told

A = NamedTarget("A")


def problems(line: str, source: str | None = None) -> list[tuple[int | None, str]]:
    """Return the columns and messages with which a line is refused."""
    with pytest.raises(InputError) as caught:
        read_scmd(line, source)
    assert all(problem.source == source for problem in caught.value.problems)
    return [(problem.column, problem.message) for problem in caught.value.problems]


# Words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        (" \t ", []),
        ("-to A", [Word("-to", 1, 3, quoted=False), Word("A", 5, 5, quoted=False)]),
        ('"a b"', [Word("a b", 1, 5, quoted=True)]),
        ('""', [Word("", 1, 2, quoted=True)]),
        ('"a""b"', [Word('a"b', 1, 6, quoted=True)]),
        ('DE/"K 1"/x', [Word("DE/K 1/x", 1, 10, quoted=True)]),
        ("\ta\n b", [Word("a", 2, 2, quoted=False), Word("b", 5, 5, quoted=False)]),
    ],
)
def test_words_carry_their_places(line, words):
    assert words_of(line) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-p", True),
        ("-P", True),
        ("-password", True),
        ("-pw", True),
        ("-pasword", True),
        ("-psecret", True),
        ("-pign", True),
        ("-ping", False),
        ("-PING", False),
        ("-u", False),
        ("p", False),
        ("", False),
    ],
)
def test_what_may_be_the_password_option(text, expected):
    assert may_be_password(Word(text, 1, len(text), quoted=False)) is expected


def test_every_option_is_read_by_its_word_and_by_its_longer_spelling():
    spellings = [word for option in OPTIONS for word in (option.word, option.long) if word]
    assert len(set(spellings)) == len(spellings) == len(BY_WORD)
    assert all(BY_WORD[option.word] is option for option in OPTIONS)
    longer = {word: option.word for word, option in BY_WORD.items() if word == option.long}
    assert longer == {"-user": "-u", "-password": "-p", "-domain": "-d"}


@pytest.mark.parametrize(
    "option", [option for option in OPTIONS if option.most], ids=lambda option: option.word
)
def test_an_option_that_takes_something_is_refused_without_it(option):
    assert (1, f"expected {option.takes} after {option.word}") in problems(option.word)


# Reading


@pytest.mark.parametrize("start", ["", "scmd ", "SCMD ", "scmd.exe ", "  scmd  "])
def test_the_program_in_front_may_be_left_out(start):
    assert read_scmd(f"{start}-update -to A -now").command == UpdateCommand(target=A)


@given(
    st.permutations(
        [
            "-u me",
            "-p x",
            "-d corp",
            "-update",
            '-to "B 1" A',
            "-devices",
            "-inform 30",
            "-cancel",
            "-switchedon",
            "-ping",
            "-deviceswait 5",
            "-every",
            "-fri",
            "-day 1 15",
            "-at 22:00",
        ]
    )
)
def test_options_may_stand_in_any_order(parts):
    assert read_scmd(" ".join(parts)) == ScmdLine(
        UpdateCommand(
            target=DeviceListTarget(("B 1", "A")),
            schedule=Every(time(22), (Weekday.FRI,), (1, 15)),
            inform_user=30,
            user_can_cancel=True,
            only_switched_on=True,
            check_reachability=True,
            devices_wait=5,
        ),
        "me",
        "corp",
        has_password=True,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.18 0:00", datetime(2018, 2, 1)),
        ("1-2-18 0:00", datetime(2018, 1, 2)),
        ("01.02.2018 00:00:00", datetime(2018, 2, 1)),
        ("01-02-2018 23:59:59", datetime(2018, 1, 2, 23, 59, 59)),
        ("1.1.00 1:00", datetime(2000, 1, 1, 1)),
        ("31.12.99 1:00", datetime(2099, 12, 31, 1)),
        ("31.12.1999 1:00", datetime(1999, 12, 31, 1)),
        ("29.02.20 1:00", datetime(2020, 2, 29, 1)),
        ("2-29-20 1:00", datetime(2020, 2, 29, 1)),
    ],
)
def test_dates_are_day_first_with_dots_and_month_first_with_dashes(text, expected):
    assert read_scmd(f"-update -to A -once -at {text}").command.schedule == Once(expected)


@pytest.mark.parametrize(
    "text",
    [
        "29.02.19 1:00",
        "0.1.18 1:00",
        "1.13.18 1:00",
        "13-1-18 1:00",
        "1-32-18 1:00",
        "1.2.018 1:00",
        "1.2.0000 1:00",
        "1.2 1:00",
        "1/2/18 1:00",
        "1.2-18 1:00",
        "2018-02-01",
        "1.2.18",
        "1:00 1.2.18",
        "1.2.18 24:00",
        "1.2.18 1:60",
        "1.2.18 1:00:60",
        "1.2.18 1",
        "1.2.18 1:0",
        "1.2.18 1:00:00.5",
        "1.2.18 -1:00",
        pytest.param(
            "２.2.18 1:00",
        ),
    ],
)
def test_what_is_no_date_and_time_is_refused(text):
    found = problems(f"-update -to A -once -at {text}")
    assert any(column == 25 and "is not a date and time" in message for column, message in found)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "-uefi -to A -format -now",
            (None, "format system partition: a UEFI update writes no partition"),
        ),
        ("-deliver -to A -cancel -now", (16, "-cancel goes with -update; a delivery asks nobody")),
        ("-update -uefi -to A -now", (9, "-uefi and -update exclude each other")),
        ("-update -to A -now -u", (20, "expected User after -u")),
        (
            "-update -to A -deviceswait 1.5 -now",
            (28, "-deviceswait: '1.5' is not a whole number of milliseconds"),
        ),
        (
            "-update -to A -every -day 1 x -at 1:00",
            (29, "'x' is not a day of the month; expected 1 to 31"),
        ),
        (
            "-update -to A -every -at 1:00 2:00 -fri",
            (26, "-at: '1:00 2:00' is not a time of day; expected hh:mm[:ss]"),
        ),
        ("-update -to A -every -fri", (None, "expected -at and a time")),
    ],
)
def test_a_wrong_line_is_refused(line, expected):
    assert problems(line, "line 3") == [expected]


@pytest.mark.parametrize(
    "option",
    [
        pytest.param(
            word,
        )
        for word in ("-inform", "-deviceswait")
    ],
)
def test_an_empty_number_is_refused(option):
    assert problems(f'-update -to A {option} "" -now')


def test_problems_are_told_by_their_places_and_those_without_one_first():
    assert problems("-upate -to A B -mac -list -inform x -once -once -at 1:00") == [
        (1, "unknown option '-upate'; did you mean '-update'?"),
        (
            14,
            "-to takes one name, got 2 words; "
            "put quotes around a name with blanks, or add -devices",
        ),
        (21, "-list and -mac exclude each other"),
        (35, "-inform: 'x' is not a whole number of seconds"),
        (43, "-once is given twice"),
        (
            53,
            "-at: '1:00' is not a date and time; expected dd.mm.[yy]yy or mm-dd-[yy]yy, "
            "then hh:mm[:ss]",
        ),
    ]
    assert [column for column, _ in problems("-inform x -now -fri")] == [None, None, 9, 16]


# Writing


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (ScmdLine(UpdateCommand(target=A)), "scmd -update -to A -now"),
        (
            ScmdLine(
                UpdateCommand(target=NamedTarget("DE/K 1", subordinate_units=True)), "me", "d"
            ),
            'scmd -u me -d d -update -to "DE/K 1" -subous -now',
        ),
        (
            ScmdLine(UpdateCommand(target=A, inform_user=0, user_can_cancel=True)),
            "scmd -update -to A -inform 0 -cancel -now",
        ),
        (
            ScmdLine(UpdateCommand(target=A, format_system_partition=True), has_password=True),
            "scmd -p *** -update -to A -format -now",
        ),
        (
            ScmdLine(
                DeliveryCommand(
                    target=MacTarget("00E0C5422A2E"),
                    schedule=Once(datetime(2018, 8, 2, 9, 5)),
                    format_update_partition=True,
                )
            ),
            "scmd -deliver -to 00E0C5422A2E -mac -format -once -at 02.08.2018 09:05:00",
        ),
        (
            ScmdLine(
                UefiUpdateCommand(
                    target=ListFileTarget("m.txt"),
                    schedule=Every(time(9), (Weekday.SUN, Weekday.MON), (15, 1, 15)),
                    only_switched_on=True,
                    check_reachability=True,
                    devices_wait=250,
                )
            ),
            "scmd -uefi -to m.txt -list -switchedon -ping -deviceswait 250 "
            "-every -mon -sun -day 1 15 -at 09:00:00",
        ),
        (
            ScmdLine(UpdateCommand(target=ClientGroupTarget('A = "x y"'))),
            'scmd -update -to "A = ""x y""" -group -now',
        ),
    ],
)
def test_the_spelling_in_which_lines_are_written(line, text):
    assert write_scmd(line) == text
    assert read_scmd(text) == line
    written = [word.text for word in words_of(text) if word.is_option]
    order = [option.word for option in OPTIONS]
    assert written == sorted(written, key=order.index)
    assert mask_scmd(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "Branch 1",
        " a",
        "a ",
        "a  b",
        'say "hi"',
        '"',
        '""',
        '" "',
        "-now",
        "-p",
        "-",
        "--",
        "",
        "a=b",
        "***",
        "scmd",
        "a\tb",
        "a\nb",
        "a\u00a0b",
        "Straße",
        "1.2.18",
    ],
)
@pytest.mark.parametrize(
    "target_of",
    [NamedTarget, ListFileTarget, ClientGroupTarget, lambda name: DeviceListTarget((name, "B"))],
)
def test_any_name_reads_back_as_it_was(name, target_of):
    line = ScmdLine(UpdateCommand(target=target_of(name)), user=name, domain=name)
    assert read_scmd(write_scmd(line)) == line
    assert mask_scmd(write_scmd(line)) == write_scmd(line)


@pytest.mark.parametrize(
    "line",
    [
        '"" -update -to A -now',
        '-update "" -to A -now',
        '-update -to "" A -now',
        '-update -to A B "" -devices "" -now',
        '-update -to A -now ""',
        'scmd "" -update -to A -now',
        '"',
        '""',
        '"" ""',
    ],
)
def test_an_empty_word_is_refused_in_words(line):
    with pytest.raises(InputError) as refused:
        read_scmd(line)
    assert all(problem.message for problem in refused.value.problems)


def test_an_empty_word_is_named_with_its_column():
    with pytest.raises(InputError) as refused:
        read_scmd('-update "" -to DE/A -now')
    assert [(p.column, p.message) for p in refused.value.problems] == [
        (9, "an empty word in quotes")
    ]


@given(others, st.integers(0, 5), others)
def test_an_empty_word_anywhere_is_read_or_refused(before, count, after):
    told(" ".join([*before, *['""'] * count, *after]))
