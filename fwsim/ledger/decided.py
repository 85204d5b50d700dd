"""Since when a log had settled what a measure came to, whatever was still to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fwsim.ledger.ends import Ints
from fwsim.ledger.happened import Happened, rank_of
from fwsim.ledger.kept import KeptForecast, of_epoch
from fwsim.ledger.seen import Seen
from fwsim.measures.catalogue import TIMES, Kind
from fwsim.measures.measure import Measure


def with_settled(
    happened: Happened,
    seen: Seen,
    kept: KeptForecast,
    measures: Iterable[Measure],
    given_up: Ints,
) -> Happened:
    """Return what a rollout came to, with since when that was settled.

    Parameters
    ----------
    happened
        What it came to.
    seen
        What its log tells.
    kept
        A forecast of it.
    measures
        Of which.
    given_up
        As `fwsim.ledger.to_come.Sendings.given_up` has it; empty where nobody knows.
    """
    found = dict(_settled(happened, seen, kept.targeted, measures, given_up))
    since = {words: of_epoch(at) for words, at in found.items()}
    return happened.model_copy(update={"settled_at": since}) if since else happened


def _settled(
    happened: Happened, seen: Seen, targeted: int, measures: Iterable[Measure], given_up: Ints
) -> Iterator[tuple[str, float]]:
    everybody = seen.all_of(targeted)
    for measure in measures:
        if not measure.is_of_all or measure.site is not None or measure.week is not None:
            continue
        if measure.kind is Kind.DEVICES_PROMPTED and everybody <= len(seen.first_asked):
            yield measure.name, float(seen.first_asked[everybody - 1])
        if measure.kind in TIMES and happened.value(measure) == float("inf"):
            of = seen.needing(measure, targeted)
            too_many = of - rank_of(measure, of)  # one more, and it is never reached
            if too_many < len(given_up):
                yield measure.name, float(given_up[too_many])
