"""What stands around the board, as plain data: commands and fields, plans, how far the runs are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fwsim.commands.command import Sent
from fwsim.forewarning.commands import command_warnings
from fwsim.messages import language, say
from fwsim.notebook.board.sentences import command_in_words
from fwsim.notebook.draft import scmd_lines
from fwsim.notebook.first_look import seen_in_words
from fwsim.notebook.history import History
from fwsim.notebook.plan import Plan
from fwsim.notebook.rail import Rail
from fwsim.notebook.shelf import Shelf
from fwsim.problems import InputError
from fwsim.results.statistics.answer import Answer

MOST_SCENARIOS = 100
Data = dict[str, Any]


def rail_data(
    rail: Rail,
    limits: Sequence[Data],
    warnings: Sequence[str],
    others: Sequence[str] = (),
    *,
    is_held: bool,
) -> Data:
    """Return the rail.

    Parameters
    ----------
    rail
        The fields.
    limits
        How the scenario's limits stand.
    warnings
        About the scenario beside its commands.
    others
        What the scenario has beside its commands, in words.
    is_held
        Whether a hand is moving: nobody reads warnings then.
    """
    plan = rail.plan
    commands = [
        {
            "number": number,
            "text": command_in_words(command, plan.rollout),
            "scmd": scmd_lines([command]),
            "picked": number == rail.picked,
            "warnings": [] if is_held else _warnings(plan, command),
        }
        for number, command in enumerate(plan.commands)
    ]
    return {
        "commands": commands,
        "others": others,
        "picked": rail.picked,
        "fields": rail.fields(plan.rollout),
        "plan": rail.plan_fields(),
        "limits": limits,
        "warnings": warnings,
    }


def _warnings(plan: Plan, command: Sent) -> list[str]:
    try:
        return command_warnings([command], plan.rollout)
    except InputError as error:
        return [problem.message for problem in error.problems]


def top_data(plan: Plan, shelf: Shelf, history: History[Any]) -> Data:
    """Return the top line: scenario, plans, undo and redo."""
    plans = [
        {"name": one.name, "current": number == shelf.current}
        for number, one in enumerate(shelf.plans)
    ]
    return {
        "title": plan.base.name,
        "language": language(),
        "scenarios": scenarios_beside(plan),
        "plans": plans,
        "undo": history.undoes,
        "redo": history.redoes,
    }


def plan_in_words(plan: Plan, shelf: Shelf) -> list[str]:
    """Return what is known of the plan on the desk, line by line, for where nothing is drawn."""
    name = [shelf.on_desk.name] if len(shelf.plans) > 1 else []
    return [
        say("page.planner", name=plan.base.name),
        *name,
        *(command_in_words(command, plan.rollout) for command in plan.commands),
        plan.headline,
        say("page.as_it_stood"),
    ]


def scenarios_beside(plan: Plan) -> list[str]:
    """Return the names of the scenarios beside this one; strangers are told none."""
    source = plan.source
    if source is None or plan.place.is_confined:
        return []
    return sorted(path.name for path in source.parent.glob("*.yaml"))[:MOST_SCENARIOS]


def progress_data(
    plan: Plan,
    shown: Answer | None,
    runs: str,
    remark: str,
    compiled: tuple[int, int] | None = None,
) -> Data:
    """Return the line below the tiles.

    Parameters
    ----------
    plan
        How far its runs are.
    shown
        The answer, or a first look.
    runs
        How many are wanted, as the field shows it.
    remark
        What is said; by default what the plan says of its runs. Why it cannot be played at all
        stands on the board.
    compiled
        How many functions of the clock are compiled, of how many; None once it is there.
    """
    if not remark and compiled is not None:
        done, of = compiled
        remark = say("desk.compiling", done=done, of=of) if of else say("desk.compiling_begins")
    if not remark and plan.remark.about == "runs":
        remark = plan.remark.text
    about = hint = ""
    if shown is not None:
        hint = seen_in_words(plan.part) if plan.answer is None else ""
        is_over = plan.remark.about == "runs" and bool(plan.remark.text) and not plan.is_running
        name = ("about_only" if is_over else "about") if plan.answer is None else "full"
        about = say(f"desk.{name}", runs=shown.runs)
        if hint and plan.part is not None:
            about = say("desk.about_part", about=about, count=len(plan.part.devices))
    return {
        "done": plan.done,
        "wanted": plan.wanted,
        "running": plan.is_running,
        "about": about,
        "hint": hint,
        "remark": remark.splitlines()[0] if remark else "",
        "runs": runs,
    }
