"""Which line is fullest by a measure, and when it carries most: why a limit of lines is missed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.amounts import shown_rate, shown_share
from fwsim.measures.catalogue import OF_HUBS, Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.tally import HOUR
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.results.statistics.line_hours import line_hours

_OF_RATES = (Kind.PEAK_SITE_RATE, Kind.PEAK_HUB_RATE)
_OF_PEAKS = (Kind.PEAK_SITES, Kind.PEAK_HUBS)
_OF_REPOSITORY = (Kind.PEAK_REPOSITORY, Kind.BUSY_HOUR_REPOSITORY)
_OF_LINES = (*_OF_RATES, *_OF_PEAKS, Kind.BUSY_HOUR_SITES, Kind.BUSY_HOUR_HUBS)


def line_causes(answer: Answer, measure: Measure) -> list[str]:
    """Return the line that is fullest by a measure, and its hour; nothing of another measure.

    What a line held in a week's times, or those of a unit did, is not kept.
    """
    if (measure.week is not None and not measure.week.is_always) or measure.unit is not None:
        return []
    if measure.kind in _OF_REPOSITORY:
        return _when(answer, _repository_hours(answer), "verdict.repository_hour")
    sites = answer.setting.sites
    if measure.kind is Kind.PEAK_LINK and measure.site in sites:
        return _when(answer, line_hours(answer, sites.index(measure.site)), "verdict.its_hour")
    if measure.kind not in _OF_LINES:
        return []
    line, told = _fullest(answer, measure)
    when = _when(answer, line_hours(answer, line), "verdict.its_hour")
    return [told[0], *when, *told[1:]]


def _fullest(answer: Answer, measure: Measure) -> tuple[int, list[str]]:
    """Return the fullest line, how full it is, and how many others are told the same number."""
    setting, sites = answer.setting, [run.sites for run in answer.replications]
    if measure.kind in _OF_RATES:
        uses, name = [one.peak * one.link for one in sites], "verdict.most_minute"
    elif measure.kind in _OF_PEAKS:
        uses, name = [one.peak for one in sites], "verdict.fullest_minute"
    else:
        uses, name = [one.busy_hour for one in sites], "verdict.fullest"
    means = np.mean(uses, axis=0)
    is_hub = np.array([setting.is_hub(line) for line in range(len(means))], bool)
    means = np.where(is_hub == (measure.kind in OF_HUBS), means, -1)
    line = int(np.argmax(means))
    near = means[means >= 0.99 * means[line]].tolist()
    shown = [
        shown_rate(round(mean)) if measure.kind in _OF_RATES else shown_share(mean)
        for mean in (float(means[line]), *near)
    ]
    told = [say(name, count=answer.runs, line=setting.sites[line], share=shown[0])]
    if others := shown[1:].count(shown[0]) - 1:
        told.append(say("verdict.as_full", count=others))
    return line, told


def _repository_hours(answer: Answer) -> NDArray[np.float64]:
    """Return what left the repository in each hour, bytes; shape (runs, hours)."""
    step = answer.replications[0].timeline.step
    each = np.array([run.timeline.repository for run in answer.replications], float)
    hours = np.arange(each.shape[1]) * step // HOUR
    return np.array([np.bincount(hours, row) for row in each])


def _when(answer: Answer, sizes: NDArray[np.float64], name: str) -> list[str]:
    """Return the hour in which most is carried, mean of the runs; where hours are kept."""
    means = sizes.mean(axis=0)
    if answer.replications[0].timeline.hours > 1 or not means.any():
        return []
    setting = answer.setting
    at = setting.start + timedelta(hours=int(means.argmax()))
    told = moment_in_words(at.astimezone(setting.zone))
    return [say(name, count=answer.runs, at=told)]
