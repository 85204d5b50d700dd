"""Every wrong input gets words: place, value, expectation, nearest right thing."""

from __future__ import annotations

import unicodedata

import pytest

import fwsim
from fwsim.run import prepare
from fwsim.scenario.writing import to_yaml
from tests.scenario.spoilt import GOOD, complaint, text_with

ROWS = [
    # name, section, text, place, message
    ("unknown key", "horizn", "3 d", "6:1", "unknown key 'horizn'; did you mean 'horizon'?"),
    ("unknown zone", "zone", "Europe/Berln", "1:7", "did you mean 'Europe/Berlin'?"),
    ("zone of a wrong type", "zone", "[1]", "1:7", "unknown time zone [1]"),
    ("the machine's zone", "zone", "localtime", "1:7", "'localtime' is another time zone on each"),
    ("no zone yet", "zone", "Factory", "1:7", "write for example Europe/Berlin"),
    ("no time", "start", "yesterday", "2:8", "'yesterday' is not a date and time"),
    ("no calendar day", "start", "2018-02-30 10:00", "2:8", "is not on the calendar"),
    ("no unit", "horizon", "3", "6:10", "3 has no unit; expected a duration"),
    ("wrong unit", "horizon", "3 MB", "6:10", "'MB' is the unit of a size"),
    ("misspelt unit", "horizon", "3 dys", "6:10", "'dys' is not a unit; did you mean 'days'?"),
    ("negative duration", "horizon", "-3 d", "6:10", "is negative"),
    ("absurd horizon", "horizon", "9000 d", "6:10", "between 1 ms and 400 d"),
    ("NaN", "seed", ".nan", "6:7", "'.nan' is not a number fwsim accepts"),
    ("infinity", "chances", "{answer: .inf}", "6:19", "'.inf' is not a number fwsim accepts"),
    ("negative seed", "seed", "-1", "6:7", "-1 is out of range; expected at least 0"),
    (
        "a limit with its unit",
        "stages",
        "{policies: [{aws: {timeout: 8 d}}]}",
        "6:37",
        "'8 d' is out of range; expected at most 7 d",
    ),
    (
        "a limit of a number in quotes",
        "stages",
        "{policies: [{aws: {maximum_per_minute: '0'}}]}",
        "6:48",
        "'0' is out of range; expected at least 1",
    ),
    (
        "more phases than there are devices for",
        "stages",
        "{policies: [{mender: [{share: 60 %}, {share: 80 %}]}]}",
        "6:21",
        "mender: the shares of the phases add up to 140 %, more than all",
    ),
    (
        "a phase without its share",
        "stages",
        "{policies: [{mender: [{after: 0 s}, {after: 1 d}]}]}",
        "6:21",
        "mender: phase 1 has no share; only the last may leave it out",
    ),
    (
        "phases out of their order",
        "stages",
        "{policies: [{mender: [{share: 60 %, after: 2 d}, {share: 40 %, after: 1 d}]}]}",
        "6:21",
        "mender: a phase begins before the one above it",
    ),
    ("seed of a wrong type", "seed", "one", "6:7", "expected a whole number"),
    ("a share without per cent", "faults", "{idf: 60}", "6:15", "did you mean '60 %'?"),
    ("a share as it is written", "faults", "{idf: -0.1}", "6:15", "'-0.1' is out of range"),
    ("no share at all", "faults", "{idf: ~}", "6:15", "there is nothing here; expected a share"),
    ("no number at all", "chances", "{answer: ~}", "6:19", "chances.answer: there is nothing here"),
    ("no date at all", "start", "~", "2:8", "there is nothing here; write for example 2018-08-20"),
    ("true is not a date", "start", "true", "2:8", "true is not a date and time"),
    (
        "true is not a count",
        "seed",
        "true",
        "6:7",
        "true does not fit here; expected a whole number",
    ),
    ("true in a belief", "faults", "{idf: {seen: true}}", "6:15", "seen: true is not a count"),
    (
        "nothing in a law",
        "assumptions",
        "{boot_time: {uniform: [true, null, 'None']}}",
        "6:26",
        "got [true, null, 'None']",
    ),
    ("true for a condition", "expect", "[{successful: true}]", "6:10", "true is not a condition"),
    ("nothing for a condition", "expect", "[{successful: ~}]", "6:10", "null is not a condition"),
    ("no duration at all", "horizon", "null", "6:10", "expected a duration"),
    ("a word that YAML takes away", "name", "Null", "6:7", "to YAML Null is nothing"),
    ("zeros before a number", "name", "007", "6:7", "007 does not fit here; expected text"),
    ("a thousand, or one", "seed", "1.000", "6:7", "'1.000' may be 1 or 1000; write one of these"),
    ("a point for thousands", "seed", "1.234", "6:7", "a whole number; did you mean '1234'?"),
    ("a mark for thousands", "seed", "12'345", "6:7", "a whole number; did you mean '12345'?"),
    ("a blank for thousands", "seed", "12 345 678", "6:7", "did you mean '12345678'?"),
    ("a number as it is written", "seed", "1.50", "6:7", "1.50 does not fit here"),
    (
        "a rate of nothing",
        "assumptions",
        "{install_rate: 0 B/s}",
        "6:29",
        "'0 B/s' is out of range; expected more than 0",
    ),
    ("more digits than anybody counts", "seed", "1" * 26, "6:7", "that is not as large"),
    ("no image", "image", "null", "1:1", "expected exactly one of image, idf, images; got none"),
    ("image without packages", "image", "{name: a.idf, packages: []}", "3:", "at least 1"),
    (
        "package without a size",
        "image",
        "{name: a.idf, packages: [{name: b}]}",
        "3:",
        "'size' is missing",
    ),
    (
        "package twice",
        "image",
        "{name: a.idf, packages: [{name: b, size: 1 B}, {name: b, size: 2 B}]}",
        "3:",
        "b stands there twice",
    ),
    (
        "missing package that is none",
        "image",
        "{name: a.idf, packages: [{name: b, size: 1 B}], missing: [c]}",
        "3:",
        "c is not a package",
    ),
    (
        "hash that is none",
        "image",
        "{name: a.idf, packages: [{name: b, size: 1 B, sha256: xyz}]}",
        "3:",
        "'xyz' is not a SHA-256",
    ),
    (
        "image name with a blank",
        "image",
        "{name: a b.idf, packages: [{name: b, size: 1 B}]}",
        "3:",
        "names without spaces",
    ),
    (
        "image name with a folder in it",
        "image",
        "{name: a/b:c, packages: [{name: b, size: 1 B}]}",
        "3:15",
        "'a/b:c' is not the name of a file: '/' cannot be part of one",
    ),
    (
        "image name with a colon",
        "image",
        "{name: b:c, packages: [{name: b, size: 1 B}]}",
        "3:",
        "':' cannot be part of one; its folder is the container (firmware.path)",
    ),
    (
        "an image file with a backslash",
        "firmware",
        "{image_file: a\\b.idf}",
        "6:",
        "cannot be part of one",
    ),
    ("a missing IDF file", "idf", "none.idf", "5:6", "'none.idf': no such file"),
    ("empty fleet", "fleet", "{}", "4:8", "the fleet is empty"),
    (
        "a trillion devices",
        "fleet",
        "{units: {DE: {devices: 1000000000000}}}",
        "4:31",
        "out of range; expected at most 2000000",
    ),
    (
        "a trillion in two factors",
        "fleet",
        "{units: {DE/*: {devices: 1000000, sites: 1000000}}}",
        "4:",
        "more than the limit of 2,000,000",
    ),
    ("a list that has no name", "fleet", "{inventory: ''}", "4:20", "is empty; expected the name"),
    ("a list by number", "fleet", "{inventory: 5}", "4:20", "5 is not the name of a file"),
    ("lists", "fleet", "{inventory: [a.csv]}", "4:20", "['a.csv'] is not the name of a file"),
    ("a scheduler without a name", "scheduler", "''", "6:12", "is empty; expected the name"),
    ("a name of blanks", "scheduler", "'  '", "6:12", "is empty; expected the name of a file"),
    ("draws without a name", "draws", "''", "6:8", "is empty; expected the name of a file"),
    (
        "a calendar in the place of a country",
        "windows",
        "{times: always, holidays: off.ics}",
        "6:36",
        "'off.ics' is not a country; a calendar file is written {file: off.ics}",
    ),
    (
        "a country in small letters",
        "windows",
        "{times: always, holidays: de}",
        "6:36",
        "'de' is not a country; expected its two letters, such as DE; did you mean 'DE'?",
    ),
    (
        "a state with its country",
        "windows",
        "{times: always, holidays: {country: DE, subdivision: DE-BY}}",
        "6:63",
        "'DE-BY' is not a state or province; expected its letters, such as BW; did you mean 'BY'?",
    ),
    (
        "two OUs in one command",
        "commands",
        "[{update: [A, B]}]",
        "5:21",
        "a list does not fit here",
    ),
    (
        "two commands in one",
        "commands",
        "[{update: DE, delivery: DE}]",
        "5:25",
        "an entry is one command; write 'delivery' as an entry of its own",
    ),
    (
        "a time for what is only true",
        "commands",
        "[{update: DE, now: 2018-08-20 12:00}]",
        "5:",
        "expected true",
    ),
    (
        "a key beside a line of scmd",
        "commands",
        "[{scmd: -update -to DE -now, once: 2018-08-20 12:00}]",
        "5:",
        "'once' beside an scmd line, which says all of its command",
    ),
    (
        "a star without a number of sites",
        "fleet",
        "{units: {DE/*: {devices: 3}}}",
        "4:17",
        "say how many OUs * stands for",
    ),
    (
        "a star for the OUs of a list",
        "fleet",
        "{inventory: devices.csv, units: {DE/*: {people: office}}}",
        "4:41",
        "* makes new OUs and stands for none of the device list",
    ),
    (
        "a star in the middle",
        "fleet",
        "{units: {DE/*/A: {devices: 3}}}",
        "4:",
        "a * may only be the whole last part",
    ),
    (
        "unknown people",
        "fleet",
        "{units: {DE: {devices: 2, people: ofice}}}",
        "4:",
        "unknown people 'ofice'",
    ),
    (
        "a connection by another name",
        "fleet",
        "{units: {DE: {devices: 2, connection: LAN}}}",
        "4:",
        "'LAN' is none of 'wired', 'wlan' or 'vpn'; did you mean 'wired'?",
    ),
    ("unknown site", "fleet", "{units: {DE: {devices: 2, site: hq}}}", "4:", "unknown site 'hq'"),
    (
        "installed image that is none",
        "fleet",
        "{units: {DE: {devices: 2, installed: june}}}",
        "4:",
        "unknown image 'june'",
    ),
    (
        "shares beyond the whole",
        "fleet",
        "{units: {DE: {devices: 2, installed: {a.idf: 60 %, b.idf: 50 %}}}}",
        "4:",
        "add up to 110 %, not 100 %",
    ),
    (
        "a device list that is not there",
        "fleet",
        "{inventory: devices.csv}",
        "4:20",
        "'devices.csv': no such file",
    ),
    (
        "a percent sign twice",
        "faults",
        "{transfer: 60%%}",
        "6:20",
        "'60%%' is not a share; write for example 60 %, 0.6; did you mean '60 %'?",
    ),
    (
        "another kind of command",
        "commands",
        '[{scdm: "-update -to DE -now"}]',
        "5:13",
        "unknown key 'scdm'; did you mean 'scmd'?",
    ),
    (
        "Mbps",
        "network",
        "{sites: {default: {link: 50 Mbps}}}",
        "6:35",
        "'Mbps' is not a unit; did you mean 'Mbit/s'?",
    ),
    (
        "a millionth of a per cent too much",
        "people",
        "{default: {answer: {now: 50 %, defer: 40 %, cancel: 10.000001 %}}}",
        "6:",
        "now, defer and cancel add up to 100.000001 %, more than 100 %",
    ),
    (
        "picks that miss a per cent",
        "people",
        "{default: {answer: {picks: {30 min: 50 %, 1 h: 49 %}}}}",
        "6:",
        "picks: the shares add up to 99 %, not 100 %",
    ),
    (
        "groups of more than all",
        "stages",
        "{groups: [50 %, 50.000001 %]}",
        "6:",
        "groups: the shares add up to 100.000001 %, more than all",
    ),
    ("share beyond 100 %", "faults", "{idf: 120 %}", "6:", "a share is 0 % to 100 %"),
    (
        "answers beyond the whole",
        "people",
        "{default: {answer: {now: 80 %, defer: 30 %}}}",
        "6:",
        "add up to 110 %, more than 100 %",
    ),
    (
        "no times of the week",
        "people",
        "{default: {present: weekdays}}",
        "6:",
        "are not times of the week",
    ),
    (
        "misspelt weekday",
        "people",
        "{default: {present: mon-fry 08:00-17:00}}",
        "6:",
        "'fry' in 'mon-fry 08:00-17:00' is not a weekday; "
        "write for example mon-fri 08:00-17:30, always, or never; did you mean 'fri'?",
    ),
    (
        "a law that is not a law",
        "people",
        "{default: {answer: {after: {lognromal: {median: 1 s, p95: 2 s}}}}}",
        "6:",
        "'lognromal' is not a law; write for example",
    ),
    (
        "a law without sense",
        "people",
        "{default: {answer: {after: {lognormal: {median: 9 s, p95: 2 s}}}}}",
        "6:",
        "expected 0 < median <= p95",
    ),
    (
        "a law's parameter missing",
        "people",
        "{default: {answer: {after: {lognormal: {median: 9 s}}}}}",
        "6:",
        "lognormal needs exactly",
    ),
    (
        "a scipy law with wrong parameters",
        "people",
        "{default: {answer: {after: {gamma: {b: 2}}}}}",
        "6:",
        "gamma",
    ),
    ("no default site", "network", "{sites: {hq: {link: 1 Gbit/s}}}", "6:", "without 'default'"),
    ("rate without time", "network", "{sites: {default: {link: 20 Mbit}}}", "6:", "is not a rate"),
    (
        "deferments without delays",
        "firmware",
        "{reminder: {deferments: 2}}",
        "6:",
        "deferments need delays",
    ),
    (
        "a delay that cannot be ticked",
        "firmware",
        "{reminder: {deferments: 2, delays: [45 min]}}",
        "6:",
        "45 min cannot be ticked",
    ),
    (
        "account in the server's name",
        "firmware",
        '{server: "u:geheim@host"}',
        "6:",
        "an account does not belong here",
    ),
    ("unknown protocol", "firmware", "{protocol: htps}", "6:", "did you mean 'https'?"),
    ("no commands", "commands", "[]", None, "nothing to do: expected commands"),
    (
        "a target that is none",
        "commands",
        "[{update: DE/Karlsruh}]",
        None,
        "no OU and no device 'DE/Karlsruh'; did you mean 'DE/Karlsruhe'?",
    ),
    (
        "an OU without devices of its own",
        "commands",
        "[{update: DE}]",
        None,
        "include them with subordinate_units: true",
    ),
    (
        "two schedules",
        "commands",
        "[{update: DE/Karlsruhe, now: true, once: 2018-08-20 12:00}]",
        "5:",
        "a command has one schedule, got now and once",
    ),
    (
        "before the start",
        "commands",
        "[{update: DE/Karlsruhe, once: 2018-08-20 10:00}]",
        "5:",
        "lies before the scenario's start",
    ),
    (
        "after the horizon",
        "commands",
        "[{update: DE/Karlsruhe, once: 2019-08-20 10:00}]",
        "5:",
        "lies after the horizon",
    ),
    (
        "no day of the month",
        "commands",
        "[{update: DE/Karlsruhe, every: {days: [32], at: 22:00}}]",
        "5:",
        "32 is not a day of the month",
    ),
    (
        "no time of day",
        "commands",
        "[{update: DE/Karlsruhe, every: {days: [mon], at: 25:00}}]",
        "5:",
        "'25:00' is not a time of day",
    ),
    (
        "zero seconds",
        "commands",
        "[{update: DE/Karlsruhe, inform_user: 0 s}]",
        "5:",
        "write `until answered` for that",
    ),
    (
        "cancel without a notice",
        "commands",
        "[{update: DE/Karlsruhe, user_can_cancel: true}]",
        "5:",
        "user can cancel: needs inform user",
    ),
    (
        "ping without switched-on",
        "commands",
        "[{update: DE/Karlsruhe, check_reachability: true}]",
        "5:",
        "check reachability: needs only switched on",
    ),
    (
        "text for a truth value",
        "commands",
        "[{update: DE/Karlsruhe, user_can_cancel: maybe}]",
        "5:",
        "expected true or false",
    ),
    (
        "an attribute no device has",
        "commands",
        "[{update: {group: Devise type = LES}}]",
        None,
        "no attribute 'Devise type'; did you mean 'Device type'?",
    ),
    (
        "a filter that is none",
        "commands",
        "[{update: {group: Device type LES}}]",
        None,
        "expected = after 'Device type LES'",
    ),
    (
        "a scmd line with an unknown option",
        "commands",
        '[{scmd: "-updat -to DE/Karlsruhe -now"}]',
        "5:",
        "unknown option '-updat'; did you mean '-update'?",
    ),
    (
        "a scmd line without a schedule",
        "commands",
        '[{scmd: "-update -to DE/Karlsruhe"}]',
        "5:",
        "no schedule; expected -now",
    ),
    ("a MAC that is none", "commands", "[{update: {mac: 00E0C5}}]", "5:", "'00E0C5' is not a MAC"),
    (
        "a list file that is not there",
        "commands",
        "[{update: {list: macs.txt}}]",
        "5:28",
        "commands.0.update.list: 'macs.txt': no such file",
    ),
    (
        "a change of nothing",
        "changes",
        "[{at: 2018-08-20 12:00}]",
        "6:",
        "expected exactly one of firmware, offer, withdraw; got none",
    ),
    (
        "an unknown assumption",
        "assumptions",
        "{ping_timout: 1 s}",
        "6:",
        "did you mean 'ping_timeout'?",
    ),
    ("a chance outside", "chances", "{answer: 1}", "6:", "both excluded"),
    ("a chance for nothing", "chances", "{anser: 0.5}", "6:", "did you mean 'answer'?"),
    ("a name over two lines", "name", '"a\\nb"', "6:7", "a name is one line"),
    ("a key twice", "seed", "1\nseed: 2", "7:1", "'seed' is already in line 6"),
    ("a tag", "seed", "!!python/object/apply:os.system [ls]", "6:7", "is not accepted"),
    ("a merge key", "people", "{<<: {a: 1}}", "6:10", "merge keys (<<) are not YAML 1.2"),
    ("broken YAML", "seed", "[1, 2", "7:1", "is not YAML"),
    ("a second document", "seed", "1\n---\nzone: UTC", "7:1", "a second document"),
    ("deep nesting", "seed", "[" * 80 + "]" * 80, "6:", "nests deeper than 50 levels"),
]


