"""The plan of a report in another language: no sentence, and no part of one, stays English."""

from __future__ import annotations

import re

import pytest

import fwsim
from fwsim.messages import speaking
from fwsim.results.run.plan_again import plan_again
from fwsim.results.run.words import plan_in_words
from fwsim.results.statistics.setting import Setting
from fwsim.run import prepare
from fwsim.scenario.doubts_in_words import doubts_again
from tests.messages.translations import english_left
from tests.results.run.test_plan_in_words import COMMAND, HEAD, HELD, WINDOWS

REMINDER = "reminder: {deferments: 3, delays: [30 min, 4 h]}"
CONFIRMED = f"firmware: {{new_version: {{at_start: true, confirm: true}}, {REMINDER}}}\n"
HUBS = "network: {hubs: {H: {link: 1 Gbit/s, sites: ['*']}}, sites: {default: {link: 8 Mbit/s}}}\n"
PROXY = "firmware: {proxy: {type: dynamic}, new_version: {at_shutdown: true}}\n"
GROUP = "commands: [{update: {group: Update state = Deferred}, every: {days: mon, at: 09:00}}]\n"
FORCED = "commands: [{update: DE, inform_user: until answered, force_at: 2018-08-20 20:00}]\n"
ASSIGNED = (
    "assignments: [{update: DE, deadline: 2018-08-20 10:00, grace: 1 h, inform_user: 5 min}]\n"
)


@pytest.mark.parametrize(
    "more", [COMMAND + CONFIRMED, COMMAND + HELD + WINDOWS, FORCED + HUBS + PROXY, GROUP, ASSIGNED]
)
def test_a_plan_is_told_again_in_german(more):
    kept = plan_in_words(prepare(fwsim.loads(HEAD + more)))
    assert plan_again(kept) == kept
    with speaking("de"):
        again = plan_again(kept)
    for before, sentence in zip(kept, again, strict=True):
        told = sentence.partition("Als Kommandozeile")[0]
        assert told != before or re.match(r"Images: \S+ \(", before)
        assert not english_left(told), told


def test_why_a_command_has_no_line_is_german():
    kept = plan_in_words(prepare(fwsim.loads(HEAD + FORCED)))
    with speaking("de"):
        told = " ".join(plan_again(kept))
    assert "keine scmd-Zeile: force_at: eine Option von fwsim, für die Scout kein Wort hat" in told
    assert "Scout has" not in told


def test_numbers_and_days_of_a_plan_are_german():
    kept = plan_in_words(prepare(fwsim.loads(HEAD + COMMAND + HELD)))
    with speaking("de"):
        told = " ".join(plan_again(kept))
    assert "2 Standorte mit 8,0 Mbit/s (Updates höchstens 2,0 Mbit/s)." in told
    assert "Images: new.idf (4,0 MB)." in told
    assert "Update, 2 Geräte, Mo 2018-08-20 08:00: Benutzer werden 5 min lang gefragt, sie" in told


def test_a_hub_may_have_a_comma_in_its_name():
    one, other = "1 site on hub Nord, Ost at 8 Mbit/s", "2 sites on hub West at 1.5 Gbit/s"
    with speaking("de"):
        (told,) = plan_again((f"Hubs lie between: {one}, {other}, and others.",))
    assert "1 Standort am Hub Nord, Ost mit 8 Mbit/s, 2 Standorte am Hub West mit 1,5" in told
    assert not english_left(told)


def test_what_fwsim_does_not_say_stays_as_it_is():
    with speaking("de"):
        assert plan_again(("An older sentence.",)) == ("An older sentence.",)


def test_what_is_believed_is_told_again_in_german():
    kept = Setting.of(prepare(fwsim.loads(HEAD + COMMAND))).doubts
    assert doubts_again(kept) == list(kept)
    with speaking("de"):
        again = doubts_again(kept)
    told = {one["place"]: (one["believed"], one["source"]) for one in again}
    why = "angenommen, denn das Szenario sagt nichts dazu"
    assert told["assumptions.restart_time"] == ("mal zwischen 0,6 und 1,7", why)
    line = "zwischen 29,3 % und 162,4 %, gekappt bei 100 %, je Standort"
    assert told["network.sites.default.line_factor"] == (line, why)
    assert ("wie angegeben", "Rollouts unterscheiden sich") in told.values()
    assert not [texts for texts in told.values() if english_left(" ".join(texts))]
