"""A fleet played site by site: the dispatcher first, then the sites, a part of them at a time.

The dispatcher notes when it is done with each device instead of letting it go on; the parts begin
from there, each with a clock of its own. Every line of their logs keeps its turn: the rank of the
event that wrote it among those at the same millisecond, and where one event tells of several
devices, their order in it. So the logs of all parts can be merged into that of the whole fleet.

The dispatcher keeps neither devices nor jobs: what has become of them until it is done follows from
their luck, so it is worked out whenever the dispatcher looks at one, and once more when its part
begins. Only parts that are played have rows of them.
"""

from __future__ import annotations

from fwsim.commands.lifecycle import Event
from fwsim.compiled import tables
from fwsim.compiled.codes import Due
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.acceptance import probed
from fwsim.compiled.machine.clock import BITS_OF_INDEX, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import begin, end_if_idle, step
from fwsim.compiled.machine.memory import Record, fetch_ahead, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    copy_device,
    copy_job,
    device_at,
    handed_at,
    index_at,
    job_at,
    line_at,
    order_at,
    segment_at,
    waiting_at,
)

BITS_WITHIN_EVENT = 35
"""More devices than can be told apart in an event's rank."""

LINE_SIZE, TURN_SIZE = tables.LINE.itemsize, 8
LINES_AHEAD = 4
_MOST_INDEX = (1 << BITS_OF_INDEX) - 1


@compiled
def take_turn(w: Record, event: Record) -> None:
    """Note which event happens now.

    One that comes after a later one of its millisecond was set off by that; in the whole fleet
    others might have come between.
    """
    if event.at == w.now and event.rank < w.turn >> BITS_WITHIN_EVENT:
        w.is_out_of_turn = 1
    w.turn = event.rank << BITS_WITHIN_EVENT


@compiled
def take_turn_within(w: Record, place: int) -> None:
    """Note that an event tells of a device now, of several in the order of their places."""
    w.turn = ((w.turn >> BITS_WITHIN_EVENT) << BITS_WITHIN_EVENT) | (place + 1)


@compiled
def wait(w: Record, number: int, device: int, order: int) -> None:
    """Note whom a new job is about, and have room for both as long as they are looked at."""
    waiting = waiting_at(w.waiting, number)
    waiting.device, waiting.order, waiting.to_do = device, order, NOBODY
    w.devices = w.devices_from - device * w.device_step
    w.jobs = w.jobs_from - number * w.job_step
    _lay_out(w, number, device)


@compiled
def _lay_out(w: Record, number: int, device: int) -> None:
    """Have a device as it is before the story, and an empty job."""
    copy_device(w.devices, device, w.kinds_of_devices, index_at(w.kind_of, device).number)
    device_at(w.devices, device).image = index_at(w.image_of, device).number
    copy_job(w.jobs, number, w.blank_job, 0)


@compiled
def kind_of_waiting(w: Record, number: int) -> Record:
    """Return what the device of a job is like before the story."""
    device = waiting_at(w.waiting, number).device
    return device_at(w.kinds_of_devices, index_at(w.kind_of, device).number)


@unit
def _come_to_dispatcher(w: Record, number: int, device: int, order: int) -> None:
    """Bring a job and its device to where the job waits for the dispatcher; its line is written."""
    _lay_out(w, number, device)
    begin(w, number, device, order, order_at(w.orders, order).at)
    count = w.log_count
    step(w, number, Event.DUE.value, 0)
    w.log_count = count


@unit
def look_at(w: Record, number: int) -> None:
    """Have a job that waits and its device as they are before the switch is turned again."""
    waiting = waiting_at(w.waiting, number)
    w.devices = w.devices_from - waiting.device * w.device_step
    w.jobs = w.jobs_from - number * w.job_step
    _come_to_dispatcher(w, number, waiting.device, waiting.order)


@unit
def hand_over(w: Record, number: int, answers: bool) -> None:
    """Note that the dispatcher is done with a device."""
    row = handed_at(w.handed, w.handed_count)
    row.at, row.rank = w.now, w.turn >> BITS_WITHIN_EVENT
    job = job_at(w.jobs, number)
    row.device, row.order, row.turn, row.answers = job.device, job.order, w.handed_count, answers
    w.handed_count += 1
    w.done += 1
    end_if_idle(w)


@unit
def put_handed_over(w: Record) -> None:
    """Put the devices of a part on its clock, each when the dispatcher is done with it."""
    for i in range(w.first_handed, w.behind_handed):
        row = handed_at(w.handed, i)
        moment, index = row.rank >> BITS_OF_INDEX, (row.rank & _MOST_INDEX) - 1
        extra = 2 * row.turn + row.answers
        number = i - w.first_handed
        _come_to_dispatcher(w, number, row.device, row.order)
        put_event(w, row.at, moment, index, Due.HANDED_OVER, number, 0, extra)
    w.jobs_count = w.behind_handed - w.first_handed


@compiled
def go_on(w: Record, number: int, extra: int) -> None:
    """Let a device go on after the dispatcher."""
    take_turn_within(w, extra >> 1)
    devices.catch_up(w, job_at(w.jobs, number).device)
    probed(w, number, extra & 1 != 0)


# Merging the logs


@compiled
def _is_before(a: Record, b: Record, number_a: int, number_b: int) -> bool:
    if a.at != b.at:
        return a.at < b.at
    if a.turn != b.turn:
        return a.turn < b.turn
    return number_a < number_b


@compiled
def _is_segment_before(w: Record, a: int, b: int) -> bool:
    return _is_before(segment_at(w.segments, a), segment_at(w.segments, b), a, b)


@compiled
def _look_at_line(segment: Record) -> None:
    """Note when the next line of a segment was written, and bring those after it near."""
    fetch_ahead(segment.log + (segment.next + LINES_AHEAD) * LINE_SIZE)
    fetch_ahead(segment.turns + (segment.next + 2 * LINES_AHEAD) * TURN_SIZE)
    segment.at = line_at(segment.log, segment.next).at
    segment.turn = whole_at(segment.turns, segment.next)


@unit
def _sift_down(w: Record, place: int, count: int) -> None:
    """Let a segment sink to where its next line belongs."""
    number = whole_at(w.segment_heap, place)
    while 2 * place + 1 < count:
        child = 2 * place + 1
        lower = whole_at(w.segment_heap, child)
        if child + 1 < count:
            other = whole_at(w.segment_heap, child + 1)
            if _is_segment_before(w, other, lower):
                child, lower = child + 1, other
        if not _is_segment_before(w, lower, number):
            break
        put_whole(w.segment_heap, place, lower)
        place = child
    put_whole(w.segment_heap, place, number)


@compiled
def _copy(to: Record, line: Record) -> None:
    to.at, to.amount, to.device, to.run = line.at, line.amount, line.device, line.run
    to.state, to.detail = line.state, line.detail


@unit
def merge(w: Record) -> None:
    """Merge segments of logs, each in order, into one; none of them is empty."""
    count = w.segments_count
    for number in range(count):
        _look_at_line(segment_at(w.segments, number))
        put_whole(w.segment_heap, number, number)
    for place in range(count // 2 - 1, -1, -1):
        _sift_down(w, place, count)
    while count > 0:
        segment = segment_at(w.segments, whole_at(w.segment_heap, 0))
        _copy(line_at(w.log, w.log_count), line_at(segment.log, segment.next))
        w.log_count += 1
        segment.next += 1
        if segment.next < segment.behind:
            _look_at_line(segment)
        else:
            count -= 1
            put_whole(w.segment_heap, 0, whole_at(w.segment_heap, count))
        _sift_down(w, 0, count)
