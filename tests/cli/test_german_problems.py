"""What is wrong with a command line or an input is told to a German in German."""

from __future__ import annotations

import re

import pytest

import fwsim as fwsim_api
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.messages import speaking
from fwsim.run import prepare
from tests.cli.command_line import fwsim
from tests.messages.translations import english_left

GOOD = """\
name: Zwei Standorte
zone: Europe/Berlin
start: 2024-01-01 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 500 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
network: {sites: {default: {link: 10 Mbit/s}}}
commands: [{update: DE, inform_user: 5 min, once: 2024-01-01 09:00}]
"""
STATIC = "{protocol: https, server: s, path: p, proxy: {type: static, device: DE-9}}"
SLIPS = [
    ("horizon", "horizn", "unbekannter Schlüssel 'horizn'; meinten Sie 'horizon'?"),
    ("zone: Europe/Berlin\n", "", "'zone' fehlt: die Zeitzone des Servers"),
    (
        "Europe/Berlin",
        "Europe/Berlim",
        "unbekannte Zeitzone 'Europe/Berlim'; schreiben Sie zum Beispiel",
    ),
    ("1 d", "1 Tag", "ist keine Dauer; schreiben Sie zum Beispiel 30 s"),
    ("1 d", "15", "15 hat keine Einheit; erwartet: eine Dauer"),
    ("10 Mbit/s", "10 MBit", "ist keine Rate; schreiben Sie zum Beispiel 20 Mbit/s"),
    ("10 Mbit/s", "10 MB", "'MB' ist die Einheit einer Größe; meinten Sie 'MB/s'?"),
    ("10 Mbit/s", "'10,5 Mbit/s'", "meinten Sie '10.5 Mbit/s'?"),
    ("devices: 3", "devices: drei", "'drei' passt hier nicht; erwartet: eine ganze Zahl"),
    ("devices: 3", "devices: -1", "-1 liegt außerhalb des Bereichs; erwartet: mindestens 0"),
    ("update: DE", "update: DEE", "keine OU und kein Gerät 'DEE'; meinten Sie 'DE'?"),
    ("2024-01-01 09:00", "9 Uhr", "'9 Uhr' ist kein Datum mit Uhrzeit"),
    ("2024-01-01 09:00", "2024-01-03 09:00", "liegt nach dem Horizont, 2024-01-02 08:00"),
    ("update: DE", "updat: DE", "unbekannter Schlüssel 'updat'; meinten Sie 'update'?"),
    ("commands", "expect: [{successfull: '>= 95 %'}]\ncommands", "meinten Sie 'successful'?"),
    ("commands", "expect: [{successful: '=> 95 %'}]\ncommands", "ist keine Bedingung; meinten"),
    ("commands", "expect: [{successful in DEE: '>= 95 %'}]\ncommands", "unbekannt; meinten Sie"),
    ("commands", "people: {default: {present: mo-fr 8-18}}\ncommands", "keine Zeiten der Woche"),
    (
        "commands",
        "chances: {answer: 1.5}\ncommands",
        "1.5 ist kein Zufallswert; erwartet: eine Zahl",
    ),
    ("image:", f"firmware: {STATIC}\nimage:", "der statische Proxy 'DE-9' ist kein Gerät"),
    ("image:", "firmware: {path: 'http://s/e'}\nimage:", "ist eine Adresse; erwartet: der Teil"),
    ("image:", "firmware: {path: 'a b'}\nimage:", "enthält Leerzeichen oder ist leer"),
    ("image:", "firmware: {server: 'u@s'}\nimage:", "Anmeldedaten gehören nicht hierher"),
    ("image:", "firmware: {image_file: 'a/b.idf'}\nimage:", "'a/b.idf' ist kein Dateiname"),
    ("500 MB}]", "500 MB}, {name: a, size: 1 MB}]", "packages: a steht zweimal da"),
    ("packages", "missing: [b], packages", "missing: b ist kein Paket dieses Images"),
    ("commands", "faults: {transfer: {seen: 3 zu 9}}\ncommands", "'3 zu 9' ist keine Zählung"),
    ("commands", "faults: {transfer: {about: 5 %}}\ncommands", "zu about gehört worth"),
    ("commands", "assumptions: {boot_time: {uniform: {low: 1 s}}}\ncommands", "braucht genau {low"),
    (
        "commands",
        "search: {turn: {spread: {from: 1 h, to: 2 h}}}\ncommands",
        "braucht eine Schritt",
    ),
    (
        "commands",
        "failing: [{phase: installation, share: 9 %, where: Device type}]\ncommands",
        "erwartet: = nach 'Device type'; schreiben Sie zum Beispiel",
    ),
    ("name: Zwei", "zone: X\nname: Zwei", "'zone' steht schon in Zeile 1"),
]
WRONG_USE = [
    ("rum", "Fehler: es gibt keinen Befehl 'rum'; meinten Sie 'run'?"),
    ("run --replicatons 3", "Fehler: es gibt keine Option '--replicatons'; meinten Sie"),
    (
        "run --replications drei",
        "ungültiger Wert für '--replications': 'drei' ist keine ganze Zahl",
    ),
    ("run --replications 0 x", "0 liegt nicht im Bereich 1<=x<="),
    ("run --replications", "Option '--replications' braucht einen Wert"),
    ("run --quiet=3 x", "Option '--quiet' nimmt keinen Wert"),
    ("run --engine neu x", "'neu' gibt es hier nicht; möglich: 'compiled', 'simpy'"),
    ("run", "Fehler: es fehlt 'SCENARIO'"),
    ("run x y", "Fehler: ein Argument zu viel (y)"),
    ("run https://x/y.yaml", "ist eine Adresse; erwartet: eine Datei oder ein Ordner"),
    ("export x", "Fehler: erwartet: --xes FILE, --ocel FILE oder beides"),
]


