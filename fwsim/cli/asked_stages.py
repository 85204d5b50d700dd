"""What `fwsim stages` is asked for, checked before anything is tried or told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.cli.cluster import check_address
from fwsim.cli.options import Checks, check_out, checked
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.planning.gates.policy_runs import PolicyRuns

TABLE, PICTURE = "stages.csv", "stages.png"
"""Files of the folder that `--out` names."""


@dataclass(frozen=True)
class AskedStages:
    """The options of `fwsim stages`, as they were given; their help says what each is."""

    scenario: Path
    replications: int | None
    seed: int | None
    out: Path | None
    workers: int | None
    scheduler: str | None
    so_far: Path | None
    at: str | None
    mapping: Path | None
    quiet: bool

    @property
    def is_of_now(self) -> bool:
        """Whether a rollout under way is asked about, instead of policies tried."""
        return any(given is not None for given in (self.so_far, self.at, self.mapping))


def checked_to_try(asked: AskedStages) -> PolicyRuns:
    """Return the policies to try.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything runs.
    """
    from fwsim.planning.gates.policy_runs import PolicyRuns

    trying: PolicyRuns
    trying, *_ = checked(
        lambda: PolicyRuns(asked.scenario, seed=asked.seed),
        lambda: check_out(asked.out, [TABLE, PICTURE]),
        lambda: check_address(asked.scheduler),
    )
    return trying


def checked_for_now(asked: AskedStages) -> tuple[PolicyRuns, Path]:
    """Return the policies that are asked what they say now, and the log of the rollout under way.

    Raises
    ------
    InputError
        With everything that is wrong with what was given.
    """
    from fwsim.learning.folders import log_in
    from fwsim.learning.under_way.so_far import moment_of
    from fwsim.observations.files import mapping_of
    from fwsim.planning.gates.policy_runs import PolicyRuns

    checks = Checks(_of_options(asked))
    so_far = asked.so_far
    runs = checks.made(lambda: PolicyRuns(asked.scenario))
    if so_far is not None:
        checks.made(partial(log_in, so_far))
    checks.made(lambda: mapping_of(asked.mapping))
    if runs is not None and asked.at is not None:
        checks.made(partial(moment_of, runs.good.rollout, asked.at, "--at"))
    if runs is None or so_far is None or checks.problems:
        raise InputError(checks.problems)
    return runs, so_far


def _of_options(asked: AskedStages) -> list[Problem]:
    """Return which options do not go with a rollout under way, or lack its log."""
    for_runs = {
        "--replications": asked.replications,
        "--seed": asked.seed,
        "--out": asked.out,
        "--scheduler": asked.scheduler,
    }
    problems = [
        Problem(say("option.for_runs"), source=name)
        for name, value in for_runs.items()
        if value is not None
    ]
    if asked.so_far is None:
        beside = {"--at": asked.at, "--mapping": asked.mapping}
        given = [name for name, value in beside.items() if value is not None]
        problems += [Problem(say("option.with_so_far"), source=name) for name in given]
    elif not asked.so_far.exists():
        problems.append(Problem(say("file.none"), source=str(asked.so_far)))
    return problems
