"""Everything in a scenario that is valid and hardly meant, as warnings with their places."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.forewarning.assignments import oddities_of_assignments
from fwsim.forewarning.at_one_time import oddities_of_one_time
from fwsim.forewarning.clock_changes import oddities_of_clock_changes
from fwsim.forewarning.commands import oddities_of_commands
from fwsim.forewarning.looked_up import oddities_looked_up
from fwsim.forewarning.names import oddities_of_names
from fwsim.forewarning.oddity import Oddity, sentence
from fwsim.forewarning.settings import oddities_of_settings
from fwsim.forewarning.times import oddities_of_times
from fwsim.forewarning.waiting import oddities_of_waiting
from fwsim.forewarning.whom import oddities_of_whom
from fwsim.messages import say
from fwsim.model.device_jobs import ScheduledJob, scheduled_jobs_of
from fwsim.model.rollout import Rollout
from fwsim.problems import Problem, Severity
from fwsim.scenario.load import sorted_problems


def warnings_about(rollout: Rollout) -> list[Problem]:
    """Return what in a scenario is valid but probably not meant, in the order of its places.

    Parameters
    ----------
    rollout
        As `fwsim.run.prepare` returns it.
    """
    scenario, jobs = rollout.scenario, scheduled_jobs_of(rollout)
    warnings = [*scenario.reading_warnings(), *rollout.fleet.warnings, *_of_jobs(jobs)]
    oddities = _oddities(rollout, jobs)
    warnings += [scenario.warning(d.place, d.text, at_key=d.at_key) for d in oddities]
    return sorted_problems(list(dict.fromkeys(warnings)))


def warnings_beside_commands(rollout: Rollout) -> list[str]:
    """Return the warnings that are not about a command, for those who compose commands anew."""
    warnings = (w for w in warnings_about(rollout) if not (w.path or "").startswith("commands."))
    own = rollout.scenario.source
    return [f"{_place(warning, own)}: {sentence(warning.message)}" for warning in warnings]


def _place(warning: Problem, own: str) -> str:
    line = say("warning.line", line=warning.line) if warning.line is not None else None
    is_elsewhere = warning.source is not None and warning.source != own
    file = warning.source if is_elsewhere else say("warning.in_scenario")
    return ", ".join(part for part in (file, line, warning.path) if part)


def _of_jobs(jobs: list[ScheduledJob]) -> Iterator[Problem]:
    """Yield what in the scheduler's files does nothing."""
    for scheduled in jobs:
        for line, text in scheduled.job.without_effect():
            yield Problem(text, scheduled.job.source, line, severity=Severity.WARNING)


def _oddities(rollout: Rollout, jobs: list[ScheduledJob]) -> Iterator[Oddity]:
    yield from oddities_of_names(rollout)
    yield from oddities_of_commands(rollout)
    yield from oddities_of_one_time(rollout)
    yield from oddities_of_assignments(rollout)
    yield from oddities_of_waiting(rollout, jobs)
    yield from oddities_looked_up(rollout)
    yield from oddities_of_times(rollout, jobs)
    yield from oddities_of_clock_changes(rollout)
    yield from oddities_of_settings(rollout)
    yield from oddities_of_whom(rollout)