def test_a_name_that_only_looks_the_same_is_told_apart(tmp_path):
    text = text_with("commands", f"[{{update: DE/K{unicodedata.normalize('NFD', 'ö')}ln}}]")
    told = complaint(text.replace("DE/Karlsruhe", "DE/Köln"), tmp_path)
    assert "looks the same, but one is in the Unicode form NFC, the other in NFD" in told


def test_the_scenario_that_the_rows_spoil_is_good(tmp_path):
    prepare(fwsim.loads(text_with("seed", "1"), folder=tmp_path))


@pytest.mark.parametrize(
    ("section", "text", "place", "message"),
    [pytest.param(*row[1:], id=row[0]) for row in ROWS],
)
def test_wrong_input_is_refused_with_its_place_and_what_would_be_right(
    tmp_path, section, text, place, message
):
    if section == "idf":
        text = f"{text}\nseed: 1"
        spoilt = text_with("idf", text).replace(f"image: {GOOD['image']}\n", "")
    else:
        spoilt = text_with(section, text)
    told = complaint(spoilt, tmp_path)
    assert message in told
    if place is not None:
        assert f"s.yaml:{place}" in told


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_their_places(tmp_path):
    told = complaint(
        text_with("zone", "Nowhere\nhorizn: 3 d").replace("devices: 2", "devices: two"), tmp_path
    )
    places = [line.split(": error")[0] for line in told.splitlines() if ": error" in line]
    assert places == ["s.yaml:1:7", "s.yaml:2:1", "s.yaml:5:41"]


