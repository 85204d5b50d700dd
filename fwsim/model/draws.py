"""Every uncertain quantity of one run: chances turned into milliseconds, clicks and faults.

``draws[Purpose.ANSWER_TIME][k][device]`` is the time a device's user takes to answer the k-th
notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.client_group import BIOS, IDF_NAME, UPDATE_STATE
from fwsim.commands.status_text import update_states
from fwsim.fleet.fleet import Column
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
    Kind,
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
from fwsim.quantities.pieces import Room, in_pieces

NEVER = -1
Make = Callable[[int], NDArray[Any]]
"""Gives a quantity of all devices for the n-th draw; one value where all devices are alike."""
OfSome = Callable[[Floats, slice], NDArray[Any]]
"""Gives a quantity of some devices, by the chance of each."""
_DTYPES = {Kind.MILLISECONDS: np.int64, Kind.NUMBER: np.float64, Kind.COIN: np.bool_}


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
        self._room: Room = np.empty
        self._of_some: dict[Purpose, NDArray[Any] | OfSome] = {}
        self._finding = Lock()

    def draw_into(self, room: Room) -> None:
        """Have long rows drawn into memory of somebody else's, until `forget`."""
        self._room = room

    def forget(self) -> None:
        """Let go of all that was drawn; what is asked for again is drawn again, the same."""
        self.clear()
        self._of_some.clear()
        self._room = np.empty

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

    def of_some(self, purpose: Purpose, draw: int, some: slice) -> NDArray[Any]:
        """Draw a quantity of some devices alone, before anything has happened; it is not kept.

        Parameters
        ----------
        purpose, draw
            What is drawn, and the n-th time.
        some
            Whose, from a multiple of `fwsim.model.chances.BLOCK` on.

        Returns
        -------
        ndarray of shape (some,), or (1,) if all devices are alike
            What stands at their places in the row of all devices.
        """
        found = self._found_once(purpose)
        if isinstance(found, np.ndarray):
            return found
        return self._values_of_some(found, purpose, draw, some)

    def _found_once(self, purpose: Purpose) -> NDArray[Any] | OfSome:
        """Return how devices come to a quantity, though several threads ask at the same time.

        To look all of a fleet up takes a while, and room: the others wait for the first.
        """
        with self._finding:
            if purpose not in self._of_some:
                self._of_some[purpose] = self._values(purpose)()
            return self._of_some[purpose]

    def _values_of_some(
        self, found: OfSome, purpose: Purpose, draw: int, some: slice
    ) -> NDArray[Any]:
        first, behind, _ = some.indices(self._devices)
        return found(self._chances.draw(purpose, draw, behind - first, first), some)

    def _maker(self, purpose: Purpose) -> Make:
        """Return what draws a quantity by its law."""
        values = self._values(purpose)
        dtype = _DTYPES[purpose.law.kind]

        def make(draw: int) -> NDArray[Any]:
            found = values()
            if isinstance(found, np.ndarray):
                return found
            of_some = partial(self._values_of_some, found, purpose, draw)
            return in_pieces(of_some, self._devices, dtype, self._room)

        return make

    def _values(self, purpose: Purpose) -> Callable[[], NDArray[Any] | OfSome]:
        """Return what tells the value that all devices have, or how each comes to its own."""
        assumptions = self.rollout.assumptions
        match purpose.law:
            case Time(name):
                return _once(_by_law(getattr(assumptions, name), whole_milliseconds))
            case Factor(name):
                return _once(_by_law(getattr(assumptions, name), _factors))
            case Coin(name):
                return _once(_coins(np.full(1, getattr(assumptions, name))))
            case Uniform() | AtTheStart():
                return _once(lambda chances, _: chances)
            case law:
                return self._values_by_habits(law)

    def _values_by_habits(
        self, law: Fault | AnswerTime | PeopleCoin | PowerCoin | Jitter | TimeToPowerLoss
    ) -> Callable[[], NDArray[Any] | OfSome]:
        """Return the same of a law that differs from device to device.

        Shares of faults are worked out for each row of all devices: nobody keeps as many numbers,
        unless they are drawn for some devices at a time and differ.
        """
        rollout = self.rollout
        match law:
            case Fault(phase):
                return lambda: _coins(rollout.fault_shares(phase))
            case AnswerTime():
                laws = [habits.after for habits in rollout.people()]
                return _once(_by_class(laws, rollout.fleet.people.codes))
            case PeopleCoin(name):
                by_people = np.array([getattr(people, name) for people in rollout.people()])
                return _once(_coins(by_people, rollout.fleet.people.codes))
            case PowerCoin(name):
                by_power = np.array([getattr(power, name) for power in rollout.power()])
                return _once(_coins(by_power, rollout.fleet.power.codes))
            case Jitter():
                return _once(self._jitter())
            case TimeToPowerLoss():
                return _once(self._time_to_power_loss())

    def _jitter(self) -> NDArray[Any] | OfSome:
        by_code = np.array([power.jitter for power in self.rollout.power()], np.float64)
        if not by_code.any():
            return np.zeros(1, np.int64)
        codes = self.rollout.fleet.power.codes

        def shifts(chances: Floats, some: slice) -> NDArray[np.int64]:
            return np.rint((2.0 * chances - 1.0) * by_code.take(codes[some])).astype(np.int64)

        return shifts

    def _time_to_power_loss(self) -> NDArray[Any] | OfSome:
        means = [power.mean_time_between_losses for power in self.rollout.power()]
        if not any(means):
            return np.array([NEVER], np.int64)
        laws: list[Law] = [Exponential(float(mean or 0)) for mean in means]
        codes = self.rollout.fleet.power.codes
        by_class = quantile_by_class(laws)
        is_safe = np.array([mean is None for mean in means])

        def times(chances: Floats, some: slice) -> NDArray[np.int64]:
            found = whole_milliseconds(by_class(chances, codes[some]))
            return np.where(is_safe[codes[some]], NEVER, found)

        return times

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
        images = np.full(self._devices, UNKNOWN_IMAGE, np.int64)
        choices = self.rollout.installed_choices()
        for code, mine, picks in self._picks():
            images[mine] = np.array([number for number, _ in choices[code]])[picks]
        return images if self._conditioned is None else self._conditioned.installed(images)

    def _picks(self) -> Iterator[tuple[int, NDArray[np.bool_], NDArray[np.int64]]]:
        """Yield each mix of images, by its number, who has it, and which of its images they run."""
        chances = self._chances.draw(Purpose.INSTALLED, 0, self._devices)
        for code, mix in enumerate(self.rollout.installed_mixes()):
            mine = self.rollout.fleet.installed.codes == code
            picks = np.searchsorted(np.cumsum([*mix.values()]), chances[mine], side="right")
            yield code, mine, np.minimum(picks, len(mix) - 1)

    @cached_property
    def _idfs_at_start(self) -> Column:
        """What devices report as IDF name at the start."""
        rollout, images = self.rollout, self.installed()
        mixes = rollout.installed_mixes()
        others = [[n for n in mix if rollout.image_number(n) == UNKNOWN_IMAGE] for mix in mixes]
        more = [*dict.fromkeys(name for mix in others for name in mix)]
        place = {name: len(rollout.images) + i for i, name in enumerate(more)}
        codes = images.astype(np.int32)
        for code, mine, picks in self._picks():
            if others[code]:
                # A log may tell of another image than the one that was drawn.
                else_one = max(others[code], key=mixes[code].__getitem__)
                reported = [place.get(name, place[else_one]) for name in mixes[code]]
                is_other = images[mine] == UNKNOWN_IMAGE
                codes[mine] = np.where(is_other, np.array(reported)[picks], images[mine])
        return Column((*(image.name for image in rollout.images), *more), codes)

    def live_attributes(
        self, images: NDArray[np.int64], texts: NDArray[np.int64], updated: NDArray[np.bool_]
    ) -> dict[str, Column]:
        """Return the attributes that change while time goes on, as they are now.

        Parameters
        ----------
        images
            What each device runs, as index into `Rollout.images`; shape (devices,).
        texts
            Its Update State, as code of `StatusText`; shape (devices,).
        updated
            Whether its UEFI firmware has been updated; shape (devices,).
        """
        at_start = self._idfs_at_start
        codes = np.where(images == UNKNOWN_IMAGE, at_start.codes, images)
        return {
            IDF_NAME: Column(at_start.values, codes.astype(np.int32)),
            UPDATE_STATE: Column(update_states(), texts.astype(np.int32)),
            **({BIOS: self._bios(updated)} if updated.any() else {}),
        }

    def _bios(self, updated: NDArray[np.bool_]) -> Column:
        """Return what devices report as BIOS: the vendor's version where it was installed."""
        fleet = self.rollout.fleet
        before, models = fleet.attributes.get(BIOS), fleet.attributes["Device type"]
        values = [""] if before is None else [*before.values]
        codes = np.zeros(self._devices, np.int32) if before is None else before.codes.copy()
        for model in np.unique(models.codes[updated]).tolist():
            mine = updated & (models.codes == model)
            offered = self.rollout.vendor_firmware(int(np.argmax(mine)))
            if offered is not None and offered.version:
                codes[mine] = len(values)
                values.append(offered.version)
        return Column(tuple(values), codes)


