"""What a log tells of the luck of the devices: what has been decided, and what is open since when.

Worked out once for a log; the luck of every run is then drawn so that it agrees with it
(`fwsim.model.conditioned`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.details import Detail
from fwsim.commands.firmware import FirmwareSettings
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import Answer, buttons
from fwsim.commands.policies import IdfCheckOrder
from fwsim.commands.status_text import StatusField
from fwsim.commands.told_states import INSTALLED, NEXT_PACKAGE, SPEAKS
from fwsim.model.hours import Hours
from fwsim.model.own_answers import Click, Clicks, ClosedNotices
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun, Integers
from fwsim.model.told_answers import (
    AGREED_BEFORE,
    allowed_by,
    answer_before,
    answer_told,
    could_defer,
    notice_lasts,
    step_of,
    to_two_digits,
)
from fwsim.model.tries import Told, told_by
from fwsim.model.writing import (
    Job,
    Line,
    OpenWrites,
    Writing,
    jobs_of_who_write,
    put_together,
    writing_of,
)

FAULT_AFTER = {
    State.CHECKING: {Purpose.IDF_FAULT: Detail.IDF_NOT_AVAILABLE},
    State.VERIFY_IDF: {Purpose.IDF_SIGNATURE_FAULT: Detail.IDF_SIGNATURE_INVALID},
    State.VERIFY_PACKAGES: {Purpose.PACKAGE_SIGNATURE_FAULT: Detail.PACKAGE_SIGNATURE_INVALID},
    State.TRANSFER: {
        Purpose.TRANSFER_FAULT: Detail.TRANSFER_FAILED,
        Purpose.PACKAGE_FAULT: Detail.PACKAGE_NOT_FOUND,
    },
    State.INSTALL: {Purpose.WRITE_FAULT: Detail.INSTALLATION_FAILED},
}
"""What decides how a state ends, and the detail of a line that says that it went wrong."""
LONGEST_BOOT = 30 * 60_000
"""Within which a device that was switched on reports [A]."""
LAST_STRETCH = INSTALLED | {State.VERIFY_PACKAGES}
"""States that follow only when no further package is to be fetched."""


@dataclass(frozen=True)
class Notice:
    """A notice that a log tells of.

    Parameters
    ----------
    device
        Before whose user it came up.
    draw
        Which notice on this device, from 0.
    offered
        Sum of `Button` bits.
    answer
        What was clicked; None while it is open.
    waited
        Milliseconds of presence for which an open one has waited, or one that ran out had.
    people
        The kind of people at the device, an index.
    """

    device: int
    draw: int
    offered: int
    answer: Answer | None
    waited: int = 0
    people: int = 0


@dataclass(frozen=True)
class Wait:
    """A restart that was under way when the log ended.

    Parameters
    ----------
    device, draw
        Whose, and which draw of its luck belongs to the command.
    lasted
        For how many milliseconds, so far.
    """

    device: int
    draw: int
    lasted: int


@dataclass
class Evidence:
    """What a log tells of the luck.

    Attributes
    ----------
    coins
        How coins fell: by purpose and draw, the devices' own.
    awake
        Sites at which a device was woken.
    notices
        In order of time.
    writes, restarts
        Installations and restarts under way when the log ended.
    checked_alike
        Devices by what they are said to run, whether their first check found an update, and the
        image it offered.
    clicked_alike
        Devices by the kind of their people and what was clicked there, notice by notice.
    """

    coins: dict[tuple[Purpose, int], dict[int, bool]] = field(default_factory=dict)
    awake: set[int] = field(default_factory=set)
    notices: list[Notice] = field(default_factory=list)
    writes: list[OpenWrites] = field(default_factory=list)
    restarts: list[Wait] = field(default_factory=list)
    checked_alike: dict[tuple[int, bool, int], Integers] = field(default_factory=dict)
    clicked_alike: dict[tuple[int, Clicks], Integers] = field(default_factory=dict)

    @cached_property
    def closed(self) -> list[ClosedNotices]:
        """The notices that have ended with an answer or ran out, those of one number together."""
        by_draw: dict[int, list[Notice]] = {}
        for notice in self.notices:
            if notice.answer is not None:
                by_draw.setdefault(notice.draw, []).append(notice)
        return [
            ClosedNotices(
                draw,
                np.array([n.device for n in notices], np.int64),
                np.array([n.people for n in notices], np.int64),
                np.array([n.offered for n in notices], np.int64),
                np.array([n.answer for n in notices], np.int64),
                np.array([n.waited for n in notices], np.int64),
            )
            for draw, notices in by_draw.items()
        ]

    @cached_property
    def coins_fell(self) -> dict[tuple[Purpose, int], tuple[Integers, NDArray[np.bool_]]]:
        """How coins fell, as columns: devices, and whether it was so; both of shape (devices,)."""
        return {
            key: (np.array(list(coins), np.int64), np.array(list(coins.values()), np.bool_))
            for key, coins in self.coins.items()
        }

    def fell(self, purpose: Purpose, draw: int, device: int, *, is_so: bool) -> None:
        """Note how a coin fell; what went well once has gone wrong for another reason later."""
        coins = self.coins.setdefault((purpose, draw), {})
        coins[device] = is_so and coins.get(device, True)


_KNOWN: WeakKeyDictionary[Past, Evidence] = WeakKeyDictionary()
_READING = Lock()


def evidence_of(past: Past, rollout: Rollout) -> Evidence:
    """Return what a log tells of the luck of a rollout's devices, worked out once."""
    with _READING:
        found = _KNOWN.get(past)
        if found is None:
            found = _KNOWN[past] = _Reader(past, rollout.origin or rollout).evidence()
    return found


