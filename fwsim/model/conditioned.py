"""Luck that agrees with what a log tells: what happened is set, what is open may still come.

A chance that agrees with the log is kept, so that the fan of forecasts does not jitter from one
forecast to the next. Only one that the log contradicts is drawn anew, from a stream of its own,
until it agrees: a chance is then distributed as it is among those that agree (rejection sampling).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.notice import Answer, Instead, answer_of
from fwsim.fleet.habits import People
from fwsim.model.chances import Chances
from fwsim.model.evidence import Evidence, Notice, Wait, agreeing, evidence_of
from fwsim.model.open_transfers import OpenTransfers, only_lines_bind
from fwsim.model.own_answers import own_answers
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import whole_milliseconds

Row = NDArray[Any]
Make = Callable[[int], Row]
MOST_TRIES = 64
"""How often a chance is drawn anew; where none agrees, the run waits until the log ends."""


_ALMOST = 0.999
"""Of the part that is there: what is worked out here must not go beyond what the clocks found."""


class Conditioned:
    """The luck of one run, changed where a log contradicts it.

    Parameters
    ----------
    rollout
        In the world of the run.
    chances
        The run's own.
    past
        What the log tells.
    raw
        Gives a quantity by its law, as if nothing was known.
    """

    def __init__(
        self, rollout: Rollout, chances: Chances, past: Past, raw: Callable[[Purpose], Make]
    ) -> None:
        self._rollout, self._chances, self._past, self._raw = rollout, chances, past, raw
        self._devices = len(rollout.fleet)
        self._evidence: Evidence = evidence_of(past, rollout)
        self._answers: dict[int, dict[Purpose, dict[int, Any]]] = {}
        self._transfer_faults: dict[int, dict[Purpose, dict[int, Any]]] = {}

    def row(self, purpose: Purpose, draw: int, row: Row) -> Row:
        """Return a quantity of all devices so that it agrees with the log."""
        changes = self._changes(purpose, draw)
        fell = self._evidence.coins_fell.get((purpose, draw))
        if not changes and fell is None:
            return row
        full = np.array(np.broadcast_to(row, self._devices))
        if fell is not None:
            full[fell[0]] = fell[1]
        if changes:
            full[list(changes)] = list(changes.values())
        return full

    def _changes(self, purpose: Purpose, draw: int) -> dict[int, Any]:
        changed: dict[int, Any] = {}
        match purpose:
            case Purpose.ANSWER | Purpose.ANSWER_TIME | Purpose.PERSISTS:
                changed = self._notices_again(draw)[purpose]
            case Purpose.OWN_ANSWER:
                changed = self._own_answers
            case Purpose.INSTALL_FACTOR:
                changed = self._writes[Purpose.INSTALL_FACTOR, 0]
            case Purpose.RESTART_TIME:
                changed = self._restarts(draw)
            case Purpose.WRITE_FAULT | Purpose.WRITE_FAULT_POINT:
                changed = self._writes.get((purpose, draw), {})
            case Purpose.TRANSFER_FAULT | Purpose.TRANSFER_FAULT_POINT:
                changed = self._transfers(draw)[purpose]
        return changed

    def sites_that_wake(self, wakes: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return at which sites wake-up works, those at which it was seen to work among them."""
        known = wakes.copy()
        known[sorted(self._evidence.awake)] = True
        return known

    def installed(self, images: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the image every device runs, where its check tells which it can be."""
        checked = self._evidence.checked_alike
        if not checked:
            return images
        choices = self._rollout.installed_choices()
        known = images.copy()
        for (code, needed, offered), devices in checked.items():
            agree = agreeing(self._rollout, choices[code], needed, offered)
            numbers = np.array([number for number, _ in choices[code]], np.int64)[agree]
            edges = np.cumsum(np.array([share for _, share in choices[code]])[agree])
            if not len(numbers) or edges[-1] <= 0:
                continue
            wrong = devices[~np.isin(images[devices], numbers)]
            again = self._chances.again(Purpose.INSTALLED, 0, 0, wrong)
            places = np.searchsorted(edges, again * edges[-1], side="right")
            known[wrong] = numbers[np.minimum(places, len(numbers) - 1)]
        return known

    # Notices

    @cached_property
    def _open_notices(self) -> dict[int, list[Notice]]:
        by_draw: dict[int, list[Notice]] = {}
        for notice in self._evidence.notices:
            if notice.answer is None:
                by_draw.setdefault(notice.draw, []).append(notice)
        return by_draw

    @cached_property
    def _people(self) -> list[People]:
        return self._rollout.people()

    @cached_property
    def _instead(self) -> int:
        return int(Instead[self._rollout.assumptions.missing_button.name])

    def _answer(self, chance: float, notice: Notice) -> int:
        people = self._people[notice.people]
        shares = people.now, people.defer, people.cancel
        return answer_of(chance, notice.offered, *shares, self._instead)

    def _notices_again(self, draw: int) -> dict[Purpose, dict[int, Any]]:
        """Return the chances of open notices whose own would have ended them before."""
        if draw not in self._answers:
            self._answers[draw] = self._find_notices_again(draw)
        return self._answers[draw]

    def _find_notices_again(self, draw: int) -> dict[Purpose, dict[int, Any]]:
        left = self._open_notices.get(draw, [])
        changed: dict[Purpose, dict[int, Any]] = {
            Purpose.ANSWER: {},
            Purpose.ANSWER_TIME: {},
            Purpose.PERSISTS: {},
        }
        if not left:
            return changed
        chance, time = (row[[n.device for n in left]] for row in self._natural_answers(draw))
        for attempt in range(MOST_TRIES):
            left = [
                n
                for n, at, luck in zip(left, time.tolist(), chance.tolist(), strict=True)
                if at <= n.waited and self._answer(luck, n) != Answer.IGNORE
            ]
            if not left:
                break
            devices = np.array([n.device for n in left])
            chance, persists = self._answers_again(draw, attempt, devices)
            time = self._answer_times_again(draw, attempt, devices)
            for purpose, row in zip(changed, (chance, time, persists), strict=True):
                changed[purpose] |= dict(zip(devices.tolist(), row.tolist(), strict=True))
        return changed

    def _answers_again(self, draw: int, attempt: int, devices: Row) -> tuple[Floats, Row]:
        """Return further chances of answers, and whether they are the users' own."""
        chance = self._chances.again(Purpose.ANSWER, draw, attempt, devices)
        shares = np.array([people.persistence for people in self._people])
        # Own answers have taken attempt 0 of the first notice.
        luck = self._chances.again(Purpose.PERSISTS, draw, attempt + 1, devices)
        persists = luck < shares[self._rollout.fleet.people.codes[devices]]
        if persists.any():
            chance = np.where(persists, self._own[devices], chance)
        return chance, persists

    def _natural_answers(self, draw: int) -> tuple[Floats, Row]:
        everybody = self._devices
        chance = np.broadcast_to(self._raw(Purpose.ANSWER)(draw), everybody)
        time = np.broadcast_to(self._raw(Purpose.ANSWER_TIME)(draw), everybody)
        if any(people.persistence > 0 for people in self._people):
            persists = np.broadcast_to(self._raw(Purpose.PERSISTS)(draw), everybody)
            chance = np.where(persists, self._own, chance)
        return chance, time

    def _answer_times_again(self, draw: int, attempt: int, devices: Row) -> Row:
        chances = self._chances.again(Purpose.ANSWER_TIME, draw, attempt, devices)
        times = np.zeros(len(devices), np.int64)
        codes = self._rollout.fleet.people.codes[devices]
        for code in np.unique(codes).tolist():
            mine = codes == code
            times[mine] = whole_milliseconds(self._people[code].after.quantile(chances[mine]))
        return times

    @cached_property
    def _own(self) -> Row:
        """Return everybody's own chance."""
        return self.row(Purpose.OWN_ANSWER, 0, self._raw(Purpose.OWN_ANSWER)(0))

    @cached_property
    def _own_answers(self) -> dict[int, float]:
        """Return own chances that agree better with what the users have clicked so far."""
        alike = self._evidence.clicked_alike
        if not alike or not any(people.persistence > 0 for people in self._people):
            return {}
        own = np.broadcast_to(self._raw(Purpose.OWN_ANSWER)(0), self._devices)
        changed: dict[int, float] = {}
        for devices, anew in own_answers(alike, self._people, self._instead, self._chances, own):
            changed |= dict(zip(devices.tolist(), anew.tolist(), strict=True))
        return changed

    # Installations and restarts

    @cached_property
    def _writes(self) -> dict[tuple[Purpose, int], dict[int, Any]]:
        """Return factors and faults of installations that would have ended before."""
        changed: dict[tuple[Purpose, int], dict[int, Any]] = {(Purpose.INSTALL_FACTOR, 0): {}}
        by_draw: dict[int, list[Wait]] = {}
        for wait in self._evidence.writes:
            by_draw.setdefault(wait.draw, []).append(wait)
        for draw, waits in by_draw.items():
            self._write_again(draw, waits, changed)
        return changed

    def _write_again(
        self, draw: int, left: list[Wait], changed: dict[tuple[Purpose, int], dict[int, Any]]
    ) -> None:
        everybody, rate = self._devices, self._rollout.assumptions.install_rate
        law = self._rollout.assumptions.install_spread
        devices = np.array([wait.device for wait in left])
        shares = np.broadcast_to(self._rollout.fault_shares("installation"), everybody)
        asked = (
            (Purpose.INSTALL_FACTOR, 0),
            (Purpose.WRITE_FAULT, draw),
            (Purpose.WRITE_FAULT_POINT, draw),
        )
        factor, fails, point = (
            np.broadcast_to(self._raw(purpose)(number), everybody)[devices]
            for purpose, number in asked
        )
        whole = np.array([wait.size for wait in left]) * 1000 / rate
        lasted = np.array([wait.lasted for wait in left])
        for attempt in range(MOST_TRIES):
            is_over = whole * factor * np.where(fails, point, 1.0) <= lasted
            devices, whole, lasted = devices[is_over], whole[is_over], lasted[is_over]
            if not len(devices):
                return
            again = self._chances.again
            factor = law.quantile(again(Purpose.INSTALL_FACTOR, draw, attempt, devices))
            fails = again(Purpose.WRITE_FAULT, draw, attempt, devices) < shares[devices]
            point = again(Purpose.WRITE_FAULT_POINT, draw, attempt, devices)
            for number, row in zip(asked, (factor, fails, point), strict=True):
                known = changed.setdefault(number, {})
                known |= zip(devices.tolist(), row.tolist(), strict=True)

    # Transfers

    def _transfers(self, draw: int) -> dict[Purpose, dict[int, Any]]:
        """Return faults of transfers under way that would have ended them before.

        Whether one fails and where are drawn anew together, so after part φ the share s that fails
        is s (1 - φ) / (1 - s φ).
        """
        if draw not in self._transfer_faults:
            self._transfer_faults[draw] = self._find_transfer_faults(draw)
        return self._transfer_faults[draw]

    def _find_transfer_faults(self, draw: int) -> dict[Purpose, dict[int, Any]]:
        changed: dict[Purpose, dict[int, Any]] = {
            Purpose.TRANSFER_FAULT: {},
            Purpose.TRANSFER_FAULT_POINT: {},
        }
        waits = [wait for wait in self._evidence.transfers if wait.draw == draw]
        everybody = self._devices
        fails, point = (np.broadcast_to(self._raw(purpose)(draw), everybody) for purpose in changed)
        devices = np.array([w.device for w in waits if fails[w.device]], np.int64)
        if not len(devices) or not only_lines_bind(self._rollout):
            return changed
        there = self._parts_there(devices)
        shares = np.broadcast_to(self._rollout.fault_shares("transfer"), everybody)
        fails, point = fails[devices], point[devices]
        for attempt in range(MOST_TRIES):
            is_over = fails & (point <= there)
            devices, there = devices[is_over], there[is_over]
            if not len(devices):
                break
            again = self._chances.again
            fails = again(Purpose.TRANSFER_FAULT, draw, attempt, devices) < shares[devices]
            point = again(Purpose.TRANSFER_FAULT_POINT, draw, attempt, devices)
            for purpose, row in zip(changed, (fails, point), strict=True):
                changed[purpose] |= zip(devices.tolist(), row.tolist(), strict=True)
        return changed

    def _parts_there(self, devices: Row) -> Floats:
        """Return which part of what it fetches each device has, as far as its line goes."""
        open_ = OpenTransfers(self._past, self._rollout)
        part = np.zeros(self._devices)
        for site in np.unique(self._rollout.fleet.site.codes[devices]).tolist():
            mine = open_.is_open & (open_.site == site)
            size = np.maximum(open_.size[mine], 1)
            part[open_.device[mine]] = open_.due(self._rollout, site) / size
        found: Floats = np.minimum(part[devices], 1.0) * _ALMOST
        return found

    def _restarts(self, draw: int) -> dict[int, int]:
        """Return restarts that would have ended before."""
        left = [wait for wait in self._evidence.restarts if wait.draw == draw]
        if not left:
            return {}
        law = self._rollout.assumptions.restart_time
        devices = np.array([wait.device for wait in left])
        lasted = np.array([wait.lasted for wait in left])
        time = np.broadcast_to(self._raw(Purpose.RESTART_TIME)(draw), self._devices)[devices]
        changed: dict[int, int] = {}
        for attempt in range(MOST_TRIES):
            is_over = time <= lasted
            devices, lasted = devices[is_over], lasted[is_over]
            if not len(devices):
                break
            again = self._chances.again(Purpose.RESTART_TIME, draw, attempt, devices)
            time = whole_milliseconds(law.quantile(again))
            changed |= zip(devices.tolist(), time.tolist(), strict=True)
        return changed
