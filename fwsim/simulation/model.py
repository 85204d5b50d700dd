"""The SimPy model: the model of record."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import simpy

from fwsim.garbage import looked_for_seldom
from fwsim.model.draws import Draws
from fwsim.model.event_rank import EventRank
from fwsim.model.past_load import with_bytes_of_the_past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import DevicesProgress, LinkLoad, RunOutput, StatusLog
from fwsim.simulation.clock import Timer
from fwsim.simulation.devices import Devices
from fwsim.simulation.proxy import Proxies
from fwsim.simulation.self_starters import start_by_themselves
from fwsim.simulation.server import Server
from fwsim.simulation.world import World


def play(
    rollout: Rollout,
    draws: Draws,
    env: simpy.Environment | None = None,
    *,
    until: int | None = None,
    progress: DevicesProgress | None = None,
    opened: Callable[[StatusLog], None] | None = None,
) -> RunOutput:
    """Play a rollout on a SimPy clock.

    Parameters
    ----------
    rollout, draws
        What is certain, and what is not.
    env
        Any SimPy environment at time 0, for example a `simpy.rt.RealtimeEnvironment` whose
        factor says how many seconds a simulated millisecond takes. A new one by default.
    until
        Milliseconds at which to stop; the horizon if that comes first. What happens at that
        very millisecond still counts.
    progress
        Told now and then how far the run is.
    opened
        Given the status log before the first line is written, for those who watch it grow.

    Raises
    ------
    ValueError
        If the environment's clock does not stand at 0.
    """
    env = env if env is not None else simpy.Environment(initial_time=0)
    if env.now != 0:
        raise ValueError(f"the environment's clock stands at {env.now}, expected 0")
    with looked_for_seldom():  # devices and their jobs are many, and leave little in circles
        return _play(env, rollout, draws, until, progress, opened)


def _play(
    env: simpy.Environment,
    rollout: Rollout,
    draws: Draws,
    until: int | None,
    progress: DevicesProgress | None,
    opened: Callable[[StatusLog], None] | None,
) -> RunOutput:
    world = World(env, rollout, draws, progress)
    if opened is not None:
        opened(world.log)
    devices = Devices(world)
    Server(world, devices)
    proxies = world.proxies = Proxies(world, devices)
    if draws.past is not None:
        world.network.go_on_after(draws.past.until)
    start_by_themselves(world, devices)
    end = rollout.end_by(until)
    world.end_if_idle()
    horizon = Timer(env, end, EventRank.HORIZON, 0)
    env.run(until=world.over | horizon)
    return RunOutput(
        world.log.columns(), _load(world), proxies.load(), int(env.now), world.corrected
    )


def _load(world: World) -> LinkLoad:
    """Return what every line carried, the bytes among it that only a log tells of."""
    line, device, size = np.array(world.missing_bytes, np.int64).reshape(-1, 3).T
    site = world.rollout.fleet.site.codes[device].astype(np.int64)
    return with_bytes_of_the_past(
        world.network.load(), world.draws.past, world.rollout, line, site, size
    )
