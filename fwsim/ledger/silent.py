"""Devices of which a log tells nothing: what is said of them where a rollout is scored."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.ledger.seen import Seen
from fwsim.messages import by_door, say


def notes_of_silent(seen: Seen, targeted: int, *, tells_everything: bool) -> Iterator[str]:
    """Yield of how many devices a log does not tell, and what they count as.

    Parameters
    ----------
    seen
        What it tells.
    targeted
        How many devices an update is for.
    tells_everything
        Whether it is known to tell everything until some time.
    """
    absent = 0 if tells_everything else seen.absent_of(targeted)
    if absent:
        option = by_door("--until", "until")
        yield say("score.absent", count=absent, targeted=targeted, option=option)
    if silent := seen.silent_of(targeted) - absent:
        yield say("score.silent", count=silent, targeted=targeted)
