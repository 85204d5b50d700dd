"""What `fwsim run` is asked for, checked before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwsim.cli import options
from fwsim.cli.cluster import check_address
from fwsim.cli.options import Checks, check_out
from fwsim.cli.tables import check_by, check_workbook
from fwsim.messages import say
from fwsim.problems import InputError, Problem, Severity

if TYPE_CHECKING:
    from fwsim.measures.precision import Precision
    from fwsim.model.rollout import Rollout
    from fwsim.scenario.schema import Scenario


@dataclass(frozen=True)
class AskedRun:
    """The options of `fwsim run`, as they were given; their help says what each is."""

    scenario: Path
    settings: tuple[str, ...]
    seed: int | None
    replications: int | None
    precision: str | None
    replication: int | None
    by: tuple[str, ...]
    out: Path | None
    excel: Path | None
    ledger: Path | None
    logs: Path | None
    until: str | None
    workers: int | None
    scheduler: str | None
    form: Any
    engine: str | None
    files: tuple[Path, ...]
    quiet: bool

    def changes(self) -> dict[str, Any]:
        """Return what was asked for beside the scenario's file, for a provenance to keep."""
        from fwsim.scenario.overriding import shown_settings

        told = {"set": list(shown_settings(self.settings)), "commands": list(map(str, self.files))}
        return {name: texts for name, texts in told.items() if texts}


@dataclass(frozen=True)
class ReadyRun:
    """What is to be run.

    Parameters
    ----------
    rollout
        The scenario made ready, with the commands it is to run.
    stop
        Milliseconds after its start at which each run stops; None for at its end.
    precision
        The precision asked for; None for the scenario's.
    is_sample_run
        Whether it is one run, which is a story.
    """

    rollout: Rollout
    stop: int | None
    precision: Precision | None
    is_sample_run: bool


def checked(asked: AskedRun) -> ReadyRun:
    """Return what is to be run.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything runs.
    """
    from fwsim.results.output.writing import arrow_parquet, names_of_a_run
    from fwsim.run import prepare

    checks = Checks([*_excluding_each_other(asked), *_of_one_place(asked)])
    model = checks.made(lambda: _commanded(asked))
    rollout = None if model is None else checks.made(partial(prepare, model))
    precise = checks.made(lambda: _precision(asked.precision))
    stop = None
    if model is None:
        checks.made(lambda: _time(asked.until))
    else:
        stop = checks.made(partial(_milliseconds_until, model, asked.until))
    if rollout is not None:
        checks.made(partial(check_by, rollout, asked.by))
    if asked.form == "parquet" or asked.logs is not None:
        checks.made(arrow_parquet)
    checks.made(lambda: check_out(asked.logs))
    checks.made(lambda: check_workbook(asked.excel))
    checks.made(lambda: _check_ledger(asked.ledger, asked.until))
    checks.made(lambda: check_address(asked.scheduler))
    is_sample_run = model is not None and _is_sample_run(model, asked, precise)
    files = names_of_a_run(asked.form, is_sample_run=is_sample_run)
    files += [f"by-{by}.{asked.form}" for by in asked.by]
    checks.made(lambda: check_out(asked.out, files))
    if is_sample_run:
        checks.problems += _for_several_runs(asked)
    if rollout is None or checks.problems:
        raise InputError(checks.problems)
    return ReadyRun(rollout, stop, precise, is_sample_run)


def beyond_the_horizon(ready: ReadyRun) -> list[Problem]:
    """Return a warning if runs are to stop at a time that none of them reaches."""
    if ready.stop is None or ready.stop <= ready.rollout.horizon:
        return []
    from fwsim.commands.schedule import stamp

    end = ready.rollout.local_time(ready.rollout.horizon)
    text = say("option.until_after_horizon", end=stamp(end))
    return [Problem(text, source="--until", severity=Severity.WARNING)]


def _excluding_each_other(asked: AskedRun) -> list[Problem]:
    """Return that options say how many runs in more than one way."""
    several = {"replications": asked.replications, "precision": asked.precision}
    given = [f"--{name}" for name, value in several.items() if value is not None]
    if len(given) < 2 and not (given and asked.replication is not None):
        return []
    given = [*(["--replication"] if asked.replication is not None else []), *given]
    return [Problem(say("option.exclude"), source=", ".join(given))]


def _of_one_place(asked: AskedRun) -> list[Problem]:
    """Return that a file is to be two things at once."""
    places = {
        "--excel": asked.excel,
        "--ledger": asked.ledger,
        "--out": asked.out,
        "--logs": asked.logs,
    }
    named: dict[Path, list[str]] = {}
    for name, path in places.items():
        if path is not None:
            named.setdefault(path.resolve(), []).append(name)
    return [
        Problem(say("option.same_place", name=path.name), source=", ".join(names))
        for path, names in named.items()
        if len(names) > 1 and names != ["--out", "--logs"]  # a folder takes both
    ]


def _for_several_runs(asked: AskedRun) -> list[Problem]:
    """Return which options have no meaning for one run."""
    several = {"--logs": asked.logs, "--scheduler": asked.scheduler, "--ledger": asked.ledger}
    return [
        Problem(say("option.for_several"), source=name)
        for name, value in several.items()
        if value is not None
    ]


def _check_ledger(ledger: Path | None, until: str | None) -> None:
    if ledger is None:
        return
    from fwsim.ledger.store import check_ledger

    check_ledger(ledger)
    if until is not None:
        raise InputError([Problem(say("option.cuts_short"), source="--until, --ledger")])


def _commanded(asked: AskedRun) -> Scenario:
    """Return the scenario with what the command line changes in it."""
    from fwsim.planning.hand_over.command_files import commanded

    model = options.load_changed(asked.scenario, asked.settings, to_command=bool(asked.files))
    return commanded(model, list(asked.files)) if asked.files else model


def _is_sample_run(model: Scenario, asked: AskedRun, precise: Precision | None) -> bool:
    alone = (asked.replications or model.replications) == 1
    return asked.replication is not None or (alone and not (precise or model.precision))


def _precision(text: str | None) -> Precision | None:
    from fwsim.measures.precision import read_precision

    try:
        return read_precision(text) if text is not None else None
    except ValueError as error:
        raise InputError([Problem(str(error), source="--precision")]) from None


def _time(until: str | None) -> datetime | None:
    """Return a time of which only that it is one can be told: no scenario has a clock for it."""
    from fwsim.scenario.server_clock import read_time

    try:
        return None if until is None else read_time(until)
    except ValueError as error:
        raise InputError([Problem(str(error), source="--until")]) from None


def _milliseconds_until(scenario: Scenario, until: str | None) -> int | None:
    if until is None:
        return None
    from fwsim.scenario.server_clock import read_instant, start_of

    try:
        at = read_instant(scenario, until)
    except ValueError as error:
        raise InputError([Problem(str(error), source="--until")]) from None
    milliseconds = round((at - start_of(scenario)).total_seconds() * 1000)
    if milliseconds <= 0:
        text = say("option.until_before_start", until=until, start=scenario.start)
        raise InputError([Problem(text, source="--until")])
    return milliseconds
