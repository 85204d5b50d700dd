"""What is said of devices that a log tells nothing of for a while: silent, or perhaps ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fwsim.learning.under_way.silence import Fate
from fwsim.measures.amounts import shown_share
from fwsim.messages import say
from fwsim.model.silence import SILENT_AFTER
from fwsim.quantities.elementary import summed
from fwsim.quantities.units import write_duration

if TYPE_CHECKING:
    from fwsim.learning.under_way.under_way import UnderWay


def may_have_ended(under_way: UnderWay, done: str) -> Iterator[str]:
    """Yield of how many devices the log does not tell whether they have ended.

    Parameters
    ----------
    under_way
        Of which rollout.
    done
        Which share may be done, in words.
    """
    if not under_way.unheard:
        return
    are_looks = bool(under_way.so_far.observed.last_looks)
    name = "under_way.unshown" if are_looks else "under_way.unheard"
    yield say(name, count=under_way.unheard, done=done)


def not_heard_of(under_way: UnderWay) -> str:
    """Return how many devices at work are silent, and what becomes of them in the runs.

    Parameters
    ----------
    under_way
        Of which rollout.
    """
    found = under_way.silent
    total = round(summed(found.values()))
    parts = [
        say(
            "under_way.silent_share",
            share=shown_share(found[fate] / max(total, 1)),
            what=say(f"under_way.silent_is_{fate}"),
        )
        for fate in Fate
        if found[fate] > 0
    ]
    if len(parts) == 1:
        fate = next(fate for fate in Fate if found[fate] > 0)
        parts = [say("under_way.silent_all", what=say(f"under_way.silent_is_{fate}"))]
    after = write_duration(SILENT_AFTER)
    text = say("under_way.silent", count=total, after=after, what=", ".join(parts))
    among = under_way.silent_or_ended
    if among and among == total:
        return say("under_way.silent_or_all_ended", text=text)
    return say("under_way.silent_or_ended", text=text, count=among) if among else text
