"""The door: logs and a scenario in, what they tell of its inputs out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fwsim.arguments import (
    a,
    a_function,
    a_key,
    a_path_or,
    a_seed,
    one_or_several,
    several,
    taking,
    whole_from,
)
from fwsim.learning.clock_of_log import other_clock_of
from fwsim.learning.device_times import device_inputs
from fwsim.learning.dispatcher import dispatcher_inputs
from fwsim.learning.failed_in import failures_in
from fwsim.learning.families import FAMILIES, Family
from fwsim.learning.habits_then import without_days_off
from fwsim.learning.journeys import journeys_of
from fwsim.learning.learnt import Input, Kept, Learnt, Remark
from fwsim.learning.learnt_before import learnt_before, logs_of, of_learnt_times, told_again
from fwsim.learning.line_inputs import SITES, line_inputs
from fwsim.learning.line_loads import commanded_and_seen, strangers_to
from fwsim.learning.named_jobs import NamedJobs, named_jobs
from fwsim.learning.people import check_in_inputs, people_inputs
from fwsim.learning.places import count_inputs
from fwsim.learning.reading import Logs, NamedFile, image_of, read_logs
from fwsim.learning.silent_sites import sites_without_a_line
from fwsim.learning.stood_still import standstills
from fwsim.learning.strangers import Unclear, told_otherwise, unclear_in
from fwsim.learning.writing import Asked
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.files import Progress
from fwsim.observations.observed import Observed, Transfers
from fwsim.problems import InputError, Problem
from fwsim.quantities.counts import FEWEST_ROWS, MOST_ROWS
from fwsim.run import A_SCENARIO, prepared
from fwsim.scenario.schema import Scenario


@taking(
    scenario=A_SCENARIO,
    observed=one_or_several("paths", a_path_or("seen", Observed), fewest=1),
    transfers=one_or_several("paths", a_path_or("served", Transfers)),
    pseudonymise=a_key,
    rows=whole_from(FEWEST_ROWS, MOST_ROWS),
    seed=a_seed,
    families=several("families", a("family", Family), fewest=1),
    progress=a_function,
)
def learn(
    scenario: Scenario | NamedFile,
    observed: Observed | NamedFile | Sequence[Observed] | Sequence[NamedFile],
    transfers: Transfers | NamedFile | Sequence[NamedFile] | None = None,
    *,
    pseudonymise: bool | str = False,
    rows: int = 1000,
    seed: int = 1,
    families: tuple[Family, ...] = FAMILIES,
    progress: Progress | None = None,
) -> Learnt:
    """Return what logs tell of a scenario's inputs, and what they leave as it was.

    The scenario says what was done: who was commanded, with which options, images and hours. What
    it believes is met by what was seen; where nothing was seen it stays.

    Parameters
    ----------
    scenario
        Of the rollout that was seen, or of one like it; or its file.
    observed
        What was seen of devices: of one rollout, or of several, a log each. Or the files of logs;
        more about them is said with `fwsim.learning.reading.read_logs`.
    transfers
        What the repository's web server saw, or the files of its logs.
    pseudonymise
        Whether pseudonyms take the place of devices' names when files are read; a text is the key
        they are made with. What is learnt is the same.
    rows
        Draws of the joint posterior.
    seed
        Of these draws.
    families
        Laws of times to choose from.
    progress
        Is told kinds of inputs learnt and kinds in all.

    Raises
    ------
    InputError
        If the scenario cannot be played, a file cannot be read, no device of the logs is in the
        scenario, or the scenario says that it was learnt from one of them already.
    """
    rollout = prepared(scenario)
    written = rollout.scenario
    logs = _logs(observed, transfers, written, pseudonymise=pseudonymise)
    jobs = [named_jobs(log, rollout) for log in logs.observed]
    logs = replace(logs, observed=tuple(one.without_others() for one in jobs))
    files, before = tuple(logs_of(logs.observed, logs.transfers)), learnt_before(written.lines)
    again = tuple(told_again(files, before, written.source))
    if again:
        raise InputError(again)
    journeys = journeys_of(logs.observed, rollout)
    if journeys.strangers and journeys.strangers == _devices(logs):
        raise InputError([Problem(_of_others(logs, rollout))])
    asked = Asked(rows, seed, written.assumptions.between_rollouts, families)
    inputs: list[Input] = []
    kinds = (people_inputs, device_inputs, dispatcher_inputs, count_inputs)
    for done, kind in enumerate(kinds):
        _tell(progress, done, len(kinds) + 1)
        inputs += kind(journeys, rollout, asked)
    _tell(progress, len(kinds), len(kinds) + 1)
    inputs = _without_own(inputs, rollout)
    standing = standstills(journeys, rollout, logs.transfers)
    inputs += line_inputs(journeys, rollout, logs.transfers, asked, standing=standing.cuts)
    inputs += check_in_inputs(rollout)
    lines = {one.place[2] for one in inputs if one.is_learnt and one.place[:2] == SITES}
    part = commanded_and_seen(journeys, rollout, lines) if logs.transfers is None else (0, 0)
    rollouts = max(1, len(np.unique(journeys.rollout)))
    odd = (*of_learnt_times(files, before), *_odd(jobs, rollout))
    odd += tuple((".".join(SITES), one) for one in standing.told(inputs))
    unclear = sum(one.count for _, one in odd if isinstance(one, Unclear))
    untold = failures_in(journeys).untold
    return Learnt(
        written,
        tuple(inputs),
        rollouts,
        journeys.strangers - unclear,
        strangers_to(rollout, logs.transfers),
        untold,
        odd,
        files,
        part,
    )


def _without_own(inputs: Sequence[Input], rollout: Rollout) -> list[Input]:
    """Return inputs; of what every OU or site draws for itself, what was believed is kept.

    One number for all would be believed the more surely the more devices were seen, and one OU or
    site would be as the other.
    """
    own: set[str] = set()
    for doubt in rollout.doubts:
        if doubt.each is not None:
            of = (one.name for one in inputs if f"{doubt.place}.".startswith(f"{one.name}."))
            own.add(max(of, key=len, default=""))  # a time of an answer is none of its shares
    return [
        Input(place=one.place, noun=one.noun, kept=Kept.EACH_ITS_OWN)
        if one.is_learnt and one.name in own
        else one
        for one in inputs
    ]


def _odd(jobs: Sequence[NamedJobs], rollout: Rollout) -> Iterator[tuple[str, Remark]]:
    for one in jobs:
        log = one.without_others()
        told = (*one.remarks, *told_otherwise(log, rollout))
        silent = sites_without_a_line(
            one.log, rollout, [other.log for other in jobs if other is not one]
        )
        for odd in (other_clock_of(log, rollout), *told, silent):
            if odd is not None:
                yield (log.sources[0] if log.sources else ""), odd
        yield from without_days_off(log, rollout)


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)


def _logs(
    observed: Observed | NamedFile | Sequence[Observed] | Sequence[NamedFile],
    transfers: Transfers | NamedFile | Sequence[NamedFile] | None,
    scenario: Scenario,
    *,
    pseudonymise: bool | str,
) -> Logs:
    """Return what was seen, read from files where it is not yet."""
    several = [observed] if isinstance(observed, (Observed, str, Path)) else list(observed)
    read = tuple(one for one in several if isinstance(one, Observed))
    files = [one for one in several if not isinstance(one, Observed)]
    if isinstance(transfers, Transfers) or (transfers is None and not files):
        if files:
            raise InputError([Problem(say("argument.some_of_both"), source="transfers")])
        return Logs(read, transfers)
    if read:
        raise InputError([Problem(say("argument.some_of_both"), source="observed")])
    served = [transfers] if isinstance(transfers, (str, Path)) else transfers or ()
    return read_logs(
        files,
        served,
        zone=scenario.zone,
        pseudonymise=pseudonymise,
        image=image_of(scenario),
    )


def _devices(logs: Logs) -> int:
    return sum(len(log.device.values) for log in logs.observed)


def _of_others(logs: Logs, rollout: Rollout) -> str:
    """Return what to say of logs in which nobody is known."""
    theirs = next((log.device.values[0] for log in logs.observed if log.renamed is None), "")
    count = _devices(logs)
    such = say("learn.such_as", name=theirs) if theirs else ""
    own = repr(rollout.fleet.shown_name(0))
    unclear = next(filter(None, (unclear_in(log, rollout) for log in logs.observed)), None)
    if unclear is not None:
        return say("learn.none_found", count=count, reason=unclear.text)
    return say("learn.none_known", count=count, such=such, name=own)
