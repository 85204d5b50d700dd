"""A scenario of which nothing is said, and what is said of one with changes."""

from __future__ import annotations

from pathlib import Path

import fwsim
from fwsim.messages import GERMAN, speaking
from fwsim.problems import Severity
from fwsim.run import prepare, warnings_of
from tests.messages.translations import english_left

GOOD = {
    "zone": "Europe/Berlin",
    "start": "2024-01-01 08:00",  # a Monday
    "horizon": "2 d",
    "image": "{name: n.idf, packages: [{name: a, size: 500 MB}]}",
    "fleet": "{units: {DE: {devices: 3, installed: o.idf}}}",
    "network": "{sites: {default: {link: 10 Mbit/s}}}",
    "commands": "[{update: DE, inform_user: 5 min, once: 2024-01-01 20:00}]",
}


TWO = "{a: {name: a.idf, packages: [{name: p, size: 5 MB}]}, b: {name: b.idf, packages: [{name: p, size: 6 MB}]}}"  # noqa: E501


def told(tmp_path: Path, changes: dict[str, str | None]) -> list[str]:
    values = {**GOOD, **changes}
    text = "".join(f"{key}: {value}\n" for key, value in values.items() if value is not None)
    rollout = prepare(fwsim.loads(text, source="s.yaml", folder=tmp_path))
    found = warnings_of(rollout)
    assert {problem.severity for problem in found} <= {Severity.WARNING}
    with speaking(GERMAN):
        in_german = [str(problem).splitlines()[0] for problem in warnings_of(rollout)]
    assert len(in_german) == len(found)
    assert not [text for text in in_german if english_left(text)]
    return [str(problem).splitlines()[0] for problem in found]
