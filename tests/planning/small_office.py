"""A scenario that expects something: twenty devices, a fifth of which fail."""

from __future__ import annotations

SCENARIO = """\
name: A small office
zone: Europe/Berlin
start: 2018-08-20 11:00
image: {name: new.idf, packages: [{name: baseos, size: 100 MB}]}
fleet: {units: {DE/Office: {devices: 20, installed: old.idf}}}
faults: {installation: 20 %}
commands: [{update: DE/Office}]
replications: 5
expect:
  - successful by 2018-08-20 18:00: ">= 10 %"
"""
MISSED = '  - t95: "<= 1 h"\n'
