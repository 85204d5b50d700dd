"""The loop: the next event, and whom it is for."""

from __future__ import annotations

from fwsim.commands.lifecycle import Event
from fwsim.compiled.codes import EVENTS_BETWEEN_REPORTS, Ask, Due
from fwsim.compiled.machine import (
    apart,
    image_check,
    installation,
    interruptions,
    job,
    network,
    providers,
    proxy,
    proxy_load,
    server,
    sharing,
    signatures,
    standing,
    starters,
    told,
    transfer,
    web_downloads,
)
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.clock import free_event, put_event, take_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.network import ends_at
from fwsim.compiled.machine.rows import (
    busy_at,
    device_at,
    event_at,
    job_at,
    order_at,
    outage_at,
    scheduled_at,
    site_at,
)
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.rollout import REPOSITORY


@unit
def _fault_timer(w: Record, what: int, number: int, extra: int) -> None:
    if what == Due.NOT_WOKEN:
        job.not_woken(w, number)
    elif what == Due.WRITE_FAILS:
        job.step(w, number, Event.WRITE_ERROR.value, extra)
    elif what == Due.WAIT_OVER:
        job.wait_over(w, number, extra)


@unit
def _job_timer(w: Record, what: int, number: int, extra: int) -> None:
    if what == Due.IDF_FETCHED:
        image_check.idf_fetched(w, number)
    elif what == Due.WRITTEN:
        installation.written(w, number)
    elif what == Due.PACKAGES_VERIFIED:
        signatures.packages_verified(w, number)
    elif what == Due.RESTARTED:
        installation.restarted(w, number)
    elif what == Due.NOTICE_ENDS:
        interruptions.notice_ends(w, number, extra)
    elif what == Due.REMINDED:
        interruptions.reminded(w, number)
    elif what == Due.IDF_VERIFIED:
        signatures.idf_verified(w, number)
    elif what == Due.SWITCHED_OFF:
        job.switched_off(w, number)
    else:
        _fault_timer(w, what, number, extra)


@unit
def _device_timer(w: Record, what: int, number: int, epoch: int) -> None:
    device = device_at(w.devices, number)
    if what == Due.SWITCHED:
        if device.switch_epoch == epoch:
            devices.switched(w, number)
    elif what == Due.REPORTS:
        if device.contact_epoch == epoch:
            devices.reports(w, number)
    elif device.power_epoch == epoch:
        if what == Due.LOSES_POWER:
            devices.loses_power(w, number)
        else:
            devices.gets_power_back(w, number)


@unit
def _busy_hours(w: Record, number: int, step: int) -> None:
    """Change the rate of links with the same day when their busy hours begin and end."""
    busy = busy_at(w.busy, number)
    rate = whole_at(w.busy_rate, busy.first + step)
    for i in range(busy.lines):
        line = whole_at(w.busy_lines, busy.first_line + i)
        if line >= w.sites_count:
            sharing.set_hub_rate(w, line - w.sites_count, rate, w.now)
            continue
        site_at(w.sites, line).rate_now = rate
        if ends_at(w, line, w.now) == NOT_CUT:
            sharing.set_site_rate(w, line, rate, w.now)
    network.reset_timer(w)
    if rate == 0:
        network.watch_downloads(w, REPOSITORY)
    if step + 1 < busy.count:
        _put_busy_hours(w, number, step + 1)


@compiled
def _put_busy_hours(w: Record, number: int, step: int) -> None:
    at = whole_at(w.busy_at, busy_at(w.busy, number).first + step)
    put_event(w, at, EventRank.CAPACITY, number, Due.BUSY_HOURS, number, 0, step)


@compiled
def _cut(w: Record, number: int) -> None:
    """Cut a line; what stands still too long meanwhile breaks."""
    outage = outage_at(w.outages, number)
    network.set_rate(w, outage.site, 0)
    network.watch_downloads(w, outage.site)
    index = w.busy_count + number
    put_event(w, outage.end, EventRank.CAPACITY, index, Due.CUT_ENDS, number, 0, 0)


@compiled
def _cut_ends(w: Record, number: int) -> None:
    """Bring a line back, unless another outage holds it."""
    outage = outage_at(w.outages, number)
    if ends_at(w, outage.site, outage.end) == NOT_CUT:
        if outage.site == REPOSITORY:
            network.set_rate(w, outage.site, w.uplink_rate)
        else:
            network.set_rate(w, outage.site, site_at(w.sites, outage.site).rate_now)


@unit
def _completions(w: Record) -> None:
    """Tell the downloads that are in, one after the other; then the next ones connect."""
    for number in range(w.completed_count):
        download = whole_at(w.completed, number)
        if w.turns != 0:
            apart.take_turn_within(w, network.device_of(w, download))
        if download >= 0:
            transfer.transferred(w, download)
        else:
            web_downloads.web_is_in(w, download)
    transfer.connect_waiting(w)
    network.reset_timer(w)


@compiled
def _standstill(w: Record, download: int) -> None:
    """Break a download off that has stood still for longer than its patience."""
    if not network.has_stood_still(w, download, w.now - w.patience):
        return
    carried = transfer.abort(w, download)
    if download >= 0:
        transfer.transfer_breaks(w, download, carried)
    else:
        proxy.web_breaks(w, download, carried)


@unit
def _proxy_timer(w: Record, what: int, number: int, epoch: int, extra: int) -> None:
    if what == Due.SERVED:
        if job_at(w.jobs, number).request_epoch == epoch:
            proxy.served(w, extra, number)
    elif what == Due.LOOK_FOR_CONSUMERS:
        providers.look_for_consumers(w, number)


