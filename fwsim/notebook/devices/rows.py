"""Which devices of a run are listed, in which order; no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from fwsim.messages import say
from fwsim.notebook.board.axis import moment
from fwsim.notebook.board.late import Lateness
from fwsim.results.output.result import Result
from fwsim.results.statistics.causes import CAUSES
from fwsim.spreadsheet import marked, marked_formula

COLUMNS = (
    "device",
    "unit",
    "site",
    "update_state",
    "ends",
    "why",
    "prompts",
    "times_deferred",
    "detail",
)
NAMES, COUNTS = ("device", "unit", "site"), ("prompts", "times_deferred")
LONGEST = 200
"""Characters of a filter."""


@dataclass(frozen=True)
class Order:
    """Which rows are wanted, in which order.

    Parameters
    ----------
    by
        The column they are sorted by.
    descending
        The last first.
    filters
        Column → what its cells contain, whatever the case.
    """

    by: str = "device"
    descending: bool = False
    filters: dict[str, str] = field(default_factory=dict)

    def sorted_by(self, column: str) -> Order:
        """Return the order after a click on a column's head: again turns it round."""
        if column not in COLUMNS:
            return self
        return replace(self, by=column, descending=self.by == column and not self.descending)

    def filtered(self, column: str, text: str) -> Order:
        """Return the order with another filter of a column; an empty one is none."""
        if column not in COLUMNS:
            return self
        others = {name: word for name, word in self.filters.items() if name != column}
        word = text.strip()[:LONGEST]
        return replace(self, filters={**others, **({column: word} if word else {})})


class DeviceRows:
    """The devices of one run, and what of them is wanted.

    Parameters
    ----------
    run
        The run.
    """

    def __init__(self, run: Result) -> None:
        self.run = run
        self.lateness = Lateness(run)
        self.table = run.devices.assign(ends=self.lateness.ends(), why=self.lateness.why()).loc[
            :, list(COLUMNS)
        ]

    def rows(self, order: Order, mask: Any = None) -> Any:
        """Return the devices that are wanted, in their order.

        Parameters
        ----------
        order
            Of which columns.
        mask
            Which devices at most; shape (devices,). None allows all.
        """
        table = self.table if mask is None else self.table[mask]
        for column, word in order.filters.items():
            text = table[column].astype(str).str.casefold()
            table = table[text.str.contains(word.casefold(), regex=False)]
        return table.sort_values(order.by, kind="stable", ascending=not order.descending)

    def number_of(self, name: str) -> int | None:
        """Return the place of a device in the fleet; None if there is none of the name."""
        found = self.run.rollout.fleet.find(name)
        return found[0] if len(found) else None

    def in_a_sentence(self, number: int) -> str:
        """Return how it went for a device, by its place in the fleet."""
        row = self.table.iloc[number]
        if not row["why"]:
            return say("devices.not_targeted")
        return say("devices.why_longest" if row["ends"] else "devices.ended", why=row["why"])

    # Wishes of the board: which devices, and that in words

    def late_at(self, at: int) -> tuple[Any, str]:
        """Return who still needs the update at a time."""
        mask = self.lateness.late_at(at)
        shown = moment(self.run.rollout.local_time(at))
        return mask, say("desk.late_at", count=int(mask.sum()), at=shown)

    def late_because(self, cause: str) -> tuple[Any, str]:
        """Return those of the last 5 % whom this kept; everybody for a cause that is none."""
        if cause not in CAUSES:
            return None, ""
        mask = self.lateness.late_because(cause)
        return mask, say(
            "desk.late_because", count=int(mask.sum()), cause=say(f"board.why.{cause}")
        )

    def at_site(self, site: str) -> tuple[Any, str]:
        """Return the devices at a site."""
        return self.lateness.at_site(site), say("desk.at_site", site=site)


def as_csv(table: Any) -> str:
    """Return rows as CSV; what a spreadsheet would take for something else is marked."""
    texts = {
        name: table[name].astype(str).map(marked if name in NAMES else marked_formula)
        for name in COLUMNS
        if name not in COUNTS
    }
    text: str = (
        table.assign(**texts)
        .rename(columns={name: say(f"devices.{name}") for name in COLUMNS})
        .to_csv(index=False, lineterminator="\r\n")
    )
    return text
