"""No password of an scmd line is ever shown, however the line went wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.scmd import read_scmd
from fwsim.commands.scmd_words import mask_scmd
from fwsim.problems import InputError
from tests.commands.scmd_told import others, told

SECRET = "Geheim7"  # noqa: S105 - what must never be seen
letters = st.text("abZ19-/=*.:'üß", max_size=4)
bare = st.builds("{}Geheim7{}".format, letters, letters)
quoted = st.builds('"{0} {1}"'.format, letters, bare) | st.builds('"{0}""{1}"'.format, bare, bare)
spelled = st.sampled_from(["-p", "-P", "-password", "-Password", "-pw", "-passwd", "-passwort"])
passwords = st.one_of(
    st.builds("{} {}".format, spelled, bare | quoted),
    st.builds("{} x {}".format, spelled, bare.filter(lambda text: not text.startswith("-"))),
    st.builds("-p{}".format, bare),
)


@given(others, passwords, others, st.sampled_from([" ", "  ", "\t"]))
def test_no_password_is_ever_shown(before, password, after, gap):
    assert SECRET not in told(gap.join([*before, password, *after]))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            line,
        )
        for reason, lines in {
            "quotation marks right behind the option": [
                f'-p"{SECRET}" -update -to A -now',
                f'-p="{SECRET}" -update -to A -now',
                f'-password"my {SECRET}" -update -to A -now',
            ],
            "the option has a wrong dash, a wrong beginning or quotation marks": [
                f"--p {SECRET} -update -to A -now",
                f"--password {SECRET} -update -to A -now",
                f"–p {SECRET} -update -to A -now",
                f"/p {SECRET} -update -to A -now",
                f'"-p" {SECRET} -update -to A -now',
                f"-assword {SECRET} -update -to A -now",
            ],
            "a later word of an unquoted password begins with a dash": [
                f"-p my -{SECRET} -update -to A -now",
                f"-p my -x {SECRET} -update -to A -now",
            ],
            "a misspelt option, and a password that begins with an option's word": [
                f'-pw "-to" {SECRET} -update -to A -now',
            ],
            "a quotation mark not closed, and no blank right in front of -p": [
                f'-p {SECRET} -update -to "A -now',
                f'scmd\t-p {SECRET} -update -to "A -now',
                f'scmd -P {SECRET} -update -to "A -now',
            ],
        }.items()
        for line in lines
    ],
)
def test_no_password_is_shown_of_a_line_gone_wrong(line):
    assert SECRET not in told(line)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("", ""),
        ("scmd -update -to A -now ", "scmd -update -to A -now "),
        ("scmd  -P\tx -now", "scmd  -P\t*** -now"),
        ("-password x y -now", "-password *** *** -now"),
        ('-p "a b" -ping', "-p *** -ping"),
        ("-pw x -now", "-p*** *** -now"),
        ("-p -now -now", "-p *** -now"),
        ("-to A -p", "-to A -p"),
        ('scmd -to A -p x "y', "scmd -to A…"),
    ],
)
def test_what_a_masked_line_looks_like(line, shown):
    assert mask_scmd(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        f"-u a {SECRET} -update -to A -now",
        f'-u "a b" "{SECRET} x" -update -to A -now',
        f"-u a -d dom {SECRET} -update -to A -now",
        f"-domain dom my {SECRET} -update -to A -now",
        f"-update -to A -now -user a {SECRET}",
        f"scmd a {SECRET} -update -to A -now",
        f"scmd {SECRET} -update -to A -now",
        f'"C:\\P F\\scmd.exe" a {SECRET} -update -to A -now',
        f'start "" /wait scmd a {SECRET} -update -to A -now',
        f"a {SECRET} -update -to A -now",
        f'cmd /c "scmd -u a -p {SECRET} -update -to A -now"',
        f'cmd /c "scmd -u a -p {SECRET} -updte -to A -now"',
    ],
)
def test_no_password_is_shown_whose_option_was_forgotten(line):
    assert SECRET not in told(line)


def test_a_password_without_its_option_is_told_as_one():
    with pytest.raises(InputError) as refused:
        read_scmd("-u a b -update -to A -now")
    assert [(p.column, p.message) for p in refused.value.problems] == [
        (6, "a word after the account; a password follows -p")
    ]
    assert mask_scmd("-u a b -update") == "-u a *** -update"


def test_a_path_that_begins_with_p_is_no_password():
    line = "-update -to /pfad/list.txt -list -now"
    assert mask_scmd(line) == line
