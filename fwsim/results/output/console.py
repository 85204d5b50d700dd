"""A run's summary on a terminal."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.table import Table

from fwsim.commands.schedule import offset_if_twice
from fwsim.console import console_for_tables, plain_table
from fwsim.measures.amounts import counted, shown_duration, shown_rate, shown_share, shown_size
from fwsim.measures.in_words import measure_in_words, outcome_in_words, reason_in_words
from fwsim.messages import localised, say
from fwsim.messages.retelling import why_simpy_again
from fwsim.model.order import NO_ASSIGNMENT
from fwsim.model.tries import assignment_of_run
from fwsim.results.output.result import Result
from fwsim.results.output.side_by_side import BUSY_HOURS, Measures
from fwsim.results.run.lines_in_words import lines_in_words, others_of_rollout
from fwsim.results.run.summary import CompletionTime, FieldSummary, PeakLoad, Summary
from fwsim.results.statistics.in_words import cells
from fwsim.results.statistics.who_came import as_sentence

MOST_LINKS = 5
MOST_GROUPS = 40
_GROUP_COUNTS = ("devices", "targeted", "needed", "successful", "not_reached")
_GROUP_HEADS = (*_GROUP_COUNTS, "last_success", "bytes")
_PEOPLE_COUNTS = ("prompts", "times_deferred", "forced_starts")
_PEOPLE_HEADS = (*_PEOPLE_COUNTS, "user_time_lost")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def _size(size: float) -> str:
    giga = round(size / 1e9, 2)
    if not giga:
        return shown_size(size) if size else localised("0.00 GB")
    return localised(f"{giga / 1000:.2f} TB" if giga >= 1000 else f"{giga:.2f} GB")


def _outcomes(field: FieldSummary) -> Table:
    if field.field == "update":
        head = say("story.outcome")
    else:
        head = say("story.outcome_of", field=say(f"comparison.judged.{field.field}"))
    table = plain_table(head, say("story.detail"), title_justify="left")
    table.add_column(say("story.devices"), justify="right")
    table.add_column(say("story.share"), justify="right")
    for count in field.outcomes:
        table.add_row(
            outcome_in_words(count.outcome),
            reason_in_words(count.detail),
            localised(f"{count.devices:,}"),
            shown_share(count.share),
        )
    return table


def _completion(times: tuple[CompletionTime, ...]) -> Table:
    table = plain_table(say("story.successful"))
    for of in ("targeted", "needed"):
        count = next((time.devices for time in times if time.of == of), 0)
        head = "story.of_targeted" if of == "targeted" else "story.of_needed"
        table.add_column(say(head, count=count))
    for percent in dict.fromkeys(time.percent for time in times):
        row = [
            say("story.time", at=time.at, after=_duration(time.seconds))
            if time.at is not None and time.seconds is not None
            else say("story.not_reached" if time.devices else "measure.none_needs_it")
            for time in times
            if time.percent == percent
        ]
        table.add_row(f"{percent} %", *row)
    return table


def _load(peaks: tuple[PeakLoad, ...]) -> Table:
    table = plain_table(say("story.link"))
    table.add_column(say("story.busiest_minute"), justify="right")
    table.add_column(say("story.of_link"), justify="right")
    table.add_column(say("story.at"))
    table.add_column(say("story.in_all"), justify="right")
    for number, peak in enumerate(peaks[: MOST_LINKS + 1]):
        table.add_row(
            peak.link if number else say("story.repository"),
            shown_rate(peak.rate),
            shown_share(peak.share),
            peak.at[:16] + peak.at[16:].removeprefix(":00"),  # without seconds, if it has none
            _size(peak.total),
        )
    return table


def _print_heading(result: Result, console: Console) -> None:
    """Print whose run it is, and how it was played."""
    measures, seed = result.measures, result.provenance
    console.print(result.rollout.scenario.name, style="bold")
    console.print(
        say(
            "story.of",
            devices=counted(len(result.rollout.fleet), "device"),
            targeted=measures.devices_targeted,
            commands=_targeted_by(result),
            seed=seed["seed"],
            replication=seed["replication"],
            ended=result.stopped or say("story.ended", at=measures.ended),
        )
    )
    if "doubt" in seed:
        console.print(say("story.as_stated"))
    console.print(lines_in_words(result.rollout))
    if result.who_came:
        console.print(as_sentence(result.who_came))
    if "why_engine" in seed:
        console.print(say("answer.played_by_simpy", why=why_simpy_again(seed["why_engine"])))
    if "played" in seed:
        console.print(say(f"played.{seed['played']}"))


def _targeted_by(result: Result) -> str:
    """Return by what devices are targeted: each assignment is one, however often it is tried."""
    rollout = result.rollout
    commands, assignments = len(rollout.runs), len(rollout.scenario.assignments)
    own = result.columns.runs[commands:]
    parts = [counted(assignments, "assignment")] if assignments else []
    if any(assignment_of_run(run, rollout) == NO_ASSIGNMENT for run in own):
        parts.append(say("story.by_themselves"))
    if commands or not parts:
        parts.insert(0, counted(commands, "command run"))
    return ", ".join(parts)


def _people(measures: Summary) -> str:
    """Return what one run asked of people, in a sentence."""
    forced = localised(f"{measures.forced_starts:,}")
    lost = shown_duration(1000 * measures.user_time_lost)
    if not measures.prompts:
        return say("story.people_unasked", forced=forced, lost=lost)
    return say(
        "story.people",
        notices=counted(measures.prompts, "notice"),
        devices=counted(measures.devices_prompted, "device"),
        most=localised(f"{measures.most_prompts:,}"),
        deferments=counted(measures.deferments, "deferment"),
        cancels=counted(measures.cancels, "cancel"),
        forced=forced,
        lost=lost,
    )


def print_summary(result: Result, console: Console | None = None) -> None:
    """Print outcomes, times, people and load of one run."""
    console = console or console_for_tables()
    measures = result.measures
    _print_heading(result, console)
    for field in measures.fields:
        if not field.targeted:
            continue
        for table in (_outcomes(field), _completion(field.completion)):
            console.print()
            console.print(table)
    console.print()
    console.print(_people(measures))
    if measures.peaks:
        console.print()
        console.print(_load(measures.peaks))
        hidden = len(measures.peaks) - MOST_LINKS - 1
        if hidden > 0:
            console.print(say("story.more_links", links=counted(hidden, "more link")))
        if others := others_of_rollout(result.rollout):
            console.print(others)
    console.print()
    console.print(say("story.one_run"))


def _after(seconds: float | None) -> str:
    if seconds is None:
        return say("story.not_reached")
    return _duration(seconds) if seconds else say("measure.none_needs_it")


def print_groups_of_run(result: Result, by: str, console: Console | None = None) -> None:
    """Print what each site, model, unit or kind of people came to in one run."""
    console = console or console_for_tables()
    devices, people = _group_table(by, _GROUP_HEADS), _group_table(by, _PEOPLE_HEADS)
    rows = result.by(by).to_dict("records")
    for row in rows[:MOST_GROUPS]:
        devices.add_row(
            str(row[by]),
            *(localised(f"{row[head]:,}") for head in _GROUP_COUNTS),
            _shown(row["last_success"], result),
            _size(row["bytes"]),
        )
        people.add_row(
            str(row[by]),
            *(localised(f"{row[head]:,}") for head in _PEOPLE_COUNTS),
            shown_duration(1000 * row["user_time_lost"]),
        )
    for table in (devices, people):  # one is too wide
        console.print()
        console.print(table)
    if (hidden := len(rows) - MOST_GROUPS) > 0:
        console.print(say("by_group.more", count=hidden))


def _group_table(by: str, heads: tuple[str, ...]) -> Table:
    table = plain_table(say(f"by_group.head_{by}"))
    for head in heads:
        table.add_column(say(f"by_group.{head}"), justify="right")
    return table


def _shown(stamp: str, result: Result) -> str:
    """Return a time of a table, empty or in full, as it is told."""
    if not stamp:
        return ""
    at = datetime.fromisoformat(stamp).astimezone(result.rollout.zone)
    return f"{at:%Y-%m-%d %H:%M:%S}{offset_if_twice(at)}"


def print_side_by_side(rows: list[Measures], console: Console | None = None) -> None:
    """Print several rollouts under each other, a measure a column."""
    console = console or console_for_tables()
    table = plain_table(say("story.rollout"))
    for head in ("wan", "in_busy_hours", "busiest", "over", "asked", "ended_successful"):
        table.add_column(say(f"story.{head}"), justify="right")
    for measure, _ in rows[0].asked:
        table.add_column(measure_in_words(measure), justify="right")
    for row in rows:
        table.add_row(
            row.name,
            _size(row.wan),
            _size(row.wan_in_busy_hours),
            shown_share(row.busiest),
            _after(row.most_successful),
            localised(f"{row.prompted:,}"),
            say("story.some_of", some=row.successful, all=row.targeted),
            *(cells([value], measure).middle for measure, value in row.asked),
        )
    console.print(table)
    console.print()
    console.print(say("story.columns", busy_hours=BUSY_HOURS))
    console.print(say("story.one_run_each"))
