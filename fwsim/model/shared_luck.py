"""Worlds and luck of runs, drawn once for plans that differ in their commands alone.

Whatever is commanded, run n meets the same world, the same people and the same faults. Whoever
changes a command again and again need not have them drawn again and again.
"""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.draws import Draws
from fwsim.model.rollout import Rollout

MOST_BYTES = 96_000_000
"""What is kept of one plan's relatives; runs beyond it draw anew."""
BYTES_A_DEVICE = 32 * 8
"""Of a run: about so many rows are ever asked for."""
BYTES_A_LINE = 1_000
"""Of a run: each line has a section of its own in its drawn world."""
_KEPT: WeakKeyDictionary[Rollout, dict[tuple[int, int, int], Draws]] = WeakKeyDictionary()
_KEEPING = Lock()


def shared_draws(elder: Rollout, luck: Chances, world: int) -> Draws:
    """Return the draws of one run on the rollout from which others come by `Rollout.commanded`.

    Parameters
    ----------
    elder
        That rollout.
    luck
        Of the run.
    world
        Which draw of what nobody knows.

    Returns
    -------
    Draws
        On the elder in its drawn world; its rows are those of every relative.
    """
    key = luck.seed, luck.replication, world
    with _KEEPING:
        kept = _KEPT.setdefault(elder, {})
        known = kept.get(key)
    if known is not None:
        return known
    draws = Draws(doubted(elder).drawn(Chances(luck.seed, world)), luck)
    with _KEEPING:
        each = len(elder.fleet) * BYTES_A_DEVICE + len(elder.hub_of) * BYTES_A_LINE
        if (len(kept) + 1) * each <= MOST_BYTES:
            kept[key] = draws
    return draws


def in_world(rollout: Rollout, world: Rollout) -> Rollout:
    """Return a rollout in a world that was drawn for a relative with other commands.

    Where that laid the fleet anew, it is there already: no command shapes it.
    """
    ready = doubted(rollout)
    mine, commands = ready.rollout, ready.rollout.scenario.commands
    if not ready.lays_anew:
        scenario = world.scenario.model_copy(update={"commands": commands})
        return mine.under(scenario, fault_shares=world.drawn_fault_shares)
    other = world.commanded(commands, mine.given_runs)
    other.elder, other.kept = None, mine.kept
    return other
