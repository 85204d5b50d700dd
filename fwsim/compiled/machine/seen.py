"""What a log tells of a job, and how much of it has come. Twin of `fwsim.simulation.seen`."""

from __future__ import annotations

from fwsim.commands import notice, overdue
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import (
    BARS,
    COMES_AT_ONCE,
    DETAIL,
    EVENTS,
    IS_NEXT_PACKAGE,
    IS_OUTCOME,
    IS_SILENT,
    LEADS_TO_LOSS,
    NEEDS,
    ROWS_UP_TO,
    SAYS_AGREED,
    SAYS_NOT_AGREED,
    SETS,
    TELLS_CONSENT,
    TELLS_OF_LOSS,
    TO,
    Due,
)
from fwsim.compiled.machine.clock import put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.luck import number_drawn
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import NOBODY, address_at, job_at, order_at, seen_at
from fwsim.model.event_rank import EventRank
from fwsim.model.purposes import Purpose

event_overdue = compiled(overdue.event_overdue)
silence_ends_at = compiled(notice.silence_ends_at)

NO_ROW = -1
BITS_OF_EVENT = 8
"""Of what is to come again: an event, its detail, and in which state."""


@compiled
def _first_at(w: Record, key: int) -> int:
    """Return where the log's jobs of a device under a label begin, or would."""
    low, high = 0, w.past_count
    while low < high:
        middle = (low + high) // 2
        if whole_at(w.past_jobs, middle) < key:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def place_of(w: Record, label: int, device: int) -> int:
    """Return which of the log's jobs a device begins next under a label, or `NOBODY`."""
    if label == NOBODY:
        return NOBODY
    key = label * w.devices_count + device
    place = _first_at(w, key)
    while place < w.past_count and whole_at(w.past_jobs, place) == key:
        if whole_at(w.past_begun, place) == 0:
            return place
        place += 1
    return NOBODY


@compiled
def has_more(job: Record) -> bool:
    """Tell whether the log tells of something still to come."""
    return job.seen < job.seen_stop


@compiled
def tells_end_of(w: Record, job: Record, state: int) -> bool:
    """Tell whether the log would have told that a job's state has ended."""
    if state == State.NOTIFYING:  # a deferment or a cancel alone is denied as such
        is_told = tells(w, State.CHECKING) and not job.facts & Fact.CHECK_FIRST
        return is_told or w.past_tells & TELLS_CONSENT != 0
    ends = w.past_ends if job.facts & Fact.INFORM else w.past_ends_unasked
    return (ends >> state) & 1 != 0


@compiled
def tells(w: Record, state: int) -> bool:
    """Tell whether the log would have told of a state."""
    return (w.past_tells >> state) & 1 != 0


@compiled
def may_come(w: Record, job: Record) -> bool:
    """Tell whether anything that the log would tell may come now."""
    if has_more(job):
        return w.now >= seen_at(w.past_lines, job.seen).at
    return w.now > w.past_until


@compiled
def is_line_due(w: Record, job: Record) -> bool:
    """Tell whether the next line of the log is of now."""
    return has_more(job) and may_come(w, job)


@compiled
def is_early(w: Record, job: Record, state: int) -> bool:
    """Tell whether the log says that a state is not reached yet."""
    return w.has_past != 0 and tells(w, state) and not may_come(w, job)


@compiled
def is_next(w: Record, job: Record, state: int) -> bool:
    """Tell whether the log says that a state comes next."""
    return w.has_past != 0 and has_more(job) and seen_at(w.past_lines, job.seen).state == state


@compiled
def end_of_wait(w: Record, job: Record, at: int) -> int:
    """Return when a wait that ends by itself at `at` ends, as far as the log tells."""
    if not tells_end_of(w, job, job.state):
        return at
    if has_more(job):
        return max(seen_at(w.past_lines, job.seen).at, w.now)
    return after_log(w, job, at)


@compiled
def after_log(w: Record, job: Record, at: int) -> int:
    """Return when something comes that would have come at a time, and has not by the log."""
    if at > w.past_until:
        return at
    chance = number_drawn(w, Purpose.OVERDUE, job.order, job.device)
    return w.past_until + event_overdue(w.past_until - at, chance)


@compiled
def _leaves_open(w: Record, job: Record, event: int) -> bool:
    """Tell whether an event that is denied is to come after the end of the log."""
    is_loss = event in (Event.POWER_LOST, Event.SHUTDOWN)
    comes_at_once = COMES_AT_ONCE[job.state * EVENTS + event]
    is_waited_for = tells_end_of(w, job, job.state) and not comes_at_once
    return not has_more(job) and not is_loss and not is_waited_for


