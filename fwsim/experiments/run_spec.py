"""One run of an experiment, measured: what whoever makes it needs, and what comes back."""

from __future__ import annotations

import math
import pickle
import traceback
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwsim.engine import Engine
from fwsim.garbage import looked_for_seldom
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.silence import Silence
from fwsim.problems import InputError, Problem
from fwsim.results.run.counts import Counts
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.measuring import usual_measures, value_of
from fwsim.results.run.record import RunRecord
from fwsim.results.run.replication import Replication, measured
from fwsim.results.run.tallied import weeks_of
from fwsim.run import count_once, play_once

if TYPE_CHECKING:
    from fwsim.results.statistics.answer import Answer

_PACKED_FAST = 1
"""zlib's level: 6 takes three times the time for a tenth less."""


_LONGEST_SHOWN = 200


class OwnMeasureError(InputError):
    """A caller's own measure failed, or returned no number; what runs before came to is not lost.

    Its `answer` is what they came to, None if there were none.
    """

    answer: Answer | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel with the notes."""
        return type(self), (self.problems,), {"__notes__": list(getattr(self, "__notes__", ()))}


@dataclass(frozen=True)
class RunSpec:
    """What a worker needs for any run of an experiment.

    Parameters
    ----------
    rollout
        Made ready once; unpacked once in each process.
    seed
        Names the experiment.
    measures
        Those wanted beside the usual ones.
    custom
        The caller's own measures.
    until
        Milliseconds at which a run stops.
    logs
        Folder for whole logs; None keeps none.
    engine
        Which clock plays.
    crossed
        With how many replications every draw of what nobody knows is played; None gives each run
        a draw of its own.
    past, silence
        What has happened already, of a rollout under way, and who is silent.
    change
        What is changed of the world of each run after it is drawn; travels to other processes.
    """

    rollout: Rollout | bytes
    seed: int
    measures: tuple[Measure, ...] = ()
    custom: Mapping[str, Callable[[RunRecord], float]] | None = None
    until: int | None = None
    logs: Path | None = None
    engine: Engine = Engine.COMPILED
    crossed: int | None = None
    past: Past | bytes | None = None
    silence: Silence | None = None
    change: Callable[[Rollout], Rollout] | None = None

    def packed(self) -> RunSpec:
        """Return the order as it travels to other processes."""
        if isinstance(self.rollout, bytes):
            return self
        past = None if self.past is None else pickle.dumps(self.past, protocol=5)
        return replace(self, rollout=pickle.dumps(self.rollout, protocol=5), past=past)

    @property
    def known_past(self) -> Past | None:
        """What has happened already; unpacked once in each process, for much is read from it."""
        return _unpacked(self.past) if isinstance(self.past, bytes) else self.past


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)  # noqa: S301 - made by this program, never read from a file


def replicate(order: RunSpec, number: int) -> bytes:
    """Return one run of an experiment, packed for the way back: a few kilobytes."""
    made = replication_or_fault(order, number)
    if isinstance(made, OwnMeasureError) and made.__cause__ is not None:
        made.add_note("".join(traceback.format_exception(made.__cause__)))
    return zlib.compress(pickle.dumps(made, protocol=5), _PACKED_FAST)


def replication_or_fault(order: RunSpec, number: int) -> Replication | OwnMeasureError:
    """Return one run, or how a measure of the caller's failed in it: told in the run's turn.

    Else it would hang on who is faster which runs before it are done.
    """
    try:
        return replication_of(order, number)
    except OwnMeasureError as fault:
        return fault


@looked_for_seldom()
def replication_of(order: RunSpec, number: int) -> Replication:
    """Return one run of an experiment, measured.

    Only where somebody asks for logs, or measures something of his own, is there a log at all.
    """
    if order.logs is None and not order.custom:
        return measured(_counted(order, number), number, order.measures)
    record = played(order, number)
    if order.logs is not None:
        _keep_log(record, order.logs, number)
    custom = {name: _own(name, own, record, number) for name, own in (order.custom or {}).items()}
    return measured(LogCounts(record, order.silence), number, order.measures, custom)


def _own(name: str, measure: Callable[[RunRecord], float], record: RunRecord, number: int) -> float:
    """Return what a caller's own measure came to in one run; infinite is *never*.

    Raises
    ------
    OwnMeasureError
        If it fails, or returns no such number.
    """
    told = {"name": name, "number": number}
    try:
        found: Any = measure(record)
    except MemoryError:
        raise
    except Exception as error:
        why = _shown(error, str)
        text = type(error).__name__ + (f": {why}" if why else "")
        raise OwnMeasureError([Problem(say("custom.failed", **told, error=text))]) from error
    cause: Exception | None = None
    try:
        value = float(found)
    except Exception as error:  # noqa: BLE001 - it is the caller's, who may raise what he likes
        value, cause = math.nan, error
    if math.isnan(value) or value == -math.inf:
        fault = say("custom.no_number", **told, found=_shown(found, repr) or type(found).__name__)
        raise OwnMeasureError([Problem(fault)]) from cause
    return value


def _shown(found: object, how: Callable[[object], str]) -> str:
    """Return the beginning of a text on one line; empty where it fails itself."""
    try:
        text = how(found)
    except Exception:  # noqa: BLE001 - it is the caller's, as above
        return ""
    cut = text[:_LONGEST_SHOWN] + "…" * (len(text) > _LONGEST_SHOWN)
    return "".join(c if c.isprintable() else "?" for c in " ".join(cut.split()))


def values_of_run(order: RunSpec, number: int) -> dict[Measure, float]:
    """Return what the wanted measures came to in one run, and nothing else."""
    counts = _counted(order, number)
    return {measure: value_of(counts, measure) for measure in order.measures}


def _counted(order: RunSpec, number: int) -> Counts:
    rollout, luck, world = _which(order, number)
    weeks = weeks_of([*usual_measures(rollout), *order.measures])
    return count_once(
        rollout,
        order.seed,
        luck,
        weeks,
        until=order.until,
        engine=order.engine,
        world=world,
        past=order.known_past,
        silence=order.silence,
        change=order.change,
    )


def played(order: RunSpec, number: int) -> RunRecord:
    """Return one run of an experiment with its log."""
    rollout, luck, world = _which(order, number)
    return play_once(
        rollout,
        order.seed,
        luck,
        until=order.until,
        engine=order.engine,
        world=world,
        past=order.known_past,
        change=order.change,
    )


def _which(order: RunSpec, number: int) -> tuple[Rollout, int, int]:
    """Return what is played, under which luck, in which world."""
    rollout: Rollout = (
        _unpacked(order.rollout) if isinstance(order.rollout, bytes) else order.rollout
    )
    world, luck = (number, number) if order.crossed is None else divmod(number, order.crossed)
    return rollout, luck, world


def _keep_log(record: RunRecord, folder: Path, number: int) -> None:
    from fwsim.results.output.log_files import log_name, write_log

    write_log(record.rollout, record.log, folder / log_name(number))


def unpack(packed: bytes) -> Replication | OwnMeasureError:
    """Return what `replicate` packed."""
    run: Replication | OwnMeasureError = pickle.loads(zlib.decompress(packed))  # noqa: S301 - from our own worker
    return run
