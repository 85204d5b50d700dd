"""A walk through the table that keeps to what a log tells of it, as far as the log tells."""

from __future__ import annotations

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import OUTCOMES, SILENT, Action, Event, Fact, State, Transition
from fwsim.commands.lifecycle_table import rows_of, transition
from fwsim.commands.notice import NEVER
from fwsim.commands.overdue import event_overdue
from fwsim.commands.told_states import ACTION_ON_ENTERING, AT_ONCE, LOST, NOT_AGREED
from fwsim.model.event_rank import EventRank
from fwsim.model.order import Order
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.simulation.clock import Handler, Timer
from fwsim.simulation.table_walk import TableWalk
from fwsim.simulation.world import World


class SeenJob:
    """What a log tells of one job, and how much of it has come.

    Parameters
    ----------
    past
        What the log tells.
    place
        Which of its jobs; None for one of which it tells nothing.
    """

    __slots__ = ("_has_lines", "_past", "_row", "_stop", "until")

    def __init__(self, past: Past, place: int | None) -> None:
        self._past = past
        self._row = self._stop = 0
        if place is not None:
            self._row, self._stop = past.firsts[place : place + 2].tolist()
        self._has_lines = place is not None
        self.until = past.until

    @property
    def row(self) -> int:
        """Which line comes next."""
        return self._row

    @property
    def has_more(self) -> bool:
        """Whether the log tells of something still to come."""
        return self._row < self._stop

    @property
    def is_last(self) -> bool:
        """Whether the next line is the last."""
        return self._row + 1 == self._stop

    @property
    def at(self) -> int:
        """When the next line comes, in milliseconds."""
        return int(self._past.lines.time[self._row])

    @property
    def state(self) -> State:
        """State that the next line tells."""
        return State(int(self._past.lines.state[self._row]))

    @property
    def detail(self) -> Detail:
        """Detail of the next line."""
        return Detail(int(self._past.lines.detail[self._row]))

    @property
    def amount(self) -> int:
        """Amount of the next line."""
        return int(self._past.lines.amount[self._row])

    @property
    def lasted(self) -> int:
        """Milliseconds since the last line, at the end of the log."""
        return self.until - int(self._past.lines.time[self._row - 1]) if self._has_lines else 0

    def tells(self, state: State) -> bool:
        """Whether the log would have told of a state."""
        return state in self._past.tells

    def tells_end_of(self, state: State, facts: int) -> bool:
        """Whether the log would have told that a state of a job with such facts has ended."""
        if state is State.NOTIFYING:  # a deferment or a cancel alone is denied as such
            return self._past.tells_consent(check_first=bool(facts & Fact.CHECK_FIRST))
        asks = facts & Fact.INFORM
        return state in (self._past.tells_end_of if asks else self._past.tells_end_unasked)

    def take(self) -> None:
        """Note that the next line has come."""
        self._row += 1

    def may_come(self, now: int) -> bool:
        """Tell whether anything that the log would tell may come now."""
        return now >= self.at if self.has_more else now > self.until

    def leaves_open(self, state: State, event: Event, facts: int) -> bool:
        """Tell whether an event that is denied in a state is to come after the end of the log."""
        is_loss = event in {Event.POWER_LOST, Event.SHUTDOWN}
        is_waited_for = self.tells_end_of(state, facts) and (state, event) not in AT_ONCE
        return not self.has_more and not is_loss and not is_waited_for

    def may_begin(self, now: int) -> bool:
        """Tell whether the job may begin now."""
        return now == self.at if self.has_more else now > self.until


def seen_next(world: World, label: str, device: int) -> SeenJob | None:
    """Return what a log tells of the job that a device begins next under a label.

    Parameters
    ----------
    world
        The surroundings.
    label
        Of a run of a command.
    device
        Index of the device.

    Returns
    -------
    SeenJob or None
        None if there is no log.
    """
    past = world.draws.past
    return None if past is None else SeenJob(past, world.place_in(past, label, device))


