"""The first look at a plan: quick enough to follow the hand, and said as *about*."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fwsim.engine import Engine, choose_engine, clock_is_at_hand
from fwsim.experiments.first_looks.scaling import scaled
from fwsim.experiments.first_looks.thinning import Part, thinned
from fwsim.measures.amounts import counted, shown
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.quantities.units import write_share
from fwsim.results.run.measuring import usual_measures
from fwsim.results.run.replication import Replication, measured
from fwsim.results.run.tallied import weeks_of
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.headline import LESS, SHARE
from fwsim.results.statistics.in_words import moment_in_words, none_needs_it
from fwsim.results.statistics.setting import Setting
from fwsim.run import count_once

DEVICES = {Engine.COMPILED: 20_000, Engine.SIMPY: 200}
"""Up to so many all devices are looked at; a larger fleet is stood for by as many."""
MOST_RUNS = 3
"""Odd, so that their middle is one of them."""
DEVICE_RUNS = {Engine.COMPILED: 5_000, Engine.SIMPY: 200}
"""Devices times runs for which a hand waits."""


def engine_of_a_look() -> Engine:
    """Return the clock that plays a first look: SimPy while the other is being compiled."""
    return choose_engine().engine if clock_is_at_hand() else Engine.SIMPY


def devices_of_a_look() -> int:
    """Return how many devices a first look runs with at most."""
    return DEVICES[engine_of_a_look()]


def runs_of_a_look(devices: int, *, quick: bool = False) -> int:
    """Return how many runs a look at so many devices makes; while a hand moves, one."""
    wanted = DEVICE_RUNS[engine_of_a_look()] // max(devices, 1)
    return 1 if quick else max(1, min(MOST_RUNS, wanted))


def nearest_the_middle(answer: Answer) -> tuple[int, ...]:
    """Return the numbers of the runs whose curves are nearest the middle, the nearest first.

    A run has the same luck whatever the plan, so these tell of a plan a little different better
    than any few runs would.
    """
    curves = answer.completion_curves()
    far = np.abs(curves - np.median(curves, axis=0)).sum(axis=1)
    order = np.argsort(far, kind="stable")[:MOST_RUNS]
    return tuple(answer.replications[place].number for place in order.tolist())


def look_at(
    rollout: Rollout,
    part: Part,
    more: tuple[Measure, ...] = (),
    *,
    numbers: Sequence[int] = (),
    setting: Setting | None = None,
) -> Answer:
    """Return a first look at a rollout: a few runs of a part, counts as those of the whole.

    Parameters
    ----------
    rollout
        The whole.
    part
        The devices that stand for it.
    more
        Measures wanted beside the usual ones.
    numbers
        Which runs; by default the first few.
    setting
        Of the rollout, where it is known.
    """
    few, stands_for = thinned(rollout, part=part)
    engine = engine_of_a_look()
    scenario = rollout.scenario
    weeks = weeks_of([*usual_measures(few), *more])

    def look(run: int) -> Replication:
        counts = count_once(few, scenario.seed, run, weeks, engine=engine, world=run)
        return scaled(measured(counts, run, more), part)

    runs = [look(run) for run in numbers or range(runs_of_a_look(len(few.fleet)))]
    origin = {"scenario": scenario.name, "seed": scenario.seed, "one_device_stands_for": stands_for}
    shown_as = Setting.of(rollout) if setting is None else setting
    return Answer(shown_as, runs, provenance=origin, requested=len(runs))


def is_first_look(shown: Answer) -> bool:
    """Tell a first look from an answer, which may have as few runs."""
    return "replications" not in shown.provenance


def look_in_words(look: Answer, part: Part | None) -> str:
    """Return a first look as a sentence; *about*, for its few runs are no forecast.

    Like a headline it is always about 95 % of the devices that need the update; where they do not
    get it, it says so and adds the largest of 90 % and 50 % that do.
    """
    done = Measure(Kind.SUCCESSFUL)
    share = shown(median(look.values(done)), done.definition)
    text = say("first_look.both", successful=share, over=_over_when(look))
    seen = seen_in_words(part)
    if not seen:
        return say("first_look.sentence", text=text)
    return say("first_look.sentence_seen", text=text, seen=seen)


def seen_in_words(part: Part | None) -> str:
    """Return on how many devices a first look was, and what it left out; nothing if on all."""
    if part is None or len(part.devices) == part.of:
        return ""
    seen = say("first_look.seen", devices=len(part.devices), of=part.of)
    if not part.left_out:
        return seen
    left_out = counted(part.left_out, "device")
    kinds = counted(part.kinds_left_out, "rare kind")
    return say("first_look.left_out", seen=seen, devices=left_out, kinds=kinds)


def _over_when(look: Answer) -> str:
    def at(share: float) -> str | None:
        value = median(look.values(Measure(Kind.TIME_TO, share=share)))
        return moment_in_words(look.moment(value)) if math.isfinite(value) else None

    to_whole = Measure(Kind.TIME_TO, share=SHARE)
    if none_needs_it(look.values(to_whole), to_whole):
        return say("first_look.none_needs_it")
    whole = write_share(SHARE)
    if (when := at(SHARE)) is not None:
        return say("first_look.over", share=whole, at=when)
    for share in LESS:
        if (when := at(share)) is not None:
            return say("first_look.less", share=whole, less=write_share(share), at=when)
    return say("first_look.never")
