"""A rollout played in accelerated real time: the same model, a clock that can be paused."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

import numpy as np
import simpy
from numpy.typing import NDArray

from fwsim.beside_files import load
from fwsim.engine import Engine
from fwsim.model.first_due import what_is_due
from fwsim.model.status_log import LogColumns, StatusLog
from fwsim.results.run.stages import STAGES
from fwsim.results.run.stamps import told_stamps
from fwsim.results.run.standing import stages_after
from fwsim.results.run.tables import log_table
from fwsim.run import play_once, prepare
from fwsim.scenario.schema import Scenario

USUAL_SPEED = 600
"""Simulated seconds in a second."""
SHOWN_LINES = 12
PATIENCE, NEAR = 0.05, 1e-6
"""Seconds between two looks at the buttons, and from which on an event is due."""


class PlayState(Enum):
    """How a run stands; the value is its word."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    OVER = "over"
    FAILED = "failed"


class StoppedError(Exception):
    """The run was stopped by its watcher."""


class PacedEnvironment(simpy.Environment):
    """A SimPy environment that keeps pace with a wall clock; it can be changed, paused, stopped.

    Parameters
    ----------
    speed
        Simulated seconds in a second.
    clock
        Gives the seconds of a clock that only goes forward.
    wait
        Waits so many seconds, or until the event is set.
    """

    def __init__(
        self,
        speed: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        super().__init__(initial_time=0)
        self._speed, self._clock, self._wait = speed, clock, wait
        self._lock = threading.Lock()
        self._paused = self._stopped = False
        self._changed = threading.Event()
        self._since, self._from = clock(), 0.0

    def shown_now(self) -> float:
        """Return the time that a watcher is shown, milliseconds: it goes on between events."""
        with self._lock:
            return self._shown()

    def _shown(self) -> float:
        at = self._from
        if not self._paused:
            at += (self._clock() - self._since) * 1000 * self._speed
        due = self.peek()
        # An event may be late, if much happens at once; the next is never ahead of its time.
        return max(self.now, min(at, due)) if due < math.inf else max(self.now, self._from)

    def _set_out(self) -> None:
        self._from, self._since = self._shown(), self._clock()

    def set_speed(self, speed: float) -> None:
        """Go on at another pace from now on."""
        with self._lock:
            self._set_out()
            self._speed = speed
        self._changed.set()

    def pause(self, *, on: bool) -> None:
        """Hold the clock, or let it go on."""
        with self._lock:
            self._set_out()
            self._paused = on
        self._changed.set()

    @property
    def is_paused(self) -> bool:
        """Whether the clock is held."""
        return self._paused

    def stop(self) -> None:
        """End the run."""
        self._stopped = True
        self._changed.set()

    def step(self) -> None:
        """Wait until it is time for the next event, then handle it."""
        while True:
            self._changed.clear()
            if self._stopped:
                raise StoppedError
            with self._lock:
                due = self.peek()
                left = (due - self._shown()) / (1000 * self._speed)
                # With no event left, SimPy says that it is over.
                if (left <= NEAR and not self._paused) or due == math.inf:
                    super().step()
                    return
            self._wait(self._changed, PATIENCE if self._paused else min(left, PATIENCE))


class LiveRun:
    """One run, watched while it is made.

    Parameters
    ----------
    scenario
        What is played, or the path of its file.
    """

    def __init__(self, scenario: Scenario | str | Path) -> None:
        self.scenario = scenario if isinstance(scenario, Scenario) else load(scenario)
        self.rollout = prepare(self.scenario)
        self.env: PacedEnvironment | None = None
        self._log: StatusLog | None = None
        self._stood: tuple[LogColumns, NDArray[np.int64]] | None = None
        self._thread: threading.Thread | None = None
        self._is_stopped = False
        self.error = ""

    @property
    def is_running(self) -> bool:
        """Whether the clock has not come to its end."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def state(self) -> PlayState:
        """How the run stands."""
        if self.env is None:
            return PlayState.NOT_STARTED
        if self.is_running and not self._is_stopped:
            return PlayState.PAUSED if self.env.is_paused else PlayState.RUNNING
        if self.error:
            return PlayState.FAILED
        return PlayState.STOPPED if self._is_stopped else PlayState.OVER

    def start(self, speed: float = USUAL_SPEED) -> None:
        """Begin to play from the beginning, in a thread of its own; a paused run goes on."""
        if self.is_running:
            self.pause(on=False)
            return
        self.begin(PacedEnvironment(speed))
        self._thread = threading.Thread(target=self.play, daemon=True)
        self._thread.start()

    def begin(self, env: PacedEnvironment) -> None:
        """Take out an environment that nothing has been played on, and forget the last run."""
        self.env, self._log, self.error, self._is_stopped = env, None, "", False
        self._stood = None

    def play(self) -> None:
        """Play until the end or until stopped, in this thread."""
        try:
            play_once(
                self.rollout,
                self.scenario.seed,
                0,
                env=self.env,
                opened=self._watch,
                engine=Engine.SIMPY,
            )
        except StoppedError:
            self._is_stopped = True
        except ValueError as error:
            self.error = str(error)

    def _watch(self, log: StatusLog) -> None:
        self._log = log

    def pause(self, *, on: bool) -> None:
        """Hold the clock, or let it go on; a run that is over stays so."""
        if self.env is not None and self.is_running:
            self.env.pause(on=on)

    def set_speed(self, speed: float) -> None:
        """Go on at another pace."""
        if self.env is not None:
            self.env.set_speed(speed)

    def stop(self) -> None:
        """End the run and wait for it; one that is over stays so."""
        if self.env is not None and self.is_running:
            self.env.stop()
        if self._thread is not None:
            self._thread.join()

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    # What there is to see

    def columns(self) -> LogColumns | None:
        """Return a copy of the log so far."""
        return None if self._log is None else self._log.columns()

    def clock(self) -> str:
        """Return the time on the server's wall clock; it goes on where nothing happens."""
        now = 0 if self.env is None else int(self.env.shown_now())
        return told_stamps(self.rollout, np.array([now], np.int64))[0]

    def now(self) -> float:
        """Return the milliseconds since the start, as shown."""
        return 0.0 if self.env is None else self.env.shown_now()

    def last_lines(self, count: int = SHOWN_LINES) -> list[str]:
        """Return the last status lines, the newest last."""
        log = self.columns()
        if log is None or not len(log):
            return []
        mask = np.zeros(len(log), bool)
        mask[-count:] = True
        table = log_table(self.rollout, log.where(mask)).frame()
        rows = zip(table["time"], table["device"], table["status"], table["state"], strict=True)
        return [
            f"{time[:19].replace('T', ' ')}  {device:<12} {status or state}"
            for time, device, status, state in rows
        ]

    def _so_far(self) -> tuple[LogColumns, NDArray[np.int64]] | None:
        """Return the log so far and the stages after its lines; looked up once as it grows."""
        log = self.columns()
        if log is None or not len(log):
            return None
        if self._stood is None or len(self._stood[0]) != len(log):
            self._stood = log, stages_after(log, what_is_due(self.rollout).judged)
        return self._stood

    def standing(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many devices stood in each stage at some times; shape (stages, times).

        Parameters
        ----------
        at
            Milliseconds after the start, ascending; not after what is shown.
        """
        moved = np.zeros((len(STAGES), len(at) + 1), np.int64)
        so_far = self._so_far()
        if so_far is not None:
            log, stages = so_far
            by_device = np.lexsort((np.arange(len(log)), log.device))
            stages = stages[by_device]
            places = np.searchsorted(at, log.time[by_device])
            np.add.at(moved, (stages, places), 1)
            goes_on = log.device[by_device][1:] == log.device[by_device][:-1]
            np.add.at(moved, (stages[:-1][goes_on], places[1:][goes_on]), -1)
        stood: NDArray[np.int64] = moved.cumsum(axis=1)[:, : len(at)]
        return stood
