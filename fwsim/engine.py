"""Which of the two clocks plays a rollout, and why.

The compiled clock is the default; both write the same status log. SimPy plays where somebody
takes part while it runs, or where the compiled clock cannot be built.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import metadata

import simpy

from fwsim.messages import ENGLISH, say, speaking
from fwsim.messages.retelling import why_simpy_again
from fwsim.model.draws import Draws
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import DevicesProgress, RunOutput, StatusLog
from fwsim.model.tally import Tally, Wanted
from fwsim.problems import InputError, Problem

TIMES_SLOWER = 70
"""SimPy, than the compiled clock, for about `AT_DEVICES` devices (docs/performance.md)."""
AT_DEVICES = 10_000
BELOW_NUMBA = (0, 69)
"""Newer ones are refused (pyproject.toml): the clock leans on how numba links functions."""
_TOLD: set[str] = set()
"""Reasons told in this process: once is enough."""


@cache
def installed_version(distribution: str) -> str:
    """Return which version is installed; every result names several, and reading takes long."""
    return metadata.version(distribution)


class SlowClockWarning(UserWarning):
    """SimPy is used though nobody asked for it: the log is the same, but it takes longer."""


class Engine(StrEnum):
    """The clocks."""

    COMPILED = "compiled"
    SIMPY = "simpy"

    def simulate(
        self,
        rollout: Rollout,
        draws: Draws,
        *,
        until: int | None = None,
        env: simpy.Environment | None = None,
        progress: DevicesProgress | None = None,
        opened: Callable[[StatusLog], None] | None = None,
    ) -> RunOutput:
        """Play a rollout; both clocks write the same log.

        Parameters
        ----------
        rollout, draws
            What is certain, and what is not.
        until, env, progress, opened
            As for `fwsim.simulate`; an environment and a watcher need the SimPy clock.
        """
        return _CLOCKS[self].play(rollout, draws, until, env, progress, opened)

    @property
    def can_tally(self) -> bool:
        """Whether the clock can count a run instead of keeping its log."""
        return _CLOCKS[self].tally is not None

    def tally(
        self, rollout: Rollout, draws: Draws, wanted: Wanted, *, until: int | None = None
    ) -> Tally:
        """Play a rollout and count it on the way; there is no log.

        Parameters
        ----------
        rollout, draws, until
            As for `simulate`.
        wanted
            What it is counted by.

        Raises
        ------
        ValueError
            If this clock cannot.
        """
        tally = _CLOCKS[self].tally
        if tally is None:
            raise ValueError(f"{self} keeps a log")
        return tally(rollout, draws, wanted, until)

    def versions(self) -> dict[str, str]:
        """Return the versions of the libraries that the clock stands on."""
        return {name: installed_version(name) for name in _CLOCKS[self].libraries}


def _play_compiled(
    rollout: Rollout,
    draws: Draws,
    until: int | None,
    _env: simpy.Environment | None,
    progress: DevicesProgress | None,
    _opened: Callable[[StatusLog], None] | None,
) -> RunOutput:
    from fwsim.compiled.model import play

    return play(rollout, draws, until=until, progress=progress)


def _tally_compiled(rollout: Rollout, draws: Draws, wanted: Wanted, until: int | None) -> Tally:
    from fwsim.compiled.model import tally

    return tally(rollout, draws, wanted, until=until)


def _play_simpy(
    rollout: Rollout,
    draws: Draws,
    until: int | None,
    env: simpy.Environment | None,
    progress: DevicesProgress | None,
    opened: Callable[[StatusLog], None] | None,
) -> RunOutput:
    from fwsim.simulation.model import play

    return play(rollout, draws, env, until=until, progress=progress, opened=opened)


@dataclass(frozen=True, slots=True)
class _Clock:
    """What a clock is made of: how it plays, how it counts, and the libraries it stands on."""

    play: Callable[..., RunOutput]
    libraries: tuple[str, ...]
    tally: Callable[..., Tally] | None = None


_CLOCKS = {
    Engine.COMPILED: _Clock(_play_compiled, ("numba", "llvmlite"), _tally_compiled),
    Engine.SIMPY: _Clock(_play_simpy, ("simpy",)),
}


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which clock plays.

    Parameters
    ----------
    engine
        The clock.
    why
        Why it is not the compiled one, where nobody asked for SimPy; in English, for it is kept
        in files.
    """

    engine: Engine
    why: str = ""

    def told(self) -> dict[str, str]:
        """Return what a result tells of it."""
        return {"engine": self.engine.value} | ({"why_engine": self.why} if self.why else {})


