"""How much memory a run takes, said beforehand, and what is refused for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import fwsim
from fwsim.compiled import coupling, free_memory, growing_tables, model, shelf, tables
from fwsim.compiled import footprint as footprint_of
from fwsim.compiled.footprint import footprint
from fwsim.compiled.model import inventory_of
from fwsim.problems import InputError
from fwsim.run import prepare

DAILY = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "at": "12:00"}
PLAIN = {
    "zone": "UTC",
    "start": "2024-01-01 08:00",
    "horizon": "3 d",
    "image": {"name": "n.idf", "packages": [{"name": "a", "size": "5 MB"}]},
    "fleet": {"units": {"DE": {"devices": 100_000, "installed": "o.idf"}}},
    "commands": [{"update": "DE"}],
}
OFFICE = PLAIN | {
    "image": {"name": "n.idf", "packages": [{"name": "a", "size": "120 MB"}]},
    "fleet": {
        "units": {
            "DE/*": {
                "devices": 100,
                "sites": 500,
                "installed": "o.idf",
                "people": "office",
                "power": "office",
            }
        }
    },
    "network": {
        "repository": {"uplink": "40 Gbit/s", "connections": 20_000},
        "sites": {"default": {"link": "50 Mbit/s"}},
    },
    "people": {
        "office": {
            "present": "mon-fri 08:00-17:30",
            "answer": {"now": "40 %", "defer": "50 %", "cancel": "2 %"},
        }
    },
    "power": {"office": {"on": "mon-fri 07:30-18:00", "jitter": "20 min", "left_on": "35 %"}},
    "firmware": {"reminder": {"deferments": 2, "delays": ["30 min", "2 h"]}},
    "commands": [
        {
            "update": "DE",
            "subordinate_units": True,
            "inform_user": "5 min",
            "once": "2024-01-01 10:00",
        }
    ],
    "assumptions": {"dispatch_workers": 200},
}
FEW = {"DE": {"devices": 10_000, "installed": "n.idf"}}
SHAPES = {
    "one update": PLAIN,
    "daily": PLAIN
    | {"horizon": "60 d", "fleet": {"units": FEW}, "commands": [{"update": "DE", "every": DAILY}]},
    "offices": OFFICE,
    "slow lines": PLAIN
    | {
        "horizon": "20 d",
        "network": {"sites": {"default": {"link": "1 Mbit/s"}}},
        "image": {"name": "n.idf", "packages": [{"name": "a", "size": "120 MB"}]},
        "fleet": {"units": {"DE/*": {"devices": 20, "sites": 1000, "installed": "o.idf"}}},
        "commands": [{"update": "DE", "subordinate_units": True}],
    },
    "checks at start": PLAIN
    | {
        "horizon": "60 d",
        "commands": [],
        "power": OFFICE["power"],
        "firmware": {"new_version": {"at_start": True}},
        "fleet": {"units": {"DE": FEW["DE"] | {"power": "office"}}},
    },
    "offices, a hundred days": OFFICE
    | {
        "horizon": "100 d",
        "fleet": {"units": {"DE/*": OFFICE["fleet"]["units"]["DE/*"] | {"devices": 20}}},
        "commands": [
            {"update": "DE", "subordinate_units": True, "inform_user": "5 min", "every": DAILY}
        ],
    },
}
MEASURE = """
    import gc, json, sys
    import fwsim
    from fwsim.model.chances import Chances
    from fwsim.compiled.footprint import footprint
    from fwsim.compiled.machine_code import machine_code
    from fwsim.compiled.model import inventory_of, play
    from fwsim.model.draws import Draws
    from fwsim.run import prepare
    def status(key):
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith(key))
    rollout = prepare(fwsim.Scenario.model_validate(json.loads(sys.stdin.read())))
    said = footprint(inventory_of(rollout), rollout.horizon)
    machine_code()
    gc.collect()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew
    before = status("VmRSS")
    outcome = play(rollout, Draws(rollout, Chances(1)))
    print(json.dumps([said.least, said.likely, status("VmHWM") - before]))