@unit
def try_again(w: Record, number: int, event: int, detail: int) -> None:
    """Let an event come later that the log denies."""
    job = job_at(w.jobs, number)
    if _leaves_open(w, job, event):
        what = event + (detail << BITS_OF_EVENT) + (job.state << 2 * BITS_OF_EVENT)
        at = after_log(w, job_at(w.jobs, number), w.now)
        put_event(w, at, EventRank.DEVICE, job.device, Due.STEPS_AGAIN, number, 0, what)


@compiled
def times_told(w: Record, label: int, device: int) -> int:
    """Return how many jobs of a device under a label the log tells."""
    if label == NOBODY:
        return 0
    key = label * w.devices_count + device
    return _first_at(w, key + 1) - _first_at(w, key)


@compiled
def may_begin(w: Record, label: int, device: int) -> bool:
    """Tell whether a device may start something by itself now."""
    if w.has_past == 0:
        return True
    place = place_of(w, label, device)
    if place == NOBODY:
        return w.now > w.past_until
    return w.now == seen_at(w.past_lines, whole_at(w.past_firsts, place)).at


@unit
def watch_for_line(w: Record, number: int) -> None:
    """See to it that the next line comes when the log tells it."""
    job = job_at(w.jobs, number)
    if has_more(job):
        at = max(seen_at(w.past_lines, job.seen).at, w.now)
        put_event(w, at, EventRank.PAST, job.device, Due.TOLD, number, 0, job.seen)


@unit
def find_lines(w: Record, number: int) -> None:
    """Find what the log tells of a new job."""
    job = job_at(w.jobs, number)
    place = place_of(w, order_at(w.orders, job.order).label, job.device)
    if place == NOBODY:
        return
    put_whole(w.past_begun, place, 1)
    job.seen = whole_at(w.past_firsts, place)
    job.seen_stop = whole_at(w.past_firsts, place + 1)
    watch_for_line(w, number)


@compiled
def _denies_loss(w: Record, job: Record, to: int) -> bool:
    """Tell whether the log says that the device did not lose its power here."""
    if not LEADS_TO_LOSS[to] or not has_more(job):
        return False
    return not TELLS_OF_LOSS[seen_at(w.past_lines, job.seen).detail]


@compiled
def _agrees_too_early(w: Record, job: Record, row: int) -> bool:
    """Tell whether the log says that nobody has agreed yet to what a row has them agree to."""
    if SETS[row] & Fact.CONSENTED == 0:
        return False
    return SAYS_NOT_AGREED[seen_at(w.past_lines, job.seen).state] != 0


@compiled
def is_denied(w: Record, job: Record, event: int, row: int) -> bool:
    """Tell whether the log says that something does not happen to a job now."""
    if row == NO_ROW:
        return False
    to = TO[row]
    if event == Event.POWER_LOST:
        return _denies_loss(w, job, to)
    if to == job.state or IS_SILENT[to]:
        return False
    if not tells(w, to):  # what comes after an end the log would have told with it
        return has_more(job) and (IS_OUTCOME[to] or _agrees_too_early(w, job, row))
    if not may_come(w, job):
        return True
    return has_more(job) and to != seen_at(w.past_lines, job.seen).state


@compiled
def row_as_told(w: Record, job: Record, event: int, row: int) -> int:
    """Return the row that applies and agrees with the log, or `NO_ROW`."""
    if not is_denied(w, job, event, row):
        return row
    if event == Event.POWER_LOST or not may_come(w, job):
        return NO_ROW
    line = seen_at(w.past_lines, job.seen)
    pair = job.state * EVENTS + event
    found = NO_ROW
    for other in range(ROWS_UP_TO[pair - 1] if pair else 0, ROWS_UP_TO[pair]):
        if TO[other] == line.state and (
            found == NO_ROW or (DETAIL[found] != line.detail and DETAIL[other] == line.detail)
        ):
            found = other
    if found != NO_ROW:
        job.facts = (job.facts | NEEDS[found]) & ~BARS[found]
        w.corrected += 1
    return found


@compiled
def _start_at(w: Record, order: Record, told: int) -> int:
    """Return what starts the update at a moment that the log tells."""
    if told == silence_ends_at(w.now, order.seconds):
        return Event.SECONDS_ELAPSED.value
    return Event.START_ANYWAY.value if told == order.force_at else Event.CLICK_NOW.value


