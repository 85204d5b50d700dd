"""What lies below the board, on demand: a tab is drawn when it is looked at, and not before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import ipywidgets as w

from fwsim.measures.catalogue import SUMS_OF_PEOPLE
from fwsim.measures.in_words import measure_in_words
from fwsim.messages import say
from fwsim.notebook import picture
from fwsim.notebook.against import against_in_html
from fwsim.notebook.desk import Desk
from fwsim.notebook.field import without_null
from fwsim.results import figures
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.in_words import median_head, range_head
from fwsim.results.statistics.sentences import tail_in_words
from fwsim.screen import escaped

AS_DRAWN = {"max_width": "100%", "align_self": "flex-start"}
LARGE = (8.4, 5.2)
Drawing = Callable[[Answer, Any], Any]
_DRAWN: dict[str, tuple[tuple[Drawing, tuple[float, float], str], ...]] = {
    "people": ((figures.prompts_by_hour, picture.SIZE, "prompts"),),
    "lines": ((figures.load, picture.SIZE, "load"), (figures.site_heat_map, LARGE, "sites")),
    "tail": ((figures.time_spent, picture.SIZE, "spent"),),
    "measures": ((figures.outcomes, LARGE, "outcomes"),),
}
"""By tab: what is drawn, how large, and the name of its words."""


class AnswerTab:
    """Words and figures of an answer.

    Parameters
    ----------
    name
        Which.
    words
        Returns what is said, as HTML.
    """

    def __init__(self, name: str, words: Callable[[Answer], str] = lambda _: "") -> None:
        self.name, self._words = name, words
        self.words = w.HTML()
        self.words.add_class(f"fwsim-{name}-words")
        self.pictures = [w.HTML(layout=AS_DRAWN) for _ in _DRAWN.get(name, ())]
        self.widget = w.VBox([self.words, *self.pictures])
        self._shown: Answer | None = None
        self.show(None)

    def show(self, answer: Answer | None) -> None:
        """Show an answer; nothing that is not one to the plan as it is now."""
        for image in self.pictures:
            image.layout.display = "none" if answer is None else None
        if answer is None:
            self._shown = None
            self.words.value = f"<p>{escaped(say('tabs.no_answer'))}</p>"
            return
        if answer is self._shown:
            return
        self._shown = answer
        self.words.value = self._words(answer)
        for image, (draw, size, name) in zip(self.pictures, _DRAWN.get(self.name, ()), strict=True):
            drawn = picture.picture(partial(draw, answer), size)
            image.value = picture.in_html(drawn, say(f"tabs.drawn.{name}"))


class Tabs:
    """The tabs; what is in one is made when it is first looked at.

    Parameters
    ----------
    desk
        What they are about.
    others
        Make what is in the other tabs, by name, in their order.
    when_seen
        What is called to show one of them anew, by name.
    """

    def __init__(
        self,
        desk: Desk,
        others: Mapping[str, Callable[[], w.Widget]],
        when_seen: Mapping[str, Callable[[], None]] = MappingProxyType({}),
    ) -> None:
        self.desk, self._when_seen = desk, when_seen
        self._lock = threading.RLock()
        self.answers: dict[str, AnswerTab] = {}
        first, *rest = others
        self._make: dict[str, Callable[[], w.Widget]] = {
            first: others[first],
            **{name: partial(self._answer_tab, name) for name in _WORDS},
            "against": lambda: self.against,
            **{name: others[name] for name in rest},
        }
        self.names = tuple(self._make)
        self.widget = w.Tab(
            children=[w.VBox() for _ in self.names],
            titles=[say(f"tabs.{name}") for name in self.names],
            selected_index=0,
        )
        self.widget.observe(lambda _: self._on_seen(), "selected_index")

    @cached_property
    def against(self) -> w.HTML:
        """The table of differences."""
        table = w.HTML()
        table.add_class("fwsim-against")
        return table

    def _answer_tab(self, name: str) -> w.Widget:
        tab = self.answers[name] = AnswerTab(name, _WORDS[name])
        return tab.widget

    @property
    def name(self) -> str:
        """The tab that is looked at."""
        number: int | None = self.widget.selected_index
        return self.names[number or 0]

    def go_to(self, name: str) -> None:
        """Look at a tab."""
        self.widget.selected_index = self.names.index(name)
        self._fill()

    def _fill(self) -> None:
        """Make what is in the tab that is looked at, unless it is there."""
        with self._lock:
            name = self.name
            place = self.widget.children[self.names.index(name)]
            if not place.children:
                made = self._make[name]()
                place.children = (made,)
                without_null(made)

    def _on_seen(self) -> None:
        with self._lock:
            self._fill()
            self._show()

    def show(self) -> None:
        """Draw what is looked at; of all others nothing is left that does not hold any more.

        Any thread may ask for it: it makes no tab.
        """
        with self._lock:
            self._show()

    def _show(self) -> None:
        answer = self.desk.plan.answer
        for name, tab in self.answers.items():
            if answer is None or name == self.name:
                tab.show(answer)
        if self.name == "against":
            self.against.value = against_in_html(self.desk)
        is_made = self.widget.children[self.names.index(self.name)].children
        if self.name in self._when_seen and is_made:
            self._when_seen[self.name]()


def _people(answer: Answer) -> str:
    def row(tag: str, *texts: str) -> str:
        left = "style='padding-right:1.5em;text-align:left'"
        return f"<tr>{''.join(f'<{tag} {left}>{escaped(t)}</{tag[:2]}>' for t in texts)}</tr>"

    heads = row(
        "th scope='col'", say("tabs.measure"), median_head(answer.runs), range_head(answer.runs)
    )
    rows = ""
    for measure in answer.measures:
        if measure.kind in SUMS_OF_PEOPLE:
            estimate = answer.cells(measure)
            rows += row("td", measure_in_words(measure), estimate.middle, estimate.range)
    return f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"


_WORDS: dict[str, Callable[[Answer], str]] = {
    "people": _people,
    "lines": lambda _: "",
    "tail": lambda answer: f"<p>{escaped(tail_in_words(answer))}</p>",
    "measures": lambda answer: answer._repr_html_(),
}
