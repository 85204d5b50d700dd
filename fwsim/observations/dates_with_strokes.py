"""Which comes first in dates such as ``05/06/2021``, the day or the month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_DATE = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(?:\d\d){1,2}(?!\d)")
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
    """

    day_first: bool | None = None
    unclear: str = ""
    plain: str = ""

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
        for text in texts:
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
        if len(plain) != 1:
            return cls(unclear=unclear)
        ((day_first, text),) = plain.items()
        return cls(day_first, unclear, text)
