"""Why a limit on a sum is broken: on what people are asked and bear, on what crosses lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand, asks_its_user
from fwsim.measures.amounts import counted, shown, shown_duration, shown_rate, shown_share
from fwsim.measures.catalogue import OF_PEOPLE, Kind
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.line_causes import line_causes
from fwsim.scenario.checks import firmware_sections

_OF_REPOSITORY = (Kind.PEAK_REPOSITORY, Kind.BUSY_HOUR_REPOSITORY)
_TELLING: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.PROMPTS: (Kind.DEVICES_PROMPTED, Kind.DEFERMENTS, Kind.TARGETED),
    Kind.DEVICES_PROMPTED: (Kind.TARGETED,),
    Kind.MOST_PROMPTS: (Kind.PROMPTS, Kind.DEVICES_PROMPTED, Kind.DEFERMENTS),
    Kind.DEFERMENTS: (Kind.PROMPTS,),
    Kind.CANCELS: (Kind.PROMPTS,),
    Kind.FORCED_STARTS: (Kind.PROMPTS, Kind.DEFERMENTS),
    Kind.USER_TIME_LOST: (Kind.DEVICES_PROMPTED,),
    Kind.WAN: (Kind.DEVICES_SUCCESSFUL, Kind.TARGETED),
}
"""By which other measures it is told why one is too large."""
SUMS = (*OF_PEOPLE, Kind.WAN, *_OF_REPOSITORY)


def telling(limit: Expectation) -> tuple[Measure, ...]:
    """Return what else tells why a limit is broken: of the same devices, at all times."""
    whole = replace(limit.measure, week=None)
    return (whole, *(replace(whole, kind=kind) for kind in _TELLING.get(whole.kind, ())))


def why_too_much(rollout: Rollout, answer: Answer, limit: Expectation) -> str:
    """Return why a sum is too large; empty where the runs do not tell.

    Parameters
    ----------
    rollout
        The plan.
    answer
        Runs of it that miss the limit, with what `telling` names.
    limit
        That a measure of `SUMS` is to be less than.
    """
    if limit.measure.kind in _OF_REPOSITORY:
        return _of_repository(rollout, answer, limit)
    told = _Told(rollout, answer, replace(limit.measure, week=None))
    reason = _REASONS.get(limit.measure.kind, _nothing)(told)
    return _with_times(answer, limit.measure, reason)


@dataclass(frozen=True)
class _Told:
    """What the runs that miss a limit come to, on average and at all times."""

    rollout: Rollout
    answer: Answer
    measure: Measure

    def of(self, kind: Kind) -> float:
        return self.answer.estimates[replace(self.measure, kind=kind)].value

    def share(self, kind: Kind, of: Kind) -> str:
        """Return what share of one sum another is; empty where it is none."""
        part, whole = self.of(kind), self.of(of)
        return shown_share(part / whole) if 0 < part <= whole else ""


def _nothing(_: _Told) -> str:
    return ""


def _with_times(answer: Answer, measure: Measure, reason: str) -> str:
    """Add to a reason how much of a sum is within the times of the week that it is about."""
    if measure.week is None or measure.week.is_always:
        return reason
    whole = replace(measure, week=None)
    part, of_all = (shown(answer.estimates[m].value, m.definition) for m in (measure, whole))
    if not reason:
        return say("plan.why_within", part=part, whole=of_all)
    return say("plan.why_within_too", reason=reason, part=part, whole=of_all)


def _again(told: _Told) -> str:
    """Return how many notices come up on a device that showed one before."""
    notices, devices = told.of(Kind.PROMPTS), told.of(Kind.DEVICES_PROMPTED)
    if not notices or notices <= devices:
        return "" if told.measure.kind is Kind.MOST_PROMPTS else _asked(told)
    share = shown_share((notices - devices) / notices)
    return say("plan.why_again", share=share, count=round(told.of(Kind.DEFERMENTS)))


def _asked(told: _Told) -> str:
    """Return on how many of the devices that the updates are for notices come up."""
    if not _is_of_judged(told.rollout):
        return ""
    targeted = told.answer.estimates[told.measure.targeted].value
    prompted, of = round(told.of(Kind.DEVICES_PROMPTED)), counted(round(targeted), "device")
    return say("plan.why_asked", count=prompted, of=of) if prompted else ""


def _is_of_judged(rollout: Rollout) -> bool:
    """Tell whether commands alone have devices do anything, all of them what is judged."""
    judged = what_is_due(rollout).judged
    is_of_others = any(run.command.status_field is not judged for run in rollout.runs)
    return not is_of_others and not _starts_otherwise(rollout)


def _each(told: _Told) -> str:
    """Return how much a device costs its user on which a notice came up.

    Nothing where updates that show none may cost users time, too.
    """
    if _starts_otherwise(told.rollout):
        return ""
    updates = [run.command for run in told.rollout.runs if isinstance(run.command, UpdateCommand)]
    devices = told.of(Kind.DEVICES_PROMPTED)
    if not updates or not all(map(asks_its_user, updates)) or not devices:
        return ""
    time = shown_duration(told.of(Kind.USER_TIME_LOST) / devices)
    return say("plan.why_each", count=round(devices), time=time)


def _deferred(told: _Told) -> str:
    share = told.share(Kind.DEFERMENTS, Kind.PROMPTS)
    return say("plan.why_deferred", share=share) if share else ""


def _cancelled(told: _Told) -> str:
    share = told.share(Kind.CANCELS, Kind.PROMPTS)
    return say("plan.why_cancelled", share=share) if share else ""


def _forced(told: _Told) -> str:
    """Return how updates come to begin in front of users who did not click."""
    notices = told.of(Kind.PROMPTS)
    share = told.share(Kind.FORCED_STARTS, Kind.PROMPTS)
    if share and not _may_be_overdue(told.rollout):
        return say("plan.why_ran_out", share=share, notices=counted(notices, "notice"))
    if not told.of(Kind.FORCED_STARTS):
        return ""
    notice, click = counted(notices, "notice"), counted(told.of(Kind.DEFERMENTS), "deferment")
    return say("plan.why_overdue", notices=notice, deferments=click)


def _may_be_overdue(rollout: Rollout) -> bool:
    """Tell whether anything may begin because its time has come, be its user asked or not."""
    updates = [run.command for run in rollout.runs if isinstance(run.command, UpdateCommand)]
    return _starts_otherwise(rollout) or any(update.force_at is not None for update in updates)


def _starts_otherwise(rollout: Rollout) -> bool:
    """Tell whether anything but commands may have devices update."""
    scenario = rollout.scenario
    others = (scenario.assignments, scenario.notifications, scenario.scheduler)
    checks = any(section.new_version is not None for _, section in firmware_sections(scenario))
    return checks or any(map(bool, others))


def _of_wan(told: _Told) -> str:
    """Return how many bytes cross the sites' lines for each device that is successful.

    Nothing where some of them are of what is not judged.
    """
    devices, of = told.of(Kind.DEVICES_SUCCESSFUL), told.of(Kind.TARGETED)
    if devices < 1 or not _is_of_judged(told.rollout):
        return ""
    each = shown(told.of(Kind.WAN) / devices, told.measure.definition)
    text = say("plan.why_bytes", count=round(devices), size=each)
    return text if round(devices) == round(of) else say("plan.why_bytes_of_others", reason=text)


_REASONS: Mapping[Kind, Callable[[_Told], str]] = {
    Kind.PROMPTS: _again,
    Kind.DEVICES_PROMPTED: _asked,
    Kind.MOST_PROMPTS: _again,
    Kind.DEFERMENTS: _deferred,
    Kind.CANCELS: _cancelled,
    Kind.FORCED_STARTS: _forced,
    Kind.USER_TIME_LOST: _each,
    Kind.WAN: _of_wan,
}


def _of_repository(rollout: Rollout, answer: Answer, limit: Expectation) -> str:
    """Return how much more than a limit the lines take from the repository, and in which hour."""
    carries = rollout.scenario.network.repository.carries
    used = np.any([run.sites.size > 0 for run in answer.replications], axis=0)
    most = min(most_taken(rollout, used), float(carries))
    parts = line_causes(answer, limit.measure)[:1]
    if most > (allowed := limit.limit * carries):
        sites = int(used[: len(rollout.sites())].sum())
        told = {"count": sites, "rate": shown_rate(most)}
        parts.append(say("plan.why_repository", **told, allowed=shown_rate(allowed)))
    return "; ".join(parts)


def most_taken(rollout: Rollout, used: NDArray[np.bool_]) -> float:
    """Return what lines together let updates take from the repository, bytes per second.

    Parameters
    ----------
    rollout
        The plan.
    used
        On which lines updates come, shape (lines,).
    """
    sites = np.array([line.most_for_updates for line in rollout.sites()], np.float64)
    sites *= used[: len(sites)]
    direct = float(sites[rollout.hub_of < 0].sum())
    return direct + sum(
        min(hub.most_for_updates, float(sites[rollout.hub_of == number].sum()))
        for number, hub in enumerate(rollout.hubs())
    )
