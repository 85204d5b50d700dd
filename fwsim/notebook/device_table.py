"""Ten thousand devices a page at a time: sort, filter, open one's log."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w

from fwsim.messages import say
from fwsim.notebook.board.axis import moment
from fwsim.notebook.board.because import CAUSES
from fwsim.notebook.board.late import Lateness
from fwsim.notebook.field import button, field
from fwsim.results.output.properties import properties_window
from fwsim.results.output.result import Result

COLUMNS = (
    "device",
    "unit",
    "site",
    "update_state",
    "detail",
    "ends",
    "times_deferred",
    "prompts",
    "why",
)
PAGE = 20


class DeviceTable:
    """A pager over the devices of one run."""

    def __init__(self) -> None:
        self._sample_run: Result | None = None
        self._lateness: Lateness | None = None
        self._mask: Any = None
        self.search = field(w.Text, "Filter", placeholder="part of a name, site, state …")
        self.search.continuous_update = False
        self.sort = field(
            w.Dropdown, "Sort by", options=[(say(f"devices.{name}"), name) for name in COLUMNS]
        )
        self.page = field(w.BoundedIntText, "Page", value=1, min=1, max=1)
        self.open = field(w.Combobox, "Open device", placeholder="its name", ensure_option=False)
        self.shown = w.HTML()
        self.log = w.HTML()
        self.first = button("First page", "back to the first page")
        self.first.on_click(lambda _: setattr(self.page, "value", 1))
        self.all = button(say("devices.all"), say("devices.all_hint"))
        self.all.on_click(lambda _: self._only(None))
        for item in (self.search, self.sort, self.page):
            item.observe(self._on_change, "value")
        self.open.observe(self._on_open, "value")
        row = w.Layout(display="flex", flex_flow="row wrap")
        self.widget = w.VBox(
            [
                w.Box([self.search, self.sort, self.page, self.first, self.all], layout=row),
                self.open,
                self.log,
                self.shown,
            ]
        )

    def show(self, sample_run: Result | None) -> None:
        """Show the devices of a run; nothing if there is none."""
        if sample_run is self._sample_run and self.shown.value:
            return
        self._sample_run, self._mask = sample_run, None
        self._lateness = None if sample_run is None else Lateness(sample_run)
        self._table: Any = None
        self._on_change()
        self._on_open()

    @property
    def has_run(self) -> bool:
        """Whether there are devices to list."""
        return self._lateness is not None

    def only_late_at(self, at: int) -> str:
        """Show only who still needs the update at a time; return that in words."""
        if self._lateness is None or self._sample_run is None:
            return say("devices.none_yet")
        mask = self._lateness.late_at(at)
        self._only(mask, sort="why")
        shown = moment(self._sample_run.rollout.local_time(at))
        return say("desk.late_at", count=int(mask.sum()), at=shown)

    def only_because(self, cause: str) -> str:
        """Show only those of the last 5 % whom this kept; return that in words."""
        if self._lateness is None or cause not in CAUSES:
            return say("devices.none_yet")
        mask = self._lateness.late_because(cause)
        self._only(mask, sort="ends")
        return say("desk.late_because", count=int(mask.sum()), cause=say(f"board.why.{cause}"))

    def only_at(self, site: str) -> str:
        """Show only the devices at a site; return that in words."""
        if self._lateness is None:
            return say("devices.none_yet")
        self._only(self._lateness.at_site(site), sort="ends")
        return say("desk.at_site", site=site)

    def _only(self, mask: Any, sort: str = "") -> None:
        self._mask = mask
        self.page.value = 1
        if sort:
            self.sort.value = sort
        self._on_change()

    def rows(self) -> Any:
        """Return the devices that match, in their order."""
        if self._sample_run is None or self._lateness is None:
            return None
        if self._table is None:
            self._table = self._sample_run.devices.assign(
                ends=self._lateness.ends(), why=self._lateness.why()
            ).loc[:, list(COLUMNS)]
        table = self._table if self._mask is None else self._table[self._mask]
        word = self.search.value.strip().casefold()
        if word:
            text = table.astype(str).agg(" ".join, axis=1).str.casefold()
            table = table[text.str.contains(word, regex=False)]
        return table.sort_values(self.sort.value, kind="stable")

    def _on_change(self, _: Any = None) -> None:
        table = self.rows()
        if table is None:
            self.shown.value = "<p>Run the plan to see its devices.</p>"
            return
        self.page.max = max(1, -(-len(table) // PAGE))
        part = table.iloc[(self.page.value - 1) * PAGE : self.page.value * PAGE]
        head = "".join(
            f"<th style='text-align:left'>{escape(say(f'devices.{name}'))}</th>" for name in COLUMNS
        )
        body = "".join(
            "<tr>"
            + "".join(f"<td style='padding-right:1em'>{escape(str(cell))}</td>" for cell in row)
            + "</tr>"
            for row in part.itertuples(index=False)
        )
        self.shown.value = (
            f"<p>{len(table):,} devices, page {self.page.value} of {self.page.max}; "
            "the first of the runs.</p>"
            f"<table style='font-size:.92em'><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )
        self.open.options = [str(name) for name in part["device"]]

    def _on_open(self, _: Any = None) -> None:
        name = self.open.value.strip()
        if not name or self._sample_run is None:
            self.log.value = ""
            return
        try:
            text = properties_window(self._sample_run, name)
        except ValueError as error:
            text = str(error)
        self.log.value = (
            "<pre class='fwsim-device-log' style='font-size:.85em;white-space:pre-wrap'>"
            f"{escape(text)}</pre>"
        )