def choose_engine(
    wanted: Engine | str | None = None,
    *,
    env: simpy.Environment | None = None,
    opened: Callable[[StatusLog], None] | None = None,
) -> EngineChoice:
    """Return the clock that plays, made ready.

    Parameters
    ----------
    wanted
        ``compiled`` or ``simpy``; by default the compiled one where it can play.
    env, opened
        As for `fwsim.simulate`: what only the SimPy clock can do.

    Raises
    ------
    InputError
        If the wanted clock cannot play.
    """
    named = None if wanted is None else _read(wanted)
    if named is Engine.SIMPY:
        return EngineChoice(Engine.SIMPY)
    taking_part = _taking_part(env, opened)
    why = taking_part or _not_built()
    if not why:
        return EngineChoice(Engine.COMPILED)
    if named is Engine.COMPILED:
        text = say("engine.cannot_play", why=why_simpy_again(why))
        raise InputError([Problem(text, source="compiled")])
    if not taking_part and why not in _TOLD:
        _TOLD.add(why)
        words = {"times": TIMES_SLOWER, "devices": AT_DEVICES, "why": why_simpy_again(why)}
        text = say("engine.slower", **words)
        warnings.warn(text, SlowClockWarning, stacklevel=2)
    return EngineChoice(Engine.SIMPY, why)


def clock_is_at_hand() -> bool:
    """Tell whether `choose_engine` answers at once: nothing has to be compiled first."""
    from fwsim.compiled.machine_code import is_at_hand

    return _not_built.cache_info().currsize > 0 or bool(_too_new()) or is_at_hand()


def compile_beside(tell: Callable[[int, int], None], over: Callable[[], None]) -> None:
    """Compile the clock in a thread of its own.

    Parameters
    ----------
    tell
        Called with how many functions are compiled, and of how many.
    over
        Called when the clock is there, or it is known that it cannot be had.
    """
    from fwsim.compiled.first_use import watched

    def work() -> None:
        with watched(tell):
            _not_built()
        over()

    threading.Thread(target=work, daemon=True).start()


def _read(wanted: Engine | str) -> Engine:
    try:
        return Engine(wanted)
    except ValueError:
        text = say("engine.unknown", name=str(wanted), one=Engine.COMPILED, other=Engine.SIMPY)
        raise InputError([Problem(text, source="engine")]) from None


@speaking(ENGLISH)
def _taking_part(env: simpy.Environment | None, opened: Callable[[StatusLog], None] | None) -> str:
    if env is not None:
        return say("engine.own_environment")
    return say("engine.watched") if opened is not None else ""


@speaking(ENGLISH)
def _too_new() -> str:
    """Return why the compiler is not one that the clock is built with, or an empty text."""
    installed = installed_version("numba")
    if tuple(map(int, installed.split(".")[:2])) < BELOW_NUMBA:
        return ""
    below = ".".join(map(str, BELOW_NUMBA))
    return say("engine.too_new", installed=installed, below=below)


@cache
def _not_built() -> str:
    """Build or load the compiled clock; return why that is not possible, or an empty text."""
    if why := _too_new():
        return why
    try:
        from fwsim.compiled.first_use import built

        built()
    except Exception as error:  # noqa: BLE001 - whatever the compiler dies of, SimPy can play
        with speaking(ENGLISH):
            return say("engine.not_built", error=str(error))
    return ""
