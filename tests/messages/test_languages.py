"""German is said as Germans write; what is not translated is said in English."""

from __future__ import annotations

import os
import re
import runpy
import threading
from datetime import datetime
from pathlib import Path

import pytest

import fwsim
from fwsim.measures.amounts import counted, shown_duration, shown_rate, shown_share, shown_size
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import read_measure
from fwsim.messages import (
    ENGLISH,
    GERMAN,
    catalogue,
    language,
    language_of,
    say,
    speak,
    speaking,
    translated,
)
from fwsim.results.output.properties import properties_window
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.scenario.products import products
from fwsim.scenario_tests.golden_logs import GoldenLog, difference, golden_texts, write_golden
from tests.messages import translations
from tests.shipped import SCENARIOS

STORY = next(path for path in SCENARIOS if path.stem == "manual-example")

UNTRANSLATED = "kept as {text}"


def optional(words: str) -> set[str]:
    """Return what may be left out of a measure's words, by what it names."""
    return {"".join(sorted(translations.slots(part))) for part in re.findall(r"\[(.*?)\]", words)}


@pytest.fixture
def german():
    with speaking(GERMAN):
        yield


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2021, 3, 6, 2, 5), "Sa 6. Mär 2021 02:05"),
        (datetime(2021, 12, 1, 14, 0), "Mi 1. Dez 2021 14:00"),
        (datetime(2021, 5, 10, 0, 0), "Mo 10. Mai 2021 00:00"),
    ],
)
def test_a_date_has_german_days_and_months(german, at, told):
    assert moment_in_words(at) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (lambda: counted(1600, "device"), "1\u00a0600 Geräte"),
        (lambda: counted(1, "device"), "1 Gerät"),
        (lambda: counted(2.5, "notice"), "2,5 Meldungen"),
        (lambda: shown_share(0.8864), "88,6 %"),
        (lambda: shown_share(1e-6), "unter 0,01 %"),
        (lambda: shown_size(1.234e9), "1,23 GB"),
        (lambda: shown_rate(1.25e6), "10,0 Mbit/s"),
        (lambda: shown_duration(41_200), "41,2 s"),
        (lambda: shown_duration(52_260_000), "14 h 31 min"),
        (lambda: say("runs.count", count=1), "1 Lauf"),
        (lambda: say("runs.count", count=2000), "2\u00a0000 Läufe"),
    ],
)
def test_numbers_have_a_decimal_comma_and_spaces_in_thousands(german, text, told):
    assert text() == told


def test_a_year_in_a_sentence_is_no_thousand(german):
    assert "2021" in moment_in_words(datetime(2021, 1, 1))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("time to 99.5 %", "Zeit bis 99,5 %"),
        ("time to 95 % of targeted", "Zeit bis 95 % der Zielgeräte"),
        ("outcome not necessary in DE", "Ergebnis nicht notwendig in DE"),
    ],
)
def test_a_measure_has_german_words_where_it_is_read_and_english_ones_where_it_is_asked_for(
    german, words, told
):
    measure = read_measure(words)
    assert measure_in_words(measure) == told
    assert measure.name == words


def test_what_is_not_translated_is_said_in_english(german, monkeypatch):
    known = {**catalogue.messages(), "learn.added": UNTRANSLATED}
    monkeypatch.setattr(catalogue, "messages", lambda: known)
    assert say("learn.added", text=say("score.yes")) == "kept as ja"
    assert translated("outcome", "eaten by the dog") == "eaten by the dog"


def test_what_has_changed_since_it_was_translated_is_said_in_english(german, monkeypatch):
    known = {**catalogue.messages(), "score.yes": "yes indeed"}
    monkeypatch.setattr(catalogue, "messages", lambda: known)
    assert say("score.yes") == "yes indeed"


def test_a_translation_names_what_the_english_words_name():
    for name, entry in translations.translated():
        english = set().union(*map(translations.slots, translations.texts(entry.id)))
        german = set().union(*map(translations.slots, translations.texts(entry.string)))
        if name[0] == "measure":
            assert optional(str(entry.id)) == optional(str(entry.string)), name
        assert german == english, name


def test_whatever_is_counted_has_german_words():
    called = re.compile(r"\bcounted(?:_again)?\([^\"\n]*\"([a-z][a-z -]*)\"", re.IGNORECASE)
    sources = Path(fwsim.__file__).parent.rglob("*.py")
    counted_nouns = {noun for path in sources for noun in called.findall(path.read_text("utf-8"))}
    assert "more blackout" in counted_nouns
    assert counted_nouns <= {*translations.NOUNS}


