"""What is said of a rollout under way, sentence by sentence; only what holds is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from fwsim.commands.lifecycle import State
from fwsim.learning.silent_sites import named_sites
from fwsim.learning.under_way.because import (
    COMMANDS,
    LEAST_EXPLAINED,
    LEAST_POINTS,
    MOST_NAMED,
    WAKE_UP,
    Cause,
)
from fwsim.learning.under_way.by_when import (
    is_or_was_by,
    is_reached,
    is_sure,
    sure_by,
    time_to,
)
from fwsim.learning.under_way.contradictions import unheard_runs
from fwsim.learning.under_way.learnt_so_far import never_learnt, not_learnt
from fwsim.learning.under_way.not_heard_of import may_have_ended, not_heard_of
from fwsim.learning.under_way.only_ends import told_of_ends
from fwsim.learning.under_way.sent_later import late_in_words, sent_late
from fwsim.measures.amounts import shown_interval, shown_share
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import by_door, localised, say
from fwsim.model.first_due import what_is_due
from fwsim.model.past import Past
from fwsim.model.silence import is_stale
from fwsim.quantities.elementary import summed
from fwsim.quantities.units import write_share
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.forecast import (
    FEWEST_FOR_RANGE,
    FEWEST_TO_BE_SURE,
    forecast,
    range_holds,
)
from fwsim.results.statistics.headline import LESS, SHARE
from fwsim.results.statistics.in_words import moment_in_words
from fwsim.results.statistics.who_came import as_sentence, who_came

if TYPE_CHECKING:
    from fwsim.learning.under_way.under_way import UnderWay


def sentences(under_way: UnderWay) -> Iterator[str]:
    """Yield what there is to say, the first sentence first.

    Parameters
    ----------
    under_way
        Of which rollout.
    """
    yield say("under_way.both", one=_where_it_stands(under_way), other=_over(under_way))
    done = _range(shown_share(under_way.done), shown_share(under_way.most_done))
    yield from may_have_ended(under_way, done)
    if judged := under_way.now.setting.judged:
        yield as_sentence(say(f"headline.{judged}"))
    are_held = under_way.planned.scenario.windows is not None
    if is_stale(under_way.so_far.past, are_held=are_held):
        last = int(under_way.so_far.past.log.time[-1])
        at = moment_in_words(under_way.planned.local_time(last))
        yield say("under_way.stale", last=at, option=by_door("--at", "at"))
    yield _in_the_end(under_way)
    if came := who_came(under_way.now.setting, under_way.now.replications):
        yield as_sentence(came)
    if why := _why(under_way):
        yield why
    named = chain.from_iterable(_reasons(under_way) if why else ())
    yield from told_of_ends(under_way, named)
    if kept := _kept(under_way, why):
        yield kept
    if later := _later(under_way):
        yield later
    if under_way.silent:
        yield not_heard_of(under_way)
    count = round(under_way.brought_about)
    if count and not under_way.so_far.is_own:
        yield say("under_way.brought_about", count=count, of=len(under_way.so_far.past.log))
    if under_way.now.runs > 1:
        text, unlike = _ranges(under_way.now.runs), under_way.unlike
        sites = named_sites(unlike)
        yield say("under_way.ranges_unlike", text=text, sites=sites) if unlike else text


def _ranges(runs: int) -> str:
    """Return what the ranges hold."""
    if runs >= FEWEST_FOR_RANGE:
        return say("under_way.ranges")
    holds = shown_share(range_holds(runs))
    return say("under_way.ranges_of_few", count=runs, holds=holds, fewest=FEWEST_FOR_RANGE)


def changes(under_way: UnderWay, last: UnderWay) -> str:
    """Return what has changed since an earlier forecast, and what was learnt meanwhile.

    Parameters
    ----------
    under_way, last
        The forecast now, and the earlier one.

    What was learnt is told where there is a gap that it explains.
    """
    sure = (s for s in (SHARE, *LESS) if is_reached(under_way, s) or is_sure(under_way.now, s))
    share = next(sure, SHARE)
    told = {
        "at": stamp(last),
        "done": shown_share(under_way.done),
        "was": shown_share(last.done),
        "share": localised(write_share(share)),
        "by": is_or_was_by(under_way, share),
        "was_by": is_or_was_by(last, share),
    }
    text = say("under_way.since", **told)
    knew = {*sent_late(last.so_far.later, last.planned)}
    new = [one for one in sent_late(under_way.so_far.later, under_way.planned) if one not in knew]
    if has_gap(under_way):
        new += _new_causes(under_way, last)
    if not new:
        return text
    return say("under_way.since_learnt", text=text, what="; ".join(new[:MOST_NAMED]))


def _new_causes(under_way: UnderWay, last: UnderWay) -> list[str]:
    """Return what explains a gap now and did not explain as much of it before."""
    known = {(cause.place, cause.part): cause.points for cause in last.causes}
    return [
        cause.text
        for cause in under_way.causes
        if cause.place != (COMMANDS,)
        and cause.points * under_way.gap > 0
        and abs(cause.points - known.get((cause.place, cause.part), 0.0)) >= LEAST_POINTS
    ]


def stamp(under_way: UnderWay) -> str:
    """Return up to when the log counts, in words."""
    return moment_in_words(under_way.planned.local_time(under_way.until))


def _where_it_stands(under_way: UnderWay) -> str:
    told = {"at": stamp(under_way), "done": shown_share(under_way.done)}
    past = under_way.so_far.past
    tells = State.PROBING in past.tells or past.until < under_way.now.first_command
    if not len(past.log) and tells:
        return say("under_way.not_begun", **told)
    told["expected"] = shown_share(under_way.expected.middle.value)
    if unsent := _unsent(under_way):
        return say("under_way.stands_without", **told, labels=", ".join(unsent))
    planned = under_way.planned_for
    if State.PROBING in past.tells and under_way.targeted < planned:
        return say("under_way.stands_of", **told, count=under_way.targeted, planned=planned)
    return say("under_way.stands", **told)


def _unsent(under_way: UnderWay) -> list[str]:
    """Return labels of commands that were due and, by a log that tells it, were not sent."""
    past, planned = under_way.so_far.past, under_way.planned
    if State.PROBING not in past.tells:
        return []
    judged = what_is_due(planned).judged
    runs = unheard_runs(past.log, planned, past.until)
    labels = [run.label for run in runs if run.command.status_field is judged]
    return labels if len(labels) <= MOST_NAMED else [*labels[:MOST_NAMED], "…"]


def _over(under_way: UnderWay) -> str:
    """Return by when it will be over with 90 %, and what was said of that before the start."""
    now, before = under_way.now, under_way.before
    if is_reached(under_way, SHARE):
        return _reached(under_way)
    if now.runs < FEWEST_TO_BE_SURE:
        return say("under_way.too_few_runs", count=now.runs, fewest=FEWEST_TO_BE_SURE)
    if is_sure(now, SHARE):
        return _sure(under_way, SHARE)
    found = forecast(now.values(time_to(SHARE)))
    told = {"share": localised(write_share(SHARE)), "reached": found.reached, "count": found.runs}
    was = say("under_way.before", when=sure_by(before, SHARE))
    text = say("under_way.seldom" if found.reached else "under_way.never", **told, was=was)
    less = next((share for share in LESS if is_sure(now, share)), None)
    if less is None or is_reached(under_way, less):
        return text
    return say("under_way.but", text=text, less=_sure(under_way, less))


def _sure(under_way: UnderWay, share: float) -> str:
    """Return by when a share is reached with 90 %."""
    was = say("under_way.before", when=sure_by(under_way.before, share))
    told = {"share": localised(write_share(share)), "at": sure_by(under_way.now, share), "was": was}
    return say("under_way.less" if share != SHARE else "under_way.sure", **told)


def _reached(under_way: UnderWay) -> str:
    """Return by when it was over; for that one run will do, if not for what was said before it."""
    told = {"share": localised(write_share(SHARE)), "at": is_or_was_by(under_way, SHARE)}
    if under_way.before.runs < FEWEST_TO_BE_SURE:
        return say("under_way.reached_alone", **told)
    was = say("under_way.before", when=sure_by(under_way.before, SHARE))
    return say("under_way.reached", **told, was=was)


def _in_the_end(under_way: UnderWay) -> str:
    now, before = _share_in_the_end(under_way.now), _share_in_the_end(under_way.before)
    if now == before:
        return say("under_way.end", now=now)
    return say("under_way.end_was", now=now, before=before)


def _share_in_the_end(answer: Answer) -> str:
    """Return how many of the targeted devices end successful: 9 in 10 of what can still come."""
    measure = Measure(Kind.SUCCESSFUL)
    found = forecast(answer.values(measure))
    ends = found.middle.value, found.low.value, found.high.value
    if found.is_one_run or found.is_same:
        return shown_share(found.middle.value)
    middle, low, high = shown_interval(*ends, measure.definition)
    return middle if low == high else _range(low, high)


def _why(under_way: UnderWay) -> str:
    """Return why it is ahead or behind; empty where there is no gap to speak of."""
    gap = under_way.gap
    if not has_gap(under_way):
        return ""
    named = _named(under_way)
    told = {"points": f"{abs(100 * gap):.0f}", "what": "; ".join(named)}
    expected = _range(*map(shown_share, under_way.expected_range))
    is_within, is_sure = under_way.is_as_expected, under_way.is_surely_as_expected
    if named:
        text = say("under_way.ahead" if gap > 0 else "under_way.behind", **told)
    elif is_within:
        name = "under_way.as_expected" if is_sure else "under_way.perhaps_as_expected"
        return say(name, range=expected)
    elif unlearnt := not_learnt(under_way.planned, under_way.inputs):
        text = say("under_way.unexplained_as", **told, places=_listed(unlearnt))
    else:
        text = say("under_way.unexplained", **told)
    lost = _failed_or_cancelled(under_way.so_far.past)
    if lost and not named and gap < 0:
        text = say("under_way.lost", text=text, count=lost)
    if is_within and not is_sure:
        return say("under_way.perhaps_within", text=text, range=expected)
    name = "under_way.within" if is_within else "under_way.outside"
    return say(name, text=text, range=expected)


def _failed_or_cancelled(past: Past) -> int:
    """Return how many devices have failed or were cancelled by the last that the log tells."""
    last = dict(zip(past.log.device.tolist(), past.log.state.tolist(), strict=True))
    return sum(state in (State.FAILED, State.CANCELLED) for state in last.values())


def _range(low: str, high: str) -> str:
    """Return a range in words; one that reads alike at both ends is one number."""
    return low if low == high else say("under_way.end_range", low=low, high=high)


def _kept(under_way: UnderWay, why: str) -> str:
    """Return what is in doubt and stays as it was believed whatever the log tells.

    Empty if nothing is, or if it was named already.
    """
    places = never_learnt(under_way.planned, under_way.inputs)
    if not places or not len(under_way.so_far.past.log) or _listed(places) in why:
        return ""
    return say("under_way.kept", places=_listed(places))


def _listed(places: Sequence[str]) -> str:
    """Return places, the first of them, and how many more there are."""
    named = list(places[:MOST_NAMED])
    if more := len(places) - len(named):
        named.append(say("under_way.more_inputs", count=more))
    return ", ".join(named)


def _named(under_way: UnderWay) -> list[str]:
    """Return the reasons of a gap in words."""
    return [text for reason in _reasons(under_way) for text in _of_one(reason)]


def _reasons(under_way: UnderWay) -> list[list[Cause]]:
    """Return the reasons of a gap, the strongest first; lines together are one, and wake-ups."""
    gap = under_way.gap
    reasons: dict[Any, list[Cause]] = {}
    for cause in under_way.causes:
        if cause.points * gap > 0:
            reasons.setdefault(cause.place[-1] if cause.is_of_site else cause, []).append(cause)
    named = sorted(reasons.values(), key=_points, reverse=True)[:MOST_NAMED]
    explained = summed(map(_points, named))
    if explained < LEAST_EXPLAINED * abs(gap):
        return []  # next to nothing is no reason
    return named


def _points(reason: list[Cause]) -> float:
    return abs(summed(cause.points for cause in reason))


def _of_one(reason: list[Cause]) -> list[str]:
    """Return the words of a reason: of many sites those that move most, and how many more."""
    texts = [cause.text for cause in reason[:MOST_NAMED]]
    if more := len(reason) - len(texts):
        texts.append(say(_name_of_more(reason[0]), count=more))
    return texts


def _name_of_more(one: Cause) -> str:
    if one.place[-1] == WAKE_UP:
        return "under_way.because.no_wake_up"
    is_slower = one.now < one.before
    return "under_way.because.slower" if is_slower else "under_way.because.faster"


def named_beside_causes(under_way: UnderWay) -> list[dict[str, Any]]:
    """Return what else is told as a reason, which explains nothing by now: plain data.

    Commands that began late.

    Parameters
    ----------
    under_way
        Of which rollout.
    """
    is_cause = has_gap(under_way) and any(one.place == (COMMANDS,) for one in under_way.causes)
    if is_cause or not _later(under_way):
        return []
    return [{"place": COMMANDS, "text": _late(under_way), "points": None}]


def has_gap(under_way: UnderWay) -> bool:
    """Tell whether it is so far ahead or behind that there is a reason to be given.

    Where a command was not sent, or not to half of its devices, others are counted than expected.
    """
    is_known = len(under_way.so_far.past.log) and under_way.before.runs >= FEWEST_FOR_RANGE
    is_known = is_known and 2 * under_way.targeted >= under_way.planned_for
    return bool(is_known) and abs(under_way.gap) >= LEAST_POINTS and not _unsent(under_way)


def _late(under_way: UnderWay) -> str:
    """Return which commands began late, the first of them."""
    return late_in_words(under_way.so_far.later, under_way.planned)


def _later(under_way: UnderWay) -> str:
    """Return why it will be over later though it is not behind for it; empty if it will not be."""
    is_behind = has_gap(under_way) and under_way.gap < 0
    if is_behind and any(r[0].place == (COMMANDS,) for r in _reasons(under_way)):
        return ""  # it has been said
    late, now, before = _late(under_way), under_way.now, under_way.before
    takes = [
        (forecast(now.values(time_to(share))), forecast(before.values(time_to(share))))
        for share in (SHARE, *LESS)
    ]
    if not late or not any(one.middle.value > other.middle.value for one, other in takes):
        return ""
    return say("under_way.later", what=late)
