"""What random scenarios hardly come to: both clocks, and the twin as plain Python, agree there too.

Each story names functions of the twin that it must come through.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.compiled.interpreted.clock import interpreted_machine
from fwsim.engine import Engine
from fwsim.run import play_once, prepare
from tests.compiled.side_by_side import assert_alike, both
from tests.conftest import merged

BASE: dict[str, Any] = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",
    "horizon": "1 d",
    "image": {
        "name": "new.idf",
        "packages": [{"name": "a", "size": "40 MB"}, {"name": "b", "size": "20 MB"}],
    },
    "fleet": {"units": {"DE": {"devices": 6, "installed": "old.idf", "site": "near"}}},
    "network": {"sites": {"default": {"link": "2 Mbit/s"}, "near": {"link": "2 Mbit/s"}}},
    "commands": [{"update": "DE"}],
    "assumptions": {"install_spread": 1.0},
}
DATA = Path(__file__).parent / "data"
DYNAMIC = {"proxy": {"type": "dynamic"}}


def at(*times: str, **options: Any) -> list[dict[str, Any]]:
    return [{"update": "DE", "once": f"2018-08-20 {time}"} | options for time in times]


def cut(start: str, end: str) -> list[dict[str, Any]]:
    return [{"start": f"2018-08-20 {start}", "end": f"2018-08-20 {end}", "site": "near"}]


def powerless(**changes: Any) -> dict[str, Any]:
    """Return a story in which power is lost every few minutes, and stays away for long."""
    return merged(
        {
            "power": {"default": {"mean_time_between_losses": "6 min"}},
            "commands": at("11:00", "11:25", "11:45", "12:00", "12:25", "12:45", "13:00", "13:25"),
            "assumptions": {
                "outage": "40 min",
                "wake_timeout": "15 min",
                "boot_time": "4 min",
                "wake_up_sites": "100 %",
                "bricked": "0 %",
            },
        },
        changes,
    )


def synchronised(reminder: dict[str, Any]) -> dict[str, Any]:
    """Return a story in which devices load another reminder while their users are asked."""
    return {
        "people": {"default": {"present": "always", "answer": {"defer": "100 %"}}},
        "firmware": {"reminder": {"deferments": 2, "delays": ["15 min", "30 min"]}},
        "changes": [{"at": "2018-08-20 12:04", "firmware": {"reminder": reminder}}],
        "scheduler": "missed.ini",
        "power": {"default": {"on": "always"}},
        "commands": at("12:02", inform_user="40 min"),
        "horizon": "8 h",
    }


STORIES: dict[str, tuple[dict[str, Any], str]] = {
    "the providers fetch stands still for too long": (
        {
            "firmware": DYNAMIC,
            "outages": cut("11:03", "12:00"),
            "assumptions": {"transfer_patience": "30 s"},
        },
        "proxy._comes_to_nothing proxy._break_if_waiting",
    ),
    "the provider has no room for a package": (
        {
            "firmware": DYNAMIC,
            "fleet": {"units": {"DE": {"flash": "4 GB"}}},
            "assumptions": {"system_partition": "3.3 GB", "other_partitions": "0.67 GB"},
        },
        "proxy.is_in proxy._break_if_waiting",
    ),
    "an empty package is asked of a proxy": (
        {
            "firmware": DYNAMIC,
            "image": {"packages": [{"name": "a", "size": "0 MB"}, {"name": "b", "size": "9 MB"}]},
        },
        "proxy._finish",
    ),
    "without a provider a device fetches itself and stands still": (
        {
            "firmware": DYNAMIC,
            "outages": cut("11:02", "12:00"),
            "fleet": {"units": {"DE": {"flash": "2 GB"}}},
            "assumptions": {"transfer_patience": "30 s", "system_partition": "1.7 GB"},
        },
        "proxy._fetch_from_web proxy.web_breaks",
    ),
    "consumers come and go and turn to another provider": (
        powerless(firmware=DYNAMIC, assumptions={"outage": "3 min", "provider_slots": 1}),
        "proxy.provider_gone wanted.drop_download proxy.stop_all",
    ),
    "a fixed provider is away when it is asked": (
        powerless(
            firmware={"proxy": {"type": "static", "device": "DE/DE-1"}},
            assumptions={"outage": "3 min", "provider_slots": 2},
        ),
        "providers.find_provider proxy.provider_gone",
    ),
    "a device fetches for others and for itself": (
        {
            "firmware": {"proxy": {"type": "static", "device": "DE/A/A-1"}},
            "fleet": {
                "units": {"DE": {"devices": 3}, "DE/A": {"devices": 1, "installed": "old.idf"}}
            },
            "commands": [{"delivery": "DE/A"}, {"update": "DE"}],
        },
        "network._free_number network.drop_flow",
    ),
    "commands come while power is away": (
        powerless(),
        "jobs_of_device.leave_earlier jobs_of_device.jobs_of acceptance._is_barred",
    ),
    "a device that is bricked gets another command": (
        powerless(
            assumptions={"bricked": "100 %", "install_rate": "100 kB/s"},
            network={"sites": {"near": {"link": "50 Mbit/s"}}},
        ),
        "jobs_of_device.has_bricked_job device.gets_power_back",
    ),
    "a command comes while a device restarts a second time": (
        powerless(
            assumptions={"restart_time": "12 min", "boot_time": "8 min", "outage": "3 min"},
            network={"sites": {"near": {"link": "50 Mbit/s"}}},
            commands=at(*(f"11:{minute:02}" for minute in range(0, 60, 2))),
        ),
        "acceptance._is_barred jobs_of_device.leave_earlier",
    ),
    "power is lost while a device goes off": (
        powerless(
            power={"default": {"on": "mon 11:00-11:20"}},
            network={"sites": {"near": {"link": "50 Mbit/s"}}},
            commands=at("11:15", "11:25", "11:45"),
            assumptions={"halt_time": "20 min", "outage": "10 min"},
        ),
        "device.gets_power_back interruptions.lost_power",
    ),
    "the line is cut when a device is back from its restart": (
        {
            "outages": cut("11:04", "12:00") + cut("11:20", "12:30"),
            "network": {"sites": {"near": {"link": "100 Mbit/s"}}},
            "assumptions": {"restart_time": "5 min"},
        },
        "installation.restarted network.line_is_back",
    ),
    "a device is looked for while it starts": (
        {
            "power": {"default": {"on": "mon 11:04-20:00"}},
            "commands": at("11:05"),
            "assumptions": {"boot_time": "5 min"},
        },
        "device._watch_all device.reports",
    ),
    "the firmware of a device is updated twice": (
        {
            "uefi": {"LES v5": {"version": "1.12"}},
            "fleet": {"units": {"DE": {"attributes": {"Device type": "LES v5", "BIOS": "1.08"}}}},
            "commands": [
                {"uefi_update": "DE", "once": f"2018-08-20 {time}"} for time in ("11:00", "13:00")
            ],
        },
        "image_check._uefi_check image_check.is_modified",
    ),
    "deferments of two images are counted apart": (
        {
            "people": {"default": {"answer": {"defer": "100 %"}}},
            "firmware": {"reminder": {"deferments": 2, "delays": ["15 min"]}},
            "changes": [{"at": "2018-08-20 13:00", "firmware": {"image_file": "other.idf"}}],
            "power": {"default": {"on": "daily 08:00-13:10"}},
            "commands": [
                *at("11:00", "14:00", inform_user="5 min"),
                {"update": "DE", "inform_user": "5 min", "once": "2018-08-21 09:00"},
            ],
            "assumptions": {"defer_counter_scope": "idf", "idf_check_order": "after"},
        },
        "asking._counter asking.count_deferment",
    ),
    "a device loads that nobody defers while its user is asked": (
        synchronised({"deferments": 0}),
        "asking._look_up_reminder asking.defer",
    ),
    "a device loads other delays while its user is asked": (
        synchronised({"deferments": 3, "delays": ["1 h", "2 h", "4 h"]}),
        "asking._look_up_reminder asking.defer",
    ),
    "a later notification is evaluated first": (
        {
            "commands": [],
            "power": {"default": {"on": "daily 10:00-14:00"}},
            "horizon": "3 d",
            "notifications": [
                {"update": "DE", "set": f"2018-08-{day} 12:00"} for day in ("22", "20", "21")
            ],
        },
        "starters._take_notification",
    ),
    "a device checks at more starts than are kept ready": (
        {
            "commands": [],
            "horizon": "80 d",
            "fleet": {"units": {"DE": {"devices": 1, "installed": "new.idf"}}},
            "power": {"default": {"on": "daily 10:00-14:00"}},
            "firmware": {"new_version": {"at_start": True}},
        },
        "starters._order_of_check",
    ),
    "an answer takes several days of presence": (
        {
            "horizon": "5 d",
            "commands": at("11:00", inform_user="until answered"),
            "people": {
                "default": {
                    "present": "mon-fri 11:00-11:10",
                    "answer": {"now": "100 %", "after": "25 min"},
                }
            },
        },
        "switch.after_presence",
    ),
    "a job that was missed restarts the device, and the next one must wait": (
        {
            "commands": [],
            "scheduler": "missed.ini",
            "start": "2018-08-20 09:00",
            "power": {"default": {"on": "daily 11:00-20:00"}},
        },
        "starters._run starters._make_up_one starters._note_missed",
    ),
    "a consumer asks while the provider installs": (
        {
            "firmware": DYNAMIC,
            "commands": [*at("11:00"), {"update": "DE/B", "once": "2018-08-20 11:12"}],
            "fleet": {"units": {"DE/B": {"devices": 2, "installed": "old.idf", "site": "near"}}},
            "assumptions": {"install_rate": "50 kB/s", "provider_patience": "10 s"},
        },
        "providers.find_provider wanted.drop_download",
    ),
    "a consumer asks while the provider installs, called in vain meanwhile": (
        {
            "firmware": DYNAMIC | {"reminder": {"deferments": 1, "delays": ["15 min"]}},
            "people": {"default": {"answer": {"defer": "100 %", "after": "1 s"}}},
            "commands": [
                {"update": "DE", "inform_user": "1 min", "once": "2018-08-20 11:00"},
                *at("11:05"),
                {"update": "DE/B", "once": "2018-08-20 11:33"},
            ],
            "outages": cut("11:04", "11:06"),
            "fleet": {"units": {"DE/B": {"devices": 2, "installed": "old.idf", "site": "near"}}},
            "assumptions": {
                "install_rate": "50 kB/s",
                "provider_patience": "10 s",
                "wake_timeout": "2 h",
            },
        },
        "providers.find_provider wanted.drop_download",
    ),
    "a command wakes devices whose users have deferred another": (
        {
            "firmware": {"reminder": {"deferments": 1, "delays": ["4 h"]}},
            "people": {"default": {"answer": {"defer": "100 %", "after": "1 s"}}},
            "power": {"default": {"on": "daily 10:00-11:30", "suspends": "100 %"}},
            "commands": [
                {"update": "DE", "inform_user": "1 min"},
                {"delivery": "DE", "once": "2018-08-20 12:00"},
                *at("13:00"),
            ],
            "assumptions": {"wake_up_sites": "100 %"},
        },
        "acceptance.arrive device.forget_broken",
    ),
    "devices sleep while their restart is pending": (
        {
            "power": {
                "default": {"on": "daily 10:00-12:00, daily 14:00-20:00", "suspends": "100 %"}
            },
            "commands": [],
            "assignments": [
                {
                    "update": "DE",
                    "set": "2018-08-20 11:00",
                    "deadline": "2018-08-20 11:00",
                    "grace": "1 h",
                    "check_in": {"told": {"devices": 9}},
                }
            ],
        },
        "job.await_end_of_grace",
    ),
    "dozens of flows share lines whose rates change": (
        {
            "fleet": {
                "units": {
                    "DE": {"devices": 40, "device_rate": "3 Mbit/s"},
                    "DE/F": {"devices": 9, "installed": "old.idf", "site": "far"},
                }
            },
            "network": {
                "repository": {"uplink": "9 Mbit/s"},
                "sites": {
                    "near": {"link": "30 Mbit/s", "busy": {"daily 11:10-12:00": "90 %"}},
                    "far": {"link": "6 Mbit/s", "busy": {"daily 11:20-11:40": "100 %"}},
                },
            },
            "power": {"default": {"mean_time_between_losses": "30 min"}},
            "commands": [{"update": "DE", "subordinate_units": True, "devices_wait": "5 s"}],
        },
        "uplink._set_free uplink._bind flow_heap.remove",
    ),
}


def rollout_of(changes):
    data = merged(BASE, changes)
    return prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))


def watched(monkeypatch, names):
    """Return the names of functions of the twin that are called, as they are called."""
    called = set()
    machine = interpreted_machine()
    for name in names.split():
        home, function = name.split(".")
        original = getattr(machine[home], function)

        def spy(*given, name=name, original=original):
            called.add(name)
            return original(*given)

        for module in machine.values():
            if vars(module).get(function) is original:
                monkeypatch.setattr(module, function, spy)
    return called


@pytest.mark.parametrize("story", STORIES)
def test_a_rare_story_plays_alike(story, monkeypatch):
    changes, names = STORIES[story]
    rollout = rollout_of(changes)
    first, compiled = both(rollout, 1)
    assert_alike(first, compiled)
    monkeypatch.setenv("FWSIM_INTERPRET", "1")
    called = watched(monkeypatch, names)
    assert_alike(first, play_once(rollout, 1, 0, engine=Engine.COMPILED))
    assert called == set(names.split())


@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_transfer_that_ends_while_its_device_is_switched_off_plays_alike(mode, monkeypatch):
    """At the same millisecond: the switch comes first, and the flow that has ended is taken off."""
    monkeypatch.setenv("FWSIM_INTERPRET", "1" if mode == "interpreted" else "0")

    def story(size):
        return rollout_of(
            {
                "image": {"packages": [{"name": "a", "size": size}]},
                "fleet": {"units": {"DE": {"devices": 2}}},
                "network": {"sites": {"near": {"link": "16 Mbit/s"}}},
                "power": {"default": {"on": "mon 10:00-11:01"}},
                "assumptions": {"shutdown_waits": False, "dispatch_workers": 2},
            }
        )

    log = play_once(story("1 MB"), 1, 0, engine=Engine.SIMPY).log
    begins = log.time[log.in_state(State.TRANSFER)].max()
    whole = int(60_000 - begins) * 1000  # two devices share 2 MB a second
    for size, ends_then in ((whole, True), (whole + 1, False)):
        called = watched(monkeypatch, "network._forget_done")
        assert_alike(*both(story(f"{size} B"), 1))
        assert bool(called) == (ends_then and mode == "interpreted")
