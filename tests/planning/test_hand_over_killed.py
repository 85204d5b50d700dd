"""A hand-over that was killed can be taken up again, wherever it was killed."""

from __future__ import annotations

import fwsim
from fwsim.planning.hand_over import hand_over
from fwsim.planning.manifest import handed_files
from tests.results.test_folder import drafts_near, killed_at

COMMANDS = "commands: [{update: DE, once: 2024-01-01 TIME}]"
TEXT = """\
zone: UTC
start: 2024-01-01 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 5 MB}]}
fleet: {units: {DE: {devices: 3, installed: o.idf}}}
"""


def plan(hour: str):
    model = fwsim.loads(TEXT + COMMANDS.replace("TIME", hour))
    return hand_over(model, model, runs=2, workers=1)


def test_a_killed_hand_over_is_the_old_one_or_the_new_one_and_can_be_taken_up(tmp_path):
    old, new = plan("09:00"), plan("10:00")
    whole = {}
    for name, handed in (("old", old), ("new", new)):
        handed.save(tmp_path / name)
        whole[name] = {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()}
    seen = set()
    for number in range(0, 200, 3):
        out = tmp_path / f"out-{number}"
        old.save(out)
        was_killed = killed_at(number, lambda out=out: new.save(out))
        lying = {p.name: p.read_bytes() for p in out.iterdir()}
        assert lying in (whole["old"], whole["new"])
        seen.add(lying == whole["new"])
        new.save(out)
        assert {p.name: p.read_bytes() for p in out.iterdir()} == whole["new"]
        assert set(handed_files(out)) == set(whole["new"]) - {"fwsim-manifest.json"}
        assert not drafts_near(out)
        if not was_killed:
            break
    assert seen == {True, False}
