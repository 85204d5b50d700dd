"""Products as presets: data with sources, and one rollout under each."""

from __future__ import annotations

import json

import pytest

import fwsim
from fwsim.commands.notice import NEVER
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.model.assignments import assigned_of
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.planning.products import MEASURES, chosen, prepared_under, replay, under
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.products import FOLDER, ORDER, products

DATA = {
    "name": "Small",
    "zone": "Europe/Berlin",
    "start": "2018-08-20 08:00",
    "horizon": "2 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "40 MB"}]},
    "fleet": {"units": {"DE/*": {"devices": 3, "sites": 2, "installed": "old.idf"}}},
    "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
}


def rollout(**changes):
    return prepare(fwsim.Scenario.model_validate(DATA | changes))


def test_every_file_of_the_folder_is_a_product_and_in_order():
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted(ORDER)
    assert [*products()] == [*ORDER]
    assert len(ORDER) == 9


def test_every_number_has_a_mark_and_a_source():
    for product in products().values():
        assert all(number.mark in "SHMA" and number.source for number in product.numbers)
        assert product.says
        assert product.status


@pytest.mark.parametrize("label", ORDER)
def test_each_product_makes_a_scenario_that_holds_together(label):
    scenario = under(rollout(), products()[label])
    assert prepare(scenario).scenario == fwsim.Scenario.model_validate(scenario.as_data())
    assert bool(scenario.commands) == (products()[label].trigger == "command")
    assert bool(scenario.assignments) != bool(scenario.commands)


def test_numbers_of_a_preset_reach_the_scenario():
    made = {label: under(rollout(), products()[label]) for label in ORDER}
    check_ins = {
        label: scenario.assignments[0].check_in.every // 60_000
        for label, scenario in made.items()
        if scenario.assignments
    }
    assert check_ins["hawkbit"] == 5
    assert check_ins["mender"] == 30
    assert made["configuration-manager"].assignments[0].grace == 90 * 60_000
    told = made["hp-device-manager"].assignments[0].check_in.told
    assert (told.devices, told.each) == (20, 60_000)
    assert made["hp-device-manager"].firmware.reminder.deferments == 3
    assert made["nudge"].assignments[0].inform_user == 0
    assert made["mender"].assignments[0].resume.waits() == (60_000,) * 10
    assert made["configuration-manager"].assignments[0].resume.waits()[0] == 600_000
    assert made["hawkbit"].assignments[0].resume.times == 0


def test_every_product_says_what_becomes_of_a_broken_download():
    assert all(one.number("resume.times") is not None for one in products().values())


def test_windows_of_the_scenario_hold_under_every_product():
    windows = {"times": "daily 19:00-23:00"}
    for product in products().values():
        scenario = under(rollout(windows=windows), product)
        own = scenario.windows or scenario.assignments[0].windows
        assert own.times.text == "daily 19:00-23:00"
    assert (
        under(rollout(windows=windows), products()["configuration-manager"])
        .assignments[0]
        .windows.run_time
        == 60 * 60_000
    )


def test_aws_notifies_a_thousand_devices_a_minute():
    units = {"DE/*": {"devices": 100, "sites": 35, "installed": "old.idf"}}
    scenario = under(rollout(fleet={"units": units}), products()["aws-iot-jobs"])
    (assigned,) = assigned_of(prepare(scenario)).assignments
    ((firsts, _),) = assigned_of(prepare(scenario)).first_check_ins(
        Draws(prepare(scenario), Chances(1))
    )
    assert firsts.tolist() == [assigned.at + 60 * number for number in range(3500)]


def test_a_task_of_hp_waits_for_a_device_that_is_off_but_not_for_ever():
    power = {"default": {"on": "tue 08:00-18:00"}}
    command = {"update": "DE", "subordinate_units": True, "only_switched_on": True}
    command = command | {"once": "2018-08-20 09:00"}
    late = rollout(power=power, commands=[command])
    (hp,) = replay(late, ["hp-device-manager"], replications=2)
    (scout,) = replay(late, ["scout"], replications=2)
    assert hp.answer.values(Measure(Kind.SUCCESSFUL)) == [1.0, 1.0]
    assert scout.answer.values(Measure(Kind.SUCCESSFUL)) == [0.0, 0.0]
    assert (
        prepare(hp.scenario).milliseconds_of(hp.scenario.assignments[0].expires) == 25 * 3_600_000
    )


def test_all_products_meet_the_same_fleet_and_scout_plays_the_scenario_itself():
    found = replay(rollout(), ["mender", "scout"], replications=2)
    assert [one.label for one in found] == ["scout", "mender"]
    assert {run.targeted for one in found for run in one.answer.replications} == {6}
    as_it_stands = fwsim.Experiment(rollout(), measures=MEASURES).run(2)
    for measure in MEASURES:
        assert found[0].answer.values(measure) == as_it_stands.values(measure)


def test_an_unknown_product_is_refused_with_the_nearest_one():
    with pytest.raises(InputError, match="did you mean 'mender'"):
        chosen(["mendr"])
    assert chosen("mender") == chosen(["mender"]) == ["mender"]


def test_without_an_update_there_is_nothing_to_replay():
    with pytest.raises(InputError, match="no update is commanded"):
        under(
            rollout(commands=[{"delivery": "DE", "subordinate_units": True}]), products()["scout"]
        )


@pytest.mark.slow
def test_what_the_command_prints_as_json_has_every_number(tmp_path):
    from click.testing import CliRunner

    from fwsim.cli import main

    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(DATA))
    arguments = ["products", str(path), "--only", "hawkbit", "--replications", "2", "--json"]
    shown = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out"), "--quiet"])
    assert shown.exit_code == 0, shown.output
    data = json.loads(shown.stdout)
    (one,) = data["products"]
    assert {*one["measures"]} == {measure.name for measure in MEASURES}
    assert one["numbers"][0]["mark"] == "H"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"products.csv", "products.json", "products.png"} <= names


def test_of_two_equal_times_every_product_begins_when_the_command_does():
    twice = {
        "start": "2026-10-25 00:30",
        "horizon": "1 d",
        "commands": [DATA["commands"][0] | {"once": "2026-10-25 02:10"}],
        "assumptions": {"doubled_hour": "second"},
    }
    made = rollout(**twice)
    begins = made.runs[0].at
    for product in products().values():
        ready = prepared_under(made, under(made, product))
        assert {run.at for run in ready.runs} <= {begins}
        for one in assigned_of(ready).assignments:
            assert one.at == begins
            assert one.deadline == NEVER or one.deadline >= begins


def test_a_command_sent_now_begins_at_the_start_though_commands_mean_the_second_of_equal_times():
    start = {"start": "2026-10-25 02:10", "assumptions": {"doubled_hour": "second"}}
    made = prepare(under(rollout(**start), products()["scout"]))
    assert [run.at for run in made.runs] == [0]