"""


def prepared(data):
    return prepare(fwsim.Scenario.model_validate(data))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measures as Linux does")
@pytest.mark.parametrize(
    "shape", ["daily", *(pytest.param(name, marks=pytest.mark.slow) for name in SHAPES)]
)
def test_the_estimate_is_right_within_a_factor_of_two(shape):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEASURE)],
        input=json.dumps(SHAPES[shape]),
        check=True,
        capture_output=True,
        text=True,
    )
    least, likely, measured = json.loads(done.stdout)
    assert least <= measured
    assert measured / 2 <= likely <= 2 * measured


def test_parts_whose_log_nobody_asks_for_take_less(monkeypatch):
    monkeypatch.setattr(coupling, "FEWEST_DEVICES", 1)
    monkeypatch.setattr(coupling, "DEVICES_OF_A_PART", 1)
    rollout = prepared(in_parts(devices=2, sites=100))
    inventory = inventory_of(rollout)
    kept, forgotten = (
        footprint(inventory, rollout.horizon, keeps_log=keeps).likely for keeps in (True, False)
    )
    assert forgotten < kept


def in_parts(devices, sites):
    return {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "1 MB"}]},
        "fleet": {"units": {"DE/*": {"devices": devices, "sites": sites, "installed": "old.idf"}}},
        "network": {
            "repository": {"uplink": "1 Gbit/s", "connections": 1000},
            "sites": {"default": {"link": "10 Mbit/s"}},
        },
        "commands": [{"update": "DE", "subordinate_units": True}],
    }


def test_large_sites_take_the_rows_of_as_many_as_are_played_at_the_same_time(monkeypatch):
    monkeypatch.setattr(coupling, "FEWEST_DEVICES", 1)
    monkeypatch.setattr(coupling, "DEVICES_OF_A_PART", 1)
    monkeypatch.setattr("fwsim.compiled.footprint.cpu_count", lambda: 2)
    small, large = (
        footprint(inventory_of(rollout), rollout.horizon, keeps_log=False).likely
        for rollout in (prepared(in_parts(2, 100)), prepared(in_parts(100, 2)))
    )
    assert large - small > 2 * 98 * (tables.JOB.itemsize + tables.DEVICE.itemsize)


def test_scattered_devices_share_the_rows_and_the_luck_of_all(monkeypatch, tmp_path):
    monkeypatch.setattr(coupling, "FEWEST_DEVICES", 1)
    monkeypatch.setattr(coupling, "DEVICES_OF_A_PART", 1)
    sites, each = 20, 50
    needed = []
    for site_of in (lambda n: n // each, lambda n: n % sites):  # one after the other, in turns
        rows = (f"D{n},{n:012X},DE,S{site_of(n):02d},old.idf" for n in range(sites * each))
        text = "\n".join(["Name,MAC address,OU,Site,IDF", *rows])
        (tmp_path / "devices.csv").write_text(text)
        data = in_parts(1, 1) | {"fleet": {"inventory": str(tmp_path / "devices.csv")}}
        rollout = prepared(data)
        needed.append(footprint(inventory_of(rollout), rollout.horizon).likely)
    side_by_side, in_turns = needed
    least = 8 * footprint_of.ROWS_OF_LUCK + tables.DEVICE.itemsize
    assert in_turns - side_by_side >= sites * each * least


def test_only_runs_that_come_before_the_end_count():
    rollout = prepared(SHAPES["daily"])  # an inventory does not keep it
    inventory = inventory_of(rollout)
    day = 86_400_000
    found = [footprint(inventory, days * day).updates for days in (0, 1, 10, 60)]
    assert found == [0, 10_000, 100_000, 600_000]


def test_what_cannot_fit_is_refused_with_a_number_before_it_begins(monkeypatch):
    rollout = prepared(SHAPES["daily"])
    monkeypatch.setattr(shelf, "free_memory", lambda: 100_000_000)
    monkeypatch.setattr(model, "MachineRun", None)
    with pytest.raises(InputError) as refused:
        fwsim.run.play_once(rollout, 1, 0)
    said = str(refused.value)
    assert said.startswith("memory: error: a run needs about 0.3 GB of memory for 600,000 updates")
    assert "0.1 GB are free" in said


def test_what_may_fit_is_tried(monkeypatch):
    rollout = prepared(PLAIN | {"fleet": {"units": FEW}})
    needed = footprint(inventory_of(rollout), rollout.horizon)
    monkeypatch.setattr(shelf, "free_memory", lambda: needed.least)
    assert len(fwsim.run.play_once(rollout, 1, 0).log) > 0


def test_where_the_system_does_not_tell_it_is_tried(monkeypatch):
    monkeypatch.setattr(shelf, "free_memory", lambda: None)
    assert len(fwsim.run.play_once(prepared(PLAIN | {"fleet": {"units": FEW}}), 1, 0).log) > 0


def test_a_table_that_would_not_fit_is_not_made(monkeypatch):
    """Many a system hands out memory that it does not have, and ends the process later."""
    monkeypatch.setattr(growing_tables, "LARGE", 1000)
    monkeypatch.setattr(shelf, "free_memory", lambda: 50_000)
    said = r"memory ran out .* hours after the start of the rollout, with [\d,]+ updates of"
    with pytest.raises(MemoryError, match=said) as fault:
        fwsim.run.play_once(
            prepared(
                PLAIN | {"fleet": {"units": FEW}, "commands": [{"update": "DE", "every": DAILY}]}
            ),
            1,
            0,
        )
    assert "GB are free" in str(fault.value)


def test_an_experiment_keeps_the_runs_that_were_done(monkeypatch):
    experiment = fwsim.Experiment(prepared(PLAIN | {"fleet": {"units": FEW}}).scenario)
    played = model.MachineRun.play
    left = [3]

    def short_of_memory(world):
        if not left[0]:
            raise MemoryError("memory ran out")
        left[0] -= 1
        played(world)

    monkeypatch.setattr(model.MachineRun, "play", short_of_memory)
    with pytest.warns(RuntimeWarning, match="memory ran out"):
        answer = experiment.run(10, workers=1)
    assert (answer.runs, answer.interrupted) == (3, True)
    with pytest.raises(MemoryError):
        experiment.run(10, workers=1)


# What is free


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Return a function that lays out what the system tells of its memory."""
    monkeypatch.setattr(free_memory, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(free_memory, "_CGROUP", tmp_path / "cgroup")

    def lay_out(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return free_memory.free_memory()

    return lay_out


MEMINFO = {"proc/meminfo": "MemTotal: 9000 kB\nMemAvailable: 4000 kB\nSwapFree: 96 kB\n"}


def test_the_machine_tells_what_is_available(machine):
    assert machine(MEMINFO) == 4096 * 1024


def test_the_narrowest_group_counts(machine):
    groups = {
        "proc/self/cgroup": "0::/user/job\n",
        "cgroup/user/job/memory.max": "max\n",
        "cgroup/user/job/memory.current": "70\n",
        "cgroup/user/memory.max": "3000000\n",
        "cgroup/user/memory.current": "1000000\n",
        "cgroup/user/memory.stat": "anon 5\ninactive_file 400000\n",
    }
    assert machine(MEMINFO | groups) == 2_400_000


def test_a_container_of_the_first_kind_counts(machine):
    groups = {
        "proc/self/cgroup": "5:cpu,memory:/docker\n3:pids:/docker\n",
        "cgroup/memory/docker/memory.limit_in_bytes": "2000000\n",
        "cgroup/memory/docker/memory.usage_in_bytes": "1500000\n",
    }
    assert machine(MEMINFO | groups) == 500_000


@pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux tells them")
@pytest.mark.parametrize("limit", ["v", "d"])
def test_a_limit_of_the_process_counts(limit):
    code = "from fwsim.compiled.free_memory import free_memory; print(free_memory())"
    command = f"ulimit -{limit} 2000000; exec {sys.executable} -c '{code}'"
    done = subprocess.run(
        ["/bin/sh", "-c", command], check=True, capture_output=True, text=True, env={**os.environ}
    )
    assert 0 < int(done.stdout) < 2_000_000 * 1024