def _once(values: NDArray[Any] | OfSome) -> Callable[[], NDArray[Any] | OfSome]:
    """Return what is worked out once for all draws of a quantity."""
    return lambda: values


def _coins(shares: Floats, codes: NDArray[np.int32] | None = None) -> NDArray[Any] | OfSome:
    """Return how coins fall, by the share of each device or, with codes, of each kind of them."""
    least, most = shares.min(initial=1.0), shares.max(initial=0.0)
    if least != most:
        if codes is None:
            return lambda chances, some: chances < shares[some]
        return lambda chances, some: chances < shares.take(codes[some])
    if least in (0.0, 1.0):
        return np.array([bool(least)])
    return lambda chances, _: chances < least


def _factors(values: Floats) -> Floats:
    return np.clip(values, 0, LARGEST_FACTOR)


def _by_law(law: Law, rounded: Callable[[Floats], NDArray[Any]]) -> NDArray[Any] | OfSome:
    if isinstance(law, Constant):
        return rounded(np.array([law.value], np.float64))
    return lambda chances, _: rounded(law.quantile(chances))


def _by_class(laws: list[Law], codes: NDArray[np.int32]) -> NDArray[Any] | OfSome:
    if len(laws) == 1:
        return _by_law(laws[0], whole_milliseconds)
    by_class = quantile_by_class(laws)
    return lambda chances, some: whole_milliseconds(by_class(chances, codes[some]))