@compiled
def _click_after_log(w: Record, job: Record, ends: int, event: int) -> int:
    """Return when a notice ends of which the log tells no click that it would have told."""
    defers = event == Event.CLICK_DEFER and tells(w, State.DEFERRED)
    cancels = event == Event.CLICK_CANCEL and tells(w, State.CANCELLED)
    is_later = (defers or cancels) and not tells_end_of(w, job, job.state)
    return after_log(w, job, ends) if is_later else ends


@compiled
def _agreed_by(w: Record, job: Record, order: Record, told: int) -> int:
    """Return when a notice ended by a log that tells when the device was to fetch."""
    checks = address_at(w.addresses, job.address).checks_idf and not order.is_uefi
    if checks and job.facts & Fact.CHECK_FIRST:
        told -= w.idf_signature_time
    silence = silence_ends_at(w.now, order.seconds)
    if silence != NEVER:
        told = min(told, silence)
    if order.force_at != NEVER:
        told = min(told, order.force_at)
    return max(told, w.now)


@compiled
def _asks_again(job: Record, state: int) -> bool:
    """Tell whether a line after a notice is of another one, or of the check before it."""
    is_check_first = (job.facts & Fact.CHECK_FIRST) != 0
    return state == State.NOTIFYING or (state == State.CHECKING and is_check_first)


@compiled
def _ends_before_next(w: Record, job: Record, told: int, ends: int) -> tuple[int, int]:
    """Return how a notice ends that another one follows: deferred, or with the power."""
    if tells(w, State.DEFERRED):
        return NEVER, Event.CLICK_DEFER.value
    job.facts |= Fact.DEFERMENT_LEFT
    return told if ends == NEVER else min(ends, told), Event.CLICK_DEFER.value


@compiled
def _ends_before(w: Record, job: Record, order: Record, ends: int, event: int) -> tuple[int, int]:
    """Return how a notice ends of which the log tells only what came some time after."""
    line = seen_at(w.past_lines, job.seen)
    if event == Event.CLICK_DEFER and ends < line.at and not tells(w, State.DEFERRED):
        return ends, event
    if line.state == State.CANCELLED:
        job.facts |= Fact.CAN_CANCEL
        return line.at, Event.CLICK_CANCEL.value
    at = line.at if ends == NEVER else min(ends, line.at)
    clicks = event in (Event.CLICK_DEFER, Event.CLICK_CANCEL)
    agrees = SAYS_AGREED[line.state] and line.detail != Detail.DEFERMENT_LOST
    if line.state == State.CHECKING or not agrees:
        at = line.at
    elif IS_NEXT_PACKAGE[line.state]:
        at = _agreed_by(w, job, order, line.at)
    elif ends == at and not clicks:
        return ends, event
    return at, _start_at(w, order, at)


@compiled
def notice_as_told(w: Record, job: Record, order: Record, ends: int, event: int) -> tuple[int, int]:
    """Return how the log says that a notice ends; whatever the belief, its button was there."""
    if not has_more(job):
        return _click_after_log(w, job, ends, event), event
    line = seen_at(w.past_lines, job.seen)
    if line.state == State.DEFERRED:
        job.facts |= Fact.DEFERMENT_LEFT
        return line.at, Event.CLICK_DEFER.value
    if _asks_again(job, line.state):
        return _ends_before_next(w, job, line.at, ends)
    if not tells(w, State.VERIFY_IDF):
        return _ends_before(w, job, order, ends, event)
    if line.state == State.CANCELLED:
        job.facts |= Fact.CAN_CANCEL
        return line.at, Event.CLICK_CANCEL.value
    if ends != line.at or event in (Event.CLICK_DEFER, Event.CLICK_CANCEL):
        event = _start_at(w, order, line.at)
    return line.at, event


@compiled
def time_until_probed(w: Record, job: Record, needed: int, closes: int) -> int:
    """Return how long a worker is busy with a device, as far as the log tells.

    If it tells nothing before the window closes, the device was put off then.
    """
    if not tells(w, State.CHECKING):
        return needed
    if not has_more(job) and w.now + needed > w.past_until:
        return needed
    comes = seen_at(w.past_lines, job.seen).at if has_more(job) else w.past_until
    if closes != NEVER and closes <= comes:
        return max(needed, closes - w.now)
    if has_more(job):
        return max(comes - w.now, 0)
    return w.past_until - w.now + max(needed, 1)
