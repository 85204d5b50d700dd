"""What a forecast draws before the start, as beliefs that observations of the rollout can meet.

A rollout that is seen is one of those that a plain forecast draws. So what is believed of it before
it is seen is what that forecast draws: the scenario's own belief, and how rollouts differ on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fwsim.learning.writing import digits
from fwsim.model.doubt import moved_by, with_values
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import Z95, Between, Scale, SharesAbout
from fwsim.quantities.doubted import DoubtedFloat, DoubtedInt
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Exponential, Law, Lognormal
from fwsim.scenario.document import Path_
from fwsim.scenario.doubt import Doubt, Effect
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS, PeopleSection, PowerSection

_ROWS = 1000
_MISSING: Mapping[str, type[PeopleSection | PowerSection]] = {
    "people": PeopleSection,
    "power": PowerSection,
}
_INSIDE = 1e-6
_MOST_WORTH = 1e6


@dataclass(frozen=True)
class Prior:
    """What is believed of a rollout before it is seen.

    Parameters
    ----------
    scenario
        With these beliefs in the place of what is stated.
    doubts
        What a forecast draws, by its place.
    """

    scenario: Scenario
    doubts: Mapping[str, Doubt]

    def covers(self, place: Path_) -> bool:
        """Tell whether a number, or what it is part of, is in doubt, one for all.

        Laws of other families than the log-normal keep what is believed of them: a law that
        changed its family with the first observation would move the forecast for no reason.
        """
        law = _value_at(self.scenario, place)
        if isinstance(law, Law) and not isinstance(law, Lognormal):
            return False
        return any(
            _is_of(target.path, place)
            for doubt in self.doubts.values()
            if doubt.each is None
            for target in doubt.targets
        )


def _is_of(path: Path_, place: Path_) -> bool:
    """Tell whether what is learnt at a place is a number in doubt, or has it as its part."""
    if place[-1] == "answer" and path[: len(place)] == place:
        return path[-1] in BUTTONS  # how soon they answer is learnt apart
    return path[: len(place)] == place or place[: len(path)] == path


def draws_of(doubt: Doubt, spread: float, rows: int = _ROWS) -> Floats:
    """Return what plain forecasts draw of a doubt; shape (rows, numbers).

    Parameters
    ----------
    doubt
        What.
    spread
        Standard deviation between rollouts, on the open scale.
    rows
        How many draws.
    """
    luck = np.random.Generator(np.random.PCG64([1, *doubt.place.encode()]))
    if doubt.belief is None:
        values = np.tile(np.array(doubt.stated), (rows, 1))
    else:
        values = doubt.belief.quantile(luck.random((rows, doubt.belief.chances)))
    if doubt.is_widened and spread:
        columns = values.shape[1] if doubt.of_whole else 1
        values = moved_by(doubt, values, luck.standard_normal((rows, columns)), spread)
    return values


def prior_of(rollout: Rollout) -> Prior:
    """Return what is believed of a rollout before it is seen.

    Parameters
    ----------
    rollout
        Of the plain scenario.
    """
    scenario = _with_sections(rollout.scenario, rollout.doubts)
    spread = scenario.assumptions.between_rollouts
    tree: dict[Any, Any] = {}
    for doubt in rollout.doubts:
        if doubt.targets[0].path[0] == "network" or doubt.each is not None:
            continue
        for path, value in _beliefs(doubt, scenario, spread, tree):
            here = tree
            for key in path[:-1]:
                here = here.setdefault(key, {})
            here[path[-1]] = value
    return Prior(with_values(scenario, tree), {doubt.place: doubt for doubt in rollout.doubts})


def _with_sections(scenario: Scenario, doubts: tuple[Doubt, ...]) -> Scenario:
    """Return the scenario with the kinds of people and power that it only implies."""
    update: dict[str, Any] = {}
    for kind, section in _MISSING.items():
        here = getattr(scenario, kind)
        wanted = {
            str(target.path[1])
            for doubt in doubts
            for target in doubt.targets
            if target.path[0] == kind
        } | {DEFAULT}
        update[kind] = {**here, **{name: section() for name in wanted if name not in here}}
    return scenario.model_copy(update=update)


def _beliefs(
    doubt: Doubt, scenario: Scenario, spread: float, tree: Mapping[Any, Any]
) -> list[tuple[Path_, Any]]:
    """Return what stands at the places of a doubt, with what a forecast draws as its belief."""
    path = doubt.targets[0].path
    if doubt.effect is Effect.LAW:
        known = _at(tree, path)
        law = known if isinstance(known, Law) else _value_at(scenario, path)
        return [(path, _in_doubt(law, _log_spread(draws_of(doubt, spread))))]
    if doubt.effect is not Effect.NUMBERS:
        return []
    if doubt.of_whole:
        belief = _shares(draws_of(doubt, spread))
        return [
            (target.path, DoubtedFloat.of(belief.shares[target.part], belief, target.part))
            for target in doubt.targets
        ]
    if len(doubt.targets) > 1 or _is_in_law(scenario, path):
        return []  # parameters of a law are met by their own belief
    drawn = draws_of(doubt, spread)[:, 0]
    return [(path, _number(drawn, doubt.scale, whole=doubt.targets[0].whole))]


def _at(tree: Mapping[Any, Any], path: Path_) -> Any:
    here: Any = tree
    for key in path:
        if not isinstance(here, Mapping) or key not in here:
            return None
        here = here[key]
    return here


def _value_at(scenario: Scenario, path: Path_) -> Any:
    here: Any = scenario
    for key in path:
        is_item = isinstance(here, (Mapping, tuple))
        here = here[key] if is_item else getattr(here, str(key), None)
    return here


def _is_in_law(scenario: Scenario, path: Path_) -> bool:
    return isinstance(_value_at(scenario, path[:-1]), Law)


def _log_spread(factors: Floats) -> float:
    return float(np.log(np.maximum(factors[:, 0], 1e-12)).std())


def _in_doubt(law: Any, spread: float) -> Any:
    """Return a law whose middle is in doubt; of others the learning's own doubt is taken."""
    if spread <= 0 or not isinstance(law, (Lognormal, Exponential)):
        return law
    value = law.median if isinstance(law, Lognormal) else law.mean
    own = getattr(value, "belief", None)
    if isinstance(own, Between):
        spread = float(np.hypot(spread, np.log(own.high / own.low) / (2 * Z95)))
    step = float(np.exp(Z95 * spread))
    belief = Between(float(value) / step, float(value) * step, Scale.LOG)
    middle = DoubtedFloat.of(float(value), belief)
    if isinstance(law, Lognormal):
        return replace(law, median=middle)
    return replace(law, mean=middle)


