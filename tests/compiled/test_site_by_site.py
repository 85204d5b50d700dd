"""A large fleet played site by site: the log, the loads and the measures of the whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.compiled import coupling, part_tables, site_by_site, tally_tables, world_tables
from fwsim.compiled.machine_run import MachineRun
from fwsim.compiled.model import inventory_of
from fwsim.messages.catalogue import say
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.model.played import Played
from fwsim.results.output.console import print_summary
from fwsim.results.run.measuring import usual_measures
from fwsim.results.run.replication import measured
from fwsim.results.run.tallied import wanted_of, weeks_of
from fwsim.run import count_once, play_once, prepare
from tests.compiled.random_rollouts import rollouts_apart
from tests.compiled.side_by_side import assert_alike
from tests.compiled.test_tally import assert_counted_alike, assert_same
from tests.compiled.test_two_clocks import UNTIL
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length

WITH_FIXTURES = settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def whole(rollout, seed=0, **given):
    """Return a run of a fleet that is too small to be divided."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coupling, "FEWEST_DEVICES", 1 << 40)
        return play_once(rollout, seed, 0, **given)


def plays_alike(data, until=None):
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    seed = data.get("seed", 0)
    assert_alike(
        whole(rollout, seed, until=until), divided := play_once(rollout, seed, 0, until=until)
    )
    return divided.played


@pytest.mark.usefixtures("apart")
@WITH_FIXTURES
@given(rollouts_apart(), UNTIL)
def test_site_by_site_the_log_is_that_of_the_whole(data, until):
    plays_alike(data, until)


@pytest.mark.usefixtures("apart", "tight", "interpreted")
@settings(WITH_FIXTURES, max_examples=3)
@given(rollouts_apart(), UNTIL)
def test_interpreted_too_though_every_row_moves_a_table(data, until):
    plays_alike(data, until)


@pytest.mark.usefixtures("apart")
@at_length(rollouts_apart(), UNTIL, share=0.5)
def test_thousands_of_fleets_play_alike_site_by_site(data, until):
    plays_alike(data, until)


def is_counted_alike(data, until=None):
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    assert_counted_alike(rollout, data.get("seed", 0), until=until)


@pytest.mark.usefixtures("apart")
@WITH_FIXTURES
@given(rollouts_apart(), UNTIL)
def test_part_by_part_measures_are_those_of_the_log(data, until):
    is_counted_alike(data, until)


@pytest.mark.usefixtures("apart", "tight", "interpreted")
@settings(WITH_FIXTURES, max_examples=3)
@given(rollouts_apart(), UNTIL)
def test_interpreted_too_parts_are_counted_alike(data, until):
    is_counted_alike(data, until)


@pytest.mark.usefixtures("apart")
@at_length(rollouts_apart(), UNTIL, share=0.5)
def test_thousands_of_fleets_are_counted_alike_part_by_part(data, until):
    is_counted_alike(data, until)


def fleet(**changes):
    data = {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "1 d",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "40 MB"}]},
        "firmware": {"reminder": {"deferments": 2, "delays": ["15 min"]}},
        "fleet": {"units": {"DE/*": {"devices": 6, "sites": 8, "installed": "old.idf"}}},
        "network": {
            "repository": {"uplink": "1 Gbit/s", "connections": 1000},
            "sites": {"default": {"link": "10 Mbit/s", "busy": {"mon 11:00-12:00": "80 %"}}},
        },
        "people": {"default": {"answer": {"now": "40 %", "defer": "60 %"}}},
        "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
    }
    return data | changes


REPOSITORY = {"uplink": "1 Gbit/s", "connections": 1000}
SITES = {"default": {"link": "10 Mbit/s"}}
UPDATE = {"update": "DE", "subordinate_units": True}


