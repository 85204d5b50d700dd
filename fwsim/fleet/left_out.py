"""Which lines of a device list are no devices, or none that is new, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from fwsim.fleet.list_rows import lines_named
from fwsim.messages import say


@dataclass
class LeftOut:
    """Lines of a list that are left out, by why."""

    empty: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    """Empty lines that may be the end of the file, of which nothing is said."""
    headers: list[int] = field(default_factory=list)
    no_rows: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    """Rows that are above already, each cell of them."""

    def take_in_blank_lines(self) -> None:
        """Count blank lines as empty ones, as a device comes behind them."""
        self.empty += self.blank
        self.blank = []

    def words(self) -> Iterator[tuple[int, str]]:
        """Yield what is said of them, with the first of the lines it is said of."""
        for lines, one, some in (
            (sorted(self.empty), "one_empty", "some_empty"),
            (self.headers, "one_header_again", "some_headers_again"),
            (self.no_rows, "one_no_row", "some_no_rows"),
            (self.again, "one_again", "some_again"),
        ):
            if lines:
                which = one if len(lines) == 1 else some
                yield lines[0], say(f"row.{which}", lines=lines_named(lines))
