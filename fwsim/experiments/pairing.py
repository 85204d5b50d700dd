"""What two plans that are compared run by run do not have in common, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from fwsim.experiments.experiment import Experiment
from fwsim.messages import say
from fwsim.model.first_due import what_is_due


def paired_by(experiments: Sequence[Experiment]) -> str:
    """Return that fleets differ, so that pairs are less than perfect; empty if they do not."""
    first, *others = (experiment.rollout.fleet for experiment in experiments)
    if all(list(first.names) == list(other.names) for other in others):
        return ""
    return say("comparison.fleets_differ")


def starts(experiments: Sequence[Experiment]) -> str:
    """Return that times count from other moments in some plans; empty if from the same in all."""
    rollouts = [experiment.rollout for experiment in experiments]
    dues = [what_is_due(rollout) for rollout in rollouts]
    firsts = [
        rollout.local_time(due.first(due.judged))
        for rollout, due in zip(rollouts, dues, strict=True)
        if due.fields
    ]
    if len(firsts) < len(rollouts) or len(set(firsts)) == 1:
        return ""
    shown = [f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(":00") for at in firsts]
    times = say("comparison.and_at", before=", ".join(shown[:-1]), last=shown[-1])
    return say("comparison.starts_differ", times=times)