@pytest.mark.parametrize(
    ("changes", "played"),
    [
        ({}, Played.SITE_BY_SITE),
        ({"scheduler": "evening.ini"}, Played.OWN_STARTS),
        ({"notifications": [UPDATE]}, Played.OWN_STARTS),
        ({"firmware": {"proxy": {"type": "dynamic"}}}, Played.PROXIES),
        (
            {"commands": [{"update": {"group": "IDF name = old.idf"}}]},
            Played.DEPENDING_TARGETS,
        ),
        (
            {"commands": [UPDATE, UPDATE | {"once": "2018-08-20 18:00"}]},
            Played.SEVERAL_COMMANDS,
        ),
        (
            {"network": {"repository": REPOSITORY | {"connections": 47}, "sites": SITES}},
            Played.CONNECTIONS,
        ),
        (
            {"network": {"repository": REPOSITORY | {"uplink": "79 Mbit/s"}, "sites": SITES}},
            Played.REPOSITORY,
        ),
        (
            {"network": {"repository": REPOSITORY | {"uplink": "80 Mbit/s"}, "sites": SITES}},
            Played.SITE_BY_SITE,
        ),
        (
            {"outages": [{"start": "2018-08-20 11:10", "end": "2018-08-20 11:20"}]},
            Played.REPOSITORY,
        ),
        (
            {"fleet": {"units": {"DE": {"devices": 9, "installed": "old.idf"}}}},
            Played.ONE_SITE,
        ),
        ({"assumptions": {"boot_time": "0 s", "halt_time": "0 s"}}, Played.SITE_BY_SITE),
    ],
)
@pytest.mark.usefixtures("apart")
def test_a_fleet_is_divided_where_nothing_joins_its_sites(changes, played):
    assert plays_alike(fleet(**changes)) is played


@pytest.mark.usefixtures("apart")
def test_what_happens_out_of_turn_in_a_millisecond_is_played_as_a_whole():
    """Woken devices that start in no time report in the millisecond of the wake-up."""
    power = {"default": {"on": "mon-fri 17:00-18:00"}}
    assumptions = {"boot_time": "0 s", "wake_up_devices": "100 %", "wake_up_sites": "100 %"}
    assert plays_alike(fleet(power=power, assumptions=assumptions)) is Played.AT_ONCE


def divided(data):
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    return coupling.division_of(inventory_of(rollout), rollout.horizon, has_past=False)


@pytest.mark.usefixtures("apart")
def test_sites_under_one_hub_stay_together():
    hubs = {"South": {"link": "20 Mbit/s", "sites": ["DE/2", "DE/5"]}}
    network = fleet()["network"] | {"hubs": hubs}
    parts = divided(fleet(network=network)).parts
    assert [(part.first, part.behind) for part in parts] == [(0, 1), (1, 5), (5, 6), (6, 7), (7, 8)]
    assert plays_alike(fleet(network=network)) is Played.SITE_BY_SITE


def test_a_part_has_as_many_devices_as_fit_the_cache(monkeypatch, apart):
    monkeypatch.setattr(coupling, "DEVICES_OF_A_PART", 15)
    assert [part.devices for part in divided(fleet()).parts] == [18, 18, 12]


@pytest.mark.usefixtures("apart")
def test_measures_are_counted_as_in_the_whole():
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    asked = usual_measures(rollout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coupling, "FEWEST_DEVICES", 1 << 40)
        before = measured(count_once(rollout, 3, 0, weeks_of(asked)), 0, ())
    assert_same(before, measured(count_once(rollout, 3, 0, weeks_of(asked)), 0, ()))


@pytest.mark.usefixtures("apart")
def test_devices_of_a_part_may_lie_anywhere_in_the_list(tmp_path):
    rows = [f"PC{n:02};DE;Site {n % 5};old.idf" for n in range(40)]
    (tmp_path / "list.csv").write_text("\n".join(["Name;OU;Site;IDF name", *rows]) + "\n")
    data = fleet(fleet={"inventory": "list.csv"})
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(tmp_path))
    assert rollout.fleet.site.codes[:6].tolist() == [0, 1, 2, 3, 4, 0]
    assert_counted_alike(rollout, 7)


