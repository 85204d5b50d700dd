"""What runs that never get there, too rare to be seen, may make of a comparison of times.

The spread of runs that all get there says nothing of one in a hundred that does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fwsim.measures.amounts import is_nothing, shown_share
from fwsim.measures.catalogue import TIMES
from fwsim.measures.in_words import measure_in_words
from fwsim.messages import say
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.estimate import Method, unseen_share
from fwsim.results.statistics.in_words import apart
from fwsim.results.statistics.spread import never_counts


def rare_in_words(
    names: Sequence[str], plan: int, settled: Sequence[Difference], answers: Sequence[Answer]
) -> Iterator[str]:
    """Yield, of times that are settled by their means, what rare runs may make of that.

    What is settled by medians is not moved by them.

    Parameters
    ----------
    names, answers
        Of all plans.
    plan
        Which is compared with the first.
    settled
        What is settled between them.
    """
    for found in settled:
        if found.measure.kind not in TIMES or found.method is not Method.DIFFERENCE:
            continue
        better = plan if found.is_better else 0
        runs = len(found.pairs)  # those in which devices need it
        share = unseen_share(found.level, runs)
        more = later_by(found, answers[better], share)
        told: dict[str, str | int] = {"plan": names[better], "runs": runs}
        told |= {"measure": measure_in_words(found.measure), "share": shown_share(share)}
        if more <= 0 or is_nothing(more, found.measure.definition):
            yield say("comparison.holds_with_rare", **told)
        else:
            told["later"] = apart(more, found.measure.definition)
            yield say("comparison.but_for_rare", **told)


def later_by(found: Difference, better: Answer, share: float) -> float:
    """Return how much later the better one may be on average if it alone never gets there so often.

    Parameters
    ----------
    found
        By how much it is better; by no less than the near end of its interval.
    better
        Its runs, all of which get there.
    share
        Of its runs that do not; each counts as the horizon.
    """
    # Where no device needs it the time is 0, which is no run that is compared.
    times = [time for time in better.values(found.measure)[: found.runs] if time]
    least = min(abs(found.low), abs(found.high))
    typical = math.fsum(times) / len(times)
    return share * (never_counts(found.measure, better.setting) - typical) - (1 - share) * least
