"""Every uncertain quantity of one run: chances turned into milliseconds, clicks and faults.

``draws.answer_time[k][device]`` is the time a device's user takes to answer the k-th notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.model.chances import Chances, Drawn, Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.quantities.counts import LARGEST_FACTOR
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Constant, Exponential, Law, whole_milliseconds
from fwsim.scenario.sections import FaultPhase

NEVER = -1


class Draws:
    """The luck of one replication on one rollout; a row per quantity and draw.

    Parameters
    ----------
    rollout
        Whose devices, people and laws.
    chances
        Where the chances come from.
    """

    def __init__(self, rollout: Rollout, chances: Chances) -> None:
        self._rollout = rollout
        self._chances = chances
        self._devices = len(rollout.fleet)
        assumptions = rollout.assumptions
        people = [habits.after for habits in rollout.people()]

        self.answer = self._plain(Purpose.ANSWER)
        self.answer_time = self._by_class(Purpose.ANSWER_TIME, people, rollout.fleet.people.codes)
        self.delay_pick = self._plain(Purpose.DELAY_PICK)
        self.boot_time = self._times(Purpose.BOOT_TIME, assumptions.boot_time)
        self.restart_time = self._times(Purpose.RESTART_TIME, assumptions.restart_time)
        self.install_factor = self._factors(Purpose.INSTALL_TIME, assumptions.install_spread)
        self.idf_fault = self._fault(Purpose.IDF_FAULT, "idf")
        self.idf_signature_fault = self._fault(Purpose.IDF_SIGNATURE_FAULT, "idf_signature")
        self.package_fault = self._fault(Purpose.PACKAGE_FAULT, "package")
        self.transfer_fault = self._fault(Purpose.TRANSFER_FAULT, "transfer")
        self.transfer_fault_point = self._plain(Purpose.TRANSFER_FAULT_POINT)
        self.package_signature_fault = self._fault(
            Purpose.PACKAGE_SIGNATURE_FAULT, "package_signature"
        )
        self.write_fault = self._fault(Purpose.WRITE_FAULT, "installation")
        self.write_fault_point = self._plain(Purpose.WRITE_FAULT_POINT)
        self.outage = self._times(Purpose.OUTAGE, assumptions.outage)
        self.bricked = self._coin(Purpose.RECOVERY, assumptions.bricked)
        self.device_wakes = self._coin(Purpose.DEVICE_WAKES, assumptions.wake_up_devices)
        self.power_loss = self._power_losses()
        self.switch_on = self._jitter(Purpose.SWITCH_ON)
        self.switch_off = self._jitter(Purpose.SWITCH_OFF)
        self.left_on = self._power_coin(Purpose.LEFT_ON, [p.left_on for p in rollout.power()])
        self.spread = self._plain(Purpose.SPREAD)
        self.suspended = self._power_coin(Purpose.SUSPENDED, [p.suspends for p in rollout.power()])
        self.unreported = self._power_coin(
            Purpose.UNREPORTED, [p.unreported for p in rollout.power()]
        )

    def _chance(self, purpose: Purpose, draw: int) -> Floats:
        return self._chances.draw(purpose, draw, self._devices)

    def _drawn(self, make: Callable[[int], NDArray[Any]]) -> Drawn[Any]:
        return Drawn(make, self._devices)

    def _plain(self, purpose: Purpose) -> Drawn[float]:
        return self._drawn(lambda draw: self._chance(purpose, draw))

    def _times(self, purpose: Purpose, law: Law) -> Drawn[int]:
        return self._drawn(lambda draw: whole_milliseconds(self._quantile(law, purpose, draw)))

    def _factors(self, purpose: Purpose, law: Law) -> Drawn[float]:
        return self._drawn(
            lambda draw: np.clip(self._quantile(law, purpose, draw), 0.0, LARGEST_FACTOR)
        )

    def _quantile(self, law: Law, purpose: Purpose, draw: int) -> Floats:
        if isinstance(law, Constant):
            return np.array([law.value], np.float64)
        return law.quantile(self._chance(purpose, draw))

    def _by_class(self, purpose: Purpose, laws: list[Law], codes: NDArray[np.int32]) -> Drawn[int]:
        def make(draw: int) -> NDArray[np.int64]:
            if len(laws) == 1:
                return whole_milliseconds(self._quantile(laws[0], purpose, draw))
            chances = self._chance(purpose, draw)
            values = np.zeros_like(chances)
            for code, law in enumerate(laws):
                mine = codes == code
                values[mine] = law.quantile(chances[mine])
            return whole_milliseconds(values)

        return self._drawn(make)

    def _coin(self, purpose: Purpose, share: float) -> Drawn[bool]:
        return self._coins(purpose, lambda: share)

    def _fault(self, purpose: Purpose, phase: FaultPhase) -> Drawn[bool]:
        return self._coins(purpose, lambda: self._rollout.fault_shares(phase))

    def _power_coin(self, purpose: Purpose, shares: list[float]) -> Drawn[bool]:
        by_code = np.array(shares)
        return self._coins(purpose, lambda: by_code[self._rollout.fleet.power.codes])

    def _coins(self, purpose: Purpose, share: Callable[[], float | Floats]) -> Drawn[bool]:
        def make(draw: int) -> NDArray[np.bool_]:
            shares = share()
            if np.all(shares == 0.0) or np.all(shares == 1.0):
                return np.array([bool(np.all(shares == 1.0))])
            return np.asarray(self._chance(purpose, draw) < shares)

        return self._drawn(make)

    def _jitter(self, purpose: Purpose) -> Drawn[int]:
        by_code = np.array([power.jitter for power in self._rollout.power()], np.float64)

        def make(draw: int) -> NDArray[np.int64]:
            if not by_code.any():
                return np.zeros(1, np.int64)
            widths = by_code[self._rollout.fleet.power.codes]
            shift = (2.0 * self._chance(purpose, draw) - 1.0) * widths
            return np.rint(shift).astype(np.int64)

        return self._drawn(make)

    def _power_losses(self) -> Drawn[int]:
        means = [power.mean_time_between_losses for power in self._rollout.power()]
        if not any(means):
            return self._drawn(lambda _: np.array([NEVER], np.int64))
        laws: list[Law] = [Exponential(float(mean or 0)) for mean in means]
        codes = self._rollout.fleet.power.codes
        times = self._by_class(Purpose.POWER_LOSS, laws, codes)
        safe = np.array([mean is None for mean in means])[codes]
        return self._drawn(lambda draw: np.where(safe, NEVER, times.row(draw)))

    def sites_that_wake(self) -> NDArray[np.bool_]:
        """Return whether wake-up works, one chance per site [A]."""
        default = self._rollout.assumptions.wake_up_sites
        shares = [
            default if site.wake_up is None else site.wake_up for site in self._rollout.sites()
        ]
        chances = self._chances.draw(Purpose.SITE_WAKES, 0, len(shares))
        return np.asarray(chances < np.array(shares))

    def installed(self) -> NDArray[np.int64]:
        """Return the image every device runs at the start, as index into `Rollout.images`."""
        chances = self._chance(Purpose.INSTALLED, 0)
        images = np.full(self._devices, UNKNOWN_IMAGE, np.int64)
        for code, choices in enumerate(self._rollout.installed_choices()):
            mine = self._rollout.fleet.installed.codes == code
            numbers = np.array([number for number, _ in choices])
            edges = np.cumsum([share for _, share in choices])
            picks = np.searchsorted(edges, chances[mine], side="right")
            images[mine] = numbers[np.minimum(picks, len(numbers) - 1)]
        return images