def test_a_report_has_one_german_name():
    for name, entry in translations.translated():
        assert not any("Bericht" in text for text in translations.texts(entry.string)), name


def test_what_is_to_be_translated_anew_is_listed(monkeypatch):
    """`make translations` lists it; none of it fails a test."""
    known = {**catalogue.messages(), "score.yes": "yes indeed", "learn.added": UNTRANSLATED}
    monkeypatch.setattr(translations, "messages", lambda: known)
    missing, stale = translations.lacking()
    assert "learn.added" in missing
    assert "score.yes" in stale
    of_today = {entry.context: entry for entry in translations.brought_up_to_date() if entry.id}
    assert not of_today["learn.added"].string
    assert of_today["score.yes"].fuzzy


def test_the_catalogue_brought_up_to_date_keeps_every_translation():
    before = {name: entry.string for name, entry in translations.translated()}
    after = {
        translations.name_of(entry): entry.string
        for entry in translations.brought_up_to_date()
        if entry.id
    }
    assert before.items() <= after.items()
    assert translations.wanted().keys() <= after.keys()


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, ENGLISH),
        ({"LANG": "de_DE.UTF-8"}, GERMAN),
        ({"LANG": "de_AT"}, GERMAN),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"}, GERMAN),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"}, ENGLISH),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, GERMAN),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "en:de"}, ENGLISH),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:de"}, GERMAN),
        ({"LANG": "C", "LANGUAGE": "de"}, ENGLISH),
        ({"LANG": "xx_YY.UTF-8"}, ENGLISH),
        ({"LANG": "deutsch?"}, ENGLISH),
    ],
)
def test_the_environment_says_the_language_as_posix_and_gettext_have_it(environment, spoken):
    assert language_of(environment) == spoken


def test_a_language_is_spoken_within_its_block_and_by_no_other_thread():
    heard = []
    with speaking(GERMAN):
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
        assert language() == GERMAN
    assert [language(), *heard] == [ENGLISH, ENGLISH]


def test_a_switch_holds_for_every_thread_but_not_within_a_block():
    heard = []
    speak(GERMAN)
    try:
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
        with speaking(ENGLISH):
            heard.append(language())
    finally:
        speak(ENGLISH)
    assert heard == [GERMAN, ENGLISH]


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="'fr' is not a language of fwsim; expected en or de"):
        speak("fr")


def test_a_devices_window_has_german_labels_and_the_log_as_it_stands_there(german):
    window = properties_window(fwsim.simulate(STORY), "Karlsruhe-1")
    for told in ("Update-Status: Successful – 2018", "Aufzeichnung des Servers", "Ergebnis 0 (ok)"):
        assert told in window
    assert "SUCCESS          Successful – 2018-08-20 11:38:56" in window
    assert not [one for one in ("Update state", "Server record", "Update log") if one in window]


def test_a_golden_log_is_english_whoever_asks(german, tmp_path):
    scenario = tmp_path / "story.yaml"
    [path] = write_golden(golden_texts(scenario, fwsim.load(STORY), ["Karlsruhe-1"]))
    assert "Server record" in path.read_text(encoding="utf-8")
    golden = GoldenLog(path, "Karlsruhe-1")
    assert not difference(golden, fwsim.simulate(STORY))


def test_sources_of_products_are_german(german):
    for product in products().values():
        for one in product.numbers:
            assert translated("product source", one.source) != one.source
        for what in product.not_played:
            assert translated("product not played", what) != what


def test_a_catalogue_is_compiled_anew_by_what_it_holds(tmp_path):
    """One that was put back may be older than what was compiled of another."""
    german = tmp_path / "fwsim/messages/de/LC_MESSAGES"
    german.mkdir(parents=True)
    source = german / "fwsim.po"
    source.write_text('msgctxt "a"\nmsgid "b"\nmsgstr "c"\n', encoding="utf-8")
    compiled = source.with_suffix(".mo")
    compiled.write_bytes(b"of another")
    os.utime(source, ns=(0, 0))
    hook = runpy.run_path(str(Path(fwsim.__file__).parents[1] / "hatch_build.py"))
    assert hook["compile_catalogues"](tmp_path) == [compiled]
    assert b"a\x04b" in compiled.read_bytes()
