"""The answer in one sentence: by when one is 90 % sure, and how many will be successful.

What is told does not change with the luck of the runs:

1. It is always about 95 % of the devices that need the update, and the time by which the next
   rollout has got so far with a chance of 90 %.
2. Where fewer runs get there than that takes, the sentence says in how many they do, and adds the
   time for the largest of 90 % and 50 % of the devices of which one can be 90 % sure, or that there
   is none.
3. Fewer than nine runs cannot be so sure of anything; they tell the latest of them, and say so.
4. One run is a story; runs that all agree are told as one number.
5. Where no targeted device needs the update, that is the sentence.
6. Where the times have two peaks (`peaks`), both are told beside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from fwsim.measures.amounts import shown, shown_interval, shown_share
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.quantities.units import write_share
from fwsim.results.statistics.forecast import (
    FEWEST_FOR_RANGE,
    FEWEST_TO_BE_SURE,
    Forecast,
    forecast,
)
from fwsim.results.statistics.in_words import moment_in_words, none_needs_it
from fwsim.results.statistics.peaks import Peaks, peaks

SHARE = 0.95
"""Of the devices that need the update: what every headline is about."""
LESS = (0.9, 0.5)
"""What is added where nobody can be sure of `SHARE`; the first one can be sure of."""
_HALF_DAY = timedelta(hours=12)

Moment = Callable[[float, bool], datetime]
"""From a time after the first command to the wall clock, whole minutes; the flag rounds up."""


def _time_to(share: float) -> Measure:
    return Measure(Kind.TIME_TO, share=share)


def peaks_in_words(found: Peaks, missed: int, moment: Moment) -> str:
    """Return two peaks: ``in 15 of 20 runs by …, else the night after, from 22:10``.

    Parameters
    ----------
    found
        The peaks.
    missed
        Runs that never got there.
    moment
        From a time to the wall clock.
    """
    until, since = moment(found.until, True), moment(found.since, False)
    runs = found.earlier + found.later + missed
    told = {
        "earlier": found.earlier,
        "count": runs,
        "until": moment_in_words(until),
        "since": f"{since:%H:%M}",
    }
    nights = [at for at in (until, since) if not 6 <= at.hour < 18]
    if len(nights) == 2 and ((since - _HALF_DAY).date() - (until - _HALF_DAY).date()).days == 1:
        text = say("headline.peaks.night_after", **told)
    elif (since.date() - until.date()).days == 1:
        text = say("headline.peaks.day_after", **told)
    elif since.date() == until.date():
        text = say("headline.peaks.same_day", **told)
    else:
        text = say("headline.peaks.later", **{**told, "since": moment_in_words(since)})
    return say("headline.peaks.or_never", peaks=text, count=missed) if missed else text


def _sure(values: Sequence[float], found: Forecast, share: float, moment: Moment) -> str:
    """Return by when one is 90 % sure of a share; all runs agree, or enough of them get there."""
    of_all = share == SHARE
    told = {
        "share": localised(write_share(share)),
        "count": found.runs,
        "at": moment_in_words(moment(_by(found), True)),
    }
    if found.is_same:
        return say("headline.always", **told) if of_all else say("headline.always_of_them", **told)
    text = say("headline.sure", **told) if of_all else say("headline.sure_of_them", **told)
    if (two := peaks(values)) is not None:
        also = peaks_in_words(two, found.missed, moment)
        return say("headline.with_peaks", text=text, peaks=also)
    return text


def _by(found: Forecast) -> float:
    """Return by when one is sure of it: if all runs agree, a few of them will do."""
    return found.middle.value if found.is_same else found.sure.value


def _is_sure(found: Forecast) -> bool:
    return math.isfinite(_by(found))


def over_when(values: Callable[[Measure], Sequence[float]], moment: Moment) -> str:
    """Return by when one is 90 % sure that it is over.

    Parameters
    ----------
    values
        From a measure to what it came to, one a run.
    moment
        From a time to the wall clock.
    """
    of = {share: values(_time_to(share)) for share in (SHARE, *LESS)}
    found = {share: forecast(times) for share, times in of.items()}
    whole = found[SHARE]
    if _is_sure(whole):
        return _sure(of[SHARE], whole, SHARE, moment)
    if whole.runs < FEWEST_TO_BE_SURE:
        return _of_few_runs(of, moment)
    told = {"share": localised(write_share(SHARE)), "count": whole.runs, "reached": whole.reached}
    text = say("headline.too_seldom", **told) if whole.reached else say("headline.never", **told)
    if (two := peaks(of[SHARE])) is not None:
        text = say(
            "headline.with_peaks", text=text, peaks=peaks_in_words(two, whole.missed, moment)
        )
    less = next((share for share in LESS if _is_sure(found[share])), None)
    if less is None:
        is_seldom = bool(found[LESS[-1]].reached)
        other = say("headline.no_date") if is_seldom else say("headline.never_half")
        return say("headline.both", one=text, other=other)
    return say("headline.both", one=text, other=_sure(of[less], found[less], less, moment))


def _of_few_runs(of: dict[float, Sequence[float]], moment: Moment) -> str:
    """Return what too few runs came to; none is sure of anything."""
    runs = len(of[SHARE])

    def latest(share: float) -> str:
        return moment_in_words(moment(max(of[share]), True))

    told = {"share": localised(write_share(SHARE)), "count": runs, "fewest": FEWEST_TO_BE_SURE}
    reached = sum(map(math.isfinite, of[SHARE]))
    if reached == runs:
        told["at"] = latest(SHARE)
        return say("headline.one_run", **told) if runs == 1 else say("headline.few_runs", **told)
    told["reached"] = reached
    if runs == 1:
        text = say("headline.one_run_never", **told)
    elif reached:
        text = say("headline.few_runs_seldom", **told)
    else:
        text = say("headline.never", **told)
    less = next((share for share in LESS if all(map(math.isfinite, of[share]))), None)
    if less is None:
        return say("headline.both", one=text, other=_nor_half(of[LESS[-1]]))
    told = {"share": localised(write_share(less)), "at": latest(less)}
    if runs == 1:
        other = say("headline.one_run_of_them", **told)
    else:
        other = say("headline.few_runs_of_them", **told)
    return say("headline.both", one=text, other=other)


def _nor_half(times: Sequence[float]) -> str:
    """Return of few runs that half of the devices do not get it in each of them."""
    if len(times) == 1:
        return say("headline.one_run_nor_half")
    if any(map(math.isfinite, times)):
        return say("headline.few_runs_nor_half")
    return say("headline.never_half")


def how_many(values: Sequence[float]) -> str:
    """Return how many devices end successful.

    Parameters
    ----------
    values
        The share of the targeted devices, one a run.
    """
    definition = Measure(Kind.SUCCESSFUL).definition
    found = forecast(values)
    if found.is_one_run:
        return say("headline.successful.one_run", middle=shown(found.middle.value, definition))
    if found.is_same:
        return say("headline.successful.always", middle=shown(found.middle.value, definition))
    ends = found.middle.value, found.low.value, found.high.value
    middle, low, high = shown_interval(*ends, definition)
    told = {"middle": middle, "low": low, "high": high}
    if found.runs >= FEWEST_FOR_RANGE:
        if low == high:
            return say("headline.successful.narrow", middle=middle)
        return say("headline.successful.range", **told)
    holds = shown_share(found.holds)
    return say("headline.successful.few_runs", **told, count=found.runs, holds=holds)


def headline(values: Callable[[Measure], Sequence[float]], moment: Moment) -> str:
    """Return the answer in one sentence.

    Parameters
    ----------
    values
        From a measure to what it came to, one a run.
    moment
        From a time to the wall clock.
    """
    whole = _time_to(SHARE)
    if none_needs_it(values(whole), whole):
        return say("headline.none_needs_it", count=len(values(whole)))
    return say(
        "headline.both",
        one=over_when(values, moment),
        other=how_many(values(Measure(Kind.SUCCESSFUL))),
    )
