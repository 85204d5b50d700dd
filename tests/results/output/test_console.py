"""What the story of one run says at its head."""

import pytest

import fwsim
from fwsim.results.output.console import print_summary

SCENARIO = """\
zone: UTC
start: 2024-03-04 08:00
horizon: 1 d
doubt: none
image: {name: new.idf, packages: [{name: a, size: 6 MB}]}
fleet: {units: {DE: {devices: 3, installed: old.idf}}}
faults: {installation: 80 %}
"""
TRIED = "assignments: [{update: DE, check_in: {every: 1 h}, retry: {times: 3, wait: 10 min}}]\n"
SENT = "commands: [{delivery: DE}, {update: DE, once: 2024-03-04 12:00}]\n"
CHECKED = """\
firmware: {new_version: {at_start: true}}
power: {default: {on: "daily 09:00-17:00"}}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SENT, "by 2 command runs;"),
        (TRIED, "by 1 assignment;"),  # not each of its tries
        (SENT + TRIED, "by 2 command runs, 1 assignment;"),
        (CHECKED, "by what devices start by themselves;"),
    ],
)
def test_it_tells_by_what_devices_are_targeted(text, told, capsys):
    print_summary(fwsim.simulate(fwsim.loads(SCENARIO + text), seed=1))
    assert f" targeted {told}" in " ".join(capsys.readouterr().out.split())
