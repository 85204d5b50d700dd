"""What two plans that are compared run by run do not have in common, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fwsim.commands.schedule import offset_if_twice, on_the_clock
from fwsim.experiments.experiment import Experiment
from fwsim.measures.amounts import counted
from fwsim.measures.catalogue import TIMES, Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.quantities.units import write_duration
from fwsim.results.run.replication import Replication
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.estimate import median
from fwsim.results.statistics.headline import SHARE
from fwsim.results.statistics.in_words import none_needs_it
from fwsim.results.statistics.stopping import stopped_runs
from fwsim.results.statistics.who_came import as_sentence

TARGETED, SUCCESSFUL = Measure(Kind.TARGETED), Measure(Kind.DEVICES_SUCCESSFUL)
NEEDED = Measure(Kind.TIME_TO, share=0.5)
"""A time that is none where no targeted device needs the update."""
OF_TARGETS = frozenset({Kind.SUCCESSFUL, Kind.UP_TO_DATE, Kind.OUTCOME, *TIMES, Kind.CHANCE_OF})
"""What counts over the devices that a plan targets."""

_OF_SUCCESS = frozenset({Kind.SUCCESSFUL, Kind.DEVICES_SUCCESSFUL})

OF_OUTCOMES = OF_TARGETS | {Kind.DEVICES_SUCCESSFUL}
"""What is told of updates, or of UEFI updates or deliveries where there are no others."""

Judged = tuple[str, str]
"""What a plan is judged by, and what it is compared with, as `Setting.judged` has it."""
Pairs = Sequence[tuple[Replication, Replication]]
"""Run by run: of a plan, and of what it is compared with."""


def is_no_merit(measure: Measure, need: Difference) -> bool:
    """Tell whether a measure makes no plan better, as no device needs the update.

    Where that is so in some pairs, all of none have it at once there, and a chance compares what
    is not alike; shares and counts of successful devices do not while others need it.

    Parameters
    ----------
    measure
        Of which.
    need
        Of two plans in `NEEDED`.
    """
    if measure.kind in _OF_SUCCESS:
        return need.without_need == need.runs
    return measure.kind is Kind.CHANCE_OF and need.without_need > 0


def paired_by(experiments: Sequence[Experiment]) -> str:
    """Return that fleets differ, so that pairs are less than perfect; empty if they do not."""
    first, *others = (experiment.rollout.fleet for experiment in experiments)
    if all(list(first.names) == list(other.names) for other in others):
        return ""
    return say("comparison.fleets_differ")


def differing_starts(answers: Sequence[Answer]) -> str:
    """Return that times count from other moments in some plans; empty if from the same in all."""
    return starts_in_words([_first(answer) for answer in answers])


def starts_and_the_end(answers: Sequence[Answer]) -> str:
    """Return what `differing_starts` does, and the measure by which plans can still be compared."""
    firsts = [_first(answer) for answer in answers]
    text = starts_in_words(firsts)
    first = min((at for at in firsts if at is not None), default=None)
    zones = {answer.setting.zone.key for answer in answers}
    if not text or first is None or len(zones) > 1:
        return text
    if any(answer.setting.start > first for answer in answers):
        return text  # there it would be refused
    end = Measure(Kind.TIME_SINCE, share=SHARE, since=first.replace(tzinfo=None, microsecond=0))
    return f"{text} {say('comparison.ask_for_the_end', measure=end.name)}"


def _first(answer: Answer) -> datetime | None:
    """Return when the first update is due, on the server's clock, in every run that has one."""
    setting = answer.setting
    due = [run.first_command for run in answer.replications if run.targeted]
    if not due:
        return None
    return (setting.start + timedelta(milliseconds=due[0])).astimezone(setting.zone)


def starts_in_words(firsts: Sequence[datetime | None]) -> str:
    """Return that the first updates of plans are due at other moments; empty if they are not.

    Parameters
    ----------
    firsts
        Of each plan, aware; None where there is no update.
    """
    moments = [at for at in firsts if at is not None]
    if len({at.astimezone(UTC) for at in moments}) < 2:
        return ""
    zones = len({at.tzinfo for at in moments}) > 1
    shown = [_moment_in_words(at, with_offset=zones) for at in moments]
    times = say("comparison.and_at", before=", ".join(shown[:-1]), last=shown[-1])
    return say("comparison.starts_differ", times=times)


def _moment_in_words(at: datetime, *, with_offset: bool) -> str:
    offset = f" UTC{at.isoformat()[-6:]}" if with_offset else offset_if_twice(at)
    return f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + offset


