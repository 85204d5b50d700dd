"""A hand-over that was killed can be taken up again, wherever it was killed."""

from __future__ import annotations

import itertools

import pytest

import fwsim
from fwsim.planning.hand_over.hand_over import HandOver, hand_over
from fwsim.planning.hand_over.manifest import handed_files
from fwsim.results.output.folder.manifest import MANIFEST
from fwsim.results.output.writing import bytes_writer
from tests.results.output.test_folder import drafts_near, killed_at
from tests.tiers import in_both_tiers

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


@in_both_tiers("step", short=9, long=4)
@pytest.mark.usefixtures("undrawn")
def test_a_killed_hand_over_is_the_old_one_or_the_new_one_and_can_be_taken_up(
    tmp_path, monkeypatch, step
):
    old, new = plan("09:00"), plan("10:00")
    whole = {}
    for handed in (old, new):
        place = tmp_path / "whole"
        handed.save(place)
        whole[id(handed)] = {p.name: p.read_bytes() for p in place.iterdir()}
    # What is written is known; only the writing is looked at.
    monkeypatch.setattr(
        HandOver,
        "files",
        lambda handed, _: {
            name: bytes_writer(content)
            for name, content in whole[id(handed)].items()
            if name != MANIFEST
        },
    )
    seen = set()
    for number in itertools.count(0, step):
        out = tmp_path / f"out-{number}"
        old.save(out)
        was_killed = killed_at(number, lambda out=out: new.save(out))
        lying = {p.name: p.read_bytes() for p in out.iterdir()}
        assert lying in (whole[id(old)], whole[id(new)])
        seen.add(lying == whole[id(new)])
        new.save(out)
        assert {p.name: p.read_bytes() for p in out.iterdir()} == whole[id(new)]
        assert set(handed_files(out)) == {*whole[id(new)]} - {MANIFEST}
        assert not drafts_near(out)
        if not was_killed:
            break
    assert seen == {True, False}