class _Reader:
    """Reads a log job by job."""

    def __init__(self, past: Past, rollout: Rollout) -> None:
        self._past, self._rollout = past, rollout
        self._found = Evidence()
        self._of_label = told_by(rollout, past.log.runs)
        self._runs = {run.label: run for run in past.log.runs}
        self._step = step_of(past.log.time)
        self._is_first = rollout.assumptions.idf_check_order is not IdfCheckOrder.AFTER
        self._tells_consent = past.tells_consent(check_first=self._is_first)
        self._notices: list[tuple[int, Notice]] = []
        self._checked: dict[tuple[int, bool, int], list[int]] = {}
        scenario = rollout.scenario
        schedulers = [scenario.scheduler, *(u.scheduler for u in scenario.fleet.units.values())]
        self._has_other_starts = (
            any(schedulers)
            or bool(rollout.outages())
            or any(power.mean_time_between_losses for power in rollout.power())
        )
        checks = past.log.in_state(State.CHECKING)
        devices, at = np.unique(past.log.device[checks], return_index=True)
        times = past.log.time[checks][at]
        self._first_check = dict(zip(devices.tolist(), times.tolist(), strict=True))
        kinds = rollout.fleet.people
        present, self._presence_of = Hours(rollout).by_kind(
            kinds, [people.present for people in rollout.people()]
        )
        self._present = [np.array(spans, np.int64).reshape(-1, 2) for spans in present]
        on, self._on_of = Hours(rollout).by_kind(
            rollout.fleet.power, [power.on for power in rollout.power()]
        )
        self._on = [np.array([start for start, _ in spans], np.int64) for spans in on]

    def evidence(self) -> Evidence:
        """Return what the log tells."""
        write = jobs_of_who_write(self._past)
        for label, device, lines in self._jobs():
            told = self._of_label.get(label)
            if device in write:
                run = self._runs[label] if told is None else told.run
                write[device].append(Job(run, lines))
            if told is None:
                self._count_notices(device, lines)
                continue
            self._read_coins(device, told.draw, lines)
            self._read_notices(device, told, lines)
            self._read_open(device, told, lines)
            self._read_check(device, told.run, lines)
        self._found.writes = put_together(self._rollout, self._writes(write))
        self._number_notices()
        self._put_alike_together()
        return self._found

    def _put_alike_together(self) -> None:
        found = self._found
        found.checked_alike = {key: np.array(of) for key, of in self._checked.items()}
        clicks: dict[int, list[Click]] = {}
        for notice in found.notices:
            if notice.answer is not None:
                click = notice.offered, notice.answer, to_two_digits(notice.waited)
                clicks.setdefault(notice.device, []).append(click)
        alike: dict[tuple[int, Clicks], list[int]] = {}
        codes = self._rollout.fleet.people.codes
        for device, clicked in clicks.items():
            alike.setdefault((int(codes[device]), tuple(clicked)), []).append(device)
        found.clicked_alike = {key: np.array(of) for key, of in alike.items()}

    def _jobs(self) -> Iterator[tuple[str, int, list[Line]]]:
        past = self._past
        columns = (past.lines.time, past.lines.state, past.lines.detail, past.lines.amount)
        rows = [
            Line(at, State(state), Detail(detail), amount)
            for at, state, detail, amount in zip(*(c.tolist() for c in columns), strict=True)
        ]
        firsts = past.firsts.tolist()
        for place, (label, device) in enumerate(past.started):
            yield label, device, rows[firsts[place] : firsts[place + 1]]

    def _read_coins(self, device: int, draw: int, lines: list[Line]) -> None:
        found = self._found
        for line, after in pairwise(lines):
            has_no_reason = after.state is State.FAILED and after.detail is Detail.NONE
            if has_no_reason and line.state is not State.INSTALL:
                continue  # a log that tells few states may have told the last one long before
            for purpose, detail in FAULT_AFTER.get(line.state, {}).items():
                is_so = has_no_reason or (after.state is State.FAILED and after.detail is detail)
                is_last = after.state in LAST_STRETCH or after.state is State.FAILED
                is_settled = is_last or line.state not in {State.TRANSFER, State.INSTALL}
                # A transfer may also fail because its line or its proxy does.
                if is_settled and not (is_so and purpose is Purpose.TRANSFER_FAULT):
                    found.fell(purpose, draw, device, is_so=is_so)
            has_come = after.state in SPEAKS or after.state is State.REJECTED
            woke = line.state is State.WAKING and has_come
            if woke and not self._may_be_switched_on(device, line.at, after.at):
                found.fell(Purpose.DEVICE_WAKES, draw, device, is_so=True)
                found.awake.add(int(self._rollout.fleet.site.codes[device]))
            is_written = after.state in {State.REBOOT, State.RESTART_PENDING}
            if line.state is State.INSTALL and is_written:
                for purpose in FAULT_AFTER[State.TRANSFER]:
                    found.fell(purpose, draw, device, is_so=False)

    def _may_be_switched_on(self, device: int, since: int, until: int) -> bool:
        """Tell whether something else than the wake-up may have put the device on just then."""
        if self._has_other_starts:
            return True
        power = self._rollout.power()[int(self._rollout.fleet.power.codes[device])]
        starts = self._on[self._on_of[device]]
        early, late = since - power.jitter - LONGEST_BOOT, until + power.jitter
        return bool(np.any((starts >= early) & (starts <= late)))

    def _count_notices(self, device: int, lines: list[Line]) -> None:
        for line in lines:
            if line.state is State.NOTIFYING:
                self._notices.append((line.at, Notice(device, 0, 0, None, -1)))

    def _read_notices(self, device: int, told: Told, lines: list[Line]) -> None:
        command = told.run.command
        can_cancel = isinstance(command, UpdateCommand) and command.user_can_cancel
        seconds, used = notice_lasts(told.run), 0
        for number, line in enumerate(lines):
            used += line.state is State.DEFERRED
            if line.state is not State.NOTIFYING:
                continue
            after = lines[number + 1] if number + 1 < len(lines) else None
            settings = self._rollout.configuration.settings(device, told.run.at)
            left = line.amount
            if left < 0:  # a log that is not fwsim's own does not tell it
                defers = after is not None and after.state is State.DEFERRED
                left = max(allowed_by(settings) - used, int(defers))
            offered = buttons(inform=True, can_cancel=can_cancel, deferments_left=left)
            answer, waited = None, -1
            if after is not None:
                answer = self._answer(settings, told, line, after)
                if answer is Answer.IGNORE:
                    waited = self._presence(device, line.at, line.at + 1000 * seconds)
                elif answer is not None:
                    waited = 0
            elif self._tells_consent:
                waited = self._presence(device, line.at, self._past.until)
            self._notices.append((line.at, Notice(device, 0, offered, answer, waited)))

    def _answer(
        self, settings: FirmwareSettings, told: Told, line: Line, after: Line
    ) -> Answer | None:
        """Return what was clicked; None if what ended the notice was no answer, or is not told."""
        seconds = notice_lasts(told.run)
        if after.state in NEXT_PACKAGE and settings.check_idf_signature:
            after = replace(after, at=after.at - self._rollout.assumptions.idf_signature_time)
        is_click = after.state in {State.DEFERRED, State.CANCELLED}
        is_forced = line.at < told.force_at < after.at and not is_click
        if is_forced or after.at == told.force_at:
            return None  # nobody was waited for
        if after.state not in AGREED_BEFORE:
            return answer_told(line, after, seconds, check_first=self._is_first)
        if State.DEFERRED not in self._past.tells and could_defer(settings, line, after):
            return None
        return answer_before(line, after, seconds, self._step)

    def _presence(self, device: int, since: int, until: int) -> int:
        """Return for how long somebody was there between two moments."""
        spans = self._present[self._presence_of[device]]
        starts = np.maximum(spans[:, 0], since)
        ends = np.minimum(spans[:, 1], until)
        return int(np.maximum(ends - starts, 0).sum())

    def _number_notices(self) -> None:
        counts: dict[int, int] = {}
        for _, notice in sorted(self._notices, key=lambda pair: pair[0]):
            draw = counts.get(notice.device, 0)
            counts[notice.device] = draw + 1
            if notice.waited >= 0:
                n = notice
                people = int(self._rollout.fleet.people.codes[n.device])
                self._found.notices.append(replace(n, draw=draw, people=people))

    def _read_open(self, device: int, told: Told, lines: list[Line]) -> None:
        last = lines[-1]
        if last.state is State.REBOOT:
            self._found.restarts.append(Wait(device, told.draw, self._past.until - last.at))

    def _writes(self, jobs_of: dict[int, list[Job]]) -> Iterator[tuple[int, int, int, Writing]]:
        """Yield draw, device, milliseconds so far and what is written of who was writing."""
        for device, jobs in jobs_of.items():
            jobs.sort(key=lambda job: job.lines[0].at)
            while jobs[-1].lines[-1].state is not State.INSTALL:
                jobs.pop()
            told = self._of_label.get(jobs[-1].run.label)
            if told is not None:
                lasted = self._past.until - jobs[-1].lines[-1].at
                yield told.draw, device, lasted, writing_of(self._rollout, device, jobs)

    def _read_check(self, device: int, run: CommandRun, lines: list[Line]) -> None:
        command = run.command
        if command.status_field is not StatusField.UPDATE:
            return
        for line, after in pairwise(lines):
            if line.state is State.CHECKING and line.at == self._first_check.get(device):
                configuration = self._rollout.configuration
                sent = configuration.address(device, run.at)
                served = configuration.served(sent, after.at)
                if not isinstance(served, Detail) and after.state is not State.FAILED:
                    needed = after.state is not State.NOT_NEEDED
                    key = int(self._rollout.fleet.installed.codes[device]), needed, served
                    self._checked.setdefault(key, []).append(device)
                return