def _shares(drawn: Floats) -> SharesAbout:
    """Return the Dirichlet law with mean and spread of drawn shares."""
    means, variances = drawn.mean(axis=0), drawn.var(axis=0)
    worth = float((means * (1 - means)).sum() / max(float(variances.sum()), 1e-12)) - 1
    shares = [digits(share, 9) for share in (means / means.sum()).tolist()]
    return SharesAbout(tuple(shares), min(max(worth, 1e-3), _MOST_WORTH))


def _number(drawn: Floats, scale: Scale, *, whole: bool) -> DoubtedInt | DoubtedFloat | float:
    """Return a number with the law of what is drawn of it: normal on its open scale."""
    if drawn.std() <= 0:
        return float(drawn[0])
    high = 1 - _INSIDE if scale is Scale.LOGIT else np.inf
    opened = scale.opened(np.clip(drawn, _INSIDE if scale is Scale.LOGIT else 1e-12, high))
    middle, spread = float(np.median(opened)), max(float(opened.std()), 1e-6)
    low, mid, top = scale.closed(middle + spread * np.array([-Z95, 0.0, Z95])).tolist()
    belief = Between(float(low), float(top), scale)
    if whole:
        return DoubtedInt.of(max(1, round(mid)), belief)
    return DoubtedFloat.of(float(mid), belief)
