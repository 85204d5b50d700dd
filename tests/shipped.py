"""The worked examples that fwsim brings, made ready once for all tests that play them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fwsim
from fwsim.model.rollout import Rollout
from fwsim.run import prepare

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))


@cache
def shipped(path: Path) -> Rollout:
    """Return a worked example's rollout: the same for all who ask, so nobody changes it."""
    return prepare(fwsim.load(path))
