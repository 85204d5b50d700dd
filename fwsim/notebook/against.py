"""Plan A against the plan on the desk: a table of differences, and which of them are settled."""

from __future__ import annotations

from fwsim.experiments.pairing import whom_in_words
from fwsim.measures.catalogue import Kind
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.notebook.board.pairs import not_alike, pairs_of, runs_in_pairs, values_in_pairs
from fwsim.notebook.desk import Desk
from fwsim.quantities.units import unbroken
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.difference_in_words import in_words
from fwsim.screen import escaped

FEWEST = 2


def against_in_html(desk: Desk) -> str:
    """Return the table; where there is none, what is missing for it."""
    beside, answer, ghost = desk.shelf.beside, desk.plan.answer, desk.ghost
    if beside is None:
        return f"<p>{escaped(say('against.no_plan'))}</p>"
    pairs = 0 if answer is None or ghost is None else len(pairs_of(answer, ghost)[0])
    if answer is None or ghost is None or pairs < FEWEST:
        return f"<p>{escaped(say('against.no_answer', first=beside.name))}</p>"
    rows = [
        row
        for measure in answer.measures
        if measure.kind is not Kind.OUTCOME and (row := _row(measure, answer, ghost))
    ]
    heads = "".join(
        f"<th scope='col' style='text-align:left;padding-right:1.5em'>{escaped(text)}</th>"
        for text in (
            say("against.measure"),
            beside.name,
            desk.shelf.on_desk.name,
            say("against.difference"),
        )
    )
    note = say("against.note", count=pairs)
    judged = answer.setting.judged, ghost.setting.judged
    pairs_made = runs_in_pairs(answer, ghost)
    whom = whom_in_words(desk.shelf.on_desk.name, beside.name, pairs_made, judged)
    told = "".join(f"<p>{escaped(sentence)}</p>" for sentence in [*whom, note])
    return f"{told}<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(measure: Measure, answer: Answer, ghost: Answer) -> str:
    try:
        one, other = values_in_pairs(answer, ghost, measure)
    except KeyError:
        return ""
    found = difference(measure, one, other)
    told = in_words(found, of_plans=True)
    texts = (ghost.cells(measure).middle, answer.cells(measure).middle, told)
    ranks = found.settled and not found.same and not not_alike(answer, ghost, measure.kind)
    style = "" if ranks else "color:var(--jp-ui-font-color2)"
    shown = (escaped(unbroken(text)) for text in texts)
    cells = "".join(
        f"<td style='padding-right:1.5em;line-height:1.35'>{text}</td>" for text in shown
    )
    name = escaped(measure_in_words(measure))
    look = "text-align:left;padding-right:1.5em;line-height:1.35"
    head = f"<th scope='row' style='{look}'>{name}</th>"
    return f"<tr style='{style}'>{head}{cells}</tr>"
