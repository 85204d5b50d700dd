"""What a German reads on a terminal is German: words, decimals, heads of tables, times, sizes."""

from __future__ import annotations

import re

import pytest

from fwsim.learning.belief_in_words import belief_in_words
from fwsim.measures.amounts import counted
from fwsim.messages import GERMAN, speaking
from fwsim.messages.retelling import filled
from fwsim.observations.observed import Account
from fwsim.results.run.lines_in_words import lines_again
from tests.cli.command_line import fwsim
from tests.shipped import SCENARIOS

STORY = next(path for path in SCENARIOS if path.stem == "manual-example")
LINES = next(path for path in SCENARIOS if path.stem == "lines-as-they-are")
AT_LABEL = "Leitungen tragen, was ihre Rate und ihr line_factor sagen"
ENGLISH_WORDS = re.compile(r"\b(the|of|devices|needed|successful|their|rate|for|with)\b")


def german(*arguments: object) -> str:
    ended = fwsim("--lang", "de", *arguments)
    assert ended.code == 0, ended.text
    return ended.text


def test_what_is_counted_of_lines_is_german_in_an_answer_and_in_a_story():
    for runs in (1, 5):
        text = german("run", STORY, "--replications", runs, "--quiet")
        assert AT_LABEL in text
    text = german("run", LINES, "--replications", 5, "--quiet")
    (line,) = (line for line in text.splitlines() if line.startswith("Von den Leitungen"))
    assert "90,0 % bis 95,0 %" in line
    assert not ENGLISH_WORDS.search(line)


def test_a_sentence_that_is_kept_in_english_is_told_again():
    kept = "Of lines this counts 85.5 % of the rate as payload on 1 of 2 lines; something new."
    with speaking(GERMAN):
        told = lines_again(kept)
    assert told == (
        "Von den Leitungen zählt hier: 85,5 % der Rate als Nutzlast auf 1 von 2 Leitungen; "
        "something new."
    )
    assert lines_again(kept) == kept
    assert filled("lines.range", "10 ms") is None


def test_a_decimal_is_written_with_a_comma():
    text = german("run", STORY, "--replications", 5, "--quiet")
    assert "unterscheiden sich um 0,25" in text


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"between": ["28.55 s", "57.37 s"]}, "28,55 s bis 57,37 s"),
        ({"seen": "4 of 1421"}, "4 von 1\u00a0421"),
        ({"about": {"now": "45.5 %"}, "worth": 464}, "now 45,5 %, wie aus 464 Beobachtungen"),
        ("25.27 Mbit/s", "25,27 Mbit/s"),
    ],
)
def test_what_is_believed_is_written_as_germans_write(value, told):
    with speaking(GERMAN):
        assert belief_in_words(value) == told


def test_what_was_counted_in_logs_is_german():
    with speaking(GERMAN):
        assert counted(28, "package check") == "28 Paketprüfungen"
        assert counted(1, "image check") == "1 Imageprüfung"
        account = Account("a.csv", "fwsim's status log (CSV)", 7, 1, {"of deliveries": 2})
        told = str(account)
    assert told == (
        "a.csv: Statusprotokoll von fwsim (CSV), 7 Zeilen; 1 ausgelassen, weil nicht lesbar; "
        "2 beiseitegelegt: von Auslieferungen"
    )
    assert str(account).startswith("a.csv: fwsim's status log (CSV), 7 lines; 1 left out")


def test_a_warning_is_in_one_language(tmp_path):
    text = STORY.read_text(encoding="utf-8")
    image = re.search(r"name: (\S+\.idf)", text)
    assert image is not None
    there = re.sub(r"installed: \S+?([,}\n])", rf"installed: {image[1]}\1", text)
    assert there != text
    path = tmp_path / "there.yaml"
    path.write_text(there, encoding="utf-8")
    told = german("validate", path)
    assert "run" in told or "runs" in told
    assert not re.search(r"warning: .*Gerät", told)


def test_groups_of_a_story_are_read_in_either_language():
    english, of_people = _heads(
        fwsim("run", STORY, "--replications", 1, "--by", "site", "--quiet").text
    )
    assert re.split(r"\s{2,}", english.strip())[:3] == ["Site", "Devices", "targeted"]
    assert "Forced starts  User time lost" in of_people
    text = german("run", STORY, "--replications", 1, "--by", "site", "--quiet")
    line, of_people = _heads(text)
    assert not ENGLISH_WORDS.search(line + of_people)
    assert "Erzwungene Starts  Verlorene Zeit der Benutzer" in of_people
    row = text.splitlines()[text.splitlines().index(line) + 1]
    assert re.search(r"2018-08-20 11:38:56 ", row)
    assert re.search(r"\d,\d\d GB", row)


def _heads(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("Site ", "Standort "))]


def test_a_night_that_reached_nobody_at_a_site_says_so_there():
    night = STORY.with_name("wake-up-fails.yaml")
    for runs, not_reached in ((1, " 2 "), (5, "100,0 %")):
        text = german("run", night, "--replications", runs, "--by", "site", "--quiet")
        lines = text.splitlines()
        at, _ = (number for number, line in enumerate(lines) if line.startswith("Standort "))
        end = lines[at].index("nicht erreicht") + len("nicht erreicht")
        south, _ = (line for line in lines[at:] if line.startswith("south "))
        assert south[:end].endswith(not_reached.rstrip())


@pytest.mark.usefixtures("undrawn")
def test_what_a_scenario_expects_is_told_in_german(tmp_path):
    night = STORY.with_name("wake-up-fails.yaml").read_text(encoding="utf-8")
    scenario = tmp_path / "night.yaml"
    limits = "expect:\n- outcome not reached: <= 60 %\n- successful: '>= 90 %'\n"
    scenario.write_text(night + limits, encoding="utf-8")
    out = tmp_path / "out"
    for command in (("run", "--out", out), ("test",)):
        given = (scenario, "--replications", 2, "--quiet")
        told = fwsim("--lang", "de", *command, *given).text
        assert "Ergebnis nicht erreicht: <= 60 %" in told
        assert "erfolgreich: >= 90 %" in told
        assert "successful" not in told
    fwsim("--lang", "de", "report", out)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "erfolgreich: &gt;= 90 %" in page.replace("\u00a0", " ")


def test_groups_of_an_answer_have_german_heads():
    text = german("run", STORY, "--replications", 5, "--by", "site", "--quiet")
    after = text[text.index("Nach Standort") :]
    assert "Zielgeräte" in after
    assert not ENGLISH_WORDS.search(after)