@unit
def _line_timer(w: Record, what: int, number: int, epoch: int, extra: int) -> None:
    if what == Due.COMPLETIONS:
        if epoch == w.timer_epoch:
            network.collect(w)
            _completions(w)
    elif what == Due.STANDSTILL:
        _standstill(w, number)
    elif what == Due.METER:
        network.meter_is_due(w)
    elif what == Due.BUSY_HOURS:
        _busy_hours(w, number, extra)
    elif what == Due.CUT:
        _cut(w, number)
    elif what == Due.CUT_ENDS:
        _cut_ends(w, number)
    elif what == Due.SET_UP:
        network.is_set_up(w, number, extra)
    else:
        _proxy_timer(w, what, number, epoch, extra)


@unit
def _standing_timer(w: Record, what: int, who: int, extra: int) -> None:
    if what == Due.ASSIGNS:
        standing.assign(w, who)
    elif what == Due.CHECKS_IN:
        standing.checks_in(w, extra)
    elif what == Due.MAY_TAKE:
        standing.may_take(w, extra)
    elif what == Due.STANDS_IN_LINE:
        server.put_in_line(w, who)
    elif what == Due.HANDED_OVER:
        apart.go_on(w, who, extra)
    else:
        server.hand_out_one(w, who)


@unit
def _told_timer(w: Record, what: int, who: int, extra: int) -> None:
    if what == Due.TOLD:
        told.line_is_due(w, who, extra)
    elif what == Due.LET_GO:
        transfer.let_go(w, who)
    elif what == Due.STARTS_AS_TOLD:
        starters.start_as_told(w, who)
    elif what == Due.STEPS_AGAIN:
        job.step_again(w, who, extra)
    elif what == Due.CONNECTS:
        transfer.connect_waiting(w)
    else:
        _standing_timer(w, what, who, extra)


@unit
def _handle(w: Record, what: int, who: int, epoch: int, extra: int) -> None:
    if what <= Due.WAIT_OVER:
        if job_at(w.jobs, who).epoch == epoch:
            _job_timer(w, what, who, extra)
    elif what <= Due.GETS_POWER_BACK:
        _device_timer(w, what, who, epoch)
    elif what == Due.RUN:
        server.run_is_due(w, who)
    elif what == Due.HAND_OUT:
        server.hand_out(w, who, extra)
    elif what == Due.DISPATCHED:
        server.dispatched(w, who)
    elif what == Due.COMES_ROUND:
        starters.comes_round(w, who, extra)
    elif what == Due.JOB_IS_DUE:
        starters.job_is_due(w, who, extra, epoch)
    elif what >= Due.TOLD:
        _told_timer(w, what, who, extra)
    else:
        _line_timer(w, what, who, epoch, extra)


@unit
def _wake_workers(w: Record) -> None:
    """Let as many workers go on as have been handed something."""
    while w.woken_count > 0:  # it may grow meanwhile
        w.woken_count -= 1
        server.work(w)


@unit
def begin(w: Record) -> None:
    """Put what is known beforehand on the clock of a new world."""
    for number in range(0 if w.hands_over else w.devices_count):
        device = device_at(w.devices, number)
        if device.starts_by_itself:
            device.starts_by_itself = False
            devices.watch(w, number)
    job.end_if_idle(w)
    put_event(w, w.end, EventRank.HORIZON, 0, Due.HORIZON, 0, 0, 0)
    if w.hands_over == 0:
        _put_lines(w)
    for number in range(w.runs_to_come):
        put_event(
            w, order_at(w.orders, number).at, EventRank.COMMAND, number, Due.RUN, number, 0, 0
        )
    w.idle_count = w.workers
    if w.has_past:
        put_event(w, w.past_until + 1, EventRank.NETWORK, 0, Due.CONNECTS, 0, 0, 0)
    if w.has_starters:
        _put_starts(w)


@unit
def _put_lines(w: Record) -> None:
    """Put on the clock what happens to lines: busy hours and outages."""
    for number in range(w.busy_count):
        _put_busy_hours(w, number, 0)
    for number in range(w.outages_count):
        at = outage_at(w.outages, number).start
        put_event(w, at, EventRank.CAPACITY, w.busy_count + number, Due.CUT, number, 0, 0)


@unit
def begin_part(w: Record) -> None:
    """Put on the clock of a part of a fleet what is known beforehand, and who is handed over."""
    put_event(w, w.end, EventRank.HORIZON, 0, Due.HORIZON, 0, 0, 0)
    _put_lines(w)
    apart.put_handed_over(w)


@unit
def _put_starts(w: Record) -> None:
    """Put on the clock what devices start by themselves."""
    for number in range(w.scheduled_count):
        if scheduled_at(w.scheduled, number).firings > 0:
            starters.put_round(w, number, 0)
    for number in range(w.assignments_count):
        standing.put_assignment(w, number)
    if w.has_past:
        starters.put_starts_as_told(w)


@unit
def run(w: Record) -> None:
    """Play a world to its end."""
    while w.over == 0 and w.stopped == 0:
        number = take_event(w)
        event = event_at(w.events, number)
        if w.turns != 0:
            apart.take_turn(w, event)
        w.now = event.at
        what, who, epoch, extra = event.what, event.who, event.epoch, event.extra
        free_event(w, number)
        if what == Due.HORIZON:
            w.over = 1
        else:
            _handle(w, what, who, epoch, extra)
            if w.woken_count > 0:
                _wake_workers(w)
        w.happened += 1
        if w.happened >= w.report_at:
            w.report_at += EVENTS_BETWEEN_REPORTS
            ask(w, Ask.REPORT, 0, 0)
    if w.stopped == 0:
        network.note_load(w)
        proxy_load.note_under_way(w)
