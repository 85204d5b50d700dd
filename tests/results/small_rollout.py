"""A rollout small enough to run in a moment that has something of everything to show."""

from __future__ import annotations

from functools import cache

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results.statistics.answer import Answer

SMALL = """\
name: Three offices
story: Two lines are thin, and some users wait.
zone: Europe/Berlin
start: 2018-08-20 10:00
horizon: 12 h
doubt: none
image: {name: new.idf, packages: [{name: baseos, size: 200 MB}]}
firmware: {reminder: {deferments: 2, delays: [30 min, 1 h]}}
fleet:
  units:
    DE/North: {devices: 20, site: North, installed: {old.idf: 80 %, new.idf: 20 %}}
    DE/South: {devices: 15, site: South, installed: old.idf}
    DE/West: {devices: 5, site: West, installed: old.idf}
network:
  repository: {uplink: 30 Mbit/s}
  sites: {default: {link: 20 Mbit/s}, North: {link: 20 Mbit/s}, South: {link: 20 Mbit/s},
          West: {link: 2 Mbit/s}}
people: {default: {answer: {now: 50 %, defer: 30 %, cancel: 10 %}}}
faults: {installation: 5 %}
commands: [{update: DE, subordinate_units: true, inform_user: 5 min, user_can_cancel: true,
            once: 2018-08-20 11:00}]
expect: [{successful: ">= 50 %"}, {t95: "<= 1 h"}]
"""

SOME_LEFT_ON = """\
zone: UTC
start: 2021-11-05 08:00
horizon: 3 d
doubt: none
image: {name: b.idf, packages: [{name: base, size: 10 MB}]}
fleet: {units: {A: {devices: 8, installed: a.idf}}}
power: {default: {on: mon-fri 07:30-18:00, left_on: 30 %}}
notifications: [{update: A}]
"""
"""A notification that devices left on over the weekend do not come to."""


@cache
def small_answer(runs: int = 6) -> Answer:
    """Return the answer of a few runs."""
    return Experiment(fwsim.loads(SMALL)).run(runs, workers=1)


@cache
def small_result() -> fwsim.Result:
    """Return the first run."""
    return fwsim.simulate(fwsim.loads(SMALL))


@cache
def over_a_night() -> Answer:
    """Return the answer where half of the fleet is told at 16:30 and the rest on the next day."""
    later = SMALL.replace("horizon: 12 h", "horizon: 30 h").partition("commands:")[0]
    commands = """\
commands:
  - {update: DE/North, inform_user: 5 min, once: 2018-08-20 16:30}
  - {update: DE/South, inform_user: 5 min, once: 2018-08-21 09:00}
"""
    return Experiment(fwsim.loads(later + commands)).run(3, workers=1)
