"""Which forecasts a log is held against, and whether it tells of that rollout at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from fwsim.commands.schedule import stamp
from fwsim.commands.status_text import StatusField
from fwsim.learning.clock_of_log import other_clock, other_clock_of
from fwsim.learning.known_names import NOBODY, devices_of, one_name_each
from fwsim.learning.named_jobs import named_jobs
from fwsim.learning.strangers import examples, shows_most, told_otherwise, unclear_in
from fwsim.ledger.kept import KeptForecast, epoch
from fwsim.ledger.logs import MappingFile, Source, check_twice, source_of
from fwsim.ledger.seen import Seen, seen_in
from fwsim.ledger.store import Ledger
from fwsim.messages import by_door, say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed
from fwsim.problems import InputError, Problem, Severity
from fwsim.results.statistics.in_words import moment_in_words

_WORDS = {
    StatusField.UPDATE: "update",
    StatusField.UEFI: "uefi_update",
    StatusField.DELIVERY: "delivery",
}
FilesProgress = Callable[[int, int], None]
"""Told how many logs are read, of how many."""


def sources_of(
    logs: str | Path | Iterable[str | Path], past: Iterable[str | Path]
) -> tuple[Source, list[Source]]:
    """Return the log of the rollout, and those of rollouts before it; none may come twice."""
    source = source_of([Path(log) for log in _each(logs)])
    before = [source_of(Path(log)) for log in _each(past)]
    check_twice([source, *before])
    return source, before


def _each(logs: str | Path | Iterable[str | Path]) -> Iterable[str | Path]:
    return [logs] if isinstance(logs, (str, Path)) else logs


def forecasts_for(ledger: Ledger, sha256: str | None, source: Source) -> dict[int, KeptForecast]:
    """Return the forecasts of the rollout.

    Raises
    ------
    InputError
        If there is none, or it is not plain which.
    """
    scenarios = ledger.scenarios()
    listed = "; ".join(f"{name!r} ({sha[:8]})" for sha, name in list(scenarios.items())[:8])
    if not scenarios:
        raise InputError([Problem(say("ledger.no_forecast"), str(ledger.path))])
    if sha256 is None and len(scenarios) > 1:
        text = say(
            "ledger.several_scenarios",
            count=len(scenarios),
            log=source.files[0],
            option=by_door("--scenario FILE", "scenario"),
            known=listed,
        )
        raise InputError([Problem(text, str(ledger.path))])
    found = ledger.of_scenario(sha256 or next(iter(scenarios)))
    if not found:
        text = say("ledger.other_scenario", own=(sha256 or "")[:8], known=listed)
        raise InputError([Problem(text, str(ledger.path))])
    return found


def with_own_jobs(
    observed: Observed, fleet: Rollout, source: Source
) -> tuple[Observed, list[Problem]]:
    """Return a log whose jobs are called as the scenario's commands, without those of others."""
    jobs = named_jobs(observed, fleet)
    at = str(source.files[0])
    told = [Problem(text, at, severity=Severity.WARNING) for text in jobs.told()]
    return jobs.without_others(), told


def without_strangers(observed: Observed, fleet: Rollout, source: Source) -> tuple[Observed, int]:
    """Return the lines of the scenario's devices, and how many devices of the log are none of them.

    Names that may be several of them are left out, too, and not counted.

    Raises
    ------
    InputError
        If most are not, and it shows less than half of the scenario's that had their turn, or none.
    """
    observed = one_name_each(observed, fleet)
    names = observed.device.values
    known = devices_of(observed, fleet)
    is_known = known != NOBODY
    unclear = unclear_in(observed, fleet)
    left_out = len(names) - int(is_known.sum())
    until = observed.until - fleet.epoch
    is_whole_console = is_known.any() and shows_most(known, fleet, until)
    if 2 * left_out > len(names) and not is_whole_console:
        strange = [name for name, is_own in zip(names, is_known, strict=True) if not is_own]
        counts = {"count": left_out, "devices": len(names)}
        text = say("ledger.strangers", **counts, names=examples(strange))
        if unclear is not None:
            text = say("ledger.left_out", **counts, reason=unclear.text)
        raise InputError([Problem(text, str(source.files[0]))])
    kept = observed.where(is_known[observed.device.codes]) if left_out else observed
    return kept, left_out - (0 if unclear is None else unclear.count)


