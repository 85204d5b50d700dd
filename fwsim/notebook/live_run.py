"""A rollout played in accelerated real time: the same model, a clock that can be paused."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import simpy.rt

from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.results.stages import STAGE_OF_STATE, STAGES
from fwsim.results.stamps import console_stamps
from fwsim.results.tables import log_table
from fwsim.run import play_once, prepare
from fwsim.scenario.load import load
from fwsim.scenario.schema import Scenario
from fwsim.status_log import LogColumns, StatusLog

USUAL_SPEED = 600
"""Simulated seconds in a second."""
SHOWN_LINES = 12
PATIENCE = 0.05


class StoppedError(Exception):
    """The run was stopped by its watcher."""


class PacedEnvironment(simpy.rt.RealtimeEnvironment):
    """SimPy's real-time environment, with a pace that can be changed, paused and stopped.

    Parameters
    ----------
    speed
        Simulated seconds in a second.
    """

    def __init__(self, speed: float) -> None:
        super().__init__(initial_time=0, factor=1 / (1000 * speed), strict=False)
        self._speed = speed
        self._paused = threading.Event()
        self._stopped = threading.Event()

    def set_speed(self, speed: float) -> None:
        """Go on at another pace from now on."""
        self._speed = speed
        self._set_out()

    def pause(self, *, on: bool) -> None:
        """Hold the clock, or let it go on."""
        if on:
            self._paused.set()
        else:
            self._paused.clear()
            self._set_out()

    def stop(self) -> None:
        """End the run."""
        self._stopped.set()

    def _set_out(self) -> None:
        self.env_start = self.now
        self.real_start = time.monotonic()
        self._factor = 1 / (1000 * self._speed)

    def step(self) -> None:
        """Wait until it is time for the next event, then handle it."""
        due = self.peek()
        while not self._stopped.is_set():
            if self._paused.is_set():
                self._stopped.wait(PATIENCE)
                continue
            wait = self.real_start + (due - self.env_start) * self._factor - time.monotonic()
            if wait <= 0:
                break
            self._stopped.wait(min(wait, PATIENCE))
        if self._stopped.is_set():
            raise StoppedError
        simpy.Environment.step(self)


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
        self._thread: threading.Thread | None = None
        self.error = ""

    @property
    def is_running(self) -> bool:
        """Whether the clock has not come to its end."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, speed: float = USUAL_SPEED) -> None:
        """Begin to play, in a thread of its own."""
        if self.is_running:
            return
        self.env, self._log, self.error = PacedEnvironment(speed), None, ""
        self._thread = threading.Thread(target=self._play, args=(self.env,), daemon=True)
        self._thread.start()

    def _play(self, env: PacedEnvironment) -> None:
        try:
            play_once(
                self.rollout,
                self.scenario.seed,
                0,
                env=env,
                opened=self._watch,
                engine=Engine.SIMPY,
            )
        except StoppedError:
            pass
        except ValueError as error:
            self.error = str(error)

    def _watch(self, log: StatusLog) -> None:
        self._log = log

    def stop(self) -> None:
        """End the run and wait for it."""
        if self.env is not None:
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
        return None if self._log is None else self._log.so_far()

    def clock(self) -> str:
        """Return the time on the server's wall clock."""
        now = 0 if self.env is None else int(self.env.now)
        return console_stamps(self.rollout, np.array([now], np.int64))[0]

    def last_lines(self, count: int = SHOWN_LINES) -> list[str]:
        """Return the last status lines, the newest last."""
        log = self.columns()
        if log is None or not len(log):
            return []
        mask = np.zeros(len(log), bool)
        mask[-count:] = True
        table = log_table(self.rollout, log.where(mask))
        rows = zip(table["time"], table["device"], table["status"], table["state"], strict=True)
        return [
            f"{time[:19].replace('T', ' ')}  {device:<12} {status or state}"
            for time, device, status, state in rows
        ]

    def counters(self) -> dict[str, int]:
        """Return how many devices stand in each stage, by its name; empty stages left out."""
        log = self.columns()
        if log is None or not len(log):
            return {}
        last = np.full(len(self.rollout.fleet), -1, np.int64)
        last[log.device] = np.arange(len(log))
        stages = STAGE_OF_STATE[log.state[last[last >= 0]]]
        counts = np.bincount(stages, minlength=len(STAGES))
        return {
            stage.value: count
            for stage, count in zip(STAGES, counts.tolist(), strict=True)
            if count
        }

    def curve(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return hours after the start, and devices successful by then."""
        log = self.columns()
        if log is None:
            return np.zeros(0), np.zeros(0)
        times = log.time[log.in_state(State.SUCCESS)]
        return times / 3_600_000, np.arange(1, len(times) + 1)
