"""Policies tried on the same fleet, with a good image and with a bad one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fwsim.beside_files import load
from fwsim.commands.command import UpdateCommand
from fwsim.commands.lifecycle import State
from fwsim.commands.schedule import stamp
from fwsim.commands.targets import ClientGroupTarget
from fwsim.engine import Engine, choose_engine
from fwsim.experiments.experiment import RunsProgress
from fwsim.experiments.workers import each_in_order
from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.gates.device_ends import Ends
from fwsim.planning.gates.policies import (
    MINUTE,
    Abort,
    AllAtOnce,
    AwsIotJobs,
    Failure,
    Gate,
    HawkBit,
    HpDeviceManager,
    Mender,
    Policy,
    Stages,
)
from fwsim.planning.gates.policy_results import PolicyResult, Staged
from fwsim.planning.gates.sending import Setup, in_time
from fwsim.planning.gates.staged_run import StagedRun
from fwsim.planning.gates.staging import play_staged, timetable
from fwsim.problems import InputError, Problem, Severity
from fwsim.quantities.units import write_duration
from fwsim.results.run.record import RunRecord
from fwsim.run import play_once, prepare
from fwsim.scenario.schema import Scenario
from fwsim.scenario.stages_section import AwsSection, PolicySection, StagesSection

USUAL_RUNS = 20


def policy_of(section: PolicySection) -> Policy:
    """Return the rules a scenario asks for."""
    if section.hawkbit is not None:
        h = section.hawkbit
        return HawkBit(h.success, h.error, pauses=h.pauses)
    if section.gate is not None:
        g = section.gate
        return Stages(g.success, g.error, wait=g.wait, longest=g.longest)
    if section.hp is not None:
        return HpDeviceManager(section.hp.amount, section.hp.interval)
    if section.mender is not None:
        phases = section.mender
        return Mender(tuple(p.share or 0.0 for p in phases), tuple(p.after for p in phases))
    return AllAtOnce() if section.aws is None else _aws(section.aws)


def _aws(section: AwsSection) -> AwsIotJobs:
    return AwsIotJobs(
        section.maximum_per_minute,
        section.base_per_minute,
        section.increment_factor,
        section.step,
        section.counts == "succeeded",
        tuple(Abort(Failure(a.failure), a.threshold, a.minimum) for a in section.abort),
        None if section.timeout is None else -(section.timeout // -MINUTE),
    )


def name_of(section: PolicySection) -> str:
    """Return what to call a policy."""
    kinds = {
        "hawkbit": "hawkBit",
        "gate": "gate",
        "hp": "HP Device Manager",
        "mender": "Mender",
        "aws": "AWS IoT Jobs",
    }
    kind = next((words for key, words in kinds.items() if getattr(section, key)), "all at once")
    return section.name or kind


def staged(setup: Setup, run: StagedRun) -> Staged:
    """Return what a run came to."""
    ends = Ends(setup.devices, run.record)
    start = setup.first.at
    devices = len(setup.devices)
    wanted = math.ceil(round(0.95 * devices, 9))
    over = ends.times(0, devices, State.SUCCESS, State.NOT_NEEDED)
    return Staged(
        run.reached,
        len(ends.times(0, devices, State.FAILED)),
        float(over[wanted - 1] - start) if len(over) >= wanted else math.inf,
        math.inf if run.stopped_at is None else float(run.stopped_at - start),
        run.held_by,
    )


@dataclass(frozen=True)
class Case:
    """A policy with an image; what a worker needs for any run of it.

    Parameters
    ----------
    setup
        What is staged.
    policy
        How it is paced.
    seed
        Names the experiment.
    engine
        Which clock plays.
    """

    setup: Setup
    policy: Policy
    seed: int
    engine: Engine

    def play(self, number: int) -> Staged:
        """Return what one replication came to."""

        def once(rollout: Rollout) -> RunRecord:
            return play_once(rollout, self.seed, number, engine=self.engine, world=number)

        return staged(self.setup, play_staged(self.setup, self.policy, once))


class PolicyRuns:
    """The policies of a scenario's `stages:` block on its fleet.

    Parameters
    ----------
    scenario
        The scenario, or the path of its file.
    seed
        Seed of the random numbers; the scenario's own by default.
    engine
        ``compiled`` or ``simpy``.

    Raises
    ------
    InputError
        If it has no `stages:` block, no update, or does not hold together.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        seed: int | None = None,
        engine: Engine | str | None = None,
    ) -> None:
        # Read once for the good image and the bad.
        model = (scenario if isinstance(scenario, Scenario) else load(scenario)).as_read()
        if model.stages is None:
            source = None if isinstance(scenario, Scenario) else str(scenario)
            raise InputError([Problem(say("together.no_stages"), source=source)])
        self.stages: StagesSection = model.stages
        self.seed = model.seed if seed is None else seed
        self._engine = choose_engine(engine).engine
        self.good = self._setup(model)
        self.warnings = [*self._left_out(), *self._after_horizon()]
        """What the scenario commands and no policy does, and what policies do not in time."""
        self.bad: Setup | None = None
        if model.stages.bad_image is not None:
            self._check_where(model, model.stages.bad_image.where)
            self.bad = self._setup(_with_bad_image(model))

    def _setup(self, scenario: Scenario) -> Setup:
        rollout = prepare(scenario)
        if not any(type(run.command) is UpdateCommand for run in rollout.runs):
            raise InputError([Problem(say("stages.no_update"), path="commands")])
        s = self.stages
        setup = Setup(rollout, s.groups, s.mixed, s.person_takes, s.goes_on_after_errors)
        if not len(setup.devices):
            problem = Problem(say("stages.no_target"), path="commands")
            raise InputError([scenario.placed(problem)])
        return setup

    def _left_out(self) -> Iterator[Problem]:
        """Yield a warning if other updates mean devices that the first one does not."""
        rollout, first = self.good.rollout, self.good.first
        updates = [run.command for run in rollout.runs if type(run.command) is UpdateCommand]
        targets = [rollout.find(command.target) for command in updates]
        left_out = np.setdiff1d(np.concatenate(targets), self.good.devices)
        if len(left_out):
            at = stamp(rollout.local_time(first.at))
            text = say("stages.first_update", at=at, devices=counted(len(left_out), "device"))
            problem = Problem(text, path="commands", severity=Severity.WARNING)
            yield rollout.scenario.placed(problem)

    def _after_horizon(self) -> Iterator[Problem]:
        """Yield a warning for each policy whose timetable goes on after the horizon."""
        rollout, devices = self.good.rollout, len(self.good.devices)
        for place, section in enumerate(self.stages.policies):
            policy = policy_of(section)
            if isinstance(policy, (AwsIotJobs, Gate)):
                continue
            in_all = in_time(self.good, timetable(self.good, policy))
            sent = max((part.end for part in in_all), default=0)
            if sent < devices:
                told = {"policy": name_of(section), "horizon": write_duration(rollout.horizon)}
                text = say("stages.after_horizon", of=devices, count=devices - sent, **told)
                path = f"stages.policies.{place}"
                problem = Problem(text, path=path, severity=Severity.WARNING)
                yield rollout.scenario.placed(problem)

    def _check_where(self, model: Scenario, where: str | None) -> None:
        """Refuse a filter that is none or matches no device of the update.

        Raises
        ------
        InputError
            With its place.
        """
        if where is None:
            return
        path, rollout = "stages.bad_image.where", self.good.rollout
        try:
            members = np.intersect1d(rollout.find(ClientGroupTarget(where)), self.good.devices)
        except InputError as error:
            raise InputError(
                model.placed(Problem(p.message, path=path)) for p in error.problems
            ) from None
        if not len(members):
            text = say("stages.fails_nowhere", where=where)
            raise InputError([model.placed(Problem(text, path=path))])

    def cases(self) -> Iterator[tuple[int, bool, Case]]:
        """Yield each policy's place, whether the image is bad, and what to play."""
        for place, section in enumerate(self.stages.policies):
            for is_bad, setup in ((False, self.good), (True, self.bad)):
                if setup is not None:
                    own = replace(setup, devices_of=section.devices)
                    yield place, is_bad, Case(own, policy_of(section), self.seed, self._engine)

    def run(
        self,
        replications: int | None = None,
        *,
        workers: int | None = None,
        executor: Executor | None = None,
        progress: RunsProgress | None = None,
    ) -> list[PolicyResult]:
        """Try every policy; run n of all of them meets the same luck.

        Parameters
        ----------
        replications
            Of each policy and image; by default the scenario's, but no fewer than 20.
        workers, executor, progress
            As in `Experiment.run`.
        """
        scenario = self.good.rollout.scenario
        given = scenario.replications if "replications" in scenario.model_fields_set else 0
        count = replications or max(USUAL_RUNS, given)
        cases = list(self.cases())
        jobs = [(case, number) for _, _, case in cases for number in range(count)]
        done: list[Staged] = []
        for run in each_in_order(Case.play, jobs, workers=workers, executor=executor):
            done.append(run)
            if progress is not None:
                progress(len(done), len(jobs))
        results: dict[tuple[int, bool], tuple[Staged, ...]] = {
            (place, is_bad): tuple(done[count * n : count * (n + 1)])
            for n, (place, is_bad, _) in enumerate(cases)
        }
        return [
            PolicyResult(
                name_of(section),
                results[place, False],
                results.get((place, True), ()),
                len(self.good.devices),
            )
            for place, section in enumerate(self.stages.policies)
        ]


def _with_bad_image(scenario: Scenario) -> Scenario:
    """Return the scenario with the image that fails on some devices."""
    stages = scenario.stages
    assert stages is not None  # noqa: S101 - the caller looked
    assert stages.bad_image is not None  # noqa: S101
    bad, data = stages.bad_image, scenario.as_data()
    one = bad.model_dump(mode="json", exclude_none=True)
    if bad.where is None:
        faults = data.setdefault("faults", {})
        if bad.share > getattr(scenario.faults, bad.phase):  # it is no better than the good one
            faults[bad.phase] = one["share"]
    else:
        data["failing"] = [*data.get("failing", ()), one]
    return Scenario.model_validate(data).beside(scenario)
