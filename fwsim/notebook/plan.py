"""The plan on the desk: its commands, what is turned on it, its answers. No widget in sight."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from fwsim.commands.targets import ListFileTarget
from fwsim.engine import Engine, choose_engine
from fwsim.notebook.draft import Draft, Sent, scmd_lines
from fwsim.planning.experiment import Experiment
from fwsim.planning.levers import Levers, turned
from fwsim.planning.thinning import thinned
from fwsim.problems import InputError
from fwsim.quantities.units import write_duration
from fwsim.results.answer import Answer
from fwsim.results.replication import measured
from fwsim.results.report import report
from fwsim.results.result import Result
from fwsim.results.setting import Setting
from fwsim.results.writing import text_writer, write_all
from fwsim.rollout import Rollout
from fwsim.run import play_once, prepare, provenance, simulate
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.load import dumps, load
from fwsim.scenario.schema import Scenario

RUNS_OF_A_LOOK = 4
"""So many that a band can be drawn, and so few that the hand does not wait."""
USUAL_RUNS = 20
QUIET = 1.0
"""Seconds without a turn after which the full runs begin."""


class Plan(traitlets.HasTraits):
    """What a planner works on; widgets watch its traits.

    Parameters
    ----------
    scenario
        The scenario to start from, or the path of its file.

    Attributes
    ----------
    commands
        In their order; all of them run.
    reminder
        Number of allowed deferments and the delays in milliseconds; None leaves the scenario's.
    levers
        What is turned on top of them.
    look
        The first look at the plan as it is: from a part of the devices, a few runs.
    answer
        The answer of the last full run; None once the plan has changed.
    ghost
        Plan A, kept on screen while plan B is tried.
    story
        The first run of the answer, for its devices.
    is_running, done, wanted
        Whether runs are made, and how many are done of how many.
    message
        What went wrong, or what was saved; in words.
    """

    commands: tuple[Sent, ...] = traitlets.Tuple()  # type: ignore[assignment]
    reminder: tuple[int, tuple[int, ...]] | None = traitlets.Any(None)  # type: ignore[assignment]
    levers: Levers = traitlets.Instance(Levers)  # type: ignore[assignment]
    look: Answer | None = traitlets.Instance(Answer, allow_none=True)  # type: ignore[assignment]
    answer: Answer | None = traitlets.Instance(Answer, allow_none=True)  # type: ignore[assignment]
    ghost: Answer | None = traitlets.Instance(Answer, allow_none=True)  # type: ignore[assignment]
    story: Result | None = traitlets.Instance(Result, allow_none=True)  # type: ignore[assignment]
    is_running = traitlets.Bool(False)
    done = traitlets.Int(0)
    wanted = traitlets.Int(0)
    message = traitlets.Unicode("")

    def __init__(self, scenario: Scenario | str | Path) -> None:
        base = scenario if isinstance(scenario, Scenario) else load(scenario)
        super().__init__(
            commands=tuple(section.command() for section in base.commands), levers=Levers()
        )
        self.base = base
        self.rollout: Rollout = prepare(base)
        self._made: tuple[Any, Scenario] | None = None
        self._version = self._running = 0
        self._timer: threading.Timer | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    # The list of commands

    def add(self, draft: Draft) -> None:
        """Append the commands a form stands for; what is wrong with it is told in `message`."""
        try:
            self._change((*self.commands, *draft.commands()))
        except ValueError as error:
            self.message = in_plain_words(error)

    def put(self, number: int, draft: Draft) -> None:
        """Replace a command by what a form stands for."""
        try:
            made = draft.commands()
            self._change((*self.commands[:number], *made, *self.commands[number + 1 :]))
        except ValueError as error:
            self.message = in_plain_words(error)

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

    def _change(self, commands: tuple[Sent, ...]) -> None:
        self.message = ""
        self.commands = commands
        self._outdate()

    def remind(self, deferments: int, delays: tuple[int, ...]) -> None:
        """Allow so many deferments, with these delays in milliseconds."""
        if (deferments, delays) != self.reminder:
            self.reminder = deferments, delays
            self._outdate()

    def take(self, found: Scenario, turned_before: Levers, levers: Levers) -> None:
        """Put a plan that was found on the desk: its commands, its reminder, what else is turned.

        Parameters
        ----------
        found
            The plan.
        turned_before
            The levers that were turned on the desk when it was looked for.
        levers
            How the plan differs from what lay there then.
        """
        settings = found.firmware.settings()
        delays = tuple(1000 * delay for delay in settings.delays or ())
        is_same = found.firmware.reminder == self.base.firmware.reminder
        self.reminder = None if is_same else (settings.deferments or 0, delays)
        proxies = turned_before.proxies if levers.proxies is None else levers.proxies
        self.levers = Levers(
            link_share=levers.link_share * turned_before.link_share, proxies=proxies
        )
        self._change(tuple(section.command() for section in found.commands))

    def turn(self, levers: Levers) -> None:
        """Turn the levers; the answer no longer holds."""
        if levers != self.levers:
            self.levers = levers
            self._outdate()

    def _outdate(self) -> None:
        """Say that no answer holds for the plan as it is now."""
        self._version += 1
        self.answer = self.story = None

    # What it comes to

    def scenario(self) -> Scenario:
        """Return the plan as a scenario.

        Raises
        ------
        ValueError
            If there is nothing to do, or it does not hold together.
        """
        made_of = (self.commands, self.levers, self.reminder)
        if self._made is None or self._made[0] != made_of:
            data = {**self.base.as_data(), "commands": [command_data(c) for c in self.commands]}
            if self.reminder is not None:
                deferments, delays = self.reminder
                reminder = {"deferments": deferments, "delays": [write_duration(d) for d in delays]}
                data["firmware"] = {**data.get("firmware", {}), "reminder": reminder}
            written = Scenario.model_validate(data).seen_from(self.base.folder)
            self._made = made_of, turned(written, self.levers)
        return self._made[1]

    def first_look(self) -> Answer | None:
        """Take a first look, quickly: a few runs of a part of the fleet; None if there is none."""
        try:
            scenario = self.scenario()
            whole = Rollout(scenario, self.rollout.fleet)
            whole.check_targets()
            few, step = thinned(whole)
            choice = choose_engine()
            count = RUNS_OF_A_LOOK if choice.engine is Engine.COMPILED else 1
            runs = [
                measured(play_once(few, scenario.seed, number, engine=choice.engine), number)
                for number in range(count)
            ]
        except ValueError as error:
            self.message = in_plain_words(error)
            return None
        self.message = ""
        origin = {**provenance(scenario, scenario.seed, choice), "one_device_stands_for": step}
        self.look = Answer(Setting.of(few), runs, provenance=origin, requested=count)
        return self.look

    def start(self, runs: int = USUAL_RUNS, *, workers: int | None = None) -> None:
        """Begin to make the runs in a thread of their own; see `stop` and `wait`."""
        if self.is_running:
            return
        try:
            experiment = Experiment(self.scenario())
        except ValueError as error:
            self.message = in_plain_words(error)
            return
        self._stop.clear()
        self._running = self._version
        self.message, self.done, self.wanted, self.is_running = "", 0, runs, True
        self._thread = threading.Thread(
            target=self._work, args=(experiment, runs, workers, self._version), daemon=True
        )
        self._thread.start()

    def start_when_quiet(self, runs: int = USUAL_RUNS, *, seconds: float = QUIET) -> None:
        """Begin to make the runs once nothing has been turned for a while."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, self._start_anew, [runs, self._version])
        self._timer.daemon = True
        self._timer.start()

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
            if self._stop.is_set() or version != self._version:
                raise KeyboardInterrupt

        try:
            answer = experiment.run(runs, workers=workers, progress=progress)
            if version == self._version:
                story = simulate(experiment.scenario)
                _ = story.devices  # made here, so that nobody waits for it later
                self.story = story
                self.answer = answer
                if answer.interrupted:
                    self.message = f"stopped after {answer.runs} of {runs} runs"
        except (InputError, OSError) as error:
            self.message = in_plain_words(error)
        finally:
            self.is_running = False

    def stop(self) -> None:
        """Stop after the run that is being made; what is done is kept."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the runs are made."""
        if self._thread is not None:
            self._thread.join(seconds)

    def keep_as_ghost(self) -> None:
        """Keep the answer on screen as plan A."""
        self.ghost = self.answer or self.look

    # On disk

    def scmd(self) -> str:
        """Return the plan's commands as scmd lines, levers turned."""
        try:
            return scmd_lines([section.command() for section in self.scenario().commands])
        except ValueError as error:
            return f"# {error}"

    def save_scenario(self, path: str | Path) -> None:
        """Write the plan as a scenario file; beside the files it names."""
        place = Path(path)
        if self._names_files() and place.parent.resolve() != self.base.folder.resolve():
            self.message = f"save it in {self.base.folder}: it names files that lie there"
            return
        self._save(place, lambda: dumps(self.scenario()))

    def _names_files(self) -> bool:
        base = self.base
        units = base.fleet.units.values()
        schedulers = (base.scheduler, *(unit.scheduler for unit in units))
        lists = any(isinstance(command.target, ListFileTarget) for command in self.commands)
        return bool(base.fleet.inventory or base.idf or any(schedulers) or lists)

    def save_report(self, path: str | Path) -> None:
        """Write the report of the answer."""
        if self.answer is None:
            self.message = "run the plan first"
            return
        answer, log = self.answer, self.story.log if self.story is not None else None
        self._save(Path(path), lambda: report(answer, log))

    def _save(self, path: Path, make: Callable[[], str]) -> None:
        try:
            write_all(path.parent, {path.name: text_writer(make())})
        except ValueError as error:
            self.message = in_plain_words(error)
        else:
            self.message = f"written to {path}"

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain data, as its file would hold it."""
        return self.scenario().as_data()
