"""The scmd line: read as documented, written so that it reads back, and no password anywhere."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.command import (
    LONGEST_DEVICES_WAIT_MS,
    LONGEST_NOTICE_SECONDS,
    DeliveryCommand,
    UefiUpdateCommand,
    UpdateCommand,
)
from fwsim.commands.schedule import Every, Now, Once, Weekday
from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.scmd_words import mask_scmd
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
)
from fwsim.messages import GERMAN, speaking
from fwsim.problems import InputError
from fwsim.secrecy import without_secrets

NOW = "-update -to A -now"


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("-to DE/Karlsruhe/KA1", NamedTarget("DE/Karlsruhe/KA1")),
        ("-to DE -subous", NamedTarget("DE", subordinate_units=True)),
        ('-to "Branch 1" -subous', NamedTarget("Branch 1", subordinate_units=True)),
        ("-to 00E0C5422A2E -mac", MacTarget("00E0C5422A2E")),
        ("-mac -to 00:e0:c5:42:2a:2e", MacTarget("00E0C5422A2E")),
        ("-to macs.txt -list", ListFileTarget("macs.txt")),
        ('-to "Device type = LES" -group', ClientGroupTarget("Device type = LES")),
        ('-to KA1 "KA 2" -devices', DeviceListTarget(("KA1", "KA 2"))),
    ],
)
def test_targets(words, target):
    assert read_scmd(f"-update {words} -now").command.target == target


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        ("-now", Now()),
        ("-once -at 20.08.2018 22:00", Once(datetime(2018, 8, 20, 22))),
        ('-once -at "20.08.2018 22:00"', Once(datetime(2018, 8, 20, 22))),
        ("-once -at 20.8.18 9:05:07", Once(datetime(2018, 8, 20, 9, 5, 7))),
        ("-once -at 08-20-2018 22:00", Once(datetime(2018, 8, 20, 22))),
        ("-once -at 8-20-18 22:00", Once(datetime(2018, 8, 20, 22))),
        ("-at 03-04-18 22:00 -once", Once(datetime(2018, 3, 4, 22))),
        ("-once -at 03.04.18 22:00", Once(datetime(2018, 4, 3, 22))),
        ("-every -fri -at 22:00", Every(time(22), (Weekday.FRI,))),
        ("-every -mon -day 1 15 -at 9:00", Every(time(9), (Weekday.MON,), (1, 15))),
        ("-every -sun -sat -at 0:30", Every(time(0, 30), (Weekday.SAT, Weekday.SUN))),
        ("-every -at 22:00 -day 31", Every(time(22), (), (31,))),
    ],
)
def test_schedules(words, schedule):
    assert read_scmd(f"-update -to A {words}").command.schedule == schedule


def test_options():
    line = (
        "SCMD -User me -Domain corp -update -to A -inform 0 -cancel -format -switchedon -ping "
        "-deviceswait 500 -now"
    )
    read = read_scmd(line)
    assert (read.user, read.domain, read.has_password) == ("me", "corp", False)
    assert read.command == UpdateCommand(
        target=NamedTarget("A"),
        inform_user=0,
        user_can_cancel=True,
        format_system_partition=True,
        only_switched_on=True,
        check_reachability=True,
        devices_wait=500,
    )


def test_a_delivery():
    read = read_scmd("scmd -deliver -to DE -subous -format -switchedon -now")
    assert read.command == DeliveryCommand(
        target=NamedTarget("DE", subordinate_units=True),
        format_update_partition=True,
        only_switched_on=True,
    )


def test_the_order_of_words_does_not_matter():
    assert read_scmd("-now -inform 5 -to A -update") == read_scmd("-update -to A -inform 5 -now")


WRONG = [
    ("", None, "no command; expected -update, -deliver, -uefi"),
    ("-update -deliver -to A -now", 9, "-deliver and -update exclude each other"),
    ("-deliver -to A -inform 5 -now", 16, "-inform goes with -update; a delivery asks nobody"),
    ("-update -now", None, "no target; expected -to"),
    ("-update -to A", None, "no schedule; expected -now"),
    ("-updat -to A -now", 1, "unknown option '-updat'; did you mean '-update'?"),
    ("-update -to -now", 9, "expected Name after -to"),
    ("-update -to A B -now", 15, "-to takes one name, got 2 words"),
    ("-update -to A -now now", 20, "unexpected 'now'"),
    ("-update -to A -to B -now", 15, "-to is given twice"),
    ("-update -to A -mac -now", 13, "'A' is not a MAC"),
    ("-update -to A -list -group -now", 21, "-group and -list exclude each other"),
    ("-update -to A -list -subous -now", 21, "-subous and -list exclude each other"),
    ("-update -to A -now -once -at 1.1.18 1:00", 20, "-once and -now exclude each other"),
    ("-update -to A -now -at 1:00", 20, "-at goes with -once or -every"),
    ("-update -to A -now -fri", 20, "-fri goes with -every, not with -now"),
    ("-update -to A -once", None, "expected -at and date and time"),
    ("-update -to A -once -at 31.02.2018 1:00", 25, "is not a date and time"),
    ("-update -to A -once -at 2018-08-20 1:00", 25, "is not a date and time"),
    ("-update -to A -once -at 1:00", 25, "is not a date and time"),
    ("-update -to A -every -fri -at 24:00", 31, "'24:00' is not a time of day"),
    ("-update -to A -every -at 1:00", 15, "-every needs -day or a weekday"),
    ("-update -to A -every -day 32 -at 1:00", 27, "'32' is not a day of the month"),
    ("-update -to A -inform x -now", 23, "'x' is not a whole number of seconds"),
    ("-update -to A -inform -5 -now", 15, "expected Seconds after -inform"),
    ("-update -to A -cancel -now", None, "user can cancel: needs inform user"),
    ("-update -to A -ping -now", None, "check reachability: needs only switched on"),
    ("-update -to A -inform 999999999 -now", None, "is out of range"),
    ('-update -to "A -now', 13, "a quotation mark is not closed"),
    ("-update -to " + "A" * 100_001, None, "longer than 100,000 characters"),
]


@pytest.mark.parametrize(("line", "column", "message"), WRONG)
def test_a_wrong_line_is_refused_with_the_column(line, column, message):
    with pytest.raises(InputError) as caught:
        read_scmd(line)
    assert any(message in p.message and p.column == column for p in caught.value.problems), (
        caught.value
    )


def problems_of(line):
    with pytest.raises(InputError) as caught:
        read_scmd(line)
    return [problem.message for problem in caught.value.problems]


def test_what_is_wrong_with_a_line_is_told_in_german():
    typed = ("„-update“ -to A -now", "'-update' -to A -now", "–update -to A -now", "/update -now")
    for line in (*(line for line, _, _ in WRONG), *typed):
        english = problems_of(line)
        with speaking(GERMAN):
            german = problems_of(line)
        assert len(german) == len(english)
        assert not set(german) & set(english)


def test_all_problems_of_a_line_are_told_at_once():
    with pytest.raises(InputError) as caught:
        read_scmd("-update -to A B -inform x -every -at 25:00")
    assert [problem.column for problem in caught.value.problems] == [15, 25, 27, 38]


names = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=' "-='), min_size=1, max_size=12
).filter(lambda text: text.strip())
targets = st.one_of(
    st.builds(NamedTarget, names, st.booleans()),
    st.builds(MacTarget, st.from_regex(r"[0-9A-F]{12}", fullmatch=True)),
    st.builds(ListFileTarget, names),
    st.builds(DeviceListTarget, st.lists(names, min_size=1, max_size=4).map(tuple)),
    st.builds(ClientGroupTarget, names),
)
clocks = st.times().map(lambda at: at.replace(microsecond=0))
schedules = st.one_of(
    st.just(Now()),
    st.builds(
        Once,
        st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(
            lambda at: at.replace(microsecond=0)
        ),
    ),
    st.builds(
        Every,
        clocks,
        st.lists(st.sampled_from(Weekday), min_size=1).map(tuple),
        st.lists(st.integers(1, 31)).map(tuple),
    ),
    st.builds(Every, clocks, st.just(()), st.lists(st.integers(1, 31), min_size=1).map(tuple)),
)


@st.composite
def lines(draw) -> ScmdLine:
    inform = draw(st.none() | st.integers(0, LONGEST_NOTICE_SECONDS))
    only_on, formats = draw(st.booleans()), draw(st.booleans())
    dispatch = {
        "target": draw(targets),
        "schedule": draw(schedules),
        "only_switched_on": only_on,
        "check_reachability": only_on and draw(st.booleans()),
        "devices_wait": draw(st.integers(0, LONGEST_DEVICES_WAIT_MS)),
    }
    update = UpdateCommand(
        inform_user=inform,
        user_can_cancel=inform is not None and draw(st.booleans()),
        format_system_partition=formats,
        **dispatch,
    )
    uefi = UefiUpdateCommand(inform_user=inform, **dispatch)
    delivery = DeliveryCommand(format_update_partition=formats, **dispatch)
    command = draw(st.sampled_from([update, uefi, delivery]))
    # Behind a colon stands a password, and a token is one: neither is kept.
    accounts = names.filter(lambda name: ":" not in name and without_secrets(name) == name)
    user, domain = draw(st.just("") | accounts), draw(st.just("") | names)
    return ScmdLine(command, user, domain, draw(st.booleans()))


@given(lines())
def test_what_was_written_reads_back_the_same(line):
    assert read_scmd(write_scmd(line)) == line


SECRET = "Geheim7"  # noqa: S105 - what must never be seen


@pytest.mark.parametrize(
    "words",
    [
        f"-p {SECRET}",
        f"-password {SECRET}",
        f"-P {SECRET}",
        f'-p "my {SECRET}"',
        f"-p my {SECRET} word",
        f"-pasword {SECRET}",
        f"-pw {SECRET}",
        f"-p{SECRET}",
        f"-p -{SECRET}",
        f"-u me -p {SECRET} {SECRET}",
        f'-p "{SECRET}',
        f'"x" -p "a""{SECRET}',
        f"-passwort my {SECRET}",
        f"-p-{SECRET}",
    ],
)
@pytest.mark.parametrize("rest", [NOW, "-update -to A", "-updte"])
def test_a_password_is_never_kept_or_told(words, rest):
    line = f"{words} {rest}"
    told = [mask_scmd(line)]
    try:
        read = read_scmd(line)
    except InputError as error:
        told += [str(error), repr(error.problems)]
    else:
        told += [repr(read), write_scmd(read)]
    assert not any(SECRET in text for text in told), told


def test_that_there_was_a_password_is_kept():
    read = read_scmd(f"-u me -p {SECRET} {NOW}")
    assert read.has_password
    assert write_scmd(read).startswith("scmd -u me -p *** -update")


def test_masking_leaves_the_rest_as_it_stands():
    assert mask_scmd("scmd -p x  -update -ping") == "scmd -p ***  -update -ping"
