"""The plan on the desk: its commands, its levers, its answers. No widget in sight."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import traitlets

from fwsim.beside_files import load
from fwsim.commands.command import Sent
from fwsim.experiments.experiment import Experiment
from fwsim.experiments.first_looks.thinning import Part, choose
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.notebook import saving
from fwsim.notebook.board.board import wanted_measures
from fwsim.notebook.board.tiles import LESS, time_measure
from fwsim.notebook.draft import Draft, scmd_lines
from fwsim.notebook.first_look import (
    devices_of_a_look,
    look_at,
    look_in_words,
    nearest_the_middle,
    runs_of_a_look,
)
from fwsim.notebook.in_background import ENDS, Stoppable, WhenQuiet, why_ended
from fwsim.notebook.playable import Playable, as_found, sample_of, targets_of
from fwsim.notebook.remark import Remark
from fwsim.notebook.shelf import PlanState
from fwsim.notebook.writing_place import WritingPlace
from fwsim.planning.levers import Levers
from fwsim.results.output.report import report
from fwsim.results.output.result import Result
from fwsim.results.statistics.answer import Answer
from fwsim.run import prepare
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.schema import Scenario

USUAL_RUNS = 200
QUIET = 0.7
"""Seconds without a turn after which the full runs begin."""


class Plan(Stoppable):
    """What a planner works on; widgets watch its traits.

    Parameters
    ----------
    scenario
        The scenario to start from, or the path of its file.

    Attributes
    ----------
    base
        The scenario under the plan: its fleet, and what is believed of the world.
    commands
        In their order; all of them run.
    reminder
        Number of allowed deferments and the delays in milliseconds; None leaves the scenario's.
    levers
        What the levers change on top of them.
    look
        The first look at the plan as it is: a few runs, of a large fleet only a part; None if the
        plan as it is cannot be played.
    problem
        Why there is no first look, in words.
    answer
        Of the last full runs; None once the plan has changed.
    sample_run
        The first run of the answer, for its devices.
    done, wanted
        How many runs are done, of how many.
    remark
        The last word: what went wrong, or what was saved.
    revision
        Goes up once after every change of the plan, however much changed.
    """

    base: Scenario = traitlets.Any()  # type: ignore[assignment]
    commands: tuple[Sent, ...] = traitlets.Tuple()  # type: ignore[assignment]
    reminder: tuple[int, tuple[int, ...]] | None = traitlets.Any(None)  # type: ignore[assignment]
    levers: Levers = traitlets.Instance(Levers)  # type: ignore[assignment]
    look: Answer | None = traitlets.Instance(Answer, allow_none=True)  # type: ignore[assignment]
    answer: Answer | None = traitlets.Instance(Answer, allow_none=True)  # type: ignore[assignment]
    sample_run: Result | None = traitlets.Instance(Result, allow_none=True)  # type: ignore[assignment]
    done = traitlets.Int(0)
    wanted = traitlets.Int(0)
    problem = traitlets.Unicode("")
    remark: Remark = traitlets.Instance(Remark, args=())  # type: ignore[assignment]
    revision = traitlets.Int(0)

    def __init__(self, scenario: Scenario | str | Path) -> None:
        base = scenario if isinstance(scenario, Scenario) else load(scenario)
        super().__init__(
            base=base,
            commands=tuple(section.command() for section in base.commands),
            levers=Levers(),
        )
        self.source = None if isinstance(scenario, Scenario) else Path(scenario)
        self.rollout: Rollout = prepare(base)
        self.place = WritingPlace.of_surroundings(base.folder)
        self.part: Part | None = None
        self.whole: Rollout | None = None
        self._part_of: Any = None
        self._playable = Playable(base, self.rollout.fleet)
        self._version = self._running = self._answered = 0
        self._typical: tuple[int, ...] = ()
        self._quiet = WhenQuiet()

    def _tell(self, about: str, text: str) -> None:
        self.remark = Remark(about, text)

    # The list of commands

    def add(self, draft: Draft) -> None:
        """Append the commands a form stands for; what is wrong with it is told in `message`."""
        self.put(len(self.commands), draft)

    def put(self, number: int, draft: Draft) -> None:
        """Replace a command by what a form stands for; one past the last is appended."""
        try:
            made = draft.commands()
            self._change((*self.commands[:number], *made, *self.commands[number + 1 :]))
        except ValueError as error:
            self._tell("commands", in_plain_words(error))

    def copy(self, number: int) -> None:
        """Repeat a command below itself."""
        self._change((*self.commands[: number + 1], *self.commands[number:]))

    def remove(self, number: int) -> None:
        """Take a command out."""
        self._change((*self.commands[:number], *self.commands[number + 1 :]))

    def move(self, number: int, by: int) -> None:
        """Move a command up (-1) or down (1)."""
        other = number + by
        if 0 <= other < len(self.commands):
            order = list(self.commands)
            order[number], order[other] = order[other], order[number]
            self._change(tuple(order))

    def replace(self, number: int, command: Sent) -> None:
        """Put a command in the place of another."""
        if command != self.commands[number]:
            self._change((*self.commands[:number], command, *self.commands[number + 1 :]))

    def _change(self, commands: tuple[Sent, ...]) -> None:
        self.remark = Remark()
        self.outdate()
        self.commands = commands
        self.revision += 1

    def remind(self, deferments: int, delays: tuple[int, ...]) -> None:
        """Allow so many deferments, with these delays in milliseconds."""
        if (deferments, delays) != self.reminder:
            self.outdate()
            self.reminder = deferments, delays
            self.revision += 1

    @property
    def state(self) -> PlanState:
        """What one changes of the plan."""
        return PlanState(self.commands, self.reminder, self.levers)

    def restore(self, state: PlanState, answer: Answer | None = None) -> None:
        """Put a plan on the desk as it was, with its answer if it is known."""
        self.outdate()
        with self.hold_trait_notifications():  # nobody sees half of it
            self.remark = Remark()
            self.commands, self.reminder, self.levers = state.commands, state.reminder, state.levers
            self.revision += 1
            self._answered, self.answer = self._version, answer
        if answer is not None and self.whole is not None:
            self._begin_when_over(partial(self._play_sample, self.whole, self._version))

    def take(self, scenario: Scenario, turned_before: Levers, levers: Levers) -> None:
        """Put a plan that was found on the desk: its commands, its reminder, what else is turned.

        Parameters
        ----------
        scenario
            The plan.
        turned_before
            The levers that were turned on the desk when it was looked for.
        levers
            How the plan differs from what lay there then.
        """
        self.outdate()
        found = as_found(scenario, self.base, turned_before, levers)
        self.reminder, self.levers = found.reminder, found.levers
        self._change(found.commands)

    def turn(self, levers: Levers) -> None:
        """Turn the levers; the answer no longer holds."""
        if levers != self.levers:
            self.outdate()
            self.levers = levers
            self.revision += 1

    def lay(self, base: Scenario) -> None:
        """Lay another scenario of the same fleet under the plan: what is believed has changed."""
        self.outdate()
        self.part, self._typical = None, ()
        self._playable = Playable(base, self.rollout.fleet)
        self.base = base
        self.revision += 1

    def outdate(self) -> None:
        """Say that no answer holds, be it there or on its way; before anybody sees a change."""
        self._version += 1
        self._next = self.answer = self.sample_run = None

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer, and to the plan as it is; a hand may have been quicker."""
        return self.answer is not None and self._answered == self._version

    def drop_old_answer(self) -> None:
        """Forget an answer that came while the plan changed."""
        if not self.is_answered:
            self.answer = None

    # What it comes to

    def scenario(self) -> Scenario:
        """Return the plan as a scenario; raises a `ValueError` as `commanded` does."""
        return self._playable.scenario(self.state)

    def commanded(self, base: Scenario) -> Scenario:
        """Return a scenario with the plan's commands and reminder; no lever is turned.

        Raises
        ------
        ValueError
            If there is nothing to do, or it does not hold together.
        """
        return self.state.in_scenario(base)

    def first_look(self, *, quick: bool = False) -> Answer | None:
        """Take a first look; None if the plan cannot be played, and `problem` says why.

        Parameters
        ----------
        quick
            With one run, while a hand moves.
        """
        try:
            whole, part, look = self.look_of(self.state, quick=quick)
        except ValueError as error:
            self.look, self.whole, self.problem = None, None, in_plain_words(error)
            self._tell("look", self.problem)
            return None
        if self.remark.about == "look":
            self.remark = Remark()
        self.part, self._part_of = part, targets_of(whole)
        self.whole, self.look, self.problem = whole, look, ""
        return look

    def look_of(self, state: PlanState, *, quick: bool = False) -> tuple[Rollout, Part, Answer]:
        """Return how a clock plays a plan, what part is looked at, and a look; on the desk or not.

        Raises
        ------
        ValueError
            If it cannot be played.
        """
        whole = self._playable.rollout(state)
        part = self._chosen(whole)
        runs = runs_of_a_look(len(part.devices), quick=quick)
        look = look_at(
            whole,
            part,
            wanted_measures(whole),
            numbers=self._typical[:runs] or range(runs),
            setting=self._playable.setting(whole),
        )
        return whole, part, look

    def _chosen(self, whole: Rollout) -> Part:
        """Return the devices of a first look; the same while only levers are turned."""
        if self.part is None or self._part_of != targets_of(whole):
            return choose(whole, devices_of_a_look())
        return self.part

    @property
    def headline(self) -> str:
        """What is known of the plan as it is, in a sentence."""
        if self.answer is not None:
            return f"{self.answer.headline}."
        return self.problem if self.look is None else look_in_words(self.look, self.part)

    def start(self, runs: int = USUAL_RUNS, *, workers: int | None = None) -> None:
        """Begin to make the runs in a thread of their own; see `stop` and `wait`."""
        if self.is_running:
            return
        version = self._version
        try:
            whole = prepare(self.scenario(), self._playable.rollout(self.state))
            experiment = Experiment(whole, measures=map(time_measure, LESS))
        except ValueError as error:
            self._tell("runs", in_plain_words(error))
            return
        if version != self._version:
            return  # it has changed meanwhile, and whoever changed it begins anew
        self._running, self.remark = version, Remark()
        self.done, self.wanted = 0, runs
        self._begin(lambda: self._work(experiment, runs, workers, version))

    def start_when_quiet(self, runs: int = USUAL_RUNS, *, seconds: float = QUIET) -> None:
        """Begin to make the runs once nothing has been turned for a while."""
        self._quiet.then(seconds, self._start_anew, runs, self._version)

    def rest(self) -> None:
        """Make no more runs until they are asked for."""
        self._quiet.cancel()
        self.stop()

    def _start_anew(self, runs: int, version: int) -> None:
        is_at_it = self.is_running and self._running == version
        if version != self._version or is_at_it or self.answer is not None:
            return
        self.stop()
        self.wait()
        if version == self._version:
            self.start(runs)

    def _work(self, experiment: Experiment, runs: int, workers: int | None, version: int) -> None:
        def progress(done: int, _total: int | None) -> None:
            self.done = done
            self._check_stop()
            if version != self._version:
                raise KeyboardInterrupt

        try:
            answer = experiment.run(runs, workers=workers, progress=progress)
            if version != self._version:
                return
            typical = nearest_the_middle(answer)
            if version == self._version:
                self._typical, self._answered = typical, version
                self.answer = answer
                self.drop_old_answer()
                if answer.interrupted and version == self._version:
                    self._tell("runs", say("desk.stopped_after", done=answer.runs, runs=runs))
                self._play_sample(experiment.rollout, version)
        except ENDS as end:
            if version == self._version:
                self._tell("runs", why_ended(end))

    def _play_sample(self, rollout: Rollout, version: int) -> None:
        sample_run = sample_of(rollout)
        if version == self._version:
            self.sample_run = sample_run

    # On disk

    def scmd(self) -> str:
        """Return the plan's commands as scmd lines, levers turned; none if it does not hold."""
        try:
            return scmd_lines([section.command() for section in self.scenario().commands])
        except ValueError:
            return ""

    def save_scenario(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the plan as a scenario file, beside the files it names or with them.

        Parameters
        ----------
        path
            Where the file will lie.
        overwrite
            Whether what lies there may be replaced; sections that did not change stay as written.
        """
        place = Path(path)
        try:
            text = saving.save_scenario(self.scenario(), self.place, place, overwrite=overwrite)
        except ValueError as error:
            text = in_plain_words(error)
        self._tell("files", text)

    def save_report(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the report of the answer; `overwrite` replaces what lies there."""
        if self.answer is None:
            self._tell("files", say("desk.run_first"))
            return
        answer, log = self.answer, self.sample_run.log if self.sample_run is not None else None
        place = Path(path)
        text = saving.save(
            self.place,
            [place],
            lambda: {place.name: report(answer, log).encode()},
            overwrite=overwrite,
        )
        self._tell("files", text)
