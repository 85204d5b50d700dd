"""The command that replays one rollout under several products."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fwsim.cli import options
from fwsim.cli.cluster import check_address, cluster
from fwsim.cli.group import example, main
from fwsim.cli.keeping import keep_and_tell, tell_written
from fwsim.cli.options import PATH, check_out, checked, in_options
from fwsim.cli.outside import allow_outside
from fwsim.cli.progress import ProgressBar
from fwsim.cli.warning import tell
from fwsim.messages import say, translated
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.measures.measure import Measure
    from fwsim.model.rollout import Rollout
    from fwsim.planning.products import Replayed
    from fwsim.results.statistics.answer import Answer

NAMES = ("products.csv", "products.json", "products.png")


@main.command(
    short_help="Replay a scenario's first update under other products.",
    epilog=example("fwsim products ours.yaml --only scout --only mender"),
)
@click.argument("scenario", type=PATH, required=False)
@allow_outside
@click.option(
    "--only",
    multiple=True,
    help="Only this product, by the name that --list shows; may be repeated.",
)
@click.option("--list", "lists", is_flag=True, help="Show every product's numbers, with sources.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead.")
@options.replications("Runs of each product; default: 20.", fewest=2)
@options.seed()
@click.option("--out", type=PATH, help="Folder for the table and the picture.")
@options.workers
@options.scheduler
@options.quiet
def products(  # noqa: PLR0917 - an option each; click gives them by name
    scenario: Path | None,
    only: tuple[str, ...],
    lists: bool,
    as_json: bool,
    replications: int | None,
    seed: int | None,
    out: Path | None,
    workers: int | None,
    scheduler: str | None,
    quiet: bool,
) -> None:
    """Replay SCENARIO's first update under other products: one fleet, one image, the same luck."""
    from fwsim.planning.products import chosen, replay, update_of

    with in_options(names="--only"):
        labels = chosen(only)
    if lists:
        _list(labels, as_json=as_json)
        return
    if scenario is None:
        raise InputError([Problem(say("option.scenario_or_list"), source="SCENARIO")])
    rollout: Rollout
    rollout, *_ = checked(
        lambda: _prepared(scenario),
        lambda: check_out(out, NAMES),
        lambda: check_address(scheduler),
    )
    update_of(rollout)
    with cluster(scheduler) as executor, ProgressBar("runs", hidden=quiet) as bar:
        replayed = replay(
            rollout,
            labels,
            replications=replications,
            seed=seed,
            workers=workers,
            executor=executor,
            progress=bar.tell_runs,
        )
    show = partial(_show, rollout, replayed, as_json=as_json)
    paths = keep_and_tell(out, partial(_keep, rollout, replayed), show)
    if paths and not as_json:
        click.echo()
        tell_written(paths)


def _prepared(path: Path) -> Rollout:
    from fwsim.run import prepared, warnings_of

    rollout = prepared(path)
    tell(warnings_of(rollout))
    return rollout


def _data(rollout: Rollout, replayed: list[Replayed]) -> dict[str, Any]:
    """Return what was found as plain data: milliseconds, shares, counts."""
    import math

    from fwsim.planning.products import MEASURES, left_out

    def numbers(answer: Answer, measure: Measure) -> dict[str, Any]:
        values = answer.values(measure)
        found = answer.forecast(measure)
        middle = found.middle.value
        return {
            "median": middle if math.isfinite(middle) else None,
            "lowest": min(values) if math.isfinite(min(values)) else None,
            "highest": max(values) if math.isfinite(max(values)) else None,
            "not_reached_in": found.missed,
        }

    return {
        "scenario": rollout.scenario.name,
        "runs": replayed[0].answer.runs,
        "seed": replayed[0].answer.provenance["seed"],
        "left_out": left_out(rollout.scenario),
        "products": [
            {
                "product": one.label,
                "name": one.product.name,
                "does": one.product.says,
                "not_played": list(one.product.not_played),
                "numbers": [number.model_dump() for number in one.product.numbers],
                "measures": {m.name: numbers(one.answer, m) for m in MEASURES},
            }
            for one in replayed
        ],
    }


