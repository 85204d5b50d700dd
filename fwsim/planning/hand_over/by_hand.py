"""What a plan counts on and no command file holds: somebody else has to see to it."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.quantities.units import write_duration
from fwsim.scenario.option_fields import write_time
from fwsim.scenario.schema import Scenario
from fwsim.scenario.windows_section import CommandWindowsSection

MOST_BLACKOUTS = 5


def seen_to_by_hand(plan: Scenario) -> list[str]:
    """Return what must be seen to beside the commands, a sentence each."""
    told = held_back(plan)
    if plan.assignments:
        count = counted(len(plan.assignments), "assignment")
        told.append(f"Played beside the commands: {count}; a hand-over holds commands only.")
    return told


def held_back(plan: Scenario) -> list[str]:
    """Return when somebody may let commands start; nothing where they start at their times."""
    if plan.windows is None:
        return []
    when = "; ".join(_when(plan.windows, plan))
    return [f"{say('assignments.windows_not_handed_over')}. A device may start {when}."]


def _when(windows: CommandWindowsSection, plan: Scenario) -> Iterator[str]:
    clocks = {"device": "its own clock", "server": f"the server's clock, {plan.zone}"}
    yield f"{windows.times.text} ({clocks.get(windows.zone, windows.zone)})"
    if windows.run_time:
        yield f"only with {write_duration(windows.run_time)} left"
    shown = [f"{write_time(b.start)} to {write_time(b.end)}" for b in windows.blackouts]
    if more := shown[MOST_BLACKOUTS:]:
        shown[MOST_BLACKOUTS:] = [counted(len(more), "more blackout")]
    if shown:
        yield f"not {', '.join(shown)}"
    if (days := windows.holidays) is not None:
        parts = [part for part in (days.country, days.subdivision) if part]
        file = (days.file or "").replace("\\", "/").rpartition("/")[2]
        yield f"not on the holidays of {' and '.join(filter(None, ['-'.join(parts), file]))}"