def horizons_in_words(horizons: Sequence[int]) -> str:
    """Return that plans have different horizons, milliseconds; empty if they have the same."""
    if len(set(horizons)) < 2:
        return ""
    shown = [write_duration(one) for one in horizons]
    both = say("comparison.and_at", before=", ".join(shown[:-1]), last=shown[-1])
    return say("comparison.horizons_differ", horizons=both)


def cut_short(one: Answer, other: Answer) -> Answer | None:
    """Return which of two plans had too little time beside the other; None if neither."""
    shorter, longer = sorted((one, other), key=lambda answer: answer.setting.end)
    is_shorter = shorter.setting.end < longer.setting.end
    return shorter if is_shorter and stopped_runs(shorter) else None


def cut_in_words(plan: str, base: str, *, is_base: bool) -> str:
    """Return that a plan, or what it is compared with, was cut short."""
    first, then = (base, plan) if is_base else (plan, base)
    return say("comparison.cut_short", plan=first, base=then)


def is_whole(measure: Measure, cut: Answer) -> bool:
    """Tell whether runs that were cut short tell of a measure all that longer ones would."""
    setting = cut.setting
    if measure.time is not None:
        until = setting.start + timedelta(milliseconds=setting.end)
        return on_the_clock(measure.time, setting.zone) <= until
    return measure.kind in TIMES and all(map(math.isfinite, cut.values(measure)))


def pairs_of_others(pairs: Pairs) -> int:
    """Return in how many pairs the two do not target the same devices.

    Where one was read again, as many are taken for the same.
    """
    return sum(_are_others(one, other) for one, other in pairs)


def unlike(kind: Kind, pairs: Pairs, judged: Judged) -> str:
    """Return in what two plans are not alike, so that a kind of measure makes neither better.

    Returns
    -------
    str
        ``targets`` if it counts over other devices, ``judged`` if it is told of updates in one plan
        and of UEFI updates or deliveries in the other; empty if they are alike in that.
    """
    if kind in OF_TARGETS and pairs_of_others(pairs):
        return "targets"
    return "judged" if kind in OF_OUTCOMES and judged[0] != judged[1] else ""


def _are_others(one: Replication, other: Replication) -> bool:
    if one.targeted != other.targeted:
        return True
    return None not in {one.targets, other.targets} and one.targets != other.targets


def successes(run: Replication) -> float:
    """Return on how many devices a run's update was successful."""
    return float(round(run.values[Measure(Kind.SUCCESSFUL)] * run.targeted))


def _number(devices: float) -> str:
    return counted(devices, "device").partition(" ")[0]


def whom_in_words(plan: str, base: str, pairs: Pairs, judged: Judged) -> list[str]:
    """Return that two plans are not told of one thing, or of the same devices, or need nothing.

    Parameters
    ----------
    plan, base
        What to call them.
    pairs
        Their runs.
    judged
        What they are judged by.
    """
    ones, others = ([pair[side] for pair in pairs] for side in (0, 1))
    often = pairs_of_others(pairs)
    sentences = _judged_in_words(plan, base, judged)
    if often:
        sentences.append(_targets_in_words(plan, base, ones, others, often))
    for name, runs in ((plan, ones), (base, others)):
        if none_needs_it([run.values.get(NEEDED, 1.0) for run in runs], NEEDED):
            sentences.append(say("comparison.none_needs_it", plan=name))
    return sentences


def _judged_in_words(plan: str, base: str, judged: Judged) -> list[str]:
    """Return that two plans are not judged by the same, or not by updates; nothing if they are."""
    if judged[0] == judged[1]:
        by = judged[0] or "update"
        return [] if by == "update" else [as_sentence(say(f"headline.{by}"))]
    by, by_base = (say(f"comparison.judged.{one or 'update'}") for one in judged)
    told = {"plan": plan, "base": base, "by": by, "by_base": by_base}
    return [say("comparison.judged_differs", **told)]


def _targets_in_words(
    plan: str, base: str, ones: Sequence[Replication], others: Sequence[Replication], often: int
) -> str:
    targeted, by_base = (
        median((run.targeted for run in runs), counted=True) for runs in (ones, others)
    )
    done, done_by_base = (_number(median(map(successes, r), counted=True)) for r in (ones, others))
    told = {"plan": plan, "base": base, "done": done, "done_by_base": done_by_base}
    told["devices"] = counted(targeted, "device")
    if targeted == by_base:
        return say("comparison.targets_are_others", often=often, count=len(ones), **told)
    return say("comparison.targets_differ", others=_number(by_base), **told)