def _keep(rollout: Rollout, replayed: list[Replayed], out: Path) -> list[Path]:
    import pandas as pd

    from fwsim.planning.products import MEASURES
    from fwsim.results.figures.look import picture_files
    from fwsim.results.figures.products import ProductAnswer
    from fwsim.results.figures.products import products as picture
    from fwsim.results.output.folder.writing import NewPart, write_parts
    from fwsim.results.output.writing import frame_writer, json_writer

    rows = [
        {"product": one.label, "run": run, **{m.name: one.answer.values(m)[run] for m in MEASURES}}
        for one in replayed
        for run in range(one.answer.runs)
    ]
    drawn = [ProductAnswer(one.product.name, one.answer) for one in replayed]
    files = {
        NAMES[0]: frame_writer(pd.DataFrame(rows), "csv"),
        NAMES[1]: json_writer(_data(rollout, replayed)),
        **picture_files({NAMES[2]: lambda: picture(drawn)}),
    }
    return write_parts(out, {"products": NewPart(files)})


def _show(rollout: Rollout, replayed: list[Replayed], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_data(rollout, replayed), indent=2))
        return
    from fwsim.console import console_for_tables
    from fwsim.measures.amounts import counted
    from fwsim.planning.products import left_out, update_of

    console = console_for_tables()
    runs = replayed[0].answer.runs
    devices = len(rollout.find(update_of(rollout)[0].target))
    console.print(
        say(
            "products.heading",
            scenario=rollout.scenario.name,
            devices=counted(devices, "device"),
            products=counted(len(replayed), "product"),
            runs=say("runs.count", count=runs),
        )
    )
    console.print()
    console.print(_table(replayed))
    console.print()
    console.print(_what_they_do(replayed))
    console.print()
    if left := left_out(rollout.scenario):
        console.print(say("products.left_out", left=counted(left, "other command")))
    console.print(say("products.note"))


def _table(replayed: list[Replayed]) -> Any:
    from fwsim.console import plain_table
    from fwsim.planning.products import MEASURES
    from fwsim.results.statistics.in_words import cells

    heads = ("half", "most", "successful", "repository", "sites", "asked", "prompts", "lost")
    table = plain_table(say("products.product"))
    for head in heads:
        table.add_column(say(f"products.{head}"), justify="right")
    for one in replayed:
        table.add_row(one.product.name, *(cells(one.answer.values(m), m).middle for m in MEASURES))
    return table


def _what_they_do(replayed: list[Replayed]) -> Any:
    from fwsim.console import plain_table

    table = plain_table(say("products.product"), say("products.says"))
    for one in replayed:
        table.add_row(one.product.name, translated("product", one.product.says))
    return table


def _list(labels: list[str], *, as_json: bool) -> None:
    """Print the products' numbers, each with its mark and source."""
    from fwsim.console import console_for_tables, plain_table
    from fwsim.scenario.products import products as known

    if as_json:
        click.echo(json.dumps({label: known()[label].model_dump() for label in labels}, indent=2))
        return
    console = console_for_tables()
    for number, label in enumerate(labels):
        product = known()[label]
        if number:
            console.print()
        console.print(f"{product.name} ({label}): {translated('product', product.says)}")
        if product.numbers:
            table = plain_table(
                say("products.numbers_head"),
                say("products.value_head"),
                say("products.mark_head"),
                say("products.source_head"),
            )
            for one in product.numbers:
                shown = ", ".join(one.value) if isinstance(one.value, list) else str(one.value)
                table.add_row(
                    one.key, shown, f"[{one.mark}]", translated("product source", one.source)
                )
            console.print(table)
        for what in product.not_played:
            console.print(say("products.not_played", what=translated("product not played", what)))
