"""A small rollout that can be cut anywhere, and the log of one that went its own way."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import fwsim
from fwsim.engine import Engine
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LogColumns
from fwsim.results.output.table_files import table_writer
from fwsim.results.run.record import RunRecord
from fwsim.results.run.tables import log_table
from fwsim.run import play_once, prepare

ENGINE = "compiled"
RUNS = 20
SCENARIO = """\
name: A branch on a Friday
zone: Europe/Berlin
start: 2021-09-24 14:00
horizon: 8 h
image: {name: new.idf, packages: [{name: baseos, size: 200 MB}]}
firmware: {reminder: {deferments: 2, delays: [30 min, 1 h]}}
fleet: {units: {DE/Branch: {devices: 10, installed: old.idf}}}
network: {sites: {default: {link: 4 Mbit/s}}}
people: {default: {present: mon-fri 08:00-18:00, answer: {now: 30 %, defer: 60 %, cancel: 3 %}}}
power: {default: {on: mon-fri 07:30-18:30, jitter: 20 min, left_on: 40 %}}
commands: [{update: DE/Branch, inform_user: 5 min, user_can_cancel: true, once: 2021-09-24 15:00}]
seed: 1
"""


@cache
def rollout(text: str = SCENARIO) -> Rollout:
    """Return a scenario made ready."""
    return prepare(fwsim.loads(text))


@cache
def real_run() -> RunRecord:
    """Return a rollout whose world and luck are not those of any run of the tests."""
    return play_once(rollout(), 99, 5, engine=Engine.SIMPY, world=5)


def real_log() -> LogColumns:
    """Return its log."""
    return real_run().log


def save(path: Path) -> None:
    """Write its log, in the form that the file's name ends with."""
    form = path.suffix.removeprefix(".")
    table_writer(log_table(real_run().rollout, real_log(), "all"), form)(path)


@cache
def plain() -> fwsim.Answer:
    """Return the forecast before the start."""
    return fwsim.Experiment(rollout()).run(RUNS, engine=ENGINE, workers=1)


@cache
def at(clock: str) -> fwsim.UnderWay:
    """Return the forecast at a time of that Friday."""
    return fwsim.forecast(
        rollout(),
        real_log(),
        at=f"2021-09-24 {clock}",
        runs=RUNS,
        engine=ENGINE,
        workers=1,
        before=plain(),
    )
