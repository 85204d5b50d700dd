"""A run's summary on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from fwsim.console import console_for_tables, plain_table
from fwsim.measures.amounts import counted, shown_rate, shown_share, shown_size
from fwsim.results.output.result import Result
from fwsim.results.output.side_by_side import BUSY_HOURS, Measures
from fwsim.results.run.lines_in_words import lines_in_words
from fwsim.results.run.summary import CompletionTime, FieldSummary, PeakLoad

MOST_LINKS = 5


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def _size(size: float) -> str:
    giga = round(size / 1e9, 2)
    if not giga:
        return shown_size(size) if size else "0.00 GB"
    return f"{giga / 1000:.2f} TB" if giga >= 1000 else f"{giga:.2f} GB"


def _outcomes(field: FieldSummary) -> Table:
    head = "Outcome" if field.field == "update" else f"Outcome of {field.field}"
    table = plain_table(head, "Detail", title_justify="left")
    table.add_column("Devices", justify="right")
    table.add_column("Share", justify="right")
    for count in field.outcomes:
        table.add_row(count.outcome, count.detail, str(count.devices), shown_share(count.share))
    return table


def _completion(times: tuple[CompletionTime, ...]) -> Table:
    table = plain_table("Successful")
    for of in ("targeted", "needed"):
        count = next((time.devices for time in times if time.of == of), 0)
        head = "of all targeted" if of == "targeted" else "of those that needed it"
        table.add_column(f"{head} ({count})")
    for percent in dict.fromkeys(time.percent for time in times):
        cells = [
            f"{time.at} ({_duration(time.seconds)})"
            if time.at is not None and time.seconds is not None
            else "not reached"
            for time in times
            if time.percent == percent
        ]
        table.add_row(f"{percent} %", *cells)
    return table


def _load(peaks: tuple[PeakLoad, ...]) -> Table:
    table = plain_table("Link")
    table.add_column("Busiest minute", justify="right")
    table.add_column("of the link", justify="right")
    table.add_column("at")
    table.add_column("In all", justify="right")
    for peak in peaks[: MOST_LINKS + 1]:
        table.add_row(
            peak.link,
            shown_rate(peak.rate),
            shown_share(peak.share),
            peak.at[:16],
            _size(peak.total),
        )
    return table


def print_summary(result: Result, console: Console | None = None) -> None:
    """Print outcomes, times, people and load of one run."""
    console = console or console_for_tables()
    measures, seed = result.measures, result.provenance
    console.print(result.rollout.scenario.name, style="bold")
    console.print(
        f"{counted(len(result.rollout.fleet), 'device')}, {measures.devices_targeted} targeted by "
        f"{counted(len(result.columns.runs), 'command run')}; seed {seed['seed']}, "
        f"replication {seed['replication']}; ended {measures.ended}"
    )
    if "doubt" in seed:
        console.print("A story: every number is taken as it is stated.")
    console.print(lines_in_words(result.rollout))
    if "why_engine" in seed:
        console.print(f"Played by SimPy: {seed['why_engine']}.")
    for field in measures.fields:
        if not field.targeted:
            continue
        for table in (_outcomes(field), _completion(field.completion)):
            console.print()
            console.print(table)
    console.print()
    console.print(
        f"People: {counted(measures.prompts, 'notice')} on "
        f"{counted(measures.devices_prompted, 'device')}, "
        f"{counted(measures.deferments, 'deferment')}, {counted(measures.cancels, 'cancel')}"
    )
    if measures.peaks:
        console.print()
        console.print(_load(measures.peaks))
        hidden = len(measures.peaks) - MOST_LINKS - 1
        if hidden > 0:
            console.print(f"and {counted(hidden, 'more link')} in summary.json")
    console.print()
    console.print("This is one run: a story, not yet an answer with its uncertainty.")


def print_side_by_side(rows: list[Measures], console: Console | None = None) -> None:
    """Print several rollouts under each other, a measure a column."""
    console = console or console_for_tables()
    table = plain_table("Rollout")
    for head in ("WAN", "in busy hours", "busiest minute", "95 % after", "asked", "successful"):
        table.add_column(head, justify="right")
    for row in rows:
        after = "not reached" if row.most_successful is None else _duration(row.most_successful)
        table.add_row(
            row.name,
            _size(row.wan),
            _size(row.wan_in_busy_hours),
            shown_share(row.busiest),
            after,
            str(row.prompted),
            f"{row.successful} of {row.targeted}",
        )
    console.print(table)
    console.print()
    console.print(
        f"Busy hours: {BUSY_HOURS}; the busiest minute is of a site's own line. "
        "95 % of those that needed the update, from the first command on."
    )
    console.print("One run each, under one seed: a story, not yet an answer with its uncertainty.")
