"""Where YAML or a word processor turns a text into something else, the words say what to write."""

from __future__ import annotations

from datetime import time

import pytest

import fwsim
from fwsim.commands.schedule import Weekday
from fwsim.fleet.week import read_week
from fwsim.scenario.values import read_clock

HEAD = """\
zone: UTC
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
"""
QUOTED = "; a text that begins with {} must be in quotes"
ROWS = [
    ("a condition without quotes", "expect:\n  - successful: >= 95 %", "6:18", QUOTED.format(">")),
    ("a condition in one line", "expect: [{successful: >= 95 %}]", "5:", QUOTED.format(">")),
    ("a strict condition", "expect:\n  - prompts: > 5", "6:", QUOTED.format(">")),
    ("a percent sign first", "faults: {idf: %60}", "5:15", QUOTED.format("%")),
    (
        "a line that begins with %",
        "%faults: {idf: 60 %}",
        "",
        "no line of a scenario begins with %",
    ),
    ("an at sign", "commands: [{update: @DE}]", "5:21", QUOTED.format("@")),
    ("a backtick", "commands: [{update: `DE`}]", "5:21", QUOTED.format("`")),
    ("a star alone", "commands: [{update: *}]", "5:", QUOTED.format("*")),
    ("a star before a name", "commands:\n  - update: */DE", "6:13", QUOTED.format("*")),
    ("an exclamation mark", "commands:\n  - update: !DE", "6:13", QUOTED.format("!")),
    ("a tab", "commands:\n\t- update: DE", "6:1", "indent with blanks, not with tabs"),
    (
        "a colon in a text",
        "name: Rollout: part 2",
        "5:14",
        "a text with a colon and a blank in it must be in quotes",
    ),
    (
        "a colon in a group",
        "commands:\n  - update: {group: Memory = a: b}",
        "6:",
        "a text with a colon and a blank in it must be in quotes",
    ),
    (
        "another column",
        "commands:\n  - update: DE\n  now: true",
        "7:3",
        "what belongs together begins in the same column",
    ),
    ("no colon", "commands", "", "expected a key, a colon and a blank"),
    (
        "no blank after a colon",
        "commands:\n  - {update:DE}",
        "6:6",
        "a blank belongs after the colon",
    ),
    ("no blank in an entry", "commands:\n  - update:DE", "6:5", "a blank belongs after the colon"),
    (
        "an empty entry",
        "commands:\n  - update: DE\n  -",
        "7:4",
        "commands.1: the entry is empty; expected a map",
    ),
    (
        "an empty entry elsewhere",
        "commands: [{update: DE}]\nchanges:\n  -",
        "7:4",
        "changes.0: there is nothing here",
    ),
    ("a text that is a comment", "name: #1", "5:1", "after # a comment begins"),
    (
        "a value in typographic quotes",
        "window: “mon-fri 08:00-18:00”",
        "5:9",
        "YAML takes “ and ” for letters; write plain quotes, or none",
    ),
    ("a name in German quotes", "commands: [{update: „DE“}]", "5:21", "YAML takes „ and “"),
    ("a key in typographic quotes", "“seed”: 1", "5:1", "YAML takes “ and ” for letters"),
    (
        "a dash in a date",
        "commands: [{update: DE, once: 2024–01–01 09:00}]",
        "5:31",
        "'–' is a dash: write the hyphen '-'",
    ),
    ("a control character", "name: a\nseed: \x07", "6:7", "unacceptable character #x0007"),
    (
        "a word of scmd",
        "commands: [{update: DE, subous: true}]",
        "5:25",
        "unknown key 'subous'; did you mean 'subordinate_units'?",
    ),
    (
        "a word of scmd for a command's option",
        "commands: [{update: DE, switchedon: true}]",
        "5:25",
        "did you mean 'only_switched_on'?",
    ),
    ("no blank, within", "seed:1\nname: a", "5:1", "expected a key, a colon and a blank"),
    ("quotes left open", "name: 'a\nseed: 1", "5:7", "end of stream while scanning a quoted"),
    ("a key twice", "seed: 1\nseed: 2", "6:1", "'seed' is already in line 5"),
]


@pytest.mark.parametrize(
    ("text", "place", "words"), [pytest.param(*row[1:], id=row[0]) for row in ROWS]
)
def test_a_trap_is_told_with_its_place_and_the_way_out(text, place, words):
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(f"{HEAD}{text}\n", source="s.yaml")
    assert words in str(caught.value)
    assert f"s.yaml:{place}" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "commands: [{update: DE, inform_user: 5 min, user_can_cancel: yes}]",
        "power: {default: {on: mon-fri 08:00-18:00}}",
        "window: mon–fri 08:00–18:00",
        "name: “Big bang” rollout",
        "power: {&x default: {}}\npeople: {*x : {}}",
        "name: „Alles auf einmal“",
        "commands:\n  - update: DE\n    once: null",
        "outages: [{site: '“DE”', start: 2024-01-01 09:00, end: 2024-01-01 10:00}]\n"
        "network: {sites: {default: {link: 1 Mbit/s}, '“DE”': {link: 1 Mbit/s}}}",
    ],
)
def test_what_means_what_it_looks_like_is_taken(text):
    text = text if "commands" in text else f"commands: [{{update: DE}}]\n{text}"
    assert fwsim.loads(f"{HEAD}{text}\n").reading_warnings() == []


@pytest.mark.parametrize("week", ["mon-fri 08:00-18:00", "mon–fri 08:00–18:00"])
def test_a_dash_does_for_a_hyphen_in_times_of_the_week(week):
    scenario = fwsim.loads(f"{HEAD}commands: [{{update: DE}}]\nwindow: {week}\n")
    assert scenario.window.text == "mon-fri 08:00-18:00"