LOG = "device,time,status\nDE-1,2024-01-01 09:30,done\nDE-2,2024-01-01 09:31,done\n"
BAD_LOGS = [
    ("", "ist leer; erwartet: ein Protokoll"),
    ("a,b\n1,2\n", "kein Protokoll, das fwsim kennt: keine Spalte für device (etwa"),
    ("[{}]", "ist ein JSON-Array; schreiben Sie je Zeile ein Objekt"),
    ("<a/>", "ist XML, aber kein XES"),
    (LOG.replace("DE-", "X-"), "2 von 2 Zeilen passen nicht zu diesem Szenario"),
    (LOG.replace("2024-01", "2025-01"), "sagt nichts über diesen Rollout"),
    (LOG.replace("09:3", "Uhr"), "Zeit '2024-01-01 Uhr0' ist keine; schreiben Sie zum Beispiel"),
    (LOG.replace("done", "fertich"), "status 'fertich'"),
]


def told(monkeypatch, *command: object) -> str:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    return fwsim(*command).text


@pytest.mark.parametrize(
    ("bad", "told_of"),
    [
        (
            "name: Zwei: Standorte",
            '("mapping values are not allowed here"); ein Text mit Doppelpunkt',
        ),
        ("\tname: Zwei", "rücken Sie mit Leerzeichen ein, nicht mit Tabulatoren"),
        ("name: >Zwei", "beginnt, gehört in Anführungszeichen, etwa '>= 95 %'"),
        ("name: %Zwei", "beginnt, gehört in Anführungszeichen, etwa '% …'"),
    ],
)
def test_what_to_do_about_a_slip_in_yaml_is_german(monkeypatch, tmp_path, bad, told_of):
    """What the parser says of it is quoted."""
    path = tmp_path / "s.yaml"
    path.write_text(GOOD.replace("name: Zwei Standorte", bad), encoding="utf-8")
    text = told(monkeypatch, "validate", path)
    assert "Fehler: ist kein YAML (" in text
    assert told_of in text