def refuse_of_another_clock(
    observed: Observed, kept: KeptForecast, fleet: Rollout | None, source: Source
) -> None:
    """Refuse a log that is evidently in the time of another zone, as a forecast does.

    Parameters
    ----------
    observed
        The log.
    kept
        A forecast of the rollout.
    fleet
        The scenario made ready; without it nothing is known to be due before the start.
    source
        Where the log lies.

    Raises
    ------
    InputError
        If it is one.
    """
    if fleet is None:
        begins = epoch(kept.start)
        found = None
        for due in (begins, kept.first_command_at):  # a delivery may come before the first update
            ends = due - begins, round(kept.ends_at - begins)
            found = other_clock(observed, begins, *ends, kept.zone)
            if found is None:
                break
    else:
        found = other_clock_of(observed, fleet)
    if found is not None:
        raise InputError([Problem(found.text, str(source.files[0]))])


def named_otherwise(observed: Observed, fleet: Rollout, source: Source) -> Iterator[Problem]:
    """Yield warnings of names that the scenario has in other letters, or in another OU."""
    for found in told_otherwise(observed, fleet):
        yield Problem(found.text, str(source.files[0]), severity=Severity.WARNING)


def seen_in_time(
    observed: Observed,
    kept: KeptForecast,
    source: Source,
    field: StatusField,
    *,
    is_of_scenario: bool,
) -> Seen:
    """Return what a log tells of the time of the rollout.

    Parameters
    ----------
    observed
        The log.
    kept
        A forecast of the rollout.
    source
        Where the log lies.
    field
        What the rollout is judged by.
    is_of_scenario
        Whether the scenario tells that the log's other lines are of this rollout, too.

    Raises
    ------
    InputError
        If that is nothing.
    """
    seen = seen_in(
        observed,
        epoch(kept.start),
        kept.ends_at,
        field=field,
        due=kept.first_command_at,
        tells_of_others=is_of_scenario,
    )
    if seen is None:
        whole = seen_in(observed, field=field)
        if whole is None:
            text = say(f"ledger.none_of_{_WORDS[field]}")
        else:
            span = _span(kept, epoch(kept.start), kept.ends_at)
            own = _span(kept, whole.first, whole.until)
            text = say("ledger.another_time", span=span, scenario=kept.scenario, own=own)
        raise InputError([Problem(text, str(source.files[0]))])
    return seen


def _span(kept: KeptForecast, *ends: float) -> str:
    return say("ledger.to").join(stamp(kept.local(at)) for at in ends)


def seen_before(
    sources: Sequence[Source],
    kept: KeptForecast,
    mapping: MappingFile,
    field: StatusField,
    tell: FilesProgress,
) -> tuple[list[Seen], list[Problem]]:
    """Return what logs of past rollouts tell, one each, and what is wrong with their lines."""
    found, told = [], list[Problem]()
    for count, one in enumerate(sources, 2):
        observed = one.read(kept.zone, mapping)
        found.append(_past(observed, one, field))
        told += observed.problems
        tell(count, 1 + len(sources))
    return found, told


def _past(observed: Observed, source: Source, field: StatusField) -> Seen:
    seen = seen_in(observed, field=field)
    if seen is None or not seen.needed:
        text = say(f"ledger.no_{_WORDS[field]}")
        raise InputError([Problem(text, str(source.files[0]))])
    return seen


def not_before(
    sources: Sequence[Source], past: Sequence[Seen], kept: KeptForecast
) -> Iterator[Problem]:
    """Yield warnings of logs of past rollouts that begin no sooner than the rollout itself."""
    for source, seen in zip(sources, past, strict=True):
        if seen.first >= kept.first_command_at:
            own, this = (
                moment_in_words(kept.local(at)) for at in (seen.first, kept.first_command_at)
            )
            text = say("score.not_before", own=own, this=this)
            yield Problem(text, str(source.files[0]), severity=Severity.WARNING)


def tells_until(until: datetime | None, kept: KeptForecast, source: Source) -> int | None:
    """Return until when a log tells everything; None for until its last line."""
    if until is not None:
        at = kept.instant(until)
        if at <= kept.first_command_at:
            text = say("ledger.not_after", time=stamp(kept.local(at)))
            raise InputError([Problem(text, "until")])
        return at
    return kept.ends_at if source.is_run else None
