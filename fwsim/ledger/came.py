"""Whom a rollout was for whose devices begin by themselves: those that came to it."""

from __future__ import annotations

from collections.abc import Mapping

from fwsim.ledger.kept import KeptForecast
from fwsim.ledger.seen import Seen
from fwsim.model.rollout import Rollout


def of_those_who_came(
    forecasts: Mapping[int, KeptForecast], seen: Seen, rollout: Rollout
) -> dict[int, KeptForecast]:
    """Return forecasts as of those devices that came, where nobody was commanded or assigned to.

    So a run counts them, too: who never came to a notification is in no share and no time.

    Parameters
    ----------
    forecasts
        By number.
    seen
        What a log tells that is complete to the end.
    rollout
        The scenario made ready.
    """
    if rollout.runs or rollout.scenario.assignments or not seen.devices:
        return dict(forecasts)
    return {
        number: one.model_copy(update={"targeted": min(one.targeted, seen.devices)})
        for number, one in forecasts.items()
    }
