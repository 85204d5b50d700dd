"""Every uncertain quantity of one run: chances turned into milliseconds, clicks and faults.

``draws[Purpose.ANSWER_TIME][k][device]`` is the time a device's user takes to answer the k-th
notice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.model.chances import Chances, Drawn
from fwsim.model.conditioned import Conditioned
from fwsim.model.past import Past
from fwsim.model.purposes import (
    AnswerTime,
    AtTheStart,
    Coin,
    Factor,
    Fault,
    Jitter,
    PeopleCoin,
    PowerCoin,
    Purpose,
    Time,
    TimeToPowerLoss,
    Uniform,
)
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.quantities.counts import LARGEST_FACTOR
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import (
    Constant,
    Exponential,
    Law,
    quantile_by_class,
    whole_milliseconds,
)

NEVER = -1
Make = Callable[[int], NDArray[Any]]
"""Gives a quantity of all devices for the n-th draw; one value where all devices are alike."""


class Draws(dict[Purpose, Drawn[Any]]):
    """The luck of one replication on one rollout: each quantity of all devices, a row per draw.

    It fills itself: what is not there yet is drawn when first asked for.

    Parameters
    ----------
    rollout
        Whose devices, people and laws.
    chances
        Where the chances come from.
    past
        What has happened already, of a rollout under way.
    """

    def __init__(self, rollout: Rollout, chances: Chances, past: Past | None = None) -> None:
        super().__init__()
        self.past = past
        self.rollout = rollout
        self._chances = chances
        self._devices = len(rollout.fleet)

    def __missing__(self, purpose: Purpose) -> Drawn[Any]:
        make = self._maker(purpose)
        if self._conditioned is not None:
            make = partial(self._conditioned_row, purpose, make)
        drawn = self[purpose] = Drawn(make, self._devices)
        return drawn

    @cached_property
    def _conditioned(self) -> Conditioned | None:
        if self.past is None or not len(self.past.log):
            return None
        return Conditioned(self.rollout, self._chances, self.past, self._maker, self.installed)

    def _conditioned_row(self, purpose: Purpose, make: Make, draw: int) -> NDArray[Any]:
        row = make(draw)
        return row if self._conditioned is None else self._conditioned.row(purpose, draw, row)

    def _maker(self, purpose: Purpose) -> Make:
        """Return what draws a quantity by its law."""
        assumptions = self.rollout.assumptions
        match purpose.law:
            case Time(name):
                law = getattr(assumptions, name)
                return lambda draw: whole_milliseconds(self._quantile(law, purpose, draw))
            case Factor(name):
                law = getattr(assumptions, name)
                return lambda draw: np.clip(self._quantile(law, purpose, draw), 0, LARGEST_FACTOR)
            case Coin(name):
                share = getattr(assumptions, name)
                return self._coins(purpose, lambda: share)
            case Uniform() | AtTheStart():
                return lambda draw: self._chance(purpose, draw)
            case law:
                return self._maker_by_habits(purpose, law)

    def _maker_by_habits(
        self,
        purpose: Purpose,
        law: Fault | AnswerTime | PeopleCoin | PowerCoin | Jitter | TimeToPowerLoss,
    ) -> Make:
        """Return what draws a quantity whose law differs from device to device."""
        rollout = self.rollout
        match law:
            case Fault(phase):
                return self._coins(purpose, lambda: rollout.fault_shares(phase))
            case AnswerTime():
                laws = [habits.after for habits in rollout.people()]
                return self._by_class(purpose, laws, rollout.fleet.people.codes)
            case PeopleCoin(name):
                by_people = np.array([getattr(people, name) for people in rollout.people()])
                return self._coins(purpose, lambda: by_people.take(rollout.fleet.people.codes))
            case PowerCoin(name):
                by_power = np.array([getattr(power, name) for power in rollout.power()])
                return self._coins(purpose, lambda: by_power.take(rollout.fleet.power.codes))
            case Jitter():
                return self._jitter(purpose)
            case TimeToPowerLoss():
                return self._time_to_power_loss(purpose)

    def _chance(self, purpose: Purpose, draw: int) -> Floats:
        return self._chances.draw(purpose, draw, self._devices)

    def _quantile(self, law: Law, purpose: Purpose, draw: int) -> Floats:
        if isinstance(law, Constant):
            return np.array([law.value], np.float64)
        return law.quantile(self._chance(purpose, draw))

    def _by_class(self, purpose: Purpose, laws: list[Law], codes: NDArray[np.int32]) -> Make:
        if len(laws) == 1:
            return lambda draw: whole_milliseconds(self._quantile(laws[0], purpose, draw))
        values_of = quantile_by_class(laws, codes)
        return lambda draw: whole_milliseconds(values_of(self._chance(purpose, draw)))

    def _coins(self, purpose: Purpose, share: Callable[[], float | Floats]) -> Make:
        def make(draw: int) -> NDArray[np.bool_]:
            shares = share()
            if np.all(shares == 0.0) or np.all(shares == 1.0):
                return np.array([bool(np.all(shares == 1.0))])
            return np.asarray(self._chance(purpose, draw) < shares)

        return make

    def _jitter(self, purpose: Purpose) -> Make:
        by_code = np.array([power.jitter for power in self.rollout.power()], np.float64)

        def make(draw: int) -> NDArray[np.int64]:
            if not by_code.any():
                return np.zeros(1, np.int64)
            widths = by_code.take(self.rollout.fleet.power.codes)
            shift = (2.0 * self._chance(purpose, draw) - 1.0) * widths
            return np.rint(shift).astype(np.int64)

        return make

    def _time_to_power_loss(self, purpose: Purpose) -> Make:
        means = [power.mean_time_between_losses for power in self.rollout.power()]
        if not any(means):
            return lambda _: np.array([NEVER], np.int64)
        laws: list[Law] = [Exponential(float(mean or 0)) for mean in means]
        codes = self.rollout.fleet.power.codes
        time = self._by_class(purpose, laws, codes)
        is_safe = np.array([mean is None for mean in means])[codes]
        return lambda draw: np.where(is_safe, NEVER, time(draw))

    def sites_that_wake(self) -> NDArray[np.bool_]:
        """Return whether wake-up works, one chance per site [A]."""
        default = self.rollout.assumptions.wake_up_sites
        shares = [
            default if site.wake_up is None else site.wake_up for site in self.rollout.sites()
        ]
        chances = self._chances.draw(Purpose.SITE_WAKES, 0, len(shares))
        wakes = np.asarray(chances < np.array(shares))
        return wakes if self._conditioned is None else self._conditioned.sites_that_wake(wakes)

    def installed(self) -> NDArray[np.int64]:
        """Return the image every device runs at the start, as index into `Rollout.images`."""
        chances = self._chance(Purpose.INSTALLED, 0)
        images = np.full(self._devices, UNKNOWN_IMAGE, np.int64)
        for code, choices in enumerate(self.rollout.installed_choices()):
            mine = self.rollout.fleet.installed.codes == code
            numbers = np.array([number for number, _ in choices])
            edges = np.cumsum([share for _, share in choices])
            picks = np.searchsorted(edges, chances[mine], side="right")
            images[mine] = numbers[np.minimum(picks, len(numbers) - 1)]
        return images if self._conditioned is None else self._conditioned.installed(images)
