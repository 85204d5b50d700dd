"""Why sums are too large: each sentence against the status logs of the runs that it is about."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.experiments.run_spec import RunSpec, played
from fwsim.measures.amounts import shown_rate, shown_share, shown_size
from fwsim.planning.search.search import Search
from fwsim.planning.search.why_sums import most_taken
from fwsim.run import prepare
from tests.planning import small_fleets
from tests.planning.search.test_why_broken import searched, why

NOW = {"now": "100 %", "defer": "0 %", "cancel": "0 %"}
SOME_CANCEL = {"now": "20 %", "defer": "30 %", "cancel": "20 %"}
MINUTE, HOUR, EIGHT = 60_000, 3_600_000, 8
STATES = (State.NOTIFYING, State.DEFERRED)


def told_of(limit, **how):
    """Return the one reason that is told, and the logs of the runs that it is told by."""
    search = searched(limit, **how)
    found = search.run(workers=1)
    [told] = why(found)
    [runs] = found.seen[found.nearest.choice].missing.values()
    order = RunSpec(search.space.rollout(found.nearest.choice), search.seed)
    records = [played(order, run.number) for run in runs]
    logs = [
        pd.DataFrame({name: getattr(record.log, name) for name in ("device", "time", "state")})
        for record in records
    ]
    return told, pd.concat(logs, keys=range(len(logs)), names=["number"]), records


def lines(log, state):
    return (log.state == state).sum()


@pytest.mark.parametrize(
    ("limit", "state", "words"),
    [
        ("cancels: <= 1", State.CANCELLED, "are answered with Cancel."),
        ("deferments: <= 1", State.DEFERRED, "are deferred."),
    ],
)
def test_clicks_are_told_as_a_share_of_the_notices(limit, state, words):
    told, log, _ = told_of(limit, people=SOME_CANCEL, user_can_cancel=True)
    share = shown_share(lines(log, state) / lines(log, State.NOTIFYING))
    assert told == f"Why not {limit}: in runs that miss it, {share} of the notices {words}"


@pytest.mark.parametrize("limit", ["devices prompted in DE/A: <= 3", "prompts in DE/A: <= 3"])
def test_notices_without_reminders_are_told_by_the_devices_that_show_one(limit):
    told, log, records = told_of(limit, people=NOW)
    members = records[0].rollout.fleet.in_unit("DE/A", subordinate_units=True)
    asked = log[(log.state == State.NOTIFYING) & log.device.isin(members)]
    count = round(asked.groupby("number").device.nunique().mean())
    assert told.endswith(
        f"notices come up on {count} of {len(members)} devices that updates are for."
    )


def ran_out(log):
    """Return when notices ran out: the update began just as long after them as they are shown."""
    own = log.sort_values(["number", "device"], kind="stable")
    before = own.groupby(["number", "device"])[["state", "time"]].shift()
    begins = (own.state == State.VERIFY_IDF) & (before.state == State.NOTIFYING)
    lasted = own.time - before.time
    return own.time[begins & lasted.isin([5 * MINUTE, 15 * MINUTE])]


def test_forced_starts_are_told_as_a_share_of_the_notices_and_by_when_they_are():
    """Twelve devices are in the OU; all users are there from eight to sixteen o'clock."""
    limit = "forced starts in DE/A daily 08:00-11:00: <= 0"
    told, log, records = told_of(limit)
    fleet = records[0].rollout.fleet
    log = log[log.device.isin(fleet.in_unit("DE/A", subordinate_units=True))]
    at = ran_out(log)
    at = at[at <= 8 * HOUR]  # their users are there: the clock starts at eight
    notices, runs = lines(log, State.NOTIFYING), len(records)
    within = (at < 3 * HOUR).sum()
    assert f"{shown_share(len(at) / notices)} of the notices run out in front of users" in told
    assert f"a run has {notices / runs:,.1f} notices".replace(".0 ", " ") in told
    part, whole = (f"{n / runs:.1f} starts".replace(".0 ", " ") for n in (within, len(at)))
    assert told.endswith(f"it comes to {part} within these times and to {whole} in all.")


def test_starts_at_force_at_are_not_said_to_come_of_notices_alone():
    told, log, records = told_of("forced starts: <= 0", force_at="2018-08-20 12:00")
    notices, clicks = (lines(log, state) / len(records) for state in STATES)
    assert "or because force_at or a deadline has come" in told
    assert f"a run has {notices:,.1f} notices and {clicks:,.1f} deferments".replace(".0 ", " ") in (
        told
    )


def told_with(change, *limits):
    """Return what is told of plans for thirty devices in `DE` and ten in `FR`."""
    data = small_fleets.thin_line(80).as_data()
    data["fleet"]["units"]["FR"] = {"devices": 10, "installed": "old.idf", "site": "b"}
    data["network"]["sites"] = {name: {"link": "20 Mbit/s"} for name in ("default", "a", "b")}
    data["search"] |= {"limits": [], "turn": {"inform_user": ["5 min", "15 min"]}}
    change(data)
    return why(Search(fwsim.Scenario.model_validate(data), limits=limits).run(workers=1))


