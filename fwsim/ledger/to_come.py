"""Whether a rollout whose devices have all ended is over, or something of it is still to come."""

from __future__ import annotations

from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.learning.known_names import NOBODY, devices_of
from fwsim.ledger.ends import Ints
from fwsim.ledger.judged import fields_in, name_of
from fwsim.ledger.kept import epoch
from fwsim.ledger.sendings import FINISHED, Sending, sendings_of
from fwsim.model.device_jobs import checking_devices
from fwsim.model.first_due import what_is_due
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Observed, What
from fwsim.observations.words import ENDS

NEVER_YET = np.iinfo(np.int64).min
NEVER = np.iinfo(np.int64).max
_NOTHING: Ints = np.zeros(0, np.int64)


class ToCome(Enum):
    """What can come after a log in which every device has ended."""

    NOTHING = "nothing"
    SOMETHING = "something"
    UNKNOWN = "unknown"
    """Only the scenario says so, and it is not given."""


class Sendings:
    """What a scenario sends to devices, and what of it has ended by a log.

    Parameters
    ----------
    observed
        The log, as `fwsim.ledger.judged.with_fields` gives it.
    rollout
        The scenario made ready.
    """

    def __init__(self, observed: Observed, rollout: Rollout) -> None:
        self._observed, self._rollout = observed, rollout
        field = what_is_due(rollout).judged
        # Measures of a log change with what asks, too: by its notices.
        self._all = [sent for sent in sendings_of(rollout) if sent.asks or sent.field is field]
        self._field = field

    def to_come(self, until: int, among: NDArray[np.bool_] | None = None) -> ToCome:
        """Return what the scenario has for devices after the log.

        Parameters
        ----------
        until
            When the log ends, milliseconds since the epoch.
        among
            For which of the fleet's devices; by default all.
        """
        after = until - epoch(self._rollout.start)
        if any(among is None or among[device] for device in checking_devices(self._rollout)):
            return ToCome.SOMETHING  # with every start or shutdown
        for sent in self._all:
            is_over = sent.expires is not None and sent.expires <= after
            mine = np.ones(len(sent.devices), bool) if among is None else among[sent.devices]
            if is_over or (len(mine) and not mine.any()):
                continue  # nobody of them is meant
            if sent.at > after or not (self._ended.when(sent)[mine] >= 0).all():
                return ToCome.SOMETHING
        return ToCome.NOTHING

    def given_up(self, among: NDArray[np.bool_] | None = None) -> Ints:
        """Return since when nothing could come any more to devices that had not been successful.

        Parameters
        ----------
        among
            Which of the fleet's devices count; by default all.

        Returns
        -------
        Ints
            Milliseconds since the epoch, ascending; of devices of which that is certain.
        """
        since = self._given_up
        is_out = since != NEVER if among is None else (since != NEVER) & among
        return np.asarray(np.sort(since[is_out]) + epoch(self._rollout.start), np.int64)

    @cached_property
    def _given_up(self) -> Ints:
        """Since when nothing can come any more to each device, as `given_up`; else `NEVER`."""
        since = np.full(len(self._rollout.fleet), NEVER_YET)
        if checking_devices(self._rollout) or not all(len(sent.devices) for sent in self._all):
            return np.full_like(since, NEVER)  # whom a group holds shows only when its command runs
        for sent in self._all:
            at = self._ended.when(sent)
            since[sent.devices] = np.maximum(since[sent.devices], np.where(at < 0, NEVER, at))
        since[since == NEVER_YET] = NEVER
        since[self._ended.devices(FINISHED, self._field)] = NEVER
        return since

    @cached_property
    def _ended(self) -> _Ended:
        names = frozenset(name_of(sent.label) for sent in self._all)
        return _Ended(self._observed, self._rollout, names)


class _Ended:
    """Which devices have ended what, as a log tells.

    Parameters
    ----------
    observed
        The log. Where it does not say under which command, whatever of its kind has ended since
        counts.
    rollout
        Whose devices.
    names
        Of what counts, as `name_of` has them.
    """

    def __init__(self, observed: Observed, rollout: Rollout, names: frozenset[str]) -> None:
        device = devices_of(observed, rollout)[observed.device.codes]
        rows = np.flatnonzero(np.isin(observed.what, list(ENDS)) & (device != NOBODY))
        self._device, self._what = device[rows], observed.what[rows]
        self._field = fields_in(observed)[rows]
        self._at = observed.latest[rows] - epoch(rollout.start)
        self._devices = len(rollout.fleet)
        self._last: dict[tuple[frozenset[What], StatusField], Ints] = {}
        self._rows: dict[str, Ints] = {}
        told = [name_of(label) for label in observed.commands]
        self._is_labelled = not names.isdisjoint(told)
        if self._is_labelled:
            each = list(dict.fromkeys(told))
            place = {name: number for number, name in enumerate(each)}
            number = np.array([*(place[name] for name in told), len(each)], np.int64)
            of_row = number[observed.command[rows]]
            order = np.argsort(of_row, kind="stable")
            edges = np.searchsorted(of_row[order], np.arange(len(each) + 1))
            self._rows = {each[i]: order[edges[i] : edges[i + 1]] for i in range(len(each))}

    def when(self, sent: Sending) -> Ints:
        """Return when something of it last ended on each of its devices; below 0 if nothing has."""
        if not self._is_labelled:
            last = self._last_of(sent.ends, sent.field)[sent.devices]
            return np.where(last >= sent.at, last, NEVER_YET)
        rows = self._rows.get(name_of(sent.label), _NOTHING)
        last = self._latest(rows[np.isin(self._what[rows], list(sent.ends))])[sent.devices]
        return np.where(last == NEVER_YET, last, np.maximum(last, 0))

    def devices(self, ends: frozenset[What], field: StatusField) -> Ints:
        """Return on which devices anything of a kind has ended in one of these ways."""
        return np.unique(self._device[self._are(ends, field)])

    def _last_of(self, ends: frozenset[What], field: StatusField) -> Ints:
        """Return when each device last ended something of a kind in one of these ways."""
        if (ends, field) not in self._last:
            self._last[ends, field] = self._latest(np.flatnonzero(self._are(ends, field)))
        return self._last[ends, field]

    def _are(self, ends: frozenset[What], field: StatusField) -> NDArray[np.bool_]:
        return np.asarray(np.isin(self._what, list(ends)) & (self._field == field), bool)

    def _latest(self, rows: Ints) -> Ints:
        last = np.full(self._devices, NEVER_YET)
        np.maximum.at(last, self._device[rows], self._at[rows])
        return last
