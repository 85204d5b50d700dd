"""What is seen in logs, line by line, where every second is known."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fwsim.fleet.week import read_week
from fwsim.learning.asked import notices_in
from fwsim.learning.counted import fault_tallies, power_tallies, waking
from fwsim.learning.journeys import journeys_of
from fwsim.learning.notices import Ended
from fwsim.learning.presence_clock import PresenceClock
from fwsim.learning.took import (
    installations,
    package_checks,
    restarts,
    starts,
    transfers,
    wake_ups_in_vain,
)
from fwsim.observations.observed import LONG_AGO, What
from fwsim.run import prepare
from fwsim.scenario.load import loads
from tests.learning.lines_seen import NINE, RAN, ROLLOUT, TEXT, journeys, log_of

ALL, NO_DEFER = 7, 5


def only_notice(*rows, **more):
    found = notices_in(journeys(*rows, **more), ROLLOUT)
    if not found:
        return None
    (notices,) = found.values()
    assert len(notices) == 1
    return Ended(int(notices.ended[0])), float(notices.low[0]), float(notices.high[0])


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([(12, What.DEFERRED)], (Ended.DEFER, 12, 12)),
        ([(12, What.CANCELLED)], (Ended.CANCEL, 12, 12)),
        ([(12, What.CHECKING)], (Ended.NOW, 12, 12)),
        ([(12, What.STARTED), (12, What.CHECKING)], (Ended.NOW, 12, 12)),
        ([(60, What.CHECKING)], (Ended.SILENT, 60, 60)),
        ([(60, What.STARTED)], (Ended.SILENT, 60, 60)),
        ([(60, What.RAN_OUT), (60, What.CHECKING)], (Ended.SILENT, 60, 60)),
        ([(12, What.RAN_OUT), (12, What.CHECKING)], (Ended.SILENT, 12, 12)),
        ([(12, What.RAN_OUT, 12_000), (12, What.CHECKING)], (Ended.NOW, 12, 12)),
        ([(60, What.RAN_OUT, 60_000), (60, What.CHECKING)], (Ended.SILENT, 60, 60)),
        ([(12, What.OFF)], (Ended.SILENT, 12, 12)),
        ([(12, What.SUPERSEDED)], (Ended.SILENT, 12, 12)),
    ],
)
def test_how_a_notice_ends(rows, wanted):
    assert only_notice((0, 0, What.ASKED), *((0, *row) for row in rows)) == wanted


def test_a_notice_open_when_the_log_ends_is_cut_there():
    assert only_notice((0, 0, What.ASKED), until=30) == (Ended.SILENT, 30, 30)


def test_what_lasts_longer_than_it_is_shown_tells_nothing():
    assert only_notice((0, 0, What.ASKED), (0, 4000, What.CHECKING)) is None


def test_an_update_that_ends_in_off_may_have_been_a_shutdown():
    rows = [(0, 0, What.ASKED), (0, 12, What.CHECKING), (0, 112, What.DONE), (0, 122, What.OFF)]
    (notices,) = notices_in(journeys(*rows), ROLLOUT).values()
    assert notices.ended.tolist() == [Ended.EITHER]
    assert notices.span.tolist() == [100]
    rows[-1] = (0, 4000, What.OFF)
    (notices,) = notices_in(journeys(*rows), ROLLOUT).values()
    assert notices.ended.tolist() == [Ended.NOW]


@pytest.mark.parametrize("since", [LONG_AGO, NINE - 1_800_000])
def test_what_an_export_shows_under_way_is_so_at_least_since_that_export(since):
    """It is still so at 9:10: it takes ten minutes or more, not the half hour or decades before."""
    log = replace(log_of((0, 0, What.WRITING), until=600), earliest=np.array([since], np.int64))
    spans = installations(journeys_of([log], ROLLOUT)).spans
    assert (spans.low.tolist(), spans.high.tolist()) == ([600_000], [np.inf])


@pytest.mark.parametrize("then", [What.DEFERRED, What.CANCELLED, What.CHECKING])
def test_a_notice_of_a_first_export_tells_nothing(then):
    """Nobody knows since when it stood: neither that it ran out nor how soon somebody clicked."""
    log = log_of((0, 0, What.ASKED), (0, 1800, then), (1, 0, What.OFFERED), (1, 0, What.ASKED))
    since = np.where(log.device.codes == 0, [LONG_AGO, NINE, 0, 0], log.earliest)
    found = notices_in(journeys_of([replace(log, earliest=since)], ROLLOUT), ROLLOUT)
    assert [notices.person.tolist() for notices in found.values()] == [[1]]


def test_time_counts_only_while_somebody_is_there():
    """Asked at 16:59:40; the people leave at 17:00. Eight hours after nine are 17:00."""
    late = 8 * 3600 - 20
    assert only_notice((0, late, What.ASKED), (0, late + 15, What.CANCELLED)) == (
        Ended.CANCEL,
        15,
        15,
    )
    gone = only_notice((0, late, What.ASKED), (0, late + 40, What.CHECKING))
    assert gone == (Ended.SILENT, 20, 20)  # nobody was there to click: a shutdown
    assert only_notice((0, late, What.ASKED), (0, late + 60, What.CHECKING))[1] == 20


def test_a_click_while_nobody_is_there_tells_what_and_not_how_soon():
    gone = 9 * 3600  # the people leave at 17:00
    ended, low, high = only_notice((0, gone, What.ASKED), (0, gone + 12, What.CANCELLED))
    assert (ended, low) == (Ended.CANCEL, 0)
    assert high > 365 * 24 * 3600


def test_minutes_make_waits_that_lie_between():
    found = only_notice((0, 0, What.ASKED), (0, 0, What.DEFERRED), resolution=20_000)
    assert found == (Ended.DEFER, 0, 20)


def test_buttons_go_with_deferments():
    rows = [
        (0, 0, What.ASKED),
        (0, 10, What.DEFERRED, 900_000),
        (0, 910, What.ASKED),
        (0, 920, What.CHECKING),
    ]
    (notices,) = notices_in(journeys(*rows), ROLLOUT).values()
    assert notices.offered.tolist() == [ALL, NO_DEFER]
    rows[2] = (0, 910, What.ASKED, 3)  # the log itself says how many are left
    (notices,) = notices_in(journeys(*rows), ROLLOUT).values()
    assert notices.offered.tolist() == [ALL, ALL]


def test_times_of_an_update():
    rows = [
        (0, 0, What.FETCHING),
        (0, 100, What.FETCHED),
        (0, 103, What.WRITING),
        (0, 113, What.WRITTEN),
        (0, 113, What.RESTARTING),
        (0, 170, What.DONE),
        (1, 50, What.FETCHING),
    ]
    found = journeys(*rows, until=200)
    assert transfers(found).spans.low.tolist() == [100_000, 150_000]
    assert transfers(found).spans.high.tolist() == [100_000, np.inf]
    assert package_checks(found).spans.low.tolist() == [3_000]
    assert installations(found).spans.low.tolist() == [10_000]
    assert restarts(found, ROLLOUT).spans.low.tolist() == [57_000]


def test_the_restart_of_a_device_being_switched_off_is_none():
    rows = [
        (0, 0, What.WRITTEN),
        (0, 0, What.RESTARTING),
        (0, 0, What.DONE),
        (0, 10, What.OFF),
        (1, 0, What.RESTARTING),
        (1, 40, What.FAILED, "power lost during the installation"),
    ]
    assert len(restarts(journeys(*rows), ROLLOUT)) == 0


def with_grace(found, since):
    """Let what is installed from a second after nine on wait half an hour for its restart."""
    begun = round(ROLLOUT.start.timestamp() * 1000)
    force_at = NINE - begun + since * 1000
    orders = (replace(order, grace=30 * 60_000, force_at=force_at) for order in found.orders)
    return replace(found, orders=tuple(orders))


def test_what_waits_for_its_restart_is_not_restarting_yet():
    found = journeys(
        (0, 0, What.WRITTEN),
        (0, 1800, What.WRITTEN),
        (0, 1800, What.RESTARTING),
        (0, 1857, What.DONE),
        (1, 0, What.WRITTEN),
        (1, 1000, What.DONE),  # its user switched it off and on
        (2, 0, What.WRITTEN),
        until=2000,
    )
    assert restarts(with_grace(found, since=0), ROLLOUT).spans.low.tolist() == [57_000]
    assert len(restarts(found, ROLLOUT)) == 3


@pytest.mark.parametrize(("resolution", "seen"), [(1, [40, 50]), (1_000, [39])])
def test_before_the_deadline_what_is_installed_restarts_at_once(resolution, seen):
    found = journeys(
        (0, 0, What.WRITTEN),
        (0, 40, What.DONE),
        (1, 599, What.WRITTEN),
        (1, 649, What.DONE),
        (2, 600, What.WRITTEN),  # waits
        (2, 2400, What.DONE),
        resolution=resolution,
    )
    times = restarts(with_grace(found, since=600), ROLLOUT)
    assert times.spans.low.tolist() == [1_000 * one for one in seen]


def test_the_deadline_is_as_much_later_as_the_log():
    found = journeys(
        (0, 3600, What.CHECKING),  # at its command's time, a day later
        (0, 3700, What.WRITTEN),
        (0, 3740, What.DONE),
        begins=NINE + 24 * 3_600_000,
    )
    assert restarts(with_grace(found, since=4000), ROLLOUT).spans.low.tolist() == [40_000]
    assert not len(restarts(with_grace(found, since=3650), ROLLOUT))


def test_a_log_in_seconds_is_a_second_unsure():
    found = only_notice((0, 0, What.ASKED), (0, 0, What.DEFERRED), resolution=1_000)
    assert found == (Ended.DEFER, 0, 1)
    rows = [(0, 0, What.RESTARTING), (0, 57, What.DONE)]
    assert restarts(journeys(*rows, resolution=1_000), ROLLOUT).spans.low.tolist() == [56_000]
    assert restarts(journeys(*rows, resolution=1_000), ROLLOUT).spans.high.tolist() == [58_000]


def test_a_start_is_from_being_woken_to_contact_and_only_seen_if_waited_for():
    failed = "error: could not be switched on"
    rows = [
        (4, 0, What.OFF),
        (4, 50, What.CHECKING),
        (4, 400, What.DONE),
        (5, 0, What.OFF),
        (5, 240, What.UNREACHED, failed),
        (6, 0, What.CHECKING),
        (6, 90, What.OFF),
        (7, 0, What.OFF),
    ]
    night = NINE + 13 * 3_600_000  # when command 1 comes
    found = journeys(*rows, command=1, until=400, begins=night)
    assert starts(found, ROLLOUT).spans.low.tolist() == [50_000]
    assert starts(found, ROLLOUT).spans.before.tolist() == [300_000]
    assert wake_ups_in_vain(found, ROLLOUT).spans.low.tolist() == [240_000]
    off_before = [(4, -50, What.OFF), (4, 0, What.CHECKING), (4, 400, What.DONE)]
    before = journeys(*off_before, command=1, until=400, begins=night)
    assert not len(starts(before, ROLLOUT))


def test_of_the_finished_alone_times_are_cut_by_when_the_log_ended():
    rows = [(0, 0, What.RESTARTING), (0, 40, What.DONE), (1, 90, What.RESTARTING)]
    found = restarts(journeys(*rows, until=100, only_finished=True), ROLLOUT)
    assert found.spans.low.tolist() == [40_000]
    assert found.spans.before.tolist() == [100_000]


def test_what_a_rollout_before_came_to_counts_in_none_after_it():
    old = -30 * 24 * 3600
    rows = [
        (0, old, What.DONE),
        (1, old, What.FAILED, "transfer failed"),
        (2, 5, What.FETCHING),
        (2, 9, What.FAILED, "transfer failed"),
        (3, 9, What.DONE),
    ]
    assert fault_tallies(journeys(*rows), ROLLOUT)["transfer"].total == (1, 2)
    only_old = fault_tallies(journeys(*rows[:2]), ROLLOUT)  # of another date: all of it is meant
    assert only_old["transfer"].total == (1, 2)


@pytest.mark.parametrize("first", [What.CHECKING, What.FETCHING])
def test_what_began_a_day_earlier_than_planned_counts_beside_what_came_on_the_day(first):
    day = 24 * 3600
    rows = [(at, 5 - day, first) for at in range(4)]
    rows += [(at, 9 - day, What.FAILED, "transfer failed") for at in range(4)]
    assert fault_tallies(journeys(*rows, *RAN), ROLLOUT)["transfer"].total == (4, 5)


def test_a_command_that_began_weeks_earlier_counts_beside_what_came_on_the_day():
    early = -20 * 24 * 3600
    rows = [(at, early, What.CHECKING) for at in range(4)]
    rows += [(at, early + 9, What.FAILED, "transfer failed") for at in range(4)]
    assert fault_tallies(journeys(*rows, *RAN), ROLLOUT)["transfer"].total == (4, 5)


@pytest.mark.parametrize(("order", "passed"), [("before", 2), ("both", 2), ("after", 1)])
def test_who_is_asked_before_the_check_has_not_fetched_the_definition_yet(order, passed):
    rollout = prepare(loads(f"{TEXT}\nassumptions: {{idf_check_order: {order}}}\n"))
    rows = [(0, 5, What.ASKED), (0, 9, What.CANCELLED), (1, 5, What.ASKED), (1, 9, What.DONE)]
    found = fault_tallies(journeys_of([log_of(*rows)], rollout), rollout)
    assert found["idf"].total == (0, passed)


def test_a_delivery_that_is_done_was_fetched_and_not_installed():
    rollout = prepare(loads(TEXT.replace("{update: B, once", "{delivery: B, once")))
    rows = [(4, 5, What.DONE), (5, 9, What.FAILED, "transfer failed")]
    found = fault_tallies(journeys_of([log_of(*rows, command=1)], rollout), rollout)
    assert found["transfer"].total == (1, 2)
    assert found["installation"].total == (0, 0)


def test_wake_up_works_at_a_site_or_not():
    failed = "error: could not be switched on"
    rows = [
        *((device, 0, What.OFF) for device in range(8)),
        *((device, 300, What.UNREACHED, failed) for device in range(4)),
        (4, 300, What.UNREACHED, failed),
        *((device, 90, What.CHECKING) for device in range(5, 7)),
        (7, 90, What.UNREACHED, "rejected: busy with another command"),
    ]
    found = waking(journeys(*rows, command=1), ROLLOUT)
    assert found.sites.total == (1, 2)
    assert found.devices.total == (3, 4)
    assert [ROLLOUT.fleet.site.values[site] for site in found.in_vain] == ["North"]


def test_power_habits_show_at_night():
    night = NINE + 13 * 3_600_000
    rows = [
        (4, 0, What.CHECKING),
        (5, 0, What.UNREACHED, "skipped: shown as switched off"),
        (6, 0, What.UNREACHED, "error: shown as switched on, connection timed out"),
        (7, 0, What.UNREACHED, "skipped: shown as switched off"),
    ]
    found = power_tallies(journeys(*rows, command=1, begins=night), ROLLOUT)
    assert found["default", "left_on"].total == (1, 4)
    assert found["default", "unreported"].total == (1, 3)
    by_day = power_tallies(journeys(*rows, command=1), ROLLOUT)
    assert ("default", "left_on") not in by_day


@pytest.mark.parametrize(
    ("since", "night"), [(LONG_AGO, False), (3 * 3_600_000, False), (13 * 3_600_000, True)]
)
def test_what_exports_show_is_at_night_if_all_the_time_since_the_one_before_is(since, night):
    """The first shows it at 23:00; the one before is of noon, or of 22:00, or there is none."""
    log = log_of((4, 50_400, What.CHECKING), command=1)
    log = replace(log, earliest=np.array([since and NINE + since], np.int64))
    found = power_tallies(journeys_of([log], ROLLOUT), ROLLOUT)
    assert (("default", "left_on") in found) is night


def test_the_clock_of_presence_stands_still_out_of_hours():
    week = read_week("mon-fri 08:00-17:00")
    hour = 3_600_000
    clock = PresenceClock(week, ZoneInfo("UTC"), NINE, NINE + 48 * hour)
    begun = clock.read(np.array([NINE]))[0]
    later = NINE + np.array([1, 8, 20, 23, 24]) * hour
    assert ((clock.read(later) - begun) / hour).tolist() == [1, 8, 8, 8, 9]