@pytest.mark.parametrize(("good", "bad", "told_of"), SLIPS, ids=[slip[1][:20] for slip in SLIPS])
def test_a_slip_in_a_scenario_is_told_in_german(monkeypatch, tmp_path, good, bad, told_of):
    (tmp_path / "s.yaml").write_text(GOOD.replace(good, bad, 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = told(monkeypatch, "validate", "s.yaml")
    assert told_of in text
    problems = re.findall(r"^s\.yaml\S* Fehler: (?:[^ ]+: )?(.*)", text, re.MULTILINE)
    assert problems
    assert not [line for line in problems if english_left(line)]


@pytest.mark.parametrize(("command", "told_of"), WRONG_USE, ids=[use[0] for use in WRONG_USE])
def test_a_command_line_that_is_used_wrongly_is_told_of_in_german(monkeypatch, command, told_of):
    text = told(monkeypatch, *command.split())
    assert told_of in text
    assert not english_left(text)
    assert "Usage" not in text
    assert "Try" not in text


@pytest.mark.parametrize(("log", "told_of"), BAD_LOGS, ids=[bad[1][:30] for bad in BAD_LOGS])
def test_what_is_wrong_with_a_log_is_told_in_german(monkeypatch, tmp_path, log, told_of):
    (tmp_path / "s.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "log.csv").write_text(log, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = told(monkeypatch, "forecast", "s.yaml", "--so-far", "log.csv")
    assert told_of in text
    assert "Fehler:" in text
    assert set(english_left(text)) <= {"device"}  # the name of a column


def test_what_is_odd_in_a_log_is_told_in_german_and_kept_in_english(tmp_path):
    (tmp_path / "log.csv").write_text(f"{LOG}DE-2,2024-01-01 09:31,done\n", encoding="utf-8")
    scenario = fwsim_api.loads(GOOD)
    rollout = prepare(scenario)
    with speaking("de"):
        seen = read_so_far(tmp_path / "log.csv", rollout)
    assert [one.message for one in seen.contradictions] == [
        "sagt dasselbe wie eine Zeile davor; ausgelassen"
    ]
    assert [one.message for one in seen.in_files] == ["says the same as a line before it; left out"]


def test_a_file_that_is_not_there_is_told_in_german(monkeypatch, tmp_path):
    (tmp_path / "plan.yaml").write_text(GOOD, encoding="utf-8")
    text = told(monkeypatch, "run", tmp_path / "plann.yaml")
    assert "keine solche Datei; meinten Sie 'plan.yaml'?" in text


def test_wrong_use_stays_in_clicks_words_in_english():
    text = fwsim("--lang", "en", "run", "--replicatons", "3").text
    assert text.startswith("Usage: ")
    assert "Error: No such option" in text


@pytest.mark.parametrize(
    ("line", "told_of"),
    [
        ("Schedule=18/7:00", "'18/7' ist keine Stunde: die erste Wiederholung, 25, liegt jenseits"),
        ("Schedule=*:*/15", ": * nimmt keine Wiederholung; schreiben Sie 0/15"),
        (
            "Schedule=Fri..Mon 18:00",
            "läuft rückwärts über das Ende der Woche; schreiben Sie Fri..Sun",
        ),
        ("Schedule=Montag 18:00", "'Montag' ist kein Wochentag (englisch, etwa Mon)"),
        (
            "Schedule=18:00 Europe/Berln",
            "keine Zeitzone, und so heißt auch die Uhr des Geräts nicht",
        ),
        ("Schedule=18:00\nSchedule=06:00", "Schedule steht zweimal da, zuerst in Zeile 3"),
        ("Schedulr=18:00", "unbekannter Schlüssel 'Schedulr'; meinten Sie 'Schedule'?"),
        ("", "Job1: nicht angegeben: Schedule"),
    ],
)
def test_a_slip_in_a_scheduler_file_is_told_in_german(monkeypatch, tmp_path, line, told_of):
    (tmp_path / "s.ini").write_text(f"[Job1]\nType=1\n{line}\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(f"{GOOD}scheduler: s.ini\n", encoding="utf-8")
    text = told(monkeypatch, "validate", tmp_path / "s.yaml")
    assert told_of in text
    assert not english_left(" ".join(re.findall(r"Fehler: (.*)", text)))


def test_what_is_wrong_with_saved_results_is_told_in_german(monkeypatch, tmp_path):
    assert "hier liegen keine Ergebnisse" in told(monkeypatch, "report", tmp_path)
    for name in ("summary.json", "setting.json", "runs.npz"):
        (tmp_path / name).write_text("{")
    assert "diese Ergebnisse können nicht gelesen werden" in told(monkeypatch, "report", tmp_path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("plan s.yaml --goal successful --runs 3", "3 Läufe sind zu wenige"),
        ("plan s.yaml --goal successful --study s.yaml", "keine Studie, die fwsim verwenden kann"),
        ("run s.yaml --commands .", "hier liegt keine Kommandodatei (*.cmd)"),
        ("run s.yaml --commands s.yaml", "enthält keine scmd-Zeile"),
        ("test nowhere.yaml", "keine solche Datei und kein solcher Ordner"),
        ("test .", "kein Szenario hier hat"),
    ],
)
def test_plans_batch_files_and_tests_are_refused_in_german(line, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    search = "search: {turn: {start: [2024-01-01 10:00, 2024-01-01 11:00]}}\n"
    (tmp_path / "s.yaml").write_text(GOOD + search, encoding="utf-8")
    ended = fwsim("--lang", "de", *line.split())
    assert told in ended.text
    assert not english_left(told)


def test_what_devices_cannot_be_told_apart_by_is_called_as_it_was_typed(tmp_path):
    (tmp_path / "s.yaml").write_text(GOOD)
    told = fwsim("run", str(tmp_path / "s.yaml"), "--lang", "de", "--by", "model").text
    assert told.startswith("--by model: Fehler: von keinem Gerät ist bekannt: Modell, das Attribut")
    assert "model," not in told


def test_everything_that_is_wrong_with_options_is_told_at_once(tmp_path):
    (tmp_path / "s.yaml").write_text(GOOD)
    options = ("--nosuch", "--seed", "abc", "--by", "colour", "--outt", "x", "--lang", "de")
    told = fwsim("run", str(tmp_path / "s.yaml"), *options).text.splitlines()
    assert [line for line in told if line.startswith("Fehler: ")] == [
        "Fehler: es gibt keine Option '--nosuch'",
        "Fehler: es gibt keine Option '--outt'; meinten Sie '--out'?",
        "Fehler: ungültiger Wert für '--seed': 'abc' ist keine ganze Zahl",
        "Fehler: ungültiger Wert für '--by': 'colour' gibt es hier nicht; möglich: 'site', "
        "'model', 'unit', 'people'",
    ]


def test_settings_that_lead_nowhere_are_told_with_the_others_and_the_times(tmp_path):
    (tmp_path / "s.yaml").write_text(GOOD)
    options = ("--set", "seed=one", "--set", "commands.7.now=true", "--set", "x", "--until", "bad")
    told = fwsim("run", str(tmp_path / "s.yaml"), *options).text
    places = [line.partition(": error: ")[0] for line in told.splitlines()[:4]]
    assert places == ["--set (1 of 3)", "--set (2 of 3)", "--set (3 of 3)", "--until"]
