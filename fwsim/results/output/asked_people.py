"""Which kinds of people are asked most, and when most of them: a table of the report."""

from __future__ import annotations

import numpy as np

from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.tally import HOUR
from fwsim.results.output.report_tables import Shown
from fwsim.results.run.stamps import told_stamps
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import cells, median_head, range_head
from fwsim.results.statistics.prompts_by_people import MOST_SHOWN, AskedPeople, tells_several

_NOTICES = Measure(Kind.PROMPTS)


def asked_people(answer: Answer) -> list[Shown]:
    """Return the kinds of people with the most notices, and what the others come to together.

    Nothing where no more than one kind has any, or nobody knows.
    """
    if not tells_several(answer):
        return []
    asked = AskedPeople(answer)
    rows = [_row(answer, asked, kind) for kind in asked.kinds[:MOST_SHOWN]]
    if others := asked.kinds[MOST_SHOWN:]:
        together = np.sum([asked.counts(kind).sum(axis=1) for kind in others], axis=0)
        told = cells(together.astype(float).tolist(), _NOTICES)
        name = say("report.other_kinds", count=len(others))
        rows.append((name, told.middle, told.range, "", "", ""))
    columns = median_head(answer.runs), range_head(answer.runs)
    in_it = [say("report.in_it", column=column) for column in columns]
    heads = say("report.asked_most"), *columns, _busiest_head(answer), *in_it
    return [Shown(heads[0], heads, rows)]


def _busiest_head(answer: Answer) -> str:
    """Return what the busiest stretch is called: an hour, or as many as are told together."""
    hours = answer.replications[0].timeline.hours
    return say("report.busiest_hour") if hours == 1 else say("report.busiest_hours", hours=hours)


def _row(answer: Answer, asked: AskedPeople, kind: int) -> tuple[str, ...]:
    """Return a kind's notices in all, and those of the hour in which it has most on average."""
    counts = asked.counts(kind).astype(float)
    busiest = int(counts.mean(axis=0).argmax())
    begins = np.array([busiest * answer.replications[0].timeline.hours * HOUR], np.int64)
    in_all, then = (cells(v.tolist(), _NOTICES) for v in (counts.sum(axis=1), counts[:, busiest]))
    at = told_stamps(answer.setting, begins, places=16)[0]
    return asked.name(kind), in_all.middle, in_all.range, at, then.middle, then.range


def not_told(answer: Answer) -> str:
    """Return that nobody knows which people are asked in which hour; empty if it is known."""
    asked = any(run.timeline.prompts.any() for run in answer.replications)
    return "" if answer.setting.people or not asked else say("report.people_not_told")
