"""Whom targets mean, and what it costs to find that out."""

from __future__ import annotations

import fwsim
from fwsim.model.rollout import Rollout
from fwsim.run import prepare

_MANUAL = "scenarios/manual-example.yaml"


def test_a_target_is_found_without_a_look_at_every_unit(monkeypatch):
    looks: list[None] = []
    mixes = Rollout.installed_mixes
    monkeypatch.setattr(Rollout, "installed_mixes", lambda self: looks.append(None) or mixes(self))
    rollout = prepare(fwsim.load(_MANUAL))
    looks.clear()
    target = rollout.runs[0].command.target
    found = [rollout.find(target).tolist() for _ in range(100)]
    assert len(looks) <= 1
    assert found == 100 * [found[0]]
