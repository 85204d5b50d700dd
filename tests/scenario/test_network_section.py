"""What a line and a connection are said to be: what is refused, and what is written back."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.doubt import Source

TEXT = """\
zone: UTC
start: 2018-08-20 11:00
image: {{name: new.idf, packages: [{{name: a, size: 60 MB}}]}}
fleet: {{units: {{DE: {{devices: 4, installed: old.idf}}}}}}
commands: [{{update: DE}}]
network: {{repository: {{goodput: 97 %}}, sites: {{default: {{link: 20 Mbit/s, {line}}}}}}}
"""
BAD = [
    ("goodput: 5 %", "goodput is the share of a line's rate that is payload", "mean 95 %?"),
    ("goodput: 0 %", "50 % at least; got 0 %", ""),
    ("goodput: 120 %", "120 %", ""),
    ("latency: 40 s", "a round trip takes 10 s at most", "got 40 s; milliseconds are ms"),
    ("latency: 40", "has no unit", ""),
    ("latency: 40 ms, loss: 30 %", "no connection stands", "did you mean 0.3 %?"),
    ("loss: 1 %", "loss: what it costs depends on the round trip", "latency: 40 ms"),
    ("per_connection: 0 Mbit/s", "out of range; expected more than 0", ""),
    ("updates_at_most: 0 Mbit/s", "out of range; expected more than 0", ""),
    ("latencies: 40 ms", "unknown key 'latencies'; did you mean 'latency'?", ""),
    ("latency: {between: [20 ms, 60 s]}, loss: {about: 1 %, worth: 0}", "worth: 0", ""),
]


@pytest.mark.parametrize(("line", "words", "near"), BAD)
def test_what_cannot_be_is_refused_with_the_nearest_right_thing(line, words, near):
    with pytest.raises(InputError) as caught:
        fwsim.loads(TEXT.format(line=line))
    assert words in str(caught.value)
    assert near in str(caught.value)
    assert caught.value.problems[0].line == 6


def test_every_key_is_written_back_as_it_was_read():
    line = "goodput: 90 %, latency: 40 ms, loss: 0.5 %, per_connection: 4 Mbit/s"
    line = f"updates_at_most: 10 Mbit/s, {line}"
    scenario = fwsim.loads(TEXT.format(line=line))
    written = scenario.model_dump(mode="json", exclude_defaults=True)["network"]
    assert written["repository"]["goodput"] == "97 %"
    assert written["sites"]["default"] == {
        "link": "20 Mbit/s",
        "updates_at_most": "10 Mbit/s",
        "goodput": "90 %",
        "latency": "40 ms",
        "loss": "0.5 %",
        "per_connection": "4 Mbit/s",
    }
    assert fwsim.Scenario.model_validate(scenario.model_dump(mode="json")) == scenario


def test_they_take_beliefs_each_site_its_own():
    line = (
        "goodput: {about: 94 %, worth: 60, each: site}, latency: {between: [20 ms, 60 ms]}, "
        "loss: {between: [0.01 %, 1 %], each: site}"
    )
    scenario = fwsim.loads(TEXT.format(line=line))
    stated = [doubt for doubt in prepare(scenario).doubts if doubt.source is Source.STATED]
    assert [doubt.place for doubt in stated] == [
        "network.sites.default.goodput",
        "network.sites.default.latency",
        "network.sites.default.loss",
    ]


def test_a_connection_without_a_round_trip_has_no_ceiling_but_what_is_stated():
    for line, rate in (("per_connection: 4 Mbit/s", 500_000), ("latency: 100 ms", 41_943_040)):
        scenario = fwsim.loads(TEXT.format(line=line))
        assert scenario.network.sites["default"].ceiling(scenario.assumptions) == rate
