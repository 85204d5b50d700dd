"""Whom a rollout was for whose devices begin by themselves: those that came to it."""

from __future__ import annotations

from collections.abc import Mapping

from fwsim.ledger.kept import KeptForecast
from fwsim.ledger.seen import Seen
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed


def all_begin_by_themselves(rollout: Rollout) -> bool:
    """Tell whether nobody is commanded or assigned to: a run counts those that came alone.

    Parameters
    ----------
    rollout
        The scenario made ready.
    """
    return not (rollout.runs or rollout.scenario.assignments)


def tells_who_came(observed: Observed) -> bool:
    """Tell whether a log shows who came and has not ended, too.

    Exports of the console show what became of each device, of those, too, to which nothing came.

    Parameters
    ----------
    observed
        The log.
    """
    return not observed.only_finished or bool(observed.are_looks.any())


def of_those_who_came(
    forecasts: Mapping[int, KeptForecast], seen: Seen, *, is_known: bool
) -> dict[int, KeptForecast]:
    """Return forecasts as of those devices that came, where all begin by themselves.

    So a run counts them, too: who never came to a notification is in no share and no time.

    Parameters
    ----------
    forecasts
        By number.
    seen
        What a log tells.
    is_known
        Whether it tells of all who came; else more may have come, as many as in the runs.
    """
    return {
        number: one.model_copy(
            update={"targeted": max(seen.devices, 0 if is_known else one.targeted)}
        )
        for number, one in forecasts.items()
    }
