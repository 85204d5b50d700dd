"""What logs tell by counting: wake-up, habits of the power switch, faults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fwsim.learning.before import stated_share
from fwsim.learning.counted import (
    MAYBE_OFF,
    Tally,
    fault_tallies,
    power_tallies,
    waking,
)
from fwsim.learning.failed_in import failures_in
from fwsim.learning.journeys import Journeys
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.shares import clustered, share_after, share_between
from fwsim.learning.writing import Asked, digits, moved, share_cells
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO
from fwsim.quantities.beliefs import ENOUGH_ROLLOUTS, About, Belief, Between, Scale, Support
from fwsim.scenario.belief_values import SHARE, written
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.sections import PowerSection

_DIGITS = 3


def share_input(
    place: tuple[str, ...],
    tally: Tally,
    before: Belief | None,
    noun: str,
    asked: Asked,
    *,
    kept: Kept,
) -> Input:
    """Return a share from counts, by cluster and rollout.

    Parameters
    ----------
    place
        Its keys.
    tally
        Counts.
    before
        What the scenario believes of it; None if it is not in doubt.
    noun
        What is counted.
    asked
        How many draws.
    kept
        Why it is kept where nothing was counted.
    """
    _, of = tally.total
    if not of:
        return Input(place=place, noun=noun, kept=kept)
    belief, rollouts = _counted(tally, before)
    chances = asked.luck(place).random((asked.rows, 1))
    drawn = moved(belief.quantile(chances)[:, 0], asked.steps(place, rollouts)[:, 0], Scale.LOGIT)
    return Input(
        place=place,
        value=written(_with_few_digits(belief), SHARE),
        noun=noun,
        observations=of,
        rollouts=rollouts,
        columns={".".join(place): share_cells(drawn)},
    )


def _with_few_digits(belief: Belief) -> Belief:
    """Return a belief as a person would write it."""
    if isinstance(belief, Between):
        low, high = (digits(end, _DIGITS) for end in (belief.low, belief.high))
        return replace(belief, low=low, high=high) if 0 < low < high < 1 else belief
    if not isinstance(belief, About):
        return belief
    share, worth = (digits(number, _DIGITS) for number in (belief.share, belief.worth))
    return replace(belief, share=share, worth=int(worth) if worth.is_integer() else worth)


def _counted(tally: Tally, before: Belief | None) -> tuple[Belief, int]:
    """Return what counts leave to be believed, and of how many rollouts they are."""
    told = tally.of.sum(axis=0) > 0
    rollouts = int(told.sum())
    if rollouts >= ENOUGH_ROLLOUTS:
        return share_between(tally.hits.sum(axis=0)[told], tally.of.sum(axis=0)[told]), rollouts
    counts = clustered(tally.hits.sum(axis=1), tally.of.sum(axis=1))
    return share_after(before, counts.hits, counts.of, Support(rollouts=rollouts)), rollouts


def count_inputs(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return faults by phase, wake-up, and habits of the power switch."""
    scenario, found = rollout.scenario, []
    untold = failures_in(journeys).phases
    for phase, tally in fault_tallies(journeys, rollout).items():
        is_silent = phase in MAYBE_OFF and not tally.total[0]
        kept = Kept.NO_FAULT if is_silent else Kept.PHASE_NOT_REACHED
        if phase in untold:
            kept = Kept.FAULT_NOT_TOLD
        some = Tally(tally.hits[:0], tally.of[:0]) if is_silent or phase in untold else tally
        found.append(
            share_input(
                ("faults", phase),
                some,
                stated_share(scenario.faults, phase),
                "update",
                asked,
                kept=kept,
            )
        )
    woken = waking(journeys, rollout)
    for name, tally, noun in (
        ("wake_up_sites", woken.sites, "site"),
        ("wake_up_devices", woken.devices, "wake-up"),
    ):
        before = stated_share(scenario.assumptions, name)
        found.append(
            share_input(("assumptions", name), tally, before, noun, asked, kept=Kept.NOBODY_WOKEN)
        )
    tallies = power_tallies(journeys, rollout)
    of_first = (journeys.is_look & (journeys.early <= LONG_AGO)).any()
    none = {
        "left_on": Kept.FIRST_EXPORT if of_first else Kept.NONE_OFF,
        "unreported": Kept.NONE_OFF,
    }
    names = (name if name in scenario.power else DEFAULT for name in rollout.fleet.power.values)
    for kind in dict.fromkeys(names):
        section = scenario.power.get(kind, PowerSection())
        for name in ("left_on", "unreported"):
            seen = tallies.get((kind, name), Tally(_NONE, _NONE))
            before = stated_share(section, name)
            found.append(
                share_input(("power", kind, name), seen, before, "device", asked, kept=none[name])
            )
    return found


_NONE = np.zeros((0, 1), np.int64)
