"""At which kinds of people notices come up in each hour: of one run, and of the next rollout."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.grouping import MOST_GROUPS, are_people_told_apart, kinds_of_people
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.results.run.record import RunRecord
from fwsim.results.run.timeline import by_hours, grid_of, prompts_by_people
from fwsim.results.statistics import prompts_by_hour as of_all
from fwsim.results.statistics.prompts_by_hour import ends_of, hours_with_prompts, of_an_hour

if TYPE_CHECKING:
    import pandas as pd

    from fwsim.results.statistics.answer import Answer

PEOPLE = "people"
NAME = f"{of_all.NAME}-by-{PEOPLE}"
"""Of the table, and of its file."""
MOST_SHOWN = 12
"""Kinds of people that figures and the report show, those with the most notices first."""
OF_ONE_RUN = (*of_all.OF_ONE_RUN[:2], PEOPLE, *of_all.OF_ONE_RUN[2:])
OF_RUNS = (*of_all.OF_RUNS[:2], PEOPLE, *of_all.OF_RUNS[2:])


class AskedPeople:
    """The notices of several runs by kinds of people, hour by hour.

    Parameters
    ----------
    answer
        The runs.

    Raises
    ------
    InputError
        If they do not tell people apart.
    """

    def __init__(self, answer: Answer) -> None:
        self._names, self._runs = answer.setting.people, answer.runs
        rows = [run.timeline.people_hours for run in answer.replications]
        told = [one for one in rows if one is not None]
        if not self._names or len(told) < len(rows):
            raise _not_told()
        together = np.concatenate(told, axis=1)
        order = np.argsort(together[0], kind="stable")
        self._rows = together[:, order]
        self._run = np.repeat(np.arange(len(told)), [one.shape[1] for one in told])[order]
        first = answer.replications[0].timeline
        self._stretches = by_hours(first.prompts[None], first.step).shape[1]

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Notices of each kind in all, the mean of the runs; shape (kinds,)."""
        kind, _, count = self._rows
        return np.bincount(kind, count, minlength=len(self._names)) / self._runs

    @cached_property
    def kinds(self) -> list[int]:
        """The kinds that have notices in any run, those with most of them first."""
        asked = np.flatnonzero(self.means).tolist()
        return sorted(asked, key=lambda kind: (-self.means[kind], self._names[kind]))

    def name(self, kind: int) -> str:
        """Return what a kind is called."""
        return self._names[kind]

    def counts(self, kind: int) -> NDArray[np.int64]:
        """Return the notices of a kind in each run hour by hour; shape (runs, stretches)."""
        mine = slice(*np.searchsorted(self._rows[0], (kind, kind + 1)))
        _, stretch, count = self._rows[:, mine]
        found = np.zeros((self._runs, self._stretches), np.int64)
        np.add.at(found, (self._run[mine], stretch), count)
        return found


def _not_told() -> InputError:
    return InputError([Problem(say("by_group.notices_not_told", most=MOST_GROUPS))])


def tells_several(answer: Answer) -> bool:
    """Tell whether notices are known by people, and more than one kind of them has any."""
    return bool(answer.setting.people) and len(AskedPeople(answer).kinds) > 1


def prompt_tables(answer: Answer) -> dict[str, pd.DataFrame]:
    """Return notices by the hour, and by people, too, if more than one kind has any; by name."""
    tables = {of_all.NAME: of_all.prompts_by_hour(answer)}
    if tells_several(answer):
        tables[NAME] = prompts_of_people(answer)
    return tables


def prompts_of_people(answer: Answer) -> pd.DataFrame:
    """Return the notices of the next rollout, one row for an hour and a kind of people.

    Columns are those of `fwsim.results.statistics.prompts_by_hour`, and `people`. Each kind has
    the hours from the first in which one comes up there in any run to the last.

    Raises
    ------
    InputError
        If the runs do not tell people apart.
    """
    import pandas as pd

    asked, rows = AskedPeople(answer), []
    step = answer.replications[0].timeline.step
    end = min(answer.setting.end, answer.setting.horizon)
    for kind in asked.kinds:
        counts = asked.counts(kind)
        shown = hours_with_prompts(counts)
        values = counts[:, shown].T.astype(float).tolist()
        ends = zip(*ends_of(answer.setting, step, end, shown), strict=True)
        for at, (begin, until), hour in zip(shown.tolist(), ends, values, strict=True):
            rows.append((at, begin, until, asked.name(kind), *of_an_hour(hour)))
    rows.sort(key=lambda row: (row[0], row[3]))
    return pd.DataFrame([row[1:] for row in rows], columns=list(OF_RUNS))


def prompts_of_people_in_run(record: RunRecord) -> pd.DataFrame:
    """Return how many notices came up in each hour of one run at each kind of people.

    Columns: from, until, people, prompts. Each kind has the hours from the first in which one
    came up there to the last.

    Raises
    ------
    InputError
        If people are not told apart, for there are too many kinds.
    """
    import pandas as pd

    fleet, (step, _) = record.rollout.fleet, grid_of(record.rollout)
    if not are_people_told_apart(fleet):
        raise _not_told()
    names = kinds_of_people(fleet).values
    counts = by_hours(prompts_by_people(record), step)
    rows = sorted(
        (hour, name, int(of_kind[hour]))
        for name, of_kind in zip(names, counts, strict=True)
        for hour in hours_with_prompts(of_kind[None]).tolist()
    )
    at = np.array([hour for hour, _, _ in rows], np.int64)
    ends = ends_of(record.rollout, step, record.end, at)
    columns = (*ends, [name for _, name, _ in rows], [count for _, _, count in rows])
    return pd.DataFrame(dict(zip(OF_ONE_RUN, columns, strict=True)))


def tables_of_run(record: RunRecord) -> dict[str, pd.DataFrame]:
    """Return those of one run, by name, as `prompt_tables` does."""
    tables = {of_all.NAME: of_all.prompts_of_run(record)}
    if are_people_told_apart(record.rollout.fleet):
        by_people = prompts_of_people_in_run(record)
        if len(set(by_people[PEOPLE])) > 1:
            tables[NAME] = by_people
    return tables
