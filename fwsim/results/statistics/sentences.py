"""What stands around the numbers of an answer, in sentences."""

from __future__ import annotations

import math

from fwsim.measures.amounts import shown_duration, shown_share
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say, translated
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.in_words import none_needs_it
from fwsim.results.statistics.reached_precision import half_width, is_hopeless
from fwsim.results.statistics.setting import Setting
from fwsim.results.statistics.stopping import is_for_nobody
from fwsim.scenario.doubts_in_words import AS_STATED


def tail_in_words(answer: Answer) -> str:
    """Return in what the last 5 % of the devices lost most time: stages, and waits.

    Empty where no device is targeted or needs the update, and where there are no others than the
    last: none is late. Where the last are as the others, in what all spent most time.
    """
    needed = Measure(Kind.TIME_TO, share=0.95)
    if needed in answer.measures and none_needs_it(answer.values(needed), needed):
        return ""
    if not any(run.spent.devices for run in answer.replications):
        return "" if is_for_nobody(answer) else say("tail.none_successful")
    if all(run.spent.last == run.spent.devices for run in answer.replications):
        return ""
    longer = sorted(
        (row for row in answer.minutes_by_stage() if row[3] > 0.5), key=lambda row: -row[3]
    )
    if not longer:
        return _as_the_others(answer)
    parts = [
        say(
            "tail.stage",
            time=shown_duration(last * 60_000),
            stage=translated("stage", stage),
            all=shown_duration(every * 60_000),
        )
        for stage, every, last, _ in longer[:2]
    ]
    if len(parts) == 1:
        return say("tail.late", stages=parts[0])
    return say("tail.late", stages=say("tail.two", one=parts[0], other=parts[1]))


def _as_the_others(answer: Answer) -> str:
    stage, every, *_ = max(answer.minutes_by_stage(), key=lambda row: row[1])
    time, stage = shown_duration(every * 60_000), translated("stage", stage)
    return say("tail.as_the_others", time=time, stage=stage)


def runs_in_words(answer: Answer) -> str:
    """Return how many runs there were, and why no more."""
    count = answer.runs
    runs = say("runs.count", count=count)
    if answer.interrupted:
        return say("runs.stopped", runs=runs)
    if answer.precision is None:
        return runs
    values = answer.values(answer.precision.measure)
    wanted = answer.precision.text
    if is_hopeless(values, answer.precision):
        missed = sum(map(math.isinf, values))
        return say("runs.no_number", runs=runs, wanted=wanted, missed=missed)
    if count > 1 and half_width(values, answer.precision) <= answer.precision.half_width:
        return say("runs.reached", runs=runs, wanted=wanted)
    return say("runs.not_reached", runs=runs, wanted=wanted)


def exact_in_words(answer: Answer) -> str:
    """Return what the ranges say, and how well this number of runs knows them."""
    exact = say("answer.exact", count=answer.runs)
    if answer.runs >= FEWEST_FOR_RANGE:
        return exact
    holds = next(iter(answer.forecasts.values())).holds
    return say("answer.few_runs", count=answer.runs, holds=shown_share(holds), exact=exact)


def untold_in_words(answer: Answer) -> str:
    """Return what results of an earlier fwsim cannot tell; empty if nothing."""
    return "" if answer.tells_proxies else say("answer.proxies_untold")


def in_doubt_in_words(setting: Setting) -> str:
    """Return what is drawn once a run, in one sentence, and how far rollouts differ."""
    if not setting.doubts:
        return say("doubt.none")
    stated = sum(one["mark"] == "" for one in setting.doubts)
    assumed = sum(one["believed"] != AS_STATED and one["mark"] != "" for one in setting.doubts)
    parts = []
    if stated:
        parts.append(say("doubt.stated", count=stated))
    if assumed:
        parts.append(say("doubt.assumed", count=assumed))
    spreads = {one["rollouts"] for one in setting.doubts} - {""}
    if spreads:
        parts.append(say("doubt.rollouts", spread=localised(spreads.pop())))
    return say("doubt.all", parts="; ".join(parts))
