"""Every belief that cannot be gets words and its place; the others are read as they are meant."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.problems import InputError
from fwsim.quantities.beliefs import (
    About,
    Between,
    PerPlace,
    Resampled,
    Scale,
    Seen,
    SharesAbout,
    SharesSeen,
    Support,
)
from fwsim.quantities.doubted import belief_of
from fwsim.quantities.laws import Constant, Sample

GOOD = """\
zone: UTC
start: 2018-08-20 11:00
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE: {devices: 4, installed: old.idf}}}
"""
COMMANDS = "commands: [{update: DE}]\n"

BAD = [
    # what a file says, where it is wrong, what is said of it
    (
        "people: {default: {answer: {between: [10 %, 20 %]}}}",
        "6:28",
        "between: of several shares write {about: {name: share, …}, worth:",
    ),
    (
        "people: {default: {answer: {now: 40 %, defer: 40 %, worth: 20}}}",
        "6:28",
        "'worth' goes with shares that are believed together; write about: {now: …, defer: …",
    ),
    (
        "people: {default: {answer: {now: 40 %, each: unit}}}",
        "6:28",
        "'each' goes with shares that are believed together",
    ),
    (
        "people: {default: {answer: {about: 5 %, worth: 40}}}",
        "6:28",
        "about: of several shares write {about: {name: share, …}, worth:",
    ),
    (
        "people: {default: {answer: {about: {now: 45 %, cansel: 3 %}, worth: 30}}}",
        "6:28",
        "'cansel' is nothing users do; expected now, defer, cancel; did you mean 'cancel'?",
    ),
    (
        "people: {default: {answer: {about: {now: 45 %}, worth: 30, now: 3 %}}}",
        "6:28",
        "now stands beside shares that are believed together",
    ),
    (
        "people: {default: {answer: {about: {now: 45 %}, seen: {now: 3}}}}",
        "6:28",
        "one belief at a time, got about, seen",
    ),
    (
        "people: {default: {answer: {about: {now: 60 %, defer: 45 %}, worth: 30}}}",
        "6:28",
        "about: the shares add up to 105 %, more than 100 %",
    ),
    (
        "people: {default: {answer: {about: {now: 45 %}}}}",
        "6:28",
        "about needs its worth: of how many observations, as in worth: 40",
    ),
    (
        "people: {default: {answer: {about: {}, worth: 30}}}",
        "6:28",
        "about: of several shares write {about: {name: share, …}, worth:",
    ),
    (
        "people: {default: {answer: {about: {ignored: 100 %}, worth: 30}}}",
        "6:28",
        "ignored alone says nothing of buttons; expected now, defer, cancel",
    ),
    ("people: {default: {answer: {seen: {now: 1.5}}}}", "6:28", "seen: now: 1.5 is not a count"),
    ("people: {default: {answer: {seen: {now: -1}}}}", "6:28", "seen: now: -1 is not a count"),
    ("people: {default: {answer: {seen: {now: 0, defer: 0}}}}", "6:28", "seen: nothing was seen"),
    (
        "people: {default: {answer: {seen: {ignored: 7}}}}",
        "6:28",
        "ignored alone says nothing of buttons; expected now, defer, cancel",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: 0}}}}",
        "6:34",
        "worth: 0 is out of range; expected more than 0, at most 1000000000",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: .nan}}}}",
        "6:55",
        "'.nan' is not a number",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: 1e+10}}}}",
        "6:34",
        "worth: 1e+10 is out of range; expected more than 0, at",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: many}}}}",
        "6:34",
        "worth: 'many' is not a number of observations",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: 9, each: [site]}}}}",
        "6:34",
        "each: ['site']: expected site, unit or day; did you mean 'site'?",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: 9, each: sites}}}}",
        "6:34",
        "each: 'sites': expected site, unit or day; did you mean 'site'?",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: 9, rollouts: true}}}}",
        "6:34",
        "rollouts: true is not a whole number",
    ),
    (
        "people: {default: {answer: {now: {about: 45 %, worth: 9, rollouts: -1}}}}",
        "6:34",
        "rollouts: -1 is out of range",
    ),
    (
        "people: {default: {answer: {picks: {about: {15 min: 45 %, 1 h: 45 %}, worth: 9}}}}",
        "6:36",
        "about: the shares add up to 90 %, not 100 %",
    ),
    (
        "people: {default: {answer: {picks: {between: [10 %, 20 %]}}}}",
        "6:36",
        "between: of several shares write {about: {name: share, …}, worth:",
    ),
    (
        "people: {default: {present: {between: [10 %, 20 %]}}}",
        "6:29",
        "\"{'between': ['10 %', '20 %']}\" are not times of the week; write",
    ),
    ("assumptions: {bricked: {seen: 7 of 6}}", "6:24", "seen: 7 of 6 cannot be"),
    ("assumptions: {bricked: {seen: 0 of 0}}", "6:24", "seen: 0 of 0 cannot be"),
    (
        "assumptions: {bricked: {seen: 3}}",
        "6:24",
        "seen: 3 is not a count; write for example 3 of 120",
    ),
    (
        "assumptions: {bricked: {seen: 3 out of 120}}",
        "6:24",
        "seen: '3 out of 120' is not a count; write for example 3 of 120",
    ),
    (
        "assumptions: {bricked: {about: 0 %, worth: 9}}",
        "6:24",
        "about: '0 %' leaves nothing in doubt; write for example {seen: 0",
    ),
    (
        "assumptions: {bricked: {about: 100 %, worth: 9}}",
        "6:24",
        "about: '100 %' leaves nothing in doubt; write for example {seen:",
    ),
    (
        "assumptions: {bricked: {about: 5 %}}",
        "6:24",
        "about needs its worth: of how many observations, as in worth: 40",
    ),
    (
        "assumptions: {bricked: {between: [0 %, 5 %]}}",
        "6:24",
        "between: both ends lie off 0 % and 100 %, got ['0 %', '5 %'];",
    ),
    (
        "assumptions: {bricked: {between: [50 %, 100 %]}}",
        "6:24",
        "between: both ends lie off 0 % and 100 %, got ['50 %', '100 %'];",
    ),
    (
        "assumptions: {bricked: {between: [5 %, 5 %]}}",
        "6:24",
        "between: '5 %' does not lie below '5 %'",
    ),
    (
        "assumptions: {bricked: {between: [8 %, 5 %]}}",
        "6:24",
        "between: '8 %' does not lie below '5 %'",
    ),
    (
        "assumptions: {bricked: {between: [5 %]}}",
        "6:24",
        "between takes two values, as in [low, high], got ['5 %']",
    ),
    (
        "assumptions: {bricked: {between: 5 %}}",
        "6:24",
        "between takes two values, as in [low, high], got '5 %'",
    ),
    (
        "assumptions: {bricked: {between: [5 %, 1 min]}}",
        "6:24",
        "'1 min' is not a share; write for example 60 %, 0.6; 'min' is the",
    ),
    (
        "assumptions: {bricked: {between: [5 %, 8 %], worth: 9}}",
        "6:24",
        "unknown key 'worth' beside between; it goes with each, rollouts",
    ),
    (
        "assumptions: {bricked: {between: [5 %, 8 %], rolouts: 9}}",
        "6:24",
        "'rolouts' beside between; it goes with each, rollouts; did you mean 'rollouts'?",
    ),
    (
        "assumptions: {bricked: {between: [5 %, 8 %], each: site}}",
        "6:24",
        "each goes with network.sites, people, power, faults; here one",
    ),
    (
        "assumptions: {bricked: {sample: [5 %], resampled: true}}",
        "6:24",
        "{'sample': ['5 %'], 'resampled': true} is not a share; write for",
    ),
    (
        "assumptions: {bricked: {betewen: [5 %, 8 %]}}",
        "6:24",
        "write for example 60 %, 0.6; did you mean 'between'?",
    ),
    (
        "assumptions: {send_time: {about: 5 s, worth: 9}}",
        "6:26",
        "about is for shares; write {between: [low, high]} here",
    ),
    (
        "assumptions: {send_time: {seen: 3 of 9}}",
        "6:26",
        "seen is for shares; write {between: [low, high]} here",
    ),
    (
        "assumptions: {send_time: {between: [5, 9]}}",
        "6:26",
        "5 has no unit; expected a duration such as 30 s, 15 min, 2 h",
    ),
    (
        "assumptions: {send_time: {between: [5 MB, 9 s]}}",
        "6:26",
        "'5 MB' is not a duration; write for example 30 s, 15 min, 2 h;",
    ),
    (
        "assumptions: {send_time: {between: [0 s, 9 s]}}",
        "6:26",
        "between: both ends lie off 0, got ['0 s', '9 s']",
    ),
    (
        "assumptions: {install_rate: {between: [5 MB, 9 MB]}}",
        "6:29",
        "'5 MB' is not a rate; write for example 20 Mbit/s, 3.2 MB/s; 'MB'",
    ),
    ("assumptions: {install_spread: {between: [0.5 s, 2 s]}}", "6:31", "'0.5 s' is not a number"),
    (
        "assumptions: {boot_time: {sample: [5 s, 9 s], resampled: perhaps}}",
        "6:26",
        "resampled: expected true or false",
    ),
    (
        "assumptions: {boot_time: {sample: [5 s, 9 s], resample: true}}",
        "6:26",
        "beside sample; it goes with resampled, each, rollouts; did you mean 'resampled'?",
    ),
    (
        "assumptions: {boot_time: {sample: [], resampled: true}}",
        "6:26",
        "sample needs a list of 1 to 100,000 measured values",
    ),
    (
        "assumptions: {boot_time: {lognormal: {median: {about: 5 s, worth: 9}, p95: 9 s}}}",
        "6:26",
        "about is for shares; write {between: [low, high]} here",
    ),
    (
        "assumptions: {boot_time: {lognormal: {median: {between: [8 s, 20 s]}, p95: 9 s}}}",
        "6:26",
        "lognormal: expected 0 < median <= p95, got median {'between': ['8",
    ),
    (
        "assumptions: {dispatch_workers: {between: [8, 20]}}",
        "6:33",
        "a map of keys and values ",
    ),
    (
        "assumptions: {newer_only: {about: 50 %, worth: 9}}",
        "6:27",
        "a map of keys and values ",
    ),
    (
        "assumptions: {between_rollouts: {between: [0.1, 0.5]}}",
        "6:33",
        "{'between': [0.1, 0.5]} is not a number",
    ),
    (
        "assumptions: {delays: [{between: [10 min, 20 min]}]}",
        "6:24",
        "what is done or wanted is not a matter of belief; expected a number",
    ),
    (
        "network: {sites: {default: {link: {between: [1 Mbit/s, 9 Mbit/s], each: unit}}}}",
        "6:35",
        "a line belongs to a site; write each: site",
    ),
    (
        "network: {hubs: {South: {sites: [DE], link: {between: [1 MB/s, 9 MB/s], each: site}}}}",
        "6:45",
        "each goes with network.sites, people, power, faults; here one",
    ),
    (
        "network: {repository: {uplink: {between: [1 Mbit/s, 9 Mbit/s], each: site}}}",
        "6:32",
        "each goes with network.sites, people, power, faults; here one",
    ),
    (
        "network: {repository: {connections: {between: [10, 20]}}}",
        "6:37",
        "a map of keys and values ",
    ),
    (
        "failing: [{phase: idf, where: Device type = x, share: {seen: 3 of 4, each: site}}]",
        "6:55",
        "each goes with network.sites, people, power, faults; here one",
    ),
    (
        "horizon: {between: [2 d, 3 d]}",
        "6:10",
        "what is done or wanted is not a matter of belief; expected a number",
    ),
    (
        "firmware: {reminder: {deferments: 1, delays: [{between: [29 min, 31 min]}]}}",
        "6:47",
        "what is done or wanted is not a matter of belief; expected a number",
    ),
    ("chances: {answer: {between: [0.2, 0.3]}}", "6:19", "{'between': [0.2, 0.3]} is not a number"),
    (
        "seed: {seen: 3 of 4}",
        "6:7",
        "a map of keys and values ",
    ),
    (
        "replications: {between: [10, 20]}",
        "6:15",
        "a map of keys and values ",
    ),
    (
        "outages: [{start: {between: [10, 20]}, end: 2018-08-20 12:00}]",
        "6:19",
        "{'between': [10, 20]} is not a date and time; write for example",
    ),
    (
        "window: {between: [10, 20]}",
        "6:9",
        "\"{'between': [10, 20]}\" are not times of the week; write for",
    ),
    (
        "expect: [{successful: {between: [10 %, 20 %]}}]",
        "6:10",
        "\"{'between': ['10 %', '20 %']}\" is not a condition; write for",
    ),
    (
        "search: {goals: {between: [10 %, 20 %]}}",
        "6:17",
        "a map of keys and values ",
    ),
    (
        "stages: {person_takes: {between: [10 min, 20 min]}}",
        "6:24",
        "what is done or wanted is not a matter of belief; expected a number",
    ),
    (
        "stages: {groups: {between: [10 %, 20 %]}}",
        "6:18",
        "a map of keys and values ",
    ),
    ("doubt: maybe", "6:8", "'maybe' is none of 'all', 'stated' or 'none'"),
    (
        "draws: {between: [10 %, 20 %]}",
        "6:8",
        "a map of keys and values ",
    ),
    (
        "commands: [{update: DE, devices_wait: {between: [1 s, 2 s]}}]",
        "5:39",
        "what is done or wanted is not a matter of belief; expected a number",
    ),
    (
        "commands: [{update: DE, every: {days: [fri], at: {between: [22:00, 23:00]}}}]",
        "5:50",
        "{'between': ['22:00', '23:00']} is not a time of day; expected",
    ),
    (
        "commands: [{update: DE, once: {between: [22:00, 23:00]}}]",
        "5:31",
        "{'between': ['22:00', '23:00']} is not a date and time; write for",
    ),
    (
        "commands: [{update: DE, inform_user: {between: [1 s, 2 s]}}]",
        "5:38",
        "{'between': ['1 s', '2 s']} is not a display time; write for example",
    ),
]


def read(line):
    """Return a scenario with a line of its own; a command is line 5, anything else line 6."""
    return fwsim.loads(GOOD + (line if line.startswith("commands") else COMMANDS + line))


def refused(text, folder="."):
    with pytest.raises(InputError) as caught:
        fwsim.loads(text, folder=folder)
    return caught.value.problems


@pytest.mark.parametrize(("line", "place", "message"), BAD, ids=[row[0] for row in BAD])
def test_a_belief_that_cannot_be_is_refused_at_its_place(line, place, message):
    with pytest.raises(InputError) as caught:
        read(line)
    problem = caught.value.problems[-1]
    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message


def test_all_that_is_wrong_is_told_at_once():
    lines = [
        "assumptions: {bricked: {seen: 7 of 6}, send_time: {between: [9 s, 5 s]}}",
        "people: {default: {answer: {seen: {now: -1}}}}",
        "faults: {idf: {about: 5 %}}",
    ]
    found = refused(GOOD + COMMANDS + "\n".join(lines))
    assert [(problem.line, problem.column) for problem in found] == [
        (6, 24),
        (6, 51),
        (7, 28),
        (8, 15),
    ]


def test_a_belief_of_a_chosen_delay_is_refused_at_an_ou_too():
    unit = (
        "{devices: 1, firmware: {reminder: {deferments: 1, delays: [{between: [9 min, 25 min]}]}}}"
    )
    text = GOOD.replace("{devices: 4, installed: old.idf}", unit) + COMMANDS
    told = "what is done or wanted is not a matter of belief; expected a number"
    assert [problem.message for problem in refused(text)][-1] == told


def test_an_alias_bomb_of_beliefs_is_refused_as_any_other():
    levels = ["a0: &a0 {between: [5 s, 9 s]}"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert refused(GOOD + COMMANDS + "\n".join(levels))


def test_an_aliased_belief_is_one_of_its_own_at_every_place():
    text = """
