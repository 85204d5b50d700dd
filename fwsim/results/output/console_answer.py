"""An answer on a terminal."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from fwsim.console import console_for_tables
from fwsim.measures.amounts import counted, shown_share, shown_size
from fwsim.measures.catalogue import Kind
from fwsim.results.statistics.answer import Answer, own_with_interval, with_interval
from fwsim.results.statistics.estimate import Method
from fwsim.results.statistics.sentences import runs_in_words, tail_in_words

_PEOPLE = (
    Kind.PROMPTS,
    Kind.DEVICES_PROMPTED,
    Kind.DEFERMENTS,
    Kind.CANCELS,
    Kind.FORCED_STARTS,
    Kind.USER_TIME_LOST,
    Kind.ON_FOR_NOTHING,
)
_LOAD = (
    Kind.PEAK_REPOSITORY,
    Kind.BUSY_HOUR_REPOSITORY,
    Kind.PEAK_SITES,
    Kind.BUSY_HOUR_SITES,
    Kind.PEAK_HUBS,
    Kind.BUSY_HOUR_HUBS,
    Kind.PEAK_PROVIDERS,
    Kind.PEAK_WORKERS,
    Kind.WAN,
)
MOST_SITES = 3


def _plain(*heads: str) -> Table:
    return Table(*heads, box=None, pad_edge=False)


def _outcomes(answer: Answer) -> Table:
    table = _plain("Outcome", "Reason", "Share of the targeted devices, 95 % interval")
    for measure, found in answer.estimates.items():
        if measure.kind is Kind.OUTCOME:
            outcome = "" if measure.detail else measure.outcome or ""
            table.add_row(outcome, measure.detail or "", with_interval(found, measure))
    return table


def _times(answer: Answer) -> Table:
    table = _plain("Successful", "Time after the first command, 95 % interval", "That is at")
    for measure, found in answer.estimates.items():
        if measure.kind is Kind.TIME_TO and not measure.of_targeted:
            at = answer.wall_clock(measure, found.value)
            name = f"{100 * (measure.share or 0):g} % of those that needed it"
            table.add_row(name, with_interval(found, measure), at)
    return table


def _measures(answer: Answer, head: str, kinds: tuple[Kind, ...]) -> Table:
    table = _plain(head, "Mean, 95 % interval")
    for measure, found in answer.estimates.items():
        if measure.kind in kinds and found.most > 0:
            median = " (median)" if found.method is Method.MEDIAN else ""
            table.add_row(measure.name, with_interval(found, measure) + median)
    return table


def _sites(answer: Answer) -> Table:
    head = "Fullest sites and hubs" if answer.setting.hubs else "Fullest sites"
    table = _plain(head, "Busiest minute", "Fullest hour", "In all")
    runs = [run.sites for run in answer.replications]
    peak, hour, size = (
        np.mean([getattr(sites, name) for sites in runs], axis=0)
        for name in ("peak", "busy_hour", "size")
    )
    for site in np.argsort(-hour, kind="stable")[:MOST_SITES].tolist():
        table.add_row(
            answer.setting.sites[site],
            shown_share(peak[site]),
            shown_share(hour[site]),
            shown_size(size[site]),
        )
    return table


def print_answer(answer: Answer, console: Console | None = None) -> None:
    """Print the answer, then what it is made of: outcomes, times, people, load, tail."""
    console = console or console_for_tables()
    seed = answer.provenance["seed"]
    console.print(answer.setting.name, style="bold")
    devices = counted(answer.setting.devices, "device")
    console.print(f"{devices}; {runs_in_words(answer)}; seed {seed}")
    if "why_engine" in answer.provenance:
        console.print(f"Played by SimPy: {answer.provenance['why_engine']}.")
    console.print()
    console.print(f"{answer.headline}.")
    for table in (
        _outcomes(answer),
        _times(answer),
        _measures(answer, "People", _PEOPLE),
        _measures(answer, "Load", _LOAD),
        _sites(answer),
    ):
        if table.row_count:
            console.print()
            console.print(table)
    if answer.custom_measures:
        custom = _plain("Your own measures", "Mean, 95 % interval")
        for name, found in answer.custom_measures.items():
            custom.add_row(name, own_with_interval(found))
        console.print()
        console.print(custom)
    console.print()
    console.print(tail_in_words(answer))
