"""Luck that agrees with what a log tells: what happened is set, what is open may still come.

A chance that agrees with the log is kept, so that the fan of forecasts does not jitter from one
forecast to the next. Only one that the log contradicts is drawn anew, from a stream of its own,
until it agrees: a chance is then distributed as it is among those that agree (rejection sampling).
Where that takes too long, it is drawn from what the law leaves (`fwsim.quantities.tails`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.image import is_modified
from fwsim.commands.lifecycle import OUTCOMES
from fwsim.commands.notice import Answer, Instead, answer_of, ignoring
from fwsim.fleet.habits import People
from fwsim.model.chances import Chances
from fwsim.model.conditioned_writes import Changes, Writes
from fwsim.model.evidence import Evidence, Notice, evidence_of
from fwsim.model.outlasting import MOST_TRIES, durations_beyond
from fwsim.model.own_answers import Habits, contradicted, own_answers
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import whole_milliseconds

Row = NDArray[Any]
Make = Callable[[int], Row]


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
    images
        Gives the image of every device at the start, by all that is known.
    """

    def __init__(
        self,
        rollout: Rollout,
        chances: Chances,
        past: Past,
        raw: Callable[[Purpose], Make],
        images: Callable[[], NDArray[np.int64]],
    ) -> None:
        self._rollout, self._chances, self._raw, self._images = rollout, chances, raw, images
        self._devices = len(rollout.fleet)
        self._tells_only_ends = past.tells <= OUTCOMES
        self._evidence: Evidence = evidence_of(past, rollout)
        self._answers: dict[int, dict[Purpose, dict[int, Any]]] = {}

    def row(self, purpose: Purpose, draw: int, row: Row) -> Row:
        """Return a quantity of all devices so that it agrees with the log."""
        if purpose is Purpose.OVERDUE and self._tells_only_ends:
            return self._of_first_at_site(row)
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
        return changed

    def _of_first_at_site(self, row: Row) -> Row:
        """Return what the first device of each site has drawn, for all of the site.

        Who is overdue where only ends are told waits for the site's line as the others do [A].
        """
        _, first, back = np.unique(
            self._rollout.fleet.site.codes, return_index=True, return_inverse=True
        )
        shared: Row = np.broadcast_to(row, self._devices)[first][back.reshape(-1)]
        return shared

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
            agree = _agreeing(self._rollout, choices[code], needed, offered)
            numbers = np.array([number for number, _ in choices[code]], np.int64)[agree]
            edges = np.cumsum(np.array([share for _, share in choices[code]])[agree])
            if not len(numbers) or edges[-1] <= 0:
                continue
            is_one = np.zeros(len(self._rollout.images) + 1, np.bool_)  # the last is not known
            is_one[numbers] = True
            wrong = devices[~is_one[images[devices]]]
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
        natural = self._natural_answers(draw, self._own)
        chance, time = (row[[n.device for n in left]] for row in natural)
        for attempt in range(MOST_TRIES + 1):
            left = [
                n
                for n, at, luck in zip(left, time.tolist(), chance.tolist(), strict=True)
                if at <= n.waited and self._answer(luck, n) != Answer.IGNORE
            ]
            if not left or attempt == MOST_TRIES:
                break
            devices = np.array([n.device for n in left])
            chance, persists = self._answers_again(draw, attempt, devices)
            time = self._answer_times_again(draw, attempt, devices)
            for purpose, row in zip(changed, (chance, time, persists), strict=True):
                changed[purpose] |= dict(zip(devices.tolist(), row.tolist(), strict=True))
        if left:
            self._answer_late(draw, left, changed)
        return changed

    def _answer_late(
        self, draw: int, left: list[Notice], changed: dict[Purpose, dict[int, Any]]
    ) -> None:
        """Let users click later than hardly any do, or never, as often as by the law each is so."""
        devices = np.array([notice.device for notice in left], np.int64)
        waited = np.array([notice.waited for notice in left], np.int64)
        times, share = durations_beyond(
            self._chances,
            Purpose.ANSWER_TIME,
            draw,
            devices,
            waited,
            lambda at: self._times_of(devices, at),
        )
        luck = self._chances.again(Purpose.ANSWER, draw, MOST_TRIES, devices)
        rows = zip(left, times.tolist(), share.tolist(), luck.tolist(), strict=True)
        for notice, time, late, own in rows:
            never, chance = self._never(notice)
            if own * (never + (1.0 - never) * late) < never:
                changed[Purpose.ANSWER][notice.device] = chance
                changed[Purpose.PERSISTS][notice.device] = False
            else:
                changed[Purpose.ANSWER_TIME][notice.device] = time

    def _never(self, notice: Notice) -> tuple[float, float]:
        """Return how likely a user never answers a notice, and a chance of one who does not."""
        people = self._people[notice.people]
        shares = people.now, people.defer, people.cancel
        share, chance = ignoring(notice.offered, *shares, self._instead)
        if people.persistence <= 0:
            return share, chance
        is_own = self._answer(float(self._own[notice.device]), notice) == Answer.IGNORE
        return people.persistence * is_own + (1.0 - people.persistence) * share, chance

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

    def _natural_answers(self, draw: int, own: Row) -> tuple[Floats, Row]:
        """Return chances of answers and times until clicks as if no notice was open."""
        everybody = self._devices
        chance = np.broadcast_to(self._raw(Purpose.ANSWER)(draw), everybody)
        time = np.broadcast_to(self._raw(Purpose.ANSWER_TIME)(draw), everybody)
        if any(people.persistence > 0 for people in self._people):
            persists = np.broadcast_to(self._raw(Purpose.PERSISTS)(draw), everybody)
            chance = np.where(persists, own, chance)
        return chance, time

    def _answer_times_again(self, draw: int, attempt: int, devices: Row) -> Row:
        chances = self._chances.again(Purpose.ANSWER_TIME, draw, attempt, devices)
        return self._times_of(devices, chances)

    def _times_of(self, devices: Row, chances: Floats) -> Row:
        """Return times until clicks by the laws of the devices' people."""
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
        habits = Habits(self._people, self._instead)
        others = contradicted(
            self._evidence.closed, habits, lambda draw: self._natural_answers(draw, own)
        )
        devices, anew = own_answers(alike, habits, self._chances, own, others)
        return dict(zip(devices.tolist(), anew.tolist(), strict=True))

    # Installations and restarts

    @cached_property
    def _writes(self) -> Changes:
        """Return factors and faults of installations that would have ended before."""
        writes = self._evidence.writes
        return Writes(self._rollout, self._chances, self._raw, self._images).again(writes)

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
        for attempt in range(MOST_TRIES + 1):
            is_over = time <= lasted
            devices, lasted = devices[is_over], lasted[is_over]
            if not len(devices) or attempt == MOST_TRIES:
                break
            again = self._chances.again(Purpose.RESTART_TIME, draw, attempt, devices)
            time = whole_milliseconds(law.quantile(again))
            changed |= zip(devices.tolist(), time.tolist(), strict=True)
        if not len(devices):
            return changed
        times, _ = durations_beyond(
            self._chances,
            Purpose.RESTART_TIME,
            draw,
            devices,
            lasted,
            lambda at: whole_milliseconds(law.quantile(at)),
        )
        return changed | dict(zip(devices.tolist(), times.tolist(), strict=True))


def _agreeing(
    rollout: Rollout, choices: list[tuple[int, float]], needed: bool, offered: int
) -> NDArray[np.bool_]:
    """Return which of the images a device may have run agree with what its check found.

    Parameters
    ----------
    rollout
        Whose images.
    choices
        Numbers of images and their shares.
    needed, offered
        Whether an update was needed, and the image that was offered.
    """
    images, newer_only = rollout.images, rollout.assumptions.newer_only
    return np.array(
        [
            is_modified(
                None if number == UNKNOWN_IMAGE else images[number],
                images[offered],
                newer_only=newer_only,
            )
            == needed
            for number, _ in choices
        ],
        bool,
    )