@pytest.mark.usefixtures("apart")
def test_devices_have_rows_only_in_the_part_that_is_played():
    run = counted_run(prepare(fwsim.Scenario.model_validate(fleet())))
    assert [len(run._tables.arrays[name]) for name in ("devices", "jobs", "log")] == [1, 1, 1]


@pytest.mark.usefixtures("apart")
def test_parts_whose_devices_lie_far_apart_share_the_rows_of_the_fleet(monkeypatch):
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    before = counted_run(rollout).tally()
    monkeypatch.setattr(part_tables, "SCATTERED", 0)
    run = counted_run(rollout)
    assert len(run._tables.arrays["devices"]) >= 48
    assert_same(before, run.tally())


def test_a_large_log_is_counted_in_memory_that_only_the_clock_needed(monkeypatch):
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    before = counted_run(rollout).tally()
    monkeypatch.setattr(world_tables, "LARGE", 1)
    for _ in range(2):  # the second run finds its jobs empty
        run = counted_run(rollout)
        assert_same(before, run.tally())
        mine = [run._tables.arrays[name] for name in ("events", "jobs")]
        counted = [*run._counting._tallies[0].arrays.values()]
        assert any(np.may_share_memory(*two) for two in product(mine, counted))
        run.close()


def test_more_lines_than_have_a_place_in_the_order_are_refused(monkeypatch):
    run = counted_run(prepare(fwsim.Scenario.model_validate(fleet())))
    monkeypatch.setattr(tally_tables, "MOST_LINES", 100)
    with pytest.raises(MemoryError, match=r"lines of status log are more than can be counted"):
        run.tally()
    run.close()


def counted_run(rollout, tail=None):
    wanted = wanted_of(rollout, weeks_of(usual_measures(rollout)))
    if tail is not None:
        wanted = replace(wanted, tail=tail)
    draws = Draws(rollout, Chances(3))
    run = MachineRun(inventory_of(rollout), draws, rollout.horizon, wanted=wanted)
    run.play()
    return run


@pytest.mark.usefixtures("apart")
def test_where_nobody_asks_for_a_log_none_is_kept():
    run = counted_run(prepare(fwsim.Scenario.model_validate(fleet())))
    with pytest.raises(ValueError, match="counted part by part"):
        run.log()
    assert_same(run.tally(), run.tally())


@pytest.mark.parametrize("cores", [1, 3])
@pytest.mark.parametrize("tail", [0.0, 0.1, 0.5, 1.0])
def test_the_last_are_found_in_parts_as_in_the_whole(tail, cores, monkeypatch):
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    in_the_whole = counted_run(rollout, tail).tally()
    assert in_the_whole.successful > 20
    monkeypatch.setattr(coupling, "FEWEST_DEVICES", 1)
    monkeypatch.setattr(coupling, "DEVICES_OF_A_PART", 1)
    monkeypatch.setattr(site_by_site, "cpu_count", lambda: cores)
    monkeypatch.setattr(tally_tables, "AT_A_TIME", 4)
    assert_same(in_the_whole, counted_run(rollout, tail).tally())


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("after", [0, 1, 500, 5000])
def test_a_run_may_stop_before_the_dispatcher_is_done_with_anybody(after):
    data = fleet()
    first = prepare(fwsim.Scenario.model_validate(data)).runs[0].at
    plays_alike(data, until=first + after)
    is_counted_alike(data, until=first + after)


def test_a_small_fleet_is_played_as_a_whole_and_says_nothing():
    assert play_once(prepare(fwsim.Scenario.model_validate(fleet())), 0, 0).played is None


@pytest.mark.usefixtures("apart")
def test_the_summary_says_how_a_large_fleet_was_played(capsys):
    result = fwsim.simulate(fwsim.Scenario.model_validate(fleet()))
    assert result.provenance["played"] == "site_by_site"
    print_summary(result)
    assert say("played.site_by_site")[:30] in capsys.readouterr().out


