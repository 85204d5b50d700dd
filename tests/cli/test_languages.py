"""The terminal and the report speak the user's language; files are English byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fwsim.messages import ENGLISH, GERMAN, language
from tests.cli.command_line import fwsim

SCENARIO = """\
name: Two sites
zone: UTC
start: 2024-01-01 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 500 MB}]}
fleet: {units: {DE: {devices: 30, installed: o.idf}}}
people: {default: {answer: {now: 50 %, defer: 50 %}}}
commands: [{update: DE, inform_user: 5 min, once: 2024-01-01 09:00}]
expect: [{successful: ">= 1 %"}, {t50: "<= 1 s"}]
"""
FEW = ("--workers", "1", "--quiet")
GERMANY, NOWHERE = {"LANG": "de_DE.UTF-8"}, {"LANG": "xx_YY.UTF-8"}
RUN = ("run", "{scenario}", "--replications", 3, *FEW)
COMMANDS = {
    "run": (*RUN, "--out", "{out}"),
    "story": ("run", "{scenario}", "--replications", 1, "--out", "{out}"),
    "changed": (
        *("compare", "{scenario}", "--set", "commands.0.inform_user=1 min"),
        *("--replications", 3, *FEW, "--out", "{out}"),
    ),
    "compare": ("compare", "{scenario}", "{other}", "--replications", 3, *FEW, "--out", "{out}"),
}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("languages") / "two.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    later = SCENARIO.replace("09:00", "10:00").replace("Two sites", "Later")
    path.with_name("later.yaml").write_text(later, encoding="utf-8")
    return path


def said(monkeypatch, environment, command, scenario, out=None) -> str:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    places = {"scenario": scenario, "other": scenario.with_name("later.yaml"), "out": out}
    return fwsim(*(str(part).format(**places) for part in command)).text


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", COMMANDS)
def test_german_is_printed_and_english_is_written(monkeypatch, scenario, tmp_path, name):
    folders = {}
    for language_, environment in ((ENGLISH, {}), (GERMAN, GERMANY)):
        out = tmp_path / language_
        text = said(monkeypatch, environment, COMMANDS[name], scenario, out)
        assert ("Geschrieben nach" in text) == (language_ == GERMAN), text
        assert ("Written to" in text) == (language_ == ENGLISH), text
        if name == "run":
            assert ("In jedem von 3 Läufen" in text) == (language_ == GERMAN), text
        folders[language_] = written(out)
    assert folders[ENGLISH].keys() == folders[GERMAN].keys()
    for file, content in folders[ENGLISH].items():
        assert content == folders[GERMAN][file], file


def test_an_unknown_language_is_english(monkeypatch, scenario):
    validate = "validate", "{scenario}"
    english = said(monkeypatch, {}, validate, scenario)
    assert "valid, 30 devices" in english
    assert said(monkeypatch, NOWHERE, validate, scenario) == english
    assert "gültig, 30 Geräte" in said(monkeypatch, GERMANY, validate, scenario)


@pytest.mark.parametrize("command", [("--lang", "de", "validate"), ("validate", "--lang", "de")])
def test_an_option_goes_before_the_environment_and_ends_with_the_command(
    monkeypatch, scenario, command
):
    assert "gültig" in said(monkeypatch, NOWHERE, (*command, "{scenario}"), scenario)
    assert language() == ENGLISH


def test_a_language_that_fwsim_does_not_speak_is_refused(monkeypatch, scenario):
    text = said(monkeypatch, {}, ("--lang", "fr", "validate", "{scenario}"), scenario)
    assert "'fr' is not one of 'en', 'de'" in text


def test_what_went_wrong_is_summed_up_in_german(monkeypatch, scenario):
    wrong = scenario.with_name("wrong.yaml")
    wrong.write_text(SCENARIO.replace("500 MB", "500 apples"), encoding="utf-8")
    assert "1 Problem; nichts wurde getan" in said(
        monkeypatch, GERMANY, ("validate", "{scenario}"), wrong
    )


def test_the_report_is_german(monkeypatch, scenario, tmp_path, undrawn):
    said(monkeypatch, {}, (*RUN, "--out", "{out}"), scenario, tmp_path)
    text = said(monkeypatch, GERMANY, ("report", "{out}"), scenario, tmp_path)
    assert text.startswith("Der Report liegt in ")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "In jedem von 3 Läufen" in report


def test_what_is_asked_for_as_json_is_english(monkeypatch, scenario, tmp_path):
    log = tmp_path / "log"
    until = "--until", "2024-01-01 09:20"
    said(
        monkeypatch, {}, ("run", "{scenario}", "--replications", 1, *until, "--out", log), scenario
    )
    alternative = tmp_path / "tomorrow.yaml"
    alternative.write_text("{name: no more, skip: [DE]}", encoding="utf-8")
    ask = ("forecast", "{scenario}", "--so-far", log, "--replications", 2, *FEW, "--json")
    text = said(monkeypatch, GERMANY, (*ask, "--what-if", alternative), scenario)
    found = json.loads(text)
    assert "of the targeted devices end successful" in " ".join(found["sentences"])
    assert "going on" in " ".join(found["what_if"][0]["verdict"])
    assert "weitermachen" not in text
