"""What is being written is the whole of it, whatever was there before this try."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.model.chances import Chances
from fwsim.model.draws import Draws
from fwsim.model.past import cut
from fwsim.model.purposes import Purpose
from fwsim.model.status_log import LogColumns
from fwsim.run import play_once, prepare

DEVICES = 30
START = {
    "zone": "UTC",
    "start": "2026-10-05 08:00",
    "horizon": "1 d",
    "network": {"sites": {"default": {"link": "100 Mbit/s"}}},
    "power": {"default": {"on": "always"}},
    "doubt": "none",
    "assumptions": {"install_spread": {"uniform": {"low": 0.5, "high": 2.0}}},
}
FLEET = {"units": {"A": {"devices": DEVICES, "installed": "old.idf"}}}
PACKAGES = [{"name": "os", "size": "350 MB"}, {"name": "br", "size": "120 MB"}]
ONE = {"image": {"name": "new.idf", "packages": PACKAGES}, "fleet": FLEET}
TWO = {
    "images": {
        "noon": {"name": "new.idf", "revision": 1, "packages": PACKAGES},
        "two": {
            "name": "new.idf",
            "revision": 2,
            "offered": False,
            "packages": [PACKAGES[0], {"name": "br", "size": "121 MB"}],
        },
    },
    "fleet": FLEET,
    "firmware": {"server": "u", "path": "p", "image_file": "new.idf"},
    "changes": [{"at": "2026-10-05 14:00", "offer": "two"}],
}
DELIVERY = {"delivery": "A", "once": "2026-10-05 09:00"}
UPDATE, LATER = ({"update": "A", "once": f"2026-10-05 {at}:00"} for at in (10, 18))
SMALL = {"units": {"A": {"devices": DEVICES, "installed": "old.idf", "flash": "1 GB"}}}
RESUMED = {
    "faults": {"transfer": "60 %"},
    "assignments": [
        {
            "update": "A",
            "check_in": {"every": "1 min"},
            "resume": {"times": 2, "wait": "10 s"},
            "retry": {"times": 20, "wait": "10 s"},
        }
    ],
}
FORMATTED = {**RESUMED["assignments"][0], "format": True}
CASES = {
    "delivered whole": {**ONE, "commands": [DELIVERY, LATER]},
    "delivered, then renewed": {**TWO, "commands": [DELIVERY, LATER]},
    "over an earlier one": {**TWO, "commands": [UPDATE, LATER]},
    "formatted, delivered": {
        **TWO,
        "commands": [UPDATE, DELIVERY, {**LATER, "format_system_partition": True}],
    },
    "taken up": {**ONE, **RESUMED},
    "taken up, formatted": {**ONE, **RESUMED, "assignments": [FORMATTED]},
    "package by package": {**ONE, "fleet": SMALL, "commands": [UPDATE]},
    "package by package, taken up": {**ONE, "fleet": SMALL, **RESUMED},
    "package by package, formatted": {**ONE, "fleet": SMALL, **RESUMED, "assignments": [FORMATTED]},
    "UEFI": {
        **ONE,
        "uefi": {"LES v5": {"version": "2", "size": "200 MB"}},
        "fleet": {
            "units": {
                "A": {
                    "devices": DEVICES,
                    "installed": "old.idf",
                    "attributes": {"Device type": "LES v5", "BIOS": "1"},
                }
            }
        },
        "commands": [{"uefi_update": "A"}],
    },
}


def rollout_of(**data):
    return prepare(fwsim.Scenario.model_validate({**START, **data}))


def written(log: LogColumns) -> list[tuple[int, int, int]]:
    """Return each installation that came to its end: whose, from when, and until when."""
    order = np.lexsort((np.arange(len(log)), log.time, log.run, log.device))
    own = log.where(order)
    return [
        (int(own.device[place]), *own.time[place : place + 2].tolist())
        for place in np.flatnonzero(own.state[:-1] == State.INSTALL).tolist()
        if own.state[place + 1] in {State.REBOOT, State.TRANSFER}
    ]


@pytest.mark.parametrize("case", CASES)
def test_who_writes_for_longer_than_luck_has_it_takes_longer_and_nobody_else_does(case):
    rollout = rollout_of(**CASES[case])
    log = play_once(rollout, 1, 0).log
    true = np.broadcast_to(Draws(rollout, Chances(1))[Purpose.INSTALL_FACTOR].row(0), DEVICES)
    natural = Draws(rollout, Chances(2))[Purpose.INSTALL_FACTOR].row(0)
    installations, seen = written(log), 0
    for part in (0.4, 0.8):
        for until in {begin + int(part * (end - begin)) for _, begin, end in installations[::3]}:
            draws = Draws(rollout, Chances(2), cut(log, until, DEVICES))
            factor = np.broadcast_to(draws[Purpose.INSTALL_FACTOR].row(0), DEVICES)
            for device, begin, end in installations:
                if not begin <= until < end:
                    continue
                formats = _format_time(rollout, log, device, begin)
                least = true[device] * (until - begin - formats) / (end - begin - formats)
                seen += 1
                if natural[device] > least * 1.001:
                    assert factor[device] == natural[device]
                else:
                    assert factor[device] > least * 0.999
                    assert factor[device] <= 2.0  # the belief allows it, so it is not overdue
    assert seen > 20


def _format_time(rollout, log, device, begin):
    """Return how long of an installation the partition was formatted: of the first under a job."""
    mine = (log.device == device) & (log.time == begin) & (log.state == State.INSTALL)
    run = int(log.run[mine][0])
    if not log.runs[run].command.format_system_partition:
        return 0
    if rollout.fleet.flash[device] >= 4e9:
        return rollout.assumptions.format_time
    # Package by package: of all tries that went on from one another nothing was written before.
    before = (log.device == device) & (log.time < begin) & (log.state == State.INSTALL)
    return 0 if before.any() else rollout.assumptions.format_time


@pytest.mark.parametrize("flash", ["8 GB", "1 GB"])
def test_what_a_run_has_on_a_device_says_what_it_writes(flash):
    old = {"name": "old.idf", "revision": 1, "packages": PACKAGES[:1], "offered": False}
    new = {"name": "new.idf", "revision": 2, "packages": PACKAGES}
    fleet = {"devices": DEVICES, "installed": {"old": "50 %", "far.idf": "50 %"}, "flash": flash}
    rollout = rollout_of(
        images={"old": old, "new": new},
        firmware={"image_file": "new.idf"},
        fleet={"units": {"A": fleet}},
        commands=[UPDATE],
    )
    log = play_once(rollout, 1, 0).log
    begins = np.sort(log.time[log.state == State.INSTALL])
    late = 0
    for until in begins[5::4].tolist():
        past = cut(log, until + 9_000, DEVICES)
        at_work = past.log.state[past.last_lines] == State.INSTALL
        for seed in (2, 3):
            found = play_once(rollout, seed, 0, past=past).log
            draws = Draws(rollout, Chances(seed), past)
            factor, images = draws[Purpose.INSTALL_FACTOR].row(0), draws.installed()
            for device in past.log.device[past.last_lines][at_work].tolist():
                mine = past.log.where(past.log.device == device)
                sizes = [120e6] if images[device] >= 0 else _sizes(flash)
                place = int((mine.state == State.INSTALL).sum()) - 1
                if place >= len(sizes):
                    continue  # the log has another image on it than the run
                late += 1
                begin = int(mine.time[-1])
                (end,) = (e for d, b, e in written(found) if (d, b) == (device, begin))
                rate = rollout.assumptions.install_rate
                assert end == begin + round(sizes[place] * 1000 / rate * factor[device])
                assert end > past.until
    assert late > 20


def _sizes(flash):
    return [470e6] if flash == "8 GB" else [350e6, 120e6]


def test_only_the_last_package_tells_whether_an_installation_fails():
    rollout = rollout_of(
        **{**CASES["package by package"], "faults": {"installation": "50 %"}},
        network={"sites": {"default": {"link": "10 Gbit/s"}}},
        assumptions={"install_spread": {"lognormal": {"median": 1.0, "p95": 2.0}}},
    )
    log = play_once(rollout, 1, 0).log
    past = cut(log, int(log.time[log.state == State.REBOOT].min()) - 1, DEVICES)
    at_work = past.last_lines[past.log.state[past.last_lines] == State.INSTALL]
    at_work = at_work[past.log.amount[at_work] == 350_000_000]
    assert len(at_work) > 5
    draws, plain = Draws(rollout, Chances(2), past), Draws(rollout, Chances(2))
    for purpose, is_kept in ((Purpose.WRITE_FAULT, True), (Purpose.INSTALL_FACTOR, False)):
        new, old = (of[purpose].row(0)[past.log.device[at_work]] for of in (draws, plain))
        assert (new == old).all() == is_kept
