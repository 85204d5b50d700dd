"""The commands that look for a plan: bounds, plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.asked_plan import AskedPlan, checked
from fwsim.cli.cluster import cluster
from fwsim.cli.group import NOT_POSSIBLE, STOPPED_BY_USER, WRONG_INPUT, example, main
from fwsim.cli.keeping import keep_and_tell
from fwsim.cli.options import PATH, in_options, of_options
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.messages import say, translated
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import MOST_SEARCH_RUNS

if TYPE_CHECKING:
    from fwsim.planning.hand_over.hand_over import HandOver
    from fwsim.planning.search.candidate import Candidate
    from fwsim.planning.search.search import Search
    from fwsim.planning.search.search_result import SearchResult
    from fwsim.planning.search.sensitivity import Fix
    from fwsim.scenario.schema import Scenario

NO_PLAN = 1
_LIMIT = (
    "A limit to keep, as in 'most prompts on one device: <= 1', in addition to the scenario's; "
    "may be repeated."
)


@main.command(
    short_help="Show, without a run, what no run can achieve.",
    epilog=example("fwsim bounds ours.yaml --limit 'time to 95 %: <= 6 h'"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@click.option("--limit", "limits", multiple=True, help=_LIMIT)
def bounds(scenario: Path, limits: tuple[str, ...]) -> None:
    """Show, without a single run, what no run of SCENARIO can achieve.

    Where lines or rates are in doubt, it shows in how many of the drawn worlds. Looks at what
    the scenario expects, at the limits of its search and at those given here.
    """
    from fwsim.measures.in_words import expectation_in_words
    from fwsim.planning.bounds.in_doubt import FeasibilityInDoubt
    from fwsim.planning.search.question import question_of, warnings_of_given
    from fwsim.run import prepared, warnings_of

    rollout = prepared(scenario)
    tell(warnings_of(rollout))
    with in_options(limits="--limit"):
        question = question_of(rollout, limits=limits)
    tell(of_options(warnings_of_given(rollout, question), limits="--limit"))
    expectations = [*rollout.scenario.expect, *question.limits]
    if not expectations:
        problem = Problem(say("option.nothing_to_check"), source=str(scenario))
        raise InputError([problem])
    feasibility = FeasibilityInDoubt(rollout)
    computed = feasibility.bounds(list(dict.fromkeys(expectations)))
    for bound in computed:
        click.echo(str(bound))
    bounded = {bound.expectation for bound in computed}
    for other in dict.fromkeys(expectations):
        if other not in bounded:
            why = feasibility.unbounded or say("bounds.no_form")
            told = expectation_in_words(other)
            click.echo(say("bounds.not_bounded", expectation=told, why=why))
    if any(not bound.is_possible for bound in computed):
        raise SystemExit(NO_PLAN)


@main.command(
    short_help="Find the plan that keeps the limits and is best by the goals.",
    epilog=example("fwsim plan ours.yaml --study ours.sqlite --out out/plan"),
)
@click.argument("scenario", type=PATH)
@allow_outside
@click.option(
    "--goal",
    "goals",
    multiple=True,
    help="A measure to optimise, as in 'time to 95 %'; the first one decides. "
    "Replaces the scenario's goals; may be repeated.",
)
@click.option("--limit", "limits", multiple=True, help=_LIMIT)
@click.option(
    "--runs",
    type=click.IntRange(1, MOST_SEARCH_RUNS),
    help="Runs to spend; default: the scenario's. An eighth of them (5 to 30; above 600 runs a "
    "twentieth, up to 100) is held out: it decides whether the selected plan keeps the limits.",
)
@options.seed()
@click.option(
    "--study", type=PATH, help="SQLite file that keeps every run; the search resumes from it."
)
@click.option("--out", type=PATH, help="Folder for the plan: commands, calendar, report.")
@click.option(
    "--anyway", is_flag=True, help="Hand over the nearest plan even if none keeps the limits."
)
@click.option(
    "--fix",
    is_flag=True,
    help="Show what to fix first (a line, a proxy, a habit) to make the plan better "
    "or, if none keeps the limits, to make the nearest keep them.",
)
@options.workers
@options.scheduler
@options.quiet
def plan(**given: Any) -> None:
    """Find the plan for SCENARIO that keeps the limits and is best by the goals.

    The search parameters are in the scenario's search block. Ctrl-C keeps every run in --study.
    If no plan keeps the limits, the exit code is 1, and the nearest is shown but not handed over.
    """
    from fwsim.planning.search.default_search import search_parameters_in_words, searchable
    from fwsim.planning.search.search import Search
    from fwsim.run import warnings_of

    asked = AskedPlan(**given)
    model = checked(asked)
    tell(warnings_of(model))
    names = {"goals": "--goal", "limits": "--limit", "runs": "--runs"}
    with in_options(**names):
        search = Search(
            searchable(model),
            goals=asked.goals,
            limits=asked.limits,
            runs=asked.runs,
            seed=asked.seed,
            study=asked.study,
        )
    tell(of_options(search.warnings, **names))
    if hint := search_parameters_in_words(model):
        click.echo(f"{hint}\n")
    with cluster(asked.scheduler) as executor:
        result = _searched(search, asked, executor)
        if len(result.question.goals) > 1 and len(result.front) > 1:
            _print_front(result)
        if asked.fix:
            _print_fixes(result, search.seed, executor, asked.workers, quiet=asked.quiet)
        if asked.out is not None:
            _hand_over(result, model, search.seed, asked, asked.out, executor)
    if not result.keeps_limits:
        raise SystemExit(NO_PLAN)


def _searched(search: Search, asked: AskedPlan, executor: Any) -> SearchResult:
    """Search, and say what was asked and found; end if it was stopped."""
    from fwsim.planning.search.as_written import as_written_in_words
    from fwsim.planning.search.result_in_words import verdict
    from fwsim.planning.search.usual_goal import usual_goal_in_words

    written = search.space.scenario
    with ProgressBar("runs", hidden=asked.quiet) as bar:
        result = search.run(workers=asked.workers, executor=executor, progress=bar.tell_search)
    if not asked.goals and not (written.search and written.search.goals):
        click.echo(usual_goal_in_words(written, are_limits=bool(search.question.limits)))
    click.echo(f"{search.question.words()}\n")
    for line in [*verdict(result), *as_written_in_words(result)]:
        click.echo(line)
    if result.interrupted:
        click.echo(_stopped(result, search.runs_kept, asked.study, asked.out), err=True)
        raise SystemExit(NOT_POSSIBLE if result.cause else STOPPED_BY_USER)
    return result


def _stopped(result: SearchResult, kept: int, study: Path | None, out: Path | None) -> str:
    """Return why a search stopped, and what is left of it."""
    text = say("plan.stopped")
    if study is not None:
        text = say("plan.stopped_kept", study=study, count=kept)
    if out is not None:
        text = say("plan.nothing_written", text=text, folder=out)
    return f"{result.cause}\n{text}" if result.cause else text


def _print_front(result: SearchResult) -> None:
    from fwsim.console import console_for_tables, plain_table
    from fwsim.measures.in_words import measure_in_words
    from fwsim.planning.search.plan_in_words import in_one_line
    from fwsim.planning.search.question import shown_estimate

    goals = result.question.goals
    front = result.front
    first = front[0].words
    alike = {
        name: value
        for name, value in first.items()
        if all(trial.words.get(name) == value for trial in front)
    }
    names = (measure_in_words(goal) for goal in goals)
    table = plain_table(*names, say("plan.head_runs"), say("plan.head_plan"))
    for trial in front:
        cells = [shown_estimate(goal, trial.of(goal)) for goal in goals]
        own = in_one_line({n: v for n, v in trial.words.items() if n not in alike})
        table.add_row(*cells, str(trial.runs), own)
    console = console_for_tables()
    console.print(f"\n{say('plan.front')}\n")
    console.print(table)
    if alike:
        console.print("\n" + say("plan.all_of_them", what=in_one_line(alike)))


def _print_fixes(
    result: SearchResult, seed: int, executor: Any, workers: int | None, *, quiet: bool
) -> None:
    from fwsim.measures.in_words import measure_in_words
    from fwsim.planning.hand_over.hand_over import other_seed
    from fwsim.planning.search.sensitivity import what_to_fix

    nearest = result.nearest
    if nearest is None and result.chosen is None:
        click.echo("\n" + say("plan.nothing_to_fix"))
        return
    goals, question = result.question.goals, None
    if nearest is not None and result.question.limits:
        broken = (limit.measure for limit in result.broken_by(nearest))
        goals, question = tuple(dict.fromkeys([*broken, *goals])), result.question
    with ProgressBar("runs", hidden=quiet) as bar:
        fixes = what_to_fix(
            result.plan(nearest),
            goals,
            question=question,
            seed=other_seed(seed),
            workers=workers,
            executor=executor,
            progress=bar.tell_runs,
        )
    _print_table_of_fixes(
        fixes, [measure_in_words(goal) for goal in goals], asks_for_limits=question is not None
    )


def _print_table_of_fixes(fixes: list[Fix], measures: list[str], *, asks_for_limits: bool) -> None:
    from fwsim.console import console_for_tables, plain_table
    from fwsim.results.statistics.difference_in_words import in_words

    limits = [say("plan.head_keeps")] if asks_for_limits else []
    table = plain_table(say("plan.head_what"), say("plan.head_change"), *limits, *measures)
    for fix in fixes:
        told = say("plan.in_runs", often=fix.kept, count=fix.pairs)
        kept = [told] if asks_for_limits else []
        words = [in_words(difference) for difference in fix.differences]
        table.add_row(translated("fix", fix.kind), fix.change, *kept, *words)
    console = console_for_tables()
    if asks_for_limits:
        often = {"often": fixes[0].kept_without, "count": fixes[0].pairs}
        console.print("\n" + say("plan.fix_limits", **often) + "\n")
    else:
        console.print(f"\n{say('plan.fix')}\n")
    console.print(table)
    if asks_for_limits:
        console.print(f"\n{_what_suffices(fixes)}")
    console.print("\n" + say("plan.together"))


def _what_suffices(fixes: list[Fix]) -> str:
    """Return which of the changes make a plan keep its limits."""
    enough = [fix.change for fix in fixes if fix.keeps_limits]
    if not enough:
        return say("plan.none_suffices")
    return say("plan.these_suffice", count=fixes[0].pairs, changes="; ".join(enough))


def _hand_over(
    result: SearchResult, written: Scenario, seed: int, asked: AskedPlan, out: Path, executor: Any
) -> None:
    """Write what was searched, and hand over a plan if one is wanted."""
    from fwsim.planning.hand_over.manifest import PLAN, SEARCH, handed_files
    from fwsim.planning.search.search_files import search_files
    from fwsim.results.output.folder.writing import NewPart, write_parts

    wanted = result.nearest if asked.anyway else None
    if result.keeps_limits:
        wanted = result.chosen
    searched = search_files(result)
    parts = {SEARCH: NewPart(searched)}
    fault: InputError | None = None
    if wanted is not None:
        try:
            handed = _handed(result, wanted, written, seed, asked, executor)
            files = handed.files(out, searched)
            parts[PLAN] = NewPart({n: write for n, write in files.items() if n not in searched})
        except InputError as error:  # what was found is not lost with it
            fault = error
    paths = keep_and_tell(out, lambda folder: write_parts(folder, parts), lambda: None)
    names = ", ".join(path.name for path in paths)
    click.echo("\n" + say("cli.written", folder=out, files=names))
    if wanted is None:
        click.echo(say(f"plan.{_why_none_is_handed_over(result)}"))
        if handed_files(out):
            click.echo(say("plan.still_there"))
    elif fault is None and result.broken_by(wanted):
        click.echo(say("plan.handed_anyway"))
    if fault is not None:
        click.echo(say("plan.fault", fault=fault), err=True)
        raise SystemExit(WRONG_INPUT)


def _why_none_is_handed_over(result: SearchResult) -> str:
    """Return the name of the message that says what is written, what is not, and what to do."""
    if result.nearest is None:
        return "nothing_to_hand"
    if not result.question.limits:
        return "not_handed_unselected"
    if result.impossible:
        return "not_handed_out"
    return "not_handed_unconfirmed" if result.is_unconfirmed else "not_handed"


def _handed(
    result: SearchResult,
    wanted: Candidate,
    written: Scenario,
    seed: int,
    asked: AskedPlan,
    executor: Any,
) -> HandOver:
    """Return a plan with the forecast that its report tells."""
    from fwsim.planning.hand_over.hand_over import hand_over
    from fwsim.planning.search.result_in_words import brief_of

    with ProgressBar("runs of the report", hidden=asked.quiet) as bar:
        return hand_over(
            result.plan(wanted),
            written,
            brief=brief_of(result, wanted),
            seed=seed,
            workers=asked.workers,
            executor=executor,
            progress=bar.tell_runs,
        )
