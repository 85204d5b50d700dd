"""scmd lines as they are typed, pasted and kept in batch files: read, or told what is wrong."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.scmd_file import read_scmd_file, write_scmd_file
from fwsim.commands.scmd_words import mask_scmd
from fwsim.commands.targets import ListFileTarget, NamedTarget
from fwsim.problems import InputError

REST = '-update -to "DE/A B" -now'
LINE = read_scmd(f"scmd {REST}")


def read(text: str) -> list[ScmdLine]:
    return [line for _, line in read_scmd_file(text, "x.cmd", "here/")]


def told(text: str) -> list[tuple[int | None, int | None, str]]:
    with pytest.raises(InputError) as refused:
        read(text)
    return [(p.line, p.column, p.message) for p in refused.value.problems]


@pytest.mark.parametrize(
    "program",
    [
        r'"C:\Program Files\Unicon\Scout\scmd.exe"',
        r"C:\Progra~1\Scout\SCMD.EXE",
        r"C:\Program^ Files\Unicon\scmd.exe",
        r"\\server\share\scmd.exe",
        r'"\\server\my share\scmd"',
        r"%ProgramFiles%\Unicon\scmd.exe",
        r'"%ProgramFiles(x86)%\Unicon\scmd.exe"',
        '"%~dp0scmd.exe"',
        "%~dp0scmd",
        r".\scmd",
        "C:/Scout/scmd.exe",
        "call scmd",
        r'call "C:\P F\scmd.exe"',
        "start /wait scmd",
        r'start "" /wait "C:\P F\scmd.exe"',
        r'start "Update" /b /d C:\x scmd',
        "@scmd",
        r'@"C:\P F\scmd.exe"',
        "cmd /c scmd",
        r'cmd.exe /c "C:\P F\scmd.exe"',
        "  @call scmd.exe",
    ],
)
def test_whatever_starts_scmd_is_scmd(program):
    line = REST if "cmd.exe /c" not in program else REST.replace('"DE/A B"', "DE/A")
    assert [x.command.schedule for x in read(f"{program} {line}\r\n")] == [LINE.command.schedule]


@pytest.mark.parametrize("path", [r'"C:\P F\scmd.exe"', r"C:\Scout\scmd.exe", "@scmd", "scmd", ""])
def test_a_path_to_scmd_is_taken_in_a_typed_line(path):
    assert read_scmd(f"{path} {REST}".strip()) == LINE


@pytest.mark.parametrize(
    "program",
    [
        "call scmd",
        r'call "C:\P F\scmd.exe"',
        'start "" scmd.exe',
        r'start "Update" /wait /d C:\x "C:\P F\scmd.exe"',
        "cmd /c scmd",
        r'& "C:\P F\scmd.exe"',
        r"& 'C:\P F\scmd.exe'",
        r"&C:\Scout\scmd.exe",
        "@call scmd",
    ],
)
def test_what_starts_scmd_is_left_out_of_a_typed_line(program):
    line = REST if "/c" not in program else REST.replace('"DE/A B"', "DE/A")
    assert read_scmd(f"{program} {line}").command.schedule == LINE.command.schedule
    assert mask_scmd(f"{program} -p x {line}") == f"{program} -p *** {line}"


def test_a_typed_line_as_cmd_takes_it_in_quotation_marks():
    assert read_scmd(f'cmd /c "scmd {REST}"') == LINE


@pytest.mark.parametrize("program", ["call scmd", 'start "" scmd', "cmd /c scmd", "& scmd"])
def test_columns_of_a_typed_line_count_what_starts_scmd(program):
    line = f"{program} -update -to A -nwo"
    with pytest.raises(InputError) as refused:
        read_scmd(line)
    assert [p.column for p in refused.value.problems] == [line.index("-nwo") + 1]


def test_a_typed_start_takes_a_program_in_quotation_marks_for_a_title():
    with pytest.raises(InputError, match="for a title"):
        read_scmd(rf'start "C:\P F\scmd.exe" {REST}')


@pytest.mark.parametrize("read_line", [read, read_scmd])
def test_a_path_with_blanks_wants_quotation_marks(read_line):
    with pytest.raises(InputError) as refused:
        read_line(rf"C:\Program Files\Unicon\scmd.exe {REST}")
    expected = r'a path with blanks needs quotation marks: "C:\Program Files\Unicon\scmd.exe"'
    assert [p.message for p in refused.value.problems] == [expected]


def test_start_takes_a_program_in_quotation_marks_for_a_title():
    text = 'start takes what stands first in quotation marks for a title; write start "" before it'
    assert told(rf'start "C:\P F\scmd.exe" {REST}') == [(1, 1, text)]


@pytest.mark.parametrize(
    "row",
    [
        f"scmd {REST} >nul 2>&1",
        f"scmd {REST}>nul",
        f'scmd {REST} >> "C:\\log file.txt" 2>&1',
        f"scmd {REST} <nul",
        f"scmd {REST} & echo done",
        f"scmd {REST} && echo done",
        f"scmd {REST} || echo failed",
        f'scmd {REST} | find "ok"',
        f"scmd {REST} & rem & del x",
        f"echo.now & scmd {REST}",
        f'cmd /c "scmd {REST}"',
        f"scmd {REST}   ",
        f"scmd {REST}\r",
        'scmd -update ^\r\n  -to "DE/A B" ^\r\n  -now',
        f"rem scmd -updte & x\r\nscmd {REST}",
        f":: a & b | c\nscmd {REST}",
        f"scmd {REST}\r\n\x1a",
        f'cd /d "%~dp0"\nscmd {REST}',
        f":again\n@echo off&setlocal\nscmd {REST}\nexit /b 0",
    ],
)
def test_what_stands_around_a_command_changes_nothing(row):
    assert read(row) == [LINE]


def test_several_commands_in_a_row():
    assert len(read(f"scmd {REST} & scmd {REST} && scmd {REST}")) == 3


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ('"DE/100 %% Lab"', "DE/100 % Lab"),
        ("DE/R^&D", "DE/R&D"),
        ('"DE/R^&D"', "DE/R^&D"),
        ("DE/%%OS%%", "DE/%OS%"),
        ('"DE/a!b"', "DE/a!b"),
        ('"DE/a>b"', "DE/a>b"),
    ],
)
def test_letters_that_a_batch_file_acts_upon(typed, name):
    (line,) = read(f"scmd -update -to {typed} -now")
    assert line.command.target == NamedTarget(name)


@pytest.mark.parametrize("typed", ["%OU%", "%1", "%~n1", '"DE/100 % Lab"', "%OU:~0,2%"])
def test_what_a_variable_stands_for_is_not_known(typed):
    ((line, column, message),) = told(f"scmd -update -to {typed} -now")
    assert (line, column) == (1, 18 + typed.index("%"))
    assert message == "fwsim does not know what this % stands for; a % in a name is written %%"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scmd –update -to DE -now", [(1, 6, "'–update' begins with a long dash; write -update")]),
        (
            "scmd -update −to DE ―now",
            [
                (1, 14, "'−to' begins with a long dash; write -to"),
                (1, 21, "'―now' begins with a long dash; write -now"),
            ],
        ),
        ("scmd -update -to “DE/A B” -now", [(1, 18, '“ is a typographic quotation mark; write "')]),
        ("scmd -update -to „DE/A B“ -now", [(1, 18, '„ is a typographic quotation mark; write "')]),
        ("scmd -update -to «DE» -now", [(1, 18, '« is a typographic quotation mark; write "')]),
        (
            "scmd -update -to 'DE/A B' -now",
            [(1, 18, "' is not a quotation mark for scmd; write \"")],
        ),
        (
            "scmd –update -to “DE/Köln” -nwo",
            [
                (1, 6, "'–update' begins with a long dash; write -update"),
                (1, 18, '“ is a typographic quotation mark; write "'),
                (1, 28, "unknown option '-nwo'; did you mean '-now'?"),
            ],
        ),
        (
            "scmd /update -to DE /NOW",
            [
                (1, 6, "'/update' begins with /; write -update"),
                (1, 21, "'/NOW' begins with /; write -now"),
            ],
        ),
        (
            "scmd --update -to DE -now",
            [(1, 6, "unknown option '--update'; did you mean '-update'?")],
        ),
        ("scmd -update -to DE -jetzt", [(1, 21, "unknown option '-jetzt'; did you mean '-now'?")]),
        (
            "scmd -aktualisieren -to DE -now",
            [(1, 6, "unknown option '-aktualisieren'; did you mean '-update'?")],
        ),
        ("scmd -update -to -now", [(1, 14, "expected Name after -to")]),
        (
            "scmd -update -to DE -inform 9999999999 -now",
            [
                (
                    1,
                    None,
                    "inform user: 9999999999 s is out of range; expected 0 (until a button is "
                    "clicked) to 604800 s",
                )
            ],
        ),
        (
            "scmd -update -to DE -inform 9999999999999999999 -now",
            [(1, 29, "-inform: '9999999999999999999' is too large")],
        ),
        ("scmd -update -to DE -inform -now", [(1, 21, "expected Seconds after -inform")]),
    ],
)
def test_a_slip_names_itself_and_the_right_thing(text, expected):
    assert told(text) == expected


def test_words_are_options_in_either_case():
    assert read_scmd('SCMD -UPDATE -To "DE/A B" -NOW') == LINE


def test_a_password_may_begin_with_anything():
    for password in ("–now", "/now", "“x”", "'x'"):
        line = read_scmd(f'scmd -u me -p "{password}" {REST}')
        assert line.has_password
    assert read_scmd(f"scmd -u me -p /now {REST}").has_password
    assert all("geheim" not in p[2] for p in told(f"scmd -p “geheim x” {REST}"))


def test_places_are_those_of_the_row():
    row = r'  @call "C:\P F\scmd.exe" -update -to "%~dp0x %% y.txt" -list -nwo >nul'
    ((line, column, message),) = told(f"@echo off\n{row}\n")
    assert (line, message) == (2, "unknown option '-nwo'; did you mean '-now'?")
    assert row[column - 1 :].startswith("-nwo")


def test_a_list_beside_the_batch_file():
    (line,) = read('scmd -update -to "%~dp0devices.txt" -list -now')
    assert line.command.target == ListFileTarget("here/devices.txt")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("if exist x scmd -update -to DE -now", "'if' is not a command"),
        ("timeout /t 300", "'timeout' is not a command"),
        (
            "scdm -update -to DE -now",
            "'scdm' is not a command; expected scmd, or rem before a remark; did you mean 'scmd'?",
        ),
        ("myscmd.bat -update -to DE -now", "this is not a command"),
        (r'"C:\Scout\other.exe" -update -to DE -now', "this is not a command"),
        (r'"C:\Scout\scmd.exe -update -to DE -now', "a quotation mark is never closed"),
        (r"cd C:\Lists", "'cd' is not a command"),
        (
            r"& 'C:\Program Files\scmd.exe' -update -to DE -now",
            "only PowerShell starts what stands",
        ),
        (
            "scmd -update -to A -now || scmd -update -to B -now",
            "runs only when the command before || fails; write one a line",
        ),
    ],
)
def test_what_fwsim_does_not_play_is_told(row, message):
    assert told(f"scmd {REST}\n{row}\n")[0][2].startswith(message)


def test_commands_behind_exit_are_never_run():
    expected = [(3, None, "is never run: the file ends with exit in line 2")]
    assert told(f"scmd {REST}\nexit /b 0\nscmd {REST}\n") == expected


@pytest.mark.parametrize("before", ["scmd {} &", "scmd {}&&", "echo hi &", "x || y & ", "@"])
def test_exit_behind_another_command_ends_the_file(before):
    assert told(f"{before.format(REST)} exit /b\nscmd {REST}\n")[-1] == (
        2,
        None,
        "is never run: the file ends with exit in line 1",
    )


@pytest.mark.parametrize(
    "row",
    [
        "scmd {} || exit /b 1",
        "scmd {} || echo failed && exit /b 1",
        "scmd {} & cmd /c exit 0",
        "scmd {} | exit",
        'scmd {} | find "no device" && exit /b',
        "scmd {} | findstr /c:x && echo found && exit /b 1",
        "scmd {} & mode con && exit",
    ],
)
def test_exit_after_a_failure_or_in_another_shell_ends_nothing(row):
    assert read(f"{row.format(REST)}\nscmd {REST}\n") == [LINE, LINE]


def test_what_stands_in_a_chain_behind_a_failure_is_run_only_then():
    ((line, _, message),) = told(f"scmd {REST} || echo failed && scmd {REST}\n")
    assert (line, message) == (
        1,
        "runs only when the command before || fails; write one a line",
    )
    assert read(f"scmd {REST} || echo failed & scmd {REST}\n") == [LINE, LINE]


def test_a_command_that_hangs_on_what_may_fail_is_refused():
    ((line, _, message),) = told(f'scmd {REST} | find "x" && scmd {REST}\n')
    assert (line, message) == (
        1,
        "runs only when the command before && succeeds; write one a line",
    )
    assert read(f'scmd {REST} | find "x" & scmd {REST} && scmd {REST}\n') == [LINE, LINE, LINE]


@pytest.mark.parametrize("row", ["call :roll", "@CALL :roll 7", "echo hi & call :roll"])
def test_calling_a_label_is_refused_as_goto_is(row):
    assert told(f"{row}\nexit /b\n:roll\nscmd {REST}\n") == [
        (1, None, "'call' is not a command; expected scmd, or rem before a remark")
    ]
    ((_, _, message),) = told(f"goto roll\nexit /b\n:roll\nscmd {REST}\n")
    assert message.startswith("'goto' is not a command")


def test_nothing_behind_a_label_in_its_line_is_run():
    assert read(f":x & scmd {REST}\nscmd {REST} & :y & scmd {REST}\n") == [LINE]


def test_an_exclamation_mark_is_a_variable_s_under_delayed_expansion():
    row = 'scmd -update -to "A!B!" -now\n'
    head = "setlocal EnableExtensions EnableDelayedExpansion\n"
    ((line, column, message),) = told(head + row)
    assert (line, column) == (2, 20)
    assert message.startswith("fwsim does not know what this ! stands for")
    for off in ("endlocal\n", "setlocal DisableDelayedExpansion\n"):
        (found,) = read(head + off + row)
        assert found.command.target == NamedTarget("A!B!")
    assert told(head + "setlocal\n" + row)[0][0] == 3


@pytest.mark.parametrize(
    "text", ["", "rem nothing\n", "root:x:0:0:root:/root:/bin/bash\nsshd:x:1:2::/:/bin/sh\n"]
)
def test_a_file_without_a_command_is_not_shown(text):
    assert told(text) == [(None, None, "holds no scmd line")]


lines = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)


def as_cmd_reads(row: str) -> str:
    """Return a remark as it stands there for cmd.exe: variables first, then what is in quotes."""
    assert re.fullmatch(r'rem "[^"]*"', row)
    inside = row[5:-1]
    assert not re.search(r"(?<!%)(?:%%)*%(?!%)", inside), "a variable"
    return inside.replace("%%", "%")


@given(st.lists(lines, max_size=3))
def test_remarks_are_readable_and_harmless(remarks):
    rows = write_scmd_file([LINE], remarks).split("\r\n")
    shown = [as_cmd_reads(row) for row in rows if row.startswith("rem")]
    plain = ["".join(c if c.isprintable() else " " for c in remark) for remark in remarks]
    expected = [" ".join(text.split()).replace('"', "'") for text in plain]
    assert shown == [text for text in expected if text]
    assert read("\r\n".join(rows)) == [LINE]


def test_a_remark_keeps_its_signs():
    text = write_scmd_file([LINE], ['R&D <Köln>: keeps >= 90 % | <= 5 Mbit/s, ^up! "x"'])
    assert "rem \"R&D <Köln>: keeps >= 90 %% | <= 5 Mbit/s, ^up! 'x'\"\r\n" in text


@pytest.mark.parametrize("name", ["'quoted", "'x'", "“x”", "/now", "–now", "-now", "’s", "a'b"])
def test_a_name_that_looks_like_something_else_survives(name):
    line = ScmdLine(LINE.command.__class__(target=NamedTarget(name)))
    assert read_scmd(write_scmd(line)) == line
    assert read(write_scmd_file([line])) == [line]


@pytest.mark.parametrize("typed", ["-to=DE/Köln", "-TO:DE/Köln", "--to=DE/Köln"])
def test_a_value_behind_an_equals_sign_is_told(typed):
    with pytest.raises(InputError) as caught:
        read_scmd(f"scmd -update {typed} -now")
    assert "did you mean '-to DE/Köln'?" in caught.value.problems[0].message
    with pytest.raises(InputError) as caught:
        read_scmd("scmd -update -to DE -now -p=geheim1")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("user", ["bob:X", "bob%X", "bob,X", '"bob / X"', '"bob: X"'])
def test_a_password_behind_the_account_is_not_kept(user):
    line = read_scmd(f"scmd -u {user.replace('X', 'Zq8SECRET')} -update -to DE -now")
    assert "SECRET" not in repr(line)
    assert line.user.startswith("bob")
    assert read_scmd(write_scmd(line)).user == line.user


@pytest.mark.parametrize("user", ["bob", "CORP/bob", "CORP\\bob", "bob@corp.example", "Max Muster"])
def test_an_account_is_kept(user):
    assert read_scmd(f'scmd -u "{user}" -update -to DE -now').user == user


@pytest.mark.parametrize(
    "word",
    ["-u:bobX", "-u=bobX", "-user:bobX", "/u:bobX", "--u=bobX", "-username:bobX", "-usr=bobX"],
)
@pytest.mark.parametrize("password", ["%Zq8", ",Zq8", ";Zq8", ":Zq8"])
def test_a_password_behind_an_account_joined_to_its_option_is_not_told(word, password):
    with pytest.raises(InputError) as told:
        read_scmd(f"scmd {word.replace('X', password)} -update -to DE -now")
    assert "Zq8" not in str(told.value)
    assert "bob" in str(told.value)
