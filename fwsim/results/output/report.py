"""The report: one HTML file that needs nothing else, in the order of the STRESS-DES checklist."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.measures.amounts import shown_rate
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.units import write_share
from fwsim.results import figures
from fwsim.results.figures.letters import drawing
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.output.folder.reading import parts_of
from fwsim.results.output.folder.writing import NewPart, check_parts, write_parts
from fwsim.results.output.properties import saved_table
from fwsim.results.output.score_files import ToldScores, saved_scores
from fwsim.results.output.spread_files import ToldSpread, saved_spread
from fwsim.results.output.writing import REPORT, check_folder, origin_of, text_writer
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import median_head, range_head
from fwsim.results.statistics.judgement import judge
from fwsim.results.statistics.sentences import (
    exact_in_words,
    in_doubt_in_words,
    runs_in_words,
    tail_in_words,
)
from fwsim.screen import visible

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NAME = "report.html"
_STAMP = r"(19[7-9]|2[01]\d)\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}[+-]\d\d:\d\d"
DOTS_PER_INCH = 130
_DOUBT_WORDS = ("title", "spread_title", "head_place", "head_believed", "head_source")


@dataclass(frozen=True)
class Shown:
    """A table of the report.

    Parameters
    ----------
    title
        Above it.
    heads, rows
        Its text.
    """

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]


def _tables(answer: Answer) -> list[Shown]:
    outcomes: list[tuple[str, ...]] = []
    times: list[tuple[str, ...]] = []
    rest: list[tuple[str, ...]] = []
    expected = {expectation.measure for expectation in answer.setting.expectations}
    for measure in answer.measures:
        if not measure.is_of_all and measure not in expected:
            continue
        cells = answer.cells(measure)
        found = cells.middle, cells.range, cells.exact
        if measure.kind is Kind.OUTCOME and measure.is_of_all:
            outcome = "" if measure.detail else measure.outcome or ""
            outcomes.append((outcome, measure.detail or "", *found))
        elif measure.kind is Kind.TIME_TO and not measure.of_targeted and measure.is_of_all:
            share = say("table.share_of_needed", share=write_share(measure.share or 0))
            times.append((share, *found[:2], answer.sure_by(measure), cells.exact))
        else:
            meaning = measure.definition.meaning
            if by := answer.sure_by(measure):
                meaning = say("report.meaning_with_time", meaning=meaning, by=by)
            rest.append((measure.name, *found, meaning))
    for name in answer.custom_measures:
        cells = answer.own_cells(name)
        rest.append((name, cells.middle, cells.range, cells.exact, say("report.own_measure")))
    columns = median_head(answer.runs), range_head(answer.runs)
    exact, by = say("table.exact"), say("table.sure_by")
    outcome_heads = say("table.outcome"), say("table.reason"), *columns, exact
    time_heads = say("table.successful_after"), *columns, by, exact
    rest_heads = say("table.measure"), *columns, exact, say("report.what_it_is")
    return [
        Shown(say("report.outcomes"), outcome_heads, outcomes),
        Shown(say("report.over_when"), time_heads, times),
        Shown(say("report.everything_else"), rest_heads, rest),
    ]


def _figure_list(
    answer: Answer,
    log: pd.DataFrame | None,
    spread: ToldSpread | None = None,
    scores: ToldScores | None = None,
) -> list[tuple[str, str, Callable[[], Axes]]]:
    share = next(
        (s for s in (0.95, 0.9, 0.5) if math.isfinite(answer.forecast(_time_to(s)).low.value)),
        0.95,
    )
    fullest = _fullest_line(answer)
    found: list[tuple[str, str, Callable[[], Axes]]] = [
        (
            say("report.completion"),
            say("report.caption.completion"),
            lambda: figures.completion(answer),
        ),
        *_fan(answer, spread),
        (
            say("report.outcomes_over_time"),
            say("report.caption.outcomes_over_time"),
            lambda: figures.outcomes(answer),
        ),
        (
            say("report.time_to", share=write_share(share)),
            say("report.caption.time_to"),
            lambda: figures.time_to(answer, share=share),
        ),
        (
            say("report.time_spent"),
            say("report.caption.time_spent"),
            lambda: figures.time_spent(answer),
        ),
        (
            say("report.notices"),
            say("report.caption.notices"),
            lambda: figures.prompts_by_hour(answer),
        ),
        (say("report.repository"), "", lambda: figures.load(answer)),
    ]
    if fullest is not None:
        name, rate = answer.setting.sites[fullest], shown_rate(answer.setting.links[fullest])
        if answer.setting.is_hub(fullest):
            caption = say("report.caption.fullest_hub", rate=rate)
        else:
            caption = say("report.caption.fullest_site", rate=rate)
        title = say("report.load_of", line=name)
        found.append((title, caption, lambda: figures.load(answer, of=name)))
    if any(run.timeline.providers.any() for run in answer.replications):
        found.append(
            (
                say("report.proxies"),
                say("report.caption.proxies"),
                lambda: figures.load(answer, of="providers"),
            )
        )
    hubs = answer.setting.hubs
    by_hour = say("report.sites_and_hubs_by_hour") if hubs else say("report.sites_by_hour")
    found.append((by_hour, "", lambda: figures.site_heat_map(answer)))
    if log is not None and len(log):
        title, caption = say("report.devices"), say("report.caption.devices")
        found.append((title, caption, lambda: figures.gantt(log)))
    return found + _score_figures(scores)


def _score_figures(scores: ToldScores | None) -> list[tuple[str, str, Callable[[], Axes]]]:
    """Return the figures of how good forecasts were, if that was looked at."""
    if scores is None:
        return []
    found: list[tuple[str, str, Callable[[], Axes]]] = []
    if scores.track is not None:
        track = scores.track.track()
        title = say("score.track", measure=track.title)
        caption = say("score.report_track")
        found.append((title, caption, lambda: figures.forecasts_so_far(track)))
    if scores.held:
        held, level = [one.held() for one in scores.held], scores.level
        found += [
            (
                say("score.places"),
                say("score.report_places"),
                lambda: figures.places(held, level),
            ),
            (
                say("score.coverage"),
                say("score.report_coverage"),
                lambda: figures.coverage(held, level),
            ),
        ]
    return found


def _time_to(share: float) -> Measure:
    return Measure(Kind.TIME_TO, share=share)


def _fullest_line(answer: Answer) -> int | None:
    use = np.sum([run.sites.busy_hour for run in answer.replications], axis=0)
    return int(use.argmax()) if use.max(initial=0) > 0 else None


def _drawn(draw: Callable[[], Axes]) -> str:
    """Return a figure as base64 of a PNG; nothing is left open."""
    from matplotlib import pyplot as plt

    with drawing():
        figure: Any = draw().figure
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
        plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def _experiment(answer: Answer) -> list[str]:
    setting = answer.setting
    return [
        say("report.terminating", runs=runs_in_words(answer)),
        say("report.independent"),
        exact_in_words(answer),
        say("report.methods"),
        say("report.bands", busy_hours=setting.busy_hours),
    ]


def report(
    answer: Answer,
    log: pd.DataFrame | None = None,
    spread: ToldSpread | None = None,
    scores: ToldScores | None = None,
) -> str:
    """Return the report as HTML that needs no other file and asks nobody for anything.

    Parameters
    ----------
    answer
        What it tells.
    log
        A status log of one run, for the sample of devices.
    spread
        Where the spread comes from, if that was looked at.
    scores
        How good forecasts of this scenario were, if that was looked at.
    """
    import matplotlib as mpl
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("fwsim.results.output", "."),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) else value,
    )
    setting, provenance = answer.setting, answer.provenance
    backend = mpl.get_backend()
    mpl.use("Agg")
    try:
        drawn = [
            {"title": title, "caption": f"{title}. {caption}".strip(), "data": _drawn(draw)}
            for title, caption, draw in _figure_list(answer, log, spread, scores)
        ]
    finally:
        mpl.use(backend)
    versions = provenance["versions"]
    return environment.get_template("report.html.j2").render(
        title=setting.name,
        story=setting.story,
        headline=answer.headline,
        header=say("report.header", version=versions["fwsim"], runs=runs_in_words(answer)),
        tables=_tables(answer),
        tail=tail_in_words(answer),
        in_doubt=in_doubt_in_words(answer.setting),
        doubts=setting.doubts,
        spread=None if spread is None else spread.measures,
        spread_note=say("spread.note"),
        doubt_words={name: say(f"doubt.{name}") for name in _DOUBT_WORDS},
        spread_heads=[say(f"spread.head_{name}") for name in ("input", "share", "left")],
        scores=scores,
        score_title=say("score.report"),
        verdicts=_verdicts(answer),
        figures=drawn,
        plan=setting.plan,
        logic=say("report.logic"),
        data=say("report.data"),
        own_assumptions=[a for a in setting.assumptions if a["set_here"]],
        usual_assumptions=[a for a in setting.assumptions if not a["set_here"]],
        experiment=_experiment(answer),
        software=say("report.software"),
        versions=versions,
        provenance=_lines(provenance),
        again=f"fwsim run SCENARIO --seed {provenance['seed']} --replications {answer.runs}",
    )


def _fan(answer: Answer, spread: ToldSpread | None) -> list[tuple[str, str, Callable[[], Axes]]]:
    """Return the figure of luck and doubt, if that was looked at."""
    if spread is None:
        return []
    fan = spread.fan_of_numbers()
    caption = say("spread.note")
    return [(say("spread.figure"), caption, lambda: figures.spread_fan(answer, fan))]


def _verdicts(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"expected": str(v.expectation), "got": v.got, "held": v.held, "margin": v.margin}
        for v in judge(answer, answer.setting.expectations)
    ]


def _lines(provenance: dict[str, Any]) -> Sequence[tuple[str, str]]:
    flat = {key: str(value) for key, value in provenance.items() if key != "versions"}
    return [*flat.items(), *((f"version of {k}", v) for k, v in provenance["versions"].items())]


def write_report(folder: str | Path) -> Path:
    """Write the report of the results in a folder beside them; return its path.

    Raises
    ------
    InputError
        If the folder holds no answer, or cannot be written to.
    """
    place = Path(folder)
    answer, before = load_answer(place), parts_of(place)
    check_folder(place)
    check_parts(place, [NAME])
    scores = saved_scores(place, answer.provenance["scenario_sha256"])
    text = report(answer, _drawable_log(place), saved_spread(place), scores)
    still = {name: part for name, part in before.items() if name != REPORT}
    parts = {REPORT: NewPart({NAME: text_writer(text)}, origin_of(answer.provenance))}
    return write_parts(place, parts, only_if=still)[0]


def _are_times(texts: pd.Series) -> bool:
    import pandas as pd

    days = pd.to_datetime(texts.str.slice(0, 23), format="ISO8601", errors="coerce")
    return bool(texts.str.fullmatch(_STAMP).all() and days.notna().all())


def _drawable_log(folder: Path) -> pd.DataFrame | None:
    """Return the log of one run; None if there is none from which devices can be drawn."""
    try:
        log = saved_table(folder, "status-log")
    except InputError:
        return None
    states = set(log.state)
    if states <= {state.name for state in OUTCOMES}:
        return None  # thinned to outcomes: there is no way of a device to draw
    if not states <= {state.name for state in State} or not _are_times(log.time):
        text = "status-log holds what fwsim does not write"
        raise InputError([Problem(text, source=str(folder))])
    return log