WORKDAYS = tuple(Weekday(day) for day in range(5))


@pytest.mark.parametrize(
    ("days", "weekdays", "numbers"),
    [
        ("mon-fri", WORKDAYS, ()),
        ("mon–fri", WORKDAYS, ()),
        ("[mon-fri]", WORKDAYS, ()),
        ("'mon, wed'", (Weekday.MON, Weekday.WED), ()),
        ("[sat-sun, 1, 15]", (Weekday.SAT, Weekday.SUN), (1, 15)),
        ("'fri-mon, 1-3'", (Weekday.MON, Weekday.FRI, Weekday.SAT, Weekday.SUN), (1, 2, 3)),
        ("fri", (Weekday.FRI,), ()),
        ("15", (), (15,)),
    ],
)
def test_days_may_be_a_range_or_one_text(days, weekdays, numbers):
    text = f"commands: [{{update: DE, every: {{days: {days}, at: 12:30}}}}]\n"
    scenario = fwsim.loads(HEAD + text)
    schedule = scenario.commands[0].command().schedule
    assert (schedule.weekdays, schedule.days, schedule.at) == (weekdays, numbers, time(12, 30))
    assert fwsim.loads(fwsim.dumps(scenario)).commands == scenario.commands


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("mon-fry", "'fry' is not a weekday; expected mon to sun; did you mean 'fri'?"),
        ("28-33", "32 is not a day of the month"),
        ("5-3", "backwards"),
        ("mon-wed-fri", "is not a weekday"),
        ("daily", "'daily' is not a weekday; expected mon to sun; did you mean 'mon-sun'?"),
        ("werktags", "; did you mean 'mon-fri'?"),
        ("weekend", "; did you mean 'sat-sun'?"),
        ("Mo-Fr", "'Mo-Fr' is not a weekday; expected mon to sun; did you mean 'mon-fri'?"),
        ("mon..fri", "; did you mean 'mon-fri'?"),
        ("Mon bis Fri", "; did you mean 'mon-fri'?"),
        ("Montag und Freitag", "; did you mean 'mon, fri'?"),
        ("1.-5.", "; did you mean '1-5'?"),
        ("30-2", "'30-2' runs backwards; write its days one by one"),
    ],
)
def test_a_range_of_days_that_is_none_is_refused(days, words):
    with pytest.raises(fwsim.InputError, match=words.replace("?", r"\?")):
        fwsim.loads(f"{HEAD}commands: [{{update: DE, every: {{days: {days}, at: 12:30}}}}]\n")


def test_busy_times_are_told_beside_their_share_each_at_its_column():
    busy = "network: {sites: {default: {link: 1 Mbps, busy: {Mo-Fr 8-18 Uhr: 60}}}}"
    checks = "firmware: {new_version: {at_start: ja}}"
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(f"{HEAD}{busy}\n{checks}\ncommands: [{{update: DE}}]\n")
    told = [(one.line, one.column, one.message) for one in caught.value.problems]
    assert [place[:2] for place in told] == [(5, 35), (5, 50), (5, 66), (6, 36)]
    assert "did you mean 'mon-fri 8:00-18:00'?" in told[1][2]
    assert "did you mean '60 %'?" in told[2][2]
    assert told[3][2] == "'ja' does not fit here; expected true or false; did you mean true?"


def test_a_password_that_yaml_stumbles_over_is_not_shown():
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(f"{HEAD}firmware: {{user: me, password: %geheim}}\n")
    assert "geheim" not in str(caught.value)
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(f"{HEAD}firmware: {{user: me, password: “geheim”}}\n")
    assert "geheim" not in str(caught.value)
    with pytest.raises(fwsim.InputError, match=r":\d+:\d+: error: is not YAML") as caught:
        fwsim.loads(f"{HEAD}firmware: {{user: me, password: 'geheim\x07'}}\n", source="s.yaml")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mon-fri 8-18", "'mon-fri 8:00-18:00'"),
        ("Montag bis Freitag 8-18 Uhr", "'mon-fri 8:00-18:00'"),
        ("mon-fri 8.30-17.30", "'mon-fri 8:30-17:30'"),
        ("mon-fri 22:00-06:00 Uhr", "'mon-fri 22:00-06:00'"),
        ("Mo-Fr 08:00-18:00", "'mon-fri 08:00-18:00'"),
        ("Di 08:00-18:00", "'tue 08:00-18:00'"),
    ],
)
def test_times_of_the_week_in_other_words_meet_the_right_ones(text, meant):
    with pytest.raises(ValueError, match="write for example mon-fri") as caught:
        read_week(text)
    assert f"; did you mean {meant}?" in str(caught.value)


@pytest.mark.parametrize("text", ["mon-fri 25-30", "mon-fri", "holidays 08:00-18:00"])
def test_times_of_the_week_that_are_none_get_no_hint(text):
    with pytest.raises(ValueError, match="write for example mon-fri") as caught:
        read_week(text)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("22 Uhr", "; did you mean 22:00?"),
        ("22.30", "; did you mean 22:30?"),
        ("2200", "; did you mean 22:00?"),
        ("9h", "; did you mean 9:00?"),
        ("25 Uhr", ""),
    ],
)
def test_a_time_of_day_in_other_words_meets_the_right_one(text, hint):
    with pytest.raises(ValueError, match="is not a time of day") as caught:
        read_clock(text)
    assert str(caught.value).endswith(f"is not a time of day; expected 00:00 to 23:59:59{hint}")
