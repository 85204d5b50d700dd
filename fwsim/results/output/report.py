"""The report: one HTML file that needs nothing else, in the order of the decision."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.measures.in_words import expectation_in_words
from fwsim.messages import say, translated
from fwsim.problems import InputError, Problem
from fwsim.quantities.units import unbroken
from fwsim.results.output import report_figures, report_tables
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.output.asked_people import asked_people, not_told
from fwsim.results.output.folder.reading import parts_of
from fwsim.results.output.folder.writing import NewPart, check_parts, write_parts
from fwsim.results.output.properties import saved_table
from fwsim.results.output.score_again import scores_again
from fwsim.results.output.score_files import ToldScores, saved_scores
from fwsim.results.output.spread_again import spread_again
from fwsim.results.output.spread_files import ToldSpread, saved_spread, told_once
from fwsim.results.output.writing import (
    FORMATS,
    REPORT,
    Format,
    check_folder,
    check_runs_were_made,
    origin_of,
    text_writer,
)
from fwsim.results.run.lines_in_words import lines_again
from fwsim.results.run.plan_again import plan_again
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.answer_tables import groupings_of
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.fullest import others_use_lines
from fwsim.results.statistics.in_words import first_due_in_words
from fwsim.results.statistics.judgement import judge
from fwsim.results.statistics.risk import risk_in_words
from fwsim.results.statistics.sentences import (
    exact_in_words,
    in_doubt_in_words,
    runs_in_words,
    tail_in_words,
    untold_in_words,
)
from fwsim.results.statistics.setting import Setting
from fwsim.results.statistics.stopping import is_for_nobody, stop_moment
from fwsim.scenario.doubts_in_words import doubts_again
from fwsim.screen import visible

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Environment
    from markupsafe import Markup

NAME = "report.html"
_TRUTHS = {"True": "yes", "False": "no"}
"""As results keep what is true or false."""
_STAMP = r"(19[7-9]|2[01]\d)\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}[+-]\d\d:\d\d"


def _experiment(answer: Answer, form: Format) -> list[str]:
    setting, file = answer.setting, f"measures.{form}"
    return [
        say("report.terminating", runs=runs_in_words(answer)),
        *([say("report.until", at=stop_moment(answer))] if setting.until is not None else []),
        say("report.independent"),
        exact_in_words(answer),
        say("report.methods_of_few" if _is_few(answer) else "report.methods", file=file),
        say("report.bands_of_few" if _is_few(answer) else "report.bands"),
        say("report.busy_hours", busy_hours=setting.busy_hours),
    ]


def _is_few(answer: Answer) -> bool:
    return answer.runs < FEWEST_FOR_RANGE


def _header(answer: Answer) -> str:
    """Return how many runs by what, and what their ranges are."""
    of_few = "report.header_of_one" if answer.runs == 1 else "report.header_of_few"
    return say(
        of_few if _is_few(answer) else "report.header",
        version=answer.provenance["versions"]["fwsim"],
        runs=runs_in_words(answer),
    )


@dataclass(frozen=True)
class Signed:
    """Who made a report, and when; what is not given is not told.

    Parameters
    ----------
    by, on
        As they are to be read. No clock is looked at: the same results give the same report.
    """

    by: str = ""
    on: str = ""

    def in_words(self) -> str:
        """Return a sentence; empty if nothing is given."""
        if self.by and self.on:
            return say("report.made_by_on", by=self.by, on=self.on)
        if self.by:
            return say("report.made_by", by=self.by)
        return say("report.made_on", on=self.on) if self.on else ""


def report(
    answer: Answer,
    log: pd.DataFrame | None = None,
    spread: ToldSpread | None = None,
    scores: ToldScores | None = None,
    signed: Signed | None = None,
    form: Format = "csv",
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
    signed
        Who made it, and when.
    form
        Of the tables that lie beside it.
    """
    check_runs_were_made(answer.provenance)
    scores = None if scores is None else scores_again(scores)
    drawn, tail = _drawn(answer, log, spread, scores, form), tail_in_words(answer)
    setting, provenance, verdicts = answer.setting, answer.provenance, _verdicts(answer)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            say=say,
            title=setting.name,
            story=setting.story,
            header=_header(answer),
            signed=(signed or Signed()).in_words(),
            begins=_begins(answer),
            headline=answer.headline,
            risk=risk_in_words(answer),
            verdicts=verdicts,
            missed=_missed_in_words(verdicts),
            holds=_holding_in_words(verdicts),
            not_judged=_not_judged_in_words(answer, verdicts),
            figures=drawn,
            tail=tail,
            causes=_causes(verdicts, tail),
            people=report_tables.people(answer),
            asked=asked_people(answer),
            asked_not_told=not_told(answer),
            load=[report_tables.load(answer), report_tables.fullest_lines(answer)],
            others=others_use_lines(answer),
            tables=report_tables.in_full(answer),
            in_doubt=_of_the_answer(answer),
            doubts=doubts_again(setting.doubts),
            spread=None if spread is None else told_once(spread_again(spread).measures),
            spread_heads=[say(f"spread.head_{name}") for name in ("input", "share", "left")],
            scores=scores,
            plan=plan_again(setting.plan),
            assumptions=_assumptions(setting),
            experiment=_experiment(answer, form),
            provenance=_lines(provenance),
            again=as_it_is(_command_line(answer, spread)),
        )
    )


