"""Which comes first in dates such as ``05/06/2021``, the day or the month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fwsim.messages import say

_WEEKDAY = r"\s*(?:[^\W\d_]{2,10}\.?,?\s+)?"
_DATE = re.compile(rf"{_WEEKDAY}(\d{{1,2}})/(\d{{1,2}})/(?:\d\d){{1,2}}(?!\d)")
_SHORT = re.compile(rf"{_WEEKDAY}(\d\d)/\d\d/(\d\d)(?!\d)")
_MONTHS, _DAYS = 12, 31


@dataclass(frozen=True)
class OrderOfDates:
    """How the dates of a column are to be read.

    Parameters
    ----------
    day_first
        Whether they begin with the day; None if they leave that open.
    unclear
        The first that may be of two days; empty if there is none.
    plain
        The first that may be of one only.
    begin_with_year
        Whether they are as ``26/11/28`` is on the 28th: with a day first, all would be of one day
        of the month, and of several years.
    may_begin_with_year
        A date that may be so, too: all are of one day, and nothing tells which number is its year.
    """

    day_first: bool | None = None
    unclear: str = ""
    plain: str = ""
    begin_with_year: bool = False
    may_begin_with_year: str = ""

    def check(self, text: str) -> None:
        """Refuse a date that begins with a year of two digits.

        Raises
        ------
        ValueError
            If this is one.
        """
        if self.begin_with_year and _SHORT.match(text):
            raise ValueError(say("log_time.begins_with_year"))

    @classmethod
    def told_by(cls, texts: Iterable[str]) -> OrderOfDates:
        """Return what dates tell of one another, if all that may be of one day only agree.

        Parameters
        ----------
        texts
            Of a column.
        """
        plain: dict[bool, str] = {}
        unclear = ""
        short: dict[tuple[str, str], str] = {}
        for text in texts:
            if two := _SHORT.match(text):
                short.setdefault((two[1], two[2]), text)
            match = _DATE.match(text)
            if match is None:
                continue
            one, other = int(match[1]), int(match[2])
            if not 0 < min(one, other) <= _MONTHS or max(one, other) > _DAYS:
                continue  # no date at all
            if max(one, other) > _MONTHS:
                plain.setdefault(one > _MONTHS, text)
            elif one != other:
                unclear = unclear or text
        firsts = {int(first) for first, _ in short}
        by_year = len(short) > 1 and len(firsts) == 1 and min(firsts) > _MONTHS
        if len(plain) != 1:
            return cls(unclear=unclear, begin_with_year=by_year)
        ((day_first, text),) = plain.items()
        days = {int(last) for _, last in short}
        is_open = day_first and len(short) == 1 and min(firsts) > _MONTHS and max(days) <= _DAYS
        either = next(iter(short.values())) if is_open else ""
        return cls(day_first, unclear, text, by_year, either)
