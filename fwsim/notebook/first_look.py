"""The first look at a plan: quick enough to follow the hand, and said as *about*."""

from __future__ import annotations

import math

from fwsim.engine import Engine, choose_engine
from fwsim.experiments.first_looks.scaling import scaled
from fwsim.experiments.first_looks.thinning import Part, thinned
from fwsim.measures.amounts import counted, shown
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.model.rollout import Rollout
from fwsim.results.run.replication import measured
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.setting import Setting
from fwsim.run import play_once, provenance

DEVICES = {Engine.COMPILED: 10_000, Engine.SIMPY: 200}
"""Up to so many all devices are looked at; a larger fleet is stood for by as many."""
MOST_RUNS = 4
DEVICE_RUNS = {Engine.COMPILED: 8_000, Engine.SIMPY: 200}
"""Devices times runs for which a hand waits."""


def devices_of_a_look() -> int:
    """Return how many devices a first look runs with at most."""
    return DEVICES[choose_engine().engine]


def look_at(rollout: Rollout, part: Part) -> Answer:
    """Return a first look at a rollout: a few runs of a part, counts as those of the whole.

    Parameters
    ----------
    rollout
        The whole.
    part
        The devices that stand for it.
    """
    few, stands_for = thinned(rollout, part=part)
    choice = choose_engine()
    wanted = DEVICE_RUNS[choice.engine] // max(len(few.fleet), 1)
    scenario = rollout.scenario
    runs = [
        scaled(
            measured(play_once(few, scenario.seed, run, engine=choice.engine, world=run), run),
            part,
        )
        for run in range(max(1, min(MOST_RUNS, wanted)))
    ]
    origin = {**provenance(scenario, scenario.seed, choice), "one_device_stands_for": stands_for}
    return Answer(Setting.of(rollout), runs, provenance=origin, requested=len(runs))


def look_in_words(look: Answer, part: Part | None) -> str:
    """Return a first look as a sentence; without an interval, for it has none that holds."""
    done = Measure(Kind.SUCCESSFUL)
    said = f"First look: about {shown(look.estimate(done).value, done.definition)} successful"
    for share in (0.95, 0.9, 0.5):
        time = Measure(Kind.TIME_TO, share=share)
        value = look.estimate(time).value
        if math.isfinite(value):
            said += (
                f"; {100 * share:g} % of those that needed the update after about "
                f"{shown(value, time.definition)}, at about {look.wall_clock(time, value)}"
            )
            break
    return f"{said}.{_seen(part)}"


def _seen(part: Part | None) -> str:
    if part is None or len(part.devices) == part.of:
        return ""
    text = f" Seen on {len(part.devices):,} of {part.of:,} devices"
    if part.left_out:
        text += (
            f"; {counted(part.left_out, 'device')} of {counted(part.kinds_left_out, 'rare kind')} "
            "left out"
        )
    return f"{text}."
