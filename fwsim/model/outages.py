"""When the repository is down or a site's line is cut, and what breaks then."""

from __future__ import annotations

from fwsim.model.rollout import REPOSITORY

NOT_CUT = -1
FLOWING = -1
"""In place of the time since when a line has given nothing."""


class Outages:
    """Stretches of time without a line.

    Parameters
    ----------
    stretches
        (site, from, to) in milliseconds; the site `REPOSITORY` stands for all.
    """

    def __init__(self, stretches: list[tuple[int, int, int]]) -> None:
        self.stretches = stretches

    def ends_at(self, site: int, now: int) -> int:
        """Return when a site's own line is back; `NOT_CUT` if it is there."""
        if not self.stretches:
            return NOT_CUT
        return max(
            (end for s, start, end in self.stretches if s == site and start <= now < end),
            default=NOT_CUT,
        )

    def cuts(self, site: int, now: int) -> bool:
        """Tell whether nothing gets through between the repository and a site."""
        return max(self.ends_at(site, now), self.ends_at(REPOSITORY, now)) != NOT_CUT