def test_user_time_lost_to_an_assignment_that_asks_nobody_is_not_told_by_notices():
    def change(data):
        data["assignments"] = [{"update": "FR", "check_in": {"every": "30 min"}}]

    [told] = told_with(change, "user time lost: <= 1 min")
    assert told.endswith("its runs tell no reason.")


def test_bytes_of_another_command_are_not_told_by_the_devices_of_the_update():
    def change(data):
        data["uefi"] = {"LES v5": {"version": "2", "size": "20 MB"}}
        data["fleet"]["units"]["FR"]["attributes"] = {"Device type": "LES v5", "BIOS": "1"}
        data["commands"].append({"uefi_update": "FR", "inform_user": "5 min"})

    [told] = told_with(change, "WAN bytes: <= 100 MB")
    assert told.endswith("its runs tell no reason.")


def test_bytes_of_devices_that_are_not_successful_are_told_to_be_counted():
    def change(data):
        data["horizon"] = "9 min"
        data["search"]["turn"] = {"inform_user": ["1 min", "2 min"]}

    [told] = told_with(change, "WAN bytes: <= 100 MB")
    assert told.endswith("for each of them, counting what the other devices take.")


def test_lines_that_no_update_crosses_are_not_told_to_let_them():
    [told] = told_with(lambda _: None, "peak repository utilisation: <= 1 %")
    assert "the lines of 2 sites let updates take up to 40.0 Mbit/s at a time" in told


def test_what_is_told_of_all_times_says_so():
    limit = "prompts daily 09:00-09:10: <= 3"
    told, log, _ = told_of(limit)
    asked = log[log.state == State.NOTIFYING]
    again = asked.groupby("number").device.apply(lambda one: one.duplicated().sum()).sum()
    assert f"{shown_share(again / len(asked))} of the notices come up on a device" in told
    assert "deferments a run (at all times); it comes to" in told


def test_bytes_are_told_by_device_and_by_when_they_cross():
    told, log, records = told_of("WAN bytes daily 09:00-10:00: <= 500 MB")
    done = log[log.state == State.SUCCESS].groupby("number").device.nunique().mean()
    loads = pd.concat(pd.DataFrame({"minute": r.load.minute, "size": r.load.size}) for r in records)
    within = loads[(loads.minute >= HOUR) & (loads.minute < 2 * HOUR)]
    part, whole = (some["size"].sum() / len(records) for some in (within, loads))
    assert f"{round(done)} devices are successful, and {shown_size(whole / done)} cross" in told
    assert told.endswith(
        f"it comes to {shown_size(part)} within these times and to {shown_size(whole)} in all."
    )


@pytest.mark.parametrize(
    ("uplink", "link", "rate"), [("30 Mbit/s", "20 Mbit/s", 30), ("1 Gbit/s", "5 Mbit/s", 25)]
)
def test_a_repository_is_told_with_what_it_and_the_lines_take_at_most(uplink, link, rate):
    """Two sites hang on it, one of them by 20 Mbit/s."""
    limit = "peak repository utilisation: <= 1 %"
    told, _, records = told_of(limit, people=NOW, repository=uplink, link=link)
    hours = pd.concat(
        pd.DataFrame({"hour": r.load.minute // HOUR, "size": r.load.size}) for r in records
    )
    fullest = EIGHT + hours.groupby("hour")["size"].sum().idxmax()
    assert f"the repository sends most in the hour from Mon 20 Aug 2018 {fullest:02}:00" in told
    assert f"the lines of 2 sites let updates take up to {rate}.0 Mbit/s at a time" in told
    assert told.endswith(f"and the limit is {shown_rate(limit_of(records) / 100)}.")


def limit_of(records):
    return records[0].rollout.scenario.network.repository.carries


def test_the_line_of_a_hub_bounds_what_its_sites_take_together(scenario):
    """Three sites of 20 Mbit/s, two of them behind a hub of 30 Mbit/s."""
    sites = {name: {"link": "20 Mbit/s"} for name in ("a", "b", "c")}
    hubs = {"h": {"link": "30 Mbit/s", "sites": ["a", "b"]}}
    units = {f"DE/{name}": {"devices": 1, "site": name} for name in sites}
    told = scenario(
        {"subordinate_units": True},
        fleet={"units": {"DE": {"devices": 0}, **units}},
        network={"sites": sites, "hubs": hubs},
    )
    used = np.ones(4, bool)
    assert most_taken(prepare(told), used) == 50_000_000 / 8
    used[1] = False
    assert most_taken(prepare(told), used) == 40_000_000 / 8
