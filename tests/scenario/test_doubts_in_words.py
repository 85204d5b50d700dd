"""What is in doubt, as an answer tells it."""

from __future__ import annotations

import fwsim
from fwsim.scenario.doubts import doubts_of
from fwsim.scenario.doubts_in_words import doubts_in_words

SCENARIO = """\
zone: Europe/Berlin
start: 2021-11-05 08:00
horizon: 1 d
image: {name: b.idf, packages: [{name: base, size: 300 MB}]}
fleet: {units: {DE: {devices: 3, installed: a.idf}}}
network:
  sites: {default: {link: 20 Mbit/s}, Ulm: {link: 20 Mbit/s, line_factor: {between: [40 %, 90 %]}}}
  hubs: {North: {link: 30 Mbit/s, sites: [Ulm]}}
commands: [{update: DE}]
"""


def test_a_belief_that_is_cut_says_where():
    scenario = fwsim.loads(SCENARIO)
    told = doubts_in_words(scenario, doubts_of(scenario))
    believed = {one["place"]: one["believed"] for one in told}
    assumed = "between 29.3 % and 162.4 %, cut at 100 %"
    assert believed["network.hubs.North.line_factor"] == assumed
    assert believed["network.sites.default.line_factor"] == f"{assumed}, each site"
    assert believed["network.sites.Ulm.line_factor"] == "between 40 % and 90 %"
    assert not any("cut" in text for place, text in believed.items() if "line_factor" not in place)


def test_a_belief_below_a_name_with_dots_has_its_unit():
    text = SCENARIO.replace(
        "Ulm: {link: 20 Mbit/s", "St. Ulm: {link: {between: [2 Mbit/s, 6 Mbit/s]}"
    )
    scenario = fwsim.loads(text.replace("[Ulm]", "[St. Ulm]"))
    told = doubts_in_words(scenario, doubts_of(scenario))
    believed = {one["place"]: one["believed"] for one in told}
    assert believed["network.sites.St. Ulm.link"] == "between 2 Mbit/s and 6 Mbit/s"
