"""What inputs do to how far a rollout is by now: runs with each as it is, and as it was believed.

Both are played from the start, under the same luck, up to now; all else is as was learnt. A run
that keeps to the log could not tell: its past is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.experiments.run_spec import RunSpec, played
from fwsim.experiments.workers import each_in_order
from fwsim.learning.under_way.done_by import successes_in
from fwsim.learning.under_way.drawn_numbers import Key
from fwsim.learning.under_way.sent_later import LateCommands
from fwsim.model.doubt import with_values
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Law, scaled
from fwsim.scenario.copying import copied
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario

FEWEST_PAIRS, MOST_PAIRS = 8, 30
_WORTH_THREADS = 100_000
"""Runs of devices from which on threads are faster than none."""
_PAIRS = 1 / 8
"""Of the runs of a forecast, so that what is put back takes a small part of its time."""


@dataclass(frozen=True)
class Suspect:
    """What may move a rollout, and can be put back to what was believed.

    Parameters
    ----------
    keys
        Its numbers: those of one input, or of inputs that are put back together.
    before, now
        Of each, what was believed and what is, in the middle.
    is_by_site
        Whether each number is a site's own.
    late
        Commands that began late, which are no number.
    """

    keys: tuple[Key, ...]
    before: tuple[float, ...]
    now: tuple[float, ...]
    is_by_site: bool = False
    late: LateCommands | None = None


@dataclass(frozen=True)
class Pairs:
    """How what is put back is seen: in pairs of runs up to now.

    Parameters
    ----------
    plain
        Runs of what is believed now, up to now, without their past.
    count
        How many runs with each suspect, and without.
    devices
        How many the rollout is for.
    workers
        Runs at a time; None takes one a processor.
    counted
        Which devices the log shows as commanded, shape (devices,); None counts all.
    """

    plain: RunSpec
    count: int
    devices: int
    workers: int | None = None
    counted: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Held:
    """Holds numbers of the world of a run at values; travels to other processes."""

    numbers: tuple[tuple[Key, float], ...]

    def __call__(self, rollout: Rollout) -> Rollout:
        """Return a run's rollout with the numbers held."""
        world = _with_sites(rollout.scenario, [place for (place, _), _ in self.numbers])
        tree: dict[Any, Any] = {}
        for (place, part), number in self.numbers:
            path = (*place, part) if part else place
            here = tree
            for key in path[:-1]:
                here = here.setdefault(key, {})
            here[path[-1]] = _like(_value_at(world, path), number)
        return rollout.under(with_values(world, tree), fault_shares=rollout.drawn_fault_shares)


def _with_sites(scenario: Scenario, places: Iterable[Sequence[str]]) -> Scenario:
    """Return a scenario in which each of some sites has a section of its own."""
    sites = scenario.network.sites
    named = [place[2] for place in places if tuple(place[:2]) == ("network", "sites")]
    own = {name: sites[DEFAULT] for name in named if name not in sites}
    if not own:
        return scenario
    network = copied(scenario.network, {"sites": {**sites, **own}})
    return scenario.model_copy(update={"network": network})


def _value_at(scenario: Any, path: Sequence[str]) -> Any:
    here = scenario
    for key in path:
        here = here[key] if isinstance(here, Mapping) else getattr(here, key)
    return here


def _like(old: Any, number: float) -> Any:
    """Return a number as what stands at its place: a law with that middle, a whole number."""
    if isinstance(old, Law):
        middle = float(old.quantile(np.array([0.5]))[0])
        return scaled(old, number / middle) if middle > 0 else old
    return round(number) if isinstance(old, int) else number


def pairs_of(runs: int) -> int:
    """Return how many runs are made with each input put back, of a forecast of so many."""
    return min(max(round(_PAIRS * runs), FEWEST_PAIRS), MOST_PAIRS)


def moved_by_each(pairs: Pairs, suspects: Sequence[Suspect], devices: int) -> Iterable[Floats]:
    """Yield by how many more devices are done for each suspect; each of shape (pairs, sites).

    Parameters
    ----------
    pairs
        Of runs.
    suspects
        What is put back, each alone.
    devices
        How many the fleet has.
    """
    now = _held(suspects)
    plain = replace(pairs.plain, change=Held(tuple(now.items())))
    orders = [plain, *(_without(one, plain, now) for one in suspects)]
    jobs = [(order, number) for order in orders for number in range(pairs.count)]
    is_large = len(jobs) * devices >= _WORTH_THREADS
    workers = pairs.workers if is_large else 1
    counting = partial(done_by_site, counted=pairs.counted)
    runs = list(each_in_order(counting, jobs, workers=workers, executor=None))
    base = np.array(runs[: pairs.count])
    for place in range(1, len(orders)):
        yield base - np.array(runs[place * pairs.count : (place + 1) * pairs.count])


def _without(one: Suspect, plain: RunSpec, now: Mapping[Key, float]) -> RunSpec:
    """Return the runs in which a suspect is put back."""
    if one.late is not None:
        return replace(plain, rollout=one.late.on_time)
    return replace(plain, change=Held(tuple({**now, **_held_before(one)}.items())))


def _held(suspects: Iterable[Suspect]) -> dict[Key, float]:
    return {key: n for one in suspects for key, n in zip(one.keys, one.now, strict=True)}


def _held_before(one: Suspect) -> dict[Key, float]:
    return dict(zip(one.keys, one.before, strict=True))


def done_by_site(order: RunSpec, number: int, counted: NDArray[np.bool_] | None = None) -> Floats:
    """Return how many of the devices that count are done at each site when a run is stopped."""
    record = played(order, number)
    sites = record.rollout.fleet.site
    devices = successes_in(record.judged.log).device
    if counted is not None:
        devices = devices[counted[devices]]
    return np.bincount(sites.codes[devices], minlength=len(sites.values)).astype(np.float64)
