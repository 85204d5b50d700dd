"""Figures of the report, as SVG that is part of its file."""

from __future__ import annotations

import base64
import io
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwsim.measures.amounts import shown_rate
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.quantities.units import write_share
from fwsim.results import figures
from fwsim.results.figures.alt_text import alt_text
from fwsim.results.figures.distributions import notices_title
from fwsim.results.figures.letters import check_drawing, drawing, matplotlib
from fwsim.results.output.score_files import ToldScores
from fwsim.results.output.spread_files import ToldSpread
from fwsim.results.output.writing import Format
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.fullest import as_full_as, fullest_line
from fwsim.results.statistics.headline import LESS, SHARE
from fwsim.results.statistics.prompts_by_people import NAME, tells_several

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_SITES = 20


@dataclass(frozen=True)
class Figure:
    """A figure of the report.

    Parameters
    ----------
    title, caption
        What it shows, and how to read it.
    draw
        Draws it.
    """

    title: str
    caption: str
    draw: Callable[[], Axes]

    def as_data(self) -> dict[str, str]:
        """Return it drawn, for the page."""
        caption = f"{self.title}. {self.caption}".strip()
        data, told = drawn(self.draw)
        for sign in (", ", "; ", ": "):  # a figure may say its title itself
            told = told.removeprefix(f"{self.title}{sign}")
        return {"alt": f"{self.title}: {told}", "caption": caption, "data": data}


def drawn(draw: Callable[[], Axes]) -> tuple[str, str]:
    """Return a figure as base64 of an SVG, the same bytes each time, and what it shows in words.

    Nothing is left open.
    """
    with drawing(), warnings.catch_warnings():
        # A damaged folder may hold a name that is wider than the page.
        warnings.filterwarnings("ignore", "constrained_layout not applied")
        figure: Any = draw().figure
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        told = alt_text(figure)
        matplotlib(".pyplot").close(figure)
    return base64.b64encode(buffer.getvalue()).decode(), told


@contextmanager
def without_a_screen() -> Iterator[None]:
    """Draw without a window, whatever the program around draws with."""
    check_drawing(say("optional.report"))
    backend = matplotlib().get_backend()
    matplotlib().use("Agg")
    try:
        yield
    finally:
        with suppress(ImportError):  # one that needs a screen, say, and there is none
            matplotlib().use(backend)


def completion(answer: Answer) -> Figure:
    """Return the curve that the decision looks at."""
    title, caption = say("report.completion"), say("report.caption.completion")
    return Figure(title, caption, lambda: figures.completion(answer))


def why(answer: Answer) -> list[Figure]:
    """Return where the time went, and where devices stood."""
    return [
        Figure(
            say("report.time_spent"),
            say("report.caption.time_spent"),
            lambda: figures.time_spent(answer),
        ),
        Figure(
            say("report.outcomes_over_time"),
            say("report.caption.outcomes_over_time"),
            lambda: figures.outcomes(answer),
        ),
    ]


def people(answer: Answer, form: Format = "csv") -> list[Figure]:
    """Return when people are asked; the tables beside the report are in some form."""
    title, caption = notices_title(answer), say("report.caption.notices")
    found = [Figure(title, caption, lambda: figures.prompts_by_hour(answer))]
    if tells_several(answer):
        title = say("report.notices_by_people", notices=title)
        file = f"{NAME}.{form}"
        caption = say("report.caption.notices_by_people", file=file)
        found.append(Figure(title, caption, lambda: figures.prompts_by_people(answer)))
    return found


def lines(answer: Answer) -> list[Figure]:
    """Return the load of the repository, of the fullest line and of proxies."""
    found = [Figure(say("report.repository"), "", lambda: figures.load(answer))]
    fullest = fullest_line(answer)
    if fullest is not None:
        name, rate = answer.setting.sites[fullest], shown_rate(answer.setting.links[fullest])
        caption = _of_the_fullest(answer, fullest, rate)
        if others := as_full_as(answer, fullest):
            caption = say("report.caption.as_full", text=caption, count=others)
        title = say("report.load_of", line=name)
        found.append(Figure(title, caption, lambda: figures.load(answer, of=name)))
    sent = any(run.timeline.providers.any() for run in answer.replications)
    if sent and answer.tells_proxies:
        title, caption = say("report.proxies"), say("report.caption.proxies")
        found.append(Figure(title, caption, lambda: figures.load(answer, of="providers")))
    return found


def doubt(answer: Answer, spread: ToldSpread | None) -> list[Figure]:
    """Return the figure of luck and doubt, if that was looked at."""
    if spread is None:
        return []
    fan = spread.fan_of_numbers()
    title, caption = say("spread.figure"), say("spread.note")
    return [Figure(title, caption, lambda: figures.spread_fan(answer, fan))]


def further(answer: Answer, log: pd.DataFrame | None) -> list[Figure]:
    """Return what is looked at for itself: times over the runs, all lines, single devices."""
    share = next(
        (s for s in (SHARE, *LESS) if math.isfinite(answer.forecast(_time_to(s)).low.value)),
        SHARE,
    )
    hubs = answer.setting.hubs
    is_few = answer.runs < FEWEST_FOR_RANGE
    by_hour = say("report.sites_and_hubs_by_hour") if hubs else say("report.sites_by_hour")
    found = [
        Figure(
            say("report.time_to", share=write_share(share)),
            say("report.caption.time_to_of_few" if is_few else "report.caption.time_to"),
            lambda: figures.time_to(answer, share=share),
        ),
        Figure(by_hour, "", lambda: figures.site_heat_map(answer, most=MOST_SITES)),
    ]
    if log is not None and len(log):
        title, caption = say("report.devices"), say("report.caption.devices")
        judged = answer.setting.judged or "update"
        found.append(Figure(title, caption, lambda: figures.gantt(log, judged=judged)))
    return found


def scores(told: ToldScores | None) -> list[Figure]:
    """Return the figures of how good forecasts were, if that was looked at."""
    if told is None:
        return []
    found: list[Figure] = []
    if told.track is not None:
        track = told.track.track()
        title = say("score.track", measure=track.title)
        caption = say("score.report_track")
        found.append(Figure(title, caption, lambda: figures.forecasts_so_far(track)))
    if told.held:
        held, level = [one.held() for one in told.held], told.level
        found += [
            Figure(
                say("score.places"),
                say("score.report_places"),
                lambda: figures.places(held, level),
            ),
            Figure(
                say("score.coverage"),
                say("score.report_coverage"),
                lambda: figures.coverage(held, level),
            ),
        ]
    return found


def _time_to(share: float) -> Measure:
    return Measure(Kind.TIME_TO, share=share)


def _of_the_fullest(answer: Answer, line: int, rate: str) -> str:
    is_in_doubt = len({float(run.sites.link[line]) for run in answer.replications}) > 1
    if answer.setting.is_hub(line):
        if is_in_doubt:
            return say("report.caption.fullest_hub_in_doubt", rate=rate)
        return say("report.caption.fullest_hub", rate=rate)
    if is_in_doubt:
        return say("report.caption.fullest_site_in_doubt", rate=rate)
    return say("report.caption.fullest_site", rate=rate)