def test_an_alias_bomb_is_refused_before_it_is_built(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "holds more than 300,000 values" in complaint("\n".join(lines), tmp_path)


def test_a_version_is_not_rounded_like_a_number(tmp_path):
    text = text_with("image", "{name: a.idf, packages: [{name: b, version: 6.10, size: 1 B}]}")
    image = fwsim.loads(text, folder=tmp_path).image
    assert image is not None
    assert image.packages[0].version == "6.10"


def test_zeros_before_a_version_and_a_count_are_read_and_written_again(tmp_path):
    text = text_with("image", "{name: a.idf, packages: [{name: b, version: 007, size: 1 B}]}")
    scenario = fwsim.loads(
        f"{text}\nseed: 0010\nfaults: {{idf: {{about: 5 %, worth: 040}}}}\n", folder=tmp_path
    )
    assert scenario.image is not None
    assert (scenario.image.packages[0].version, scenario.seed) == ("007", 10)
    assert fwsim.loads(to_yaml(scenario.as_data()), folder=tmp_path) == scenario


def test_editors_are_not_offered_what_an_assignment_always_refuses():
    definitions = fwsim.schema()["$defs"]
    assert "force_at" in definitions["NotificationSection"]["properties"]
    assert "force_at" not in definitions["AssignmentSection"]["properties"]