class SeenWalk(TableWalk):
    """One device on its way through the table, kept to what a log tells of it."""

    __slots__ = ("_is_over", "_seen")

    def __init__(self, world: World, number: int, order: Order) -> None:
        super().__init__(world, number, order)
        self._is_over = False
        past = world.draws.past
        self._seen = None
        if past is not None:
            place = world.place_in(past, order.run.label, number)
            if place is not None:
                world.begun.add(place)
            self._seen = SeenJob(past, place)
            self._watch_for_line()

    @property
    def seen(self) -> SeenJob | None:
        """What a log tells of it; None if there is no log."""
        return self._seen

    def step(self, event: Event, detail: Detail = Detail.NONE) -> None:
        """Take the transition for `event`, unless the log says that it did not happen."""
        row = self._row(event)
        if row is not None:
            self._take(row, event, detail)
        else:
            self._put_off(event, detail)

    def _put_off(self, event: Event, detail: Detail = Detail.NONE) -> None:
        """Let an event that the log denies come after its end, if it may."""
        seen = self._seen
        if seen is not None and seen.leaves_open(self.state, event, self.facts):
            self._try_again(self._after_log(seen, int(self._world.env.now)), event, detail)

    def _row(self, event: Event) -> Transition | None:
        """Return the row that applies and agrees with the log; None if there is none."""
        row = transition(self.state, event, self.facts)
        seen = self._seen
        if seen is None or not self._is_denied(seen, event, row):
            return row
        if event is Event.POWER_LOST or not seen.may_come(int(self._world.env.now)):
            return None
        return self._row_as_told(seen, event)

    def _try_again(self, at: int, event: Event, detail: Detail) -> None:
        """Let an event come later that the log denies."""
        state = self.state

        def come(_: SimPyEvent) -> None:
            if self.state is state and not self._is_over:
                self._come_again(event, detail)

        Timer(self._world.env, at, EventRank.DEVICE, self.number, come)

    def _come_again(self, event: Event, detail: Detail) -> None:
        self._look_for_connection()
        self.step(event, detail)

    def _look_for_connection(self) -> None:
        """Note whether a connection is free."""
        raise NotImplementedError

    def _after_log(self, seen: SeenJob, at: int) -> int:
        """Return when something comes that would have come at a time, and has not by the log."""
        if at > seen.until:
            return at
        chance = self._world.draws[Purpose.OVERDUE][self.order.draw][self.number]
        return seen.until + event_overdue(seen.until - at, chance)

    def _end_of_wait(self, seen: SeenJob, at: int) -> int:
        """Return when a wait that ends by itself at a time ends, as far as the log tells."""
        if not seen.tells_end_of(self.state, self.facts):
            return at
        if seen.has_more:
            return max(seen.at, int(self._world.env.now))
        return self._after_log(seen, at)

    def denies(self, event: Event) -> bool:
        """Tell whether the log says that something does not happen to the job now."""
        seen = self._seen
        if seen is None:
            return False
        return self._is_denied(seen, event, transition(self.state, event, self.facts))

    def _is_denied(self, seen: SeenJob, event: Event, row: Transition) -> bool:
        """Tell whether the log says that a row is not taken now."""
        if event is Event.POWER_LOST:
            is_loss = row.to in {State.OUT_OF_CONTACT, State.HALTED}
            return is_loss and seen.has_more and seen.detail not in LOST
        if row.to is self.state or row.to in SILENT:
            return False
        if not seen.tells(row.to):  # what comes after an end the log would have told with it
            agrees = bool(row.sets & Fact.CONSENTED) and self._is_next(*NOT_AGREED)
            return (row.to in OUTCOMES and seen.has_more) or agrees
        comes = seen.may_come(int(self._world.env.now))
        return not comes or (seen.has_more and row.to is not seen.state)

    def _row_as_told(self, seen: SeenJob, event: Event) -> Transition | None:
        """Return the row of an event that leads where the log says, its guard made true."""
        rows = [row for row in rows_of(self.state, event) if row.to is seen.state]
        rows.sort(key=lambda row: row.detail is not seen.detail)  # stable: the first of the rest
        for row in rows[:1]:
            self.facts = (self.facts | row.needs) & ~row.bars
            self._world.corrected += 1
            return row
        return None

    def _is_early(self, state: State) -> bool:
        """Tell whether the log says that a state is not reached yet."""
        seen = self._seen
        return (
            seen is not None and seen.tells(state) and not seen.may_come(int(self._world.env.now))
        )

    def time_until_probed(self, needed: int, closes: int) -> int:
        """Return how long a worker is busy with the device, as far as the log tells.

        Parameters
        ----------
        needed
            How long by itself.
        closes
            When the window closes in which it is asked; `NEVER` without windows. If the log tells
            nothing before, it was put off then.
        """
        seen = self._seen
        if seen is None or not seen.tells(State.CHECKING):
            return needed
        now = int(self._world.env.now)
        if not seen.has_more and now + needed > seen.until:
            return needed
        if NEVER < closes <= (seen.at if seen.has_more else seen.until):
            return max(needed, closes - now)
        if seen.has_more:
            return max(seen.at - now, 0)
        return seen.until - now + max(needed, 1)

    def _is_line_due(self) -> bool:
        """Tell whether the next line of the log is of now."""
        seen = self._seen
        return seen is not None and seen.has_more and seen.may_come(int(self._world.env.now))

    @property
    def sent_at(self) -> int:
        """When the log has the command sent to the device, which waits for it; else `NEVER`."""
        seen = self._seen
        is_to_come = self.state is State.SCHEDULED and self._is_next(State.PROBING)
        return seen.at if seen is not None and is_to_come else NEVER

    def _is_next(self, *states: State) -> bool:
        """Tell whether the log says that one of these states comes next."""
        return self._seen is not None and self._seen.has_more and self._seen.state in states

    def _write_log(self, reason: Detail) -> None:
        seen = self._seen
        if seen is None or not seen.has_more or self.state is not seen.state:
            super()._write_log(reason)
            return
        if self.state is State.DEFERRED:
            self._defer_as_told(seen)
        if seen.detail is Detail.POWER_LOST_IN_TRANSFER:
            self._break_off_as_told(seen)
        detail, amount = self.told()
        if self.state is not State.CHECKING:
            detail = seen.detail
            amount = seen.amount if seen.amount >= 0 else amount
        else:
            detail = reason or detail
        self._put_line(detail, amount)
        seen.take()
        self._watch_for_line()

    def _defer_as_told(self, seen: SeenJob) -> None:
        """Take over when the next reminder is due."""
        raise NotImplementedError

    def _break_off_as_told(self, seen: SeenJob) -> None:
        """Take over how many bytes had come when the power was lost."""
        raise NotImplementedError

    def _arm(self, at: int, handler: Handler, moment: EventRank = EventRank.DEVICE) -> None:
        if self._seen is not None:
            ends = self._end_of_wait(self._seen, at)
            if ends < at:  # what else may have ended it at that instant comes first
                moment = EventRank.CUT_SHORT
            at = ends
        super()._arm(at, handler, moment)

    def _arm_at(self, at: int, handler: Handler, moment: EventRank) -> None:
        """Arm for a time that is the log's already, or for now if it has passed."""
        super()._arm(max(at, int(self._world.env.now)), handler, moment)

    # What the log tells and what has not come by itself

    def _watch_for_line(self) -> None:
        """See to it that the next line comes when the log tells it."""
        seen = self._seen
        if seen is None or not seen.has_more:
            return
        row = seen.row

        def look(_: SimPyEvent) -> None:
            if seen.row == row and not self._is_over:
                self._come_to_line()

        at = max(seen.at, int(self._world.env.now))
        Timer(self._world.env, at, EventRank.PAST, self.number, look)

    def _come_to_line(self) -> None:
        """Go to the state that the log tells, whatever has kept the job from it."""
        seen = self._seen
        if seen is None or (self.state is State.ASSIGNED and self._takes_as_told(seen)):
            return
        self._world.corrected += 1
        to = seen.state
        self._leave_for(to)
        self._disarm()
        for row in self._rows_to(to)[:1]:
            self.facts = (self.facts | row.needs | row.sets) & ~row.bars
        if to is State.CHECKING and self.facts & Fact.CHECK_FIRST:  # users are asked after it
            self._set(Fact.CONSENTED, holds=False)
        self.state = to
        self._write_log(Detail.NONE)
        self._lost_in = Detail.NONE
        if to is State.HALTED:
            self._go_off()
            return
        method = self._by_action[ACTION_ON_ENTERING.get(to, Action.END)]
        if method is not None:
            method(self)

    def _takes_as_told(self, seen: SeenJob) -> bool:
        """Let the device take what it is assigned, as the log tells; return whether it has."""
        raise NotImplementedError

    def _go_off(self) -> None:
        """Let the device go off and let go of it."""
        raise NotImplementedError

    def _rows_to(self, to: State) -> list[Transition]:
        """Return the rows that lead from here to a state, whatever the event."""
        losses = {Event.POWER_LOST, Event.SHUTDOWN}
        events = [event for event in Event if event not in losses]
        return [row for event in events for row in rows_of(self.state, event) if row.to is to]

    def _leave_for(self, to: State) -> None:
        """Put in order what the job leaves behind when it goes to a state the log tells."""
        raise NotImplementedError
