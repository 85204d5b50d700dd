"""From a plan on the desk to what a clock plays; of plans alike but for commands, all is shared."""

from __future__ import annotations

from threading import RLock
from typing import Any

from pydantic import TypeAdapter

from fwsim.commands.command import Sent
from fwsim.commands.targets import Target
from fwsim.fleet.fleet import Fleet
from fwsim.model.rollout import Rollout
from fwsim.notebook.shelf import PlanState
from fwsim.planning.levers import Levers, turned, turned_commands
from fwsim.problems import Problem
from fwsim.results.output.result import Result
from fwsim.results.statistics.setting import Setting
from fwsim.run import simulate
from fwsim.scenario.checks import plan_findings
from fwsim.scenario.command_section import CommandSection
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.schema import MOST_COMMANDS, Scenario
from fwsim.scenario.section import ValuesError

_SECTION: TypeAdapter[CommandSection] = TypeAdapter(CommandSection)
Sections = tuple[CommandSection, ...]


class Playable:
    """Makes scenarios and rollouts of a plan.

    Only what has changed is checked and worked out: where that are commands, it is them, and
    runs of the same number share what they draw.

    Parameters
    ----------
    base
        The scenario under the plan.
    fleet
        Its fleet.
    """

    def __init__(self, base: Scenario, fleet: Fleet) -> None:
        self.base, self.fleet = base, fleet
        self._lock = RLock()
        self._surroundings: Any = None
        self._elder: Rollout | None = None
        self._setting: Setting | None = None
        self._found: set[Any] = set()
        self._made: tuple[PlanState, Scenario] | None = None
        self._section_of: dict[Sent, CommandSection] = {}

    def scenario(self, state: PlanState) -> Scenario:
        """Return the plan as a scenario, levers turned.

        Raises
        ------
        ValueError
            If there is nothing to do, or it does not hold together.
        """
        with self._lock:
            if self._made is None or self._made[0] != state:
                self._made = state, turned(state.in_scenario(self.base), state.levers)
            return self._made[1]

    def rollout(self, state: PlanState) -> Rollout:
        """Return the plan as a clock plays it; its targets are there, its times in the story.

        Raises
        ------
        ValueError
            As `scenario` does, and if a target leads nowhere or a time lies outside.
        """
        with self._lock:
            surroundings = state.reminder, state.levers
            if self._elder is None or self._surroundings != surroundings:
                return self._anew(state, surroundings)
            sections = self._sections(state, self._elder)
            if not 0 < len(sections) <= MOST_COMMANDS:
                return self._anew(state, surroundings)
            whole = self._elder.commanded(sections)
            self._find(whole)
            return whole

    def setting(self, whole: Rollout) -> Setting:
        """Return what a first look at a plan tells of its surroundings."""
        with self._lock:
            if self._setting is None:
                self._setting = Setting.of(whole)
            return self._setting

    def _anew(self, state: PlanState, surroundings: Any) -> Rollout:
        self._elder = self._setting = None
        self._found = set()
        whole = Rollout(self.scenario(state), self.fleet)
        self._find(whole)
        self._elder, self._surroundings = whole, surroundings
        return whole.commanded(whole.scenario.commands)  # so that what it draws is kept, too

    def _find(self, whole: Rollout) -> None:
        """Refuse what no run takes; targets are looked up that were not looked up before."""
        if wrong := plan_findings(whole.scenario):
            raise ValuesError(Problem(text) for _, text in wrong)
        targets = {section.command().target for section in whole.scenario.commands}
        if targets <= self._found:
            return
        whole.check_targets()
        self._found |= targets

    def _sections(self, state: PlanState, elder: Rollout) -> Sections:
        """Return a plan's commands, checked; a hand moves one, and no other is checked anew."""
        known = self._section_of
        sections = tuple(known.get(one) or _checked(command_data(one)) for one in state.commands)
        self._section_of = dict(zip(state.commands, sections, strict=True))
        if state.levers == Levers():
            return sections
        as_written = elder.scenario.model_copy(update={"commands": sections})
        return tuple(map(_checked, turned_commands(as_written, state.levers, elder.fleet)))


def as_found(
    scenario: Scenario, base: Scenario, turned_before: Levers, levers: Levers
) -> PlanState:
    """Return a plan that was found as one changes it; see `Plan.take`."""
    deferments, delays = scenario.firmware.settings().reminder
    is_same = scenario.firmware.reminder == base.firmware.reminder
    return PlanState(
        commands=tuple(section.command() for section in scenario.commands),
        reminder=None if is_same else (deferments, tuple(1000 * delay for delay in delays)),
        levers=Levers(
            link_share=min(levers.link_share, turned_before.link_share),
            proxies=turned_before.proxies if levers.proxies is None else levers.proxies,
        ),
    )


def targets_of(rollout: Rollout) -> tuple[Target, ...]:
    """Return whom its runs target: what a first look's devices are chosen by."""
    return tuple(run.command.target for run in rollout.runs)


def sample_of(rollout: Rollout) -> Result:
    """Return one run with its devices, so that nobody waits for them later."""
    sample = simulate(rollout)
    _ = sample.devices
    return sample


def _checked(entry: Any) -> CommandSection:
    return _SECTION.validate_python(entry)