class Failing(MachineRun):
    """A run in which the n-th row of luck cannot be drawn."""

    def __init__(self, rollout, left, fault):
        super().__init__(inventory_of(rollout), Draws(rollout, Chances(3)), rollout.horizon)
        self.left, self.fault = left, fault

    def _number_of(self, purpose, draw):
        self.left -= 1
        if self.left <= 0:  # threads count at the same time
            raise self.fault("no luck")
        return super()._number_of(purpose, draw)


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError])
def test_a_fault_in_one_part_ends_all(fault, monkeypatch):
    monkeypatch.setattr(site_by_site, "cpu_count", lambda: 3)
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    for left in range(1, 9):
        with pytest.raises(fault, match="no luck"):
            Failing(rollout, left, fault).play()


@pytest.mark.usefixtures("apart")
def test_memory_that_runs_out_in_a_part_says_how_far_the_run_has_come():
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    for left in range(1, 9):
        with pytest.raises(MemoryError, match=r"memory ran out .* updates of devices begun"):
            Failing(rollout, left, MemoryError).play()


@pytest.mark.usefixtures("apart")
def test_parts_that_cannot_be_merged_are_not_played_to_the_end(monkeypatch):
    played = []
    play = site_by_site.PartRun.play

    def one_out_of_turn(run, *given):
        played.append(given[1])
        return play(run, *given) and len(played) < 3

    monkeypatch.setattr(site_by_site, "cpu_count", lambda: 1)
    monkeypatch.setattr(site_by_site.PartRun, "play", one_out_of_turn)
    assert plays_alike(fleet()) is Played.AT_ONCE
    assert played == [0, 1, 2]


@pytest.mark.usefixtures("apart")
def test_a_cut_line_breaks_no_download_at_another_site():
    """DE/2 stands still twice, less than its patience each time; DE/1 is cut in between."""
    cuts = [("DE/2", "05:00", "08:00"), ("DE/1", "07:00", "07:30"), ("DE/2", "11:00", "15:00")]
    outages = [
        {"site": site, "start": f"2018-08-20 11:{start}", "end": f"2018-08-20 11:{end}"}
        for site, start, end in cuts
    ]
    data = fleet(
        outages=outages,
        fleet={"units": {"DE/*": {"devices": 4, "sites": 3, "installed": "old.idf"}}},
        network={"repository": REPOSITORY, "sites": {"default": {"link": "1 Mbit/s"}}},
        assumptions={"transfer_patience": "5 min"},
        commands=[UPDATE],
    )
    assert plays_alike(data) is Played.SITE_BY_SITE
    log = play_once(prepare(fwsim.Scenario.model_validate(data)), 0, 0).log
    assert np.count_nonzero(log.state == State.SUCCESS) == 12


@pytest.mark.usefixtures("apart")
def test_progress_is_told_of_all_parts_together(monkeypatch):
    told = []
    monkeypatch.setattr(site_by_site, "cpu_count", lambda: 1)
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    run = MachineRun(
        inventory_of(rollout),
        Draws(rollout, Chances(3)),
        rollout.horizon,
        lambda *numbers: told.append(numbers),
    )
    run._tables.set(report_at=20)
    run.play()
    assert len(told) > 8  # the dispatcher, each part, and the end
    assert told[0][0] == 0
    for column in (0, 2):
        numbers = [each[column] for each in told]
        assert numbers == sorted(numbers)
    assert told[-1][:2] == (48, 48)


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_processors_changes_nothing(threads, monkeypatch):
    monkeypatch.setattr(site_by_site, "cpu_count", lambda: threads)
    rollout = prepare(fwsim.Scenario.model_validate(fleet()))
    record = play_once(rollout, 0, 0)
    assert_alike(whole(rollout), record)
    assert np.count_nonzero(record.log.state == State.SUCCESS) == 48