assumptions:
  send_time: &slow {between: [20 ms, 125 ms]}
  idf_fetch_time: *slow
"""
    given = fwsim.loads(GOOD + COMMANDS + text).assumptions
    assert belief_of(given.send_time) == belief_of(given.idf_fetch_time)
    assert belief_of(given.send_time) is not belief_of(given.idf_fetch_time)


# What good ones are read as


def assumption(name, text):
    return getattr(read(f"assumptions: {{{name}: {text}}}").assumptions, name)


@pytest.mark.parametrize(
    ("name", "text", "stated", "belief"),
    [
        ("send_time", "{between: [20 ms, 125 ms]}", 50, Between(20, 125, Scale.LOG)),
        ("install_rate", "{between: [1 MB/s, 4 MB/s]}", 2e6, Between(1e6, 4e6, Scale.LOG)),
        ("flash", "{between: [2 GB, 8 GB]}", 4e9, Between(2e9, 8e9, Scale.LOG)),
        ("bricked", "{between: [20 %, 80 %]}", 0.5, Between(0.2, 0.8, Scale.LOGIT)),
        ("bricked", "{about: 5 %, worth: 40}", 0.05, About(0.05, 40)),
        ("bricked", "{about: 0.05, worth: 0.5}", 0.05, About(0.05, 0.5)),
        ("bricked", "{seen: 3 of 120}", 0.025, Seen(3, 120)),
        ("bricked", "{seen: 0 of 60}", 0, Seen(0, 60)),
        ("bricked", "{seen: 60 of 60, rollouts: 2}", 1, Seen(60, 60, Support(rollouts=2))),
    ],
)
def test_a_story_takes_the_number_in_the_middle_or_as_seen(name, text, stated, belief):
    number = assumption(name, text)
    assert float(number) == pytest.approx(stated)
    assert belief_of(number) == belief


def test_a_law_takes_a_belief_for_itself_or_inside():
    assert assumption("boot_time", "{between: [8 s, 18 s]}") == Constant(
        assumption("boot_time", "{between: [8 s, 18 s]}").value
    )
    law = assumption("boot_time", "{lognormal: {median: {between: [8 s, 18 s]}, p95: 40 s}}")
    assert belief_of(law.median) == Between(8000, 18000, Scale.LOG)
    assert belief_of(law.p95) is None
    law = assumption("boot_time", "{gamma: {a: {between: [1, 4]}, scale: 9 s}}")
    assert belief_of(dict(law.parameters)["a"]) == Between(1, 4, Scale.LOG)


def test_a_sample_is_resampled_only_where_it_says_so():
    plain = assumption("boot_time", "{sample: [5 s, 9 s]}")
    assert plain == Sample((5000, 9000))
    assert assumption("boot_time", "{sample: [5 s, 9 s], resampled: false}") == plain
    resampled = assumption("boot_time", "{sample: [5 s, 9 s], resampled: true, rollouts: 3}")
    assert resampled.resampled == Resampled(2, Support(rollouts=3))


def answers(text):
    return read(f"people: {{default: {{answer: {text}}}}}").people["default"].answer


def test_what_is_left_of_shares_about_ignores_and_what_was_not_seen_was_not_there():
    about = answers("{about: {now: 45 %, defer: 45 %, cancel: 3 %}, worth: 30}")
    assert belief_of(about.now).shares == pytest.approx((0.45, 0.45, 0.03, 0.07))
    assert belief_of(about.now) is belief_of(about.cancel)
    seen = answers("{seen: {now: 13, defer: 14, cancel: 1, ignored: 2}, each: site}")
    together = Support(each=PerPlace.SITE)
    assert belief_of(seen.defer) == SharesSeen((13, 14, 1, 2), together)
    assert seen.shares() == pytest.approx((13 / 30, 14 / 30, 1 / 30))
    assert answers("{seen: {now: 3, cancel: 1}}").shares() == pytest.approx((0.75, 0.0, 0.25))
    whole = answers("{about: {now: 60 %, defer: 40 %}, worth: 9}")
    assert belief_of(whole.now) == SharesAbout((0.6, 0.4, 0.0), 9)


def test_shares_of_installed_images_are_believed_together():
    unit = "{devices: 9, installed: {seen: {old.idf: 3, new.idf: 5}}}"
    text = GOOD.replace("{devices: 4, installed: old.idf}", unit) + COMMANDS
    mix = fwsim.loads(text).fleet.units["DE"].installed
    assert mix == {"old.idf": mix["old.idf"], "new.idf": mix["new.idf"]}
    assert belief_of(mix["old.idf"]) == SharesSeen((3, 5))


def test_a_belief_in_an_image_file_is_refused(tmp_path):
    image = "name: new.idf\npackages: [{name: all, size: {between: [10 MB, 20 MB]}}]\n"
    (tmp_path / "new.yaml").write_text(image, encoding="utf-8")
    named = GOOD.replace(
        "image: {name: new.idf, packages: [{name: a, size: 60 MB}]}", "idf: new.yaml"
    )
    with pytest.raises(InputError, match="the size of 'all' is a belief"):
        fwsim.loads(named + COMMANDS, folder=tmp_path)