def _drawn(
    answer: Answer,
    log: pd.DataFrame | None,
    spread: ToldSpread | None,
    scores: ToldScores | None,
    form: Format,
) -> dict[str, list[Any]]:
    """Return the figures of each section, as data that the page holds."""
    with report_figures.without_a_screen():
        sections = {
            "completion": [report_figures.completion(answer)],
            "why": report_figures.why(answer),
            "people": report_figures.people(answer, form),
            "lines": report_figures.lines(answer),
            "doubt": report_figures.doubt(answer, spread),
            "further": report_figures.further(answer, log),
            "scores": report_figures.scores(scores),
        }
        return {name: [figure.as_data() for figure in found] for name, found in sections.items()}


def _assumptions(setting: Setting) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what the scenario set, and what is as usual, each under its title.

    What each run draws anew is at no default; it stands among what is in doubt.
    """
    drawn = {one["place"].removeprefix("assumptions.") for one in setting.doubts}
    usual = [a for a in setting.assumptions if not a["set_here"] and a["name"] not in drawn]
    here = [a for a in setting.assumptions if a["set_here"]]
    return [
        (
            say(f"report.{title}"),
            [
                a | {"meaning": translated("assumption", a["meaning"]), "value": _told(a["value"])}
                for a in some
            ],
        )
        for title, some in (("set_here", here), ("usual", usual))
    ]


def _told(value: str) -> str:
    """Return the value of an assumption; what is true or false is so in words."""
    return say(f"report.{_TRUTHS[value]}") if value in _TRUTHS else value


def as_it_is(text: str) -> Markup:
    """Return what is there to be copied: no space in it becomes one that does not break."""
    from markupsafe import escape

    return escape(visible(text))


@cache
def _environment() -> Environment:
    """Return what makes pages; to compile a template takes as long as to fill it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup

    def finalize(value: object) -> object:
        # What a macro of the page returns is markup; the values in it came by here before.
        is_text = isinstance(value, str) and not isinstance(value, Markup)
        return unbroken(visible(str(value))) if is_text else value

    return Environment(
        loader=PackageLoader("fwsim.results.output", "."),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )


def _verdicts(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            "expected": expectation_in_words(v.expectation),
            "got": v.got,
            "held": v.held,
            "judged": v.judged,
            "margin": v.margin,
            "causes": () if v.held or not v.judged else v.causes,
        }
        for v in judge(answer, answer.setting.expectations)
    ]


def _of_the_answer(answer: Answer) -> str:
    """Return what is in doubt, what is counted of lines, and what cannot be told."""
    setting = answer.setting
    parts = in_doubt_in_words(setting), lines_again(setting.lines), untold_in_words(answer)
    return " ".join(part for part in parts if part)


def _causes(verdicts: list[dict[str, Any]], tail: str) -> list[str]:
    """Return what is nearest to the reason of each miss, without the sentence told already."""
    told = [(one["expected"], [c for c in one["causes"] if c != tail]) for one in verdicts]
    return [
        say("report.cause", expected=expected, causes="; ".join(causes))
        for expected, causes in told
        if causes
    ]


def _missed_in_words(verdicts: list[dict[str, Any]]) -> str:
    """Return how many expectations do not hold; empty if all do."""
    count = sum(one["judged"] and not one["held"] for one in verdicts)
    if not count:
        return ""
    return say("report.missed_of", missed=say("report.missed", count=count), of=len(verdicts))


def _begins(answer: Answer) -> str:
    """Return when the first update is due; empty where there is none for anybody."""
    if is_for_nobody(answer):
        return ""
    return first_due_in_words(answer.setting.judged, answer.moment(0, up=False))


def _holding_in_words(verdicts: list[dict[str, Any]]) -> str:
    """Return how many expectations hold, where none that was judged does not; else nothing."""
    count, of = sum(one["held"] for one in verdicts), len(verdicts)
    if not count or _missed_in_words(verdicts):
        return ""
    if count == of:
        return say("report.holds", count=count)
    return say("report.holds_of", count=count, of=of)


def _not_judged_in_words(answer: Answer, verdicts: list[dict[str, Any]]) -> str:
    """Return how many expectations the runs did not go far enough for; empty if none."""
    count = sum(not one["judged"] for one in verdicts)
    return say("report.not_judged", count=count, at=stop_moment(answer)) if count else ""


def _command_line(answer: Answer, spread: ToldSpread | None) -> str:
    """Return what makes all that is told again, for a shell."""
    if spread is not None:
        return shlex.join(spread.command_line(answer))
    told = answer.provenance
    options = [("--seed", str(told["seed"])), ("--replications", str(answer.runs))]
    options += [("--set", text) for text in _list(told.get("set"))]
    options += [("--commands", file) for file in _list(told.get("commands"))]
    options += [("--until", str(told["until"]))] if "until" in told else []
    options += [("--by", str(by)) for by in groupings_of(answer)]
    return shlex.join(["fwsim", "run", "SCENARIO", *(part for pair in options for part in pair)])


def _list(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []


def _lines(provenance: dict[str, Any]) -> Sequence[tuple[str, str]]:
    flat = {
        key: "; ".join(_list(value)) if isinstance(value, list) else str(value)
        for key, value in provenance.items()
        if key != "versions"
    }
    versions = provenance["versions"].items()
    return [*flat.items(), *((say("report.version_of", name=k), v) for k, v in versions)]


def write_report(folder: str | Path, signed: Signed | None = None) -> Path:
    """Write the report of the results in a folder beside them; return its path.

    Parameters
    ----------
    folder
        As a run wrote it.
    signed
        Who made the report, and when.

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
    form = next((form for form in FORMATS if (place / f"measures.{form}").exists()), FORMATS[0])
    text = report(answer, _drawable_log(place), saved_spread(place), scores, signed, form)
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
        text = say("saved.strange", name="status-log")
        raise InputError([Problem(text, source=str(folder))])
    return log
