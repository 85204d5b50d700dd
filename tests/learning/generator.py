"""A small world of its own, in numpy alone: people in front of notices, whose truth is known."""

from __future__ import annotations

import numpy as np

from fwsim.learning.notices import Ended, Notices

NOW, DEFER, CANCEL = 1, 2, 4
ALL = NOW + DEFER + CANCEL
TRUTH = (0.55, 0.35, 0.05)


def notices_of(
    seed,
    devices,
    *,
    shares=TRUTH,
    median=25.0,
    spread=1.2,
    seconds=60.0,
    persistence=0.0,
    each=1,
    offered=ALL,
    rule="ignored",
):
    """Return the notices of some devices, each asked `each` times."""
    luck = np.random.default_rng(seed)
    person = np.repeat(np.arange(devices), each)
    own = np.repeat(luck.random(devices), each)
    as_ever = luck.random(devices * each) < persistence
    chance = np.where(as_ever, own, luck.random(devices * each))
    answer = answers_to(chance, shares, offered, rule)
    wait = median * np.exp(spread * luck.standard_normal(devices * each))
    clicked = (answer < 3) & (wait <= seconds)
    end = np.where(clicked, wait, seconds)
    return Notices(
        person,
        np.where(clicked, answer, Ended.SILENT).astype(np.int8),
        end,
        end,
        np.full(len(person), offered, np.int8),
        np.full(len(person), seconds),
        np.zeros(len(person)),
    )


def answers_to(chance, shares, offered, rule):
    """Return what chances answer; 3 is nothing.

    Written anew and not as fwsim writes it: each wish is made, then looked at whether its button
    is there.
    """
    wish = np.searchsorted(np.cumsum(shares), chance, side="right")
    has = np.array([True, bool(offered & DEFER), bool(offered & CANCEL), True])
    if rule == "ignored":
        return np.where(has[wish], wish, 3)
    there = np.array(shares) * has[:3]
    if rule == "buttons":
        to = there / there.sum() * sum(shares)
        return np.searchsorted(np.cumsum(to), chance, side="right")
    raise ValueError(rule)
