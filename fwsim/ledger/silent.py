"""Devices of which a log tells nothing: what is said of them where a rollout is scored."""

from __future__ import annotations

from collections.abc import Iterator

from fwsim.ledger.kept import epoch
from fwsim.ledger.score import Scores
from fwsim.measures.amounts import counted
from fwsim.messages import by_door, say
from fwsim.model.silence import SILENT_AFTER
from fwsim.quantities.units import write_duration


def notes_of_silent(scores: Scores) -> Iterator[str]:
    """Yield of how many devices a log does not tell what became, and what they count as.

    Parameters
    ----------
    scores
        What was found.
    """
    absent, targeted = scores.absent, scores.forecast.targeted
    if absent:
        option = by_door("--until", "until")
        yield say("score.absent", count=absent, targeted=targeted, option=option)
    if scores.silent is not None:
        yield scores.silent.said("score.sites_without_a_line")
    if lost := len(scores.seen.lost):
        are_looks = all(account.is_of_console for account in scores.accounts)
        name = "score.unshown" if are_looks else "score.lost"
        yield say(name, count=lost, targeted=targeted)
    if unheard := _unheard(scores):
        after, option = write_duration(SILENT_AFTER), by_door("--until", "until")
        yield say("score.unheard", count=unheard, targeted=targeted, after=after, option=option)
    if silent := scores.seen.silent_of(targeted) - absent:
        yield say("score.silent", count=silent, targeted=targeted)


def _unheard(scores: Scores) -> int:
    """Return how many devices may have ended unseen though the log has no gap that shows it."""
    return 0 if scores.to_come is None else scores.seen.unheard


def log_ends(scores: Scores, until: str) -> str:
    """Return until when a log tells everything, and of which devices.

    Parameters
    ----------
    scores
        What was found.
    until
        When its last line is, in words.
    """
    name = "score.log_ends_of_named" if scores.absent else "score.log_ends"
    if len(scores.seen.lost) or _unheard(scores):
        name = "score.log_ends_but_missing"
    return say(name, until=until, option=by_door("--until", "until"))


def successful_in(scores: Scores) -> str:
    """Return how many devices were successful by the end, as far as a log tells.

    Parameters
    ----------
    scores
        What was found.
    """
    seen, until = scores.seen, epoch(scores.happened.until)
    several = [seen.done, *(ends[0] for ends in (seen.sooner, seen.later) if ends is not None)]
    counts = [int((done <= until).sum()) for done in several]
    few, most = min(counts), max(counts) + scores.absent + int((seen.lost <= until).sum())
    many = counted(most, "device")
    return many if few == most else say("score.from_to", few=few, many=many)
