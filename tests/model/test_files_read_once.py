"""What the files that a scenario names said when it was made ready is what is played and told."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import fwsim
from fwsim.problems import InputError
from fwsim.run import prepare

SCENARIO = """
zone: Europe/Berlin
start: 2024-04-30 20:00
horizon: 3 d
idf: n.idf
fleet: {inventory: d.csv}
power: {default: {on: always}}
scheduler: jobs.ini
windows: {times: mon-sun 08:00-23:00, holidays: {file: off.ics}}
commands: [{update: {list: macs.txt}, once: 2024-05-01 09:00}]
notifications: [{update: {list: told.txt}}]
draws: drawn.csv
network: {sites: {default: {link: 10 Mbit/s}}}
replications: 3
"""
MACS = [f"02005E0000{number:02}" for number in range(8)]
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//none//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20240501
SUMMARY:off
END:VEVENT
END:VCALENDAR
"""
FILES = {
    "s.yaml": SCENARIO,
    "n.idf": "name: n.idf\npackages: [{name: a, size: 50 MB}]\n",
    "d.csv": "Name;MAC Address;OU\n" + "".join(f"D{m[-2:]};{m};DE\n" for m in MACS),
    "jobs.ini": "[Job1]\nType=1\nSchedule=*-*-* 21:00\n",
    "off.ics": CALENDAR,
    "macs.txt": "\n".join(MACS[:6]),
    "told.txt": "\n".join(MACS[6:]),
    "drawn.csv": "network.sites.default.link\n10 Mbit/s\n8 Mbit/s\n12 Mbit/s\n",
}
CLOCKS = ("compiled", "simpy")


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "here"
    place.mkdir()
    for name, text in FILES.items():
        (place / name).write_text(text)
    return place


def told(answer):
    return [dict(run.values) for run in answer.replications], answer.provenance["scenario_sha256"]


@pytest.mark.parametrize("engine", CLOCKS)
def test_what_was_checked_is_played_whatever_becomes_of_the_files(folder, engine):
    wanted = told(fwsim.Experiment(folder / "s.yaml").run(3, workers=1, engine=engine))
    experiment = fwsim.Experiment(folder / "s.yaml")
    (folder / "macs.txt").write_text(MACS[0])
    assert told(experiment.run(3, workers=1, engine=engine)) == wanted
    assert told(fwsim.Experiment(folder / "s.yaml").run(3, workers=1))[1] != wanted[1]
    shutil.rmtree(folder)
    assert told(experiment.run(3, workers=1, engine=engine)) == wanted
    travelled = pickle.loads(pickle.dumps(experiment.rollout))  # noqa: S301 - its own
    assert told(fwsim.Experiment(travelled).run(3, workers=1, engine=engine)) == wanted


def test_runs_are_played_where_there_are_no_files(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    experiment = fwsim.Experiment("here/s.yaml")
    wanted = told(experiment.run(3, workers=1))
    shutil.rmtree(folder)
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawned, initializer=os.chdir, initargs=("/",)) as pool:
        assert told(experiment.run(3, executor=pool)) == wanted


def test_worlds_that_lay_the_fleet_anew_need_its_list_no_more(folder):
    doubted = "assumptions: {device_rate: {between: [5 Mbit/s, 20 Mbit/s]}}\n"
    text = SCENARIO.replace("draws: drawn.csv\n", doubted)
    (folder / "s.yaml").write_text(text)
    experiment = fwsim.Experiment(folder / "s.yaml")
    shutil.rmtree(folder)
    assert experiment.run(2, workers=1).replications[0].targeted == len(MACS)


@pytest.mark.parametrize("gone", sorted(FILES.keys() - {"s.yaml"}))
def test_a_file_that_is_not_there_is_told_with_its_folder(folder, monkeypatch, gone):
    monkeypatch.chdir(folder.parent)
    scenario = fwsim.load("here/s.yaml")
    (folder / gone).unlink()
    with pytest.raises(InputError, match=f"{gone}: error: .*no such file in here") as refused:
        prepare(scenario)
    assert str(folder) not in str(refused.value)
    monkeypatch.chdir("/")
    with pytest.raises(InputError, match=f"no such file in {folder}"):
        prepare(scenario)


def test_a_scenario_keeps_its_folder_wherever_the_program_goes(folder, monkeypatch):
    elsewhere = folder.parent / "there" / "here"
    elsewhere.mkdir(parents=True)
    for name, text in FILES.items():
        (elsewhere / name).write_text(text)
    (elsewhere / "macs.txt").write_text(MACS[0])
    monkeypatch.chdir(folder.parent)
    made = (
        fwsim.load("here/s.yaml"),
        fwsim.loads(SCENARIO, folder="here"),
        fwsim.load(folder / "s.yaml"),
    )
    wanted = fwsim.simulate(made[0])
    assert made[0] == made[1] == made[2]
    monkeypatch.chdir(folder.parent / "there")
    assert made[0] != fwsim.load("here/s.yaml")
    for one in made:
        again = fwsim.simulate(one)
        assert again.headline == wanted.headline
        assert again.provenance == wanted.provenance


def test_no_path_of_a_machine_is_told(folder, tmp_path):
    answer = fwsim.Experiment(folder / "s.yaml").run(3, workers=1)
    fwsim.save_answer(answer, tmp_path / "out")
    for file in (tmp_path / "out").rglob("*"):
        assert str(folder).encode() not in file.read_bytes()
    assert str(folder) not in fwsim.dumps(fwsim.load(folder / "s.yaml"))


def test_files_are_read_at_most_once_a_scenario_made_ready(folder, monkeypatch):
    from fwsim.scenario import files_beside

    read = []

    def noted(path: Path, *how, **more):
        read.append(path.name)
        return real(path, *how, **more)

    real = files_beside.read_bytes
    scenario = fwsim.load(folder / "s.yaml")
    monkeypatch.setattr(files_beside, "read_bytes", noted)
    fwsim.Experiment(scenario).run(3, workers=1, engine="simpy")
    assert sorted(read) == sorted(FILES.keys() - {"s.yaml"})
