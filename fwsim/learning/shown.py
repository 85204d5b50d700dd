"""What was learnt as a page shows it: before and now, from what, and what was kept and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fwsim.learning.belief_in_words import belief_in_words
from fwsim.learning.learnt import Input, Learnt
from fwsim.messages import say
from fwsim.quantities.units import unbroken
from fwsim.scenario.belief_values import TOGETHER
from fwsim.scenario.sections import BUTTONS
from fwsim.screen import escaped

_LEFT = "style='text-align:left;vertical-align:top;padding:.15em 1.2em .15em 0;line-height:1.35'"
_SHARES = {*BUTTONS, *TOGETHER}


def before_in_words(one: Input, data: Mapping[str, Any]) -> str:
    """Return what a scenario said of an input before.

    Parameters
    ----------
    one
        The input.
    data
        The scenario as plain data.
    """
    value: Any = data
    for key in one.place:
        value = value.get(key) if isinstance(value, Mapping) else None
    if one.place[-1] == "answer" and isinstance(value, Mapping):
        value = {key: item for key, item in value.items() if key in _SHARES}
    return belief_in_words(value) if value else say("learn.not_stated")


def learnt_in_html(learnt: Learnt, read: Iterable[str] = ()) -> str:
    """Return what was learnt and from what, what was kept and why, and what was read.

    Parameters
    ----------
    learnt
        What was learnt.
    read
        What became of the files, a sentence each.
    """
    heads = "".join(
        f"<th {_LEFT} scope='col'>{escaped(say(f'learn.head_{name}'))}</th>"
        for name in ("place", "before", "now", "seen", "fit")
    )
    data = learnt.before.as_data()
    rows = "".join(_row(one, data) for one in learnt.learnt)
    parts = [
        (say("learn.title_learnt"), f"<table><thead><tr>{heads}</tr></thead>{rows}</table>"),
        (say("learn.title_kept"), _list(learnt.remarks())),
        (say("learn.title_read"), _list(read)),
    ]
    return "".join(
        f"<h4 style='margin:.8em 0 .2em'>{escaped(title)}</h4>{body}"
        for title, body in parts
        if body
    )


def _row(one: Input, data: Mapping[str, Any]) -> str:
    cells = (before_in_words(one, data), belief_in_words(one.value), one.seen, one.fitting)
    whole = (escaped(unbroken(cell)) for cell in cells)
    shown = "".join(f"<td {_LEFT}>{cell}</td>" for cell in whole)
    return f"<tr><th {_LEFT} scope='row'>{escaped(one.name)}</th>{shown}</tr>"


def _list(sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
    return f"<ul style='line-height:1.4;margin:.2em 0'>{items}</ul>" if items else ""
