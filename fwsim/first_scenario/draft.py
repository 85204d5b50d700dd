"""A scenario in the making: what was found, what was said, and what is assumed beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import on_the_clock
from fwsim.first_scenario.fields import FIELDS, window_from
from fwsim.first_scenario.found import Found


@dataclass(frozen=True)
class Draft:
    """What a scenario will say.

    Parameters
    ----------
    found
        What the device list tells.
    today
        From which the usual start is counted.
    said
        What a person said, as typed, by the field's name; the others are at their usual values.
    """

    found: Found
    today: date
    said: Mapping[str, str] = field(default_factory=dict)

    def is_said(self, name: str) -> bool:
        """Tell whether a person said it; an empty text says nothing."""
        return bool(self.said.get(name, "").strip())

    def usual(self, name: str) -> str:
        """Return what it is, as typed, where nothing is said."""
        return FIELDS[name].usual(self)

    def text(self, name: str) -> str:
        """Return what holds, as typed."""
        return self.said[name] if self.is_said(name) else self.usual(name)

    def value(self, name: str) -> Any:
        """Return what holds; where what was said is wrong, the usual value.

        The others can then still be looked at beside it; `problems` tells what is wrong.
        """
        if name not in self._values:
            try:
                self._values[name] = FIELDS[name].read(self.text(name), self)
            except ValueError:
                self._values[name] = FIELDS[name].read(self.usual(name), self)
        return self._values[name]

    @cached_property
    def _values(self) -> dict[str, Any]:
        """What was read so far: a value is asked for at every site."""
        return {}

    def problems(self) -> dict[str, str]:
        """Return what is wrong with what was said, by the field's name."""
        wrong = {}
        for name, asked in FIELDS.items():
            try:
                asked.read(self.text(name), self)
            except ValueError as error:
                wrong[name] = str(error)
        return wrong

    @cached_property
    def lacking(self) -> Mapping[str, int]:
        """How many devices of each site fetch the image; those that run it do not."""
        return self.found.lacking(self.value("image"))

    def seconds_of(self, site: str) -> float:
        """Return how long a site's line takes for the image at least."""
        size: int = self.value("size")
        return self.lacking[site] * size / self.rate_of(site)

    def rate_of(self, site: str) -> int:
        """Return the rate of a site's line, bytes per second."""
        rate: int = self.value("other_lines").get(site, self.value("line"))
        return rate

    def window(self) -> tuple[datetime, datetime] | None:
        """Return when the window begins and ends that the command runs in, or the one after it."""
        week = self.value("window")
        if week is None:
            return None
        return window_from(week, ZoneInfo(self.value("zone")), self.value("start"))

    def is_in_window(self) -> bool:
        """Tell whether the command runs in the window; a time clocks skip is when they jump."""
        window, zone = self.window(), ZoneInfo(self.value("zone"))
        if window is None:
            return False
        return on_the_clock(window[0], zone) <= on_the_clock(self.value("start"), zone)
